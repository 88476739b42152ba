#include "engine/http/client.h"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "engine/http/loopback_server.h"
#include "engine/http/own_names.h"
#include "engine/http/private_hosts.h"
#include "engine/http/retry.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

namespace balmer::http {
namespace {

using core::ErrorCode;
using test::fieldOf;
using test::pathOf;
using test::ScriptedServer;
using Peer = ScriptedServer::Peer;

Request get(std::string url) {
    Request request;
    request.url = std::move(url);
    return request;
}

ErrorCode codeOf(const core::Result<Answer>& result) {
    return result ? ErrorCode::Internal : result.error().code();
}

TEST(Client, BringsStatusFieldsAndBody) {
    const ScriptedServer server([](const Peer& peer, const std::string&) {
        peer.answer(
            "404 Not Found", "no spectrum here",
            "Content-Type: text/plain\r\nETag: \"e1\"\r\nLast-Modified: Sun, 22 Nov 2026 12:14:33 GMT\r\n"
            "Retry-After: 7\r\nX-Mine: a b\r\n");
        return false;
    });
    Client client;
    const auto answer = client.send(get(server.url("/x")), core::TaskContext());
    ASSERT_TRUE(answer) << test::why(answer);
    EXPECT_EQ(answer->status, 404u);
    EXPECT_FALSE(answer->succeeded());
    EXPECT_EQ(answer->finalUrl, server.url("/x"));
    EXPECT_EQ(answer->contentType, "text/plain");
    EXPECT_EQ(answer->etag, "\"e1\"");
    EXPECT_EQ(answer->lastModified, "Sun, 22 Nov 2026 12:14:33 GMT");
    EXPECT_EQ(answer->retryAfter, std::chrono::seconds(7));
    EXPECT_EQ(answer->contentLength, 16u);
    EXPECT_EQ(valueOf(answer->fields, "x-mine"), "a b");
    EXPECT_EQ(answer->body, "no spectrum here");
    const auto error = statusError(*answer);
    EXPECT_EQ(error.code(), ErrorCode::NotFound);
    EXPECT_NE(error.message().find("no spectrum here"), std::string::npos) << error.message();
}

TEST(Client, PostsWithALengthAndNeverInChunks) {
    auto server = LoopbackServer::start([](const ServerRequest& request) {
        ServerResponse response;
        response.body = request.method + " " + request.target + " " + request.body.substr(0, 10) + " " +
                        std::string(valueOf(request.fields, "Content-Length")) +
                        std::string(valueOf(request.fields, "Transfer-Encoding")) +
                        std::string(valueOf(request.fields, "Expect")) + " " +
                        std::string(valueOf(request.fields, "Content-Type"));
        return response;
    });
    ASSERT_TRUE(server) << test::why(server);
    Client client;
    auto request = get((*server)->url() + "/xmlrpc");
    request.method = "POST";
    request.fields = {{"Content-Type", "text/xml"}};
    request.body = "<methodCall/>" + std::string(900000, ' ');
    const auto answer = client.send(request, core::TaskContext());
    ASSERT_TRUE(answer) << test::why(answer);
    EXPECT_EQ(answer->body, "POST /xmlrpc <methodCal 900013 text/xml");
    request = get((*server)->url());
    request.method = "POST"; // a hub whose address has no path
    const auto empty = client.send(request, core::TaskContext());
    ASSERT_TRUE(empty) << test::why(empty);
    EXPECT_TRUE(empty->body.starts_with("POST /  0 ")) << empty->body;
}

TEST(Client, FetchesFourSchemesAndNoOther) {
    Client client;
    for (const auto* url :
         {"file:///etc/passwd", "gopher://127.0.0.1/", "dict://127.0.0.1/", "scp://127.0.0.1/x"}) {
        const auto code = codeOf(client.send(get(url), core::TaskContext()));
        EXPECT_TRUE(code == ErrorCode::Unsupported || code == ErrorCode::InvalidArgument) << url;
    }
    const ScriptedServer server([](const Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        const std::string to = path == "/file"     ? "file:///etc/passwd"
                               : path == "/gopher" ? "gopher://127.0.0.1:70/x"
                               : path == "/loop"   ? "/loop"
                                                   : "/end";
        if (path == "/end")
            peer.answer("200 OK", "there");
        else
            peer.answer("302 Found", "elsewhere", "Location: " + to + "\r\n");
        return true;
    });
    EXPECT_EQ(codeOf(client.send(get(server.url("/file")), core::TaskContext())), ErrorCode::Unsupported);
    EXPECT_EQ(codeOf(client.send(get(server.url("/gopher")), core::TaskContext())), ErrorCode::Unsupported);
    EXPECT_EQ(codeOf(client.send(get(server.url("/loop")), core::TaskContext())), ErrorCode::Protocol);
    EXPECT_EQ(server.count("GET /loop "), 11u);
    const auto answer = client.send(get(server.url("/good")), core::TaskContext());
    ASSERT_TRUE(answer) << test::why(answer);
    EXPECT_EQ(answer->finalUrl, server.url("/end"));
    EXPECT_EQ(answer->body, "there");
    auto request = get(server.url("/good"));
    request.redirects = 0;
    const auto redirect = client.send(request, core::TaskContext());
    ASSERT_TRUE(redirect) << test::why(redirect);
    EXPECT_EQ(redirect->status, 302u);
    EXPECT_EQ(valueOf(redirect->fields, "Location"), "/end");
}

TEST(Client, EndsABodyThatIsLongerThanAllowed) {
    const ScriptedServer server([](const Peer& peer, const std::string& head) {
        if (pathOf(head) == "/announced") {
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000001\r\n\r\n");
            peer.hold(); // not a byte is waited for
        } else {
            peer.send("HTTP/1.1 200 OK\r\n\r\n");
            while (peer.send(std::string(65536, 'x'))) {
            }
        }
        return false;
    });
    Client client;
    for (const auto* path : {"/announced", "/endless"}) {
        auto request = get(server.url(path));
        request.limitBytes = 1000000;
        EXPECT_EQ(codeOf(client.send(request, core::TaskContext())), ErrorCode::ResourceExhausted) << path;
    }
}

TEST(Client, EndsAHeaderWithoutEnd) {
    const ScriptedServer server([](const Peer& peer, const std::string&) {
        peer.send("HTTP/1.1 200 OK\r\n");
        while (peer.send("X-Filler: " + std::string(1000, 'x') + "\r\n")) {
        }
        return false;
    });
    Client client;
    EXPECT_EQ(codeOf(client.send(get(server.url("/")), core::TaskContext())), ErrorCode::Protocol);
}

TEST(Client, TellsALostConnectionFromSilenceAndFromNonsense) {
    const ScriptedServer server([](const Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        if (path == "/short") peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        if (path == "/chunk") peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf");
        if (path == "/stall") peer.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
        if (path == "/stall" || path == "/silent") peer.hold();
        if (path == "/nonsense") peer.send("SSH-2.0-OpenSSH_9.2\r\n");
        return false;
    });
    Client client({.stalled = std::chrono::seconds(1)});
    const auto code = [&](const char* path) {
        return codeOf(client.send(get(server.url(path)), core::TaskContext()));
    };
    EXPECT_EQ(code("/short"), ErrorCode::Remote);
    EXPECT_EQ(code("/chunk"), ErrorCode::Remote);
    EXPECT_EQ(code("/gone"), ErrorCode::Remote);
    EXPECT_EQ(code("/stall"), ErrorCode::DeadlineExceeded);
    EXPECT_EQ(code("/silent"), ErrorCode::DeadlineExceeded);
    EXPECT_EQ(code("/nonsense"), ErrorCode::Protocol);
    auto hurried = get(server.url("/silent"));
    hurried.limit = std::chrono::milliseconds(20);
    EXPECT_EQ(codeOf(Client().send(hurried, core::TaskContext())), ErrorCode::DeadlineExceeded);
}

TEST(Client, SaysThatNobodyListens) {
    std::uint16_t port;
    {
        const ScriptedServer gone([](const Peer&, const std::string&) { return false; });
        port = gone.port();
    }
    Client client;
    const auto answer =
        client.send(get("http://127.0.0.1:" + std::to_string(port) + "/"), core::TaskContext());
    EXPECT_EQ(codeOf(answer), ErrorCode::Remote) << test::why(answer);
    EXPECT_EQ(codeOf(client.send(get("http://no-such-host.invalid/"), core::TaskContext())),
              ErrorCode::NotFound);
}

TEST(Client, StopsAtOnceWhenAsked) {
    std::mutex mutex;
    std::condition_variable changed;
    bool asked = false;
    const ScriptedServer server([&](const Peer& peer, const std::string&) {
        {
            const std::lock_guard lock(mutex);
            asked = true;
        }
        changed.notify_all();
        peer.hold();
        return false;
    });
    Client client; // silence alone would end it after a minute
    std::stop_source stop;
    core::Result<Answer> answer = core::fail(ErrorCode::Internal, "");
    std::thread fetching(
        [&] { answer = client.send(get(server.url("/")), core::TaskContext(stop.get_token(), {})); });
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return asked; });
    }
    stop.request_stop();
    fetching.join();
    EXPECT_EQ(codeOf(answer), ErrorCode::Cancelled);
    EXPECT_EQ(codeOf(client.send(get(server.url("/")), core::TaskContext(stop.get_token(), {}))),
              ErrorCode::Cancelled);
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST(Client, TellsTheLoginToItsOwnServerOnly) {
    const ScriptedServer other([](const Peer& peer, const std::string&) {
        peer.answer("200 OK", "other");
        return false;
    });
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        if (pathOf(head) == "/away")
            peer.answer("302 Found", "", "Location: " + other.url("/x") + "\r\n");
        else
            peer.answer("200 OK", "own");
        return false;
    });
    Client client;
    auto request = get("http://me:p%40ss@127.0.0.1:" + std::to_string(server.port()) + "/own");
    const auto own = client.send(request, core::TaskContext());
    ASSERT_TRUE(own) << test::why(own);
    EXPECT_EQ(own->finalUrl, server.url("/own")) << "without the password";
    EXPECT_EQ(fieldOf(server.requests().at(0), "Authorization"), "Basic bWU6cEBzcw==");
    request = get(server.url("/away"));
    request.user = "me";
    request.password = "p@ss";
    ASSERT_TRUE(client.send(request, core::TaskContext()));
    EXPECT_EQ(fieldOf(server.requests().at(1), "Authorization"), "Basic bWU6cEBzcw==");
    ASSERT_EQ(other.requests().size(), 1u);
    EXPECT_EQ(fieldOf(other.requests().at(0), "Authorization"), "");
}

TEST(Client, AsksAProxyExceptForThisComputer) {
    const ScriptedServer proxy([](const Peer& peer, const std::string& head) {
        peer.answer("200 OK", "proxied " + pathOf(head));
        return false;
    });
    const ScriptedServer server([](const Peer& peer, const std::string&) {
        peer.answer("200 OK", "direct");
        return false;
    });
    Client client({.proxy = proxy.url("")});
    const auto far = client.send(get("http://archive.invalid/a"), core::TaskContext());
    ASSERT_TRUE(far) << test::why(far);
    EXPECT_EQ(far->body, "proxied http://archive.invalid/a");
    const auto near = client.send(get(server.url("/")), core::TaskContext());
    ASSERT_TRUE(near) << test::why(near);
    EXPECT_EQ(near->body, "direct");
    // Whether or not this name leads to the server: the proxy is not asked.
    const auto before = proxy.requests().size();
    for (const auto& name : ownNames())
        static_cast<void>(client.send(get("http://" + name + ":" + std::to_string(server.port()) + "/"),
                                      core::TaskContext()));
    EXPECT_EQ(proxy.requests().size(), before);
}

TEST(Client, NoPublicHostSendsItToThisComputerOrIntoAPrivateNetwork) {
    const ScriptedServer secret([](const Peer& peer, const std::string&) {
        peer.answer("200 OK", "of this computer alone");
        return false;
    });
    std::string target;
    const ScriptedServer proxy([&](const Peer& peer, const std::string& head) {
        if (pathOf(head) == "http://archive.invalid/a")
            peer.answer("302 Found", "", "Location: " + target + "\r\n");
        else
            peer.answer("200 OK", "reached");
        return false;
    });
    Client client({.proxy = proxy.url("")});
    for (const auto& to :
         {secret.url("/"), std::string("http://10.1.2.3/"), std::string("http://169.254.169.254/latest"),
          std::string("http://[fe80::1]/"), std::string("http://archive.invalid/b/")}) {
        target = to;
        auto request = get("http://archive.invalid/a");
        const auto answer = client.send(request, core::TaskContext());
        if (to.find("invalid") != std::string::npos) {
            EXPECT_EQ(answer.value().body, "reached");
            continue;
        }
        ASSERT_FALSE(answer) << to;
        EXPECT_EQ(answer.error().code(), core::ErrorCode::Unsupported);
        EXPECT_NE(answer.error().message().find("private network"), std::string::npos) << test::why(answer);
    }
    EXPECT_TRUE(secret.requests().empty());
    target = secret.url("/");
    auto request = get("http://archive.invalid/a");
    request.redirectsToPrivate = true;
    EXPECT_EQ(client.send(request, core::TaskContext()).value().body, "of this computer alone");
    EXPECT_EQ(client.send(get(secret.url("/")), core::TaskContext()).value().body, "of this computer alone");
}

TEST(Client, KnowsWhichAddressesAreNotOfTheNet) {
    for (const auto* address : {"127.0.0.1",       "127.1",         "0x7f000001",
                                "2130706433",      "10.0.0.1",      "172.16.0.1",
                                "172.31.255.255",  "192.168.1.1",   "169.254.169.254",
                                "100.64.0.1",      "0.0.0.0",       "224.0.0.1",
                                "255.255.255.255", "::1",           "::",
                                "[::1]",           "fe80::1",       "fe80::1%eth0",
                                "fd00::1",         "ff02::1",       "::ffff:10.0.0.1",
                                "64:ff9b::7f00:1", "2002:7f00:1::1"})
        EXPECT_TRUE(isPrivateAddress(address)) << address;
    for (const auto* address : {"8.8.8.8", "172.32.0.1", "172.15.255.255", "192.167.1.1", "100.128.0.1",
                                "2001:4860::8888", "::ffff:8.8.8.8", "archive.example", ""})
        EXPECT_FALSE(isPrivateAddress(address)) << address;
    EXPECT_TRUE(isPrivateHost("LocalHost"));
    EXPECT_TRUE(isPrivateHost("a.localhost"));
    EXPECT_FALSE(isPrivateHost("localhost.example"));
    RedirectGuard guard;
    EXPECT_TRUE(guard.allows("localhost", "127.0.0.1"));
    EXPECT_TRUE(guard.allows("archive.example", "192.0.2.1"));
    EXPECT_FALSE(guard.allows("rebound.example", "127.0.0.1")) << "a name may lead anywhere";
}

TEST(Client, KnowsTheNamesOfThisComputer) {
    const test::TemporaryFolder folder;
    std::ofstream(folder / "hosts") << "127.0.0.1\tlocalhost\n"
                                       "127.0.1.1 pc12.stel.example PC12 # this one\n"
                                       "192.168.0.7 pc12.night.example seven\n"
                                       "192.168.0.8 pc1 pc12x\n";
    std::ofstream(folder / "resolv.conf")
        << "domain night.example\nnameserver 10.0.0.1\nsearch astro.example\n";
    EXPECT_EQ(ownNames("PC12", folder / "hosts", folder / "resolv.conf"),
              (std::vector<std::string>{"pc12", "pc12.night.example", "pc12.astro.example",
                                        "pc12.stel.example", "seven"}));
    EXPECT_EQ(ownNames("pc3", folder / "none", folder / "none"), std::vector<std::string>{"pc3"});
    EXPECT_TRUE(ownNames("", folder / "hosts", folder / "resolv.conf").empty());
    EXPECT_TRUE(ownNames("a,b", folder / "hosts", folder / "resolv.conf").empty());
}

TEST(Client, KeepsConnectionsOpenAndServesManyThreads) {
    std::mutex mutex;
    std::set<std::thread::id> connections; // one thread each
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        const std::lock_guard lock(mutex);
        connections.insert(std::this_thread::get_id());
        peer.answer("200 OK", pathOf(head));
        return true;
    });
    Client client;
    std::atomic<int> wrong{0};
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t)
            threads.emplace_back([&, t] {
                for (int i = 0; i < 50; ++i) {
                    const auto path = "/" + std::to_string(t) + "/" + std::to_string(i);
                    const auto answer = client.send(get(server.url(path)), core::TaskContext());
                    wrong += !answer || answer->body != path;
                }
            });
    }
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(server.requests().size(), 200u);
    EXPECT_LE(connections.size(), 8u);
}

TEST(Client, RefusesAFieldThatWouldBeTwo) {
    Client client;
    auto request = get("http://127.0.0.1:1/");
    request.fields = {{"X", "a\r\nY: b"}};
    EXPECT_EQ(codeOf(client.send(request, core::TaskContext())), ErrorCode::InvalidArgument);
}

// --------------------------------------------------------------------------------------------------------

TEST(Retries, ComeAfterA503AndKeepRetryAfter) {
    std::atomic<int> asked{0};
    const ScriptedServer server([&](const Peer& peer, const std::string&) {
        if (++asked == 1)
            peer.answer("503 Service Unavailable", "busy", "Retry-After: 1\r\n");
        else
            peer.answer("200 OK", "now");
        return true;
    });
    Client client;
    std::vector<std::string> stages;
    core::TaskContext task({}, [&](double, std::string_view stage) { stages.emplace_back(stage); });
    const auto began = std::chrono::steady_clock::now();
    const auto answer =
        sendWithRetries(client, get(server.url("/")), {.first = std::chrono::milliseconds(1)}, task);
    ASSERT_TRUE(answer) << test::why(answer);
    EXPECT_EQ(answer->body, "now");
    EXPECT_GE(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
    ASSERT_FALSE(stages.empty());
    EXPECT_EQ(stages.front(), "waiting 1 s for 127.0.0.1 (503)");
}

TEST(Retries, EndAfterTheirNumberWithTheLastAnswer) {
    const ScriptedServer server([](const Peer& peer, const std::string& head) {
        if (pathOf(head) == "/lost") return false;
        peer.answer(pathOf(head).substr(1) + " X", "");
        return true;
    });
    Client client;
    core::TaskContext task;
    const RetryPolicy policy{.tries = 3, .first = std::chrono::milliseconds(1)};
    const auto tries = [&](const std::string& path) {
        const auto answer = sendWithRetries(client, get(server.url(path)), policy, task);
        EXPECT_EQ(answer ? "/" + std::to_string(answer->status) : "/lost", path) << test::why(answer);
        return server.count("GET " + path + " ");
    };
    for (const auto* path : {"/lost", "/429", "/500", "/502", "/503", "/504"})
        EXPECT_EQ(tries(path), 3u) << path;
    for (const auto* path : {"/200", "/400", "/401", "/403", "/404", "/410", "/501"})
        EXPECT_EQ(tries(path), 1u) << path;
}

TEST(Retries, DoNotWaitForAServerThatAsksForTooMuch) {
    const ScriptedServer server([](const Peer& peer, const std::string&) {
        peer.answer("429 Too Many Requests", "", "Retry-After: 86400\r\n");
        return true;
    });
    Client client;
    core::TaskContext task;
    const auto answer = sendWithRetries(client, get(server.url("/")), {}, task);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code(), ErrorCode::Remote);
    EXPECT_NE(answer.error().message().find("86400 s"), std::string::npos) << answer.error().message();
    EXPECT_EQ(server.requests().size(), 1u);
}

TEST(Retries, AreOverWhenAskedToStop) {
    const ScriptedServer server([](const Peer& peer, const std::string&) {
        peer.answer("503 Service Unavailable", "", "Retry-After: 500\r\n");
        return true;
    });
    Client client;
    std::stop_source stop;
    core::TaskContext task(stop.get_token(), [&](double, std::string_view stage) {
        if (stage.starts_with("waiting")) stop.request_stop();
    });
    const auto answer = sendWithRetries(client, get(server.url("/")), {}, task);
    EXPECT_EQ(codeOf(answer), ErrorCode::Cancelled);
    EXPECT_GT(client.pausedUntil("http://127.0.0.1:" + std::to_string(server.port())),
              std::chrono::steady_clock::now() + std::chrono::seconds(100))
        << "other threads leave it alone too";
}

TEST(LooksLikeHtml, TellsPagesFromData) {
    for (const auto* page :
         {"<!DOCTYPE html><html>", "\xef\xbb\xbf \r\n<HTML>", "<!-- a --> <!-- b -->\n<head>", "<body>x",
          "<?xml version=\"1.0\"?>\n<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0\">", "<title>503</title>"})
        EXPECT_TRUE(looksLikeHtml(std::string_view(page))) << page;
    for (const auto* data :
         {"", "SIMPLE  =                    T", "<?xml version=\"1.0\"?><VOTABLE>", "<VOTABLE>",
          "# a text with <html> in it", "<!-- only a comment -->", "<!--", "\x89HDF", "<!DOCTYPE foo>"})
        EXPECT_FALSE(looksLikeHtml(std::string_view(data))) << data;
}

} // namespace
} // namespace balmer::http

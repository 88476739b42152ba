#include "engine/http/loopback_server.h"

#include <atomic>
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/crowd.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

namespace balmer::http {
namespace {

using test::exchangeBytes;
using testing::Test;

/// Answers with what it was asked.
ServerResponse echo(const ServerRequest& request) {
    ServerResponse response;
    response.body = request.method + "|" + request.path + "|" + request.query + "|" +
                    std::string(valueOf(request.fields, "X-MARK")) + "|" + request.body;
    return response;
}

std::string bodyOf(const std::string& answer) {
    const auto end = answer.find("\r\n\r\n");
    return end == std::string::npos ? "no header: " + answer : answer.substr(end + 4);
}

class LoopbackServerTest : public Test {
  protected:
    void start(LoopbackServer::Handler handler, LoopbackServerLimits limits = {},
               LoopbackServer::BodyBytes bodyBytes = {}) {
        auto started = LoopbackServer::start(std::move(handler), 0, limits, std::move(bodyBytes));
        ASSERT_TRUE(started) << test::why(started);
        server_ = std::move(*started);
    }
    std::string ask(std::string_view bytes) { return exchangeBytes(server_->port(), bytes); }

    std::unique_ptr<LoopbackServer> server_;
};

TEST_F(LoopbackServerTest, GivesTheHandlerTheRequestDecoded) {
    start(echo);
    const auto answer =
        ask("POST /a%20b%2Bc+d?x=%201 HTTP/1.0\r\nX-Mark: m\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_TRUE(answer.starts_with("HTTP/1.0 200 ")) << answer;
    EXPECT_NE(answer.find("Content-Length: "), std::string::npos) << answer;
    EXPECT_EQ(bodyOf(answer), "POST|/a b+c+d|x=%201|m|hello");
    EXPECT_EQ(server_->url(), "http://127.0.0.1:" + std::to_string(server_->port()));
}

TEST_F(LoopbackServerTest, ReadsChunksAndAnAbsoluteAddressAndWaitsForNobodyAfter100Continue) {
    start(echo);
    const auto answer =
        ask("POST http://127.0.0.1/x?q HTTP/1.1\r\nHost: localhost:99\r\nExpect: 100-continue\r\n"
            "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")) << answer;
    EXPECT_TRUE(answer.ends_with("POST|/x|q||abcde")) << answer;
}

TEST_F(LoopbackServerTest, KeepsAConnectionForSeveralRequests) {
    start(echo);
    const auto answer =
        ask("GET /1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /2 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
            "HEAD /3 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
    EXPECT_NE(answer.find("GET|/1|||HTTP/1.1 200"), std::string::npos) << answer;
    EXPECT_NE(answer.find("GET|/2|||HTTP/1.1 200"), std::string::npos) << answer;
    EXPECT_TRUE(answer.ends_with("\r\n\r\n")) << "the answer to HEAD has no body: " << answer;
    EXPECT_NE(answer.rfind("Content-Length: 9\r\n"), std::string::npos) << answer;
}

TEST_F(LoopbackServerTest, RefusesWhatIsTooLongOrNotHttp) {
    std::atomic<int> handled{0};
    start(
        [&](const ServerRequest& request) {
            ++handled;
            return echo(request);
        },
        {.headerBytes = 1024, .bodyBytes = 100});
    EXPECT_TRUE(
        ask("GET / HTTP/1.1\r\nX: " + std::string(5000, 'x') + "\r\n\r\n").starts_with("HTTP/1.1 431 "));
    EXPECT_TRUE(ask("POST / HTTP/1.1\r\nContent-Length: 101\r\n\r\n" + std::string(101, 'x'))
                    .starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(ask("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n80\r\n" + std::string(128, 'x') +
                    "\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.1 413 "));
    EXPECT_TRUE(ask("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999999\r\n\r\n")
                    .starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask("no such thing\r\n\r\n").starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask("GET nopath HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 400 "));
    EXPECT_TRUE(ask("GET /%00 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    .starts_with("HTTP/1.1 400 "));
    EXPECT_EQ(handled, 0);
}

TEST_F(LoopbackServerTest, AnswersToTheNamesOfThisComputerOnly) {
    start(echo);
    const auto byName = [&](const std::string& host) {
        return ask("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n").substr(0, 12);
    };
    for (const auto* host : {"127.0.0.1", "127.0.0.1:8080", "localhost:1", "LOCALHOST", "[::1]:7"})
        EXPECT_EQ(byName(host), "HTTP/1.1 200") << host;
    for (const auto* host : {"evil.example.org", "127.0.0.1.example.org", "localhost.example.org:80"})
        EXPECT_EQ(byName(host), "HTTP/1.1 421") << host;
}

TEST_F(LoopbackServerTest, SendsFilesWholeAndSaysWhenTheyHaveGone) {
    const test::TemporaryFolder folder;
    std::string content;
    for (int i = 0; i < 300000; ++i)
        content += std::to_string(i);
    std::ofstream(folder / "f.fits", std::ios::binary) << content;

    std::mutex mutex;
    std::condition_variable changed;
    std::vector<bool> ends;
    start([&](const ServerRequest& request) {
        ServerResponse response;
        response.file = folder / request.path.substr(1);
        response.contentType = "application/fits";
        response.done = [&](bool sent) {
            const std::lock_guard lock(mutex);
            ends.push_back(sent);
            changed.notify_all();
        };
        return response;
    });
    const auto answer = ask("GET /f.fits HTTP/1.0\r\n\r\n");
    EXPECT_NE(answer.find("Content-Type: application/fits\r\n"), std::string::npos);
    EXPECT_TRUE(bodyOf(answer) == content);
    const auto head = ask("HEAD /f.fits HTTP/1.0\r\n\r\n");
    EXPECT_NE(head.find("Content-Length: " + std::to_string(content.size()) + "\r\n"), std::string::npos)
        << head;
    EXPECT_EQ(bodyOf(head), "");
    EXPECT_TRUE(ask("GET /absent HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 404 "));
    EXPECT_TRUE(ask("GET / HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 404 ")) << "a folder is not a file";
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return ends.size() == 4; });
    EXPECT_EQ(ends, std::vector<bool>(4, true));
}

TEST_F(LoopbackServerTest, OutlivesAHandlerThatThrowsAndFieldsThatWouldEndTheirLine) {
    start([](const ServerRequest& request) -> ServerResponse {
        if (request.path == "/bad") throw std::runtime_error("no");
        ServerResponse response;
        response.status = 303;
        response.fields = {{"Location", "/x\r\nInjected: yes"}};
        return response;
    });
    EXPECT_TRUE(ask("GET /bad HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 500 "));
    const auto answer = ask("GET /good HTTP/1.0\r\n\r\n");
    EXPECT_TRUE(answer.starts_with("HTTP/1.0 303 ")) << answer;
    EXPECT_NE(answer.find("Location: /xInjected: yes\r\n"), std::string::npos) << answer;
}

TEST_F(LoopbackServerTest, EndsConnectionsThatSayTooLittle) {
    start(echo, {.request = std::chrono::milliseconds(50), .idle = std::chrono::milliseconds(50)});
    // exchangeBytes returns when the server closes.
    EXPECT_EQ(ask(""), "");
    EXPECT_EQ(ask("GET / HT"), "");
    EXPECT_EQ(ask("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc"), "");
}

TEST_F(LoopbackServerTest, ClosesConnectionsAboveTheLimit) {
    start(echo, {.connections = 0});
    EXPECT_EQ(ask("GET / HTTP/1.0\r\n\r\n"), "");
}

TEST_F(LoopbackServerTest, SilentStrangersGiveWay) {
    std::atomic<int> refused{0};
    start(
        [&](const ServerRequest& request) {
            ServerResponse response;
            if (request.path != "/known") response.status = 404;
            return response;
        },
        {.connections = 4});
    std::vector<std::thread> strangers;
    for (int i = 0; i < 40; ++i)
        strangers.emplace_back([&, i] {
            // Half of them say nothing, half guess and stay.
            const auto answer = exchangeBytes(
                server_->port(), i % 2 == 0 ? "GET" : "GET /guess HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
            refused += answer.find(" 200 ") == std::string::npos ? 1 : 0;
        });
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(ask("GET /known HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 200")) << i;
    server_.reset();
    for (auto& each : strangers)
        each.join();
    EXPECT_EQ(refused, 40);
}

TEST_F(LoopbackServerTest, WhoKnowsTheAddressIsAnsweredBesideManyStrangers) {
    const std::size_t strangers = test::longTests() ? 1200 : 200;
    if (test::raiseOwnFileLimit(8192) < 2 * strangers + 300)
        GTEST_SKIP() << "this user may open too few files";
    start([](const ServerRequest& request) {
        ServerResponse response;
        if (request.path != "/known") response.status = 404;
        return response;
    });
    const auto door = test::portDoor(server_->port());
    const test::Crowd silent(door, strangers / 3), begin(door, strangers / 3, "GET /known HT"),
        guess(door, strangers / 3, "GET /guess HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    long longest = 0, again = 0;
    for (int i = 0; i < 50; ++i) {
        const auto from = std::chrono::steady_clock::now();
        while (!ask("GET /known HTTP/1.0\r\n\r\n")
                    .starts_with("HTTP/1.0 200")) // who had to give way tries again
            ++again;
        longest = std::max<long>(longest, std::chrono::duration_cast<std::chrono::milliseconds>(
                                              std::chrono::steady_clock::now() - from)
                                              .count());
    }
    std::cout << "  beside " << strangers << " strangers who opened " << silent.opened() + begin.opened()
              << " and " << guess.opened() << " connections, the longest wait for an answer was " << longest
              << " ms; tried again " << again << " times\n";
}

TEST_F(LoopbackServerTest, OnlySomeTargetsTakeLongBodies) {
    std::atomic<std::size_t> longest{0};
    start(
        [&](const ServerRequest& request) {
            longest = std::max(longest.load(), request.body.size());
            return ServerResponse{};
        },
        {.bodyBytes = 100000},
        [](std::string_view target) { return target == "/long" ? std::size_t{100000} : std::size_t{10}; });
    const std::string body(50000, 'x');
    const auto post = [&](const std::string& target, const std::string& content) {
        return ask("POST " + target + " HTTP/1.0\r\nContent-Length: " + std::to_string(content.size()) +
                   "\r\n\r\n" + content);
    };
    EXPECT_TRUE(post("/other", body).starts_with("HTTP/1.1 413"));
    EXPECT_TRUE(post("/other", "12345").starts_with("HTTP/1.0 200"));
    EXPECT_TRUE(ask("POST /other HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nc350\r\n" +
                    body + "\r\n0\r\n\r\n")
                    .starts_with("HTTP/1.1 413"));
    EXPECT_EQ(longest, 5u);
    EXPECT_TRUE(post("/long", body).starts_with("HTTP/1.0 200"));
    EXPECT_EQ(longest, body.size());
}

TEST_F(LoopbackServerTest, StopsWhileAConnectionIsOpenAndGivesThePortBack) {
    std::mutex mutex;
    std::condition_variable changed;
    bool asked = false;
    int ends = 0;
    start([&](const ServerRequest&) {
        const std::lock_guard lock(mutex);
        asked = true;
        changed.notify_all();
        ServerResponse response;
        response.done = [&](bool) { ++ends; };
        return response;
    });
    const auto port = server_->port();
    std::thread reader([&] { exchangeBytes(port, "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"); });
    {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return asked; });
    }
    server_.reset(); // the connection would be kept for half a minute
    reader.join();
    EXPECT_EQ(ends, 1) << "told once, whether or not it could still be sent";
    auto again = LoopbackServer::start(echo, port);
    ASSERT_TRUE(again) << test::why(again);
    EXPECT_EQ((*again)->port(), port);
    const auto third = LoopbackServer::start(echo, port);
    ASSERT_FALSE(third);
    EXPECT_EQ(third.error().code(), core::ErrorCode::Io);
}

TEST(RandomToken, IsLongAndNeverTheSame) {
    std::set<std::string> tokens;
    for (int i = 0; i < 1000; ++i)
        tokens.insert(randomToken());
    EXPECT_EQ(tokens.size(), 1000u);
    EXPECT_EQ(tokens.begin()->size(), 32u);
    EXPECT_EQ(tokens.begin()->find_first_not_of("0123456789abcdef"), std::string::npos);
}

} // namespace
} // namespace balmer::http

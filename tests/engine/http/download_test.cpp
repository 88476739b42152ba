#include "engine/http/download.h"

#include <atomic>
#include <fstream>
#include <functional>
#include <sstream>

#include <gtest/gtest.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

namespace balmer::http {
namespace {

using core::ErrorCode;
using test::fieldOf;
using test::pathOf;
using test::ScriptedServer;
using Peer = ScriptedServer::Peer;

std::string someContent(std::size_t size = 500000) {
    std::string content = "SIMPLE  =                    T";
    for (std::uint32_t i = 1; content.size() < size; i = i * 1664525 + 1013904223)
        content += static_cast<char>(i >> 24);
    content.resize(size);
    return content;
}

constexpr std::string_view date = "Last-Modified: Sun, 22 Nov 2026 12:14:33 GMT\r\n";

class DownloadTest : public testing::Test {
  protected:
    std::filesystem::path path() const { return folder_ / "spectrum.fits"; }
    std::filesystem::path part() const { return folder_ / "spectrum.fits.balmer-part"; }
    std::filesystem::path from() const { return folder_ / "spectrum.fits.balmer-from"; }

    core::Result<Downloaded> fetch(const ScriptedServer& server, const std::string& at = "/a.fits") {
        Request request;
        request.url = server.url(at);
        return download(client_, request, path(), options_, task_);
    }
    std::string fetched() const { return core::readFile(path()).value_or("there is no file"); }
    std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(folder_.path()), {}));
    }
    /// The answer to a request with or without Range, as an honest server gives it.
    void serve(const Peer& peer, const std::string& head, const std::string& fields,
               std::size_t atMost = SIZE_MAX) {
        std::size_t start = 0;
        std::string status = "200 OK", range;
        if (const auto asked = fieldOf(head, "Range"); !asked.empty()) {
            start = std::stoul(asked.substr(6));
            status = "206 Partial Content";
            range = "Content-Range: bytes " + std::to_string(start) + "-" +
                    std::to_string(content_.size() - 1) + "/" + std::to_string(content_.size()) + "\r\n";
        }
        peer.send("HTTP/1.1 " + status + "\r\n" + fields + range + "Content-Length: " +
                  std::to_string(content_.size() - start) + "\r\n\r\n" + content_.substr(start, atMost));
    }
    /// A first half that an earlier run has left.
    void leaveHalf(const ScriptedServer& server, const std::string& etag, std::size_t bytes = 200000) {
        std::ofstream(part(), std::ios::binary) << content_.substr(0, bytes);
        std::ofstream(from()) << "url " << server.url("/a.fits") << "\netag " << etag
                              << "\nlast-modified Sun, 22 Nov 2026 12:14:33 GMT\nlength " << content_.size()
                              << "\nend\n";
    }

    test::TemporaryFolder folder_;
    std::string content_ = someContent();
    Client client_{{.stalled = std::chrono::seconds(1)}};
    DownloadOptions options_{.retry = {.tries = 3, .first = std::chrono::milliseconds(1)}};
    core::TaskContext task_;
};

TEST_F(DownloadTest, BringsAFileWholeAndLeavesNothingElse) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        serve(peer, head, "ETag: \"one\"\r\nContent-Type: application/fits\r\n");
        return true;
    });
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(fetched() == content_);
    EXPECT_EQ(result->bytes, content_.size());
    EXPECT_EQ(result->bytesFetched, content_.size());
    EXPECT_EQ(result->sha256, core::digestOf(content_));
    EXPECT_EQ(result->contentType, "application/fits");
    EXPECT_EQ(result->etag, "\"one\"");
    EXPECT_EQ(entries(), 1u);
}

TEST_F(DownloadTest, GoesOnWhereTheConnectionWasLost) {
    std::atomic<int> asked{0};
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        serve(peer, head, "ETag: \"one\"\r\n", ++asked < 3 ? 150000 : SIZE_MAX);
        return false;
    });
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(fetched() == content_);
    EXPECT_EQ(result->bytesFetched, content_.size()) << "nothing twice";
    const auto heads = server.requests();
    ASSERT_EQ(heads.size(), 3u);
    EXPECT_EQ(fieldOf(heads[1], "Range"), "bytes=150000-");
    EXPECT_EQ(fieldOf(heads[1], "If-Range"), "\"one\"");
    EXPECT_EQ(fieldOf(heads[2], "Range"), "bytes=300000-");
}

TEST_F(DownloadTest, IsGivenNewTriesAsLongAsItGrows) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        serve(peer, head, "ETag: \"one\"\r\n", 70000); // eight connections, more than the tries
        return false;
    });
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(fetched() == content_);
    EXPECT_EQ(server.requests().size(), 8u);
}

TEST_F(DownloadTest, GoesOnAfterAStallToo) {
    std::atomic<int> asked{0};
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        const bool first = ++asked == 1;
        serve(peer, head, std::string(date), first ? 100000 : SIZE_MAX);
        if (first) peer.hold();
        return false;
    });
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(fetched() == content_);
    ASSERT_EQ(server.requests().size(), 2u);
    EXPECT_EQ(fieldOf(server.requests()[1], "If-Range"), "Sun, 22 Nov 2026 12:14:33 GMT");
}

TEST_F(DownloadTest, GoesOnInAnotherProcess) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        serve(peer, head, "ETag: \"one\"\r\n");
        return true;
    });
    leaveHalf(server, "\"one\"");
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(fetched() == content_);
    EXPECT_EQ(result->bytes, content_.size());
    EXPECT_EQ(result->bytesFetched, content_.size() - 200000);
    EXPECT_EQ(result->sha256, core::digestOf(content_));
    EXPECT_EQ(entries(), 1u);
}

TEST_F(DownloadTest, BeginsAgainUnlessTheServerProvesThatItIsTheSameFile) {
    struct Case {
        const char* name;
        std::string status, fields;
        bool whole;
    };
    const auto half = content_.substr(200000);
    const auto range = [&](std::size_t first, std::size_t total) {
        return "Content-Range: bytes " + std::to_string(first) + "-" + std::to_string(content_.size() - 1) +
               "/" + std::to_string(total) + "\r\n";
    };
    const std::vector<Case> cases{
        {"the file has changed", "200 OK", "ETag: \"two\"\r\n", true},
        {"no Content-Range", "206 Partial Content", "ETag: \"one\"\r\n", false},
        {"another beginning", "206 Partial Content", "ETag: \"one\"\r\n" + range(199999, content_.size()),
         false},
        {"another length", "206 Partial Content", "ETag: \"one\"\r\n" + range(200000, content_.size() + 1),
         false},
        {"an unknown length", "206 Partial Content",
         "ETag: \"one\"\r\nContent-Range: bytes 200000-499999/*\r\n", false},
        {"another ETag", "206 Partial Content", "ETag: \"two\"\r\n" + range(200000, content_.size()), false},
        {"nonsense", "206 Partial Content", "ETag: \"one\"\r\nContent-Range: bytes -5-x/y\r\n", false},
        {"no such range", "416 Range Not Satisfiable", "", false},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.name);
        const ScriptedServer server([&](const Peer& peer, const std::string& head) {
            if (fieldOf(head, "Range").empty())
                peer.answer("200 OK", content_, "ETag: \"two\"\r\n");
            else
                peer.answer(one.status, one.whole ? content_ : std::string(half.size(), '!'), one.fields);
            return true;
        });
        leaveHalf(server, "\"one\"");
        const auto result = fetch(server);
        ASSERT_TRUE(result) << test::why(result);
        EXPECT_TRUE(fetched() == content_);
        EXPECT_EQ(result->etag, "\"two\"");
        EXPECT_EQ(entries(), 1u);
        std::filesystem::remove(path());
    }
}

TEST_F(DownloadTest, DoesNotMixTwoVersionsOfAFile) {
    // Servers that answer every Range with 206, whatever If-Range says.
    const std::string later = "Last-Modified: Sun, 22 Nov 2026 13:00:00 GMT\r\n";
    struct Case {
        const char* name;
        std::string before, now;
        bool same;
    };
    const std::vector<Case> cases{
        {"the same time", std::string(date), std::string(date), true},
        {"another time", std::string(date), later, false},
        {"no time any more", std::string(date), "", false},
        {"an ETag where there was none", std::string(date), "ETag: \"one\"\r\n", false},
        {"the same ETag alone", "ETag: \"one\"\r\n" + std::string(date), "ETag: \"one\"\r\n", true},
        {"no ETag any more", "ETag: \"one\"\r\n", "", false},
        {"the same time alone", "ETag: \"one\"\r\n" + std::string(date), std::string(date), true},
        {"a weak ETag", "ETag: W/\"one\"\r\n", "ETag: W/\"one\"\r\n", false},
    };
    for (const auto& one : cases) {
        SCOPED_TRACE(one.name);
        std::string other = content_;
        for (char& c : other)
            c = static_cast<char>(c ^ 1);
        std::atomic<int> asked{0};
        const std::string first = content_;
        const ScriptedServer server([&](const Peer& peer, const std::string& head) {
            const bool cut = ++asked == 1;
            content_ = cut || one.same ? first : other;
            serve(peer, head, cut ? one.before : one.now, cut ? 200000 : SIZE_MAX);
            return !cut;
        });
        const auto result = fetch(server);
        ASSERT_TRUE(result) << test::why(result);
        EXPECT_TRUE(fetched() == (one.same ? first : other));
        EXPECT_EQ(result->sha256, core::digestOf(one.same ? first : other));
        std::filesystem::remove(path());
        content_ = first;
    }
}

TEST_F(DownloadTest, BeginsAnewWhereNothingTellsTheFile) {
    std::atomic<int> asked{0};
    const std::string first = content_, other(content_.size(), 'o');
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        const bool cut = ++asked == 1;
        content_ = cut ? first : other;
        serve(peer, head, "", cut ? 200000 : SIZE_MAX);
        return false;
    });
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(fetched() == other);
    ASSERT_EQ(server.requests().size(), 2u);
    EXPECT_EQ(fieldOf(server.requests()[1], "Range"), "");
}

TEST_F(DownloadTest, DoesNotTakeARestOfAnotherLengthForTheRest) {
    const auto rest = content_.substr(200000);
    const std::string fields = "ETag: \"one\"\r\nContent-Range: bytes 200000-499999/500000\r\n";
    const auto chunk = [](std::size_t size) {
        std::ostringstream text;
        text << std::hex << size << "\r\n" << std::string(size, '!') << "\r\n0\r\n\r\n";
        return text.str();
    };
    for (const int kind : {0, 1, 2, 3}) {
        SCOPED_TRACE(kind);
        const ScriptedServer server([&](const Peer& peer, const std::string& head) {
            const auto chunked =
                "HTTP/1.1 206 Partial Content\r\nTransfer-Encoding: chunked\r\n" + fields + "\r\n";
            if (fieldOf(head, "Range").empty()) return peer.answer("200 OK", content_, "ETag: \"one\"\r\n");
            if (kind == 0) return peer.answer("206 Partial Content", std::string(1000, '!'), fields);
            if (kind == 1) return peer.answer("206 Partial Content", std::string(300001, '!'), fields);
            if (kind == 2) return peer.send(chunked + chunk(300001));
            return peer.send(chunked + chunk(0).substr(5)); // nothing at all, time and again
        });
        leaveHalf(server, "\"one\"");
        const auto result = fetch(server);
        if (kind < 3) {
            ASSERT_TRUE(result) << test::why(result);
            EXPECT_TRUE(fetched() == content_);
            std::filesystem::remove(path());
        } else {
            ASSERT_FALSE(result);
            EXPECT_EQ(result.error().code(), ErrorCode::Remote) << test::why(result);
            EXPECT_FALSE(std::filesystem::exists(path()));
            EXPECT_EQ(std::filesystem::file_size(part()), 200000u);
        }
    }
}

TEST_F(DownloadTest, DoesNotTrustATornOrForeignPart) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        serve(peer, head, "ETag: \"one\"\r\n");
        return true;
    });
    const std::vector<std::function<void()>> damages{
        [&] { std::filesystem::remove(from()); },
        [&] { std::ofstream(from()) << "url " << server.url("/a.fits") << "\netag \"one"; },
        [&] {
            std::ofstream(from()) << "url " << server.url("/other") << "\netag \"one\"\nlength 500000\nend\n";
        },
        [&] {
            std::ofstream(from()) << "url " << server.url("/a.fits")
                                  << "\netag W/\"one\"\nlength 500000\nend\n";
        },
        [&] { std::ofstream(part(), std::ios::app) << std::string(400000, 'x'); },
        [&] { std::filesystem::remove(part()); },
    };
    for (std::size_t i = 0; i < damages.size(); ++i) {
        SCOPED_TRACE(i);
        leaveHalf(server, "\"one\"");
        damages[i]();
        const auto result = fetch(server);
        ASSERT_TRUE(result) << test::why(result);
        EXPECT_TRUE(fetched() == content_);
        EXPECT_EQ(fieldOf(server.requests().back(), "Range"), "");
        EXPECT_EQ(entries(), 1u);
        std::filesystem::remove(path());
    }
}

TEST_F(DownloadTest, AsksForNothingWhenOnlyTheNameWasMissing) {
    const ScriptedServer server([](const Peer&, const std::string&) { return false; });
    leaveHalf(server, "\"one\"", content_.size());
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(fetched() == content_);
    EXPECT_EQ(result->bytesFetched, 0u);
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloadTest, IsCommittedOnceMoreWhenThatWasMissing) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        serve(peer, head, "ETag: \"one\"\r\n");
        return true;
    });
    int commits = 0;
    options_.committed = [&](const Downloaded& file) -> core::Status {
        EXPECT_TRUE(std::filesystem::exists(file.path));
        if (++commits == 1) return core::fail(ErrorCode::Io, "the journal's disk is full");
        return {};
    };
    EXPECT_FALSE(fetch(server));
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_EQ(commits, 2);
    EXPECT_EQ(result->bytesFetched, 0u);
    EXPECT_EQ(result->sha256, core::digestOf(content_));
    EXPECT_EQ(server.requests().size(), 1u);
    EXPECT_EQ(entries(), 1u);
}

TEST_F(DownloadTest, CanBeStoppedWhileItReadsALongFileAgain) {
    const ScriptedServer server([](const Peer&, const std::string&) { return false; });
    content_ = someContent(5000000);
    leaveHalf(server, "\"one\"", content_.size());
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), {});
    Request request;
    request.url = server.url("/a.fits");
    std::filesystem::rename(part(), path());
    const auto result = download(client_, request, path(), options_, stopped);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::Cancelled);
    const auto later = fetch(server);
    ASSERT_TRUE(later) << test::why(later);
    EXPECT_EQ(later->sha256, core::digestOf(content_));
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloadTest, AsksBeforeItTakesBytesOverTheNet) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        serve(peer, head, "ETag: \"one\"\r\n");
        return true;
    });
    std::uint64_t spent = 0;
    options_.spend = [&](std::size_t bytes) -> core::Status {
        if (spent + bytes > 300000) return core::fail(ErrorCode::ResourceExhausted, "enough");
        spent += bytes;
        return {};
    };
    const auto result = fetch(server);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message(), "enough");
    EXPECT_EQ(std::filesystem::file_size(part()), spent);
    EXPECT_EQ(server.requests().size(), 1u);
    options_.spend = {};
    const auto rest = fetch(server);
    ASSERT_TRUE(rest) << test::why(rest);
    EXPECT_TRUE(fetched() == content_);
    EXPECT_EQ(rest->bytesFetched, content_.size() - spent);
}

TEST_F(DownloadTest, LeavesAFileAloneThatIsNotItsOwn) {
    const ScriptedServer server([](const Peer&, const std::string&) { return false; });
    std::ofstream(path()) << "mine";
    const auto result = fetch(server);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(fetched(), "mine");
    EXPECT_TRUE(server.requests().empty());
}

TEST_F(DownloadTest, RefusesAPageInsteadOfData) {
    const std::string page = "\n<!DOCTYPE html>\n<html><body>Please log in</body></html>";
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        if (pathOf(head) == "/drop") { // byte by byte: the beginning is judged, not the first packet
            peer.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(page.size()) + "\r\n\r\n");
            for (const char c : page)
                if (!peer.send({&c, 1})) break;
            return true;
        }
        peer.answer("200 OK", page, "Content-Type: application/fits\r\nETag: \"p\"\r\n");
        return true;
    });
    for (const auto* at : {"/a.fits", "/drop"}) {
        const auto result = fetch(server, at);
        ASSERT_FALSE(result) << at;
        EXPECT_EQ(result.error().code(), ErrorCode::Format) << test::why(result);
        EXPECT_EQ(entries(), 0u);
    }
    EXPECT_EQ(server.requests().size(), 2u) << "that is not tried again";

    const std::string long_(5000, ' ');
    const auto served = [&](const std::string& body, const std::string& type) {
        const ScriptedServer other([&](const Peer& peer, const std::string&) {
            return peer.answer("200 OK", body, "Content-Type: " + type + "\r\n");
        });
        const auto result = fetch(other);
        EXPECT_TRUE(result || result.error().code() == ErrorCode::Format) << test::why(result);
        EXPECT_EQ(entries(), result ? 1u : 0u);
        std::filesystem::remove(path());
        return result.has_value();
    };
    for (const auto& end : {std::string(), long_}) {
        EXPECT_FALSE(served("<br />\n<b>Fatal error</b>: no database" + end, "text/html; charset=utf-8"));
        EXPECT_FALSE(served("\n <!-- x --><script>go()</script>" + end, "Text/HTML"));
        EXPECT_TRUE(served("<br />\n<b>Fatal error</b>" + end, "text/xml"));
        EXPECT_TRUE(served("<?xml version='1.0'?><spectrum/>" + end, "text/html"));
        EXPECT_TRUE(served("<!-- x --><VOTABLE version='1.4'>" + end, "text/html"));
        EXPECT_TRUE(served("<vot:VOTABLE\n>" + end, "text/html"));
        EXPECT_TRUE(served("6562.8 1.0\n" + end, "text/html"));
    }
    options_.mayBeHtml = true;
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_EQ(fetched(), page);
}

TEST_F(DownloadTest, KeepsNothingOfAnAnswerThatIsNoData) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        if (path == "/404") peer.answer("404 Not Found", "no such spectrum", "Content-Type: text/plain\r\n");
        if (path == "/nothing") peer.answer("204 No Content", "");
        if (path == "/later") peer.answer("202 Accepted", "queued", "Content-Type: text/plain\r\n");
        if (path == "/created") peer.answer("201 Created", "made");
        if (path == "/busy") peer.answer("503 Service Unavailable", "busy", "Retry-After: 0\r\n");
        if (path == "/piece")
            peer.answer("206 Partial Content", content_.substr(0, 10), "Content-Range: bytes 0-9/500000\r\n");
        if (path == "/babble") {
            peer.send("HTTP/1.1 500 Oh\r\n\r\n");
            while (peer.send(std::string(65536, 'x'))) {
            }
            return false;
        }
        return true;
    });
    const auto code = [&](const char* at) {
        const auto result = fetch(server, at);
        EXPECT_EQ(entries(), 0u) << at;
        return result ? ErrorCode::Internal : result.error().code();
    };
    EXPECT_EQ(code("/404"), ErrorCode::NotFound);
    EXPECT_EQ(code("/nothing"), ErrorCode::NotFound);
    EXPECT_EQ(server.count("GET /nothing "), 1u);
    EXPECT_EQ(code("/later"), ErrorCode::Remote);
    EXPECT_EQ(code("/created"), ErrorCode::Remote);
    EXPECT_EQ(code("/busy"), ErrorCode::Remote);
    EXPECT_EQ(server.count("GET /busy "), 3u);
    EXPECT_EQ(code("/piece"), ErrorCode::Protocol);
    EXPECT_EQ(code("/babble"), ErrorCode::Remote);
}

TEST_F(DownloadTest, EndsAtItsLimitAlsoWhenResumed) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        if (pathOf(head) == "/endless") {
            peer.send("HTTP/1.1 200 OK\r\n\r\n");
            while (peer.send(std::string(65536, 'x'))) {
            }
            return false;
        }
        serve(peer, head, "ETag: \"one\"\r\n");
        return false;
    });
    options_.limitBytes = 300000;
    const auto endless = fetch(server, "/endless");
    ASSERT_FALSE(endless);
    EXPECT_EQ(endless.error().code(), ErrorCode::ResourceExhausted);
    EXPECT_EQ(entries(), 0u) << "it cannot be resumed, so nothing stays";
    leaveHalf(server, "\"one\"");
    const auto resumed = fetch(server);
    ASSERT_FALSE(resumed);
    EXPECT_EQ(resumed.error().code(), ErrorCode::ResourceExhausted);
}

TEST_F(DownloadTest, StopsWhenAskedAndGoesOnLater) {
    std::stop_source stop;
    std::atomic<bool> dribble{true};
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        serve(peer, head, "ETag: \"one\"\r\n", dribble ? 250000 : SIZE_MAX);
        if (dribble) peer.hold();
        return false;
    });
    core::TaskContext task(stop.get_token(), [&](double, std::string_view stage) {
        if (stage.starts_with("fetching")) stop.request_stop();
    });
    Request request;
    request.url = server.url("/a.fits");
    const auto stopped = download(client_, request, path(), options_, task);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), ErrorCode::Cancelled);
    EXPECT_FALSE(std::filesystem::exists(path()));
    const auto kept = std::filesystem::file_size(part());
    EXPECT_GT(kept, 0u);
    dribble = false;
    const auto result = fetch(server);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_TRUE(fetched() == content_);
    EXPECT_EQ(result->bytesFetched, content_.size() - kept);
}

TEST_F(DownloadTest, TakesAnEmptyFileAndOneWithoutALength) {
    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        if (pathOf(head) == "/empty")
            peer.answer("200 OK", "");
        else
            peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n "
                      "world\r\n0\r\n\r\n");
        return false;
    });
    const auto empty = fetch(server, "/empty");
    ASSERT_TRUE(empty) << test::why(empty);
    EXPECT_EQ(fetched(), "");
    std::filesystem::remove(path());
    const auto chunked = fetch(server, "/chunked");
    ASSERT_TRUE(chunked) << test::why(chunked);
    EXPECT_EQ(fetched(), "hello world");
    EXPECT_EQ(entries(), 1u);
}

} // namespace
} // namespace balmer::http

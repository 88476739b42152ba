#include "engine/vo/download/tree_download.h"

#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/http/url.h"
#include "engine/vo/download/download_journal.h"
#include "engine/vo/download/tree_listing.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

extern char** environ;

namespace balmer::vo {
namespace {

using core::ErrorCode;
using test::fieldOf;
using test::pathOf;
using test::ScriptedServer;
using Peer = ScriptedServer::Peer;
namespace fs = std::filesystem;

using Files = std::map<std::string, std::string>; ///< decoded path from the root → content

/// A folder with index pages like those of Python's http.server, from a map; ranges are honoured.
class TreeServer {
  public:
    /// before may answer a request instead: true when it has.
    explicit TreeServer(Files files, std::function<bool(const Peer&, const std::string&)> before = {})
        : files_(std::move(files)), before_(std::move(before)),
          server_([this](const Peer& peer, const std::string& head) { return serve(peer, head); }) {}

    std::string url(const std::string& path = "/") const { return server_.url(path); }
    const ScriptedServer& server() const { return server_; }
    const Files& files() const { return files_; }
    std::size_t gets(const std::string& encodedPath) const {
        return server_.count("GET " + encodedPath + " ");
    }
    /// GETs of files, not of pages.
    std::size_t fileGets() const {
        std::size_t count = 0;
        for (const auto& head : server_.requests())
            count += head.starts_with("GET ") && !pathOf(head).ends_with('/');
        return count;
    }

    void answerFile(const Peer& peer, const std::string& head, const std::string& content,
                    std::size_t atMost = SIZE_MAX) const {
        std::size_t start = 0;
        std::string status = "200 OK", range;
        const auto total = std::to_string(content.size());
        if (const auto asked = fieldOf(head, "Range"); !asked.empty()) {
            start = std::stoul(asked.substr(6));
            status = "206 Partial Content";
            range = "Content-Range: bytes " + std::to_string(start) + "-" +
                    std::to_string(content.size() - 1) + "/" + total + "\r\n";
        }
        peer.send("HTTP/1.1 " + status + "\r\nETag: \"" + total + "\"\r\n" + range +
                  "Content-Type: application/fits\r\n" +
                  "Content-Length: " + std::to_string(content.size() - start) + "\r\n\r\n" +
                  (head.starts_with("HEAD ") ? "" : content.substr(start, atMost)));
    }

  private:
    bool serve(const Peer& peer, const std::string& head) {
        if (before_ && before_(peer, head)) return true;
        const auto path = http::percentDecode(pathOf(head));
        if (const auto file = files_.find(path); file != files_.end()) {
            answerFile(peer, head, file->second);
            return true;
        }
        std::set<std::string> names;
        for (const auto& [name, content] : files_)
            if (name.starts_with(path) && name.size() > path.size()) {
                const auto slash = name.find('/', path.size());
                names.insert(
                    name.substr(path.size(), slash == std::string::npos ? slash : slash + 1 - path.size()));
            }
        if (!path.ends_with('/') || names.empty()) return peer.answer("404 Not Found", "");
        std::string page = "<!DOCTYPE HTML><html><body><ul><li><a href='../'>..</a></li>\n";
        for (const auto& name : names) {
            const bool folder = name.ends_with('/');
            const auto link =
                http::percentEncode(folder ? name.substr(0, name.size() - 1) : name) + (folder ? "/" : "");
            page += "<li><a href=\"" + link + "\">" + name.substr(0, 8) + "</a></li>\n";
        }
        return peer.answer("200 OK", page + "</ul></body></html>", "Content-Type: text/html\r\n");
    }

    Files files_;
    std::function<bool(const Peer&, const std::string&)> before_;
    ScriptedServer server_;
};

Files oddTree() {
    Files files;
    for (const std::string name :
         {"README.txt", "2014/HD 46056/a.fits", "2014/x&y;z.fits",
          "odd & names/Ond\xc5\x99"
          "ejov #1?.fits",
          "odd & names/100%/%20 + %2520.fits", "odd & names/a+b=c@d!$'(),~.fits", "2014/[x]{y}|^`\".fits",
          "deep/1/2/3/4/5/6/7/8/x", ".hidden", "caf\xc3\xa9/\xe6\x98\x9f.fits", "page.html", "empty.fits"})
        files["/" + name] =
            name == "empty.fits" ? "" : "content of " + name + std::string(files.size() * 1000, '*');
    files["/page.html"] = "<html>a page that is meant to be one</html>";
    return files;
}

class TreeTest : public testing::Test {
  protected:
    core::Result<TreeListing> list(const std::string& url, TreeLimits limits = {}) {
        TreeRequest request;
        request.url = url;
        request.limits = limits;
        request.retry = quick_;
        return listTree(client_, request, task_);
    }
    core::Result<TreeReport> fetch(const TreeListing& listing) {
        options_.retry = quick_;
        return downloadTree(client_, listing, target(), options_, task_);
    }
    fs::path target() const { return folder_ / "target"; }
    /// All files of the target but the journal.
    Files onDisk() const {
        Files files;
        for (const auto& entry : fs::recursive_directory_iterator(target()))
            if (entry.is_regular_file() && entry.path().filename() != journalName)
                files["/" + fs::relative(entry.path(), target()).string()] =
                    core::readFile(entry.path()).value_or("unreadable");
        return files;
    }
    static std::map<std::string, std::string> reasons(const TreeListing& listing) {
        std::map<std::string, std::string> result;
        for (const auto& skipped : listing.skipped)
            result[http::parseUrl(skipped.url)->path] = skipped.why;
        return result;
    }

    test::TemporaryFolder folder_;
    http::Client client_{{.stalled = std::chrono::seconds(1)}};
    http::RetryPolicy quick_{.tries = 3, .first = std::chrono::milliseconds(1)};
    TreeDownloadOptions options_;
    core::TaskContext task_;
};

TEST_F(TreeTest, ArrivesWholeAndIsNotAskedForAgain) {
    const TreeServer server(oddTree());
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_EQ(listing->root, server.url());
    EXPECT_EQ(listing->files.size(), server.files().size());
    EXPECT_TRUE(listing->skipped.empty()) << listing->skipped[0].url << listing->skipped[0].why;
    EXPECT_FALSE(listing->cut);
    EXPECT_EQ(listing->folders, 15u);
    std::uint64_t bytes = 0;
    for (const auto& [name, content] : server.files())
        bytes += content.size();
    EXPECT_EQ(listing->bytes, bytes) << "asked one by one, since the pages show no size";
    EXPECT_EQ(listing->unsized, 0u);

    const auto report = fetch(*listing);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_EQ(report->fetched, server.files().size());
    EXPECT_EQ(report->failed + report->alreadyHere + report->notTried, 0u);
    EXPECT_EQ(report->bytesFetched, bytes);
    EXPECT_TRUE(onDisk() == server.files());
    for (const auto& outcome : report->files)
        EXPECT_EQ(outcome.sha256, core::digestOf(server.files().at("/" + outcome.file.path.string())));

    const auto asked = server.server().requests().size();
    const auto again = fetch(*listing);
    ASSERT_TRUE(again) << test::why(again);
    EXPECT_EQ(again->alreadyHere, server.files().size());
    EXPECT_EQ(again->bytesFetched, 0u);
    EXPECT_EQ(server.server().requests().size(), asked) << "not a single request";

    fs::remove(target() / "README.txt");
    const auto mended = fetch(*listing);
    ASSERT_TRUE(mended) << test::why(mended);
    EXPECT_EQ(mended->fetched, 1u);
    EXPECT_TRUE(onDisk() == server.files());
}

TEST_F(TreeTest, BeginsBelowTheAddressGiven) {
    const TreeServer server(oddTree());
    const auto listing = list(server.url("/odd%20&%20names/"));
    ASSERT_TRUE(listing) << test::why(listing);
    std::set<std::string> paths;
    for (const auto& file : listing->files)
        paths.insert(file.path.string());
    EXPECT_EQ(paths, (std::set<std::string>{"Ond\xc5\x99"
                                            "ejov #1?.fits",
                                            "100%/%20 + %2520.fits", "a+b=c@d!$'(),~.fits"}));
}

TEST_F(TreeTest, FindsLoopsByWhatTheyShow) {
    // /d/up/ shows what / shows, and so on without end; /self/ shows itself in /self/again/.
    const Files files{{"/a.fits", "A"}, {"/d/b.fits", "B"}, {"/self/c.fits", "C"}, {"/self/d.fits", "D"}};
    const TreeServer* served = nullptr;
    const auto page = [](const Peer& peer, const std::string& links) {
        return peer.answer("200 OK", "<html>" + links, "Content-Type: text/html\r\n");
    };
    const TreeServer server(files, [&](const Peer& peer, const std::string& head) {
        auto path = pathOf(head);
        for (std::size_t at; (at = path.find("/d/up/")) != std::string::npos;)
            path.erase(at, 5);
        for (std::size_t at; (at = path.find("/again/")) != std::string::npos;)
            path.erase(at, 6);
        if (path == "/") return page(peer, "<a href=a.fits>a</a><a href=d/>d</a><a href=self/>s</a>");
        if (path == "/d/") return page(peer, "<a href=b.fits>b</a><a href=up/>up</a>");
        if (path == "/self/")
            return page(peer, "<a href=c.fits>c</a><a href=d.fits>d</a><a href=again/>again</a>");
        if (const auto file = files.find(path); file != files.end()) {
            served->answerFile(peer, head, file->second);
            return true;
        }
        return false;
    });
    served = &server;
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_EQ(listing->files.size(), 4u);
    EXPECT_EQ(listing->folders, 3u);
    const auto why = reasons(*listing);
    ASSERT_EQ(why.size(), 2u);
    EXPECT_NE(why.at("/d/up/").find("a loop"), std::string::npos) << why.at("/d/up/");
    EXPECT_NE(why.at("/self/again/").find("a loop"), std::string::npos);
}

TEST_F(TreeTest, DoesNotTakeAFolderLikeItsParentForALoop) {
    const TreeServer server(Files{{"/x.fits", "one"}, {"/s/x.fits", "other"}, {"/s/s/y.fits", "last"}});
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_EQ(listing->files.size(), 3u) << "x.fits and s/ in both, and yet not the same x.fits";
    const TreeServer chain(Files{{"/2014/2014/2014/a.fits", "a"}});
    const auto deep = list(chain.url());
    ASSERT_TRUE(deep) << test::why(deep);
    EXPECT_EQ(deep->files.size(), 1u);
}

TEST_F(TreeTest, TakesNoTreeOfEqualFoldersForALoop) {
    // 0 to 1 within each of 0 to 1, as archives are spread; once as Python shows it, once with dates.
    Files files;
    for (const auto* folder : {"/0/0/", "/0/1/", "/1/0/", "/1/1/"})
        files[folder + std::string("spectrum.fits")] = folder;
    const TreeServer server(files);
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_EQ(listing->files.size(), 4u);
    EXPECT_TRUE(listing->skipped.empty()) << listing->skipped[0].url << ": " << listing->skipped[0].why;
    const TreeServer dated(files, [](const Peer& peer, const std::string& head) {
        return pathOf(head).size() < 5 &&
               peer.answer("200 OK", "<html><pre><a href=0/>0/</a>  22-Nov-2026 12:14  -\n"
                                     "<a href=1/>1/</a>  22-Nov-2026 12:14  -\n");
    });
    const auto second = list(dated.url());
    ASSERT_TRUE(second) << test::why(second);
    EXPECT_EQ(second->files.size(), 4u);

    // The same names and lengths, and a server that tells neither tag nor time.
    const TreeServer silent({}, [](const Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        if (path == "/s/s/") return peer.answer("200 OK", "<html><a href=y.fits>y</a>");
        if (path.ends_with('/')) return peer.answer("200 OK", "<html><a href=x.fits>x</a><a href=s/>s</a>");
        return peer.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" +
                         std::string(head.starts_with("HEAD ") ? "" : "data"));
    });
    const auto third = list(silent.url());
    ASSERT_TRUE(third) << test::why(third);
    EXPECT_EQ(third->files.size(), 3u);
}

TEST_F(TreeTest, EndsLoopsOfFoldersAlone) {
    // /again/ is / itself, and no file in either tells.
    const Files files{{"/a/x.fits", "X"}, {"/b/y.fits", "Y"}};
    const TreeServer server(files, [&](const Peer& peer, const std::string& head) {
        auto path = pathOf(head);
        while (path.starts_with("/again/"))
            path.erase(0, 6);
        if (path == "/")
            return peer.answer("200 OK", "<html><a href=a/>a</a><a href=b/>b</a><a href=again/>");
        if (path == "/a/") return peer.answer("200 OK", "<html><a href=x.fits>x</a>");
        if (path == "/b/") return peer.answer("200 OK", "<html><a href=y.fits>y</a>");
        return peer.answer("200 OK", "X");
    });
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_EQ(listing->files.size(), 6u) << "three times, and no more";
    ASSERT_EQ(listing->skipped.size(), 1u);
    EXPECT_NE(listing->skipped[0].why.find("a loop"), std::string::npos) << listing->skipped[0].why;
}

TEST_F(TreeTest, DoesNotReadAPageThatComesInsteadOfAFile) {
    const std::string page = "<!DOCTYPE html><html><a href='/data/other.fits'>see here</a></html>";
    const TreeServer server({}, [&](const Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        if (path == "/data/moved.fits") return peer.answer("302 Found", "", "Location: /login\r\n");
        if (path == "/data/folder.v2x")
            return peer.answer("301 Moved", "", "Location: /data/folder.v2x/\r\n");
        if (path == "/data/none.fits") return peer.answer("204 No Content", "");
        if (path == "/data/table.dat")
            return peer.answer("200 OK", "6562.8 1.0\n", "Content-Type: text/html\r\n");
        return peer.answer("200 OK", page, "Content-Type: text/html\r\n");
    });
    for (const auto* path : {"/data/spec.fits", "/data/moved.fits"}) {
        const auto listing = list(server.url(path));
        ASSERT_FALSE(listing) << path;
        EXPECT_EQ(listing.error().code(), ErrorCode::Format);
        EXPECT_NE(listing.error().message().find("an HTML page where a file was expected"), std::string::npos)
            << listing.error().message();
    }
    for (const auto* path : {"/data/", "/data/index.html", "/data/list.php", "/data/dr2.1"}) {
        const auto listing = list(server.url(path));
        ASSERT_TRUE(listing) << test::why(listing);
        EXPECT_EQ(listing->files.size(), 1u) << path;
    }
    EXPECT_TRUE(list(server.url("/data/folder.v2x")));
    const auto none = list(server.url("/data/none.fits"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), ErrorCode::NotFound);
    const auto table = list(server.url("/data/table.dat"));
    ASSERT_TRUE(table) << test::why(table);
    ASSERT_EQ(table->files.size(), 1u);
    EXPECT_EQ(table->bytes, 11u);
}

TEST_F(TreeTest, DoesNotGiveTheFirstPieceOfAFileForItsSize) {
    const ScriptedServer server([](const Peer& peer, const std::string& head) {
        peer.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        if (pathOf(head) == "/long.fits") peer.send("1000\r\n" + std::string(4096, 'x') + "\r\n");
        peer.send("4\r\ndata\r\n0\r\n\r\n");
        return false;
    });
    const auto listing = list(server.url("/long.fits"));
    ASSERT_TRUE(listing) << test::why(listing);
    ASSERT_EQ(listing->files.size(), 1u);
    EXPECT_FALSE(listing->files[0].bytes);
    EXPECT_FALSE(listing->files[0].exact);
    EXPECT_EQ(listing->unsized, 1u);
    const auto whole = list(server.url("/short.fits"));
    ASSERT_TRUE(whole) << test::why(whole);
    EXPECT_EQ(whole->files.at(0).bytes, 4u);
    EXPECT_TRUE(whole->files[0].exact);
}

TEST_F(TreeTest, KeepsNoMoreAddressesThanItsShare) {
    std::atomic<int> number{0};
    const TreeServer server({}, [&](const Peer& peer, const std::string&) {
        std::string page = "<html>";
        for (int i = 0; i < 100; ++i)
            page += "<a href='" + std::string(100, 'a') + std::to_string(++number) + "'>";
        return peer.answer("200 OK", page + "<a href=" + std::to_string(++number) + "/>");
    });
    const auto listing = list(server.url(), {.depth = 30, .addressBytes = 100000, .sizeQuestions = 0});
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_TRUE(listing->cut);
    EXPECT_GT(listing->files.size(), 500u);
    EXPECT_LT(listing->files.size(), 1000u) << "of 3000";
}

TEST_F(TreeTest, EndsInTreesWithoutEnd) {
    std::atomic<int> number{0};
    const TreeServer server({}, [&](const Peer& peer, const std::string& head) {
        if (!pathOf(head).ends_with('/')) return peer.answer("200 OK", "x");
        const auto n = std::to_string(++number);
        return peer.answer("200 OK", "<html><a href=sub" + n + "/>s</a><a href=file" + n + ">f</a>");
    });
    const auto byDepth = list(server.url(), {.depth = 5});
    ASSERT_TRUE(byDepth) << test::why(byDepth);
    EXPECT_EQ(byDepth->files.size(), 6u);
    ASSERT_EQ(byDepth->skipped.size(), 1u);
    EXPECT_EQ(byDepth->skipped[0].why, "lies deeper than 5 folders");
    const auto byFiles = list(server.url(), {.depth = 1000, .files = 7});
    ASSERT_TRUE(byFiles) << test::why(byFiles);
    EXPECT_EQ(byFiles->files.size(), 7u);
    EXPECT_TRUE(byFiles->cut);
    const auto byFolders = list(server.url(), {.depth = 1000, .folders = 4});
    ASSERT_TRUE(byFolders) << test::why(byFolders);
    EXPECT_EQ(byFolders->folders, 4u);
    EXPECT_TRUE(byFolders->cut);
}

TEST_F(TreeTest, StopsListingWhenTheBytesAreTooMany) {
    const TreeServer server({}, [&](const Peer& peer, const std::string&) {
        std::string page = "<html><pre>";
        for (int i = 0; i < 10; ++i)
            page += "<a href=f" + std::to_string(i) + ">f</a>  22-Nov-2026 12:14  1.0M\n";
        return peer.answer("200 OK", page);
    });
    const auto listing = list(server.url(), {.bytes = 3500000});
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_EQ(listing->files.size(), 3u);
    EXPECT_TRUE(listing->cut);
    EXPECT_EQ(listing->bytes, 3u << 20);
}

TEST_F(TreeTest, SaysWhatIsLeftOutAndWhy) {
    const ScriptedServer other(
        [](const Peer& peer, const std::string&) { return peer.answer("200 OK", "<html>"); });
    const TreeServer server({}, [&](const Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        if (path == "/r/")
            return peer.answer(
                "200 OK", "<html><a href='%2e%2e%2fetc'>1</a><a href='nul.fits'>2</a><a href='gone/'>3</a>"
                          "<a href='away/'>4</a><a href='out/'>5</a><a href='twice/'>6</a><a href='ok/'>7</a>"
                          "<a href='list.php?d=2014'>8</a><a href='data/'>9</a><a href='busy/'>0</a>");
        if (path == "/r/away/") return peer.answer("301 Moved", "", "Location: " + other.url("/r/") + "\r\n");
        if (path == "/r/out/") return peer.answer("301 Moved", "", "Location: /elsewhere/\r\n");
        if (path == "/r/twice/") return peer.answer("301 Moved", "", "Location: /r/ok/\r\n");
        if (path == "/r/ok/") return peer.answer("200 OK", "<html><a href='good.fits'>g</a>");
        if (path == "/elsewhere/") return peer.answer("200 OK", "<html><a href='/r/bad.fits'>b</a>");
        if (path == "/r/data/") return peer.answer("200 OK", "SIMPLE  =   T");
        if (path == "/r/busy/") return peer.answer("503 Busy", "", "Retry-After: 0\r\n");
        return peer.answer("404 Not Found", "");
    });
    const auto listing = list(server.url("/r/"));
    ASSERT_TRUE(listing) << test::why(listing);
    ASSERT_EQ(listing->files.size(), 1u);
    EXPECT_EQ(listing->files[0].path, "ok/good.fits");
    const auto why = reasons(*listing);
    const auto says = [&](const char* path, const char* words) {
        ASSERT_TRUE(why.contains(path)) << path;
        EXPECT_NE(why.at(path).find(words), std::string::npos) << why.at(path);
    };
    EXPECT_EQ(why.size(), 9u);
    says("/r/%2e%2e%2fetc", "holds a slash");
    says("/r/nul.fits", "device");
    says("/r/gone/", "404");
    says("/r/away/", "leads out of the folder");
    says("/r/out/", "leads out of the folder");
    says("/r/twice/", "which is read anyway");
    says("/r/", "hold a query");
    says("/r/data/", "no page");
    says("/r/busy/", "503");
}

TEST_F(TreeTest, TakesOneFileAndAFolderWithoutItsSlash) {
    const std::string big(5000000, 'x');
    const TreeServer server(
        {{"/d/a.fits", big}, {"/d/small", "s"}}, [](const Peer& peer, const std::string& head) {
            return pathOf(head) == "/d" && peer.answer("301 Moved", "", "Location: /d/\r\n");
        });
    const auto one = list(server.url("/d/a.fits"));
    ASSERT_TRUE(one) << test::why(one);
    ASSERT_EQ(one->files.size(), 1u);
    EXPECT_EQ(one->files[0].path, "a.fits");
    EXPECT_EQ(one->bytes, big.size());
    const auto small = list(server.url("/d/small"));
    ASSERT_TRUE(small) << test::why(small);
    EXPECT_EQ(small->bytes, 1u);
    const auto longer = list(server.url("/d/a.fits"), {.pageBytes = 1000});
    ASSERT_TRUE(longer) << test::why(longer);
    EXPECT_EQ(longer->bytes, big.size()) << "longer than a page may be, but it is no page";
    const auto folder = list(server.url("/d"));
    ASSERT_TRUE(folder) << test::why(folder);
    EXPECT_EQ(folder->root, server.url("/d/"));
    EXPECT_EQ(folder->files.size(), 2u);
    const auto none = list(server.url("/absent/"));
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), ErrorCode::NotFound);
    ASSERT_TRUE(fetch(*one));
    EXPECT_TRUE(onDisk() == (Files{{"/a.fits", big}}));
}

TEST_F(TreeTest, GivesEachFileANameOfItsOwn) {
    // A file and a folder of one name, and two names that are one on the disk.
    const std::string page = "<html><a href='a'>1</a><a href='a/'>2</a><a href='caf%E9.fits'>3</a>"
                             "<a href='caf%25E9.fits'>4</a>";
    const TreeServer server(Files{{"/a/b", "b"}, {"/a", "a"}},
                            [&](const Peer& peer, const std::string& head) {
                                const auto path = pathOf(head);
                                if (path == "/") return peer.answer("200 OK", page);
                                if (path == "/caf%E9.fits") return peer.answer("200 OK", "latin");
                                if (path == "/caf%25E9.fits") return peer.answer("200 OK", "percent");
                                return false;
                            });
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    ASSERT_TRUE(fetch(*listing));
    EXPECT_TRUE(
        onDisk() ==
        (Files{{"/a/b", "b"}, {"/a (2)", "a"}, {"/caf%E9.fits", "percent"}, {"/caf%E9 (2).fits", "latin"}}));
}

TEST_F(TreeTest, TellsThePasswordToNoOtherServer) {
    const ScriptedServer other(
        [](const Peer& peer, const std::string&) { return peer.answer("200 OK", "<html><a href=x>x</a>"); });
    const TreeServer server({}, [&](const Peer& peer, const std::string&) {
        return peer.answer("302 Found", "", "Location: " + other.url("/") + "\r\n");
    });
    TreeRequest request{.url = server.url(), .user = "me", .password = "secret"};
    const auto listing = listTree(client_, request, task_);
    ASSERT_FALSE(listing);
    EXPECT_EQ(listing.error().code(), ErrorCode::InvalidArgument);
    ASSERT_EQ(other.requests().size(), 1u);
    EXPECT_EQ(fieldOf(other.requests()[0], "Authorization"), "");
}

TEST_F(TreeTest, BringsTheRestWhereFilesFail) {
    Files files;
    for (int i = 0; i < 12; ++i)
        files["/f" + std::to_string(i) + ".fits"] = std::string(static_cast<std::size_t>(i) * 100, 'x');
    const TreeServer server(files, [](const Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        if (head.starts_with("HEAD ")) return false;
        if (path == "/f1.fits") return peer.answer("404 Not Found", "");
        if (path == "/f2.fits") return peer.answer("200 OK", "<html>sorry</html>");
        if (path == "/f3.fits") return peer.answer("503 Busy", "", "Retry-After: 0\r\n");
        if (path == "/f4.fits") return peer.answer("302 Found", "", "Location: file:///etc/passwd\r\n");
        return false;
    });
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    const auto report = fetch(*listing);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_EQ(report->fetched, 8u);
    EXPECT_EQ(report->failed, 4u);
    for (const auto& outcome : report->files) {
        const bool bad = outcome.file.path == "f1.fits" || outcome.file.path == "f2.fits" ||
                         outcome.file.path == "f3.fits" || outcome.file.path == "f4.fits";
        EXPECT_EQ(outcome.state, bad ? FileOutcome::State::Failed : FileOutcome::State::Fetched)
            << outcome.file.path;
        EXPECT_EQ(outcome.why.empty(), !bad) << outcome.why;
    }
    EXPECT_EQ(server.gets("/f3.fits"), 3u);
    for (const auto* path : {"/f1.fits", "/f2.fits", "/f3.fits", "/f4.fits"})
        files.erase(path);
    EXPECT_TRUE(onDisk() == files);
    const auto log = core::readFile(target() / journalName);
    ASSERT_TRUE(log);
    EXPECT_NE(log->find("\"failed\":"), std::string::npos);
}

TEST_F(TreeTest, GivesUpOnAServerThatIsGone) {
    TreeListing listing;
    {
        Files files;
        for (int i = 0; i < 100; ++i)
            files["/f" + std::to_string(i)] = "x";
        const TreeServer server(files);
        listing = list(server.url()).value();
    }
    ASSERT_EQ(listing.files.size(), 100u);
    options_.failuresInRow = 6;
    options_.connections = 2;
    const auto report = fetch(listing);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_GE(report->failed, 6u);
    EXPECT_LE(report->failed, 8u);
    EXPECT_EQ(report->failed + report->notTried, 100u);
    EXPECT_NE(report->files.back().why.find("not tried, since"), std::string::npos)
        << report->files.back().why;
}

TEST_F(TreeTest, EndsAtTheLimitOfBytes) {
    Files files;
    for (int i = 0; i < 20; ++i)
        files["/f" + std::to_string(i)] = std::string(1000, 'x');
    const TreeServer server(files);
    const auto listing = list(server.url());
    options_.limitBytes = 5000;
    options_.connections = 1;
    const auto report = fetch(*listing);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_EQ(report->fetched, 5u);
    EXPECT_EQ(report->notTried, 15u);
}

TEST_F(TreeTest, SpendsNoMoreBytesThanAllowedWhateverIsKnownBefore) {
    // Sizes are known where HEAD tells them; /u… has no length anywhere, and /bad… fails half-way each time.
    Files files{
        {"/a", std::string(40000, 'a')}, {"/b", std::string(90000, 'b')}, {"/c", std::string(20000, 'c')}};
    const auto unsized = [](const Peer& peer, const std::string& head) {
        peer.send("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" +
                  std::string(head.starts_with("HEAD ") ? 0 : 50000, 'u'));
        return false;
    };
    const TreeServer known(files);
    const auto listing = list(known.url());
    ASSERT_TRUE(listing) << test::why(listing);
    options_.limitBytes = 100000;
    options_.connections = 1;
    const auto report = fetch(*listing);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_EQ(report->fetched, 2u) << "the large one leaves no room for itself, and those behind it fit";
    EXPECT_EQ(report->notTried, 1u);
    EXPECT_EQ(report->bytesFetched, 60000u);
    EXPECT_EQ(known.gets("/b"), 0u);
    EXPECT_NE(report->files[1].why.find("not tried, since the limit of 100000 bytes"), std::string::npos)
        << report->files[1].why;

    const ScriptedServer server([&](const Peer& peer, const std::string& head) {
        if (!pathOf(head).starts_with("/bad")) return unsized(peer, head);
        peer.send("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n" + std::string(30000, 'x'));
        return false;
    });
    TreeListing unknown;
    unknown.root = server.url("/");
    for (const auto* name : {"bad1", "u1", "u2", "u3", "u4", "u5", "u6", "u7", "u8", "u9"})
        unknown.files.push_back(
            {server.url("/" + std::string(name)), std::string("more/") + name, {}, false});
    options_.limitBytes = 200000;
    options_.connections = 3;
    const auto second = fetch(unknown);
    ASSERT_TRUE(second) << test::why(second);
    EXPECT_LE(second->bytesFetched, 200000u);
    EXPECT_GE(second->bytesFetched, 180000u) << "three tries of bad1 count";
    std::uint64_t sent = 0;
    for (const auto& outcome : second->files)
        sent += outcome.bytes;
    EXPECT_EQ(sent, second->fetched * 50000);
    EXPECT_EQ(second->fetched + second->failed + second->notTried, 10u);
    EXPECT_GE(second->notTried, 1u);
}

TEST_F(TreeTest, IsStoppedHalfWayAndGoesOn) {
    Files files;
    for (int i = 0; i < 40; ++i)
        files["/f" + std::to_string(i) + ".fits"] = std::string(50000 + static_cast<std::size_t>(i), 'x');
    const TreeServer* served = nullptr;
    std::atomic<int> gets{0};
    std::atomic<bool> slow{true};
    std::stop_source stop;
    const TreeServer server(files, [&](const Peer& peer, const std::string& head) {
        if (!slow || !head.starts_with("GET /f") || ++gets <= 15) return false;
        served->answerFile(peer, head, files.at(pathOf(head)), 20000); // and then nothing
        stop.request_stop();
        peer.hold();
        return true;
    });
    served = &server;
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    core::TaskContext task(stop.get_token(), {});
    options_.retry = quick_;
    const auto stopped = downloadTree(client_, *listing, target(), options_, task);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().code(), ErrorCode::Cancelled);
    slow = false;
    std::set<std::string> finished;
    {
        const auto journal = DownloadJournal::open(target());
        ASSERT_TRUE(journal) << test::why(journal);
        for (const auto& entry : journal->entries())
            finished.insert(entry.url);
    }
    EXPECT_GE(finished.size(), 13u);
    const auto before = server.server().requests().size();
    const auto report = fetch(*listing);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_EQ(report->alreadyHere, finished.size());
    EXPECT_EQ(report->fetched, 40 - finished.size());
    EXPECT_TRUE(onDisk() == files);
    const auto heads = server.server().requests();
    for (std::size_t i = before; i < heads.size(); ++i)
        EXPECT_FALSE(finished.contains(server.url(pathOf(heads[i])))) << heads[i];
}

TEST_F(TreeTest, KeepsAJournalThatOneDownloadAtATimeWritesAndThatMayEndInHalfALine) {
    {
        auto journal = DownloadJournal::open(target());
        ASSERT_TRUE(journal) << test::why(journal);
        ASSERT_TRUE(journal->add({.url = "http://h/a", .path = "a \"b\"", .bytes = 3, .sha256 = "00"}));
        ASSERT_TRUE(journal->addFailure("http://h/b", "it is \"gone\"\n"));
        const auto second = DownloadJournal::open(target());
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code(), ErrorCode::InvalidArgument);
    }
    std::ofstream(target() / journalName, std::ios::app) << R"({"url":"http://h/c","path":"c","bytes":)";
    {
        auto journal = DownloadJournal::open(target());
        ASSERT_TRUE(journal) << test::why(journal);
        EXPECT_EQ(journal->entries().size(), 1u);
        ASSERT_TRUE(journal->finished("http://h/a"));
        EXPECT_EQ(journal->finished("http://h/a")->path, "a \"b\"");
        EXPECT_FALSE(journal->finished("http://h/b"));
        ASSERT_TRUE(journal->add({.url = "http://h/c", .path = "c", .bytes = 1}));
        ASSERT_TRUE(journal->add({.url = "http://h/a", .path = "a", .bytes = 4}));
    }
    std::ofstream(target() / journalName, std::ios::app)
        << "[]\nnull\n{\"url\":5}\n{\"url\":\"x\",\"bytes\":-1}\n";
    const auto journal = DownloadJournal::open(target());
    ASSERT_TRUE(journal) << test::why(journal);
    EXPECT_EQ(journal->entries().size(), 2u);
    EXPECT_EQ(journal->finished("http://h/a")->bytes, 4u);
    EXPECT_TRUE(journal->finished("http://h/c"));
}

TEST_F(TreeTest, KeepsAJournalOnADiskThatIsFullForAWhile) {
    auto journal = DownloadJournal::open(target());
    ASSERT_TRUE(journal) << test::why(journal);
    ASSERT_TRUE(journal->add({.url = "http://h/a", .path = "a", .bytes = 1}));
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = ::signal(SIGXFSZ, SIG_IGN);
    auto full = before;
    full.rlim_cur = fs::file_size(target() / journalName) + 20; // ends in the middle of a line
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
    const auto refused = journal->add({.url = "http://h/b", .path = "b", .bytes = 2});
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    ::signal(SIGXFSZ, handler);
    EXPECT_FALSE(refused);
    EXPECT_FALSE(journal->finished("http://h/b"));
    ASSERT_TRUE(journal->add({.url = "http://h/c", .path = "c", .bytes = 3}));
    journal = core::fail(ErrorCode::Internal, "closed");
    const auto again = DownloadJournal::open(target());
    ASSERT_TRUE(again) << test::why(again);
    EXPECT_EQ(again->entries().size(), 2u);
    EXPECT_TRUE(again->finished("http://h/c"));
}

// --------------------------------------------------------------------------------------------------------
// kill -9

TEST_F(TreeTest, SurvivesKillsAtAnyPoint) {
    Files files;
    for (int i = 0; i < 12; ++i)
        files["/s/f" + std::to_string(i) + ".fits"] =
            std::string(200000 + static_cast<std::size_t>(i), char('a' + i));
    std::atomic<int> untilKill{0};
    std::atomic<pid_t> child{0};
    const TreeServer* served = nullptr;
    const TreeServer server(files, [&](const Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        if (!head.starts_with("GET /s/f") || untilKill.fetch_sub(1) != 1) return false;
        served->answerFile(peer, head, files.at(path), 100000);
        child.wait(0); // until the test knows it
        ::kill(child, SIGKILL);
        return true;
    });
    served = &server;
    std::set<std::string> finished;
    int exitStatus = -1;
    for (int run = 1; run < 30 && exitStatus != 0; ++run) {
        child = 0;
        untilKill = run % 4 + 1;
        const auto before = server.server().requests().size();
        std::string program = BALMER_FETCH_TREE, url = server.url("/"), folder = target();
        char* arguments[] = {program.data(), url.data(), folder.data(), nullptr};
        pid_t pid = 0;
        ASSERT_EQ(posix_spawn(&pid, program.c_str(), nullptr, nullptr, arguments, environ), 0);
        child = pid;
        child.notify_all();
        int status = 0;
        ASSERT_EQ(::waitpid(pid, &status, 0), pid);
        exitStatus = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        const auto heads = server.server().requests();
        for (std::size_t i = before; i < heads.size(); ++i)
            if (heads[i].starts_with("GET ")) {
                EXPECT_FALSE(finished.contains(server.url(pathOf(heads[i]))))
                    << "fetched twice: " << heads[i];
            }
        const auto journal = DownloadJournal::open(target());
        ASSERT_TRUE(journal) << test::why(journal);
        for (const auto& entry : journal->entries()) {
            finished.insert(entry.url);
            EXPECT_EQ(core::digestOfFile(target() / entry.path).value_or("absent"), entry.sha256);
        }
    }
    EXPECT_EQ(exitStatus, 0);
    const auto kept = onDisk();
    for (const auto& [name, content] : kept)
        EXPECT_TRUE(files.contains(name)) << name << " is left over";
    EXPECT_TRUE(kept == files);
}

} // namespace
} // namespace balmer::vo

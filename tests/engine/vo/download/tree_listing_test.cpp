#include "engine/vo/download/tree_listing.h"

#include <atomic>

#include "tests/engine/vo/download/tree_server.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;

class TreeListingTest : public TreeTest {};

TEST_F(TreeListingTest, BeginsBelowTheAddressGiven) {
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

TEST_F(TreeListingTest, FindsLoopsByWhatTheyShow) {
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

TEST_F(TreeListingTest, EndlessFoldersEndAtTheLimitsAndItIsSaid) {
    // Each folder has two more, of names that there is nowhere else.
    std::atomic<int> number = 0;
    const TreeServer server({}, [&](const Peer& peer, const std::string&) {
        const auto name = std::to_string(number++);
        return peer.answer("200 OK",
                           "<html><a href=" + name + "a/>a</a><a href=" + name + "b/>b</a><a href=" + name +
                               ".fits>f</a>",
                           "Content-Type: text/html\r\n");
    });
    TreeLimits limits;
    limits.folders = 40;
    const auto listing = list(server.url(), limits);
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_TRUE(listing->cut);
    EXPECT_EQ(listing->folders, 40u);
    EXPECT_LE(number, 40 + 3 * 40) << "pages, and questions for the sizes of the files";
    EXPECT_NE(reasons(*listing).at("/").find("more than 40 folders"), std::string::npos);

    number = 0;
    limits.time = std::chrono::seconds(0);
    const auto late = list(server.url(), limits);
    ASSERT_TRUE(late) << test::why(late);
    EXPECT_TRUE(late->cut);
    EXPECT_EQ(late->folders, 1u) << "the start, and none below it";
    EXPECT_NE(reasons(*late).at("/").find("minutes to read"), std::string::npos);
}

TEST_F(TreeListingTest, DoesNotTakeAFolderLikeItsParentForALoop) {
    const TreeServer server(Files{{"/x.fits", "one"}, {"/s/x.fits", "other"}, {"/s/s/y.fits", "last"}});
    const auto listing = list(server.url());
    ASSERT_TRUE(listing) << test::why(listing);
    EXPECT_EQ(listing->files.size(), 3u) << "x.fits and s/ in both, and yet not the same x.fits";
    const TreeServer chain(Files{{"/2014/2014/2014/a.fits", "a"}});
    const auto deep = list(chain.url());
    ASSERT_TRUE(deep) << test::why(deep);
    EXPECT_EQ(deep->files.size(), 1u);
}

TEST_F(TreeListingTest, TakesNoTreeOfEqualFoldersForALoop) {
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

TEST_F(TreeListingTest, EndsLoopsOfFoldersAlone) {
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

TEST_F(TreeListingTest, DoesNotReadAPageThatComesInsteadOfAFile) {
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

TEST_F(TreeListingTest, DoesNotGiveTheFirstPieceOfAFileForItsSize) {
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

TEST_F(TreeListingTest, KeepsNoMoreAddressesThanItsShare) {
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

TEST_F(TreeListingTest, EndsInTreesWithoutEnd) {
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

TEST_F(TreeListingTest, StopsListingWhenTheBytesAreTooMany) {
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

TEST_F(TreeListingTest, SaysWhatIsLeftOutAndWhy) {
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
    says("/r/data/", "not a page");
    says("/r/busy/", "503");
}

TEST_F(TreeListingTest, TellsThePasswordToNoOtherServer) {
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

} // namespace
} // namespace balmer::vo

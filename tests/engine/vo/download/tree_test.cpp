#include "engine/vo/download/tree_download.h"

#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <fstream>

#include "engine/core/digest.h"
#include "tests/engine/vo/download/tree_server.h"

extern char** environ;

namespace balmer::vo {
namespace {

using core::ErrorCode;

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
    EXPECT_EQ(longer->bytes, big.size()) << "longer than a page may be, but it is not a page";
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

// Reading and writing what a person named, and files of Balmer's own, on disks that refuse, fill up and
// forget.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/core/named_input.h"
#include "engine/core/output_file.h"
#include "engine/core/pending_file.h"
#include "engine/core/private_file.h"
#include "engine/core/proved_files.h"
#include "engine/core/temporary_folder.h"
#include "tests/support/faulty_disk.h"
#include "tests/support/test_support.h"

namespace balmer::core {
namespace {

namespace fs = std::filesystem;
using test::why;

std::vector<std::string> namesIn(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder))
        names.push_back(entry.path().filename());
    std::ranges::sort(names);
    return names;
}

ino_t inodeOf(const fs::path& path) {
    struct stat seen {};
    return ::lstat(path.c_str(), &seen) == 0 ? seen.st_ino : 0;
}

// ---- what a person named, to be written

TEST(Output, ReplacesARegularFileAndKeepsItsMode) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(writeFile(folder / "a", "old"));
    fs::permissions(folder / "a", fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
    ASSERT_TRUE(writeFile(folder / "a", "new"));
    EXPECT_EQ(readFile(folder / "a").value(), "new");
    EXPECT_EQ(fs::status(folder / "a").permissions(),
              fs::perms::owner_read | fs::perms::owner_write | fs::perms::group_read);
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"a"});
}

TEST(Output, NothingIsSeenBeforeTheEnd) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(writeFile(folder / "a", "old"));
    {
        auto file = OutputFile::open(folder / "a");
        ASSERT_TRUE(file && file->write("half of the n"));
        EXPECT_EQ(readFile(folder / "a").value(), "old");
    }
    EXPECT_EQ(readFile(folder / "a").value(), "old");
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"a"});
}

TEST(Output, GoesThroughADeviceAndLeavesIt) {
    const test::TemporaryFolder folder;
    const auto before = inodeOf("/dev/null");
    EXPECT_TRUE(writeFile("/dev/null", "x"));
    EXPECT_EQ(inodeOf("/dev/null"), before);
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
    fs::create_symlink("/dev/null", folder / "link");
    EXPECT_TRUE(writeFile(folder / "link", "x"));
    EXPECT_TRUE(fs::is_symlink(folder / "link"));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
    const auto full = writeFile("/dev/full", "x");
    ASSERT_FALSE(full);
    EXPECT_EQ(full.error().code(), ErrorCode::ResourceExhausted);
    EXPECT_NE(full.error().message().find("no space left"), std::string::npos) << why(full);
}

TEST(Output, GoesThroughALinkToTheFileBehindIt) {
    const test::TemporaryFolder folder;
    fs::create_directory(folder / "elsewhere");
    ASSERT_TRUE(writeFile(folder / "elsewhere/target", "old"));
    fs::create_symlink("elsewhere/target", folder / "one");
    fs::create_symlink("one", folder / "two");
    fs::create_symlink("elsewhere/new", folder / "dangling");
    fs::create_symlink("round", folder / "round");
    ASSERT_TRUE(writeFile(folder / "two", "new"));
    ASSERT_TRUE(writeFile(folder / "dangling", "made"));
    EXPECT_FALSE(writeFile(folder / "round", "x"));
    EXPECT_EQ(readFile(folder / "elsewhere/target").value(), "new");
    EXPECT_EQ(readFile(folder / "elsewhere/new").value(), "made");
    for (const auto* link : {"one", "two", "dangling", "round"})
        EXPECT_TRUE(fs::is_symlink(folder / link));
    EXPECT_EQ(namesIn(folder / "elsewhere"), (std::vector<std::string>{"new", "target"}));
}

TEST(Output, GoesIntoAPipeThatIsReadAndRefusesOneThatIsNot) {
    const test::TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    const auto unread = writeFile(folder / "pipe", "x");
    ASSERT_FALSE(unread);
    EXPECT_NE(unread.error().message().find("nobody reads"), std::string::npos);
    const File reader(::open((folder / "pipe").c_str(), O_RDONLY | O_NONBLOCK), folder / "pipe");
    const std::string content(300000, 'x'); // more than a pipe holds
    std::string got;
    std::thread reading([&] {
        std::vector<std::byte> buffer(65536);
        while (got.size() < content.size()) {
            const auto bytes = reader.read(buffer);
            if (!bytes) return;
            got.append(reinterpret_cast<const char*>(buffer.data()), *bytes);
        }
    });
    EXPECT_TRUE(writeFile(folder / "pipe", content));
    reading.join();
    EXPECT_EQ(got, content);
    EXPECT_TRUE(fs::is_fifo(folder / "pipe"));
}

TEST(Output, RefusesFoldersAndSockets) {
    const test::TemporaryFolder folder;
    EXPECT_FALSE(writeFile(folder.path(), "x"));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (folder / "s").string().copy(address.sun_path, sizeof address.sun_path - 1);
    const File socket(::socket(AF_UNIX, SOCK_STREAM, 0), "socket");
    ASSERT_EQ(::bind(socket.handle(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    EXPECT_FALSE(writeFile(folder / "s", "x"));
    EXPECT_TRUE(fs::is_socket(folder / "s"));
}

TEST(Output, AHandleOfThisProgramIsWrittenWhereItStands) {
    const test::TemporaryFolder folder;
    const File file(::open((folder / "a").c_str(), O_CREAT | O_RDWR, 0600), folder / "a");
    ASSERT_TRUE(file.write(std::string_view("first ")));
    ASSERT_TRUE(writeFile("/dev/fd/" + std::to_string(file.handle()), "second"));
    EXPECT_EQ(readFile(folder / "a").value(), "first second");
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"a"});
}

// ---- what a person named, to be read

TEST(NamedFiles, APipeIsReadToItsEnd) {
    const test::TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    const std::string content(300000, 'x');
    std::thread writing([&] {
        const File file(::open((folder / "pipe").c_str(), O_WRONLY), folder / "pipe");
        EXPECT_TRUE(file.write(std::string_view(content).substr(0, 7)));
        EXPECT_TRUE(file.write(std::string_view(content).substr(7)));
    });
    const auto got = readFile(folder / "pipe");
    writing.join();
    ASSERT_TRUE(got) << why(got);
    EXPECT_EQ(*got, content);
}

TEST(NamedFiles, APipeWithoutAWriterIsRefused) {
    const test::TemporaryFolder folder;
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    const auto got = readFile(folder / "pipe");
    ASSERT_FALSE(got);
    EXPECT_NE(got.error().message().find("nobody writes"), std::string::npos) << why(got);
}

TEST(NamedFiles, AStreamCanBeOpenedTwiceThroughItsCopy) {
    const test::TemporaryFolder folder;
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const File from(ends[0], "pipe");
    {
        const File to(ends[1], "pipe");
        ASSERT_TRUE(to.write(std::string_view("id,label\na,b\n")));
    }
    const auto input = NamedInput::open("/dev/fd/" + std::to_string(from.handle()));
    ASSERT_TRUE(input) << why(input);
    for (int time = 0; time < 2; ++time)
        EXPECT_EQ(readFile(input->path()).value(), "id,label\na,b\n");
    ASSERT_TRUE(writeFile(folder / "a", "x"));
    EXPECT_EQ(NamedInput::open(folder / "a").value().path(), folder / "a");
    EXPECT_FALSE(NamedInput::open("/dev/zero", 1 << 20));
}

TEST(NamedFiles, OwnFilesAreNotReadThroughLinks) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(writeFile(folder / "a", "x"));
    fs::create_symlink("a", folder / "link");
    EXPECT_TRUE(File::open(folder / "a", File::Use::Read));
    EXPECT_FALSE(File::open(folder / "link", File::Use::Read));
    EXPECT_TRUE(File::openNamed(folder / "link"));
}

// ---- files of Balmer's own on disks that go wrong

TEST(PendingFiles, StandAsBeforeOrAsAfterWhateverCallFails) {
    const test::TemporaryFolder folder;
    for (const bool forEver : {false, true}) {
        bool wentThrough = false;
        for (std::size_t at = 0; !wentThrough; ++at) {
            ASSERT_TRUE(replaceFile(folder / "a", "old"));
            test::RefusingDisk refusing(at, EIO, forEver);
            Status written;
            {
                const DiskInUse inUse(refusing);
                written = replaceFile(folder / "a", "new");
            }
            wentThrough = !refusing.refused();
            const auto content = readFile(folder / "a").value();
            if (written)
                EXPECT_EQ(content, "new") << "call " << at;
            else
                EXPECT_TRUE(content == "old" || content == "new") << "call " << at;
            sweepPending(folder.path());
            EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"a"}) << "call " << at;
            ASSERT_LT(at, 100U);
        }
    }
}

TEST(PendingFiles, AFullDiskIsCalledFullAndKeepsWhatWasThere) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(replaceFile(folder / "a", "old"));
    for (const std::size_t room : {0, 1, 9}) {
        test::FullDisk full(room);
        const DiskInUse inUse(full);
        const auto written = replaceFile(folder / "a", "ten bytes.");
        ASSERT_FALSE(written);
        EXPECT_EQ(written.error().code(), ErrorCode::ResourceExhausted);
        EXPECT_EQ(readFile(folder / "a").value(), "old");
    }
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"a"});
}

TEST(PendingFiles, OutliveALossOfPowerOnceTheyArePublished) {
    const test::TemporaryFolder folder;
    test::ForgetfulDisk forgetful;
    const DiskInUse inUse(forgetful);
    ASSERT_TRUE(replaceFile(folder / "a", "old"));
    {
        auto file = PendingFile::beside(folder / "a");
        ASSERT_TRUE(file && file->write(std::string_view("half")));
        forgetful.losePower();
        EXPECT_EQ(readFile(folder / "a").value(), "old");
    }
    ASSERT_TRUE(replaceFile(folder / "a", "new"));
    forgetful.losePower();
    EXPECT_EQ(readFile(folder / "a").value(), "new");
}

TEST(PendingFiles, AreSweptWhenTheirWriterIsGoneAndOnlyThen) {
    const test::TemporaryFolder folder;
    for (const auto* name : {"a.part-999999-1", "b.part-x-1", "c.part-1", "d"})
        ASSERT_TRUE(writeFile(folder / name, "x"));
    auto mine = PendingFile::beside(folder / "e");
    ASSERT_TRUE(mine);
    EXPECT_EQ(sweepPending(folder.path()), std::vector<fs::path>{folder / "a.part-999999-1"});
    EXPECT_EQ(namesIn(folder.path()).size(), 4U);
    EXPECT_TRUE(mine->write(std::string_view("whole")) && mine->publish());
    EXPECT_EQ(readFile(folder / "e").value(), "whole");
}

TEST(PendingFiles, OfAKilledWriterGoWithTheNextOfTheirNameAndThoseOfLivingOnesStay) {
    const test::TemporaryFolder folder;
    const auto name = folder / "table.csv";
    const auto writeHalf = [&] {
        const auto child = ::fork();
        if (child == 0) {
            auto half = OutputFile::open(name);
            if (half) (void)half->write("half");
            ::kill(::getpid(), SIGKILL);
        }
        ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    };
    writeHalf();
    writeHalf();
    ASSERT_EQ(namesIn(folder.path()).size(), 1U);
    ASSERT_TRUE(writeFile(folder / "another.csv", "x"));
    EXPECT_EQ(namesIn(folder.path()).size(), 2U) << "it is not of that name";
    auto living = OutputFile::open(name);
    ASSERT_TRUE(living && living->write("the first"));
    ASSERT_TRUE(writeFile(name, "the second"));
    EXPECT_EQ(readFile(name).value(), "the second");
    ASSERT_TRUE(living->finish());
    EXPECT_EQ(readFile(name).value(), "the first");
    EXPECT_EQ(namesIn(folder.path()), (std::vector<std::string>{"another.csv", "table.csv"}));
}

TEST(PendingFiles, ThatSomebodyTookAwayAreNotTakenForWritten) {
    const test::TemporaryFolder folder;
    auto file = PendingFile::beside(folder / "a");
    ASSERT_TRUE(file && file->write(std::string_view("mine")));
    ASSERT_TRUE(removeFile(file->path()));
    auto other = PendingFile::beside(folder / "a");
    ASSERT_TRUE(other && other->write(std::string_view("theirs")));
    const auto published = file->publish();
    ASSERT_FALSE(published);
    EXPECT_NE(published.error().message().find("write it again"), std::string::npos);
    EXPECT_TRUE(other->publish());
    EXPECT_EQ(readFile(folder / "a").value(), "theirs");
}

TEST(TemporaryFolders, OfAKilledProgramGoWhenTheNextOneIsMadeAndThoseOfLivingOnesStay) {
    const test::TemporaryFolder folder;
    const auto before = std::string(std::getenv("TMPDIR") != nullptr ? std::getenv("TMPDIR") : "/tmp");
    ::setenv("TMPDIR", folder.path().c_str(), 1);
    const auto child = ::fork();
    if (child == 0) {
        const auto made = TemporaryFolder::make();
        if (made) (void)writeFile(made->path() / "copy", "x");
        ::kill(::getpid(), SIGKILL);
    }
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    EXPECT_EQ(namesIn(folder.path()).size(), 1U);
    fs::create_directory(folder / "balmer-other");
    {
        const auto mine = TemporaryFolder::make();
        ASSERT_TRUE(mine) << why(mine);
        EXPECT_EQ(namesIn(folder.path()).size(), 2U) << "the dead one's has gone";
        const auto second = TemporaryFolder::make();
        EXPECT_TRUE(fs::exists(mine->path()));
        EXPECT_EQ(namesIn(folder.path()).size(), 3U);
    }
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"balmer-other"});
    // A stream's copy has no name at all, so that nothing is left of it.
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const File from(ends[0], "pipe");
    ASSERT_TRUE(File(ends[1], "pipe").write(std::string_view("x")));
    const auto input = NamedInput::open("/dev/fd/" + std::to_string(from.handle()));
    EXPECT_TRUE(input) << why(input);
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"balmer-other"});
    ::setenv("TMPDIR", before.c_str(), 1);
}

TEST(PendingFiles, MayLearnTheirPlaceAtTheEnd) {
    const test::TemporaryFolder folder;
    auto file = PendingFile::beside(folder / "incoming");
    ASSERT_TRUE(file && file->write(std::string_view("abc")));
    ASSERT_TRUE(file->publishAs(folder / "ab/cd/abc"));
    EXPECT_EQ(readFile(folder / "ab/cd/abc").value(), "abc");
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{"ab"});
}

TEST(PendingFiles, LeaveRoomForLongNames) {
    const test::TemporaryFolder folder;
    std::string name(125, 'a');
    for (int i = 0; i < 65; ++i)
        name += "ř";
    ASSERT_EQ(name.size(), 255U);
    EXPECT_TRUE(replaceFile(folder / name, "x"));
    EXPECT_EQ(namesIn(folder.path()), std::vector<std::string>{name});
}

TEST(ProvedFiles, AreReadAgainWhenTheyHaveChanged) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(replaceFile(folder / "a", "content"));
    const auto digest = digestOf(std::string_view("content"));
    EXPECT_TRUE(proveFile(folder / "a", digest));
    EXPECT_TRUE(proveFile(folder / "a", digest));
    {
        const auto file = File::open(folder / "a", File::Use::ReadWrite);
        ASSERT_TRUE(file && file->writeAt(3, std::as_bytes(std::span("T", 1))));
    }
    const auto changed = proveFile(folder / "a", digest);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().code(), ErrorCode::Format);
    EXPECT_EQ(proveFile(folder / "b", digest).error().code(), ErrorCode::NotFound);
}

TEST(SystemErrors, SayWhatHelps) {
    EXPECT_EQ(systemError("write", "a", ENOSPC).code(), ErrorCode::ResourceExhausted);
    EXPECT_EQ(systemError("write", "a", EMFILE).code(), ErrorCode::ResourceExhausted);
    EXPECT_EQ(systemError("read", "a", ENOENT).code(), ErrorCode::NotFound);
    EXPECT_NE(systemError("write", "a", EROFS).message().find("can only be read"), std::string::npos);
}

} // namespace
TEST(Log, GoesToARegularFileAloneAndIsOneLineEach) {
    const balmer::test::TemporaryFolder folder;
    const auto fifo = folder / "fifo.log", link = folder / "link.log", file = folder / "a.log";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    ASSERT_TRUE(writeFile(folder / "victim", "before"));
    std::filesystem::create_symlink(folder / "victim", link);
    log::alsoTo(file);
    log::alsoTo(fifo); // does not wait for a reader
    log::alsoTo(link);
    log::info("a\x1b[2J\nb");
    EXPECT_EQ(readFile(folder / "victim").value(), "before");
    EXPECT_NE(readFile(file).value().find("a\\x1b[2J\\nb\n"), std::string::npos) << readFile(file).value();
}

TEST(Log, BeginsAnewWhenTheFileIsLong) {
    const balmer::test::TemporaryFolder folder;
    const auto file = folder / "a.log";
    ASSERT_TRUE(writeFile(file, std::string(5u << 20, 'x')));
    log::alsoTo(file);
    log::info("first");
    EXPECT_EQ(std::filesystem::file_size(folder / "a.log.1"), 5u << 20);
    EXPECT_LT(std::filesystem::file_size(file), 200u);
    log::alsoTo("/dev/null/none"); // lets go of the folder
}

} // namespace balmer::core

// Object stores where something fails: no quota, no disk, no right to write, files that others garbled.
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include <gmock/gmock.h>

#include "tests/engine/remote/objects/object_samples.h"
#include "tests/support/faulty_disk.h"

using namespace balmer;
using namespace balmer::remote;
using core::ErrorCode;
using test::openObjects;
using test::sampleBytes;
namespace fs = std::filesystem;

namespace {

constexpr int cannotBeTriedHere = 77;

/// Runs the work in a process of its own, which may change its rights; its expectations count.
int inChild(const std::function<int()>& work) {
    const auto child = ::fork();
    if (child == 0) {
        int code = 1;
        try {
            code = work();
        } catch (const std::exception& error) {
            std::fprintf(stderr, "%s\n", error.what());
        }
        std::fflush(nullptr);
        ::_exit(code != 0 ? code : testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// A small file system that nobody else sees, where this process may make one.
bool mountSmall(const fs::path& where, const std::string& limits, bool again = false) {
    static const bool apart = [] {
        if (::unshare(CLONE_NEWNS) == 0)
            return ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
        const auto uid = ::getuid();
        if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
        const auto map = "0 " + std::to_string(uid) + " 1";
        const int file = ::open("/proc/self/uid_map", O_WRONLY | O_CLOEXEC);
        const bool mapped = file >= 0 && ::write(file, map.data(), map.size()) > 0;
        if (file >= 0) ::close(file);
        return mapped;
    }();
    return apart && ::mount("tmpfs", where.c_str(), "tmpfs", again ? MS_REMOUNT : 0, limits.c_str()) == 0;
}

void expectNothingHalf(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        const auto name = entry.path().filename().string();
        EXPECT_FALSE(isObjectId(name)) << name; // nothing under a final name
        EXPECT_THAT(name, ::testing::Not(::testing::HasSubstr(".part-")));
    }
}

} // namespace

TEST(ObjectStoreQuota, CountsWhatObjectsWillTake) {
    const auto bytes = sampleBytes(3 * chunkSize);
    for (std::uint64_t chunks = 0; chunks <= 3; ++chunks) {
        test::TemporaryFolder folder;
        const auto store = openObjects(folder / "objects", {.quotaBytes = chunks * chunkSize, .roots = {}});
        const auto sent = test::send(*store, bytes);
        if (chunks == 3) {
            EXPECT_TRUE(sent) << test::why(sent);
            EXPECT_TRUE(test::send(*store, {})); // an empty object takes nothing
            EXPECT_EQ(test::send(*store, sampleBytes(1)).error().code(), ErrorCode::ResourceExhausted);
            continue;
        }
        ASSERT_FALSE(sent);
        EXPECT_EQ(sent.error().code(), ErrorCode::ResourceExhausted);
        EXPECT_NE(sent.error().message().find("balmer-worker gc"), std::string::npos);
        EXPECT_TRUE(fs::is_empty(folder / "objects"));
        // What is only promised counts.
        core::TaskContext task;
        for (std::uint64_t i = 0; i < chunks; ++i)
            EXPECT_TRUE(store->offer(manifestOf(sampleBytes(chunkSize, i + 2)), task));
        EXPECT_EQ(test::send(*store, sampleBytes(1)).error().code(), ErrorCode::ResourceExhausted);
        EXPECT_EQ(store->usage()->bytes, chunks * chunkSize);
        for (std::uint64_t i = 0; i < chunks; ++i)
            EXPECT_EQ(test::send(*store, sampleBytes(chunkSize, i + 2)).value(), 1u);
        EXPECT_EQ(store->usage()->bytes, chunks * chunkSize);
    }
    test::TemporaryFolder folder;
    Manifest large;
    large.size = objectSizeLimit;
    large.chunks.resize(chunksAtMost);
    core::TaskContext task;
    const auto store = openObjects(folder / "objects");
    EXPECT_EQ(store->offer(large, task).error().code(), ErrorCode::ResourceExhausted);
}

TEST(ObjectStoreDisk, FullAtAnyOperationLeavesNothingHalf) {
    test::TemporaryFolder folder;
    const int code = inChild([&] {
        const auto bytes = sampleBytes(2 * chunkSize + 10);
        // First the n-th new file does not fit any more, then the n-th piece of content.
        std::vector<std::string> limits;
        for (int inodes = 2; inodes <= 5; ++inodes)
            limits.push_back("size=64m,nr_inodes=" + std::to_string(inodes));
        for (const int kib : {4, 8, 1000, 4096, 4100, 4200, 8190, 8192, 8196})
            limits.push_back("nr_inodes=100,size=" + std::to_string(kib) + "k");
        int number = 0, failed = 0;
        for (const auto& limit : limits) {
            const auto where = folder / std::to_string(number++);
            fs::create_directory(where);
            if (!mountSmall(where, limit)) return cannotBeTriedHere;
            auto store = ObjectStore::open(where / "objects", {});
            if (store) {
                const auto sent = test::send(**store, bytes);
                if (!sent) {
                    ++failed;
                    EXPECT_EQ(sent.error().code(), ErrorCode::ResourceExhausted) << limit << test::why(sent);
                    EXPECT_NE(sent.error().message().find("make room"), std::string::npos) << test::why(sent);
                    expectNothingHalf(where / "objects");
                }
            } else {
                ++failed;
                EXPECT_EQ(store.error().code(), ErrorCode::ResourceExhausted) << limit;
            }
            if (!mountSmall(where, "size=64m,nr_inodes=100", true)) return cannotBeTriedHere;
            if (!store) store = ObjectStore::open(where / "objects", {});
            const auto again = test::send(**store, bytes); // now there is room
            EXPECT_TRUE(again) << limit << test::why(again);
            EXPECT_TRUE(test::readBytes((*store)->pathOf(objectIdOf(manifestOf(bytes))).value()) == bytes);
        }
        EXPECT_GE(failed, 10);
        return 0;
    });
    if (code == cannotBeTriedHere) GTEST_SKIP() << "this process may not mount a small file system";
    EXPECT_EQ(code, 0);
}

TEST(ObjectStoreDisk, ReadOnlyCanBeReadFrom) {
    test::TemporaryFolder folder;
    const auto bytes = sampleBytes(100), others = sampleBytes(100, 2);
    const auto id = objectIdOf(manifestOf(bytes));
    {
        const auto store = openObjects(folder / "objects");
        ASSERT_TRUE(test::send(*store, bytes));
    }
    fs::permissions(folder.path(), fs::perms(0755));
    fs::permissions(folder / "objects" / id, fs::perms(0444));
    fs::permissions(folder / "objects" / (id + ".manifest"), fs::perms(0444));
    fs::permissions(folder / "objects", fs::perms(0555));
    const int code = inChild([&] {
        if (::getuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return cannotBeTriedHere;
        const auto store = openObjects(folder / "objects");
        EXPECT_TRUE(store->has(id));
        EXPECT_TRUE(store->read(id, 0));
        const auto sent = test::send(*store, others);
        EXPECT_FALSE(sent);
        EXPECT_EQ(sent.error().code(), ErrorCode::Io);
        EXPECT_NE(sent.error().message().find((folder / "objects").string()), std::string::npos);
        EXPECT_FALSE(store->remove(id));
        EXPECT_TRUE(store->has(id));
        EXPECT_EQ(ObjectStore::open(folder / "objects" / "below", {}).error().code(), ErrorCode::Io);
        return 0;
    });
    fs::permissions(folder / "objects", fs::perms(0755));
    if (code == cannotBeTriedHere) GTEST_SKIP() << "this process may not give up its rights";
    EXPECT_EQ(code, 0);
}

TEST(ObjectStoreDisk, DamageIsRememberedWhereItCannotBeSetAside) {
    test::TemporaryFolder folder;
    const auto bytes = sampleBytes(100);
    const auto id = objectIdOf(manifestOf(bytes));
    {
        const auto store = openObjects(folder / "objects");
        ASSERT_TRUE(test::send(*store, bytes));
    }
    test::flipBit(folder / "objects" / id, 99);
    fs::permissions(folder.path(), fs::perms(0755));
    fs::permissions(folder / "objects" / id, fs::perms(0444));
    fs::permissions(folder / "objects" / (id + ".manifest"), fs::perms(0444));
    fs::permissions(folder / "objects", fs::perms(0555));
    const int code = inChild([&] {
        if (::getuid() == 0 && ::setresuid(65534, 65534, 65534) != 0) return cannotBeTriedHere;
        const auto store = openObjects(folder / "objects");
        EXPECT_EQ(store->read(id, 0).error().code(), ErrorCode::Format);
        EXPECT_FALSE(store->has(id));
        return 0;
    });
    fs::permissions(folder / "objects", fs::perms(0755));
    if (code == cannotBeTriedHere) GTEST_SKIP() << "this process may not give up its rights";
    EXPECT_EQ(code, 0);
}

TEST(ObjectStoreDisk, GarbledFilesAreAskedForAgain) {
    const auto bytes = sampleBytes(chunkSize + 1000), parts = sampleBytes(chunkSize + 2000, 2);
    const auto id = objectIdOf(manifestOf(bytes)), part = objectIdOf(manifestOf(parts));
    core::TaskContext task;
    const auto garble = [](const fs::path& file) { test::writeBytes(file, sampleBytes(333, 5)); };
    const std::vector<std::function<void(const fs::path&)>> harms = {
        [&](const fs::path& in) { fs::resize_file(in / id, 5); },
        [&](const fs::path& in) { fs::resize_file(in / id, 0); },
        [&](const fs::path& in) { fs::resize_file(in / id, 3 * chunkSize); },
        [&](const fs::path& in) { garble(in / id); },
        [&](const fs::path& in) { fs::remove(in / id); },
        [&](const fs::path& in) { fs::remove(in / (id + ".manifest")); },
        [&](const fs::path& in) { garble(in / (id + ".manifest")); },
        [&](const fs::path& in) { fs::resize_file(in / (id + ".manifest"), 0); },
        [&](const fs::path& in) { fs::resize_file(in / (id + ".manifest"), std::uint64_t{1} << 40); },
        [&](const fs::path& in) { fs::resize_file(in / (part + ".part"), 0); },
        [&](const fs::path& in) { fs::resize_file(in / (part + ".part"), 9 * chunkSize); },
        [&](const fs::path& in) { garble(in / (part + ".part")); },
        [&](const fs::path& in) { garble(in / (part + ".manifest")); },
        [&](const fs::path& in) { fs::remove(in / (part + ".manifest")); },
        [&](const fs::path& in) { garble(in / part); }, // beside its .part
        [&](const fs::path& in) { garble(in / (part + ".link")); },
        [&](const fs::path& in) { garble(in / (id + ".part-1-1")); },
        [&](const fs::path& in) { garble(in / "notes.txt"); },
        [&](const fs::path& in) { fs::create_directory(in / std::string(64, 'a')); },
        [&](const fs::path& in) { fs::create_symlink("/etc/passwd", in / std::string(64, 'b')); },
        [&](const fs::path& in) { fs::rename(in / id, in / (id + ".part")); },
    };
    int number = 0;
    for (const auto& harm : harms) {
        test::TemporaryFolder folder;
        const auto in = folder / "objects";
        {
            const auto store = openObjects(in);
            ASSERT_TRUE(test::send(*store, bytes));
            ASSERT_TRUE(store->offer(manifestOf(parts), task));
            ASSERT_TRUE(store->put(part, 1, test::chunkOf(parts, 1)));
        }
        harm(in);
        const auto store = openObjects(in);
        EXPECT_TRUE(store->usage());
        EXPECT_FALSE(store->has(std::string(64, 'a')));
        EXPECT_FALSE(store->has(std::string(64, 'b')));
        for (const auto* content : {&bytes, &parts}) {
            const auto sent = test::send(*store, *content);
            ASSERT_TRUE(sent) << number << ": " << test::why(sent);
            EXPECT_LE(*sent, 2u);
            const auto path = store->pathOf(objectIdOf(manifestOf(*content)));
            ASSERT_TRUE(path) << number << ": " << test::why(path);
            EXPECT_TRUE(test::readBytes(*path) == *content) << number;
        }
        EXPECT_TRUE(store->gc({.inUse = {}, .unusedForDays = 0}));
        ++number;
    }
}

TEST(ObjectStoreDisk, WhateverIsRefusedNothingHalfIsAnObject) {
    const auto bytes = sampleBytes(chunkSize + 5);
    const auto id = objectIdOf(manifestOf(bytes));
    for (const bool forEver : {false, true}) {
        for (std::size_t at = 0;; ++at) {
            test::TemporaryFolder folder;
            bool refused = false, sent = false;
            {
                test::RefusingDisk refusing(at, EIO, forEver);
                const core::DiskInUse inUse(refusing);
                if (const auto store = ObjectStore::open(folder / "objects", {}); store)
                    sent = test::send(**store, bytes).has_value();
                refused = refusing.refused();
            }
            const auto store = openObjects(folder / "objects");
            EXPECT_TRUE(!store->has(id) || test::readBytes(*store->pathOf(id)) == bytes) << at;
            EXPECT_TRUE(!sent || store->has(id)) << at;
            const auto again = test::send(*store, bytes);
            EXPECT_TRUE(again) << at << ": " << test::why(again);
            EXPECT_TRUE(store->has(id)) << at;
            if (refused) continue;
            EXPECT_GT(at, 10u) << "the store goes around the disk";
            break;
        }
    }
}

TEST(ObjectStoreDisk, WhatIsWholeOutlivesALossOfPower) {
    test::TemporaryFolder folder;
    const auto bytes = sampleBytes(chunkSize + 5);
    {
        test::ForgetfulDisk forgetful;
        const core::DiskInUse inUse(forgetful);
        ASSERT_TRUE(test::send(*openObjects(folder / "objects"), bytes));
        forgetful.losePower();
    }
    const auto store = openObjects(folder / "objects");
    const auto path = store->pathOf(objectIdOf(manifestOf(bytes)));
    ASSERT_TRUE(path) << test::why(path);
    EXPECT_TRUE(test::readBytes(*path) == bytes);
}

TEST(ObjectStoreDisk, LeftoversGo) {
    test::TemporaryFolder folder;
    test::HandClock clock;
    const auto store = openObjects(folder / "objects", {.quotaBytes = 1000, .roots = {}, .clock = &clock});
    const auto id = std::string(64, 'c');
    test::writeBytes(folder / "objects" / (id + ".manifest"), sampleBytes(40));
    test::writeBytes(folder / "objects" / (id + ".manifest.part-1-1"), sampleBytes(40));
    test::writeBytes(folder / "objects" / "notes.txt", sampleBytes(40));
    ASSERT_TRUE(store->gc({}));
    EXPECT_TRUE(fs::exists(folder / "objects" / (id + ".manifest")));
    clock.forward(std::chrono::hours(2));
    ASSERT_TRUE(store->gc({}));
    EXPECT_FALSE(fs::exists(folder / "objects" / (id + ".manifest")));
    EXPECT_FALSE(fs::exists(folder / "objects" / (id + ".manifest.part-1-1")));
    EXPECT_TRUE(fs::exists(folder / "objects" / "notes.txt")); // not ours
}

#include <sys/stat.h>

#include "tests/engine/remote/objects/object_samples.h"

using namespace balmer;
using namespace balmer::remote;
using core::ErrorCode;
using test::openObjects;
using test::sampleBytes;
namespace fs = std::filesystem;

namespace {

struct RegisteredFileTest : testing::Test {
    test::TemporaryFolder folder;
    core::TaskContext task;
    test::ByteVector bytes = sampleBytes(chunkSize + 123);
    ObjectId id = objectIdOf(manifestOf(bytes));
    fs::path file = folder / "data" / "survey" / "a.h5";

    RegisteredFileTest() {
        fs::create_directories(folder / "data" / "survey");
        fs::create_directories(folder / "database");
        test::writeBytes(file, bytes);
        test::writeBytes(folder / "database" / "secret", sampleBytes(10, 2));
    }
    std::unique_ptr<ObjectStore> open(std::uint64_t quota = 0) const {
        return openObjects(folder / "objects", {.quotaBytes = quota, .roots = {folder / "data"}});
    }
    ErrorCode refusal(const fs::path& path) {
        const auto registered = open()->registerFile(path, task);
        EXPECT_FALSE(registered) << path;
        return registered ? ErrorCode::Internal : registered.error().code();
    }
};

} // namespace

TEST_F(RegisteredFileTest, IsAnObjectWhereItLies) {
    const auto store = open();
    EXPECT_EQ(store->registerFile(file, task).value(), id);
    EXPECT_EQ(store->registerFile("survey/a.h5", task).value(), id); // relative to a root
    EXPECT_EQ(store->registerFile(folder / "data" / "." / "survey" / "a.h5", task).value(), id);
    EXPECT_TRUE(store->has(id));
    EXPECT_EQ(store->pathOf(id).value(), file);
    EXPECT_EQ(store->manifest(id).value(), manifestOf(bytes));
    EXPECT_TRUE(std::ranges::equal(store->read(id, 1).value(), test::chunkOf(bytes, 1)));
    EXPECT_TRUE(store->offer(manifestOf(bytes), task)->empty()); // nothing need be sent
    EXPECT_EQ(store->usage()->registered, 1u);
    EXPECT_EQ(store->usage()->bytes, 0u);
    EXPECT_TRUE(open()->has(id)); // a later process knows it
    ASSERT_TRUE(store->remove(id));
    EXPECT_FALSE(store->has(id));
    EXPECT_TRUE(test::readBytes(file) == bytes);
    ASSERT_TRUE(store->registerFile(file, task));
    EXPECT_EQ(store->gc({.inUse = {id}, .unusedForDays = 0})->objects, 0u);
    EXPECT_EQ(store->gc({.inUse = {}, .unusedForDays = {}, .roomForBytes = 1})->objects, 0u); // frees nothing
    EXPECT_EQ(store->gc({.inUse = {}, .unusedForDays = 0})->objects, 1u);
    EXPECT_TRUE(test::readBytes(file) == bytes);
}

TEST_F(RegisteredFileTest, MustLieBelowARootWithoutLinks) {
    fs::create_symlink(folder / "database" / "secret", folder / "data" / "link");
    fs::create_symlink(folder / "database", folder / "data" / "linked");
    fs::create_symlink("survey/a.h5", folder / "data" / "inside");
    ASSERT_EQ(::mkfifo((folder / "data" / "pipe").c_str(), 0600), 0);
    for (const auto& path :
         {folder / "database" / "secret", folder / "data" / ".." / "database" / "secret",
          fs::path("/etc/passwd"), fs::path("../database/secret"), fs::path("survey/../../database/secret"),
          fs::path(), fs::path(std::string("survey/a.h5\0x", 13)), folder / "data" / "link", fs::path("link"),
          folder / "data" / "linked" / "secret", fs::path("linked/secret"), fs::path("inside"),
          fs::path("pipe"), folder / "data", folder / "data" / "", folder / "data" / "survey", file / "x",
          fs::path(std::string(1 << 17, 'x'))})
        EXPECT_EQ(refusal(path), ErrorCode::InvalidArgument) << path.string().substr(0, 200);
    EXPECT_EQ(refusal("none"), ErrorCode::NotFound);
    EXPECT_EQ(refusal(folder / "data" / "none" / "b"), ErrorCode::NotFound);
    const auto noRoots = openObjects(folder / "objects");
    EXPECT_EQ(noRoots->registerFile(file, task).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(open()->usage()->registered, 0u);
}

TEST_F(RegisteredFileTest, RefusalOutsideTheRootsDoesNotSayWhatExists) {
    const auto store = open();
    const auto words = [&](const fs::path& path) {
        const auto found = store->filesToRegister(path, 100);
        EXPECT_FALSE(found) << path;
        auto text = found ? "" : found.error().describe();
        if (const auto at = text.find(path.string()); at != std::string::npos)
            text.replace(at, path.string().size(), "PATH");
        return text;
    };
    const auto refused = words("/none/there");
    for (const fs::path& path : {fs::path("/etc"), fs::path("/etc/passwd"), folder / "database",
                                 folder / "database" / "secret", folder / "data" / "..", fs::path("/")})
        EXPECT_EQ(words(path), refused) << path;
}

TEST_F(RegisteredFileTest, FolderIsWalkedBelowItsRootAndThroughNoLink) {
    test::writeBytes(folder / "data" / "survey" / "b.h5", sampleBytes(5));
    fs::create_directories(folder / "data" / "survey" / "deep" / "deeper");
    test::writeBytes(folder / "data" / "survey" / "deep" / "deeper" / "c.h5", sampleBytes(5));
    fs::create_symlink(folder / "database", folder / "data" / "survey" / "out");
    fs::create_symlink(folder / "data", folder / "data" / "survey" / "around");
    fs::create_symlink(folder / "database" / "secret", folder / "data" / "survey" / "secret");
    ASSERT_EQ(::mkfifo((folder / "data" / "survey" / "pipe").c_str(), 0600), 0);
    const auto store = open();
    const std::vector<fs::path> all = {file, folder / "data" / "survey" / "b.h5",
                                       folder / "data" / "survey" / "deep" / "deeper" / "c.h5"};
    for (const auto& path : {folder / "data", folder / "data" / "survey", fs::path("survey"), fs::path(".")})
        EXPECT_EQ(store->filesToRegister(path, 100).value(), all) << path;
    EXPECT_EQ(store->filesToRegister(file, 100).value(), std::vector{file});
    for (const auto& path : all)
        EXPECT_TRUE(store->registerFile(path, task)) << path;
    EXPECT_EQ(store->filesToRegister(folder / "data" / "survey" / "out", 100).error().code(),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(store->filesToRegister("survey", 3).error().code(), ErrorCode::ResourceExhausted);
}

TEST_F(RegisteredFileTest, IsNoObjectOnceItChanged) {
    const auto store = open(2 * bytes.size());
    const auto again = [&] {
        EXPECT_EQ(store->registerFile(file, task).value(), id);
        EXPECT_TRUE(store->has(id));
    };
    again();
    const auto time = fs::last_write_time(file);
    test::flipBit(file, 100);
    fs::last_write_time(file, time); // size and time of modification as before
    EXPECT_FALSE(store->has(id));
    EXPECT_EQ(store->read(id, 1).error().code(), ErrorCode::NotFound);
    EXPECT_NE(store->registerFile(file, task).value(), id); // it is another object now
    test::flipBit(file, 100);
    again();
    fs::resize_file(file, 5);
    EXPECT_FALSE(store->has(id));
    test::writeBytes(file, bytes);
    again();
    fs::rename(file, folder / "data" / "b");
    EXPECT_FALSE(store->has(id));
    fs::create_symlink(folder / "data" / "b", file);
    EXPECT_FALSE(store->has(id));
    fs::remove(file);
    fs::rename(folder / "data" / "b", file);
    again();
    // A root that the configuration no longer names.
    EXPECT_FALSE(openObjects(folder / "objects")->has(id));
    // It can be sent like any other.
    fs::remove(file);
    EXPECT_EQ(test::send(*store, bytes).value(), 2u);
    EXPECT_TRUE(test::readBytes(store->pathOf(id).value()) == bytes);
}

TEST_F(RegisteredFileTest, LendsItsChunks) {
    const auto store = open(10 * chunkSize);
    ASSERT_TRUE(store->registerFile(file, task));
    auto longer = bytes;
    longer.resize(2 * chunkSize, std::byte{7});
    EXPECT_EQ(test::send(*store, longer).value(), 1u);
    EXPECT_TRUE(test::readBytes(store->pathOf(objectIdOf(manifestOf(longer))).value()) == longer);
}

TEST_F(RegisteredFileTest, GarbledNoteIsAsNone) {
    const auto store = open();
    ASSERT_TRUE(store->registerFile(file, task));
    const auto note = folder / "objects" / (id + ".link");
    const auto good = test::readBytes(note);
    for (std::size_t bit = 0; bit < 8 * good.size(); bit += 3) {
        test::flipBit(note, bit);
        EXPECT_FALSE(store->has(id)) << bit;
        test::flipBit(note, bit);
    }
    EXPECT_TRUE(store->has(id));
}

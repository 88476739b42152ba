#include "engine/api/incoming_files.h"

#include <fstream>

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "engine/vo/samp/file_url.h"
#include "tests/support/test_support.h"

namespace balmer::api {
namespace {

TEST(IncomingFiles, WhereNoNameIsFreeNothingIsWrittenOver) {
    const test::TemporaryFolder folder;
    const auto there = folder / "received" / "splat";
    std::filesystem::create_directories(there);
    const auto touch = [&](const std::string& name) { std::ofstream(there / name) << "old"; };
    touch("a.fits");
    for (int number = 2; number < 9999; ++number)
        touch("a-" + std::to_string(number) + ".fits");
    ASSERT_TRUE(core::writeFile(folder / "new", "new"));
    http::Client client;
    core::TaskContext task;
    const auto take = [&] {
        return fetchFile(client, vo::urlOfFile(folder / "new"), folder.path(), {"splat", {"a.fits"}, ""},
                         1000, 1 << 20, task);
    };
    const auto last = take();
    ASSERT_TRUE(last) << test::why(last);
    EXPECT_EQ(last->filename(), "a-9999.fits");
    const auto none = take();
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), core::ErrorCode::ResourceExhausted);
    EXPECT_THAT(none.error().message(), testing::HasSubstr("9999 files called a.fits"));
    EXPECT_EQ(core::readFile(there / "a-9999.fits").value(), "new");
}

TEST(IncomingFiles, AllThatComesTogetherHasALimit) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(core::writeFile(folder / "new", std::string(400, 'x')));
    http::Client client;
    core::TaskContext task;
    const auto take = [&](const std::string& from) {
        return fetchFile(client, vo::urlOfFile(folder / "new"), folder.path(), {from, {"a.fits"}, ""}, 1000,
                         1000, task);
    };
    ASSERT_TRUE(take("one"));
    ASSERT_TRUE(take("two"));
    for (const auto* from : {"one", "three"}) {
        const auto more = take(from);
        ASSERT_FALSE(more) << "400 bytes do not fit into the 200 that are left";
        EXPECT_EQ(more.error().code(), core::ErrorCode::ResourceExhausted);
    }
    ASSERT_TRUE(core::writeFile(folder / "new", std::string(200, 'x')));
    ASSERT_TRUE(take("three"));
    const auto full = take("three");
    ASSERT_FALSE(full);
    EXPECT_THAT(full.error().message(), testing::HasSubstr("received"));
}

TEST(IncomingFiles, AFileThatHasGoneIsAnError) {
    const test::TemporaryFolder folder;
    EXPECT_FALSE(keepOneCopy(folder / "gone.fits"));
    std::filesystem::create_directories(folder / "folder.fits");
    EXPECT_FALSE(keepOneCopy(folder / "folder.fits"));
}

} // namespace
} // namespace balmer::api

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
                         1000, task);
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

TEST(IncomingFiles, AFileThatHasGoneIsAnError) {
    const test::TemporaryFolder folder;
    EXPECT_FALSE(keepOneCopy(folder / "gone.fits"));
    std::filesystem::create_directories(folder / "folder.fits");
    EXPECT_FALSE(keepOneCopy(folder / "folder.fits"));
}

} // namespace
} // namespace balmer::api

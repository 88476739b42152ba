#include "engine/workflow/id_column.h"

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "tests/support/test_support.h"

namespace balmer::workflow {
namespace {

class IdColumnTest : public testing::Test {
  protected:
    io::TableReader open(const std::string& text) const {
        EXPECT_TRUE(core::writeFile(folder / "t.csv", text));
        auto reader = io::TableReader::open(folder / "t.csv");
        EXPECT_TRUE(reader) << test::why(reader);
        return std::move(*reader);
    }
    core::Result<std::set<std::string>> know(std::span<const std::string> ids) {
        std::set<std::string> there;
        for (const auto& id : ids) {
            asked.insert(id);
            if (id.starts_with("s") || id == "12345678901234567890") there.insert(id);
        }
        return there;
    }
    KnownIds known() {
        return [this](std::span<const std::string> ids) { return know(ids); };
    }

    test::TemporaryFolder folder;
    std::set<std::string> asked;
    core::TaskContext task;
};

TEST_F(IdColumnTest, NumbersThatAreNotWholeAreNotAskedAbout) {
    auto reader = open("flux,obsid\n2.5,7\n1e9,12345678901234567890\n");
    const auto found = findIdColumn(reader, known(), 10, task);
    ASSERT_TRUE(found) << test::why(found);
    EXPECT_EQ(found->column, 1u);
    EXPECT_EQ(found->matched, 1u);
    EXPECT_EQ(asked, (std::set<std::string>{"7", "12345678901234567890"}));
}

TEST_F(IdColumnTest, TextsBeyondItsMemoryAreNotLookedAt) {
    std::string text = "remark,star\n";
    for (int i = 0; i < 80000; ++i)
        text += std::to_string(i) + std::string(1000, 'x') + ",s" + std::to_string(i) + "\n";
    auto reader = open(text);
    const auto found = findIdColumn(reader, known(), 80000, task);
    ASSERT_TRUE(found) << test::why(found);
    EXPECT_EQ(found->column, 1u);
    EXPECT_LT(found->looked, 64000u);
    EXPECT_GT(found->looked, 50000u);
    EXPECT_EQ(found->matched, found->looked);
}

TEST_F(IdColumnTest, ItStopsWhenItIsAsked) {
    auto reader = open("id\ns1\n");
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), {});
    const auto found = findIdColumn(reader, known(), 10, stopped);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code(), core::ErrorCode::Cancelled);
}

} // namespace
} // namespace balmer::workflow

#include <gmock/gmock.h>

#include "engine/store/label_log.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::test {
namespace {

using testing::HasSubstr;

struct AuditJob : ProjectWithJobs {
    void label(const std::string& id, const std::string& name) {
        active::LabelEvent event;
        event.spectrum = id;
        event.className = name;
        event.who = "eva";
        ASSERT_TRUE(project_->labels().append(event));
    }
};

TEST_F(AuditJob, ListsTheLabelsThatWereMixedUp) {
    // Rows are named in turn for the two classes.
    succeed("dataset-import", {{"file", write("m.csv", matrix(200, {"a", "b"}))}, {"name", "m"}});
    label("row-6", "b");
    label("row-101", "a");
    const auto found = succeed("audit", {{"dataset", "m"}});
    EXPECT_EQ(found["labels"], 200);
    ASSERT_GE(found["doubtful"], 2) << found.dump();
    std::vector<std::string> first;
    for (std::size_t i = 0; i < 2; ++i)
        first.push_back(found["list"][i]["id"]);
    EXPECT_THAT(first, testing::UnorderedElementsAre("row-6", "row-101"));
    for (const auto& each : found["list"])
        EXPECT_NE(each["label"], each["suggested"]);
    EXPECT_GE(found["list"][0]["witnesses"], 2);
    const auto one = succeed("audit", {{"dataset", "m"}, {"most", 1}});
    EXPECT_EQ(one["list"].size(), 1u);
    EXPECT_EQ(one["doubtful"], found["doubtful"]);
    // The labels stand as they are.
    EXPECT_EQ(project_->labels().classes().value().at("row-6"), "b");
}

TEST_F(AuditJob, LeavesOutWhatHasTooFewLabelsAndSaysSo) {
    succeed("dataset-import", {{"file", write("m.csv", matrix(60, {"a", "b"}))}, {"name", "m"}});
    label("row-0", "nova");
    const auto found = succeed("audit", {{"dataset", "m"}});
    EXPECT_EQ(found["left_out"], nlohmann::json::array({"nova"}));
    EXPECT_EQ(found["labels"], 59);
    EXPECT_THAT(fail("audit", {{"dataset", "m"}, {"classes", {"a", "nova"}}}).message(),
                HasSubstr("one class, \"a\", with 2 spectra or more"));
    EXPECT_THAT(fail("audit", {{"dataset", "m"}, {"classes", {"x", "y"}}}).message(),
                HasSubstr("no class with 2"));
}

} // namespace
} // namespace balmer::test

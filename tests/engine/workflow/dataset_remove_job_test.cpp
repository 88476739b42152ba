// A dataset is forgotten, damaged or not; what was said of its spectra and what was made of it stays.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct DatasetRemoveJob : ProjectWithJobs {
    void SetUp() override {
        succeed("dataset-import", {{"file", write("m.csv", matrix(12, {"a", "b"}))}, {"name", "m"}});
    }
};

TEST_F(DatasetRemoveJob, AsksBackAndSaysWhatStandsOnIt) {
    EXPECT_THAT(fail("dataset-remove", {{"dataset", "m"}}).message(),
                testing::AllOf(HasSubstr("12 rows"), HasSubstr("12 spectra"), HasSubstr("All labels stay"),
                               testing::Not(HasSubstr("map"))));
    succeed("som", {{"dataset", "m"}, {"grid", "3x3"}});
    const auto refused = fail("dataset-remove", {{"dataset", "m"}});
    EXPECT_EQ(refused.code(), core::ErrorCode::InvalidArgument);
    EXPECT_THAT(refused.message(), testing::AllOf(HasSubstr("columns"), HasSubstr("made of it (1 map) stays"),
                                                  HasSubstr("parameters.yes")));
    EXPECT_EQ(project_->datasets().list()->size(), 1u);
    EXPECT_EQ(fail("dataset-remove", {{"dataset", "n"}, {"yes", true}}).code(), core::ErrorCode::NotFound);
}

TEST_F(DatasetRemoveJob, OfADamagedFileLeavesLabelsMapsAndTheCatalogue) {
    const auto mapped = job("som", {{"dataset", "m"}, {"grid", "3x3"}});
    const auto record = project_->datasets().get("m").value();
    std::ofstream(project_->folder() / record.file) << "rubbish";
    const auto removed = succeed("dataset-remove", {{"dataset", "m"}, {"yes", true}});
    EXPECT_EQ(removed["rows"], 12);
    EXPECT_EQ(removed["maps"], 1);
    EXPECT_EQ(project_->datasets().list()->size(), 0u);
    EXPECT_EQ(project_->labels().classes()->size(), 12u);
    EXPECT_EQ(project_->catalogue().list({})->size(), 12u);
    EXPECT_EQ(project_->jobs().get(mapped.id)->artefacts, mapped.artefacts);
    EXPECT_EQ(succeed("project-check", {{"repair", false}})["whole"], true);
    EXPECT_EQ(fail("som", {{"dataset", "m"}, {"grid", "3x3"}}).code(), core::ErrorCode::NotFound);
    // The same table brings it back.
    succeed("dataset-import", {{"file", (folder_ / "m.csv").string()}, {"name", "m"}});
    EXPECT_EQ(project_->datasets().get("m")->digest, record.digest);
    EXPECT_EQ(project_->catalogue().list({})->size(), 12u);
    EXPECT_EQ(project_->columns().list("m")->size(), 0u);
}

TEST_F(DatasetRemoveJob, WaitsForJobsThatWorkWithIt) {
    jobs::Job other;
    other.spec.kind = "som";
    other.spec.inputs = {project_->datasets().get("m")->digest};
    other.phase = jobs::Phase::Queued;
    const auto id = project_->jobs().create(other);
    ASSERT_TRUE(id) << why(id);
    EXPECT_THAT(fail("dataset-remove", {{"dataset", "m"}, {"yes", true}}).message(),
                HasSubstr("job " + std::to_string(*id) + " works with m"));
    EXPECT_EQ(project_->datasets().list()->size(), 1u);
}

} // namespace
} // namespace balmer::test

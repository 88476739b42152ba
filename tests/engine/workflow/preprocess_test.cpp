#include <gmock/gmock.h>

#include "engine/store/dataset_registry.h"
#include "engine/workflow/spectrum_source.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::workflow {
namespace {

using testing::HasSubstr;

class Preprocess : public test::ProjectWithJobs {
  protected:
    void importSpectra() {
        write("night/a.txt", spectrum(1));
        write("night/b.txt", spectrum(2));
        write("night/blue.txt", spectrum(3, 4000));
        ASSERT_EQ(succeed("import", {{"paths", {(folder_ / "night").string()}}})["imported"], 3);
    }
};

TEST_F(Preprocess, RowsThatDoNotCoverTheWindowAreReported) {
    importSpectra();
    const auto result = succeed("preprocess", {{"name", "window"}});
    EXPECT_EQ(result["rows"], 2);
    EXPECT_EQ(result["columns"], 140);
    ASSERT_EQ(result["refused"].size(), 1u);
    EXPECT_THAT(result["refused"][0]["id"].get<std::string>(), HasSubstr("blue"));
    EXPECT_GT(result["refused"][0]["reason"].get<std::string>().size(), 10u);
}

TEST_F(Preprocess, ProvenanceTellsTheRecipe) {
    importSpectra();
    succeed("preprocess", {{"name", "window"}, {"collection", "night"}, {"blur_sigma_pixels", 2}});
    const auto record = project_->datasets().get("window");
    ASSERT_TRUE(record) << test::why(record);
    const auto provenance = nlohmann::json::parse(record->pipeline);
    EXPECT_EQ(provenance["preset"], "halpha-140");
    EXPECT_THAT(provenance["steps"].dump(), HasSubstr("gaussian-blur"));
    EXPECT_EQ(record->collection, "night");

    const auto dataset = openDataset(*project_, "window");
    ASSERT_TRUE(dataset) << test::why(dataset);
    EXPECT_EQ(dataset->flux().rows(), 2u);
    for (const float value : dataset->flux().row(0)) {
        EXPECT_GE(value, -1.0f);
        EXPECT_LE(value, 1.0f);
    }
}

TEST_F(Preprocess, TheSameAgainIsTheSameDataset) {
    importSpectra();
    const auto first = succeed("preprocess", {{"name", "window"}});
    EXPECT_EQ(succeed("preprocess", {{"name", "window"}})["digest"], first["digest"]);
    EXPECT_THAT(fail("preprocess", {{"name", "window"}, {"blur_sigma_pixels", 5}}).message(),
                HasSubstr("choose another name"));
}

TEST_F(Preprocess, NothingToDoIsSaid) {
    EXPECT_THAT(fail("preprocess", {{"name", "window"}}).message(), HasSubstr("import some first"));
    write("night/blue.txt", spectrum(3, 4000));
    succeed("import", {{"paths", {(folder_ / "night").string()}}});
    EXPECT_THAT(fail("preprocess", {{"name", "window"}}).message(), HasSubstr("none of the 1 spectra"));
    EXPECT_THAT(fail("preprocess", {{"name", "window"}, {"collection", "day"}}).message(),
                HasSubstr("no collection is called \"day\"; there are: night"));
    EXPECT_THAT(fail("preprocess", {{"name", "window"}, {"where", "snr > 1000"}}).message(),
                HasSubstr("no spectrum meets"));
    EXPECT_TRUE(std::filesystem::is_empty(project_->datasetFolder()));
}

} // namespace
} // namespace balmer::workflow

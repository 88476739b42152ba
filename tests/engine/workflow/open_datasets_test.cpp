#include "engine/workflow/open_datasets.h"

#include "engine/core/files.h"
#include "engine/store/catalogue.h"
#include "engine/store/dataset_registry.h"
#include "engine/workflow/spectrum_source.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::workflow {
namespace {

struct OpenDatasetsTest : test::ProjectWithJobs {
    void importMatrix(const std::string& name, const std::string& flux) {
        succeed("dataset-import",
                {{"file", write("m.csv", "id,6519,6520\na," + flux + ",0.1\n")}, {"name", name}});
    }
};

TEST_F(OpenDatasetsTest, AFileIsOpenedOnceAndAnewWhenItsNameMeansAnotherContent) {
    importMatrix("m", "0.2");
    OpenDatasets datasets(*project_);
    const auto first = datasets.get("m"), second = datasets.get("m");
    ASSERT_TRUE(first && second) << test::why(first);
    EXPECT_EQ(first->flux().row(0).data(), second->flux().row(0).data());
    ASSERT_TRUE(project_->datasets().remove("m"));
    EXPECT_EQ(datasets.get("m").error().code(), core::ErrorCode::NotFound);
    importMatrix("m", "0.7");
    EXPECT_EQ(datasets.get("m")->flux().row(0)[0], 0.7F);
    EXPECT_EQ(first->flux().row(0)[0], 0.2F) << "what was handed out stays";
}

TEST_F(OpenDatasetsTest, WhatIsWrongWithADatasetIsOneSentenceThatNamesItAndWhatHelps) {
    succeed("dataset-import", {{"file", write("m.csv", matrix(6, {"a"}))}, {"name", "m"}});
    const auto file = project_->folder() / project_->datasets().get("m")->file;
    const auto whole = core::readFile(file).value();
    auto changed = whole;
    changed[changed.size() / 2] = static_cast<char>(changed[changed.size() / 2] ^ 1);
    for (const auto& bytes : {std::string("rubbish"), changed, std::string()}) {
        std::filesystem::remove(file);
        if (!bytes.empty()) {
            ASSERT_TRUE(core::writeFile(file, bytes));
        }
        const auto opened = workflow::openDataset(*project_, "m");
        ASSERT_FALSE(opened);
        const auto said = opened.error().message();
        EXPECT_TRUE(said.starts_with("the dataset m is damaged or gone: ")) << said;
        const auto remedy = said.find("`balmer project check --repair`");
        EXPECT_NE(remedy, std::string::npos) << said;
        EXPECT_EQ(said.find("`balmer project check --repair`", remedy + 1), std::string::npos) << said;
    }
}

TEST_F(OpenDatasetsTest, SpectraOfOneMatrixAreReadFromItsOneMap) {
    importMatrix("m", "0.2");
    OpenDatasets datasets(*project_);
    const auto record = project_->catalogue().find("a");
    ASSERT_TRUE(record) << test::why(record);
    std::filesystem::remove(datasets.get("m")->path()); // a second opening would fail
    const auto spectrum = loadSpectrum(datasets, *record);
    ASSERT_TRUE(spectrum) << test::why(spectrum);
    EXPECT_EQ(spectrum->flux, (std::vector<float>{0.2F, 0.1F}));
}

} // namespace
} // namespace balmer::workflow

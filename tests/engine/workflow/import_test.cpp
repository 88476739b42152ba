#include <gmock/gmock.h>

#include "engine/store/catalogue.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::workflow {
namespace {

using testing::HasSubstr;

class Import : public test::ProjectWithJobs {};

TEST_F(Import, BadFilesAreReportedAndStopNothing) {
    write("night/a.txt", spectrum(1));
    write("night/b.txt", "this is no spectrum\nat all\n");
    write("night/c.txt", spectrum(2));
    write("night/d.fits", std::string("\0\1\2", 3));
    const auto result = succeed("import", {{"paths", {(folder_ / "night").string()}}});
    EXPECT_EQ(result["imported"], 2);
    EXPECT_EQ(result["files"], 4);
    ASSERT_EQ(result["refused"].size(), 2u);
    for (const auto& refused : result["refused"]) {
        EXPECT_THAT(refused["path"].get<std::string>(), HasSubstr("night/"));
        EXPECT_GT(refused["reason"].get<std::string>().size(), 10u);
    }
    const auto rows = project_->catalogue().list({});
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 2u);
    EXPECT_EQ((*rows)[0].collection, "night") << "the folder names the collection";
}

TEST_F(Import, TheSameAgainAddsNothing) {
    write("night/a.txt", spectrum(1));
    const auto paths = nlohmann::json{(folder_ / "night").string()};
    succeed("import", {{"paths", paths}});
    write("night/copy-of-a.txt", spectrum(1));
    const auto again = succeed("import", {{"paths", paths}});
    EXPECT_EQ(again["imported"], 0);
    EXPECT_EQ(again["already"], 2);
}

TEST_F(Import, ProjectsAreNotSearchedForSpectra) {
    write("night/a.txt", spectrum(1));
    write("test.balmer/stray.txt", spectrum(2));
    const auto result = succeed("import", {{"paths", {folder_.path().string()}}, {"recursive", true}});
    EXPECT_EQ(result["files"], 1) << result.dump();
    EXPECT_EQ(result["imported"], 1);
}

TEST_F(Import, PathThatIsNotThereFailsAndIsRecorded) {
    const auto error = fail("import", {{"paths", {"/nowhere/at/all"}}});
    EXPECT_EQ(error.code(), core::ErrorCode::NotFound);
    EXPECT_THAT(error.message(), HasSubstr("/nowhere/at/all"));
    const auto records = project_->jobs().list({});
    ASSERT_TRUE(records);
    ASSERT_EQ(records->size(), 1u);
    EXPECT_EQ(records->front().phase, jobs::Phase::Error);
    ASSERT_TRUE(records->front().error);
    EXPECT_EQ(records->front().error->message(), error.message());
}

class Matrix : public test::ProjectWithJobs {};

TEST_F(Matrix, EntersRowsAndLabelsOnce) {
    const auto file = write("m.csv", matrix(6, {"a", "b"}));
    const auto first = succeed("dataset-import", {{"file", file}, {"name", "m"}});
    EXPECT_EQ(first["rows"], 6);
    EXPECT_EQ(first["entered"], 6);
    EXPECT_EQ(first["labels"], 6);
    const auto again = succeed("dataset-import", {{"file", file}, {"name", "m"}});
    EXPECT_EQ(again["digest"], first["digest"]);
    EXPECT_EQ(again["entered"], 0);
    EXPECT_EQ(again["labels"], 0) << "labels that stand are not given again";
    // What was said by hand since stands.
    active::LabelEvent event;
    event.spectrum = "row-0";
    event.kind = active::LabelKind::Bad;
    ASSERT_TRUE(project_->labels().append(event));
    const auto third = succeed("dataset-import", {{"file", file}, {"name", "m"}});
    EXPECT_EQ(third["labels"], 0);
    EXPECT_EQ(third["labels_kept"], 1);
    EXPECT_TRUE(project_->labels().current("row-0").value().bad);
}

TEST_F(Matrix, ATakenNameIsRefusedAndLeavesNoFile) {
    succeed("dataset-import", {{"file", write("m.csv", matrix(6, {"a", "b"}))}, {"name", "m"}});
    const auto error =
        fail("dataset-import", {{"file", write("n.csv", matrix(7, {"a", "b"}))}, {"name", "m"}});
    EXPECT_THAT(error.message(), HasSubstr("choose another name"));
    const std::filesystem::directory_iterator files(project_->datasetFolder());
    EXPECT_EQ(std::distance(begin(files), end(files)), 1);
    const auto spectra = project_->catalogue().count({});
    ASSERT_TRUE(spectra);
    EXPECT_EQ(*spectra, 6);
}

TEST_F(Matrix, ARefusalNamesTheFile) {
    for (const auto* kind : {"dataset-import", "label-import"}) {
        const auto file = write("binary.csv", std::string("\x7f"
                                                          "ELF\0\0\0",
                                                          7));
        auto parameters = nlohmann::json{{"file", file}};
        if (kind == std::string("dataset-import")) parameters["name"] = "x";
        EXPECT_THAT(fail(kind, parameters).describe(), HasSubstr("binary.csv"));
    }
}

TEST_F(Matrix, MissingValuesAreRefusedByTheirRow) {
    const auto error =
        fail("dataset-import", {{"file", write("m.csv", "id,6519,6520\nstar,1,\n")}, {"name", "m"}});
    EXPECT_THAT(error.message(), HasSubstr("star lacks 1 of its 2 values"));
}

TEST_F(Matrix, ThreadsAreBounded) {
    succeed("dataset-import", {{"file", write("m.csv", matrix(30, {"a", "b"}))}, {"name", "m"}});
    for (const int threads : {-1, 2000000000})
        EXPECT_THAT(fail("som", {{"dataset", "m"}, {"grid", "3x3"}, {"threads", threads}}).message(),
                    HasSubstr("parameters.threads"));
}

} // namespace
} // namespace balmer::workflow

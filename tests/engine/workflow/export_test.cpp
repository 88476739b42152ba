#include <gmock/gmock.h>

#include "engine/io/table_text.h"
#include "engine/store/label_log.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::workflow {
namespace {

class Export : public test::ProjectWithJobs {
  protected:
    void SetUp() override {
        succeed("dataset-import", {{"file", write("m.csv", matrix(6, {"a", "b"}))}, {"name", "m"}});
        active::LabelEvent event;
        event.spectrum = "row-1";
        event.className = " Be, \"shell\"\nand more";
        event.who = "tester";
        ASSERT_TRUE(project_->labels().append(event));
    }
    const std::string awkward_ = "Be, \"shell\" and more"; ///< as it is kept
};

TEST_F(Export, LabelsComeBackAsTheyWere) {
    const auto file = (folder_ / "labels.csv").string();
    EXPECT_EQ(succeed("label-export", {{"file", file}})["rows"], 6);
    const auto table = io::readTableText(file);
    ASSERT_TRUE(table) << test::why(table);
    EXPECT_EQ(table->columns, (std::vector<std::string>{"id", "label"}));
    EXPECT_THAT(table->rows, testing::Contains(std::vector<std::string>{"row-1", awkward_}));
    EXPECT_EQ(succeed("label-import", {{"file", file}})["unchanged"], 6);
}

TEST_F(Export, TheCatalogueIsWrittenAsTheFilterSays) {
    const auto file = (folder_ / "catalogue.csv").string();
    EXPECT_EQ(succeed("export", {{"file", file}, {"where", "label = 'a'"}})["rows"], 3);
    EXPECT_EQ(succeed("export", {{"file", file}})["rows"], 6);
    const auto table = io::readTableText(file);
    ASSERT_TRUE(table) << test::why(table);
    EXPECT_EQ(table->rows[1][*table->column("label")], awkward_);
    EXPECT_EQ(table->rows[1][*table->column("predicted")], "") << "nothing was scored";
}

TEST_F(Export, AFolderThatIsNotThereIsSaid) {
    for (const auto& parameters : {nlohmann::json{{"file", "/nowhere/x.csv"}},
                                   nlohmann::json{{"file", "/nowhere/x.csv"}, {"dataset", "m"}}}) {
        const auto error = fail(parameters.contains("dataset") ? "dataset-export" : "export", parameters);
        EXPECT_EQ(error.code(), core::ErrorCode::Io);
        EXPECT_THAT(error.message(), testing::HasSubstr("cannot write /nowhere/x.csv:"));
    }
}

} // namespace
} // namespace balmer::workflow

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "engine/io/table_reader.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/workflow/job_kinds.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"
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
    /// What is wrong with the parameters before a job is made of them.
    static core::Error check(const std::string& wanted, const nlohmann::json& parameters) {
        for (const auto& kind : jobKinds({}))
            if (kind.about.kind == wanted)
                if (const auto checked = kind.complete(parameters.dump()); !checked) return checked.error();
        return core::Error(core::ErrorCode::Internal, "nothing is wrong");
    }
    const std::string awkward_ = "Be, \"shell\" and more"; ///< as it is kept
};

TEST_F(Export, LabelsComeBackAsTheyWere) {
    const auto file = (folder_ / "labels.csv").string();
    EXPECT_EQ(succeed("label-export", {{"file", file}})["rows"], 6);
    const auto table = io::readTable(file);
    ASSERT_TRUE(table) << test::why(table);
    EXPECT_EQ(table->columns, (std::vector<std::string>{"id", "label"}));
    EXPECT_THAT(table->rows, testing::Contains(std::vector<std::string>{"row-1", awkward_}));
}

TEST_F(Export, EachFormIsReadBackAsLabels) {
    for (const std::string kind : {"export", "label-export"})
        for (const std::string name :
             {"l.csv", "l.tsv.gz", "l.jsonl", "l.fits", "l.vot", "l.vot.gz", "l.h5"}) {
            const auto file = (folder_ / name).string();
            succeed(kind, {{"file", file}});
            EXPECT_EQ(succeed("label-import", {{"file", file}})["unchanged"], 6) << kind << " " << name;
            EXPECT_EQ(succeed("table-import", {{"file", file}, {"label_column", "label"}})["unchanged"], 6)
                << kind << " " << name;
        }
}

TEST_F(Export, TheCatalogueIsWrittenAsTheFilterSays) {
    const auto file = (folder_ / "catalogue.csv").string();
    EXPECT_EQ(succeed("export", {{"file", file}, {"where", "label = 'a'"}})["rows"], 3);
    EXPECT_EQ(succeed("export", {{"file", file}})["rows"], 6);
    const auto table = io::readTable(file);
    ASSERT_TRUE(table) << test::why(table);
    EXPECT_EQ(table->rows[1][**io::columnNamed(table->columns, "label")], awkward_);
    EXPECT_EQ(table->rows[1][**io::columnNamed(table->columns, "predicted")], "") << "nothing was scored";
}

TEST_F(Export, ADamagedDatasetTakesItsPredictionsAloneFromTheTable) {
    succeed("dataset-import", {{"file", write("n.csv", matrix(3, {"a", "b"}))}, {"name", "n"}});
    for (const std::string name : {"m", "n"}) {
        const auto dataset = openDataset(*project_, name).value();
        core::FloatMatrix sure(dataset.rows(), 2);
        for (std::size_t row = 0; row < dataset.rows(); ++row)
            sure(row, 1) = 1;
        ASSERT_TRUE(keepScores(*project_, name, {"of " + name, "by " + name}, dataset.flux(), sure.view(), 1,
                               "model"));
    }
    const auto file = (folder_ / "catalogue.csv").string();
    const auto predicted = [&] {
        const auto table = io::readTable(file);
        EXPECT_TRUE(table) << test::why(table);
        std::map<std::string, std::string> of;
        for (const auto& row : table->rows)
            of[row[**io::columnNamed(table->columns, "id")]] =
                row[**io::columnNamed(table->columns, "predicted")];
        return of;
    };
    EXPECT_EQ(succeed("export", {{"file", file}})["whole"], true);
    EXPECT_EQ(predicted()["row-0"], "by n");
    std::filesystem::remove(project_->folder() / project_->datasets().get("n")->file);
    const auto exported = job("export", {{"file", file}});
    const auto result = nlohmann::json::parse(exported.result);
    EXPECT_EQ(result["rows"], 6);
    EXPECT_EQ(result["whole"], false);
    ASSERT_EQ(result["left_out"].size(), 1u) << result.dump(1);
    EXPECT_EQ(result["left_out"][0]["dataset"], "n");
    EXPECT_EQ(predicted()["row-0"], "by m");
    EXPECT_EQ(predicted()["row-5"], "by m");
    EXPECT_THAT(project_->jobs().log(exported.id)->at(0).text, testing::HasSubstr("dataset n"));
}

TEST_F(Export, TheEndingTellsTheFormAndOthersAreRefused) {
    for (const auto* name : {"c.csv", "c.tsv", "c.jsonl", "c.fits", "c.fits.gz", "c.vot", "c.h5"}) {
        const auto file = (folder_ / name).string();
        EXPECT_EQ(succeed("export", {{"file", file}})["rows"], 6) << name;
        auto reader = io::TableReader::open(file);
        ASSERT_TRUE(reader) << name << ": " << test::why(reader);
        const auto label = *reader->column("label"), who = *reader->column("who"), ra = *reader->column("ra");
        ASSERT_TRUE(label && who && ra && *reader->column("round") && *reader->column("model")) << name;
        for (int row = 0; row < 2; ++row)
            ASSERT_TRUE(reader->nextRow().value());
        EXPECT_EQ(reader->text(*label), awkward_) << name;
        EXPECT_EQ(reader->text(*who), "tester") << name;
        EXPECT_FALSE(reader->number(*ra)) << name;
    }
    EXPECT_TRUE(core::readFile(folder_ / "c.fits")->starts_with("SIMPLE  ="));
    const auto line =
        core::readFile((succeed("export", {{"file", (folder_ / "c.jsonl").string()}}), folder_ / "c.jsonl"));
    const auto first = nlohmann::json::parse(line->substr(0, line->find('\n')));
    EXPECT_EQ(first["id"], "row-0");
    EXPECT_EQ(first["ra"], nullptr);
    EXPECT_EQ(succeed("label-export", {{"file", (folder_ / "l.h5").string()}})["format"], "HDF5");
    for (const auto* name : {"c.parquet", "c", "c.h5.gz", ".csv"})
        for (const auto* kind : {"export", "label-export"}) {
            const auto error = check(kind, {{"file", (folder_ / name).string()}});
            EXPECT_EQ(error.code(), core::ErrorCode::InvalidArgument) << name;
            EXPECT_THAT(error.message(), testing::HasSubstr(".csv, .tsv, .jsonl, .fits, .fit, .vot")) << name;
        }
    EXPECT_THAT(
        check("dataset-export", {{"dataset", "m"}, {"file", (folder_ / "m.fits").string()}}).message(),
        testing::HasSubstr("must end in .csv"));
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

#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <thread>

#include "engine/core/files.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/column_registry.h"
#include "engine/store/connections.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/round_archive.h"
#include "engine/store/settings.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using core::ErrorCode;
using Ids = std::vector<std::string>;

namespace {

struct RegistriesTest : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<Project> project = test::openProject(folder / "a.balmer");

    static DatasetRecord dataset(const std::string& name = "h-140", const std::string& digest = "d1",
                                 std::int64_t rows = 3) {
        DatasetRecord record;
        record.name = name;
        record.digest = digest;
        record.file = "datasets/d1.h5";
        record.rows = rows;
        record.columns = 140;
        record.firstWavelength = 6519;
        record.lastWavelength = 6732;
        record.pipeline = R"([{"step":"rebin"}])";
        record.collection = "lamost";
        record.job = 4;
        return record;
    }
    void addDataset() { ASSERT_TRUE(project->datasets().add(dataset(), Ids{"a", "b", "a"})); }
};

} // namespace

TEST_F(RegistriesTest, DatasetsAreKnownByNameDigestAndRow) {
    auto& datasets = project->datasets();
    addDataset();
    const auto found = datasets.get("h-140");
    ASSERT_TRUE(found) << test::why(found);
    EXPECT_EQ(found->columns, 140);
    EXPECT_EQ(found->lastWavelength, 6732);
    EXPECT_EQ(found->pipeline, R"([{"step":"rebin"}])");
    EXPECT_EQ(found->job, 4);
    EXPECT_EQ(found->created.size(), 24u);
    EXPECT_EQ(found->digest, "d1");
    EXPECT_EQ(datasets.ids("h-140").value(), (Ids{"a", "b", "a"}));
    EXPECT_EQ(datasets.rowOf("h-140", "a").value(), 0);
    EXPECT_EQ(datasets.rowOf("h-140", "b").value(), 1);
    EXPECT_FALSE(datasets.rowOf("h-140", "z").value());
    const auto missing = datasets.get("h-120");
    EXPECT_EQ(missing.error().code(), ErrorCode::NotFound);
    EXPECT_NE(missing.error().message().find("h-140"), std::string::npos);
}

TEST_F(RegistriesTest, AnAdoptedDatasetHasItsColumnsButNotItsRowsIds) {
    ASSERT_TRUE(project->datasets().adopt(dataset()));
    EXPECT_EQ(project->datasets().get("h-140")->rows, 3);
    EXPECT_TRUE(project->datasets().ids("h-140")->empty());
    EXPECT_TRUE(project->columns().add({.dataset = "h-140", .name = "x"}, std::vector{1.0, 2.0, 3.0}));
    EXPECT_FALSE(project->datasets().adopt(dataset("h-140", "d2")));
}

TEST_F(RegistriesTest, ADatasetsNameStandsForOneContent) {
    auto& datasets = project->datasets();
    addDataset();
    EXPECT_TRUE(datasets.add(dataset(), Ids{"a", "b", "a"})); // the same again
    EXPECT_EQ(datasets.list()->size(), 1u);
    EXPECT_EQ(datasets.add(dataset("h-140", "d2"), Ids{"a", "b", "c"}).error().code(),
              ErrorCode::InvalidArgument);
    EXPECT_FALSE(datasets.add(dataset("x", "d3"), Ids{"a"})); // rows and ids disagree
    EXPECT_FALSE(datasets.add(dataset(""), Ids{"a", "b", "c"}));
    ASSERT_TRUE(project->columns().add({.dataset = "h-140", .name = "entropy"}, std::vector<double>(3)));
    ASSERT_TRUE(datasets.remove("h-140"));
    EXPECT_TRUE(datasets.list()->empty());
    EXPECT_EQ(datasets.remove("h-140").error().code(), ErrorCode::NotFound);
    addDataset(); // the name is free again, and brings no column back
    EXPECT_TRUE(project->columns().list("h-140")->empty());
}

TEST_F(RegistriesTest, ColumnsHaveVersions) {
    auto& columns = project->columns();
    addDataset();
    const double none = std::nan("");
    EXPECT_EQ(columns
                  .add({.dataset = "h-140", .name = "entropy", .job = 5, .model = "m1"},
                       std::vector{0.1, none, -0.0})
                  .value(),
              1);
    EXPECT_EQ(columns.add({.dataset = "h-140", .name = "entropy", .model = "m2"}, std::vector{1.0, 2.0, 3.0})
                  .value(),
              2);
    EXPECT_EQ(
        columns
            .add(
                {.dataset = "h-140", .name = "class", .kind = ColumnKind::Category, .categories = {"x", "y"}},
                std::vector{0.0, 1.0, none})
            .value(),
        1);
    EXPECT_EQ(columns.values("h-140", "entropy").value(), (std::vector{1.0, 2.0, 3.0}));
    const auto first = columns.values("h-140", "entropy", 1).value();
    EXPECT_EQ(first[0], 0.1);
    EXPECT_TRUE(std::isnan(first[1]));
    EXPECT_TRUE(std::signbit(first[2]));
    EXPECT_EQ(columns.versions("h-140", "entropy")->size(), 2u);
    EXPECT_EQ(columns.versions("h-140", "entropy")->front().job, 5);
    const auto latest = columns.list("h-140").value();
    ASSERT_EQ(latest.size(), 2u);
    EXPECT_EQ(latest[0].name, "class");
    EXPECT_EQ(latest[0].categories, (Ids{"x", "y"}));
    EXPECT_EQ(latest[1].version, 2);
    EXPECT_EQ(latest[1].model, "m2");
    ASSERT_TRUE(project->datasets().add(dataset("other", "d2"), Ids{"a", "b", "c"}));
    ASSERT_TRUE(columns.add({.dataset = "other", .name = "entropy"}, std::vector{4.0, 5.0, 6.0}));
    const auto newest = columns.newest("entropy").value();
    ASSERT_EQ(newest.size(), 2u);
    EXPECT_EQ(newest[0].dataset, "h-140");
    EXPECT_EQ(newest[0].version, 2);
    EXPECT_EQ(newest[1].dataset, "other");
    EXPECT_TRUE(columns.newest("x")->empty());
    EXPECT_EQ(columns.info("h-140", "entropy", 3).error().code(), ErrorCode::NotFound);
    EXPECT_NE(columns.info("h-140", "x").error().message().find("class, entropy"), std::string::npos);
}

TEST_F(RegistriesTest, ColumnsThatDoNotFitAreRefusedTogether) {
    auto& columns = project->columns();
    addDataset();
    const ColumnInfo category{
        .dataset = "h-140", .name = "class", .kind = ColumnKind::Category, .categories = {"x", "y"}};
    EXPECT_EQ(columns.add({.dataset = "h-140", .name = "e"}, std::vector{1.0}).error().code(),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(columns.add({.dataset = "none", .name = "e"}, std::vector{1.0}).error().code(),
              ErrorCode::NotFound);
    EXPECT_FALSE(columns.add(category, std::vector{0.0, 2.0, 0.0}));
    EXPECT_FALSE(columns.add(category, std::vector{0.0, 0.5, 0.0}));
    EXPECT_FALSE(columns.add(category, std::vector{0.0, -1.0, 0.0}));
    EXPECT_FALSE(columns.add({.dataset = "h-140", .name = ""}, std::vector<double>(3)));
    const std::vector<ColumnRegistry::NewColumn> several = {{{.dataset = "h-140", .name = "good"}, {1, 2, 3}},
                                                            {{.dataset = "h-140", .name = "short"}, {1}}};
    EXPECT_FALSE(columns.addAll(several));
    EXPECT_TRUE(columns.list("h-140")->empty());
}

TEST_F(RegistriesTest, RoundsAreNumberedForEachDatasetAndClasses) {
    auto& rounds = project->rounds();
    RoundRecord record;
    record.dataset = "h-140";
    record.classes = {"other", "single", "double"};
    record.targets = {"single", "double"};
    record.model = std::string(64, 'a');
    record.job = 9;
    record.parameters = R"({"batch":50})";
    record.items = {{active::RoundList::Candidates, 1, "c", "double", 0.9, 0.2, "surest"},
                    {active::RoundList::Oracle, 1, "a", "single", 0.4, 0.98, "A and B are equally likely"},
                    {active::RoundList::Oracle, 2, "b", "single", 0.5, 0.9, ""}};
    const auto first = rounds.add(record);
    ASSERT_TRUE(first) << test::why(first);
    EXPECT_EQ(first->number, 1);
    EXPECT_EQ(rounds.add(record)->number, 2);
    auto others = record;
    others.classes = {"x", "y"};
    EXPECT_EQ(rounds.add(others)->number, 1);
    auto kept = rounds.get(first->id).value();
    EXPECT_EQ(kept.classes, record.classes);
    EXPECT_EQ(kept.targets, record.targets);
    EXPECT_EQ(kept.job, 9);
    ASSERT_EQ(kept.items.size(), 3u);
    EXPECT_EQ(kept.items[0], record.items[0]);
    EXPECT_EQ(kept.items[2], record.items[2]);
    EXPECT_FALSE(kept.precision);
    ASSERT_TRUE(rounds.setPrecision(first->id, {27, 30, 0.9, 0.76, 0.95}));
    kept = rounds.get(first->id).value();
    ASSERT_TRUE(kept.precision);
    EXPECT_EQ(kept.precision->agreed, 27u);
    EXPECT_EQ(kept.precision->lowerBound, 0.76);
    EXPECT_EQ(rounds.latest("h-140", record.classes).value()->number, 2);
    EXPECT_EQ(rounds.latest("h-140").value()->classes, others.classes);
    EXPECT_FALSE(rounds.latest("none").value());
    EXPECT_EQ(rounds.list("h-140")->size(), 3u);
    EXPECT_EQ(rounds.get(99).error().code(), ErrorCode::NotFound);
    EXPECT_EQ(rounds.setPrecision(99, {}).error().code(), ErrorCode::NotFound);
    EXPECT_FALSE(rounds.add(RoundRecord{}));
}

namespace {
std::vector<std::string> manyIds(std::size_t count) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < count; ++i)
        ids.push_back("spectrum-" + std::to_string(i));
    return ids;
}
RoundRecord roundOf(std::size_t items) {
    RoundRecord record;
    record.dataset = "h-140";
    record.classes = {"other", "double"};
    for (std::size_t i = 0; i < items; ++i)
        record.items.push_back({active::RoundList::Candidates, static_cast<int>(i) + 1,
                                "spectrum-" + std::to_string(i), "double", 0.9, 0.1, ""});
    return record;
}
} // namespace

TEST_F(RegistriesTest, NoTransactionIsLongHoweverManyRowsThereAre) {
    constexpr std::size_t rows = 60'000; // two pieces of a column
    const auto ids = manyIds(rows);
    const auto kept = project->datasets().add(dataset("h-140", "d1", rows), ids);
    ASSERT_TRUE(kept) << test::why(kept);
    std::vector<double> values(rows);
    for (std::size_t i = 0; i < rows; ++i)
        values[i] = static_cast<double>(i);
    ASSERT_TRUE(project->columns().add({.dataset = "h-140", .name = "number"}, values));
    ASSERT_TRUE(project->rounds().add(roundOf(5'000)));
    EXPECT_EQ(project->datasets().ids("h-140").value(), ids);
    EXPECT_EQ(project->columns().values("h-140", "number").value(), values);
    EXPECT_EQ(project->columns().lookUp("", "number").value()->values, values);
    EXPECT_EQ(project->rounds().latest("h-140").value()->items.size(), 5'000u);
    ASSERT_TRUE(project->datasets().remove("h-140"));
    EXPECT_GT(project->mostRowsInOneWrite(), 0);
    EXPECT_LE(project->mostRowsInOneWrite(), 500);
}

TEST_F(RegistriesTest, NobodyFindsWhatIsStaged) {
    addDataset();
    const std::vector<ColumnRegistry::NewColumn> column = {
        {{.dataset = "h-140", .name = "e", .kind = ColumnKind::Category, .categories = {"x"}}, {0, 0, 0}}};
    {
        const auto staged = project->datasets().stage(dataset("two", "d2"), Ids{"a", "b", "c"});
        const auto columns = project->columns().stage(column);
        const auto round = project->rounds().stage(roundOf(3));
        ASSERT_TRUE(staged && columns && round);
        EXPECT_EQ(project->datasets().list()->size(), 1u);
        EXPECT_FALSE(project->datasets().get("two"));
        EXPECT_TRUE(project->columns().list("h-140")->empty());
        EXPECT_TRUE(project->columns().versions("h-140", "e")->empty());
        EXPECT_FALSE(project->columns().lookUp("", "e"));
        EXPECT_NE(project->columns().info("h-140", "e").error().message().find("it has none"),
                  std::string::npos);
        EXPECT_TRUE(project->rounds().list()->empty());
        EXPECT_FALSE(project->rounds().latest("h-140").value());
        EXPECT_FALSE(project->rounds().get(round->record.id));
    }
    const auto staged = project->datasets().stage(dataset("two", "d2"), Ids{"a", "b", "c"});
    const auto columns = project->columns().stage(column);
    const auto round = project->rounds().stage(roundOf(3));
    const auto addAll = [&](const core::Status& end) {
        return project->together([&]() -> core::Status {
            BALMER_CHECK(project->datasets().add(*staged));
            BALMER_CHECK(project->columns().add(*columns));
            BALMER_CHECK(project->rounds().add(*round));
            return end;
        });
    };
    EXPECT_FALSE(addAll(core::fail(ErrorCode::Format, "no")));
    EXPECT_FALSE(project->datasets().get("two"));
    const auto added = addAll({});
    ASSERT_TRUE(added) << test::why(added);
    EXPECT_EQ(project->datasets().ids("two").value(), (Ids{"a", "b", "c"}));
    EXPECT_EQ(project->columns().info("h-140", "e")->version, 1);
    EXPECT_EQ(project->rounds().latest("h-140").value()->number, 1);
}

TEST_F(RegistriesTest, WhatADeadProcessLeftStagedGoesWithTheNextOpening) {
    const auto child = ::fork();
    if (child == 0) {
        // As if killed between the steps: nothing is destroyed.
        const auto childs = test::openProject(folder / "a.balmer");
        const auto staged = childs->datasets().stage(dataset("two", "d2"), Ids{"a", "b", "c"});
        const auto round = childs->rounds().stage(roundOf(3));
        ::_exit(staged && round ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    const auto left = [&] {
        const auto database = Database::open(folder / "a.balmer" / "project.sqlite", false);
        return (*database)
            ->number("SELECT (SELECT count(*) FROM dataset) + (SELECT count(*) FROM dataset_row) + "
                     "(SELECT count(*) FROM round) + (SELECT count(*) FROM round_item)")
            .value();
    };
    EXPECT_GT(left(), 0);
    const auto again = test::openProject(folder / "a.balmer");
    EXPECT_EQ(left(), 0);
}

TEST_F(RegistriesTest, ArtefactsLieUnderTheirDigest) {
    auto& artefacts = project->artefacts();
    const auto put = artefacts.putBytes("{}", "report", "application/json");
    ASSERT_TRUE(put) << test::why(put);
    EXPECT_EQ(put->digest, core::digestOf("{}"));
    EXPECT_EQ(put->bytes, 2);
    const auto path = artefacts.path(put->digest).value();
    EXPECT_EQ(path, project->folder() / "artefacts" / put->digest.substr(0, 2) / put->digest);
    EXPECT_EQ(artefacts.read(put->digest).value(), "{}");
    const std::string large(3'000'000, 'x');
    std::ofstream(folder / "large.bin") << large;
    const auto file = artefacts.putFile(folder / "large.bin", "model", "application/octet-stream");
    ASSERT_TRUE(file) << test::why(file);
    EXPECT_EQ(file->digest, core::digestOf(large));
    EXPECT_EQ(file->bytes, 3'000'000);
    EXPECT_EQ(artefacts.read(file->digest).value(), large);
    EXPECT_TRUE(artefacts.putBytes(large, "again", "x/y"));
    EXPECT_EQ(artefacts.putFile(folder / "none", "m", "x/y").error().code(), ErrorCode::NotFound);
    EXPECT_EQ(artefacts.putFile(folder.path(), "m", "x/y").error().code(), ErrorCode::Io);
    EXPECT_EQ(artefacts.path(std::string(64, '0')).error().code(), ErrorCode::NotFound);
    EXPECT_EQ(artefacts.path("../../etc/passwd").error().code(), ErrorCode::InvalidArgument);
    EXPECT_TRUE(artefacts.putBytes("", "empty", "text/plain"));
    for (const auto& entry : std::filesystem::directory_iterator(project->folder() / "artefacts"))
        EXPECT_TRUE(entry.is_directory()) << entry.path() << " was left behind";
}

TEST_F(RegistriesTest, SeveralThreadsPutTheSameArtefact) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 100; ++i)
                EXPECT_TRUE(
                    project->artefacts().putBytes("artefact " + std::to_string(i), "a", "text/plain"));
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(project->artefacts().read(core::digestOf("artefact 3")).value(), "artefact 3");
}

TEST_F(RegistriesTest, SettingsKeepTheirText) {
    auto& settings = project->settings();
    EXPECT_FALSE(settings.get("desktop/layout").value());
    const std::string bytes = R"({"a":"Hα\n"})";
    ASSERT_TRUE(settings.set("desktop/layout", "old"));
    ASSERT_TRUE(settings.set("desktop/layout", bytes));
    ASSERT_TRUE(settings.set("desktop/place", ""));
    ASSERT_TRUE(settings.set("observer", "eva"));
    EXPECT_EQ(settings.get("desktop/layout").value(), bytes);
    EXPECT_EQ(settings.get("desktop/place").value(), "");
    EXPECT_EQ(settings.list("desktop/")->size(), 2u);
    EXPECT_EQ(settings.list()->size(), 3u);
    ASSERT_TRUE(settings.remove("observer"));
    EXPECT_FALSE(settings.get("observer").value());
}

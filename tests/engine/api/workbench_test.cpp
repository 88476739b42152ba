// The workbench on a small project of synthetic rows: what the desktop and the command line see.
#include "engine/api/job_kinds.h"
#include "engine/api/newest_scorings.h"
#include "engine/api/workbench.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/api/job_kinds.h"
#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/store/catalogue.h"
#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/project.h"
#include "engine/store/round_archive.h"
#include "tests/support/test_support.h"

namespace balmer::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class WorkbenchTest : public testing::Test {
  protected:
    void SetUp() override {
        bench_ = open("tester");
        std::string table = "id";
        for (int column = 0; column < 20; ++column)
            table += "," + core::formatDouble(6550 + column);
        for (int row = 0; row < 12; ++row) {
            table += "\nrow-" + std::to_string(row);
            for (int column = 0; column < 20; ++column)
                table += "," + core::formatFixed(std::cos(0.1 * row * column) + 0.01 * row, 5);
        }
        ASSERT_TRUE(core::writeFile(folder_ / "m.csv", table + "\n"));
        run("dataset-import", R"({"file": ")" + (folder_ / "m.csv").string() + R"(", "name": "m"})");
    }

    std::unique_ptr<Workbench> open(const std::string& who) const {
        OpenOptions options;
        options.who = who;
        options.threads = 2;
        auto opened = openWorkbench(folder_ / "test.balmer", options);
        EXPECT_TRUE(opened) << test::why(opened);
        return opened ? *std::move(opened) : nullptr;
    }
    std::unique_ptr<store::Project> project() const {
        auto opened = store::Project::open(folder_ / "test.balmer");
        EXPECT_TRUE(opened) << test::why(opened);
        return opened ? *std::move(opened) : nullptr;
    }
    jobs::Job run(const std::string& kind, const std::string& parameters) {
        core::TaskContext task;
        jobs::JobSpec spec;
        spec.kind = kind;
        spec.parameters = parameters;
        const auto job = bench_->jobs().runHere(spec, task);
        EXPECT_TRUE(job) << test::why(job);
        if (!job) return {};
        EXPECT_EQ(job->phase, jobs::Phase::Completed)
            << kind << ": " << (job->error ? job->error->describe() : "");
        return *job;
    }
    void label(const std::string& spectrum, const std::string& className) {
        active::LabelEvent event;
        event.spectrum = spectrum;
        event.className = className;
        const auto stored = bench_->labelling().label(event);
        ASSERT_TRUE(stored) << test::why(stored);
        EXPECT_GT(stored->id, 0);
        EXPECT_EQ(stored->who, "tester");
        EXPECT_FALSE(stored->when.empty());
    }
    std::string labelOf(const std::string& spectrum) {
        const auto row = bench_->spectra().row(spectrum);
        EXPECT_TRUE(row) << test::why(row);
        return row ? row->label : "?";
    }
    /// Columns as a scoring leaves them: row 0 is an `a` with 0.9, row 1 a `b` with 0.6, row 2 was not
    /// scored.
    static void score(store::Project& project, double probability = 0.9,
                      std::optional<jobs::JobId> job = {}) {
        std::vector<store::ColumnRegistry::NewColumn> columns(5);
        const char* names[] = {"predicted", "probability", "entropy", "p_a", "p_b"};
        for (std::size_t i = 0; i < columns.size(); ++i) {
            columns[i].info.dataset = "m";
            columns[i].info.name = names[i];
            columns[i].info.job = job;
            columns[i].values.assign(12, std::nan(""));
        }
        columns[0].info.kind = store::ColumnKind::Category;
        columns[0].info.categories = {"a", "b"};
        columns[0].values[0] = 0;
        columns[0].values[1] = 1;
        columns[1].values[0] = probability;
        columns[1].values[1] = 0.6;
        columns[2].values[0] = 0.47;
        columns[2].values[1] = 0.97;
        columns[3].values[0] = probability;
        columns[3].values[1] = 0.4;
        columns[4].values[0] = 1 - probability;
        columns[4].values[1] = 0.6;
        ASSERT_TRUE(project.columns().addAll(columns));
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<Workbench> bench_;
};

TEST_F(WorkbenchTest, LabelsStandAndAreTakenBackOneByOne) {
    label("row-1", "a");
    label("row-1", "b");
    label("row-2", "a");
    EXPECT_EQ(labelOf("row-1"), "b");
    for (const auto* expected : {"row-2", "row-1", "row-1"}) {
        const auto undone = bench_->labelling().undo();
        ASSERT_TRUE(undone) << test::why(undone);
        ASSERT_EQ(undone->size(), 1u);
        EXPECT_EQ(undone->front().spectrum, expected);
    }
    EXPECT_EQ(labelOf("row-1"), "");
    const auto nothing = bench_->labelling().undo();
    ASSERT_FALSE(nothing);
    EXPECT_EQ(nothing.error().code(), core::ErrorCode::NotFound);
    EXPECT_EQ(bench_->labelling().history("row-1")->size(), 4u) << "events are kept, those taken back too";
}

TEST_F(WorkbenchTest, LabelsGivenAtOnceAreOneActAndOneUndoTakesItBack) {
    label("row-1", "before");
    std::mutex mutex;
    std::multiset<std::string> told;
    const auto subscription = bench_->subscribe([&](const Event& event) {
        const std::lock_guard lock(mutex);
        // "" is of the import before, told late.
        if (event.kind == Event::Kind::Labels && !event.spectrum.empty()) told.insert(event.spectrum);
    });
    const auto sameOf = [](const std::vector<std::string>& spectra) {
        std::vector<active::LabelEvent> events;
        for (const auto& spectrum : spectra) {
            active::LabelEvent event;
            event.spectrum = spectrum;
            event.className = " Be ";
            events.push_back(event);
        }
        return events;
    };
    const auto given = bench_->labelling().labelAll(sameOf({"row-0", "row-1", "row-2"}));
    ASSERT_TRUE(given) << test::why(given);
    EXPECT_EQ(labelOf("row-0"), "Be");
    EXPECT_EQ(labelOf("row-1"), "Be");
    const auto undone = bench_->labelling().undo();
    ASSERT_TRUE(undone) << test::why(undone);
    ASSERT_EQ(undone->size(), 3u);
    EXPECT_EQ(undone->front().spectrum, "row-2") << "the newest first";
    EXPECT_EQ(undone->front().who, "tester");
    EXPECT_EQ(labelOf("row-0"), "");
    EXPECT_EQ(labelOf("row-1"), "before");
    EXPECT_EQ(told, (std::multiset<std::string>{"row-0", "row-0", "row-1", "row-1", "row-2", "row-2"}));

    EXPECT_FALSE(bench_->labelling().labelAll(sameOf({"row-4", ""}))) << "one of them is of no spectrum";
    EXPECT_EQ(labelOf("row-4"), "");
    EXPECT_EQ(bench_->labelling().undo()->front().className, "before");
}

TEST_F(WorkbenchTest, NamesStandForSpectraInTheirOrderAndEachOnce) {
    const auto named = bench_->spectra().named({"row-7", "nobody", "row-2", " row-7 "});
    ASSERT_TRUE(named) << test::why(named);
    EXPECT_THAT(named->ids, ElementsAre("row-7", "row-2"));
    EXPECT_THAT(named->unknown, ElementsAre("nobody"));
    EXPECT_TRUE(named->ambiguous.empty());
}

TEST_F(WorkbenchTest, UndoFindsTheWayBackPastManyThatWereTakenBack) {
    label("row-0", "kept");
    for (int i = 0; i < 70; ++i)
        label("row-" + std::to_string(i % 11 + 1), "a");
    for (int i = 0; i < 70; ++i)
        ASSERT_TRUE(bench_->labelling().undo());
    const auto last = bench_->labelling().undo();
    ASSERT_TRUE(last) << test::why(last);
    EXPECT_EQ(last->front().className, "kept");
    EXPECT_FALSE(bench_->labelling().undo());
}

TEST_F(WorkbenchTest, OnlyOnesOwnLabelsAreTakenBack) {
    label("row-1", "a");
    const auto other = open("somebody else");
    EXPECT_FALSE(other->labelling().undo());
    EXPECT_EQ(labelOf("row-1"), "a");
}

TEST_F(WorkbenchTest, CountsOfLabels) {
    label("row-1", "a");
    label("row-2", "a");
    label("row-2", "b");
    active::LabelEvent old;
    old.spectrum = "row-3";
    old.className = "a";
    old.when = "2001-01-01T00:00:00.000Z";
    ASSERT_TRUE(bench_->labelling().label(old));
    const auto counts = bench_->labelling().counts();
    ASSERT_TRUE(counts) << test::why(counts);
    EXPECT_EQ(counts->today, 2u) << "each spectrum once, and only what was labelled today";
    EXPECT_EQ(counts->total, 3u);
    EXPECT_THAT(counts->byClass, ElementsAre(std::pair<std::string, std::size_t>("a", 2),
                                             std::pair<std::string, std::size_t>("b", 1)));
}

TEST_F(WorkbenchTest, FlagsAndCommentsStandInTheTable) {
    active::LabelEvent event;
    event.spectrum = "row-4";
    event.kind = active::LabelKind::NotSure;
    event.comment = "blend?";
    ASSERT_TRUE(bench_->labelling().label(event));
    event.kind = active::LabelKind::Noteworthy;
    event.comment.clear();
    ASSERT_TRUE(bench_->labelling().label(event));
    const auto rows = bench_->spectra().list("");
    ASSERT_TRUE(rows) << test::why(rows);
    ASSERT_EQ(rows->size(), 12u);
    EXPECT_EQ((*rows)[4].flags, "not sure, noteworthy");
    EXPECT_EQ((*rows)[4].comment, "blend?");
    EXPECT_EQ(bench_->spectra().row("row-4")->comment, "blend?");
}

TEST_F(WorkbenchTest, TheNewestScoringIsShown) {
    const auto scoring = project();
    const auto none = bench_->models().predictions("m", {"row-0"});
    ASSERT_TRUE(none) << test::why(none);
    EXPECT_TRUE(none->at(0).probabilities.empty()) << "nothing was scored yet";
    score(*scoring);
    auto rows = bench_->spectra().list("");
    ASSERT_TRUE(rows) << test::why(rows);
    EXPECT_EQ((*rows)[0].predicted, "a");
    EXPECT_EQ((*rows)[0].probability, 0.9);
    EXPECT_EQ((*rows)[1].predicted, "b");
    EXPECT_EQ((*rows)[2].predicted, "");
    EXPECT_FALSE((*rows)[2].probability);
    const auto predictions = bench_->models().predictions("m", {"row-1", "row-99", "row-0"});
    ASSERT_TRUE(predictions) << test::why(predictions);
    EXPECT_THAT(predictions->at(0).classes, ElementsAre("a", "b"));
    EXPECT_THAT(predictions->at(0).probabilities, ElementsAre(0.4, 0.6));
    EXPECT_TRUE(predictions->at(1).probabilities.empty()) << "it is not of this dataset";
    EXPECT_EQ(predictions->at(2).entropy, 0.47);
    score(*scoring, 0.7); // another scoring, by another process
    EXPECT_EQ(bench_->spectra().row("row-0")->probability, 0.7);
    EXPECT_EQ(bench_->models().predictions("m", {"row-0"})->at(0).probabilities[0], 0.7);
    EXPECT_FALSE(bench_->models().predictions("nothing", {"row-0"}));
}

TEST_F(WorkbenchTest, AnOlderScoringIsStillToldByItsJob) {
    const auto scored = project();
    const auto first = run("som", R"({"dataset": "m", "grid": "2x2"})").id,
               second = run("som", R"({"dataset": "m", "grid": "2x3"})").id;
    score(*scored, 0.9, first);
    score(*scored, 0.7, second);
    const auto of = [&](std::optional<jobs::JobId> job) {
        return bench_->models().predictions("m", {"row-0"}, job)->at(0).probabilities;
    };
    EXPECT_THAT(of({}), ElementsAre(0.7, testing::DoubleNear(0.3, 1e-12)));
    EXPECT_THAT(of(second), ElementsAre(0.7, testing::DoubleNear(0.3, 1e-12)));
    EXPECT_THAT(of(first), ElementsAre(0.9, testing::DoubleNear(0.1, 1e-12)));
    EXPECT_TRUE(of(first + 1000).empty()) << "that job scored nothing";
}

TEST_F(WorkbenchTest, ADamagedDatasetTakesItsPredictionsAloneFromTheTable) {
    const auto scored = project();
    score(*scored);
    const auto file = scored->folder() / scored->datasets().get("m")->file;
    const auto whole = core::readFile(file).value();
    auto damaged = whole;
    for (auto each = damaged.begin() + std::ptrdiff_t(damaged.size() / 4); each != damaged.end(); ++each)
        *each = static_cast<char>(*each ^ 1);
    const auto predicted = [&] {
        bench_.reset(); // which knows the file
        bench_ = open("tester");
        const auto rows = bench_->spectra().list("");
        EXPECT_TRUE(rows) << test::why(rows);
        EXPECT_EQ(rows->size(), 12U);
        const auto row = bench_->spectra().row("row-0");
        EXPECT_TRUE(row) << test::why(row);
        EXPECT_EQ(row->predicted, (*rows)[0].predicted);
        return row->predicted;
    };
    ASSERT_TRUE(core::writeFile(file, damaged));
    EXPECT_EQ(predicted(), "");
    std::filesystem::remove(file);
    EXPECT_EQ(predicted(), "");
    ASSERT_TRUE(core::writeFile(file, whole));
    EXPECT_EQ(predicted(), "a");
}

TEST_F(WorkbenchTest, AScoringIsReadOnceHoweverOftenItIsAskedFor) {
    const auto scored = project();
    workflow::OpenDatasets datasets(*scored);
    NewestScorings scorings(*scored, datasets);
    const std::string_view id = "row-0";
    const auto probability = [&] {
        const auto found = scorings.of(std::span(&id, 1));
        EXPECT_TRUE(found) << test::why(found);
        return found && found->front() ? found->front()->probability : 0;
    };
    EXPECT_EQ(probability(), 0);
    EXPECT_EQ(scorings.timesRead(), 0u);
    score(*scored);
    for (int i = 0; i < 1000; ++i)
        ASSERT_EQ(probability(), 0.9);
    EXPECT_EQ(scorings.timesRead(), 1u);
    score(*project(), 0.7); // by another process
    EXPECT_EQ(probability(), 0.7);
    EXPECT_EQ(scorings.timesRead(), 2u);
}

TEST_F(WorkbenchTest, DatasetsGiveTheirRows) {
    const auto datasets = bench_->datasets().list();
    ASSERT_TRUE(datasets && datasets->size() == 1);
    EXPECT_EQ(datasets->front().rows, 12u);
    EXPECT_EQ(datasets->front().columns, 20u);
    const auto row = bench_->datasets().row("m", "row-0");
    ASSERT_TRUE(row) << test::why(row);
    EXPECT_EQ(row->flux.size(), 20u);
    EXPECT_EQ(row->wavelengthAngstrom.front(), 6550);
    EXPECT_EQ(bench_->datasets().row("m", "row-99").error().code(), core::ErrorCode::NotFound);
    const auto spectrum = bench_->spectra().load("row-3");
    ASSERT_TRUE(spectrum) << test::why(spectrum);
    EXPECT_EQ(spectrum->size(), 20u);
}

TEST_F(WorkbenchTest, OfEachClassThereIsTheMeanOfItsLabelledRowsWithTheirSpread) {
    EXPECT_TRUE(bench_->datasets().classMeans("m")->empty()) << "nothing is labelled";
    for (const char* const row : {"row-1", "row-2", "row-4"})
        label(row, "wave");
    label("row-0", "flat");
    label("row-11", "bad one");
    ASSERT_TRUE(bench_->labelling().undo());
    const auto means = bench_->datasets().classMeans("m");
    ASSERT_TRUE(means) << test::why(means);
    ASSERT_EQ(means->size(), 2u);
    const auto& wave = means->front();
    EXPECT_EQ(wave.className, "wave");
    EXPECT_EQ(wave.rows, 3u);
    for (const std::size_t i : {0u, 7u, 19u}) {
        double sum = 0, squares = 0;
        for (const int row : {1, 2, 4}) {
            const double value = std::cos(0.1 * row * double(i)) + 0.01 * row;
            sum += value;
            squares += value * value;
        }
        const double mean = sum / 3;
        EXPECT_NEAR(wave.mean[i], mean, 2e-5);
        EXPECT_NEAR(wave.spread[i], std::sqrt((squares - 3 * mean * mean) / 2), 1e-4);
    }
    EXPECT_EQ((*means)[1].rows, 1u);
    EXPECT_NEAR((*means)[1].mean[5], 1, 1e-5);
    EXPECT_EQ((*means)[1].spread[5], 0) << "of a single row";
    EXPECT_EQ(bench_->datasets().classMeans("n").error().code(), core::ErrorCode::NotFound);
}

TEST_F(WorkbenchTest, TheNearestLabelledAreTheMostAlikeAndNeverItself) {
    EXPECT_TRUE(bench_->datasets().nearestLabelled("m", "row-5", 3)->empty());
    for (const char* const row : {"row-4", "row-5", "row-9"})
        label(row, "wave");
    label("row-6", "other");
    const auto near = bench_->datasets().nearestLabelled("m", "row-5", 2);
    ASSERT_TRUE(near) << test::why(near);
    ASSERT_EQ(near->size(), 2u);
    std::set<std::string> ids{near->front().row.id, near->back().row.id};
    EXPECT_THAT(ids, ElementsAre("row-4", "row-6"));
    EXPECT_GE(near->front().correlation, near->back().correlation);
    EXPECT_EQ(near->front().row.flux.size(), 20u);
    EXPECT_EQ(bench_->datasets().nearestLabelled("m", "row-99", 2).error().code(), core::ErrorCode::NotFound);
}

TEST_F(WorkbenchTest, OtherEpochsAreWhatStandsAtTheSamePlaceOrHasTheSameName) {
    const auto spectrum = [](const std::string& id, std::optional<double> dec, const std::string& object,
                             const std::string& observed) {
        store::NewSpectrum made;
        made.metadata.id = id;
        made.metadata.object = object;
        made.metadata.observed = observed;
        if (dec) made.metadata.position = spectrum::SkyPosition{120, *dec};
        made.contentDigest = std::string(63, 'a') + id.back();
        made.filePath = "/nowhere/" + id;
        return made;
    };
    {
        const auto project = this->project();
        ASSERT_TRUE(project->catalogue().add(std::vector{
            spectrum("e-1", 30, "V* X", "2015-01-02T00:00:00"), spectrum("e-2", 30 + 2 / 3600.0, "", "2011"),
            spectrum("e-3", 30 + 9 / 3600.0, "V* X", "2012"), spectrum("e-4", {}, "O'Neill's star", "2013"),
            spectrum("e-5", {}, "O'Neill's star", "2012"), spectrum("e-6", {}, "", "2012")}));
    }
    const auto idsBeside = [&](const std::string& id) {
        std::vector<std::string> ids;
        const auto rows = bench_->spectra().otherEpochs(id, 5);
        EXPECT_TRUE(rows) << test::why(rows);
        for (const auto& row : *rows)
            ids.push_back(row.id);
        return ids;
    };
    EXPECT_THAT(idsBeside("e-1"), ElementsAre("e-2")) << "nine seconds of arc away is another star";
    EXPECT_THAT(idsBeside("e-4"), ElementsAre("e-5"));
    EXPECT_THAT(idsBeside("e-6"), ElementsAre());
    EXPECT_EQ(bench_->spectra().otherEpochs("e-7", 5).error().code(), core::ErrorCode::NotFound);
}

TEST_F(WorkbenchTest, ThePrototypeIsThatOfItsNeuronInTheNewestMap) {
    EXPECT_EQ(bench_->maps().prototype("m", "row-3").error().code(), core::ErrorCode::NotFound);
    run("som", R"({"dataset": "m", "grid": "3x2", "epochs": 3})");
    const auto newest = run("som", R"({"dataset": "m", "grid": "2x2", "epochs": 3})");
    const auto prototype = bench_->maps().prototype("m", "row-3");
    ASSERT_TRUE(prototype) << test::why(prototype);
    EXPECT_EQ(prototype->map, newest.id);
    const auto map = bench_->maps().content(newest.id);
    const auto& members = map->members.at(prototype->neuron);
    const auto own = std::ranges::find(members, "row-3", &MapMember::id);
    ASSERT_NE(own, members.end());
    EXPECT_EQ(own->distance, prototype->distance);
    const auto codebook = map->codebook.row(prototype->neuron);
    EXPECT_TRUE(std::ranges::equal(prototype->flux, codebook));
    EXPECT_EQ(bench_->maps().prototype("m", "row-99").error().code(), core::ErrorCode::NotFound);
}

TEST_F(WorkbenchTest, AMapHoldsEveryRowOnce) {
    const auto job = run("som", R"({"dataset": "m", "grid": "3x2", "epochs": 3})");
    const auto maps = bench_->maps().list();
    ASSERT_TRUE(maps && maps->size() == 1);
    EXPECT_EQ(maps->front().job, job.id);
    const auto map = bench_->maps().content(job.id);
    ASSERT_TRUE(map) << test::why(map);
    EXPECT_EQ(map->uMatrix.size(), 6u);
    EXPECT_EQ(map->codebook.rows(), 6u);
    std::size_t members = 0;
    for (const auto& neuron : map->members) {
        members += neuron.size();
        for (std::size_t i = 1; i < neuron.size(); ++i)
            EXPECT_LE(neuron[i - 1].distance, neuron[i].distance);
    }
    EXPECT_EQ(members, 12u);
    EXPECT_EQ(bench_->maps().content(job.id + 100).error().code(), core::ErrorCode::NotFound);
    // A second map of the dataset does not take the first one's members.
    run("som", R"({"dataset": "m", "grid": "2x2", "epochs": 3})");
    EXPECT_EQ(bench_->maps().content(job.id)->members.size(), 6u);
}

TEST_F(WorkbenchTest, ARoundsPrecisionIsThatOfTheLabelsThatStand) {
    store::RoundRecord record;
    record.dataset = "m";
    record.classes = {"other", "a"};
    record.targets = {"a"};
    record.job = 1; // the import stands in for the job of the round
    record.items = {{active::RoundList::Oracle, 1, "row-5", "other", 0.5, 1, "unsure"},
                    {active::RoundList::PerformanceEstimate, 1, "row-6", "a", 0.9, 0.3, "sample"},
                    {active::RoundList::PerformanceEstimate, 2, "row-7", "a", 0.8, 0.5, "sample"}};
    ASSERT_TRUE(project()->rounds().add(record));
    auto round = bench_->labelling().round(1);
    ASSERT_TRUE(round) << test::why(round);
    EXPECT_EQ(round->entries.size(), 3u);
    EXPECT_FALSE(round->info.precision);
    label("row-6", "a");
    label("row-7", "other");
    round = bench_->labelling().round(1);
    ASSERT_TRUE(round) << test::why(round);
    EXPECT_EQ(round->info.judged, 2u);
    EXPECT_DOUBLE_EQ(*round->info.precision, 0.5);
    EXPECT_EQ(bench_->labelling().round(99).error().code(), core::ErrorCode::NotFound);
}

TEST_F(WorkbenchTest, WrongParametersAreRefusedBeforeAJobIsMade) {
    const auto before = bench_->jobs().list()->size();
    jobs::JobSpec spec;
    spec.kind = "som";
    spec.parameters = R"({"dataset": "m", "epocs": 3})";
    const auto refused = bench_->jobs().submit(spec);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), core::ErrorCode::InvalidArgument);
    EXPECT_THAT(refused.error().message(), HasSubstr("parameters.epocs"));
    spec.kind = "alchemy";
    EXPECT_THAT(bench_->jobs().submit(spec).error().message(), HasSubstr("alchemy"));
    EXPECT_EQ(bench_->jobs().list()->size(), before);
    // What every kind says of itself can be submitted as it stands, once the needed fields are filled in.
    for (const auto& kind : jobKinds())
        EXPECT_THAT(kind.explanation, HasSubstr(": ")) << kind.kind;
}

TEST_F(WorkbenchTest, AJobNamesItsInputSeedAndVersion) {
    const auto job = run("som", R"({"dataset": "m", "grid": "2x2", "epochs": 2, "seed": 9})");
    EXPECT_THAT(job.spec.inputs, ElementsAre(bench_->datasets().list()->front().digest));
    EXPECT_EQ(nlohmann::json::parse(job.spec.parameters)["seed"], 9);
    EXPECT_EQ(job.programVersion, programVersion());
}

TEST_F(WorkbenchTest, EventsTellOfLabelsAndFinishedJobs) {
    std::mutex mutex;
    std::condition_variable told;
    std::string labelled;
    bool mapped = false;
    auto subscription = bench_->subscribe([&](const Event& event) {
        const std::lock_guard lock(mutex);
        // The import of the fixture may still be told, as labels of no spectrum in particular.
        if (event.kind == Event::Kind::Labels && !event.spectrum.empty()) labelled = event.spectrum;
        mapped = mapped || event.kind == Event::Kind::Maps;
        told.notify_all();
    });
    label("row-2", "a");
    run("som", R"({"dataset": "m", "grid": "2x2", "epochs": 2})");
    {
        std::unique_lock lock(mutex);
        EXPECT_TRUE(
            told.wait_for(lock, std::chrono::seconds(20), [&] { return mapped && labelled == "row-2"; }));
    }
    subscription.reset();
    labelled.clear();
    label("row-3", "a");
    EXPECT_EQ(labelled, "") << "nobody listens any more";
}

TEST_F(WorkbenchTest, SettingsAreKept) {
    EXPECT_TRUE(bench_->settings().all()->empty());
    ASSERT_TRUE(bench_->settings().set("window", "1200x800"));
    EXPECT_EQ(open("tester")->settings().all()->at("window"), "1200x800");
}

TEST(WorkbenchOpening, WhatIsNoProjectIsSaid) {
    test::TemporaryFolder folder;
    ASSERT_TRUE(core::writeFile(folder / "file.balmer", "a file"));
    EXPECT_EQ(openWorkbench(folder / "file.balmer").error().code(), core::ErrorCode::Io);
    OpenOptions options;
    options.create = false;
    EXPECT_EQ(openWorkbench(folder / "none.balmer", options).error().code(), core::ErrorCode::NotFound);
    EXPECT_FALSE(std::filesystem::exists(folder / "none.balmer"));
    options.create = true;
    options.threads = 1u << 30;
    EXPECT_EQ(openWorkbench(folder / "none.balmer", options).error().code(),
              core::ErrorCode::InvalidArgument);
}

} // namespace
} // namespace balmer::api

#include <cmath>
#include <set>

#include <gmock/gmock.h>

#include "engine/core/random_stream.h"
#include "engine/core/text_number.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/rounds.h"
#include "tests/engine/workflow/project_with_jobs.h"
#include "tests/support/network.h"

namespace balmer::workflow {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Round : public test::ProjectWithJobs {
  protected:
    void SetUp() override {
        succeed("dataset-import", {{"file", write("m.csv", matrix(60, {}))}, {"name", "m"}});
    }
    json parameters() const {
        return {{"dataset", "m"},
                {"classes", {"other", "single peak"}},
                {"targets", {"single peak"}},
                {"simulated", 30},
                {"epochs", 2},
                {"batch", 5},
                {"estimate", 4},
                {"threads", 1}};
    }
    /// Every third row is a target.
    std::string truth(const std::string& target = "single peak") const {
        std::string table = "id,label\n";
        for (int row = 0; row < 60; ++row)
            table += "row-" + std::to_string(row) + "," + (row % 3 == 0 ? target : "other") + "\n";
        return write("truth.csv", table);
    }
};

TEST_F(Round, WordsThatDoNotFitAreRefusedBeforeAnythingIsTrained) {
    auto wrong = parameters();
    wrong["targets"] = {"zebra"};
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("zebra"));
    wrong = parameters();
    wrong["strategy"] = "magic";
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("magic"));
    wrong["strategy"] = "margin:0.5,random:0";
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("the share of random"));
    wrong = parameters();
    wrong["batch"] = 0;
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("parameters.batch"));
    wrong = parameters();
    wrong["oracle"] = truth("quasar");
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("quasar"));
    wrong["oracle"] = write("both.csv", "id,label\nrow-1,other\nrow-2,other\nrow-1,single peak\n");
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("row-1 both \"other\" and \"single peak\""));
    wrong["oracle"] = write("twice.csv", "id,label,label\nrow-1,other,other\n");
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("several columns called \"label\""));
    const auto rounds = project_->rounds().list();
    ASSERT_TRUE(rounds);
    EXPECT_TRUE(rounds->empty());
}

TEST_F(Round, PrecisionFollowsTheLabelsThatStand) {
    store::RoundRecord round;
    round.dataset = "m";
    round.classes = {"other", "single peak"};
    round.targets = {"single peak"};
    for (int row = 0; row < 4; ++row)
        round.items.push_back({active::RoundList::PerformanceEstimate, row + 1, "row-" + std::to_string(row),
                               "single peak", 0.9, 0.1, ""});
    round.items.push_back({active::RoundList::Oracle, 1, "row-9", "other", 0.5, 1.0, ""});
    const auto kept = project_->rounds().add(round);
    ASSERT_TRUE(kept) << test::why(kept);

    const auto none = precisionOf(*project_, *kept);
    ASSERT_TRUE(none);
    EXPECT_FALSE(*none) << "nobody has judged yet";
    const auto give = [&](const std::string& spectrum, const std::string& name) {
        active::LabelEvent event;
        event.spectrum = spectrum;
        event.className = name;
        event.who = "tester";
        ASSERT_TRUE(project_->labels().append(event));
    };
    give("row-0", "single peak");
    give("row-1", "other");
    give("row-9", "single peak"); // of another list
    const auto half = precisionOf(*project_, *kept);
    ASSERT_TRUE(half && *half);
    EXPECT_EQ((*half)->judged, 2u);
    EXPECT_DOUBLE_EQ((*half)->precision, 0.5);
    give("row-1", "single peak"); // a change of mind
    const auto full = precisionOf(*project_, *kept);
    ASSERT_TRUE(full && *full);
    EXPECT_DOUBLE_EQ((*full)->precision, 1);
    EXPECT_LT((*full)->lowerBound, 1);
}

TEST_F(Round, AClassWithoutProfileOrLabelIsAskedForBeforeAnythingIsTrained) {
    auto wanted = parameters();
    wanted["classes"] = {"other", "single peak", "nova"};
    wanted["targets"] = {"single peak", "nova"};
    for (const std::string strategy : {"entropy", "random"}) {
        wanted["strategy"] = strategy;
        const auto first = succeed("round", wanted);
        EXPECT_EQ(first["without_examples"], json({"nova"})) << "a single peak is simulated";
        EXPECT_TRUE(first["model"].is_null());
        EXPECT_EQ(first["simulated"], false);
        EXPECT_TRUE(first["counts"].empty());
        ASSERT_EQ(first["oracle"].size(), 5u);
        for (const auto& item : first["oracle"]) {
            EXPECT_EQ(item["class"], "");
            EXPECT_THAT(item["reason"].get<std::string>(), HasSubstr("nothing is trained yet"));
        }
        EXPECT_TRUE(first["candidates"].empty());
        EXPECT_TRUE(first["performance_estimate"].empty());
    }
    const auto kept = project_->rounds().latest("m");
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ((*kept)->number, 2);
    EXPECT_EQ((*kept)->model, "");
    EXPECT_EQ((*kept)->items.size(), 5u);
}

TEST_F(Round, AsksByAMixWhoseSharesAreKeptInOneForm) {
    auto wanted = parameters();
    wanted["classes"] = {"other", "A"};
    wanted["targets"] = {"A"};
    wanted["batch"] = 8;
    wanted["strategy"] = " random , anomalous:3";
    const auto result = succeed("round", wanted);
    int random = 0;
    std::set<std::string> asked;
    for (const auto& item : result["oracle"]) {
        random += item["reason"].get<std::string>().starts_with("drawn at random");
        asked.insert(item["id"]);
    }
    EXPECT_EQ(random, 2);
    EXPECT_EQ(asked.size(), 8u);
    const auto kept = project_->rounds().latest("m");
    ASSERT_TRUE(kept && *kept);
    EXPECT_EQ(json::parse((*kept)->parameters)["strategy"], "random:0.25,anomalous:0.75");
}

TEST_F(Round, WithoutAnyProfileItLearnsFromLabelsAloneAsSoonAsEachClassHasSome) {
    auto wanted = parameters();
    wanted["classes"] = {"other", "A"};
    wanted["targets"] = {"A"};
    wanted["oracle"] = truth("A");
    wanted["batch"] = 20;
    const auto first = succeed("round", wanted);
    EXPECT_EQ(first["without_examples"], json({"other", "A"}));
    const auto labels = project_->labels().classes();
    ASSERT_TRUE(labels);
    EXPECT_EQ(labels->size(), 20u) << "the table answers what was asked";
    std::set<std::string> classes;
    for (const auto& [spectrum, name] : *labels)
        classes.insert(name);
    ASSERT_EQ(classes.size(), 2u);

    BALMER_NEEDS_NETWORK();
    const auto next = succeed("round", wanted);
    EXPECT_EQ(next["round"], 2);
    EXPECT_TRUE(next["without_examples"].empty());
    EXPECT_EQ(next["simulated"], false) << "no emission was put into spectra for A";
    EXPECT_FALSE(next["model"].is_null());
    for (const auto& item : next["oracle"])
        EXPECT_FALSE(labels->contains(item["id"])) << "asked twice";
}

TEST_F(Round, WithEnoughLabelsCrossValidationDecidesWhoJudges) {
    BALMER_NEEDS_NETWORK();
    const auto rows = matrix(70, {"other", "A"});
    // The last twenty rows have no label and are asked about.
    std::string table;
    int line = 0;
    for (const auto& text : core::splitList(rows, '\n')) {
        const auto first = text.find(','), second = text.find(',', first + 1);
        if (first == std::string::npos) continue;
        table += line++ > 50 ? text.substr(0, first + 1) + text.substr(second) + "\n" : text + "\n";
    }
    succeed("dataset-import", {{"file", write("known.csv", table)}, {"name", "known"}});
    auto wanted = parameters();
    wanted["dataset"] = "known";
    wanted["classes"] = {"other", "A"};
    wanted["targets"] = {"A"};
    wanted["epochs"] = 0;
    const auto result = succeed("round", wanted);
    EXPECT_EQ(result["labels"], json({{"other", 25}, {"A", 25}}));
    ASSERT_EQ(result["compared"].size(), 2u) << result.dump();
    const double committee = result["compared"]["committee"], network = result["compared"]["network"];
    EXPECT_EQ(result["model_kind"], network > committee + 0.01 ? "network" : "committee");
    EXPECT_GT(committee, 0.9) << "the lines stand far apart";
    wanted["model"] = "network";
    const auto told = succeed("round", wanted);
    EXPECT_EQ(told["model_kind"], "network");
    EXPECT_TRUE(told["compared"].empty()) << "nothing is compared where the user has chosen";
}

TEST_F(Round, AProfileIsForATargetAndOneOfThoseThatThereAre) {
    auto wrong = parameters();
    wrong["profile"] = {{"quasar", "single-peak"}};
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("quasar"));
    wrong["profile"] = {{"other", "single-peak"}};
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("other"));
    wrong["profile"] = {{"single peak", "triple-peak"}};
    EXPECT_THAT(fail("round", wrong).message(), HasSubstr("double-peak"));
}

TEST_F(Round, AClassThatTheUserTiesToAProfileIsSimulated) {
    BALMER_NEEDS_NETWORK();
    auto wanted = parameters();
    wanted["classes"] = {"other", "A"};
    wanted["targets"] = {"A"};
    wanted["profile"] = {{"A", "double-peak"}};
    const auto result = succeed("round", wanted);
    EXPECT_EQ(result["simulated"], true);
    EXPECT_TRUE(result["without_examples"].empty());
    EXPECT_FALSE(result["model"].is_null());
}

TEST_F(Round, ATransplantTeachesAClassFromItsFirstLabelOn) {
    // Every twelfth row has a dip beside a peak, of its own depth.
    std::string table = "id";
    for (int column = 0; column < 140; ++column)
        table += "," + core::formatDouble(6519.0 + column * 213.0 / 139.0);
    core::RandomStream random(1);
    for (int row = 0; row < 240; ++row) {
        table += "\nrow-" + std::to_string(row);
        const double height = row % 12 == 0 ? random.uniform(30, 80) : 0, depth = random.uniform(5, 40);
        for (int column = 0; column < 140; ++column) {
            const auto bell = [&](double centre, double width) {
                return std::exp(-std::pow((column - centre) / width, 2));
            };
            table += "," + core::formatFixed(100 - depth * bell(30, 6) +
                                                 height * (bell(34, 3) - bell(26, 3)) + random.normal(0, 2),
                                             3);
        }
    }
    succeed("dataset-import", {{"file", write("lines.csv", table)}, {"name", "lines"}});
    auto wanted = parameters();
    wanted["dataset"] = "lines";
    wanted["classes"] = {"other", "nova"};
    wanted["targets"] = {"nova"};
    wanted["profile"] = {{"nova", "transplant"}};
    const auto first = succeed("round", wanted);
    EXPECT_EQ(first["without_examples"], json({"other", "nova"})) << "there is nothing to transplant";
    EXPECT_TRUE(first["model"].is_null());

    BALMER_NEEDS_NETWORK();
    active::LabelEvent event;
    event.spectrum = "row-0";
    event.className = "nova";
    event.who = "tester";
    ASSERT_TRUE(project_->labels().append(event));
    wanted["simulated"] = 200;
    wanted["epochs"] = 12;
    const auto second = succeed("round", wanted);
    EXPECT_EQ(second["simulated"], true);
    EXPECT_EQ(second["model_kind"], "network");
    EXPECT_TRUE(second["without_examples"].empty());
    ASSERT_GE(second["candidates"].size(), 10u) << second["counts"].dump();
    int alike = 0;
    for (std::size_t i = 0; i < 10; ++i)
        alike += std::stoi(second["candidates"][i]["id"].get<std::string>().substr(4)) % 12 == 0;
    EXPECT_GE(alike, 9);
}

TEST_F(Round, AnswersFromATableBecomeLabelsAndAPrecision) {
    BALMER_NEEDS_NETWORK();
    auto wanted = parameters();
    wanted["oracle"] = truth();
    const auto result = succeed("round", wanted);
    EXPECT_EQ(result["round"], 1);
    EXPECT_EQ(result["simulated"], true);
    ASSERT_EQ(result["oracle"].size(), 5u);
    std::set<std::string> asked;
    for (const auto* list : {"oracle", "performance_estimate"})
        for (const auto& item : result[list])
            asked.insert(item["id"]);
    for (const auto& item : result["performance_estimate"])
        EXPECT_EQ(item["class"], "single peak");
    for (std::size_t i = 1; i < result["oracle"].size(); ++i)
        EXPECT_GE(result["oracle"][i - 1]["entropy"], result["oracle"][i]["entropy"]);
    const auto labels = project_->labels().classes();
    ASSERT_TRUE(labels);
    EXPECT_EQ(labels->size(), asked.size());
    std::size_t right = 0;
    for (const auto& item : result["performance_estimate"]) {
        const int row = std::stoi(item["id"].get<std::string>().substr(4));
        right += row % 3 == 0;
        EXPECT_EQ(labels->at(item["id"]), row % 3 == 0 ? "single peak" : "other");
    }
    if (result["performance_estimate"].empty()) {
        EXPECT_TRUE(result["precision"].is_null());
    } else {
        EXPECT_EQ(result["judged"], result["performance_estimate"].size());
        EXPECT_DOUBLE_EQ(result["precision"],
                         static_cast<double>(right) / result["performance_estimate"].size());
        EXPECT_LE(result["precision_lower_95"], result["precision"]);
    }

    const auto next = succeed("round", parameters());
    EXPECT_EQ(next["round"], 2);
    for (const auto& item : next["oracle"])
        EXPECT_FALSE(asked.contains(item["id"])) << "asked twice";
}

} // namespace
} // namespace balmer::workflow

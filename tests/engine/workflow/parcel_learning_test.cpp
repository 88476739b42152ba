// Networks elsewhere: trained, scored with, and rounds of active learning.
#include <gmock/gmock.h>

#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "tests/engine/workflow/two_computers.h"
#include "tests/support/network.h"

namespace balmer::workflow {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test::bytesOf;
using testing::HasSubstr;

/// Every third spectrum is a target, if the table of truth is to be believed.
class LearningParcel : public test::TwoComputers {
  protected:
    LearningParcel() : TwoComputers(60) {}
    void SetUp() override {
        BALMER_NEEDS_NETWORK();
        TwoComputers::SetUp();
        makeDataset();
        const auto ids = two_.project().datasets().ids("w").value();
        std::string table = "id,label\n";
        for (std::size_t i = 0; i < ids.size(); ++i)
            table += ids[i] + "," + (i % 3 == 0 ? "single peak" : "other") + "\n";
        truth_ = write("truth.csv", table);
    }
    void label(std::size_t count) {
        const auto ids = two_.project().datasets().ids("w").value();
        for (auto* home : {&one_, &two_})
            for (std::size_t i = 0; i < count; ++i) {
                active::LabelEvent event;
                event.spectrum = ids[i];
                event.className = i % 3 == 0 ? "other" : "single peak";
                event.who = "eva";
                const auto first = home->project().labels().append(event).value();
                event.className = i % 3 == 0 ? "single peak" : "other";
                event.supersedes = first;
                ASSERT_TRUE(home->project().labels().append(event));
                if (i % 5 != 0) continue;
                event = {};
                event.spectrum = ids[i];
                event.kind = active::LabelKind::NotSure;
                const auto unsure = home->project().labels().append(event).value();
                event.kind = active::LabelKind::Undo;
                event.supersedes = unsure;
                ASSERT_TRUE(home->project().labels().append(event));
            }
    }
    json round() const {
        return {{"dataset", "w"},  {"classes", {"other", "single peak"}},
                {"simulated", 20}, {"targets", {"single peak"}},
                {"epochs", 1},     {"batch", 5},
                {"estimate", 4},   {"candidates", 6},
                {"oracle", truth_}};
    }
    std::string truth_;
};

TEST_F(LearningParcel, LearningAndScoringAreTheSameElsewhere) {
    label(30);
    compare("learn", {{"dataset", "w"}, {"epochs", 2}, {"folds", 2}}, "first");
    const auto model = two_.project().jobs().list({.kind = "learn"}).value().front();
    const auto name = "learn-" + std::to_string(model.id);
    EXPECT_EQ(json::parse(model.result)["model"], name);
    compare("score", {{"model", name}, {"dataset", "w"}});
    compare("score", {{"model", "first"}, {"dataset", "w"}, {"threads", 1}});
    compare("score", {{"model", model.artefacts.front().digest}, {"dataset", "w"}});
    const auto file = folder_ / "model.h5";
    fs::copy_file(two_.project().folder() / "artefacts" / model.artefacts.front().digest.substr(0, 2) /
                      model.artefacts.front().digest,
                  file);
    compare("score", {{"model", file.string()}, {"dataset", "w"}});
    EXPECT_EQ(two_.project().columns().info("w", "predicted")->version, 4);
    EXPECT_THAT(two_.pack(two_.submit("score", {{"model", "learn-999"}, {"dataset", "w"}})).error().message(),
                HasSubstr(name));
}

TEST_F(LearningParcel, RoundsWithTheirAnswersAreTheSameElsewhere) {
    compare("round", round());
    compare("round", round()); // judges the first, asks about others
    auto mute = round();
    mute.erase("oracle");
    compare("round", mute);
    EXPECT_EQ(two_.project().rounds().list("w")->size(), 3u);
}

TEST_F(LearningParcel, ARoundWhoseNumberIsTakenGetsTheNextOne) {
    const auto first = make("round", round());
    const auto second = make("round", round());
    ASSERT_TRUE(two_.commit(second.job, second.result));
    ASSERT_TRUE(two_.commit(first.job, first.result));
    const auto rounds = two_.project().rounds().list("w").value();
    ASSERT_EQ(rounds.size(), 2u);
    EXPECT_EQ(rounds[1].number, 2);
    EXPECT_EQ(rounds[1].job, first.job.id);
    EXPECT_EQ(json::parse(two_.project().jobs().get(first.job.id)->result)["round"], 2);
    EXPECT_EQ(two_.project().labels().list({.round = 2})->size(),
              two_.project().labels().list({.round = 1})->size());
}

TEST_F(LearningParcel, OnlyAnswersToWhatTheRoundAskedBecomeLabels) {
    const auto made = make("round", round());
    const auto index = json::parse(bytesOf(pathOf(made.result, "outputs.json")));
    ASSERT_FALSE(index["events"].empty());
    expectRefused(made, "does not ask for", [](json& wrong) { wrong["events"][0]["class"] = "quasar"; });
    expectRefused(made, "does not ask for", [](json& wrong) { wrong["events"][0]["spectrum"] = "x"; });
    expectRefused(made, "does not ask for", [](json& wrong) { wrong["events"][0]["list"] = "candidates"; });
    expectRefused(made, "does not ask for",
                  [](json& wrong) { wrong["events"].push_back(wrong["events"][0]); });
    expectRefused(made, "not in the dataset",
                  [](json& wrong) { wrong["rounds"][0]["items"][0]["spectrum"] = "x"; });
    expectRefused(made, "not a class", [](json& wrong) { wrong["rounds"][0]["targets"] = {"quasar"}; });
    expectRefused(made, "does not read", [](json& wrong) { wrong["rounds"][0]["dataset"] = "v"; });
    expectRefused(made, "more than its sample", [](json& wrong) {
        wrong["rounds"][0]["precision"] = {1000, 1000, 1.0, 1.0, 0.95};
    });
    EXPECT_TRUE(two_.commit(made.job, made.result).value());
}

} // namespace
} // namespace balmer::workflow

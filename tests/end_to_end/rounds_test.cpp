// Three rounds of 50 labels answered from the truth find more of the two emission classes than 150 random
// labels do.
#include "tests/support/balmer_session.h"
#include "tests/support/network.h"

#include <algorithm>
#include <iostream>
#include <random>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

constexpr auto kLimit = std::chrono::seconds(900);

/// Fraction of the true targets that the newest predictions name as targets, of either class.
double recall(const BalmerSession& session, const TruthTable& truth) {
    const auto rows = session.rows();
    const std::string& other = truth.classes.front();
    int targets = 0, found = 0;
    for (const auto& [id, label] : truth.classOf) {
        if (label == other) continue;
        ++targets;
        const auto row = rows.find(id);
        if (row == rows.end()) continue;
        // A target that a person has labelled is found, whatever the network says.
        const auto text = [&](const char* key) {
            return row->second.contains(key) && row->second[key].is_string()
                       ? row->second[key].get<std::string>()
                       : "";
        };
        const std::string known = text("label").empty() ? text("predicted") : text("label");
        found += !known.empty() && known != other;
    }
    return targets == 0 ? 0.0 : static_cast<double>(found) / targets;
}

void prepare(const BalmerSession& session, const std::filesystem::path& survey) {
    session.succeed({"import", survey.string(), "--recursive"}, kLimit);
    session.succeed({"preprocess", "--preset", "halpha-140", "--name", "w"}, kLimit);
}

/// Trains a small network on the labels that stand and scores the pool.
void learnAndScore(const BalmerSession& session) {
    const auto learned = session.run(
        {"learn", "--dataset", "w", "--folds", "0", "--seed", "1", "--settings", "width=16,kernel=5"},
        kLimit);
    const auto said = learned.json();
    // Random labels may hold a single class; then there is no network and what was labelled is what was
    // found.
    if (learned.exitStatus != 0) {
        std::cout << "no network could be trained: " << learned.standardOutput << std::endl;
        return;
    }
    const std::string model =
        said["model"].is_string() ? said["model"].get<std::string>() : said["model"].dump();
    session.succeed({"score", "--model", model, "--dataset", "w"}, kLimit);
}

TEST(Rounds, RaiseRecallOverRandomChoice) {
    BALMER_NEEDS_NETWORK();
    BalmerSession active, random;
    const auto survey = active / "survey";
    active.succeed(
        {"simulate", "--out", survey.string(), "--spectra", "3000", "--targets", "0.03", "--seed", "7"},
        kLimit);
    const auto truth = readTruth(survey);
    ASSERT_EQ(truth.classOf.size(), 3000u);
    ASSERT_EQ(truth.classes.size(), 3u) << joined(truth.classes);
    prepare(active, survey);
    prepare(random, survey);

    const std::vector<std::string> targets(truth.classes.begin() + 1, truth.classes.end());
    for (int round = 0; round < 3; ++round) {
        const auto played = active.succeed({"round", "--dataset", "w", "--classes", joined(truth.classes),
                                            "--targets", joined(targets), "--batch", "50", "--oracle",
                                            truth.file.string(), "--epochs", "6"},
                                           kLimit);
        ASSERT_TRUE(played.is_object());
        EXPECT_EQ(played["oracle"].size(), 50u);
        if (played.contains("recall"))
            std::cout << "round's network: " << played["recall"].dump() << std::endl;
    }
    std::size_t given = 0;
    for (const auto& [id, row] : active.rows())
        given +=
            row.contains("label") && row["label"].is_string() && !row["label"].get<std::string>().empty();
    EXPECT_GE(given, 150u);

    std::vector<std::string> ids;
    for (const auto& [id, label] : truth.classOf)
        ids.push_back(id);
    std::mt19937 generator(7);
    std::shuffle(ids.begin(), ids.end(), generator);
    std::string table = "id,label\n";
    for (std::size_t i = 0; i < given; ++i)
        table += ids[i] + "," + truth.classOf.at(ids[i]) + "\n";
    random.succeed({"label", "import", random.write("labels.csv", table).string()});

    learnAndScore(active);
    learnAndScore(random);
    const double withRounds = recall(active, truth), withoutRounds = recall(random, truth);
    std::cout << "recall of the two emission classes after " << given << " labels: " << withRounds
              << " chosen in rounds, " << withoutRounds << " chosen at random" << std::endl;
    RecordProperty("recall_rounds", std::to_string(withRounds));
    RecordProperty("recall_random", std::to_string(withoutRounds));
    EXPECT_GT(withRounds, withoutRounds);
}

TEST(Discover, PutsEmissionStarsFirstWithoutALabel) {
    BALMER_NEEDS_NETWORK();
    BalmerSession session;
    session.succeed({"simulate", "--out", (session / "survey").string(), "--spectra", "600", "--targets",
                     "0.04", "--seed", "11"},
                    kLimit);
    const auto truth = readTruth(session / "survey");
    ASSERT_EQ(truth.classOf.size(), 600u);
    const auto found = session.succeed({"discover", (session / "survey").string()}, kLimit);
    ASSERT_TRUE(found.is_object());
    const auto candidates = found["round"]["candidates"];
    ASSERT_GE(candidates.size(), 10u) << "24 emission stars are among the 600";
    int right = 0;
    for (std::size_t i = 0; i < 10; ++i) {
        const auto is = truth.classOf.find(candidates[i].value("id", ""));
        ASSERT_NE(is, truth.classOf.end()) << candidates[i].dump();
        right += is->second != truth.classes.front();
    }
    std::cout << right << " of the first ten candidates are emission stars" << std::endl;
    EXPECT_GE(right, 8);

    // The project holds the spectra now: nothing is imported twice.
    const auto again = session.succeed({"import", (session / "survey").string()}, kLimit);
    EXPECT_EQ(again.value("imported", -1), 0);
    EXPECT_EQ(session.rows().size(), 600u);
}

} // namespace
} // namespace balmer::test

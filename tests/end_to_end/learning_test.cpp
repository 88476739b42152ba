// Labels, the network, scores and one round, on data whose classes any network tells apart.
#include "tests/support/balmer_session.h"
#include "tests/support/network.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

TEST(Labels, FromAFileStandInTheList) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(10, {})).string(), "--name", "m"});
    session.succeed(
        {"label", "import", session.write("l.csv", "id,label\nrow-1,star\nrow-2,quasar\n").string()});
    auto rows = session.rows();
    EXPECT_EQ(rows["row-1"].value("label", ""), "star");
    EXPECT_EQ(rows["row-2"].value("label", ""), "quasar");
    session.succeed({"label", "import", session.write("l2.csv", "id,label\nrow-1,galaxy\n").string()});
    rows = session.rows();
    EXPECT_EQ(rows["row-1"].value("label", ""), "galaxy") << "the newer label stands";
    EXPECT_EQ(rows["row-2"].value("label", ""), "quasar");
}

TEST(Network, LearnsScoresAndTellsWhatItDid) {
    BALMER_NEEDS_NETWORK();
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(150, {"a", "b"})).string(), "--name", "m"});
    const auto learned = session.succeed({"learn", "--dataset", "m", "--folds", "2", "--seed", "1"});
    EXPECT_GE(learned.value("macro_f1", 0.0), 0.95) << learned.dump();
    EXPECT_GE(learned.value("accuracy", 0.0), 0.95) << learned.dump();
    EXPECT_TRUE(learned.contains("confusion") && learned.contains("seconds")) << learned.dump();
    const std::string model =
        learned["model"].is_string() ? learned["model"].get<std::string>() : learned["model"].dump();

    const auto scored = session.succeed({"score", "--model", model, "--dataset", "m"});
    EXPECT_EQ(scored.value("rows", 0), 150) << scored.dump();
    EXPECT_TRUE(scored.contains("seconds")) << scored.dump();
    int counted = 0;
    for (const auto& [name, count] : scored["counts"].items())
        counted += count.get<int>();
    EXPECT_EQ(counted, 150) << scored.dump();
    EXPECT_NEAR(scored["counts"].value("a", 0), 75, 4) << scored.dump();
}

TEST(Network, AClassWithACommaIsQuotedOrTheOptionRepeated) {
    BalmerSession session;
    std::string table = lineMatrix(8, {"other", "second"});
    for (auto at = table.find("second"); at != std::string::npos; at = table.find("second", at + 12))
        table.replace(at, 6, "\"Be, shell\"");
    session.succeed({"dataset", "import", session.write("m.csv", table).string(), "--name", "m"});
    const nlohmann::json named{"Be, shell", "other"};
    const auto classesOf = [&](const std::vector<std::string>& options) {
        std::vector<std::string> words{"learn", "--dataset", "m", "--folds", "0", "--epochs", "1"};
        words.insert(words.end(), options.begin(), options.end());
        auto classes = session.succeed(words)["classes"];
        std::sort(classes.begin(), classes.end());
        return classes;
    };
    EXPECT_EQ(classesOf({"--classes", "other,\"Be, shell\""}), named);
    EXPECT_EQ(classesOf({"--classes", "other", "--classes", "\"Be, shell\""}), named);
    EXPECT_NE(session.fail({"learn", "--dataset", "m", "--classes", "other,\"Be"}).dump().find("--classes"),
              std::string::npos);
}

TEST(Network, RoundForClassesWithoutAProfileAsksForLabelsFirst) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(40, {})).string(), "--name", "m"});
    const std::vector<std::string> round{"round",     "--dataset", "m",       "--classes", "other,A",
                                         "--targets", "A",         "--batch", "8"};
    const auto asks = session.succeed(round);
    EXPECT_EQ(asks["without_examples"], nlohmann::json({"other", "A"})) << asks.dump();
    EXPECT_EQ(asks["oracle"].size(), 8u) << asks.dump();
    EXPECT_TRUE(asks["model"].is_null()) << asks.dump();
    const auto words = runProcess({BALMER_COMMAND, "--project", session.project().string(), "round",
                                   "--dataset", "m", "--classes", "other,A", "--targets", "A"});
    EXPECT_EQ(words.exitStatus, 0) << words.describe();
    EXPECT_NE(words.standardOutput.find("nothing was trained"), std::string::npos) << words.describe();
    EXPECT_NE(words.standardOutput.find("--profile"), std::string::npos) << words.describe();

    BALMER_NEEDS_NETWORK();
    auto tied = round;
    tied.insert(tied.end(), {"--profile", "A=single-peak", "--simulated", "20", "--epochs", "2"});
    const auto trained = session.succeed(tied);
    EXPECT_EQ(trained["simulated"], true) << trained.dump();
    EXPECT_TRUE(trained["model"].is_string()) << trained.dump();
}

TEST(Network, RoundWithAnOracleLabelsAndProposes) {
    BALMER_NEEDS_NETWORK();
    BalmerSession session;
    session.succeed({"simulate", "--out", (session / "s").string(), "--spectra", "150", "--targets", "0.2",
                     "--seed", "5"});
    const auto truth = readTruth(session / "s");
    ASSERT_GE(truth.classes.size(), 2u);
    session.succeed({"import", (session / "s").string(), "--recursive"});
    session.succeed({"preprocess", "--preset", "halpha-140", "--name", "w"});
    const std::vector<std::string> targets(truth.classes.begin() + 1, truth.classes.end());
    const auto round =
        session.succeed({"round", "--dataset", "w", "--classes", joined(truth.classes), "--targets",
                         joined(targets), "--batch", "10", "--oracle", truth.file.string()});
    EXPECT_GE(round.value("round", -1), 0) << round.dump().substr(0, 400);
    ASSERT_TRUE(round["oracle"].is_array());
    EXPECT_EQ(round["oracle"].size(), 10u);
    for (const char* key : {"performance_estimate", "candidates", "precision", "precision_lower_95"})
        EXPECT_TRUE(round.contains(key)) << key;
    for (const auto& entry : round["candidates"])
        for (const char* key : {"id", "class", "probability", "entropy"})
            ASSERT_TRUE(entry.contains(key)) << key << " is not in " << entry.dump();

    const auto rows = session.rows();
    for (const auto& entry : round["oracle"]) {
        const std::string id = entry.value("id", "");
        ASSERT_TRUE(rows.count(id)) << id;
        EXPECT_EQ(rows.at(id).value("label", ""), truth.classOf.at(id)) << "the oracle's answer for " << id;
    }
}

} // namespace
} // namespace balmer::test

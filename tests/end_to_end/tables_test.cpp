// Every classifier and every query strategy that there is: in the helps, in the schema from which the window
// makes its forms, and at work on one pool.
#include <algorithm>
#include <set>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/active/mix.h"
#include "engine/active/strategy.h"
#include "engine/learn/classifiers.h"
#include "tests/support/balmer_session.h"
#include "tests/support/network.h"
#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

using testing::HasSubstr;

constexpr std::size_t poolRows = 90;
constexpr auto patience = std::chrono::seconds(300);

std::string help(const BalmerSession& session, const std::string& command) {
    const auto said = session.run({command, "--help"});
    EXPECT_EQ(said.exitStatus, 0) << said.describe();
    return said.standardOutput;
}

nlohmann::json fieldOf(const BalmerSession& session, const std::string& kind, const std::string& field) {
    const auto schema = session.run({"job", "schema", kind});
    EXPECT_EQ(schema.exitStatus, 0) << schema.describe();
    return nlohmann::json::parse(schema.standardOutput).at("properties").at(field);
}

TEST(Tables, EachClassifierAndEachStrategyIsListedAndWorks) {
    const BalmerSession session;
    const std::vector<std::string> names{"other", "sharp", "broad"};
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(poolRows, names)).string(), "--name", "m"});

    std::set<std::string> choices;
    const auto classifier = fieldOf(session, "learn", "classifier");
    for (const auto& choice : classifier.at("enum"))
        choices.insert(choice.get<std::string>());
    for (const auto& kind : learn::classifierKinds()) {
        const std::string name(kind.name);
        SCOPED_TRACE(name);
        EXPECT_EQ(choices.erase(name), 1u);
        for (const char* const command : {"learn", "round"})
            EXPECT_THAT(help(session, command), HasSubstr(name));
        if (name == "network" && !whyNoNetwork().empty()) continue;
        std::vector<std::string> learn{"learn", "--dataset", "m", "--folds", "0", "--classifier", name};
        if (name == "network") learn.insert(learn.end(), {"--settings", "width=16,kernel=5,epochs=20"});
        const auto learned = session.succeed(learn, patience);
        EXPECT_EQ(learned.value("model_kind", ""), name);
        const auto scored =
            session.succeed({"score", "--model", learned["model"], "--dataset", "m"}, patience);
        for (const auto& each : names)
            EXPECT_NEAR(scored["counts"].value(each, 0), poolRows / names.size(), 3) << scored.dump();
    }
    EXPECT_THAT(choices, testing::IsEmpty()) << "a choice that is in no table";

    std::string truth = "id,label\n";
    for (std::size_t row = 0; row < poolRows; ++row)
        truth += "row-" + std::to_string(row) + "," + names[row % names.size()] + "\n";
    const auto table = session.write("t.csv", truth).string();
    const auto listed = fieldOf(session, "round", "strategy").at("description").get<std::string>();
    std::vector<std::string> words{std::string(active::coldStartName), "diverse:margin"};
    for (const auto& strategy : active::strategies())
        words.emplace_back(strategy.name);
    for (const auto& word : words) {
        SCOPED_TRACE(word);
        EXPECT_THAT(help(session, "round"), HasSubstr(word.substr(0, word.find(':'))));
        EXPECT_THAT(listed, HasSubstr(word.substr(0, word.find(':'))));
        const auto played =
            session.succeed({"active-benchmark", "--dataset", "m", "--truth", table, "--classes",
                             "other,sharp,broad", "--targets", "sharp,broad", "--model", "committee",
                             "--strategy", word, "--batch", "10", "--labels", "30", "--seeds", "1"},
                            patience);
        const auto& rounds = played["curves"][0]["rounds"];
        ASSERT_EQ(rounds.size(), 4u) << played.dump();
        EXPECT_EQ(rounds.back()["labels"], 30);
        EXPECT_GE(rounds.back()["f1"], 0.5) << rounds.dump();
        EXPECT_GE(rounds.back()["found"], 6) << rounds.dump();
    }
}

} // namespace
} // namespace balmer::test

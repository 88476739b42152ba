// The map from the command line: what it reports, and that threads do not matter.
#include "tests/support/balmer_session.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

TEST(Map, ReportsItsQualityAndIsAJob) {
    BalmerSession session;
    session.succeed({"dataset", "import", session.write("m.csv", lineMatrix(200, {"a", "b", "c"})).string(),
                     "--name", "m"});
    const auto map =
        session.succeed({"som", "--dataset", "m", "--grid", "6x5", "--epochs", "4", "--seed", "1"});
    EXPECT_GT(map.value("quantisation_error", -1.0), 0.0) << map.dump();
    EXPECT_GE(map.value("topographic_error", -1.0), 0.0) << map.dump();
    EXPECT_LE(map.value("topographic_error", 2.0), 1.0) << map.dump();
    EXPECT_EQ(map.value("epochs", 0), 4) << map.dump();
    EXPECT_TRUE(map.contains("seconds")) << map.dump();

    const auto jobs = session.succeed({"jobs"});
    bool found = false;
    for (const auto& job : jobs["jobs"]) {
        for (const char* key :
             {"id", "kind", "label", "phase", "created", "started", "ended", "progress", "error"})
            EXPECT_TRUE(job.contains(key)) << key << " is not in " << job.dump();
        if (job["id"] != map["job"]) continue;
        found = true;
        EXPECT_EQ(job.value("kind", ""), "som");
        EXPECT_EQ(job.value("phase", ""), "COMPLETED");
    }
    EXPECT_TRUE(found) << jobs.dump();
}

TEST(Map, IsTheSameForEachNumberOfThreads) {
    BalmerSession session;
    session.succeed({"dataset", "import", session.write("m.csv", lineMatrix(700, {"a", "b", "c"})).string(),
                     "--name", "m"});
    std::set<std::string> digests;
    for (const char* threads : {"1", "2", "3"}) {
        const auto map = session.succeed(
            {"som", "--dataset", "m", "--grid", "8x8", "--epochs", "5", "--seed", "1", "--threads", threads});
        digests.insert(map.value("codebook_digest", ""));
    }
    EXPECT_EQ(digests.size(), 1u);
    EXPECT_NE(*digests.begin(), "");
    std::set<std::string> seeded;
    for (const char* seed : {"1", "2"}) {
        const auto map = session.succeed({"som", "--dataset", "m", "--grid", "8x8", "--epochs", "5", "--seed",
                                          seed, "--initialisation", "random-rows"});
        seeded.insert(map.value("codebook_digest", ""));
    }
    EXPECT_EQ(seeded.size(), 2u) << "another seed made the same map from random rows";
}

TEST(Map, FromASpecEqualsTheOneFromOptions) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(100, {"a", "b"})).string(), "--name", "m"});
    const auto first =
        session.succeed({"som", "--dataset", "m", "--grid", "5x4", "--epochs", "3", "--seed", "9"});
    const auto spec = session.write(
        "spec.json",
        R"({"kind": "som", "parameters": {"dataset": "m", "grid": "5x4", "epochs": 3, "seed": 9}})");
    const auto second = session.succeed({"run", spec.string()});
    EXPECT_EQ(first.value("codebook_digest", "one"), second.value("codebook_digest", "two"));
}

TEST(JobKind, ItsSchemaSaysWhatItTakes) {
    BalmerSession session;
    const auto schema = session.succeed({"job", "schema", "som"});
    EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    EXPECT_EQ(schema["additionalProperties"], false);
    EXPECT_EQ(schema["required"], nlohmann::json{"dataset"});
    const auto& epochs = schema["properties"]["epochs"];
    EXPECT_EQ(epochs["type"], "integer");
    EXPECT_EQ(epochs["default"], 10);
    EXPECT_EQ(epochs["minimum"], 1);
    EXPECT_FALSE(epochs["description"].get<std::string>().empty());
    EXPECT_EQ(schema["properties"]["neighbourhood"]["enum"], (nlohmann::json{"gaussian", "bubble"}));
    EXPECT_GE(session.succeed({"job", "schema"})["kinds"].size(), 15u);
}

TEST(JobKind, ItsSchemaIsJsonForPeopleToo) {
    const BalmerSession session;
    for (const auto& kind : {"som", "round"}) {
        auto command = session.command({"job", "schema", kind});
        command.erase(std::find(command.begin(), command.end(), "--json"));
        const auto said = runProcess(command);
        EXPECT_TRUE(nlohmann::json::accept(said.standardOutput)) << said.describe();
        EXPECT_GT(std::count(said.standardOutput.begin(), said.standardOutput.end(), '\n'), 20);
    }
}

TEST(JobRecord, IsCompleteAndGivesTheSameMapAgain) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(60, {"a", "b"})).string(), "--name", "m"});
    const auto map = session.succeed({"som", "--dataset", "m", "--grid", "4x4"});
    const auto record = session.succeed({"job", "show", map["job"].dump()});
    EXPECT_EQ(record["seed"], 1);
    const auto schema = session.succeed({"job", "schema", "som"});
    for (const auto& [name, field] : schema["properties"].items()) {
        ASSERT_TRUE(record["parameters"].contains(name)) << name;
        if (name != "dataset" && name != "grid") {
            EXPECT_EQ(record["parameters"][name], field["default"]) << name;
        }
    }
    const auto again = session.succeed({"job", "rerun", map["job"].dump()});
    EXPECT_EQ(again["codebook_digest"], map["codebook_digest"]);
    const auto other = session.succeed(
        {"som", "--dataset", "m", "--grid", "4x4", "--seed", "7", "--initialisation", "random-rows"});
    EXPECT_EQ(session.succeed({"job", "show", other["job"].dump()})["seed"], 7);
}

} // namespace
} // namespace balmer::test

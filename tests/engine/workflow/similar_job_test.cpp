#include <gmock/gmock.h>

#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::test {
namespace {

using testing::HasSubstr;

using SimilarJob = ProjectWithJobs;

TEST_F(SimilarJob, ListsSpectraOfTheSameShapeWithTheirLabels) {
    succeed("dataset-import", {{"file", write("m.csv", matrix(60, {"a", "b"}))}, {"name", "m"}});
    const auto found = succeed("similar", {{"dataset", "m"}, {"like", "row-5"}, {"most", 29}});
    EXPECT_EQ(found["rows"], 60);
    ASSERT_EQ(found["list"].size(), 29u);
    double last = 1;
    for (const auto& each : found["list"]) {
        EXPECT_NE(each["id"], "row-5");
        EXPECT_EQ(each["label"], "b") << each.dump();
        EXPECT_LE(each["correlation"], last);
        last = each["correlation"];
    }
}

TEST_F(SimilarJob, ComparesTheDrawnWavelengthsOnly) {
    std::string table = "id";
    for (int i = 0; i < 20; ++i)
        table += "," + std::to_string(6550 + i);
    const auto add = [&](const std::string& id, auto flux) {
        table += "\n" + id;
        for (int i = 0; i < 20; ++i)
            table += "," + std::to_string(flux(i));
    };
    add("rises", [](int i) { return 100 + 3 * i; });
    add("falls", [](int i) { return 50 - i; });
    add("turns", [](int i) { return i < 10 ? i : 20 - i; });
    succeed("dataset-import", {{"file", write("t.csv", table + "\n")}, {"name", "t"}});
    const auto order = [&](const nlohmann::json& more) {
        nlohmann::json parameters{{"dataset", "t"}};
        parameters.update(more);
        std::vector<std::string> ids;
        const auto result = succeed("similar", parameters);
        for (const auto& each : result["list"])
            ids.push_back(each["id"]);
        return ids;
    };
    EXPECT_THAT(order({{"shape", {{"6550", "1"}, {"6569", "0"}}}}),
                testing::ElementsAre("falls", "turns", "rises"));
    EXPECT_THAT(order({{"like", "rises"}, {"to", 6558}}), testing::ElementsAre("turns", "falls"));
    EXPECT_THAT(order({{"like", "falls"}, {"from", 6561}}), testing::ElementsAre("turns", "rises"));

    const auto said = [&](const nlohmann::json& more) {
        nlohmann::json parameters{{"dataset", "t"}};
        parameters.update(more);
        return fail("similar", parameters).message();
    };
    EXPECT_THAT(said(nlohmann::json::object()), HasSubstr("either parameters.like"));
    EXPECT_THAT(said({{"like", "nobody"}}), HasSubstr("has no spectrum nobody"));
    EXPECT_THAT(said({{"like", "rises"}, {"from", 1}, {"to", 2}}), HasSubstr("fewer than three samples"));
    EXPECT_THAT(said({{"shape", {{"6550", "1"}}}}), HasSubstr("two points"));
    EXPECT_THAT(said({{"shape", {{"blue", "1"}, {"6560", "2"}}}}), HasSubstr("blue=1"));
    EXPECT_THAT(said({{"shape", {{"1", "1"}, {"2", "2"}}}}), HasSubstr("6550.0 to 6569.0"));
}

} // namespace
} // namespace balmer::test

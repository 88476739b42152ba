// What is true of every kind of job, and what happens to a job when it is submitted.
#include "engine/workflow/job_kinds.h"

#include <set>

#include <gmock/gmock.h>

#include "engine/core/text_number.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::workflow {
namespace {

using nlohmann::json;
using testing::HasSubstr;

TEST(JobKinds, EachSaysWhatItIs) {
    std::set<std::string> names, commands;
    for (const auto& kind : jobKinds({})) {
        const auto& about = kind.about;
        EXPECT_TRUE(names.insert(about.kind).second) << about.kind;
        EXPECT_TRUE(about.command.empty() || commands.insert(about.command).second) << about.command;
        EXPECT_FALSE(about.title.empty()) << about.kind;
        EXPECT_FALSE(about.help.empty()) << about.kind;
        EXPECT_FALSE(about.results.empty()) << about.kind;
        EXPECT_EQ(about.stays.empty(), canTravel(kind)) << about.kind;
        const auto schema = json::parse(about.schema), defaults = json::parse(about.defaults);
        std::set<std::string> options;
        for (const auto& field : about.fields) {
            EXPECT_FALSE(field.help.empty()) << about.kind << "." << field.name;
            EXPECT_TRUE(schema["properties"].contains(field.name)) << about.kind << "." << field.name;
            EXPECT_TRUE(defaults.contains(field.name)) << about.kind << "." << field.name;
            const auto option = jobs::optionOf(field);
            EXPECT_TRUE(option.empty() || options.insert(option).second) << about.kind << " " << option;
            if (!field.choices.empty() && !field.required) {
                EXPECT_THAT(field.choices, testing::Contains(field.initialText))
                    << about.kind << "." << field.name;
            }
        }
    }
}

TEST(JobKinds, FieldsInASentenceAreSpeltAsAFaceCallsThem) {
    const auto kinds = jobKinds({});
    const auto& kind = **findKind(kinds, "table-import");
    const auto spelt = [&](std::string_view sentence) {
        return jobs::withFieldsSpelt(sentence, kind.about.fields, jobs::optionOf);
    };
    EXPECT_EQ(spelt("name the column with parameters.id_column"), "name the column with --id-column");
    EXPECT_EQ(spelt("name parameters.columns, parameters.label_column or both"),
              "name --column, --labels or both");
    EXPECT_EQ(spelt("parameters.colums is not a field"), "parameters.colums is not a field");
    EXPECT_EQ(jobs::titleOf(*kind.about.field("id_column")), "Spectra by");
}

class Submission : public test::ProjectWithJobs {
  protected:
    /// The parameters that are kept of these.
    json recorded(const std::string& kind, const json& parameters, std::size_t threads = 0) {
        jobs::JobSpec spec;
        spec.kind = kind;
        spec.parameters = parameters.dump();
        (void)prepareJob(kinds(), *project_, spec, threads); // complete also where the project refuses it
        return json::parse(spec.parameters);
    }
    Submission() {
        succeed("dataset-import", {{"file", write("m.csv", matrix(30, {"a", "b"}))}, {"name", "m"}});
    }
    core::Error refused(const std::string& kind, const json& parameters) {
        jobs::JobSpec spec;
        spec.kind = kind;
        spec.parameters = parameters.dump();
        const auto prepared = prepareJob(kinds(), *project_, spec);
        EXPECT_FALSE(prepared) << kind << " " << parameters.dump();
        return prepared ? core::Error(core::ErrorCode::Internal, "accepted") : prepared.error();
    }
};

TEST_F(Submission, TheRecordHasAllParametersAndTheSeedThatIsUsed) {
    const auto done = job("som", {{"dataset", "m"}, {"grid", "3x3"}});
    ASSERT_EQ(done.phase, jobs::Phase::Completed) << (done.error ? done.error->describe() : "");
    const auto parameters = json::parse(done.spec.parameters);
    for (const auto& field : kindOf("som").about.fields)
        EXPECT_TRUE(parameters.contains(field.name)) << field.name;
    EXPECT_EQ(parameters["seed"], 1);
    EXPECT_EQ(parameters["epochs"], 10);
    EXPECT_EQ(done.spec.inputs.size(), 1u);
    EXPECT_EQ(recorded("som", {{"dataset", "m"}, {"grid", "3x3"}, {"seed", 42}})["seed"], 42);
    EXPECT_FALSE(recorded("score", {{"dataset", "m"}, {"model", "x"}}).contains("seed"))
        << "a kind without a seed has none";
}

TEST_F(Submission, TheRecordSaysWhatIsMeantHoweverItWasWritten) {
    const auto map = recorded("som", {{"dataset", "m"}, {"grid", " 3 X 2"}, {"topology", "hex"}});
    EXPECT_EQ(map["topology"], "hexagonal");
    EXPECT_EQ(map["grid"], "3x2");
    EXPECT_EQ(recorded("learn", {{"dataset", "m"}, {"classes", {" b", "a "}}})["classes"], json({"a", "b"}));
    const auto round = recorded("round", {{"dataset", "m"}, {"classes", {"other ", "double peak", "x"}}});
    EXPECT_EQ(round["classes"], json({"other", "double peak", "x"}));
    EXPECT_EQ(round["targets"], json({"double peak"})) << "of the usual targets the one that is a class";
    EXPECT_THAT(
        refused("round", {{"dataset", "m"}, {"classes", {"other", "Be"}}}).message(),
        HasSubstr("parameters.targets must say which of the classes are looked for; they are other,Be"));
}

TEST_F(Submission, TheRecordHasTheThreadsThatTheProgramWasToldToUse) {
    const json wanted{{"dataset", "m"}, {"grid", "3x3"}};
    EXPECT_EQ(recorded("som", wanted)["threads"], 0) << "all processors";
    EXPECT_EQ(recorded("som", wanted, 3)["threads"], 3);
    auto own = wanted;
    own["threads"] = 2;
    EXPECT_EQ(recorded("som", own, 3)["threads"], 2);
    EXPECT_FALSE(recorded("simulate", {{"out", "x"}}, 3).contains("threads"));
}

/// A value for each field that has to be given, so that kinds can be asked about one other.
json needed(const jobs::Kind& kind) {
    json parameters = json::object();
    for (const auto& field : kind.fields)
        if (field.required)
            parameters[field.name] = field.type == Field::Type::List ? json({"http://a.example/x"})
                                     : field.name == "url"           ? json("http://a.example/x")
                                                                     : json("x.csv");
    return parameters;
}

TEST(JobKinds, WhatASchemaAllowsTheKindTakesAndNothingElse) {
    for (const auto& kind : jobKinds({})) {
        const auto schema = json::parse(kind.about.schema)["properties"];
        for (const auto& field : kind.about.fields) {
            if (field.type != Field::Type::Integer && field.type != Field::Type::Number) continue;
            const auto& bounds = schema[field.name];
            const auto takes = [&](const json& value) {
                auto parameters = needed(kind.about);
                parameters[field.name] = value;
                // A pair of bounds is kept in order.
                for (const auto& [low, high] :
                     {std::pair("_minimum", "_maximum"), std::pair("_end", "_start")})
                    if (const auto at = field.name.find(low); at != std::string::npos)
                        parameters[field.name.substr(0, at) + high] = value;
                return static_cast<bool>(kind.complete(parameters.dump()));
            };
            const auto name = kind.about.kind + "." + field.name;
            for (const auto* bound : {"minimum", "maximum"}) {
                if (!bounds.contains(bound)) continue;
                EXPECT_TRUE(takes(bounds[bound])) << name << " is not taken at its " << bound;
                const auto beyond = bound == std::string_view("minimum") ? -1 : 1;
                EXPECT_FALSE(takes(bounds[bound].get<double>() + beyond)) << name;
            }
            for (const auto* bound : {"exclusiveMinimum", "exclusiveMaximum"})
                if (bounds.contains(bound)) {
                    EXPECT_FALSE(takes(bounds[bound])) << name;
                }
            if (bounds.contains("not")) {
                EXPECT_FALSE(takes(bounds["not"]["const"])) << name;
            }
            EXPECT_TRUE(bounds.contains("minimum") || bounds.contains("exclusiveMinimum")) << name;
        }
    }
}

TEST_F(Submission, ARecordThatIsRunAgainGivesTheSameDigest) {
    const auto first = job("som", {{"dataset", "m"}, {"grid", "3x3"}});
    const auto again = job("som", json::parse(first.spec.parameters));
    const auto digest = [](const jobs::Job& done) { return json::parse(done.result)["codebook_digest"]; };
    EXPECT_EQ(digest(again), digest(first));
    EXPECT_EQ(again.spec.parameters, first.spec.parameters);
    // As records were before they were complete.
    EXPECT_EQ(digest(job("som", {{"dataset", "m"}, {"grid", "3x3"}, {"schema", 1}})), digest(first));
}

TEST_F(Submission, WhatTheProjectCannotDoIsRefusedBeforeAnythingIsKept) {
    EXPECT_THAT(refused("som", {{"dataset", "m"}, {"grid", "6x6"}}).message(),
                HasSubstr("36 neurons for 30 rows"));
    const auto unknown = refused("learn", {{"dataset", "n"}});
    EXPECT_EQ(unknown.code(), core::ErrorCode::NotFound);
    EXPECT_THAT(unknown.message(), HasSubstr("\"n\""));
    EXPECT_THAT(refused("score", {{"dataset", "m"}, {"model", "learn-77"}}).message(), HasSubstr("learn-77"));
    EXPECT_THAT(refused("preprocess", {{"name", "m"}}).message(), HasSubstr("another dataset \"m\""));
    EXPECT_THAT(refused("preprocess", {{"name", "x"}, {"collection", "y"}}).message(), HasSubstr("\"y\""));
    EXPECT_THAT(refused("preprocess", {{"name", "a/b"}}).message(), HasSubstr("a/b"));
    EXPECT_THAT(refused("som", {{"dataset", "m"}, {"topology", "round"}}).message(),
                HasSubstr("parameters.topology must be hexagonal or rectangular"));
    EXPECT_THAT(refused("alchemy", json::object()).message(), HasSubstr("there are: import"));
    const auto kept = project_->jobs().list({});
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->size(), 1u) << "the import alone";
}

TEST_F(Submission, AKindTellsWhatItMakes) {
    const auto result = job("som", {{"dataset", "m"}, {"grid", "3x3"}}).result;
    const auto right = checkResult(result, kindOf("som").about.results);
    EXPECT_TRUE(right) << test::why(right);
}

} // namespace
} // namespace balmer::workflow

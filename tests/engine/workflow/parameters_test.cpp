#include "engine/workflow/parameters.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/support/test_support.h"

namespace balmer::workflow {
namespace {

using testing::HasSubstr;

struct Example {
    std::string name;
    int epochs = 10;
    double radius = 0.5;
    bool gzip = true;
    std::uint64_t seed = 1;
    std::vector<std::string> classes{"a", "b"};
    std::optional<double> blur;

    void declare(Fields& fields) {
        fields.required("name", name, "what it is called");
        fields.optional("epochs", epochs, "passes");
        fields.optional("radius", radius, "reach");
        fields.optional("gzip", gzip, "compress");
        fields.optional("seed", seed, "of everything random");
        fields.optional("classes", classes, "all of them");
        fields.optional("blur", blur, "in pixels");
    }
};

std::string refusal(std::string_view text) {
    const auto read = readParameters<Example>(text);
    if (read) return "accepted";
    EXPECT_EQ(read.error().code(), core::ErrorCode::InvalidArgument);
    return read.error().message();
}

TEST(Parameters, WhatIsNotGivenKeepsItsDefault) {
    const auto read = readParameters<Example>(R"({"name": "x", "epochs": 3, "blur": null})");
    ASSERT_TRUE(read) << test::why(read);
    EXPECT_EQ(read->name, "x");
    EXPECT_EQ(read->epochs, 3);
    EXPECT_EQ(read->radius, 0.5);
    EXPECT_EQ(read->seed, 1u);
    EXPECT_EQ(read->classes, (std::vector<std::string>{"a", "b"}));
    EXPECT_FALSE(read->blur);
}

TEST(Parameters, UnknownFieldIsRefusedByItsPathWithTheKnownOnes) {
    const auto message = refusal(R"({"name": "x", "epocs": 3})");
    EXPECT_THAT(message, HasSubstr("parameters.epocs"));
    EXPECT_THAT(message, HasSubstr("name, epochs, radius, gzip, seed, classes, blur"));
    // A part of a known name, or two of them, is not a name.
    EXPECT_THAT(refusal(R"({"name": "x", "epoch": 3})"), HasSubstr("parameters.epoch "));
    EXPECT_THAT(refusal(R"({"name": "x", "epochs, radius": 3})"), HasSubstr("is not a field"));
}

TEST(Parameters, WrongTypeIsRefusedByItsPathWithWhatWasFound) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"name": 7})", "parameters.name must be a text, not 7"},
        {R"({"name": "x", "epochs": "three"})", "parameters.epochs must be a whole number, not \"three\""},
        {R"({"name": "x", "epochs": 2.5})", "parameters.epochs must be a whole number, not 2.5"},
        {R"({"name": "x", "epochs": 3000000000})",
         "parameters.epochs must be a whole number of at most 2147483647, not 3000000000"},
        {R"({"name": "x", "radius": true})", "parameters.radius must be a number"},
        {R"({"name": "x", "gzip": 1})", "parameters.gzip must be true or false"},
        {R"({"name": "x", "seed": -1})", "parameters.seed must be a whole number of at least 0"},
        {R"({"name": "x", "classes": ["a", 1]})", "parameters.classes must be a list of texts"},
        {R"({"name": "x", "blur": "much"})", "parameters.blur must be a number or null"},
        {R"({"name": "x", "schema": 2})", "parameters.schema must be 1"}};
    for (const auto& [text, expected] : cases)
        EXPECT_THAT(refusal(text), HasSubstr(expected)) << text;
}

TEST(Parameters, NeededFieldMustBeThereAndNotEmpty) {
    EXPECT_THAT(refusal("{}"), HasSubstr("parameters.name is missing"));
    EXPECT_THAT(refusal(""), HasSubstr("parameters.name is missing"));
    EXPECT_THAT(refusal(R"({"name": ""})"), HasSubstr("not empty"));
}

TEST(Parameters, WhatIsNoObjectIsRefused) {
    EXPECT_THAT(refusal("[1]"), HasSubstr("object"));
    EXPECT_THAT(refusal("{\"name\":"), HasSubstr("not JSON"));
}

TEST(Parameters, WrittenDefaultsCanBeReadAgain) {
    Example example;
    example.name = "x";
    example.blur = 7;
    const auto written = writeParameters(example);
    const auto read = readParameters<Example>(written);
    ASSERT_TRUE(read) << test::why(read);
    EXPECT_EQ(read->blur, 7);
    EXPECT_EQ(writeParameters(*read), written);
}

TEST(Parameters, EachFieldIsExplainedWithItsDefault) {
    const auto lines = explain(fieldsOf<Example>());
    EXPECT_THAT(lines, HasSubstr("name (needed): what it is called\n"));
    EXPECT_THAT(lines, HasSubstr("epochs (default: 10): passes\n"));
    EXPECT_THAT(lines, HasSubstr("classes (default: a,b): all of them\n"));
    EXPECT_THAT(lines, HasSubstr("blur: in pixels\n"));
}

struct Bounded {
    int epochs = 10;
    double share = 0.5;
    std::string lattice = "hexagonal";
    std::vector<std::string> words;
    std::map<std::string, std::string> codes{{"0", "other"}};
    std::optional<double> blur;

    void declare(Fields& fields) {
        fields.optional("epochs", epochs, {.help = "passes over the data", .minimum = 1, .maximum = 100});
        fields.optional("share", share, {.help = "of the rows", .above = 0, .below = 1});
        fields.optional("lattice", lattice,
                        {.help = "how neurons lie",
                         .choices = {"hexagonal", "rectangular"},
                         .aliases = {{"hex", "hexagonal"}}});
        fields.optional("words", words, {.help = "some", .choices = {"a", "b"}, .otherwise = "all"});
        fields.optional("codes", codes, {.help = "what they stand for"});
        fields.optional("blur", blur, {.help = "Gaussian blur", .unit = "pixels", .minimum = 0});
    }
};

std::string boundedRefusal(std::string_view text) {
    const auto read = readParameters<Bounded>(text);
    return read ? "accepted" : read.error().message();
}

TEST(Parameters, RangesAndChoicesAreCheckedByTheField) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"epochs": 0})", "parameters.epochs must be a whole number 1 to 100, not 0"},
        {R"({"epochs": 101})", "parameters.epochs must be a whole number 1 to 100, not 101"},
        {R"({"share": 0})", "parameters.share must be a number above 0 and below 1, not 0"},
        {R"({"share": 1.0})", "parameters.share must be a number above 0 and below 1, not 1.0"},
        {R"({"lattice": "round"})", "parameters.lattice must be hexagonal or rectangular, not \"round\""},
        {R"({"words": ["a", "c"]})", "parameters.words must be a list of texts, each a or b"},
        {R"({"codes": {"0": 7}})", "parameters.codes.0 must be a text, not 7"},
        {R"({"codes": ["0"]})", "parameters.codes must be an object of texts"},
        {R"({"blur": -1})", "parameters.blur must be a number of at least 0 or null, not -1"}};
    for (const auto& [text, expected] : cases)
        EXPECT_THAT(boundedRefusal(text), HasSubstr(expected)) << text;
    EXPECT_EQ(boundedRefusal(R"({"epochs": 1, "share": 0.1, "lattice": "hex", "words": ["b"], "blur": null,
                                 "codes": {"0": "a", "1": "b, c"}})"),
              "accepted");
}

TEST(Parameters, TheSchemaSaysWhatTheDeclarationSays) {
    const auto schema = nlohmann::json::parse(schemaOf("Bounded", "an example", fieldsOf<Bounded>()));
    EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
    EXPECT_EQ(schema["type"], "object");
    EXPECT_EQ(schema["additionalProperties"], false);
    EXPECT_TRUE(schema["required"].empty());
    const auto& fields = schema["properties"];
    EXPECT_EQ(fields["epochs"], (nlohmann::json{{"type", "integer"},
                                                {"minimum", 1},
                                                {"maximum", 100},
                                                {"description", "passes over the data"},
                                                {"default", 10}}));
    EXPECT_EQ(fields["share"]["exclusiveMinimum"], 0.0);
    EXPECT_EQ(fields["share"]["exclusiveMaximum"], 1.0);
    EXPECT_EQ(fields["lattice"]["enum"], (nlohmann::json{"hexagonal", "rectangular", "hex"}));
    EXPECT_EQ(fields["words"]["items"]["enum"], (nlohmann::json{"a", "b"}));
    EXPECT_EQ(fields["codes"]["additionalProperties"]["type"], "string");
    EXPECT_EQ(fields["codes"]["default"], (nlohmann::json{{"0", "other"}}));
    EXPECT_EQ(fields["blur"]["type"], (nlohmann::json{"number", "null"}));
    EXPECT_EQ(fields["blur"]["default"], nullptr);
    const auto needed = nlohmann::json::parse(schemaOf("Example", "", fieldsOf<Example>()));
    EXPECT_EQ(needed["required"], nlohmann::json{"name"});
    EXPECT_FALSE(needed["properties"]["name"].contains("default"));
}

TEST(Parameters, AResultIsCheckedAgainstItsFields) {
    const std::vector<Field> fields{textField("grid", ""), orNull(numberField("f1", "")),
                                    orAbsent(countField("labels", "")),
                                    listField("refused", objectField("", {textField("path", "")}, ""), ""),
                                    mapField("counts", countField("", ""), "")};
    const auto says = [&](const char* text) {
        const auto right = checkResult(text, fields);
        if (right) return std::string("right");
        EXPECT_EQ(right.error().code(), core::ErrorCode::Format);
        return right.error().message();
    };
    EXPECT_EQ(
        says(R"({"grid": "2x2", "f1": null, "refused": [{"path": "a"}], "counts": {"x": 1}, "new": 1})"),
        "right");
    EXPECT_EQ(says(R"({"f1": 1, "refused": [], "counts": {}})"), "lacks grid");
    EXPECT_THAT(says(R"({"grid": 7, "f1": 1, "refused": [], "counts": {}})"),
                HasSubstr("grid must be a text, not 7"));
    EXPECT_THAT(says(R"({"grid": "", "f1": 1, "refused": [{"path": "a"}, {}], "counts": {}})"),
                HasSubstr("refused[1].path is missing"));
    EXPECT_THAT(says(R"({"grid": "", "f1": 1, "refused": [], "counts": {"x": "many"}})"),
                HasSubstr("counts.x"));
    EXPECT_THAT(says(R"({"grid": "", "f1": 1, "labels": -1, "refused": [], "counts": {}})"),
                HasSubstr("labels"));
    EXPECT_THAT(says("[1]"), HasSubstr("not a JSON object"));
}

} // namespace
} // namespace balmer::workflow

#include "engine/workflow/parameters.h"

#include <gmock/gmock.h>

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

std::string refusal(std::string_view json) {
    const auto read = readParameters<Example>(json);
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
    // A part of a known name, or two of them, is no name.
    EXPECT_THAT(refusal(R"({"name": "x", "epoch": 3})"), HasSubstr("parameters.epoch "));
    EXPECT_THAT(refusal(R"({"name": "x", "epochs, radius": 3})"), HasSubstr("is not a field"));
}

TEST(Parameters, WrongTypeIsRefusedByItsPathWithWhatWasFound) {
    const std::pair<const char*, const char*> cases[] = {
        {R"({"name": 7})", "parameters.name must be a text, not 7"},
        {R"({"name": "x", "epochs": "three"})", "parameters.epochs must be a whole number, not \"three\""},
        {R"({"name": "x", "epochs": 2.5})", "parameters.epochs must be a whole number, not 2.5"},
        {R"({"name": "x", "epochs": 3000000000})",
         "parameters.epochs must be a whole number, not 3000000000"},
        {R"({"name": "x", "radius": true})", "parameters.radius must be a number"},
        {R"({"name": "x", "gzip": 1})", "parameters.gzip must be true or false"},
        {R"({"name": "x", "seed": -1})", "parameters.seed must be a whole number of at least 0"},
        {R"({"name": "x", "classes": ["a", 1]})", "parameters.classes must be a list of texts"},
        {R"({"name": "x", "blur": "much"})", "parameters.blur must be a number or null"},
        {R"({"name": "x", "schema": 2})", "parameters.schema must be 1"}};
    for (const auto& [json, expected] : cases)
        EXPECT_THAT(refusal(json), HasSubstr(expected)) << json;
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
    const auto lines = explainParameters<Example>();
    EXPECT_THAT(lines, HasSubstr("name (needed): what it is called\n"));
    EXPECT_THAT(lines, HasSubstr("epochs (10): passes\n"));
    EXPECT_THAT(lines, HasSubstr("blur (null): in pixels\n"));
}

} // namespace
} // namespace balmer::workflow

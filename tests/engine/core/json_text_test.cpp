#include "engine/core/json_text.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace {

using namespace balmer::core;
using nlohmann::json;
using nlohmann::ordered_json;

TEST(JsonText, IsUtf8WhateverIsInIt) {
    EXPECT_EQ(jsonText(json{{"name", "caf\xe9"}, {"n", 1}}), "{\"n\":1,\"name\":\"caf\xef\xbf\xbd\"}");
    EXPECT_EQ(jsonText(json{{"a", {1, 2}}}, 1), "{\n \"a\": [\n  1,\n  2\n ]\n}");
    EXPECT_EQ(jsonText(ordered_json{{"z", "é"}, {"a", nullptr}}), "{\"z\":\"é\",\"a\":null}");
}

TEST(JsonText, IsExactOrNotWritten) {
    EXPECT_EQ(exactJsonText(json{"é", 2}).value(), "[\"é\",2]");
    const auto refused = exactJsonText(json{{"caf\xe9", 1}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::Unsupported);
}

TEST(JsonText, IsReadOrRefusedWithTheReason) {
    EXPECT_EQ(parseJson<json>(" {\"a\": [1, true, \"é\"]} ").value(), (json{{"a", {1, true, "é"}}}));
    EXPECT_EQ(parseJson<json>("null").value(), json());
    EXPECT_EQ(jsonText(parseJson<ordered_json>("{\"z\":1,\"a\":2}").value()), "{\"z\":1,\"a\":2}");
    for (const char* wrong : {"", "{", "[1,]", "{\"a\":1} 2", "\"caf\xe9\"", "NaN", "[1e999]"}) {
        const auto refused = parseJson<json>(wrong);
        ASSERT_FALSE(refused) << wrong;
        EXPECT_EQ(refused.error().code(), ErrorCode::Format);
        EXPECT_EQ(refused.error().message(), "is not JSON") << wrong;
    }
}

TEST(JsonText, IsReadToALimitedDepth) {
    const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_EQ(jsonText(parseJson<json>(nested(deepestJson)).value()), nested(deepestJson));
    for (const auto& text : {nested(deepestJson + 1), std::string(100'000, '[')}) {
        const auto refused = parseJson<json>(text);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().message(), "is nested too deeply");
    }
    const auto brackets = "[\"\\\"" + std::string(100, '[') + "\"]";
    EXPECT_TRUE(parseJson<json>(brackets)) << "in a text they are letters";
}

} // namespace

// JSON is written and read by engine/core/json_text.h alone: a dump() of another kind throws on bytes that
// are not UTF-8, a parse() of another kind on whatever somebody sends.
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/architecture/source_files.h"

namespace balmer::test {
namespace {

/// The lines that go past json_text.h.
std::vector<std::string> otherWays(const SourceFile& source) {
    std::vector<std::string> found;
    std::stringstream lines(source.text);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        for (const char* other : {".dump(", "->dump(", "json::parse(", "Json::parse(", "json::accept("})
            if (line.find(other) != std::string::npos)
                found.push_back(source.path + ":" + std::to_string(number) + ": " + other);
    }
    return found;
}

TEST(JsonText, IsWrittenAndReadInOnePlace) {
    std::size_t places = 0;
    for (const auto& source : sourceFiles({"engine", "widgets", "app"})) {
        const auto found = otherWays(source);
        if (source.path == "engine/core/json_text.cpp")
            places += found.size();
        else
            for (const auto& each : found)
                ADD_FAILURE() << each << " writes or reads JSON; core::jsonText and core::parseJson do";
    }
    EXPECT_EQ(places, 3U);
}

TEST(JsonText, AnotherWayIsFound) {
    const auto count = [](const std::string& code) { return otherWays({"a.cpp", code}).size(); };
    EXPECT_EQ(count("return value.dump(2);"), 1U);
    EXPECT_EQ(count("auto a = nlohmann::json::parse(text);\nauto b = ordered_json::parse(\n    text);"), 2U);
    EXPECT_EQ(count("auto a = core::parseJson<json>(text); dumpAll(a); QUrl::parse(b);"), 0U);
}

} // namespace
} // namespace balmer::test

// Hostile XML is refused before a parser sees it, after a bounded amount of looking.
#include "engine/vo/samp/xml_bounds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/vo/samp/xml_rpc.h"
#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

std::string repeated(std::string_view text, std::size_t times) {
    std::string all;
    all.reserve(text.size() * times);
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

constexpr std::size_t much = 1'500'000; ///< bytes, about

struct Hostile {
    const char* what;
    std::string document;
    ErrorCode code;
    const char* words;
    std::size_t looked; ///< bytes, at most
};

std::vector<Hostile> hostile() {
    const std::string call = "<methodCall>";
    const auto attributes = [](const char* name) {
        std::string all;
        for (std::size_t i = 0; all.size() < much; ++i)
            all += " " + std::string(name) + std::to_string(i) + "=\"\"";
        return all;
    };
    return {
        {"attributes", call + "<a" + attributes("a") + ">", ErrorCode::ResourceExhausted,
         "attributes in a tag", 2000},
        {"name spaces", call + "<a" + attributes("xmlns:a") + "/>", ErrorCode::ResourceExhausted,
         "attributes in a tag", 2000},
        {"name spaces in each other", call + repeated("<a xmlns:b='c'>", much / 15),
         ErrorCode::ResourceExhausted, "more attributes than", 2000},
        {"an attribute without end", call + "<a b='" + std::string(much, 'x'), ErrorCode::ResourceExhausted,
         "a tag of more bytes", 2000},
        {"a name without end", call + "<" + std::string(much, 'x'), ErrorCode::ResourceExhausted,
         "a tag of more bytes", 2000},
        {"depth", call + repeated("<value>", much / 7), ErrorCode::ResourceExhausted, "in each other", 2000},
        {"elements", call + repeated("<a/>", 2'100'000), ErrorCode::ResourceExhausted, "more elements than",
         8'100'000},
        {"a comment", call + "<!--" + std::string(much, 'x') + "-->", ErrorCode::ResourceExhausted,
         "comments", much + 100},
        {"comments", call + repeated("<!---->", much / 7), ErrorCode::ResourceExhausted, "comments", 70'000},
        {"entities",
         "<!DOCTYPE a [<!ENTITY a \"" + std::string(much, 'x') + "\">" +
             repeated("<!ENTITY b \"&a;\">", 1000) + "]>" + call,
         ErrorCode::Format, "document type declaration", 100},
        {"a tag without end", call + "<a", ErrorCode::Format, "no end", 100},
    };
}

TEST(XmlBounds, HostileDocumentsAreRefusedBeforeTheyAreParsed) {
    for (const auto& each : hostile()) {
        XmlSeen seen;
        const auto checked = checkXmlBounds(each.document, {}, &seen);
        ASSERT_FALSE(checked) << each.what;
        EXPECT_EQ(checked.error().code(), each.code) << each.what;
        EXPECT_THAT(checked.error().message(), HasSubstr(each.words)) << each.what;
        EXPECT_LE(seen.bytes, each.looked) << each.what << ", of " << each.document.size();
        const auto read = decodeCall(each.document, {.bytes = std::size_t{16} << 20});
        ASSERT_FALSE(read) << each.what;
        EXPECT_THAT(read.error().describe(), HasSubstr(each.words))
            << "nothing else looks at it: " << each.what;
    }
}

TEST(XmlBounds, WhatSampNeedsIsWithinThem) {
    SampValue nested("x");
    for (int i = 0; i < 32; ++i)
        nested = i % 2 != 0 ? SampValue(SampList{nested}) : SampValue(SampMap{{"a", nested}});
    SampList rows;
    for (int i = 0; i < 200'000; ++i)
        rows.emplace_back(std::to_string(i));
    const auto document =
        encodeCall({"samp.client.receiveCall", {"key", SampValue(std::move(rows)), nested}});
    XmlSeen seen;
    EXPECT_TRUE(checkXmlBounds(document, {}, &seen));
    EXPECT_EQ(seen.bytes, document.size());
    EXPECT_GT(seen.elements, 400'000u);
    EXPECT_LE(seen.depth, 128u);
    EXPECT_EQ(seen.attributes, 0u) << "those of the declaration are none of an element";
}

TEST(XmlBounds, ANameWithASignOfAnAttributeInItsTextIsNone) {
    EXPECT_TRUE(checkXmlBounds("<a b=\"=====>>>>\"><![CDATA[<a b=c d=e f=g h=i j=k>]]>a=b=c=d=e=f</a>"));
}

} // namespace
} // namespace balmer::vo

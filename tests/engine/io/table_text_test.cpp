#include "engine/io/table_text.h"

#include "engine/io/table_reader.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::why;

TEST(TableText, QuotesLineBreaksAndBlankLines) {
    const auto table =
        parseTableText("\xef\xbb\xbfid, Label\r\n\"a,1\",\"say \"\"Be\"\"\"\r\n\r\nb,\"two\nlines\"\n");
    ASSERT_TRUE(table) << why(table);
    EXPECT_EQ(table->columns, (std::vector<std::string>{"id", "Label"}));
    ASSERT_EQ(table->rows.size(), 2U);
    EXPECT_EQ(table->rows[0], (std::vector<std::string>{"a,1", "say \"Be\""}));
    EXPECT_EQ(table->rows[1][1], "two\nlines");
    EXPECT_EQ(columnNamed(table->columns, " LABEL").value(), 1U);
    EXPECT_EQ(columnNamed(table->columns, "none").value(), std::nullopt);
}

TEST(TableText, WhatIsWrittenIsReadBack) {
    TableText table{{"id", "note"}, {{"a", ""}, {"", "x, \"y\"\r\nz"}, {" b ", "č"}}};
    const auto text = formatTableText(table);
    ASSERT_TRUE(text);
    const auto again = parseTableText(*text);
    ASSERT_TRUE(again) << why(again);
    EXPECT_EQ(again->rows, table.rows);
    table.rows.push_back({"short"});
    EXPECT_FALSE(formatTableText(table));
    const TableText single{{"id"}, {{""}, {"b"}}};
    EXPECT_EQ(parseTableText(*formatTableText(single))->rows, single.rows);
}

TEST(TableText, ErrorsNameTheLine) {
    const auto shortRow = parseTableText("a,b\n1,2\n3\n");
    ASSERT_FALSE(shortRow);
    EXPECT_NE(shortRow.error().message().find("line 3"), std::string::npos);
    const auto open = parseTableText("a,b\n1,\"2\n3\n");
    ASSERT_FALSE(open);
    EXPECT_NE(open.error().message().find("line 2"), std::string::npos);
    EXPECT_FALSE(parseTableText(""));
    EXPECT_FALSE(parseTableText(std::string_view("a\0b", 3)));
}

TEST(TableText, TheFirstLineTellsWhatSeparatesTheCells) {
    const std::vector<std::vector<std::string>> rows{{"a", "b, c;d"}};
    for (const char separator : {',', ';', '\t'}) {
        const std::string s(1, separator);
        const auto table = parseTableText("\n\"id;,\"" + s + "label\na" + s + "\"b, c;d\"\n");
        ASSERT_TRUE(table) << why(table);
        EXPECT_EQ(table->columns, (std::vector<std::string>{"id;,", "label"}));
        EXPECT_EQ(table->rows, rows);
    }
    EXPECT_EQ(parseTableText("id\na;b\n")->rows, (std::vector<std::vector<std::string>>{{"a;b"}}));
    const test::TemporaryFolder folder;
    ASSERT_TRUE(writeTableText(folder / "t.tsv", {{"id", "label"}, rows}, '\t'));
    EXPECT_EQ(readTable(folder / "t.tsv")->rows, rows);
}

TEST(TableText, ANameThatSeveralColumnsHaveIsRefusedWhereItIsMeant) {
    const std::vector<std::string> columns{"id", "label", "Label", "note", "note", "Ra", "rA"};
    EXPECT_EQ(columnNamed(columns, "id").value(), 0U);
    EXPECT_EQ(columnNamed(columns, "Label").value(), 2U) << "written exactly so";
    for (const auto* name : {"note", "LABEL", "ra"}) {
        const auto column = columnNamed(columns, name);
        ASSERT_FALSE(column) << name;
        EXPECT_EQ(column.error().code(), core::ErrorCode::InvalidArgument);
        EXPECT_NE(column.error().message().find("\"" + std::string(name) + "\""), std::string::npos);
    }
}

TEST(TableText, OtherEncodingsAreRefusedByTheirLine) {
    const auto latin = parseTableText("id,label\na,\xc3\xa9toile\nb,\xe9toile\n");
    ASSERT_FALSE(latin);
    EXPECT_NE(latin.error().message().find("line 3 is not UTF-8"), std::string::npos) << why(latin);
}

} // namespace
} // namespace balmer::io

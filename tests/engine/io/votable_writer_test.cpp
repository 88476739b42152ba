#include "engine/io/votable_writer.h"

#include <array>
#include <cmath>
#include <limits>

#include "engine/io/file_bytes.h"
#include "engine/io/votable_reader.h"
#include "tests/engine/io/votable_all_types.h"
#include "tests/engine/io/votable_columns.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::Status;
using test::why;

VotableField field(std::string name, std::string datatype, std::string arraysize = "") {
    VotableField f;
    f.name = std::move(name);
    f.datatype = std::move(datatype);
    f.arraysize = std::move(arraysize);
    return f;
}

ByteSink into(std::string& text) {
    return [&text](std::string_view bytes) -> Status {
        text += bytes;
        return {};
    };
}

TEST(VotableWriter, EveryTypeComesBackFromBothSerialisations) {
    for (const VotableData data : {VotableData::TableData, VotableData::Binary2}) {
        const Votable document = test::allTypes(data);
        const auto text = formatVotable(document, {data});
        ASSERT_TRUE(text) << why(text);
        const auto again = parseVotable(asBytes(*text));
        ASSERT_TRUE(again) << why(again);
        EXPECT_EQ(test::columnLines(*again), test::columnLines(document));
        const VotableTable &t = *again->tables().at(0), &expected = *document.tables().at(0);
        for (std::size_t c = 0; c < t.fields.size(); ++c) {
            const bool filled = data == VotableData::TableData && c >= *expected.field("da3");
            for (std::size_t r = 0; r < t.rows && !filled; ++r)
                EXPECT_EQ(t.isNull(r, c), expected.isNull(r, c)) << t.fields[c].name << " row " << r;
        }
        EXPECT_TRUE(std::isnan(t.number(1, *t.field("f64")).value())) << "NaN is not a null";
        EXPECT_EQ(again->description, document.description);
        EXPECT_EQ(again->resources.at(0).infos.at(0).text, document.resources.at(0).infos.at(0).text);
        EXPECT_EQ(t.params.at(0).value, "a\tb\n\"c\" & <d>");
        EXPECT_EQ(t.groups.at(0).fieldRefs, (std::vector<std::string>{"col_i32"}));
        EXPECT_EQ(t.fields[*t.field("f64")].ref, "sys");
        EXPECT_EQ(t.fields[*t.field("i32")].nullText, "-999");
        EXPECT_EQ(t.fields[*t.field("i32")].arraysize, "");
        EXPECT_EQ(text->find("CDATA"), std::string::npos);
    }
}

TEST(VotableWriter, WrittenRowByRowToASink) {
    for (const VotableData data : {VotableData::TableData, VotableData::Binary2}) {
        std::string text;
        VotableWriter writer(into(text), {data});
        ASSERT_TRUE(writer.begin({}));
        ASSERT_TRUE(writer.beginResource({}));
        VotableTable head;
        head.fields = {field("n", "long"), field("s", "unicodeChar", "*"), field("v", "float", "*")};
        ASSERT_TRUE(writer.beginTable(head));
        const std::array<double, 2> values{1.5, -2};
        for (std::int64_t r = 0; r < 20000; ++r) {
            const std::array<VotableCell, 3> row{r, std::string_view("𝛼 & Hα"),
                                                 std::span<const double>(values)};
            const Status status = writer.row(row);
            ASSERT_TRUE(status) << why(status);
        }
        EXPECT_FALSE(text.empty()) << "what was written has gone to the sink";
        ASSERT_TRUE(writer.row(std::array<VotableCell, 3>{}));
        ASSERT_TRUE(writer.endTable({{"", "note", "1", ""}}));
        ASSERT_TRUE(writer.endResource({{"", "QUERY_STATUS", "OVERFLOW", "cut <here>"}}));
        ASSERT_TRUE(writer.end());
        const auto again = parseVotable(asBytes(text));
        ASSERT_TRUE(again) << why(again);
        const VotableTable& t = *again->tables().at(0);
        ASSERT_EQ(t.rows, 20001U);
        EXPECT_EQ(t.columns[0].integer(19999), 19999);
        EXPECT_EQ(t.text(7, 1), "𝛼 & Hα");
        EXPECT_EQ(t.numbers(7, 2), (std::vector<double>{1.5, -2}));
        EXPECT_TRUE(t.isNull(20000, 0) && t.isNull(20000, 1) && t.isNull(20000, 2));
        EXPECT_EQ(again->resources.at(0).infos.at(0).text, "cut <here>");
    }
}

// What row() says of one cell in a column.
core::Result<void> offered(const VotableField& f, const VotableCell& cell,
                           VotableData data = VotableData::TableData) {
    std::string text;
    VotableWriter writer(into(text), {data});
    BALMER_CHECK(writer.begin({}));
    BALMER_CHECK(writer.beginResource({}));
    VotableTable head;
    head.fields = {f};
    BALMER_CHECK(writer.beginTable(head));
    BALMER_CHECK(writer.row(std::array<VotableCell, 1>{cell}));
    BALMER_CHECK(writer.endTable());
    BALMER_CHECK(writer.endResource());
    return writer.end();
}

TEST(VotableWriter, WhatAColumnDoesNotHoldIsRefused) {
    for (const VotableData data : {VotableData::TableData, VotableData::Binary2}) {
        const auto refused = [&](const VotableField& f, const VotableCell& cell) {
            const auto status = offered(f, cell, data);
            return !status && status.error().code() == ErrorCode::InvalidArgument;
        };
        EXPECT_TRUE(refused(field("a", "short"), std::int64_t{40000}));
        EXPECT_TRUE(refused(field("a", "unsignedByte"), std::int64_t{-1}));
        EXPECT_TRUE(refused(field("a", "int"), 1.5));
        EXPECT_TRUE(refused(field("a", "int"), std::string_view("1")));
        EXPECT_TRUE(refused(field("a", "boolean"), std::int64_t{2}));
        EXPECT_TRUE(refused(field("a", "double", "2"), 1.0));
        EXPECT_TRUE(refused(field("a", "char", "2"), std::string_view("abc")));
        EXPECT_TRUE(refused(field("a", "char", "*"), std::string_view("\x01")));
        EXPECT_TRUE(refused(field("a", "char", "*"), std::string_view("\xff")));
        EXPECT_TRUE(refused(field("a", "char", "*"), 1.0));
        EXPECT_TRUE(refused(field("a", "bar"), 1.0));
        EXPECT_TRUE(refused(field("", "int"), std::int64_t{1}));
        VotableField nulls = field("a", "int");
        nulls.nullText = "-1";
        EXPECT_TRUE(refused(nulls, std::int64_t{-1}));
        EXPECT_FALSE(refused(field("a", "double"), std::int64_t{3}));
        EXPECT_FALSE(refused(field("a", "long"), std::numeric_limits<std::int64_t>::min()));
        EXPECT_FALSE(refused(field("a", "char", "*"), std::string_view("line\nbreak\t\r")));
        EXPECT_FALSE(refused(field("a", "boolean"), true));
    }
    EXPECT_FALSE(offered(field("a", "int", "2x*"), {}, VotableData::Binary2))
        << "readers count it in two ways";
}

TEST(VotableWriter, WrongOrderAndAFullDisk) {
    std::string text;
    VotableWriter writer(into(text));
    EXPECT_FALSE(writer.endTable());
    EXPECT_FALSE(writer.begin({})) << "the first error stays";
    VotableWriter full(
        [](std::string_view) -> Status { return core::fail(ErrorCode::Io, "the disk is full"); });
    ASSERT_TRUE(full.begin({}));
    const Status end = full.end();
    ASSERT_FALSE(end);
    EXPECT_EQ(end.error().code(), ErrorCode::Io);
}

TEST(VotableWriter, DecorationThatTheSchemaCannotHoldIsLeftOut) {
    Votable document;
    VotableResource resource;
    VotableTable table;
    table.id = "no name";
    VotableField f = field("a", "int");
    f.id = "same";
    f.ucd = "pos.eq,ra";
    f.ref = "nowhere";
    table.fields = {f, f};
    VotableField param = field("p", "float", "2");
    param.value = "1,x";
    table.params = {param};
    table.columns.resize(2);
    for (auto& column : table.columns)
        column.type = VotableType::Int;
    resource.tables = {table};
    document.resources = {resource};
    const auto text = formatVotable(document);
    ASSERT_TRUE(text) << why(text);
    const auto again = parseVotable(asBytes(*text));
    ASSERT_TRUE(again) << why(again);
    const VotableTable& t = *again->tables().at(0);
    EXPECT_EQ(t.id, "");
    EXPECT_EQ(t.fields.at(0).id, "same");
    EXPECT_EQ(t.fields.at(1).id, "");
    EXPECT_EQ(t.fields.at(0).ucd + t.fields.at(0).ref, "");
    EXPECT_EQ(t.params.at(0).datatype, "char") << "its value is not a number";
    EXPECT_EQ(t.params.at(0).value, "1,x");
}

} // namespace
} // namespace balmer::io

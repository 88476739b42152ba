#include "engine/io/table_reader.h"

#include <limits>

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "engine/io/file_bytes.h"
#include "tests/engine/io/fits_builder.h"
#include "tests/engine/io/table_samples.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::why;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view votable = R"(<?xml version="1.0"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="meta"><PARAM name="p" datatype="int" value="1"/></RESOURCE>
<RESOURCE type="results"><TABLE>
<FIELD name="id" datatype="char" arraysize="*" ucd="meta.id"/>
<FIELD name="ew" datatype="float" unit="Angstrom" utype="x:ew"/>
<FIELD name="both" datatype="float" arraysize="2"/>
<FIELD name="n" datatype="long"/>
<DATA><TABLEDATA>
<TR><TD>a</TD><TD>1.5</TD><TD>1 2</TD><TD>9007199254740993</TD></TR>
<TR><TD>b &amp; c</TD><TD></TD><TD>3 4</TD><TD/></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>)";

class Tables : public testing::Test {
  protected:
    std::filesystem::path write(const std::string& name, std::string_view content) const {
        EXPECT_TRUE(core::writeFile(folder / name, content));
        return folder / name;
    }
    static std::vector<std::string> names(const TableReader& reader) {
        std::vector<std::string> names;
        for (const auto& column : reader.columns())
            names.push_back(column.name + (column.number ? "#" : ""));
        return names;
    }
    test::TemporaryFolder folder;
};

TEST_F(Tables, AVotableIsReadAlsoPackedAndUnderAnyName) {
    const auto packed = gzip(votable, 1);
    ASSERT_TRUE(packed);
    for (const auto& file : {write("t.vot", votable), write("t.csv", *packed)}) {
        auto reader = TableReader::open(file);
        ASSERT_TRUE(reader) << why(reader);
        EXPECT_THAT(names(*reader), ElementsAre("id", "ew#", "both", "n#"));
        EXPECT_EQ(reader->columns()[1].unit, "Angstrom");
        EXPECT_EQ(reader->columns()[0].ucd, "meta.id");
        EXPECT_EQ(reader->column("EW").value(), 1u);
        EXPECT_EQ(reader->column("nothing").value(), std::nullopt);
        ASSERT_TRUE(reader->nextRow().value());
        EXPECT_EQ(reader->text(0), "a");
        EXPECT_EQ(reader->number(1), 1.5);
        EXPECT_EQ(reader->text(2), "1 2");
        EXPECT_EQ(reader->number(2), std::nullopt);
        EXPECT_EQ(reader->text(3), "9007199254740993") << "an id of 64 bits keeps its last digit";
        ASSERT_TRUE(reader->nextRow().value());
        EXPECT_EQ(reader->text(0), "b & c");
        EXPECT_EQ(reader->number(1), std::nullopt);
        EXPECT_EQ(reader->text(3), "");
        EXPECT_FALSE(reader->nextRow().value());
        EXPECT_FALSE(reader->nextRow().value());
    }
}

TEST_F(Tables, AFitsTableIsRead) {
    test::FitsBuilder builder;
    builder.image(8, {}, {}).table("T", 2,
                                   {{"obsid", "1J", "", "", "meta.id", {101, 102}},
                                    {"ew", "1D", "Angstrom", "", "", {2.25, -1}},
                                    {"pair", "2E", "", "", "", {1, 2, 3, 4}}});
    const auto bytes = builder.bytes();
    ASSERT_FALSE(bytes.empty());
    const auto packed = gzip(bytes, 1);
    ASSERT_TRUE(packed);
    for (const auto& file : {write("t.fits", bytes), write("t", *packed)}) {
        auto reader = TableReader::open(file);
        ASSERT_TRUE(reader) << why(reader);
        EXPECT_THAT(names(*reader), ElementsAre("obsid#", "ew#", "pair"));
        ASSERT_TRUE(reader->nextRow().value());
        EXPECT_EQ(reader->text(0), "101");
        EXPECT_EQ(reader->number(1), 2.25);
        ASSERT_TRUE(reader->nextRow().value());
        EXPECT_EQ(reader->number(0), 102);
        EXPECT_EQ(reader->text(2), "3 4");
        EXPECT_FALSE(reader->nextRow().value());
    }
    const auto cut = TableReader::open(write("cut.fits", std::string_view(bytes).substr(0, 2 * 2880 + 10)));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code(), core::ErrorCode::Format);
}

TEST_F(Tables, WholeNumbersKeepAllTheirDigits) {
    test::FitsBuilder builder;
    builder.image(8, {}, {}).table("T", 2,
                                   {{"k", "1K", "", "", "", {}},
                                    {"u", "1K", "", "", "", {}},
                                    {"j", "1J", "", "", "", {100000, 7}},
                                    {"v", "1J", "", "", "", {100000, 7}},
                                    {"d", "1D", "", "", "", {100000, 0.5}}});
    builder.exactNumber("TZERO2", "9223372036854775808").exactNumber("TZERO4", "2147483648");
    builder.exactNumber("TNULL3", "7");
    builder.wholeColumn(1, {299489677444933633, -299489677444933633});
    // As they lie in the file: 2^63 below what they mean.
    builder.wholeColumn(2, {299489677444933633 - std::numeric_limits<std::int64_t>::max() - 1,
                            std::numeric_limits<std::int64_t>::max()});
    auto reader = TableReader::open(write("t.fits", builder.bytes()));
    ASSERT_TRUE(reader) << why(reader);
    ASSERT_TRUE(reader->nextRow().value());
    for (const auto& [column, text] :
         std::vector<std::pair<std::size_t, std::string>>{{0, "299489677444933633"},
                                                          {1, "299489677444933633"},
                                                          {2, "100000"},
                                                          {3, "2147583648"},
                                                          {4, "100000"}})
        EXPECT_EQ(reader->text(column), text) << column;
    ASSERT_TRUE(reader->nextRow().value());
    EXPECT_EQ(reader->text(0), "-299489677444933633");
    EXPECT_EQ(reader->text(1), "18446744073709551615");
    EXPECT_EQ(reader->text(2), "") << "TNULL";
    EXPECT_EQ(reader->text(4), "0.5");

    auto small = TableReader::open(
        write("t.vot", R"(<VOTABLE><RESOURCE><TABLE><FIELD name="i" datatype="int"/><DATA><TABLEDATA>)"
                       R"(<TR><TD>100000</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>)"));
    ASSERT_TRUE(small->nextRow().value());
    EXPECT_EQ(small->text(0), "100000");
}

TEST_F(Tables, TextWithCommasIsRead) {
    auto reader = TableReader::open(write("t.csv", "id,ew,class\na,1.5,Be\nb,,\"A, shell\"\n"));
    ASSERT_TRUE(reader) << why(reader);
    EXPECT_THAT(names(*reader), ElementsAre("id", "ew#", "class"));
    ASSERT_TRUE(reader->nextRow().value());
    EXPECT_EQ(reader->number(1), 1.5);
    ASSERT_TRUE(reader->nextRow().value());
    EXPECT_EQ(reader->number(1), std::nullopt);
    EXPECT_EQ(reader->text(2), "A, shell");
    EXPECT_FALSE(reader->nextRow().value());
}

TEST_F(Tables, JsonLinesAreRead) {
    auto reader = TableReader::open(write("t.jsonl", "{\"id\": \"a\", \"n\": 299489677444933633}\n\n"
                                                     "{\"n\": null, \"ew\": 0.1, \"id\": \"b\\u00e9\"}\r\n"
                                                     "{\"flag\": true, \"both\": [1, 2]}"));
    ASSERT_TRUE(reader) << why(reader);
    EXPECT_THAT(names(*reader), ElementsAre("id", "n#", "ew#", "flag", "both"));
    ASSERT_TRUE(reader->nextRow().value());
    EXPECT_EQ(reader->text(1), "299489677444933633");
    EXPECT_EQ(reader->text(2), "");
    ASSERT_TRUE(reader->nextRow().value());
    EXPECT_EQ(reader->text(0), "b\u00e9");
    EXPECT_EQ(reader->number(1), std::nullopt);
    EXPECT_EQ(reader->number(2), 0.1);
    ASSERT_TRUE(reader->nextRow().value());
    EXPECT_EQ(reader->text(3), "true");
    EXPECT_EQ(reader->text(4), "[1,2]");
    EXPECT_FALSE(reader->nextRow().value());
    const auto broken = TableReader::open(write("b.jsonl", "{\"id\": \"a\"}\n{\"id\": \n"));
    ASSERT_FALSE(broken);
    EXPECT_THAT(broken.error().message(), HasSubstr("line 2"));
    EXPECT_FALSE(TableReader::open(write("l.jsonl", "{\"id\": \"a\"}\n[1]\n")));
}

TEST_F(Tables, ADamagedHdf5FileIsRefused) {
    ASSERT_TRUE(writeTable(folder / "t.h5", test::sampleTable()));
    const auto whole = core::readFile(folder / "t.h5").value();
    for (std::size_t bytes = 8; bytes < whole.size(); bytes += 97) {
        auto cut = TableReader::open(write("cut.h5", std::string_view(whole).substr(0, bytes)));
        if (!cut) {
            EXPECT_EQ(cut.error().code(), core::ErrorCode::Format) << bytes;
        }
        auto flipped = whole;
        flipped[bytes] = static_cast<char>(~flipped[bytes]);
        (void)TableReader::open(write("flipped.h5", flipped)); // right or refused, and no crash
    }
}

TEST_F(Tables, WhatIsNoTableIsRefusedByName) {
    const auto missing = TableReader::open(folder / "none.vot");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), core::ErrorCode::NotFound);
    const auto empty = TableReader::open(write("e.vot", "<VOTABLE><RESOURCE/></VOTABLE>"));
    ASSERT_FALSE(empty);
    EXPECT_THAT(empty.error().message(), HasSubstr("e.vot has no table"));
    test::FitsBuilder image;
    image.image(-32, {4}, {1, 2, 3, 4});
    const auto picture = TableReader::open(write("i.fits", image.bytes()));
    ASSERT_FALSE(picture);
    EXPECT_THAT(picture.error().message(), HasSubstr("i.fits has no binary table"));
    auto elsewhere = TableReader::open(write(
        "s.vot", R"(<VOTABLE><RESOURCE><TABLE><FIELD name="a" datatype="int"/><DATA><BINARY>)"
                 R"(<STREAM href="http://127.0.0.1:9/x"/></BINARY></DATA></TABLE></RESOURCE></VOTABLE>)"));
    ASSERT_TRUE(elsewhere) << why(elsewhere);
    const auto row = elsewhere->nextRow();
    ASSERT_FALSE(row);
    EXPECT_EQ(row.error().code(), core::ErrorCode::Unsupported);
    const auto program = TableReader::open(write("b.csv", std::string_view("\x7f"
                                                                           "ELF\0\0",
                                                                           6)));
    ASSERT_FALSE(program);
    EXPECT_THAT(why(program), HasSubstr("CSV, TSV, JSON lines, FITS, VOTable or HDF5"));
}

} // namespace
} // namespace balmer::io

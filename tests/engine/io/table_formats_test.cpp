#include "engine/io/table_formats.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/io/file_bytes.h"
#include "engine/io/table_reader.h"
#include "tests/engine/io/table_samples.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::why;
using testing::HasSubstr;

TEST(TableFormats, WhatIsWrittenIsReadBackInEachForm) {
    const test::TemporaryFolder folder;
    const auto table = test::sampleTable();
    for (const std::string name : {"t.csv", "t.tsv", "t.jsonl", "t.jsonl.gz", "T.FITS", "t.fit.gz", "t.vot",
                                   "t.votable", "t.xml.gz", "t.h5"}) {
        const auto written = writeTable(folder / name, table);
        ASSERT_TRUE(written) << why(written);
        const bool fits = written->format == "FITS";
        EXPECT_EQ(written->lettersReplaced, fits ? 1u : 0u) << name;
        auto reader = TableReader::open(folder / name);
        ASSERT_TRUE(reader) << name << ": " << why(reader);
        ASSERT_EQ(reader->columns().size(), 4u);
        if (written->format == "FITS" || written->format == "VOTable") {
            EXPECT_EQ(reader->columns()[1].unit, "deg") << name;
            EXPECT_EQ(reader->columns()[1].ucd, "pos.eq.ra;meta.main") << name;
        }
        ASSERT_TRUE(reader->nextRow().value());
        EXPECT_EQ(reader->text(0), "a,1");
        EXPECT_EQ(reader->number(1), 301.1234567890123) << "all digits";
        EXPECT_EQ(reader->text(2), "1");
        EXPECT_EQ(reader->text(3), fits ? "?toile \"Be\"" : "\u00e9toile \"Be\"") << name;
        ASSERT_TRUE(reader->nextRow().value());
        EXPECT_EQ(reader->number(1), std::nullopt) << name;
        EXPECT_EQ(reader->text(2), "") << name;
        EXPECT_EQ(reader->text(3), "") << name;
        ASSERT_TRUE(reader->nextRow().value());
        EXPECT_EQ(reader->number(1), -0.5);
        // HDF5 has no gaps among whole numbers: they are doubles there.
        EXPECT_EQ(reader->text(2), written->format == "HDF5" ? "299489677444933632" : "299489677444933633")
            << name;
        EXPECT_EQ(reader->text(3), "x <y>");
        EXPECT_FALSE(reader->nextRow().value());
    }
    EXPECT_TRUE(isGzip(asBytes(*core::readFile(folder / "t.xml.gz"))));
    EXPECT_TRUE(core::readFile(folder / "T.FITS")->starts_with("SIMPLE  ="));
}

TEST(TableFormats, JsonLinesAreOneObjectARow) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(writeTable(folder / "t.jsonl", test::sampleTable()));
    const auto text = core::readFile(folder / "t.jsonl").value();
    const auto end = text.find('\n');
    EXPECT_EQ(nlohmann::json::parse(text.substr(0, end)),
              nlohmann::json(
                  {{"id", "a,1"}, {"ra", 301.1234567890123}, {"round", 1}, {"label", "\u00e9toile \"Be\""}}));
    EXPECT_THAT(text.substr(end + 1),
                testing::StartsWith(R"({"id":"b","ra":null,"round":null,"label":null})"));
}

TEST(TableFormats, Hdf5IsTheSameForTheSameTable) {
    const test::TemporaryFolder folder;
    for (const char* name : {"a.h5", "b.hdf5"})
        ASSERT_TRUE(writeTable(folder / name, test::sampleTable()));
    const auto bytes = core::readFile(folder / "a.h5").value();
    EXPECT_TRUE(bytes.starts_with("\x89HDF\r\n\x1a\n"));
    EXPECT_EQ(bytes, core::readFile(folder / "b.hdf5").value());
}

TEST(TableFormats, ATableWithoutRowsIsATable) {
    const test::TemporaryFolder folder;
    WrittenTable table{
        "none", {{"id", "", "", "", WrittenColumn::Texts{}}, {"z", "", "", "", WrittenColumn::Numbers{}}}};
    for (const char* name : {"t.csv", "t.jsonl", "t.fits", "t.vot", "t.h5"}) {
        const auto written = writeTable(folder / name, table);
        ASSERT_TRUE(written) << name << ": " << why(written);
        if (written->format == "JSON lines" || written->format == "HDF5") continue;
        auto reader = TableReader::open(folder / name);
        ASSERT_TRUE(reader) << name << ": " << why(reader);
        EXPECT_FALSE(reader->nextRow().value());
    }
}

TEST(TableFormats, TheFormMayBeAskedForByItsWord) {
    const test::TemporaryFolder folder;
    for (const auto& word : tableFormatWords()) {
        if (word == "auto") continue;
        ASSERT_TRUE(writeTable(folder / "table", test::sampleTable(), {.format = word})) << word;
        EXPECT_TRUE(readTable(folder / "table")) << word;
    }
    EXPECT_EQ(writeTable("/dev/null", test::sampleTable()).value().format, "CSV");
    EXPECT_TRUE(checkTableFile("-"));
    EXPECT_THAT(checkTableFile("-", {.format = "xls"}).error().message(), HasSubstr("use auto, csv, tsv"));
}

TEST(TableFormats, ForSpreadsheetsTextsAreNoFormulas) {
    const test::TemporaryFolder folder;
    const WrittenColumn::Texts texts{"=1+1", "@x", "+cmd", "-a", "-1.5", "+2", "\ttab", "plain", ""};
    const WrittenTable table{
        "t", {{"=name", "", "", "", texts}, {"n", "", "", "", WrittenColumn::Numbers(9, -1)}}};
    ASSERT_TRUE(writeTable(folder / "plain.csv", table));
    const auto plain = readTable(folder / "plain.csv").value();
    ASSERT_TRUE(writeTable(folder / "safe.csv", table, {.forSpreadsheets = true}));
    const auto safe = readTable(folder / "safe.csv").value();
    EXPECT_EQ(plain.columns[0], "=name");
    EXPECT_EQ(safe.columns[0], "'=name");
    const WrittenColumn::Texts expected{"'=1+1", "'@x", "'+cmd", "'-a", "-1.5", "+2", "'\ttab", "plain", ""};
    for (std::size_t row = 0; row < texts.size(); ++row) {
        EXPECT_EQ(plain.rows[row][0], texts[row]) << "what is written comes back";
        EXPECT_EQ(safe.rows[row][0], expected[row]);
        EXPECT_EQ(safe.rows[row][1], "-1");
    }
    EXPECT_THAT(checkTableFile("t.fits", {.forSpreadsheets = true}).error().message(),
                HasSubstr("for_spreadsheets"));
}

TEST(TableFormats, OtherEndingsAreRefusedAndNothingIsWritten) {
    const test::TemporaryFolder folder;
    for (const char* name : {"t", "t.parquet", "t.h5.gz", ".csv", "t.gz", "csv"}) {
        EXPECT_FALSE(checkTableFile(folder / name)) << name;
        const auto refused = writeTable(folder / name, test::sampleTable());
        ASSERT_FALSE(refused) << name;
        EXPECT_EQ(refused.error().code(), core::ErrorCode::InvalidArgument);
        EXPECT_THAT(refused.error().message(), HasSubstr(".csv, .tsv, .jsonl, .fits, .fit, .vot"));
        EXPECT_FALSE(std::filesystem::exists(folder / name));
    }
    auto uneven = test::sampleTable();
    uneven.columns[1].cells = WrittenColumn::Numbers{1};
    EXPECT_THAT(writeTable(folder / "t.csv", uneven).error().message(), HasSubstr("not of the same length"));
    EXPECT_EQ(writeTable(folder / "no" / "t.csv", test::sampleTable()).error().code(), core::ErrorCode::Io);
}

} // namespace
} // namespace balmer::io

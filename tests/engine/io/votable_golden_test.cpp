// Real documents, compared with what other readers made of them.
#include <filesystem>
#include <map>
#include <sstream>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/io/votable_reader.h"
#include "tests/engine/io/votable_columns.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::why;

std::filesystem::path shared() {
    return test::realData().parent_path();
}

#define BALMER_NEEDS_FIXTURES()                                                                              \
    BALMER_NEEDS_REAL_DATA();                                                                                \
    if (!std::filesystem::is_directory(shared() / "vo-fixtures"))                                            \
    GTEST_SKIP() << "the folder ../shared/vo-fixtures is not beside this checkout"

core::Result<Votable> read(const std::filesystem::path& file) {
    auto source = fileSource(file);
    if (!source) return core::fail(source.error());
    return VotableReader(std::move(*source), {},
                         [&](const std::string& href) { return fileSource(file.parent_path() / href); })
        .readAll();
}

// The text of a column's cells, with "|" between.
std::string cells(const VotableTable& table, std::string_view name) {
    const auto column = table.field(name);
    if (!column) return "no such column";
    std::string joined;
    for (std::size_t r = 0; r < table.rows; ++r)
        joined += (r > 0 ? "|" : "") + test::cellText(table, r, *column);
    return joined;
}

TEST(VotableGolden, ReadsWhatAstropyReads) {
    BALMER_NEEDS_FIXTURES();
    const auto golden = core::readFile(test::sourceRoot() / "tests/engine/io/golden/votable_tables.tsv");
    ASSERT_TRUE(golden) << why(golden);
    std::map<std::string, std::string> expected; // by file
    std::istringstream lines(*golden);
    for (std::string line; std::getline(lines, line);) {
        if (line.starts_with('#')) continue;
        const std::size_t tab = line.find('\t');
        expected[line.substr(0, tab)] += line.substr(tab + 1) + "\n";
    }
    ASSERT_GT(expected.size(), 40U);
    for (const auto& [name, tables] : expected) {
        const auto document = read(shared() / name);
        ASSERT_TRUE(document) << name << ": " << why(document);
        std::map<std::string, std::vector<std::string>> byTable;
        for (const std::string& line : test::columnLines(*document))
            byTable[line.substr(0, line.find('\t'))].push_back(line);
        std::string own;
        for (const auto& [table, columns] : byTable) {
            core::Hasher hasher;
            for (const std::string& column : columns)
                hasher.update(column + "\n");
            const std::size_t end = columns.front().rfind('\t'), begin = columns.front().rfind('\t', end - 1);
            own += table + "\t" + std::to_string(columns.size()) +
                   columns.front().substr(begin, end - begin) + "\t" + hasher.finish().substr(0, 16) + "\n";
        }
        EXPECT_EQ(own, tables) << name;
    }
}

TEST(VotableGolden, TheTableOfAllTypesInEachSerialisation) {
    BALMER_NEEDS_FIXTURES();
    const auto folder = shared() / "vo-fixtures/votable";
    std::vector<std::filesystem::path> files{folder / "alltypes-tabledata.vot"};
    for (const char* name : {"tabledata", "binary-inline", "binary2-inline", "binary-href", "binary2-href",
                             "fits-inline", "fits-href"})
        files.push_back(folder / "stilts" / ("alltypes-" + std::string(name) + ".vot"));
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename());
        const auto document = read(file);
        ASSERT_TRUE(document) << why(document);
        const VotableTable& t = *document->tables().at(0);
        ASSERT_EQ(t.unread, "");
        ASSERT_EQ(t.rows, 3U);
        const bool stil = file.parent_path() != folder,
                   fits = file.filename().string().find("fits") != std::string::npos,
                   binary = file.filename().string().find("binary-") != std::string::npos;
        // In BINARY and FITS STIL takes a value that occurs, 255 and -32768, for null.
        EXPECT_EQ(cells(t, "b"), "1|0|");
        EXPECT_EQ(cells(t, "u8"), fits || binary ? "|0|1" : "255|0|1");
        EXPECT_EQ(cells(t, "i16"), fits || binary ? "|32767|1" : "-32768|32767|1");
        EXPECT_EQ(cells(t, "i32"), "-2147483648|7|");
        EXPECT_EQ(cells(t, "i64"), "-9223372036854775807|9223372036854775807|1");
        EXPECT_EQ(cells(t, "f32"), "1.5||");
        EXPECT_EQ(cells(t, "f64"), stil ? "2.25||" : "2.25|inf|") << "STIL read +InF as NaN";
        EXPECT_EQ(cells(t, "ch"), "abc||");
        EXPECT_EQ(cells(t, "ch8"), "12345678|x|");
        if (!fits) {
            EXPECT_EQ(cells(t, "uc"), "Ondřejov α||é");
        }
        EXPECT_EQ(cells(t, "fa"), fits ? "1 2 3||9 null null" : "1 2 3||9");
        EXPECT_EQ(cells(t, "da3"), stil ? "1 2 3|null 0 null|0 0 0" : "1 2 3|null 0 -inf|0 0 0");
        EXPECT_EQ(cells(t, "i2d"), "0 1 2 3 4 5|0 -1 -2 -3 -4 -5|0 0 0 0 0 0");
        EXPECT_EQ(cells(t, "bitv"), stil ? "1 0 0 0 0 0 0 0|0 0 0 0 0 0 0 0|1 0 0 0 0 0 0 0"
                                         : "1 0 1 0 1 0 1 0|0 0 0 0 0 0 0 0|1 1 1 1 1 1 1 1")
            << "STIL read bits wrongly";
        EXPECT_EQ(cells(t, "fc"), "1 2|0 0|1 0");
        EXPECT_EQ(cells(t, "dc"), "3 -4|0 0|1 0");
    }
}

TEST(VotableGolden, TheOddValuesOfAstropysOwnRegressionTest) {
    BALMER_NEEDS_FIXTURES();
    const auto document = read(shared() / "vo-fixtures/votable/astropy/regression.xml");
    ASSERT_TRUE(document) << why(document);
    EXPECT_EQ(document->infos.at(0).value, "OK");
    ASSERT_EQ(test::tablesInOrder(*document).size(), 3U);
    const VotableTable& t = *test::tablesInOrder(*document)[0];
    ASSERT_EQ(t.rows, 5U);
    EXPECT_EQ(t.text(0, 1), "Fixed stri") << "cut to the arraysize";
    EXPECT_EQ(t.text(1, 0), "String &amp; test") << "CDATA";
    EXPECT_EQ(t.text(2, 0), "XXXX ") << "blanks are text";
    EXPECT_EQ(cells(t, "unicode test"), "Ceçi n'est|வணக்கம்|0123456789||");
    EXPECT_EQ(cells(t, "unsignedByte"), "128|||255|") << "256, -23 and 0x100 are not bytes";
    EXPECT_EQ(cells(t, "short"), "4096||-4096|-1|");
    EXPECT_EQ(cells(t, "int"), "268435456|2147483647|-268435456|268435455|");
    EXPECT_EQ(cells(t, "long"), "922337203685477||-1152921504606846976|1152921504606846975|");
    EXPECT_EQ(cells(t, "double"), "8.9990234375|0|inf||-inf") << "beyond a double";
    EXPECT_EQ(cells(t, "float"), "1|0|inf|inf|") << "the first is in base64";
    EXPECT_EQ(cells(t, "bitvararray"), "1 1 1|0 0 0 0 0|1 0 1 0 1||");
    EXPECT_EQ(cells(t, "booleanArray"), "1 1 1 1|1 1 0 1|1 1 null 1||");
    EXPECT_EQ(cells(t, "nulls"), "0||2||");
    EXPECT_EQ(cells(t, "nulls_array"), "|0 1 2 3|null 0 null 1|0 null 1 null|");
    EXPECT_EQ(cells(t, "doublearray"), "|0 1 inf -inf null 0 null|||");
    const VotableTable& second = *test::tablesInOrder(*document)[1];
    EXPECT_EQ(second.rows, 1U) << "with the fields of the table that it refers to";
    EXPECT_EQ(second.fields.size(), t.fields.size());
}

TEST(VotableGolden, WhatAstropyDoesNotReadIsReadAsItsAuthorsMeantIt) {
    BALMER_NEEDS_FIXTURES();
    const auto folder = shared() / "vo-fixtures/votable/astropy";
    const auto bounded = read(folder / "binary2_variable_length_char.xml");
    ASSERT_TRUE(bounded) << why(bounded);
    EXPECT_EQ(bounded->tables().at(0)->text(0, 0), "application/x-votable+xml;content=datalink");
    const auto vizier = read(folder / "vizier_b2_votable.xml"); // as STIL reads it
    ASSERT_TRUE(vizier) << why(vizier);
    const VotableTable& pn = *vizier->tables().at(0);
    ASSERT_EQ(pn.rows, 20U);
    EXPECT_EQ(pn.text(0, 1), "G209.1-08.2 ");
    EXPECT_EQ(pn.number(0, 3), 93.835);
    EXPECT_EQ(pn.text(1, 8), "Ea");
    EXPECT_EQ(pn.number(0, 9), 2453377.0);
    const auto gemini = read(folder / "gemini.xml");
    ASSERT_TRUE(gemini) << why(gemini);
    EXPECT_EQ(cells(*gemini->tables().at(0), "content_length"), "7068398|||");
    const auto ssap = read(shared() / "data/ssap_datalink/ssap1.xml");
    ASSERT_TRUE(ssap) << why(ssap);
    EXPECT_EQ(ssap->tables().at(0)->rows, 30U);
    EXPECT_NEAR(ssap->tables().at(0)->number(0, 2).value(), 56.9453621, 1e-6);
    EXPECT_EQ(read(folder / "timesys_errors.xml")->tables().at(0)->rows, 1U);
    EXPECT_EQ(read(folder / "no_field_not_empty_table.xml")->tables().at(0)->rows, 0U);
    EXPECT_TRUE(read(folder / "no_resource.xml")->tables().empty());
    EXPECT_EQ(test::tablesInOrder(*read(folder / "test.order.xml")).size(), 3U);
    EXPECT_NE(read(folder / "irsa-nph-error.xml")->infos.at(0).text.find("missing"), std::string::npos);
    EXPECT_EQ(read(folder / "timesys.xml")->resources.at(0).timeSystems.at(1).timeOrigin, "MJD-origin");
    EXPECT_EQ(read(folder / "mivot_annotated_table.xml")->resources.at(0).tables.size(), 1U)
        << "nothing of the annotation is taken for a table";
}

TEST(VotableGolden, WhatIsRefusedIsRefusedWithItsReason) {
    BALMER_NEEDS_FIXTURES();
    const auto reason = [&](const char* name) {
        const auto document = read(shared() / "vo-fixtures" / name);
        return document ? "read" : document.error().message();
    };
    EXPECT_NE(reason("votable/astropy/too_many_columns.xml.gz").find("more cells than its 41 columns"),
              std::string::npos);
    EXPECT_NE(reason("dachs/notfound.body").find("<html>"), std::string::npos);
    EXPECT_NE(reason("dachs/soda-nodata.body").find("no <VOTABLE>"), std::string::npos);
    EXPECT_NE(reason("dachs/tap-sync-csv.body").find("not an XML"), std::string::npos);
    EXPECT_NE(reason("dachs/tap-tables.body").find("<tableset>"), std::string::npos);
    EXPECT_NE(reason("votable/astropy/tb.fits").find("not an XML"), std::string::npos);
    const auto unread = [&](const char* name) {
        const auto document = read(shared() / "vo-fixtures/votable/astropy" / name);
        return document ? document->tables().at(0)->unread : why(document);
    };
    EXPECT_NE(unread("custom_datatype.xml").find("\"bar\""), std::string::npos);
    EXPECT_NE(unread("parquet_binary.xml").find("PARQUET"), std::string::npos);
}

} // namespace
} // namespace balmer::io

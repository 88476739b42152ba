// From VOTables to lists of spectra: what services answered when they were recorded, and what others may.
#include "engine/vo/ssap/spectrum_list_reader.h"

#include <array>

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "engine/io/file_bytes.h"
#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

core::Result<SpectrumList> listOf(const std::string& document, const ListOptions& options = {},
                                  const std::string& address = "http://a.example.org/q/ssap.xml?X=1") {
    core::TaskContext task;
    return readSpectrumList(io::memorySource(std::as_bytes(std::span(document.data(), document.size()))),
                            address, options, task);
}

std::string column(const std::string& name, const std::string& attributes = "",
                   const std::string& type = "datatype=\"char\" arraysize=\"*\"") {
    return "<FIELD name=\"" + name + "\" " + type + " " + attributes + "/>";
}

std::string row(const std::vector<std::string>& cells) {
    std::string text = "<TR>";
    for (const auto& cell : cells)
        text += "<TD>" + cell + "</TD>";
    return text + "</TR>";
}

/// infos stand in the resource, before the table and after it, and at the root.
std::string document(const std::string& columns, const std::string& rows, const std::string& before = "",
                     const std::string& after = "", const std::string& root = "") {
    return "<?xml version=\"1.0\"?><VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\">" +
           root + "<RESOURCE type=\"results\">" + before + "<TABLE>" + columns + "<DATA><TABLEDATA>" + rows +
           "</TABLEDATA></DATA></TABLE>" + after + "</RESOURCE></VOTABLE>";
}

const std::string accessUtype = "utype=\"ssa:Access.Reference\"";

std::string by(const SpectrumList& list, const std::string& serves) {
    for (const auto& found : list.columns)
        if (found.serves == serves) return found.name + " by " + found.by;
    return "";
}

// ---- Recorded answers

std::filesystem::path recorded(const std::string& file) {
    return test::realData().parent_path() / "vo-fixtures" / "dachs" / file;
}

SpectrumList recordedList(const std::filesystem::path& file) {
    const auto text = core::readFile(file);
    EXPECT_TRUE(text) << test::why(text);
    auto list = listOf(text.value_or(""), {}, "http://127.0.0.1:18080/spec/q/ssa/ssap.xml?REQUEST=queryData");
    EXPECT_TRUE(list) << file << ": " << test::why(list);
    return list.value_or(SpectrumList());
}

TEST(RecordedSsap, OneSpectrumWithAllThatTheServiceTells) {
    BALMER_NEEDS_REAL_DATA();
    const auto list = recordedList(recorded("ssap-pos.body"));
    ASSERT_EQ(list.rows.size(), 1u);
    const auto& found = list.rows[0];
    EXPECT_EQ(found.url,
              "http://127.0.0.1:18080/getproduct/spec/data/spec-59522-GACII052N48B2_sp01-129.fits");
    EXPECT_EQ(found.trouble, "");
    EXPECT_EQ(found.format, "application/fits");
    EXPECT_EQ(found.bytes, 109440u);
    EXPECT_EQ(found.publisherDid,
              "ivo://x-unregistred.test/~?spec/data/spec-59522-GACII052N48B2_sp01-129.fits");
    EXPECT_EQ(found.title, "LAMOST 938601129");
    EXPECT_EQ(found.target, "LAMOST J032808.41+460603.8");
    EXPECT_EQ(found.targetClass, "star");
    EXPECT_EQ(found.collection, "LAMOST DR10");
    EXPECT_EQ(found.observed, "2021-11-03T00:00:00.000Z");
    ASSERT_TRUE(found.position);
    EXPECT_NEAR(found.position->raDegrees, 52.035076, 1e-6);
    EXPECT_NEAR(found.position->decDegrees, 46.101066, 1e-6);
    EXPECT_NEAR(found.firstWavelengthAngstrom.value(), 3699.9865, 1e-3);
    EXPECT_NEAR(found.lastWavelengthAngstrom.value(), 9099.1347, 1e-3);
    EXPECT_NEAR(found.signalToNoise.value(), 49.86, 1e-4);
    EXPECT_EQ(by(list, "access"), "accref by utype");
    EXPECT_FALSE(list.overflow);
}

TEST(RecordedSsap, EverySerialisationGivesTheSameRows) {
    BALMER_NEEDS_REAL_DATA();
    EXPECT_EQ(recordedList(recorded("ssap-all.body")).rows.size(), 49u);
    const auto plain = recordedList(recorded("ssap-tabledata.body"));
    const auto binary = recordedList(recorded("ssap-votable-b2.body"));
    ASSERT_EQ(plain.rows.size(), 3u);
    EXPECT_EQ(plain.rows, binary.rows);
    EXPECT_TRUE(plain.overflow);
    EXPECT_TRUE(binary.overflow);
    for (const auto& each : plain.rows)
        EXPECT_EQ(each.trouble, "") << each.row;
}

TEST(RecordedSsap, NothingFoundIsAnEmptyList) {
    BALMER_NEEDS_REAL_DATA();
    for (const char* file : {"ssap-empty.body", "ssap-metadata.body", "ssap-maxrec0.body"}) {
        const auto list = recordedList(recorded(file));
        EXPECT_TRUE(list.rows.empty()) << file;
        EXPECT_EQ(list.accessColumn, "accref") << file;
        EXPECT_FALSE(list.overflow) << file;
    }
}

TEST(RecordedSsap, ARefusalIsGivenInTheServicesWords) {
    BALMER_NEEDS_REAL_DATA();
    const auto refused = [](const std::filesystem::path& file) {
        const auto list = listOf(core::readFile(file).value_or(""));
        EXPECT_FALSE(list) << file;
        if (list) return std::string();
        EXPECT_EQ(list.error().code(), ErrorCode::Remote) << file;
        return list.error().message();
    };
    EXPECT_THAT(refused(recorded("ssap-badpos.body")),
                HasSubstr("'ABC' is not a valid value for range within POS"));
    EXPECT_THAT(refused(recorded("ssap-norequest.body")), HasSubstr("Missing or invalid value for REQUEST"));
    EXPECT_THAT(refused(recorded("scs-error.body")), HasSubstr("refuses"));
    EXPECT_THAT(refused(test::realData() / "ssap_datalink" / "ssap2.xml"), HasSubstr("Missing or invalid"));
    EXPECT_THAT(refused(test::realData() / "ssap_datalink" / "dal-errorstatus.xml"),
                HasSubstr("does not say why"));
}

TEST(RecordedSsap, AnswersOfOtherServicesAreUnderstood) {
    BALMER_NEEDS_REAL_DATA();
    const auto folder = test::realData() / "ssap_datalink";
    for (const char* file : {"ssap1.xml", "ssap3.xml"}) {
        const auto list = recordedList(folder / file);
        EXPECT_EQ(by(list, "access"), "accref by utype") << file;
        EXPECT_THAT(list.addressColumns, ElementsAre("accref", "preview")) << file;
        ASSERT_FALSE(list.rows.empty()) << file;
        for (const auto& each : list.rows) {
            EXPECT_EQ(each.trouble, "") << file << " row " << each.row;
            EXPECT_TRUE(each.position) << file << " row " << each.row;
            EXPECT_THAT(each.publisherDid, testing::StartsWith("ivo://")) << file << " row " << each.row;
        }
    }
    const auto list = recordedList(folder / "ssa-result.xml");
    EXPECT_EQ(by(list, "access"), "AcRef by utype");
    ASSERT_FALSE(list.rows.empty());
    EXPECT_THAT(list.rows[0].url, testing::StartsWith("http"));
}

TEST(RecordedSsap, WithoutATableThereIsNoList) {
    BALMER_NEEDS_REAL_DATA();
    for (const char* file : {"dal-missingtable.xml", "dal-missingcolumns.xml"}) {
        const auto list = listOf(core::readFile(test::realData() / "ssap_datalink" / file).value_or(""));
        ASSERT_FALSE(list) << file;
        EXPECT_EQ(list.error().code(), ErrorCode::Format) << list.error().describe();
    }
}

TEST(RecordedSsap, ATableWithTwoColumnsOfAddressesLeavesTheChoice) {
    BALMER_NEEDS_REAL_DATA();
    const auto file = test::realData() / "votable_spectra" / "matched-lamost-ondrejov.xml";
    const auto text = core::readFile(file).value_or("");
    const auto open = listOf(text, {}, file.string());
    ASSERT_TRUE(open) << test::why(open);
    EXPECT_EQ(open->accessColumn, "");
    EXPECT_THAT(open->addressColumns, ElementsAre("ondrejov_accref", "lamost_accref"));
    EXPECT_EQ(open->rows.size(), 3688u);
    EXPECT_THAT(open->rows[0].trouble, HasSubstr("not known which column"));

    ListOptions options;
    options.accessColumn = "LAMOST_accref";
    const auto chosen = listOf(text, options, file.string());
    ASSERT_TRUE(chosen) << test::why(chosen);
    EXPECT_EQ(chosen->rows.size(), open->rows.size());
    EXPECT_EQ(by(*chosen, "access"), "lamost_accref by choice");
    EXPECT_EQ(chosen->rows[0].url, "http://vos2.asu.cas.cz/getproduct/lamost_dr1/data/fits/GAC_073N44_V4/"
                                   "spec-55967-GAC_073N44_V4_sp08-055.vot");
}

// ---- Status

TEST(ListStatus, OverflowIsSeenWhereverItStands) {
    const auto columns = column("a", accessUtype);
    const auto rows = row({"http://x.org/1"});
    const std::string info = "<INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\">only 1 row</INFO>";
    const std::string ok = "<INFO name=\"QUERY_STATUS\" value=\"OK\"/>";
    for (const auto& text : {document(columns, rows, info), document(columns, rows, ok, info),
                             document(columns, rows, "", "", info)}) {
        const auto list = listOf(text);
        ASSERT_TRUE(list) << test::why(list);
        EXPECT_TRUE(list->overflow) << text;
        EXPECT_EQ(list->message, "only 1 row");
        EXPECT_EQ(list->rows.size(), 1u);
    }
    EXPECT_FALSE(listOf(document(columns, rows, ok))->overflow);
}

TEST(ListStatus, AnErrorIsSeenWhereverItStands) {
    const std::string info = "<INFO name=\"QUERY_STATUS\" value=\"ERROR\">the database\n is away</INFO>";
    const auto columns = column("a", accessUtype);
    for (const auto& text : {document(columns, "", info), document(columns, "", "", info),
                             document(columns, "", "", "", info)}) {
        const auto list = listOf(text);
        ASSERT_FALSE(list) << text;
        EXPECT_EQ(list.error().code(), ErrorCode::Remote);
        EXPECT_THAT(list.error().message(), HasSubstr("the database  is away"));
    }
    const auto cone = listOf("<VOTABLE version=\"1.1\"><INFO name=\"Error\" value=\"bad RA\"/></VOTABLE>");
    ASSERT_FALSE(cone);
    EXPECT_THAT(cone.error().message(), HasSubstr("bad RA"));
}

// ---- Addresses

TEST(ListAddresses, AreResolvedAgainstTheDocumentOrTheGivenBase) {
    const auto text = document(column("accref"), row({"../data/a b.fits"}) + row({"/x?y=1#z"}) +
                                                     row({" https://b.org/c "}) + row({"?ID=1"}));
    const auto urls = [](const SpectrumList& list) {
        std::vector<std::string> all;
        for (const auto& each : list.rows)
            all.push_back(each.url);
        return all;
    };
    EXPECT_THAT(urls(listOf(text).value()),
                ElementsAre("http://a.example.org/data/a%20b.fits", "http://a.example.org/x?y=1",
                            "https://b.org/c", "http://a.example.org/q/ssap.xml?ID=1"));
    ListOptions options;
    options.base = "ftp://c.example.org/d/e/";
    EXPECT_THAT(urls(listOf(text, options, "/home/eva/list.vot").value()),
                ElementsAre("ftp://c.example.org/d/data/a%20b.fits", "ftp://c.example.org/x?y=1",
                            "https://b.org/c", "ftp://c.example.org/d/e/?ID=1"));
}

TEST(ListAddresses, ThatCannotBeFetchedSayWhy) {
    const auto list =
        listOf(document(column("accref") + column("access_format"),
                        row({"", ""}) + row({"file:///etc/passwd", ""}) + row({"ivo://x/y", ""}) +
                            row({"javascript:alert(1)", ""}) + row({"gopher://x.org/1", ""}) +
                            row({"http://x.org/" + std::string(20000, 'a'), ""}) +
                            row({"http://x.org/l", "application/x-votable+xml;content=datalink"}) +
                            row({"http://eva:secret@x.org/1", ""})));
    ASSERT_TRUE(list) << test::why(list);
    ASSERT_EQ(list->rows.size(), 8u);
    for (std::size_t i = 0; i < 7; ++i) {
        EXPECT_EQ(list->rows[i].url, "") << i;
        EXPECT_GT(list->rows[i].trouble.size(), 10u) << i;
    }
    EXPECT_THAT(list->rows[6].trouble, HasSubstr("DataLink"));
    EXPECT_EQ(list->rows[7].url, "http://x.org/1");
    const auto local = listOf(document(column("accref"), row({"a.fits"})), {}, "/home/eva/list.vot");
    EXPECT_THAT(local->rows[0].trouble, HasSubstr("relative"));
}

TEST(ListAddresses, AreFoundByUtypeThenUcdThenNameThenContent) {
    const auto found = [](const std::string& columns, const std::vector<std::string>& cells) {
        const auto list = listOf(document(columns, row(cells)));
        EXPECT_TRUE(list) << test::why(list);
        return list ? by(*list, "access") : std::string();
    };
    const std::string url = "http://x.org/1";
    EXPECT_EQ(found(column("accref") + column("b", "utype=\"Spectrum.ACCESS.reference\""), {url, url}),
              "b by utype");
    EXPECT_EQ(found(column("accref") + column("b", "ucd=\"meta.ref.url;meta.dataset\""), {url, url}),
              "b by ucd");
    EXPECT_EQ(found(column("page_url") + column("Acc_Ref"), {url, url}), "Acc_Ref by name");
    EXPECT_EQ(found(column("what") + column("where"), {"star", url}), "where by values");
    EXPECT_EQ(found(column("accref", "ucd=\"meta.ref.url\"") + column("datalink", "ucd=\"meta.ref.url\"") +
                        column("preview", "ucd=\"meta.ref.url\""),
                    {url, url, url}),
              "accref by ucd");
    EXPECT_EQ(found(column("first") + column("second"), {url, url}), "") << "two that are alike are a choice";
    EXPECT_EQ(found(column("accref", "", "datatype=\"int\""), {"1"}), "") << "numbers are not addresses";
}

TEST(ListAddresses, AChoiceThatIsNotThereNamesTheColumns) {
    ListOptions options;
    options.accessColumn = "link";
    const auto list = listOf(document(column("a") + column("b"), row({"x", "y"})), options);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code(), ErrorCode::InvalidArgument);
    EXPECT_THAT(list.error().message(), HasSubstr("it has a, b"));
}

TEST(ListAddresses, OfTheFirstTableThatHasThem) {
    const std::string other = "<VOTABLE version=\"1.4\"><RESOURCE><TABLE>" + column("remark") +
                              "<DATA><TABLEDATA>" + row({"hello"}) +
                              "</TABLEDATA></DATA></TABLE></RESOURCE><RESOURCE type=\"results\"><TABLE>" +
                              column("accref") + "<DATA><TABLEDATA>" + row({"http://x.org/1"}) +
                              "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    const auto list = listOf(other);
    ASSERT_TRUE(list) << test::why(list);
    ASSERT_EQ(list->rows.size(), 1u);
    EXPECT_EQ(list->rows[0].url, "http://x.org/1");
}

TEST(ListAddresses, ATableWithoutThemHasRowsWithTrouble) {
    const auto list = listOf(document(column("remark"), row({"hello"})));
    ASSERT_TRUE(list) << test::why(list);
    EXPECT_TRUE(list->addressColumns.empty());
    ASSERT_EQ(list->rows.size(), 1u);
    EXPECT_THAT(list->rows[0].trouble, HasSubstr("no column of addresses"));
}

TEST(ListAddresses, MoreRowsThanAllowedAreCut) {
    std::string rows;
    for (int i = 0; i < 100; ++i)
        rows += row({"http://x.org/" + std::to_string(i)});
    ListOptions options;
    options.most = 40;
    const auto list = listOf(document(column("accref"), rows), options);
    ASSERT_TRUE(list) << test::why(list);
    EXPECT_EQ(list->rows.size(), 40u);
    EXPECT_TRUE(list->cut);
    EXPECT_EQ(list->rows.back().url, "http://x.org/39");
    EXPECT_FALSE(listOf(document(column("accref"), rows))->cut);
}

// ---- Cells

TEST(ListCells, OfATableByHandAreFoundByName) {
    const std::string number = "datatype=\"double\"";
    const auto list = listOf(
        document(column("url") + column("RA", "", number) + column("DEC", "", number) + column("object") +
                     column("em_min", "unit=\"nm\"", number) + column("em_max", "unit=\"um\"", number) +
                     column("access_estsize", "", number) + column("mjd", "", number),
                 row({"http://x.org/1", "-10", "-45.5", " Vega ", "400", "0.9", "12", "40587.5"}) +
                     row({"http://x.org/2", "", "", "", "", "", "-1", "1e300"})));
    ASSERT_TRUE(list) << test::why(list);
    const auto& first = list->rows[0];
    ASSERT_TRUE(first.position);
    EXPECT_EQ(*first.position, (spectrum::SkyPosition{350, -45.5}));
    EXPECT_EQ(first.target, "Vega");
    EXPECT_DOUBLE_EQ(first.firstWavelengthAngstrom.value(), 4000);
    EXPECT_DOUBLE_EQ(first.lastWavelengthAngstrom.value(), 9000);
    EXPECT_EQ(first.bytes, 12000u) << "ObsCore counts in kilobytes";
    EXPECT_EQ(first.observed, "1970-01-01T12:00:00.000Z");
    const auto& second = list->rows[1];
    EXPECT_FALSE(second.position);
    EXPECT_FALSE(second.firstWavelengthAngstrom);
    EXPECT_FALSE(second.bytes);
    EXPECT_EQ(second.observed, "");
}

TEST(ListCells, NullsAndOddNumbersAreAbsent) {
    const auto list = listOf(
        document(column("accref") + column("r", "ucd=\"pos.eq.ra;meta.main\"", "datatype=\"double\"") +
                     column("d", "ucd=\"pos.eq.dec;meta.main\"", "datatype=\"double\"") +
                     column("s", "ucd=\"stat.snr\"", "datatype=\"float\""),
                 row({"http://x.org/1", "NaN", "1", "+Inf"}) + row({"http://x.org/2", "1", "99", "''"})));
    ASSERT_TRUE(list) << test::why(list);
    for (const auto& each : list->rows) {
        EXPECT_FALSE(each.position);
        EXPECT_FALSE(each.signalToNoise);
    }
}

TEST(ListCells, WhatIsNoVotableIsRefused) {
    for (const char* text : {"", "hello", "<html><body>Welcome</body></html>", "<VOTABLE><RESOURCE>"}) {
        const auto list = listOf(text);
        ASSERT_FALSE(list) << text;
        EXPECT_EQ(list.error().code(), ErrorCode::Format) << text;
    }
}

TEST(ListCells, RowsThatAreElsewhereAreSaidAndNotTakenForNone) {
    const auto list = listOf("<VOTABLE><RESOURCE><TABLE>" + column("ref", accessUtype) +
                             "<DATA><BINARY><STREAM href=\"http://x.org/rows\"/></BINARY></DATA></TABLE>"
                             "</RESOURCE></VOTABLE>");
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code(), ErrorCode::Unsupported);
    EXPECT_THAT(list.error().message(), HasSubstr("http://x.org/rows"));
}

TEST(ListCells, ReadingStopsWhenItIsAskedTo) {
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext task(stop.get_token(), {});
    const auto text = document(column("accref"), row({"http://x.org/1"}));
    const auto list = readSpectrumList(io::memorySource(std::as_bytes(std::span(text.data(), text.size()))),
                                       "http://x.org/", {}, task);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code(), ErrorCode::Cancelled);
}

TEST(ListCells, TimesAreReadByTheirUnit) {
    const auto observed = [](const std::string& unit, const std::string& value,
                             const std::string& type = "datatype=\"double\"") {
        const auto list = listOf(document(
            column("accref") +
                column("t", "ucd=\"time.epoch\"" + (unit.empty() ? "" : " unit=\"" + unit + "\""), type),
            row({"http://x.org/1", value})));
        EXPECT_TRUE(list) << test::why(list);
        return list ? list->rows.at(0).observed : "";
    };
    const std::string text = "datatype=\"char\" arraysize=\"*\"";
    EXPECT_EQ(observed("d", "56658"), "2014-01-01T00:00:00.000Z");
    EXPECT_EQ(observed("", "56658.5"), "2014-01-01T12:00:00.000Z");
    EXPECT_EQ(observed("", "56658.5", text), "2014-01-01T12:00:00.000Z");
    EXPECT_EQ(observed("d", "2456659.0"), "2014-01-01T12:00:00.000Z");
    EXPECT_EQ(observed("yr", "2014"), "2014");
    EXPECT_EQ(observed("a", "2000.5"), "2000-07-02T03:00:00.000Z");
    EXPECT_EQ(observed("", "2014", text), "2014") << "as it is written";
    EXPECT_EQ(observed("", "2014-01-02T03:04:05", text), "2014-01-02T03:04:05");
    EXPECT_EQ(observed("d", "2014"), "") << "a day of 1864 is not a spectrum's";
    EXPECT_EQ(observed("s", "56658"), "");
    EXPECT_EQ(observed("yr", "56658"), "");
}

TEST(ListCells, LongTextsAreCutAndLongIdentifiersLeftOut) {
    const std::string letters = [] {
        std::string text;
        for (int i = 0; i < 5000; ++i)
            text += "ř";
        return text;
    }();
    const auto list = listOf(document(column("accref") + column("title") + column("pubdid"),
                                      row({"http://x.org/1", "a" + letters, "ivo://x/" + letters})));
    ASSERT_TRUE(list) << test::why(list);
    EXPECT_EQ(list->rows.at(0).title, "a" + letters.substr(0, 4094));
    EXPECT_EQ(list->rows.at(0).publisherDid, "");
    EXPECT_EQ(list->rows.at(0).url, "http://x.org/1");
}

TEST(ListCells, TheTextOfAllRowsIsLimited) {
    std::string rows;
    for (int i = 0; i < 200; ++i)
        rows += row({"http://x.org/" + std::to_string(i), std::string(100, 'a')});
    const auto text = document(column("accref") + column("title"), rows);
    ListOptions options;
    options.mostText = 20'000;
    const auto cut = listOf(text, options);
    ASSERT_TRUE(cut) << test::why(cut);
    EXPECT_TRUE(cut->cut);
    EXPECT_GT(cut->rows.size(), 50u);
    EXPECT_LT(cut->rows.size(), 170u);
    EXPECT_FALSE(listOf(text)->cut);
}

TEST(ListCells, MoreColumnsThanAnyTableHasAreRefused) {
    std::string columns;
    for (int i = 0; i < 10'001; ++i)
        columns += "<FIELD name=\"f\" datatype=\"int\"/>";
    const auto list = listOf(document(columns, ""));
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code(), ErrorCode::ResourceExhausted);
}

// Stops the task once so many bytes have been asked for, and counts what is asked for after that.
struct StoppingSource {
    std::string bytes;
    std::size_t stopAt = 0, given = 0, after = 0;
    std::stop_source stop = {};

    core::Result<SpectrumList> read(const ListOptions& options) {
        core::TaskContext task(stop.get_token(), {});
        return readSpectrumList(
            [this](std::span<std::byte> buffer) -> core::Result<std::size_t> {
                if (stop.stop_requested()) ++after;
                const std::size_t count = std::min(buffer.size(), bytes.size() - given);
                std::copy_n(std::as_bytes(std::span(bytes)).begin() + static_cast<std::ptrdiff_t>(given),
                            count, buffer.begin());
                given += count;
                if (given >= stopAt) stop.request_stop();
                return count;
            },
            "http://x.org/", options, task);
    }
};

TEST(ListCells, ReadingStopsWhereThereAreNoMoreRowsToKeep) {
    std::string rows;
    for (int i = 0; i < 5000; ++i)
        rows += row({"http://x.org/" + std::to_string(i)});
    ListOptions few;
    few.most = 10;
    const auto table = document(column("accref"), rows);
    const auto skipped =
        document(column("accref"), row({"http://x.org/1"}), "",
                 "<TABLE>" + column("accref") + "<DATA><TABLEDATA>" + rows + "</TABLEDATA></DATA></TABLE>");
    const auto blank = document(column("accref"), row({"http://x.org/1"}), "", std::string(100'000, ' '));
    for (const auto& text : {table, skipped, blank}) {
        StoppingSource source{text, 40'000};
        const auto list = source.read(few);
        ASSERT_FALSE(list);
        EXPECT_EQ(list.error().code(), ErrorCode::Cancelled);
        EXPECT_EQ(source.after, 0u);
        EXPECT_LT(source.given, 64u * 1024);
    }
    // Packed, all of it is in the first piece, and the stop comes only while it is unpacked.
    const auto packed =
        io::gzip(document(column("accref"), row({"http://x.org/1"}), "", std::string(8'000'000, ' ')), 9);
    ASSERT_TRUE(packed);
    std::stop_source stop;
    std::size_t reports = 0;
    core::TaskContext task(stop.get_token(), [&](double, std::string_view) {
        if (++reports == 20) stop.request_stop();
    });
    const auto list =
        readSpectrumList(io::memorySource(std::as_bytes(std::span(*packed))), "http://x.org/", {}, task);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code(), ErrorCode::Cancelled);
}

// ---- Forms of one dataset

SpectrumList listOfForms(const std::vector<std::array<const char*, 3>>& rows) {
    SpectrumList list;
    for (const auto& [url, did, format] : rows) {
        ListedSpectrum spectrum;
        spectrum.url = url;
        spectrum.publisherDid = did;
        spectrum.format = format;
        list.rows.push_back(spectrum);
    }
    return list;
}

TEST(StandIns, OneFormOfADatasetStandsForTheOthers) {
    const auto list = listOfForms({{"http://x.org/1.vot", "ivo://x/1", "application/x-votable+xml"},
                                   {"http://x.org/1.fits", "ivo://x/1", "application/fits"},
                                   {"http://x.org/2", "", ""},
                                   {"http://x.org/2", "", ""},
                                   {"", "ivo://x/1", "application/x-votable+xml;content=datalink"},
                                   {"http://x.org/1.jpg", "ivo://x/1", "image/jpeg"},
                                   {"http://x.org/1.fits", "ivo://x/1", "application/fits"}});
    EXPECT_THAT(standIns(list), ElementsAre(1, 1, 2, 2, 4, 1, 1));
    EXPECT_THAT(identified(list), ElementsAre(true, true, false, false, true, true, true));
}

TEST(StandIns, RowsOfOneIdentifierAndOneFormatAreSeveralSpectra) {
    const auto arms = listOfForms({{"http://x.org/blue.fits", "ivo://x/1", "application/fits"},
                                   {"http://x.org/red.fits", "ivo://x/1", "application/FITS"},
                                   {"http://x.org/blue.vot", "ivo://x/1", "application/x-votable+xml"},
                                   {"http://x.org/red.vot", "ivo://x/1", "application/x-votable+xml"},
                                   {"http://x.org/both.jpg", "ivo://x/1", "image/jpeg"}});
    EXPECT_THAT(standIns(arms), ElementsAre(0, 1, 0, 1, 0));
    EXPECT_THAT(identified(arms), Each(false));
    const auto archive = listOfForms({{"http://x.org/1.fits", "ivo://x", "application/fits"},
                                      {"http://x.org/2.txt", "ivo://x", "text/plain"},
                                      {"http://x.org/3.txt", "ivo://x", "text/plain"},
                                      {"http://x.org/3.txt", "ivo://x", "text/plain"}});
    EXPECT_THAT(standIns(archive), ElementsAre(0, 1, 2, 2)) << "more texts than the FITS file can be";
    EXPECT_THAT(identified(archive), Each(false));
}

} // namespace
} // namespace balmer::vo

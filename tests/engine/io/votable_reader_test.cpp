#include "engine/io/votable_reader.h"

#include <cmath>

#include "engine/io/file_bytes.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using test::why;

std::string document(const std::string& resource) {
    return "<?xml version='1.0'?><VOTABLE version='1.4' xmlns='http://www.ivoa.net/xml/VOTable/v1.3'>" +
           resource + "</VOTABLE>";
}

const std::string HEAD = "<RESOURCE type='results'><TABLE name='t'><FIELD name='n' datatype='long'/>"
                         "<FIELD name='s' datatype='char' arraysize='*'/>";

// A source that gives so many bytes at a time.
ByteSource inPieces(std::string bytes, std::size_t size) {
    return [bytes = std::move(bytes), size,
            at = std::size_t{0}](std::span<std::byte> buffer) mutable -> core::Result<std::size_t> {
        const std::size_t count = std::min({size, bytes.size() - at, buffer.size()});
        std::copy_n(asBytes(bytes).begin() + static_cast<std::ptrdiff_t>(at), count, buffer.begin());
        at += count;
        return count;
    };
}

std::string rows(std::size_t count) {
    std::string text;
    for (std::size_t r = 0; r < count; ++r)
        text += "<TR><TD>" + std::to_string(r) + "</TD><TD>a &amp; b</TD></TR>\n";
    return text;
}

TEST(VotableReader, RowAfterRowWhateverThePieces) {
    const std::string text =
        document("<INFO name='i' value='1'/>" + HEAD + "<DATA><TABLEDATA>" + rows(500) +
                 "</TABLEDATA></DATA><INFO name='QUERY_STATUS' value='OVERFLOW'/></TABLE>"
                 "<TABLE name='u'><FIELD name='x' datatype='double'/></TABLE></RESOURCE>");
    for (const std::size_t size : {std::size_t{1}, std::size_t{7}, std::size_t{1000}, text.size()}) {
        VotableReader reader(inPieces(text, size));
        auto more = reader.nextTable();
        ASSERT_TRUE(more && *more) << why(more);
        EXPECT_EQ(reader.table().fields.size(), 2U);
        std::size_t count = 0;
        while (true) {
            const auto row = reader.nextRow();
            ASSERT_TRUE(row) << why(row);
            if (!*row) break;
            ASSERT_EQ(reader.integer(0), static_cast<std::int64_t>(count));
            ASSERT_EQ(reader.textView(1), "a & b");
            ++count;
        }
        EXPECT_EQ(count, 500U);
        EXPECT_EQ(reader.table().infos.at(0).value, "OVERFLOW");
        more = reader.nextTable();
        ASSERT_TRUE(more && *more);
        EXPECT_EQ(reader.table().name, "u");
        EXPECT_FALSE(*reader.nextRow());
        more = reader.nextTable();
        ASSERT_TRUE(more && !*more);
        EXPECT_EQ(reader.document().infos.size() + reader.document().resources.at(0).infos.size(), 1U);
        EXPECT_EQ(reader.document().resources.at(0).tables.at(0).name, "t");
    }
}

TEST(VotableReader, ADocumentTypeMayComeInPieces) {
    const std::string text = "<!DOCTYPE VOTABLE SYSTEM \"a>b.dtd\"><VOTABLE>" + HEAD + "<DATA><TABLEDATA>" +
                             rows(3) + "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    for (const std::size_t size : {std::size_t{1}, std::size_t{4}, text.size()}) {
        VotableReader reader(inPieces(text, size));
        const auto more = reader.nextTable();
        ASSERT_TRUE(more && *more) << "in pieces of " << size << ": " << why(more);
        for (int row = 0; row <= 3; ++row) {
            const auto another = reader.nextRow();
            ASSERT_TRUE(another) << why(another);
            EXPECT_EQ(*another, row < 3);
        }
    }
}

TEST(VotableReader, TablesMayBePassedOver) {
    VotableReader reader(
        inPieces(document(HEAD + "<DATA><TABLEDATA>" + rows(2000) + "</TABLEDATA></DATA></TABLE>" +
                          HEAD.substr(HEAD.find("<TABLE")) + "<DATA><TABLEDATA>" + rows(1) +
                          "</TABLEDATA></DATA></TABLE></RESOURCE>"),
                 100));
    ASSERT_TRUE(*reader.nextTable());
    ASSERT_TRUE(*reader.nextRow());
    ASSERT_TRUE(*reader.nextTable());
    ASSERT_TRUE(*reader.nextRow());
    EXPECT_FALSE(*reader.nextRow());
    EXPECT_FALSE(*reader.nextTable());
}

TEST(VotableReader, GoodRowsComeBeforeTheErrorAndTheErrorStays) {
    VotableReader reader(inPieces(document(HEAD + "<DATA><TABLEDATA>" + rows(3) + "<TR><TD></TR>"), 1 << 16));
    ASSERT_TRUE(*reader.nextTable());
    for (int r = 0; r < 3; ++r)
        ASSERT_TRUE(*reader.nextRow());
    for (int again = 0; again < 2; ++again) {
        const auto end = reader.nextRow();
        ASSERT_FALSE(end);
        EXPECT_EQ(end.error().code(), ErrorCode::Format);
        EXPECT_NE(end.error().message().find("line 4"), std::string::npos) << end.error().message();
    }
    EXPECT_FALSE(reader.nextTable());
}

TEST(VotableReader, ACutDocumentIsAnError) {
    const std::string whole =
        document(HEAD + "<DATA><TABLEDATA>" + rows(2) + "</TABLEDATA></DATA></TABLE></RESOURCE>");
    for (std::size_t length = 0; length + 1 < whole.size(); length += 13)
        EXPECT_FALSE(parseVotable(asBytes(whole.substr(0, length)))) << length;
    EXPECT_TRUE(parseVotable(asBytes(whole)));
}

TEST(VotableReader, GzipOfTheDocumentAndOfTheStream) {
    const std::string bytes("\0\0\0\0\0\0\0\7\0\0\0\2ab", 14);
    const auto packed = gzip(bytes, 6);
    ASSERT_TRUE(packed);
    constexpr std::string_view ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string coded;
    for (std::size_t i = 0; i < packed->size(); i += 3) {
        std::uint32_t bits = 0;
        for (std::size_t k = 0; k < 3; ++k)
            bits = bits << 8 | (i + k < packed->size() ? static_cast<unsigned char>((*packed)[i + k]) : 0U);
        for (std::size_t k = 0; k < 4; ++k)
            coded += i + k <= packed->size() ? ALPHABET[bits >> (18 - 6 * k) & 63] : '=';
    }
    const std::string text = document(HEAD + "<DATA><BINARY><STREAM encoding='gzip'>" + coded +
                                      "</STREAM></BINARY></DATA></TABLE></RESOURCE>");
    const auto whole = gzip(text, 6);
    ASSERT_TRUE(whole);
    for (const std::size_t size : {std::size_t{1}, whole->size()}) {
        VotableReader reader(inPieces(*whole, size));
        const auto table = reader.nextTable();
        ASSERT_TRUE(table && *table) << why(table);
        const auto row = reader.nextRow();
        ASSERT_TRUE(row && *row) << why(row);
        EXPECT_EQ(reader.integer(0), 7);
        EXPECT_EQ(reader.text(1), "ab");
        EXPECT_FALSE(*reader.nextRow());
    }
    const auto cut = parseVotable(asBytes(whole->substr(0, whole->size() / 2)));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code(), ErrorCode::Format);
}

TEST(VotableReader, RowsElsewhereComeThroughTheCaller) {
    const std::string text =
        document(HEAD + "<DATA><BINARY2><STREAM href='rows.bin'/></BINARY2></DATA></TABLE></RESOURCE>");
    const std::string bytes("\0\0\0\0\0\0\0\0\7\0\0\0\2ab\x80\0\0\0\0\0\0\0\0\0\0\0\1c", 29);
    const auto give = [&](std::size_t length) {
        return [&, length](const std::string& href) -> core::Result<ByteSource> {
            EXPECT_EQ(href, "rows.bin");
            return inPieces(bytes.substr(0, length), 5);
        };
    };
    const auto all = parseVotable(asBytes(text), {}, give(bytes.size()));
    ASSERT_TRUE(all) << why(all);
    const VotableTable& t = *all->tables().at(0);
    ASSERT_EQ(t.rows, 2U);
    EXPECT_EQ(t.text(0, 1), "ab");
    EXPECT_TRUE(t.isNull(1, 0));
    EXPECT_EQ(t.text(1, 1), "c");
    const auto cut = parseVotable(asBytes(text), {}, give(bytes.size() - 1));
    ASSERT_FALSE(cut);
    EXPECT_NE(cut.error().describe().find("rows.bin"), std::string::npos) << cut.error().describe();
    const auto refused = parseVotable(asBytes(text), {}, [](const std::string&) -> core::Result<ByteSource> {
        return core::fail(ErrorCode::NotFound, "it is gone");
    });
    ASSERT_TRUE(refused) << why(refused);
    EXPECT_NE(refused->tables().at(0)->unread.find("it is gone"), std::string::npos);
    VotableReader passing(memorySource(asBytes(text)), {},
                          [](const std::string&) -> core::Result<ByteSource> {
                              ADD_FAILURE() << "rows that nobody asked for are not fetched";
                              return core::fail(ErrorCode::NotFound, "");
                          });
    EXPECT_TRUE(*passing.nextTable());
    EXPECT_FALSE(*passing.nextTable());
    EXPECT_NE(passing.document().resources.at(0).tables.at(0).unread, "");
}

TEST(VotableReader, ForeignNamespacesAndEncodings) {
    const auto latin = parseVotable(asBytes("<?xml version='1.0' "
                                            "encoding='ISO-8859-2'?><VOTABLE><DESCRIPTION>Ond\xf8"
                                            "ejov</DESCRIPTION></VOTABLE>"));
    ASSERT_TRUE(latin) << why(latin);
    EXPECT_EQ(latin->description, "Ondřejov");
    const auto foreign = parseVotable(
        asBytes(document("<RESOURCE><x:TABLE xmlns:x='urn:x'><x:FIELD name='a'/></x:TABLE></RESOURCE>")));
    ASSERT_TRUE(foreign) << why(foreign);
    EXPECT_TRUE(foreign->tables().empty());
    const auto remote =
        parseVotable(asBytes("<!DOCTYPE VOTABLE SYSTEM "
                             "'http://us-vo.org/xml/VOTable.dtd'><VOTABLE><DESCRIPTION>H&alpha;</DESCRIPTION>"
                             "</VOTABLE>"));
    ASSERT_TRUE(remote) << why(remote);
    EXPECT_EQ(remote->description, "H&alpha;") << "what only the DTD knows stays as it is written";
    const auto own = parseVotable(asBytes("<!DOCTYPE VOTABLE [<!ENTITY a 'b'>]><VOTABLE/>"));
    ASSERT_FALSE(own);
    EXPECT_EQ(own.error().code(), ErrorCode::Unsupported);
}

TEST(VotableReader, LimitsHoldWhateverTheDataState) {
    const auto binary = [](const std::string& coded, const VotableLimits& limits = {}) {
        return parseVotable(
            asBytes(document("<RESOURCE><TABLE><FIELD name='a' datatype='double' arraysize='*'/><DATA>"
                             "<BINARY><STREAM encoding='base64'>" +
                             coded + "</STREAM></BINARY></DATA></TABLE></RESOURCE>")),
            limits);
    };
    const auto huge = binary("f////w==");
    ASSERT_FALSE(huge);
    EXPECT_EQ(huge.error().code(), ErrorCode::ResourceExhausted) << huge.error().message();
    const auto waiting = binary("AAAA/w==");
    ASSERT_FALSE(waiting);
    EXPECT_EQ(waiting.error().code(), ErrorCode::Format) << waiting.error().message();
    VotableLimits few;
    few.elements = 10;
    std::string many;
    for (int i = 0; i < 20; ++i)
        many += "<INFO name='a' value='b'/>";
    EXPECT_EQ(parseVotable(asBytes(document(many)), few).error().code(), ErrorCode::ResourceExhausted);
    VotableLimits cells;
    cells.cells = 500;
    const std::string table =
        document(HEAD + "<DATA><TABLEDATA>" + rows(200) + "</TABLEDATA></DATA></TABLE></RESOURCE>");
    EXPECT_EQ(parseVotable(asBytes(table), cells).error().code(), ErrorCode::ResourceExhausted);
    VotableReader reader(inPieces(table, 200), cells);
    ASSERT_TRUE(*reader.nextTable());
    std::size_t count = 0;
    for (auto row = reader.nextRow(); row && *row; row = reader.nextRow())
        ++count;
    EXPECT_EQ(count, 200U) << "row by row the limit is on what is held at a time";
}

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (std::size_t i = 0; i < times; ++i)
        all += text;
    return all;
}

TEST(VotableReader, WhatIsTakenOverFromAnotherElementCountsAsIfItWereWritten) {
    VotableLimits limits;
    limits.elements = 1000;
    const std::string fields = "<TABLE ID='t'>" + repeated("<FIELD datatype='int'/>", 100) + "</TABLE>";
    const auto tables = [&](std::size_t refs) {
        return parseVotable(
            asBytes(document("<RESOURCE>" + fields + repeated("<TABLE ref='t'/>", refs) + "</RESOURCE>")),
            limits);
    };
    const auto few = tables(5);
    ASSERT_TRUE(few) << why(few);
    EXPECT_EQ(few->tables().back()->fields.size(), 100U);
    const auto many = tables(20);
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().code(), ErrorCode::ResourceExhausted);

    const auto values = [&](const std::string& more) {
        return parseVotable(asBytes(document("<PARAM><VALUES ID='v'>" + repeated("<OPTION value='1'/>", 100) +
                                             "</VALUES></PARAM>" + more)),
                            limits);
    };
    const auto shared = values(repeated("<PARAM><VALUES ref='v'/></PARAM>", 5));
    ASSERT_TRUE(shared) << why(shared);
    EXPECT_EQ(shared->params.back().options.size(), 100U);
    const auto referring = values(repeated("<PARAM><VALUES ref='v'/></PARAM>", 20));
    ASSERT_FALSE(referring);
    EXPECT_EQ(referring.error().code(), ErrorCode::ResourceExhausted);
    // A column may have several VALUES, each with an ID of its own, which hold what came before them.
    std::string named = "<PARAM><VALUES ref='v'/>";
    for (int i = 0; i < 20; ++i)
        named += "<VALUES ID='w" + std::to_string(i) + "'/>";
    const auto kept = values(named + "</PARAM>");
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code(), ErrorCode::ResourceExhausted);
}

TEST(VotableReader, TextBesideTheRowsHasOneLimitForTheDocument) {
    VotableLimits limits;
    limits.textBytes = 5000;
    const std::string thousand(1000, 'a');
    const auto code = [&](const std::string& resource) -> std::optional<ErrorCode> {
        const auto parsed = parseVotable(asBytes(document(resource)), limits);
        if (parsed) return std::nullopt;
        return parsed.error().code();
    };
    const std::string info = "<INFO name='i' value='v'>" + thousand + "</INFO>";
    const std::string field = "<FIELD name='" + thousand + "' datatype='int'/>";
    EXPECT_EQ(code(repeated(info, 4)), std::nullopt);
    EXPECT_EQ(code(repeated(info, 6)), ErrorCode::ResourceExhausted);
    EXPECT_EQ(code("<RESOURCE>" + repeated("<DESCRIPTION>" + thousand + "</DESCRIPTION>", 6) + "</RESOURCE>"),
              ErrorCode::ResourceExhausted);
    EXPECT_EQ(code("<RESOURCE><TABLE>" + repeated(field, 4) + "</TABLE></RESOURCE>"), std::nullopt);
    EXPECT_EQ(code("<RESOURCE><TABLE>" + repeated(field, 6) + "</TABLE></RESOURCE>"),
              ErrorCode::ResourceExhausted);
    EXPECT_EQ(code("<RESOURCE><TABLE ID='t'>" + repeated(field, 2) + "</TABLE>" +
                   repeated("<TABLE ref='t'/>", 3) + "</RESOURCE>"),
              ErrorCode::ResourceExhausted);
    const auto defaults = parseVotable(asBytes("<!DOCTYPE VOTABLE [<!ATTLIST INFO value CDATA '" + thousand +
                                               "'>]><VOTABLE>" + repeated("<INFO/>", 6) + "</VOTABLE>"),
                                       limits);
    ASSERT_FALSE(defaults) << "an attribute's default is text of each element";
    EXPECT_EQ(defaults.error().code(), ErrorCode::ResourceExhausted);
    EXPECT_EQ(code(HEAD + "<DATA><TABLEDATA>" + repeated("<TR><TD>1</TD><TD>" + thousand + "</TD></TR>", 10) +
                   "</TABLEDATA></DATA></TABLE></RESOURCE>"),
              std::nullopt)
        << "rows are not of it";
}

TEST(VotableReader, ARowIsLimitedAsAWhole) {
    const auto read = [](const std::string& text, const VotableLimits& limits) -> std::optional<ErrorCode> {
        VotableReader reader(inPieces(text, 100), limits);
        auto more = reader.nextTable();
        while (more && *more)
            more = reader.nextRow();
        if (more) return std::nullopt;
        return more.error().code();
    };
    const auto table = [](const std::string& field, const std::string& cell) {
        return document("<RESOURCE><TABLE>" + repeated(field, 100) + "<DATA><TABLEDATA>" +
                        repeated("<TR>" + repeated(cell, 100) + "</TR>", 5) +
                        "</TABLEDATA></DATA></TABLE></RESOURCE>");
    };
    const auto texts =
        table("<FIELD datatype='char' arraysize='*'/>", "<TD>" + std::string(200, 'a') + "</TD>");
    const auto numbers =
        table("<FIELD datatype='int' arraysize='*'/>", "<TD>" + repeated("1 ", 100) + "</TD>");
    VotableLimits bytes;
    bytes.rowBytes = 10'000;
    EXPECT_EQ(read(texts, bytes), ErrorCode::ResourceExhausted);
    bytes.rowBytes = 30'000;
    EXPECT_EQ(read(texts, bytes), std::nullopt);
    VotableLimits cells;
    cells.cells = 2'500;
    EXPECT_EQ(read(texts, cells), ErrorCode::ResourceExhausted) << "letters count";
    EXPECT_EQ(read(numbers, cells), ErrorCode::ResourceExhausted)
        << "what the row took before its end is given back only after it";
    cells.cells = 12'000;
    EXPECT_EQ(read(texts, cells), std::nullopt);
    EXPECT_EQ(read(numbers, cells), std::nullopt);
}

TEST(VotableReader, NullIsNotNaN) {
    const auto parsed =
        parseVotable(asBytes(document("<RESOURCE><TABLE><FIELD name='d' datatype='double'/><FIELD name='e' "
                                      "datatype='float'><VALUES null='-99'/>"
                                      "</FIELD><DATA><TABLEDATA><TR><TD>NaN</TD><TD>-99.0</TD></TR><TR><TD/"
                                      "><TD>NaN</TD></TR></TABLEDATA></DATA>"
                                      "</TABLE></RESOURCE>")));
    ASSERT_TRUE(parsed) << why(parsed);
    const VotableTable& t = *parsed->tables().at(0);
    EXPECT_TRUE(std::isnan(t.number(0, 0).value()));
    EXPECT_TRUE(t.isNull(0, 1));
    EXPECT_TRUE(t.isNull(1, 0));
    EXPECT_TRUE(std::isnan(t.number(1, 1).value()));
}

} // namespace
} // namespace balmer::io

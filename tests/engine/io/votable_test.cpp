#include "engine/io/votable.h"

#include <cmath>

#include "engine/core/files.h"
#include "engine/io/file_bytes.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::why;

Votable parse(const std::string& body) {
    auto document = parseVotable(asBytes("<VOTABLE version='1.4'>" + body + "</VOTABLE>"));
    EXPECT_TRUE(document) << why(document);
    return document ? std::move(*document) : Votable{};
}

TEST(Votable, TableDataOfEveryType) {
    const Votable document = parse(
        R"(<RESOURCE type="results"><TABLE ID="t"><FIELD name="b" datatype="boolean"/><FIELD name="i" datatype="int"><VALUES null="-99"/></FIELD>
        <FIELD name="l" datatype="long"/><FIELD name="d" datatype="double" utype="spec:Spectrum.Data.SpectralAxis.Value" ucd="em.wl;obs.atmos"/>
        <FIELD name="a" datatype="float" arraysize="*"/><FIELD name="s" datatype="char" arraysize="*"/><FIELD name="x" datatype="bit" arraysize="4"/>
        <DATA><TABLEDATA><TR><TD>T</TD><TD>0x1F</TD><TD>9007199254740993</TD><TD> 1.5 </TD><TD>1 2  3</TD><TD> Hα &amp; <![CDATA[<b>]]></TD><TD>1010</TD></TR>
        <TR><TD>?</TD><TD>-99</TD><TD/><TD>+Inf</TD><TD></TD><TD></TD><TD>0000</TD></TR><TR><TD>0</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE>)");
    ASSERT_EQ(document.tables().size(), 1U);
    const VotableTable& t = *document.tables()[0];
    ASSERT_EQ(t.rows, 3U);
    EXPECT_EQ(t.number(0, 0), 1.0);
    EXPECT_EQ(t.text(0, 0), "true");
    EXPECT_TRUE(t.isNull(1, 0));
    EXPECT_EQ(t.number(0, 1), 31.0);
    EXPECT_TRUE(t.isNull(1, 1));
    EXPECT_EQ(t.text(0, 2), "9007199254740993");
    EXPECT_EQ(t.number(0, 3), 1.5);
    EXPECT_TRUE(std::isinf(*t.number(1, 3)));
    EXPECT_EQ(t.numbers(0, 4).size(), 3U);
    EXPECT_FALSE(t.number(0, 4));
    EXPECT_EQ(t.text(0, 4), "1 2 3");
    EXPECT_EQ(t.text(0, 5), " Hα & <b>");
    EXPECT_TRUE(t.isNull(1, 5));
    EXPECT_EQ(t.numbers(0, 6).at(2), 1.0);
    EXPECT_TRUE(t.isNull(2, 6)) << "missing cells are null";
    EXPECT_EQ(t.field("D"), 3U);
    EXPECT_EQ(t.fieldByUtype("SpectralAxis.Value"), 3U);
    EXPECT_EQ(t.fieldByUcd("em.wl"), 3U);
    EXPECT_FALSE(t.fieldByUtype("Axis.Value")) << "only whole words of a utype";
}

TEST(Votable, BinaryAndBinary2) {
    // 1.5 (double), 7 (int), "ab" (char*), then a row of nulls for BINARY2.
    const std::string fields =
        R"(<FIELD name="d" datatype="double"/><FIELD name="i" datatype="int"/><FIELD name="s" datatype="char" arraysize="*"/>)";
    const Votable binary =
        parse("<RESOURCE><TABLE>" + fields +
              "<DATA><BINARY><STREAM "
              "encoding='base64'>P/gAAAAAAAAAAAAHAAAA\nAmFi</STREAM></BINARY></DATA></TABLE></RESOURCE>");
    const VotableTable& t = *binary.tables().at(0);
    ASSERT_EQ(t.rows, 1U);
    EXPECT_EQ(t.number(0, 0), 1.5);
    EXPECT_EQ(t.number(0, 1), 7.0);
    EXPECT_EQ(t.text(0, 2), "ab");
    const Votable binary2 = parse("<RESOURCE><TABLE>" + fields +
                                  "<DATA><BINARY2><STREAM "
                                  "encoding='base64'>AD/4AAAAAAAAAAAABwAAAAJhYuAAAAAAAAAAAAAAAAAAAAAA</"
                                  "STREAM></BINARY2></DATA></TABLE></RESOURCE>");
    const VotableTable& t2 = *binary2.tables().at(0);
    ASSERT_EQ(t2.rows, 2U);
    EXPECT_EQ(t2.text(0, 2), "ab");
    EXPECT_TRUE(t2.isNull(1, 0) && t2.isNull(1, 1) && t2.isNull(1, 2));
    EXPECT_FALSE(parseVotable(
        asBytes("<VOTABLE><RESOURCE><TABLE>" + fields +
                "<DATA><BINARY><STREAM "
                "encoding='base64'>P/gA</STREAM></BINARY></DATA></TABLE></RESOURCE></VOTABLE>")));
}

TEST(Votable, DataElsewhereAreToldNotFetched) {
    const Votable document =
        parse("<RESOURCE><TABLE><FIELD name='d' datatype='double'/><DATA><BINARY><STREAM "
              "href='file:///etc/passwd'/></BINARY></DATA></TABLE></RESOURCE>");
    EXPECT_EQ(document.tables().at(0)->rows, 0U);
    EXPECT_NE(document.tables().at(0)->unread.find("file:///etc/passwd"), std::string::npos);
}

TEST(Votable, PrefixesGroupsAndServiceDescriptors) {
    const std::string text =
        R"(<v:VOTABLE xmlns:v="http://www.ivoa.net/xml/VOTable/v1.3" xmlns:m="urn:mivot"><v:INFO name="QUERY_STATUS" value="OVERFLOW">cut</v:INFO>
        <v:RESOURCE type="meta" utype="adhoc:service"><m:VODML><m:TABLE/></m:VODML><v:PARAM name="accessURL" datatype="char" arraysize="*" value="http://x/sync"/>
        <v:GROUP name="inputParams"><v:PARAM name="BAND" datatype="double" arraysize="2" unit="m"><v:VALUES><v:MIN value="1"/><v:MAX value="2"/></v:VALUES></v:PARAM></v:GROUP></v:RESOURCE></v:VOTABLE>)";
    const auto document = parseVotable(asBytes(text));
    ASSERT_TRUE(document) << why(document);
    EXPECT_EQ(document->infos.at(0).value, "OVERFLOW");
    EXPECT_EQ(document->infos.at(0).text, "cut");
    const VotableResource& service = document->resources.at(0);
    EXPECT_EQ(service.params.at(0).value, "http://x/sync");
    EXPECT_EQ(service.groups.at(0).params.at(0).maximum, "2");
    EXPECT_TRUE(looksLikeVotable(asBytes(text)));
}

TEST(Votable, TablesMayShareTheFieldsOfAnother) {
    const Votable document =
        parse("<RESOURCE><TABLE ID='a'><FIELD name='d' datatype='double'/></TABLE><TABLE "
              "ref='a'><DATA><TABLEDATA><TR><TD>4</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE>");
    ASSERT_EQ(document.tables().size(), 2U);
    EXPECT_EQ(document.tables()[1]->number(0, 0), 4.0);
}

TEST(Votable, ErrorsAndLimits) {
    const auto wide = parseVotable(asBytes("<VOTABLE><RESOURCE><TABLE><FIELD name='d' "
                                           "datatype='double'/><DATA><TABLEDATA><TR><TD>1</TD><TD>2</TD></"
                                           "TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"));
    ASSERT_FALSE(wide);
    EXPECT_NE(wide.error().message().find("more cells"), std::string::npos);
    const auto broken = parseVotable(asBytes("<VOTABLE>\n<RESOURCE>\n</VOTABLE>"));
    ASSERT_FALSE(broken);
    EXPECT_NE(broken.error().message().find("line 2"), std::string::npos) << broken.error().message();
    VotableLimits limits;
    limits.cells = 1;
    const auto many =
        parseVotable(asBytes("<VOTABLE><RESOURCE><TABLE><FIELD name='d' "
                             "datatype='double'/><DATA><TABLEDATA><TR><TD>1</TD></TR><TR><TD>1</TD></TR></"
                             "TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"),
                     limits);
    ASSERT_FALSE(many);
    EXPECT_EQ(many.error().code(), core::ErrorCode::ResourceExhausted);
    EXPECT_FALSE(looksLikeVotable(asBytes("<html>")));
    EXPECT_FALSE(looksLikeVotable(asBytes("VOTABLE")));
    EXPECT_TRUE(looksLikeVotable(asBytes("<?xml version='1.0'?>\n<!-- <x> -->\n<!DOCTYPE VOTABLE SYSTEM "
                                         "\"http://us-vo.org/xml/VOTable.dtd\">\n<VOTABLE/>")));
}

TEST(Votable, ReadsTheAnswersOfRealServices) {
    BALMER_NEEDS_REAL_DATA();
    const auto bytes = core::readFile(test::realData() / "ssap_datalink" / "ssa-result.xml");
    ASSERT_TRUE(bytes);
    const auto document = parseVotable(asBytes(*bytes));
    ASSERT_TRUE(document) << why(document);
    const VotableTable& t = *document->tables().at(0);
    EXPECT_EQ(t.rows, 35U);
    const auto reference = t.fieldByUtype("Access.Reference");
    ASSERT_TRUE(reference);
    EXPECT_TRUE(t.text(0, *reference).starts_with("http"));
}

} // namespace
} // namespace balmer::io

// What is asked of a service, as an address.
#include "engine/vo/ssap/ssap_query.h"

#include <gmock/gmock.h>

#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using testing::HasSubstr;
using testing::Not;

std::string urlOf(const SsapQuery& query, std::string_view service = "http://archive.example.org/ssap.xml",
                  const std::optional<spectrum::SkyPosition>& position = {}) {
    const auto url = ssapUrl(service, query, position);
    EXPECT_TRUE(url) << test::why(url);
    return url.value_or("");
}

TEST(SsapUrl, HasEverythingThatIsAskedInTheUnitsOfTheStandard) {
    SsapQuery query;
    query.diameterDegrees = 0.5;
    query.fromAngstrom = 6500;
    query.toAngstrom = 6600;
    query.time = "2014-01-01/2014-12-31";
    query.target = "HD 217476";
    query.collection = "CCD700 & others";
    query.format = "application/fits";
    query.mostRows = 20;
    const auto url =
        urlOf(query, "http://archive.example.org/ssap.xml", spectrum::SkyPosition{52.034, -46.5});
    EXPECT_EQ(url, "http://archive.example.org/ssap.xml?REQUEST=queryData&POS=52.034%2C-46.5&SIZE=0.5"
                   "&BAND=6.5e-07%2F6.6e-07&TIME=2014-01-01%2F2014-12-31&TARGETNAME=HD%20217476"
                   "&COLLECTION=CCD700%20%26%20others&FORMAT=application%2Ffits&MAXREC=20");
}

TEST(SsapUrl, WithoutAPositionHasNoRegion) {
    SsapQuery query;
    query.diameterDegrees = 0.5;
    EXPECT_EQ(urlOf(query), "http://archive.example.org/ssap.xml?REQUEST=queryData");
}

TEST(SsapUrl, EitherEndOfTheBandMayBeOpen) {
    SsapQuery query;
    query.fromAngstrom = 4000;
    EXPECT_THAT(urlOf(query), HasSubstr("BAND=4e-07%2F"));
    query.fromAngstrom.reset();
    query.toAngstrom = 4000;
    EXPECT_THAT(urlOf(query), HasSubstr("BAND=%2F4e-07"));
}

TEST(SsapUrl, KeepsTheServicesOwnQueryUnlessItIsAskedFor) {
    SsapQuery query;
    query.mostRows = 5;
    EXPECT_EQ(urlOf(query, "http://x.org/q?"), "http://x.org/q?REQUEST=queryData&MAXREC=5");
    EXPECT_EQ(urlOf(query, "http://x.org/q?db=a%20b&"), "http://x.org/q?db=a%20b&REQUEST=queryData&MAXREC=5");
    EXPECT_EQ(urlOf(query, "http://x.org/q?request=getCapabilities&maxrec=1&db=1"),
              "http://x.org/q?db=1&REQUEST=queryData&MAXREC=5");
}

TEST(SsapUrl, FurtherParametersOverrideWhatTheAddressHas) {
    SsapQuery query;
    query.more = {{"SPECRP", "2000/5000"}};
    EXPECT_EQ(urlOf(query, "http://x.org/q?SPECRP=1"), "http://x.org/q?REQUEST=queryData&SPECRP=2000%2F5000");
}

TEST(SsapUrl, NeverHasThePassword) {
    EXPECT_THAT(urlOf({}, "http://eva:secret@x.org/q"), Not(HasSubstr("secret")));
}

TEST(SsapUrl, RefusesWhatCannotBeAsked) {
    const auto refused = [](SsapQuery query) {
        const auto url = ssapUrl("http://x.org/q", query, {});
        EXPECT_FALSE(url);
        if (!url) {
            EXPECT_EQ(url.error().code(), ErrorCode::InvalidArgument);
        }
        return url ? std::string() : url.error().message();
    };
    SsapQuery query;
    query.positions = {{400, 0}};
    EXPECT_THAT(refused(query), HasSubstr("position"));
    query = {};
    query.diameterDegrees = 0;
    EXPECT_THAT(refused(query), HasSubstr("size"));
    query = {};
    query.fromAngstrom = 7000;
    query.toAngstrom = 6000;
    EXPECT_THAT(refused(query), HasSubstr("band"));
    for (const char* time : {"yesterday", "2014-1-1", "/", "2014-01-01/2014-01-02/2014", "2014-07-01T12"}) {
        query = {};
        query.time = time;
        EXPECT_THAT(refused(query), HasSubstr(time));
    }
    query = {};
    query.format = "a\nb";
    EXPECT_THAT(refused(query), HasSubstr("format"));
    query = {};
    query.more = {{"A&B", "1"}};
    EXPECT_THAT(refused(query), HasSubstr("A&B"));
    EXPECT_FALSE(ssapUrl("no address", {}, {}));
    EXPECT_FALSE(ssapUrl("file://x.org/etc/passwd", {}, {}));
}

TEST(SsapUrl, TakesEveryFormOfTimeThatTheStandardKnows) {
    for (const char* time : {"2014", "2014-07", "2014-07-01", "2014-07-01T12:30", "2014-07-01T12:30:05.25",
                             "2014-07-01T12:30:05Z", "2014/", "/2015-01-01", "2014/2015"}) {
        SsapQuery query;
        query.time = time;
        EXPECT_TRUE(query.validate()) << time;
    }
}

TEST(Position, IsReadInDegreesAndSexagesimal) {
    for (const char* text :
         {"83.63291667 22.01447222", "83.63291667,22.01447222", " 83.63291667 ,+22.01447222",
          "05:34:31.9 +22:00:52.1", "05 34 31.9 +22 00 52.1"}) {
        const auto position = parsePosition(text);
        ASSERT_TRUE(position) << text << ": " << test::why(position);
        EXPECT_NEAR(position->raDegrees, 83.63291667, 1e-4) << text;
        EXPECT_NEAR(position->decDegrees, 22.01447222, 1e-4) << text;
    }
    for (const char* text : {"", "83", "83 22 1", "83 91", "north pole", "1 2 3 4 5 6 7"})
        EXPECT_FALSE(parsePosition(text)) << text;
}

TEST(Positions, AreReadLineByLine) {
    const auto some = parsePositions("ra,dec\n# a remark\n\n10 20\r\n30.5,-40\n");
    ASSERT_TRUE(some) << test::why(some);
    EXPECT_EQ(*some, (std::vector<spectrum::SkyPosition>{{10, 20}, {30.5, -40}}));
    const auto wrong = parsePositions("10 20\n10 95\n");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().describe(), HasSubstr("line 2"));
    EXPECT_FALSE(parsePositions("10 20\nra dec\n")) << "a line of words is a heading only at the beginning";
}

TEST(Angle, HasAUnit) {
    for (const auto& [text, degrees] : std::vector<std::pair<std::string, double>>{{"0.1", 0.1},
                                                                                   {"0.1deg", 0.1},
                                                                                   {"6 arcmin", 0.1},
                                                                                   {"360arcsec", 0.1},
                                                                                   {"6'", 0.1},
                                                                                   {"1e-1", 0.1}}) {
        const auto angle = parseAngle(text);
        ASSERT_TRUE(angle) << text << ": " << test::why(angle);
        EXPECT_DOUBLE_EQ(*angle, degrees) << text;
    }
    for (const char* text : {"", "deg", "5 parsec", "5 deg north", "5e"})
        EXPECT_FALSE(parseAngle(text)) << text;
}

} // namespace
} // namespace balmer::vo

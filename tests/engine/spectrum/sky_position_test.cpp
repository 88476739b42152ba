#include "engine/spectrum/sky_position.h"

#include "tests/support/test_support.h"

namespace balmer::spectrum {
namespace {

TEST(SkyPosition, ReadsDegreesAndSexagesimalHours) {
    const auto decimal = parsePosition("99.473303", "9.2639435");
    ASSERT_TRUE(decimal);
    EXPECT_DOUBLE_EQ(decimal->raDegrees, 99.473303);
    for (const char* ra : {"00:56:42.50", "00 56 42.50", "0h56m42.5s"}) {
        const auto position = parsePosition(ra, "-00:30:36.0");
        ASSERT_TRUE(position) << ra;
        EXPECT_NEAR(position->raDegrees, 14.177083333, 1e-8);
        EXPECT_NEAR(position->decDegrees, -0.51, 1e-12);
    }
}

TEST(SkyPosition, RefusesWhatIsNoPosition) {
    EXPECT_FALSE(parsePosition("", ""));
    EXPECT_FALSE(parsePosition("abc", "1"));
    EXPECT_FALSE(parsePosition("10", "91"));
    EXPECT_FALSE(parsePosition("nan", "1"));
    EXPECT_FALSE(parsePosition("1:70:00", "1"));
    EXPECT_FALSE(parsePosition("1:2:3:4", "1"));
}

TEST(SkyPosition, WritesPartsThatNeverReadSixty) {
    EXPECT_EQ(formatPosition({301.1507, 32.2186}), "20h04m36.17s +32°13′07.0″");
    EXPECT_EQ(formatPosition({359.9999999, -0.00001}), "00h00m00.00s −00°00′00.0″");
    const auto again = parsePosition("20h04m36.17s", "−32°13′06.9″");
    ASSERT_TRUE(again);
    EXPECT_NEAR(again->decDegrees, -32.21858, 1e-4);
}

TEST(SkyPosition, SeparationHoldsAtThePoleAndAcrossZero) {
    EXPECT_NEAR(separationArcsec({359.9999, 0}, {0.0001, 0}), 0.72, 1e-9);
    EXPECT_NEAR(separationArcsec({0, 89.9999}, {180, 89.9999}), 0.72, 1e-9);
    EXPECT_NEAR(separationArcsec({0, 90}, {123, -90}), 648000, 1e-6);
}

// Meeus, Astronomical Algorithms (1998), example 21.b: θ Persei from J2000 to 2028 November 13.19; here the
// way back.
TEST(SkyPosition, PrecessesAsMeeusDoes) {
    const SkyPosition ofDate{41.547214, 49.348483};
    const double equinox = 2000.0 + 0.288670500 * 100.0;
    const SkyPosition j2000 = precessedToJ2000(ofDate, equinox);
    EXPECT_NEAR(j2000.raDegrees, 41.054063, 2e-6);
    EXPECT_NEAR(j2000.decDegrees, 49.227750, 2e-6);
    EXPECT_EQ(precessedToJ2000(ofDate, 2000.0), ofDate);
}

} // namespace
} // namespace balmer::spectrum

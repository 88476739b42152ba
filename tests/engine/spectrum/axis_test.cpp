#include "engine/spectrum/axis.h"

#include <limits>

#include "tests/support/test_support.h"

namespace balmer::spectrum {
namespace {

TEST(SpectralAxis, RefusesWhatDoesNotAscend) {
    EXPECT_TRUE(SpectralAxis::make({4000, 4001, 4002}, Medium::Vacuum));
    EXPECT_FALSE(SpectralAxis::make({4000}, Medium::Vacuum));
    EXPECT_FALSE(SpectralAxis::make({4000, -1}, Medium::Vacuum));
    EXPECT_FALSE(SpectralAxis::make({4000, std::numeric_limits<double>::infinity()}, Medium::Vacuum));
    const auto repeated = SpectralAxis::make({4000, 4001, 4001}, Medium::Vacuum);
    ASSERT_FALSE(repeated);
    EXPECT_EQ(repeated.error().code(), core::ErrorCode::Format);
    EXPECT_NE(repeated.error().message().find("sample 3"), std::string::npos);
}

TEST(SpectralAxis, BalmerAlphaStandsWhereItIsKnownToStand) {
    EXPECT_NEAR(vacuumFromAir(6562.801), 6564.614, 0.001);
    EXPECT_NEAR(airFromVacuum(6564.614), 6562.801, 0.001);
}

TEST(SpectralAxis, AirAndVacuumInvertEachOther) {
    for (double air = 2000; air < 25000; air += 37)
        EXPECT_NEAR(airFromVacuum(vacuumFromAir(air)), air, 1e-3) << air;
    EXPECT_EQ(vacuumFromAir(1215.67), 1215.67);
}

TEST(SpectralAxis, OnlyAxesInAirMoveToVacuum) {
    const auto air = SpectralAxis::make({6500, 6600}, Medium::Air);
    ASSERT_TRUE(air);
    EXPECT_EQ(air->inVacuum().medium(), Medium::Vacuum);
    EXPECT_GT(air->inVacuum().first(), 6501.7);
    const auto unknown = SpectralAxis::make({6500, 6600}, Medium::Unknown);
    ASSERT_TRUE(unknown);
    EXPECT_EQ(unknown->inVacuum(), *unknown);
}

} // namespace
} // namespace balmer::spectrum

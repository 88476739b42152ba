#include "engine/spectrum/spectrum.h"

#include <limits>

#include "tests/support/test_support.h"

namespace balmer::spectrum {
namespace {

Spectrum threeSamples() {
    Spectrum s;
    s.axis = *SpectralAxis::make({4000, 4001, 4002}, Medium::Vacuum);
    s.flux = {1, 2, 3};
    return s;
}

TEST(Spectrum, ASampleIsBadByMaskByWeightOrByFlux) {
    Spectrum s = threeSamples();
    EXPECT_TRUE(s.good(1));
    s.mask = {0, 1, 0};
    s.inverseVariance = {1, 1, 0};
    EXPECT_TRUE(s.good(0));
    EXPECT_FALSE(s.good(1));
    EXPECT_FALSE(s.good(2));
    s.flux[0] = std::numeric_limits<float>::quiet_NaN();
    EXPECT_FALSE(s.good(0));
}

TEST(Spectrum, ValidateNamesWhatDiffers) {
    Spectrum s = threeSamples();
    EXPECT_TRUE(s.validate());
    s.mask = {0, 0};
    const auto lengths = s.validate();
    ASSERT_FALSE(lengths);
    EXPECT_NE(lengths.error().message().find("2 mask values"), std::string::npos);
    s.mask = {1, 1, 1};
    EXPECT_FALSE(s.validate());
    EXPECT_FALSE(Spectrum{}.validate());
}

} // namespace
} // namespace balmer::spectrum

#include "engine/spectrum/line_list.h"

#include <algorithm>

#include "tests/support/test_support.h"

namespace balmer::spectrum {
namespace {

TEST(LineList, AscendsAndHasBothNamesOfEachLine) {
    const auto lines = spectralLines();
    EXPECT_TRUE(std::is_sorted(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
        return a.vacuumAngstrom < b.vacuumAngstrom;
    }));
    for (const SpectralLine& line : lines) {
        EXPECT_TRUE(findLine(line.name)) << line.name;
        EXPECT_TRUE(findLine(line.asciiName)) << line.asciiName;
        EXPECT_TRUE(std::all_of(line.asciiName.begin(), line.asciiName.end(), [](char c) { return c > 0; }));
    }
}

// Vacuum wavelengths as listed by SDSS (https://classic.sdss.org/dr7/algorithms/linestable.php).
TEST(LineList, AgreesWithTheVacuumWavelengthsOfSdss) {
    EXPECT_NEAR(findLine("H-alpha")->vacuumAngstrom, 6564.61, 0.02);
    EXPECT_NEAR(findLine("Hβ")->vacuumAngstrom, 4862.68, 0.02);
    EXPECT_NEAR(findLine("o iii 5007")->vacuumAngstrom, 5008.240, 0.02);
    EXPECT_NEAR(findLine("[N II] 6583")->vacuumAngstrom, 6585.27, 0.02);
    EXPECT_NEAR(findLine("Ca_II_K")->vacuumAngstrom, 3934.777, 0.02);
    EXPECT_NEAR(findLine("Ca II 8542")->vacuumAngstrom, 8544.44, 0.02);
}

TEST(LineList, KnowsWhatItDoesNotKnow) {
    EXPECT_FALSE(findLine("unobtainium"));
    EXPECT_FALSE(findLine(""));
}

TEST(LineList, GivesTheWavelengthOfTheMedium) {
    const auto line = findLine("Halpha");
    ASSERT_TRUE(line);
    EXPECT_NEAR(line->wavelengthIn(Medium::Air), 6562.80, 0.005);
    EXPECT_EQ(line->wavelengthIn(Medium::Vacuum), line->vacuumAngstrom);
}

} // namespace
} // namespace balmer::spectrum

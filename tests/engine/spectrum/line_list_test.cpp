#include "engine/spectrum/line_list.h"

#include <algorithm>
#include <string>

#include "tests/support/test_support.h"

namespace balmer::spectrum {
namespace {

TEST(LineList, AscendsAndHasBothNamesOfEachLine) {
    EXPECT_TRUE(std::is_sorted(spectralLines.begin(), spectralLines.end(), [](const auto& a, const auto& b) {
        return a.vacuumAngstrom < b.vacuumAngstrom;
    }));
    for (const SpectralLine& line : spectralLines) {
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

TEST(LineList, NamesInTheCodeAreLookedUpByTheCompiler) {
    static_assert(line("Hα").asciiName == "Halpha");
    static_assert(line("Na D2").name == "Na D₂");
    static_assert(line("Hbeta").series == LineSeries::Balmer);
}

TEST(LineList, GivesTheLinesOfARangeInEitherMedium) {
    const auto names = [](double lower, double upper, Medium medium) {
        std::string text;
        for (const SpectralLine& each : linesBetween(lower, upper, medium))
            text += std::string(each.asciiName) + ";";
        return text;
    };
    EXPECT_EQ(names(6540, 6600, Medium::Vacuum), "[N II] 6548;Halpha;[N II] 6583;");
    // Hα stands at 6564.6 Å in vacuum and at 6562.8 Å in air.
    EXPECT_EQ(names(6564, 6570, Medium::Vacuum), "Halpha;");
    EXPECT_EQ(names(6564, 6570, Medium::Air), "");
    EXPECT_EQ(names(6560, 6563, Medium::Air), "Halpha;");
    EXPECT_EQ(names(line("Hα").vacuumAngstrom, line("Hα").vacuumAngstrom, Medium::Vacuum), "Halpha;");
    EXPECT_TRUE(linesBetween(6600, 6540).empty());
    EXPECT_EQ(linesBetween(0, 1e5).size(), spectralLines.size());
}

// 1/λ = R_H (1/4 − 1/n²) with R_H = 109 677.58 cm⁻¹, up to the fine structure.
TEST(LineList, TheBalmerSeriesRunsFromHalphaDown) {
    EXPECT_EQ(balmerSeries.front().asciiName, "Halpha");
    ASSERT_EQ(balmerSeries.size(), 8U);
    for (std::size_t k = 0; k < balmerSeries.size(); ++k) {
        const double n = 3 + static_cast<double>(k);
        EXPECT_NEAR(balmerSeries[k].vacuumAngstrom, 1e8 / (109677.58 * (0.25 - 1 / (n * n))), 0.1)
            << balmerSeries[k].name;
    }
}

} // namespace
} // namespace balmer::spectrum

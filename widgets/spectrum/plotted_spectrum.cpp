#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {

namespace {
constexpr double speedOfLight = 299792.458; // km/s
}

const std::vector<MarkedLine>& commonLines() {
    static const std::vector<MarkedLine> lines{
        {QStringLiteral("Ca II K"), 3934.78},      {QStringLiteral("Ca II H"), 3969.59},
        {QStringLiteral("Hδ"), 4102.89},           {QStringLiteral("Hγ"), 4341.68},
        {QStringLiteral("Hβ"), 4862.68},           {QStringLiteral("[O III] 4959"), 4960.30},
        {QStringLiteral("[O III] 5007"), 5008.24}, {QStringLiteral("Mg b"), 5174.12},
        {QStringLiteral("He I 5876"), 5877.24},    {QStringLiteral("Na D₂"), 5891.58},
        {QStringLiteral("Na D₁"), 5897.56},        {QStringLiteral("[N II] 6548"), 6549.86},
        {QStringLiteral("Hα"), hAlphaVacuum},      {QStringLiteral("[N II] 6583"), 6585.27},
        {QStringLiteral("He I 6678"), 6680.00},    {QStringLiteral("[S II] 6716"), 6718.29},
        {QStringLiteral("[S II] 6731"), 6732.67},  {QStringLiteral("He I 7065"), 7067.14},
        {QStringLiteral("O I 7774"), 7776.31},     {QStringLiteral("Ca II 8542"), 8544.44},
    };
    return lines;
}

double velocity(double wavelength, double restWavelength) {
    return speedOfLight * (wavelength / restWavelength - 1);
}

double wavelengthAt(double velocityKmPerSecond, double restWavelength) {
    return restWavelength * (1 + velocityKmPerSecond / speedOfLight);
}

} // namespace balmer::widgets

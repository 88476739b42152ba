// The one table of spectral lines: names, and wavelengths in vacuum in ångström.
//
// Every line that the program names, marks or simulates comes from here; a test in tests/architecture refuses
// a line's wavelength that is written anywhere else. Wavelengths follow the NIST Atomic Spectra Database:
// to 0.01 Å, and to 0.001 Å where the component or blend is known so well. Constants; any thread.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "engine/spectrum/axis.h"

namespace balmer::spectrum {

enum class LineSeries { None, Balmer };

struct SpectralLine {
    std::string_view name;      ///< "Hα", "He I 5876", "[O III] 5007": number = air wavelength, as spoken
    std::string_view asciiName; ///< "Halpha", otherwise the same
    double vacuumAngstrom = 0;
    LineSeries series = LineSeries::None;

    double airAngstrom() const { return airFromVacuum(vacuumAngstrom); }
    /// As on an axis of this medium; the vacuum one where the medium is unknown.
    double wavelengthIn(Medium medium) const {
        return medium == Medium::Air ? airAngstrom() : vacuumAngstrom;
    }
};

/// All lines, ascending by wavelength.
inline constexpr std::array spectralLines{
    SpectralLine{"[O II] 3726", "[O II] 3726", 3727.09},
    SpectralLine{"[O II] 3729", "[O II] 3729", 3729.88},
    SpectralLine{"Hθ", "Htheta", 3798.976, LineSeries::Balmer},
    SpectralLine{"Hη", "Heta", 3836.472, LineSeries::Balmer},
    SpectralLine{"Hζ", "Hzeta", 3890.151, LineSeries::Balmer},
    SpectralLine{"Ca II K", "Ca II K", 3934.777},
    SpectralLine{"Ca II H", "Ca II H", 3969.591},
    SpectralLine{"Hε", "Hepsilon", 3971.195, LineSeries::Balmer},
    SpectralLine{"He I 4026", "He I 4026", 4027.33},
    SpectralLine{"Hδ", "Hdelta", 4102.892, LineSeries::Balmer},
    SpectralLine{"Ca I 4227", "Ca I 4227", 4227.920},
    SpectralLine{"Hγ", "Hgamma", 4341.684, LineSeries::Balmer},
    SpectralLine{"[O III] 4363", "[O III] 4363", 4364.44},
    SpectralLine{"He I 4471", "He I 4471", 4472.73},
    SpectralLine{"Mg II 4481", "Mg II 4481", 4482.39},
    SpectralLine{"Fe II 4584", "Fe II 4584", 4585.11},
    SpectralLine{"He II 4686", "He II 4686", 4687.02},
    SpectralLine{"Hβ", "Hbeta", 4862.683, LineSeries::Balmer},
    SpectralLine{"He I 4922", "He I 4922", 4923.30},
    SpectralLine{"Fe II 4924", "Fe II 4924", 4925.29},
    SpectralLine{"[O III] 4959", "[O III] 4959", 4960.295},
    SpectralLine{"[O III] 5007", "[O III] 5007", 5008.240},
    SpectralLine{"Fe II 5018", "Fe II 5018", 5019.84},
    SpectralLine{"Mg b₃", "Mg b3", 5168.761},
    SpectralLine{"Fe II 5169", "Fe II 5169", 5170.47},
    SpectralLine{"Mg b₂", "Mg b2", 5174.125},
    SpectralLine{"Mg b₁", "Mg b1", 5185.048},
    SpectralLine{"Fe II 5317", "Fe II 5317", 5318.09},
    SpectralLine{"[O I] 5577", "[O I] 5577", 5578.89},
    SpectralLine{"[N II] 5755", "[N II] 5755", 5756.19},
    SpectralLine{"He I 5876", "He I 5876", 5877.25},
    SpectralLine{"Na D₂", "Na D2", 5891.583},
    SpectralLine{"Na D₁", "Na D1", 5897.558},
    SpectralLine{"[O I] 6300", "[O I] 6300", 6302.04},
    SpectralLine{"Si II 6347", "Si II 6347", 6348.86},
    SpectralLine{"[O I] 6364", "[O I] 6364", 6365.54},
    SpectralLine{"Si II 6371", "Si II 6371", 6373.13},
    SpectralLine{"[N II] 6548", "[N II] 6548", 6549.86},
    SpectralLine{"Hα", "Halpha", 6564.614, LineSeries::Balmer},
    SpectralLine{"[N II] 6583", "[N II] 6583", 6585.27},
    SpectralLine{"He I 6678", "He I 6678", 6679.99},
    SpectralLine{"Li I 6708", "Li I 6708", 6709.67},
    SpectralLine{"[S II] 6716", "[S II] 6716", 6718.29},
    SpectralLine{"[S II] 6731", "[S II] 6731", 6732.67},
    SpectralLine{"He I 7065", "He I 7065", 7067.14},
    SpectralLine{"O I 7774", "O I 7774", 7776.31},
    SpectralLine{"O I 8446", "O I 8446", 8448.68},
    SpectralLine{"Ca II 8498", "Ca II 8498", 8500.36},
    SpectralLine{"Ca II 8542", "Ca II 8542", 8544.44},
    SpectralLine{"Ca II 8662", "Ca II 8662", 8664.52},
};

/// The line of a name that stands in the code, as the table spells it: line("Hα"), line("Na D2"). A name that
/// the table does not have is not compiled.
consteval const SpectralLine& line(std::string_view name) {
    for (const SpectralLine& each : spectralLines)
        if (each.name == name || each.asciiName == name) return each;
    throw "the table of spectral lines has no such name";
}

/// By either name, without regard to case, blanks, hyphens, brackets or underscores: "Hα", "halpha",
/// "H-alpha", "he i 5876"; for names that a person types. Absent where the table has no such line.
std::optional<SpectralLine> findLine(std::string_view name);

/// The lines from lower to upper, both included, as read in this medium; ascending.
std::span<const SpectralLine> linesBetween(double lowerAngstrom, double upperAngstrom,
                                           Medium medium = Medium::Vacuum);

/// Hα, Hβ, … as far as the table goes.
inline constexpr auto balmerSeries = [] {
    constexpr auto isBalmer = [](const SpectralLine& each) { return each.series == LineSeries::Balmer; };
    constexpr std::size_t count = [isBalmer] {
        std::size_t n = 0;
        for (const SpectralLine& each : spectralLines)
            n += isBalmer(each) ? 1 : 0;
        return n;
    }();
    std::array<SpectralLine, count> series{};
    std::size_t next = count;
    for (const SpectralLine& each : spectralLines)
        if (isBalmer(each)) series[--next] = each;
    return series;
}();

} // namespace balmer::spectrum

#include "engine/spectrum/line_list.h"

#include <algorithm>
#include <array>
#include <string>

namespace balmer::spectrum {
namespace {

std::string plain(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (c == ' ' || c == '_' || c == '-' || c == '[' || c == ']') continue;
        text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return text;
}

auto makeLines() {
    // name, ASCII name, air wavelength in ångström.
    struct Entry {
        std::string_view name, asciiName;
        double airAngstrom;
    };
    constexpr std::array ENTRIES{
        Entry{"[O II] 3726", "[O II] 3726", 3726.03},
        Entry{"[O II] 3729", "[O II] 3729", 3728.82},
        Entry{"Hη", "Heta", 3835.38},
        Entry{"Hζ", "Hzeta", 3889.06},
        Entry{"Ca II K", "Ca II K", 3933.66},
        Entry{"Ca II H", "Ca II H", 3968.47},
        Entry{"Hε", "Hepsilon", 3970.08},
        Entry{"He I 4026", "He I 4026", 4026.19},
        Entry{"Hδ", "Hdelta", 4101.73},
        Entry{"Ca I 4227", "Ca I 4227", 4226.73},
        Entry{"Hγ", "Hgamma", 4340.46},
        Entry{"[O III] 4363", "[O III] 4363", 4363.21},
        Entry{"He I 4471", "He I 4471", 4471.48},
        Entry{"Mg II 4481", "Mg II 4481", 4481.13},
        Entry{"Fe II 4584", "Fe II 4584", 4583.83},
        Entry{"He II 4686", "He II 4686", 4685.71},
        Entry{"Hβ", "Hbeta", 4861.33},
        Entry{"He I 4922", "He I 4922", 4921.93},
        Entry{"Fe II 4924", "Fe II 4924", 4923.92},
        Entry{"[O III] 4959", "[O III] 4959", 4958.91},
        Entry{"[O III] 5007", "[O III] 5007", 5006.84},
        Entry{"Fe II 5018", "Fe II 5018", 5018.44},
        Entry{"Mg b3", "Mg b3", 5167.32},
        Entry{"Fe II 5169", "Fe II 5169", 5169.03},
        Entry{"Mg b2", "Mg b2", 5172.68},
        Entry{"Mg b1", "Mg b1", 5183.60},
        Entry{"Fe II 5317", "Fe II 5317", 5316.61},
        Entry{"[O I] 5577", "[O I] 5577", 5577.34},
        Entry{"[N II] 5755", "[N II] 5755", 5754.59},
        Entry{"He I 5876", "He I 5876", 5875.62},
        Entry{"Na D2", "Na D2", 5889.95},
        Entry{"Na D1", "Na D1", 5895.92},
        Entry{"[O I] 6300", "[O I] 6300", 6300.30},
        Entry{"Si II 6347", "Si II 6347", 6347.11},
        Entry{"[O I] 6364", "[O I] 6364", 6363.78},
        Entry{"Si II 6371", "Si II 6371", 6371.37},
        Entry{"[N II] 6548", "[N II] 6548", 6548.05},
        Entry{"Hα", "Halpha", 6562.80},
        Entry{"[N II] 6583", "[N II] 6583", 6583.45},
        Entry{"He I 6678", "He I 6678", 6678.15},
        Entry{"Li I 6708", "Li I 6708", 6707.82},
        Entry{"[S II] 6716", "[S II] 6716", 6716.44},
        Entry{"[S II] 6731", "[S II] 6731", 6730.82},
        Entry{"He I 7065", "He I 7065", 7065.19},
        Entry{"O I 7774", "O I 7774", 7774.17},
        Entry{"O I 8446", "O I 8446", 8446.36},
        Entry{"Ca II 8498", "Ca II 8498", 8498.02},
        Entry{"Ca II 8542", "Ca II 8542", 8542.09},
        Entry{"Ca II 8662", "Ca II 8662", 8662.14},
    };
    std::array<SpectralLine, ENTRIES.size()> lines{};
    std::transform(ENTRIES.begin(), ENTRIES.end(), lines.begin(), [](const Entry& entry) {
        return SpectralLine{entry.name, entry.asciiName, vacuumFromAir(entry.airAngstrom)};
    });
    return lines;
}

} // namespace

std::span<const SpectralLine> spectralLines() {
    static const auto LINES = makeLines();
    return LINES;
}

std::optional<SpectralLine> findLine(std::string_view name) {
    const std::string wanted = plain(name);
    for (const SpectralLine& line : spectralLines()) {
        if (plain(line.name) == wanted || plain(line.asciiName) == wanted) return line;
    }
    return std::nullopt;
}

} // namespace balmer::spectrum

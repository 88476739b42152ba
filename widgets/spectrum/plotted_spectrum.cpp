#include "widgets/spectrum/plotted_spectrum.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace balmer::widgets {

namespace {
constexpr double speedOfLight = 299792.458; // km/s
}

PlottedSpectrum scaledPart(const PlottedSpectrum& whole, double lower, double upper) {
    PlottedSpectrum part = whole;
    const auto& axis = whole.wavelength;
    auto first = std::lower_bound(axis.begin(), axis.end(), lower) - axis.begin();
    auto end = std::upper_bound(axis.begin(), axis.end(), upper) - axis.begin();
    if (end - first < 2) {
        first = 0;
        end = std::ptrdiff_t(axis.size());
    }
    const auto cut = [&](auto& values) {
        if (values.size() != axis.size()) return;
        values.erase(values.begin() + end, values.end());
        values.erase(values.begin(), values.begin() + first);
    };
    cut(part.flux);
    cut(part.error);
    cut(part.mask);
    part.wavelength.assign(axis.begin() + first, axis.begin() + end);
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (std::size_t i = 0; i < part.flux.size(); ++i) {
        if (part.masked(i) || !std::isfinite(part.flux[i])) continue;
        low = std::min(low, part.flux[i]);
        high = std::max(high, part.flux[i]);
    }
    if (!(high > low)) return part;
    for (float& flux : part.flux)
        flux = 2 * (flux - low) / (high - low) - 1;
    for (float& error : part.error)
        error *= 2 / (high - low);
    return part;
}

bool covers(const PlottedSpectrum& spectrum, double lower, double upper) {
    const double margin = (upper - lower) / 100;
    return !spectrum.empty() && spectrum.wavelength.front() <= lower + margin &&
           spectrum.wavelength.back() >= upper - margin;
}

MarkedLine marked(const spectrum::SpectralLine& line) {
    return {QString::fromUtf8(line.name.data(), qsizetype(line.name.size())), line.vacuumAngstrom,
            line.series == spectrum::LineSeries::Balmer};
}

const std::vector<MarkedLine>& commonLines() {
    using spectrum::line;
    static const std::vector<MarkedLine> lines{
        marked(line("Ca II K")),      marked(line("Ca II H")),     marked(line("Hδ")),
        marked(line("Hγ")),           marked(line("Hβ")),          marked(line("[O III] 4959")),
        marked(line("[O III] 5007")), marked(line("Mg b₂")),       marked(line("He I 5876")),
        marked(line("Na D₂")),        marked(line("Na D₁")),       marked(line("[N II] 6548")),
        marked(line("Hα")),           marked(line("[N II] 6583")), marked(line("He I 6678")),
        marked(line("[S II] 6716")),  marked(line("[S II] 6731")), marked(line("He I 7065")),
        marked(line("O I 7774")),     marked(line("Ca II 8542")),
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

#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {

namespace {
constexpr double speedOfLight = 299792.458; // km/s
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

#include "widgets/gallery/made_up_data.h"

#include <algorithm>
#include <cmath>
#include <random>

namespace balmer::widgets::gallery {

namespace {

double gauss(double x, double centre, double sigma) {
    return std::exp(-0.5 * (x - centre) * (x - centre) / (sigma * sigma));
}

/// Flux relative to the continuum.
double lines(double wavelength, Profile profile, double strength) {
    double f = 1;
    using spectrum::line;
    for (const auto& each : {line("Ca II K"), line("Hε"), line("Hδ"), line("Hγ"), line("Hβ")})
        f -= 0.55 * gauss(wavelength, each.vacuumAngstrom, 9);
    f -= 0.5 * gauss(wavelength, hAlphaVacuum, 10);
    f -= 0.12 * gauss(wavelength, line("He I 6678").vacuumAngstrom, 2.5);
    if (profile == Profile::SinglePeak) f += strength * gauss(wavelength, hAlphaVacuum, 2.6);
    if (profile == Profile::DoublePeak)
        f += strength *
             (0.9 * gauss(wavelength, hAlphaVacuum - 4, 1.9) + gauss(wavelength, hAlphaVacuum + 4, 1.9));
    return f;
}

PlottedSpectrum make(int seed, Profile profile, double from, double to, int samples, double noise) {
    std::mt19937 engine(unsigned(seed) * 2654435761U + 17U);
    const auto uniform = [&] { return double(engine() >> 8) / 16777216.0; };
    const auto normal = [&] {
        return std::sqrt(-2 * std::log(uniform() + 1e-12)) * std::cos(2 * M_PI * uniform());
    };
    PlottedSpectrum s;
    s.id = QStringLiteral("spec-%1").arg(55000 + seed);
    s.name = s.id;
    const double strength = 1.1 + uniform();
    const double temperature = 0.6 + 0.5 * uniform();
    for (int i = 0; i < samples; ++i) {
        const double wavelength = from + (to - from) * i / (samples - 1);
        const double continuum = 3.0 * std::pow(wavelength / 5000.0, -2.0 * temperature);
        const double sigma = noise * continuum * (wavelength > 8900 || wavelength < 3850 ? 3 : 1);
        s.wavelength.push_back(wavelength);
        s.flux.push_back(float(continuum * lines(wavelength, profile, strength) + sigma * normal()));
        s.error.push_back(float(sigma));
        s.mask.push_back(wavelength > 5570 && wavelength < 5590 ? 1 : 0);
    }
    return s;
}

} // namespace

PlottedSpectrum wholeSpectrum(int seed, Profile profile) {
    return make(seed, profile, 3700, 9100, 3900, 0.03);
}

PlottedSpectrum windowSpectrum(int seed, Profile profile) {
    PlottedSpectrum s = make(seed, profile, 6519, 6732, 140, 0.025);
    const auto [low, high] = std::minmax_element(s.flux.begin(), s.flux.end());
    const float least = *low, span = *high - *low;
    for (float& f : s.flux)
        f = 2 * (f - least) / span - 1;
    for (float& e : s.error)
        e = 2 * e / span;
    return s;
}

BehindCurves classMean(int seed) {
    PlottedSpectrum mean = windowSpectrum(seed + 1000, Profile(seed % 3));
    mean.id = QStringLiteral("mean");
    mean.name = QStringLiteral("mean single peak (34)");
    mean.model = true;
    for (float& e : mean.error)
        e = 0.18F;
    return {std::move(mean), {}};
}

LabelItem labelItem(int seed) {
    const auto profile = Profile(seed % 3);
    LabelItem item;
    item.window = windowSpectrum(seed, profile);
    item.id = item.window.id;
    item.list = QueueList(seed % 7 == 3 ? 1 : seed % 5 == 4 ? 2 : 0);
    item.whole = wholeSpectrum(seed, profile);
    item.metadata = {{QStringLiteral("object"), QStringLiteral("LAMOST J034912.33+241208.6")},
                     {QStringLiteral("class"), QStringLiteral("A1V")},
                     {QStringLiteral("g"), QStringLiteral("12.3 mag")},
                     {QStringLiteral("S/N"), QStringLiteral("34")},
                     {QStringLiteral("RA"), QStringLiteral("03h 49m 12.33s")},
                     {QStringLiteral("Dec"), QStringLiteral("+24° 12′ 08.6″")},
                     {QStringLiteral("observed"), QStringLiteral("2013-11-04")},
                     {QStringLiteral("survey"), QStringLiteral("LAMOST DR5")},
                     {QStringLiteral("epochs"), QStringLiteral("2")}};
    item.classNames = {QStringLiteral("single peak"), QStringLiteral("double peak"), QStringLiteral("other")};
    item.probabilities = {0.41, 0.52, 0.07};
    item.predicted = QStringLiteral("double peak");
    item.entropy = 0.98;
    item.reason = QStringLiteral("the two peaks are equally likely (entropy 0.98)");
    return item;
}

std::vector<QueueEntry> queue(int entries) {
    std::vector<QueueEntry> result;
    result.reserve(std::size_t(entries));
    for (int i = 0; i < entries; ++i) {
        QueueEntry entry;
        entry.id = QStringLiteral("spec-%1").arg(55000 + i);
        entry.list = QueueList(i % 7 == 3 ? 1 : i % 5 == 4 ? 2 : 0);
        if (i < 40) {
            const PlottedSpectrum s = windowSpectrum(i, Profile(i % 3));
            for (std::size_t k = 0; k < s.flux.size(); k += 2)
                entry.thumbnail.push_back(s.flux[k]);
        }
        if (i < 4) entry.label = i % 2 == 0 ? QStringLiteral("double peak") : QStringLiteral("other");
        result.push_back(std::move(entry));
    }
    return result;
}

MadeUpMap map(Lattice lattice, int rows, int columns) {
    MadeUpMap m;
    m.shape = {lattice, rows, columns};
    m.uMatrix.name = QStringLiteral("U-matrix");
    m.uMatrix.unit = QStringLiteral("distance");
    m.classCounts.assign(3, std::vector<int>(std::size_t(m.shape.neurons()), 0));
    for (int n = 0; n < m.shape.neurons(); ++n) {
        const double x = double(n % columns) / columns, y = double(n / columns) / rows;
        const double ridge = std::exp(-60 * std::pow(x - 0.35 - 0.25 * std::sin(5 * y), 2)) +
                             0.6 * std::exp(-90 * std::pow(y - 0.65 + 0.2 * x, 2));
        m.uMatrix.values.push_back(0.06 + 0.5 * ridge + 0.03 * std::sin(40 * x * y));
        const int hits = std::max(0, int(14 * (1 - ridge) * (0.6 + 0.5 * std::sin(9 * x) * std::cos(7 * y))));
        m.hits.push_back(hits);
        const int emission = x > 0.75 && y < 0.3 ? hits : 0;
        m.classCounts[0][std::size_t(n)] = emission / 2;
        m.classCounts[1][std::size_t(n)] = emission - emission / 2;
        m.classCounts[2][std::size_t(n)] = hits - emission;
    }
    for (int epoch = 0; epoch < 17; ++epoch) {
        m.quantisationError.push_back(0.2 + 0.6 * std::exp(-epoch / 4.0));
        m.topographicError.push_back(0.05 + 0.3 * std::exp(-epoch / 6.0) + 0.02 * std::sin(epoch * 1.7));
    }
    return m;
}

} // namespace balmer::widgets::gallery

#include "tests/app/desktop/fake_survey.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

namespace balmer::test::survey {

namespace {

constexpr double firstWindow = 6519, lastWindow = 6732;

double gauss(double x, double centre, double sigma) {
    return std::exp(-0.5 * (x - centre) * (x - centre) / (sigma * sigma));
}

} // namespace

double noise(std::uint64_t number, std::uint64_t purpose) {
    std::uint64_t x =
        number * 0x9E3779B97F4A7C15ULL + purpose * 0xBF58476D1CE4E5B9ULL + 0x94D049BB133111EBULL;
    x ^= x >> 31;
    x *= 0xBF58476D1CE4E5B9ULL;
    x ^= x >> 29;
    return double(x >> 11) / 9007199254740992.0;
}
double normal(std::uint64_t number, std::uint64_t purpose) {
    const double u = std::max(1e-12, noise(number, 2 * purpose)), v = noise(number, 2 * purpose + 1);
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}
int shapeOf(std::size_t number) {
    const double u = noise(number, 1);
    return u < 0.86 ? 0 : u < 0.94 ? 1 : 2;
}

double fluxAt(std::size_t number, double wavelength, double signalToNoise) {
    const double hot = 0.4 + noise(number, 2);
    double flux = std::pow(6000 / wavelength, 1.5 * hot);
    const double lines[] = {6564.61, 4862.68, 4341.68, 4102.89, 3971.20};
    const double depths[] = {0.35, 0.45, 0.5, 0.52, 0.5};
    for (int i = 0; i < 5; ++i)
        flux *= 1 - depths[i] * hot * gauss(wavelength, lines[i], 7 + 6 * hot);
    const double strength = 0.5 + noise(number, 3);
    if (shapeOf(number) == 1) flux += strength * gauss(wavelength, 6564.61, 2.2 + 1.5 * noise(number, 4));
    if (shapeOf(number) == 2) {
        const double half = 2.6 + 1.6 * noise(number, 4);
        flux += strength * (gauss(wavelength, 6564.61 - half, 1.6) +
                            (0.7 + 0.5 * noise(number, 5)) * gauss(wavelength, 6564.61 + half, 1.6));
    }
    return flux * (1 + normal(number, 100 + std::uint64_t(wavelength * 8)) / signalToNoise);
}

double signalToNoiseOf(std::size_t number) {
    return 12 + 110 * noise(number, 6) * noise(number, 7);
}

std::vector<double> windowAxis() {
    std::vector<double> axis(windowColumns);
    for (std::size_t i = 0; i < windowColumns; ++i)
        axis[i] = firstWindow + (lastWindow - firstWindow) * double(i) / double(windowColumns - 1);
    return axis;
}

std::vector<float> windowFlux(std::size_t number) {
    const double quality = signalToNoiseOf(number);
    std::vector<float> flux;
    for (const double wavelength : windowAxis())
        flux.push_back(float(fluxAt(number, wavelength, quality)));
    const auto [low, high] = std::minmax_element(flux.begin(), flux.end());
    const float from = *low, range = *high - *low;
    for (float& value : flux)
        value = 2 * (value - from) / range - 1;
    return flux;
}

std::vector<double> probabilitiesOf(std::size_t number) {
    std::vector<double> p(3);
    double sum = 0;
    for (int c = 0; c < 3; ++c)
        sum += p[std::size_t(c)] =
            0.06 + 0.3 * noise(number, std::uint64_t(20 + c)) + (shapeOf(number) == c ? 0.9 : 0);
    for (double& one : p)
        one /= sum;
    return p;
}

double entropyOf(const std::vector<double>& p) {
    double sum = 0;
    for (const double one : p)
        sum -= one * std::log(one);
    return sum / std::log(double(p.size()));
}

std::string idOf(std::size_t number) {
    char text[16];
    std::snprintf(text, sizeof text, "%06zu", number);
    return std::string("spec-55859-F59_") + text;
}

std::size_t numberOf(const std::string& id) {
    return std::size_t(std::stoul(id.substr(id.rfind('_') + 1)));
}

core::Result<std::size_t> find(const std::string& id, std::size_t spectra) {
    const bool well = id.rfind("spec-55859-F59_", 0) == 0 && id.size() == 21 &&
                      std::all_of(id.end() - 6, id.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!well || numberOf(id) >= spectra)
        return core::fail(core::ErrorCode::NotFound, "no spectrum is called \"" + id + "\"");
    return numberOf(id);
}

std::string at(int day, int hour, int minute) {
    char text[40];
    std::snprintf(text, sizeof text, "2026-11-%02dT%02d:%02d:00.000Z", day, hour, minute);
    return text;
}

} // namespace balmer::test::survey

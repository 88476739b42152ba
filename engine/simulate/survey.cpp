#include "engine/simulate/survey.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <limits>
#include <numbers>

#include "engine/core/clock.h"
#include "engine/core/text_number.h"

namespace balmer::simulate {

namespace {

using core::ErrorCode;
using core::fail;
using core::RandomStream;

/// What a class of stars looks like here. Half widths and depths are of Hα; the higher Balmer lines follow.
struct StarClass {
    char letter;
    double temperature, balmerDepth, balmerHalfWidth, metals, calcium, sodium, magnesium, gBand;
};
constexpr std::array<StarClass, 3> starClasses = {{
    {'A', 9000, 0.60, 7.5, 0.07, 0.5, 0.10, 0.10, 0.0},
    {'F', 6700, 0.55, 3.2, 0.45, 5.0, 0.45, 0.60, 1.5},
    {'G', 5700, 0.62, 1.9, 1.00, 9.0, 0.90, 1.20, 5.0},
}};

struct Band {
    double first, last, depth;
};
/// O₂ γ, B and A, and two of water vapour: where the atmosphere is left in ground-based spectra.
constexpr std::array<Band, 5> telluricBands = {
    {{6278, 6320, 0.05}, {6869, 6950, 0.22}, {7168, 7320, 0.10}, {7595, 7700, 0.50}, {8140, 8320, 0.10}}};
/// Weak water lines about Hα, vacuum.
constexpr std::array<double, 8> waterLines = {6497.2, 6517.7, 6534.0, 6549.7, 6554.4, 6573.9, 6576.6, 6589.2};

constexpr std::uint64_t metalSeed = 0x4665204920313932; // the same lines in every survey

enum Purpose : std::uint64_t { Kinds, Star, Emission, Noise };

/// Streams of neighbouring spectra must not resemble each other: splitmix64's finaliser spreads the number.
RandomStream streamOf(std::uint64_t seed, std::uint64_t index, Purpose purpose) {
    std::uint64_t z = index * 4 + purpose + 0x632BE59BD9B4E019ull;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return RandomStream(seed, z ^ (z >> 31));
}

/// Light that passes: 1 where no line is. Lines multiply.
class Transmission {
  public:
    explicit Transmission(std::span<const double> wavelength)
        : wavelength_(wavelength), passed_(wavelength.size(), 1.0) {}

    /// Pressure-broadened: 1 − depth / (1 + |x/w|^1.8).
    void wing(double center, double depth, double halfWidth) {
        each(center, 40 * halfWidth,
             [&](double x) { return depth / (1 + std::pow(std::abs(x) / halfWidth, 1.8)); });
    }
    void gaussian(double center, double equivalentWidth, double sigma) {
        const double depth = std::min(0.9, equivalentWidth / (sigma * std::sqrt(2 * std::numbers::pi)));
        each(center, 5 * sigma, [&](double x) { return depth * std::exp(-0.5 * x * x / (sigma * sigma)); });
    }
    /// A band head: steep at the short end, running out towards the long one.
    void band(const Band& band, double strength) {
        const double length = band.last - band.first;
        each(band.first + length / 2, length, [&](double x) {
            const double along = (x + length / 2) / length;
            if (along < -0.03 || along > 1) return 0.0;
            return band.depth * strength * (along < 0 ? 1 + along / 0.03 : (1 - along) * (1 - along));
        });
    }
    double operator[](std::size_t i) const { return passed_[i]; }

  private:
    template <typename Absorbed>
    void each(double center, double reach, const Absorbed& absorbed) {
        const auto from =
            std::lower_bound(wavelength_.begin(), wavelength_.end(), center - reach) - wavelength_.begin();
        for (auto i = static_cast<std::size_t>(from);
             i < wavelength_.size() && wavelength_[i] <= center + reach; ++i)
            passed_[i] *= 1 - absorbed(wavelength_[i] - center);
    }
    std::span<const double> wavelength_;
    std::vector<double> passed_;
};

/// The star's own light without lines, 1 at Hα but for the wiggles.
class Continuum {
  public:
    Continuum(RandomStream& random, double temperature)
        : temperature_(temperature), reddening_(random.uniform(0, 0.6)), atHalpha_(planck(halphaAngstrom)) {
        for (auto& wiggle : wiggles_)
            wiggle = {random.normal(0, 0.012), random.uniform(0, 2 * std::numbers::pi)};
    }
    double operator()(double angstrom) const {
        const double position = std::log(angstrom / 3700) / std::log(9100.0 / 3700);
        double response = 1;
        for (std::size_t k = 0; k < wiggles_.size(); ++k)
            response += wiggles_[k].amplitude *
                        std::sin(2 * std::numbers::pi * position * static_cast<double>(2 * k + 1) +
                                 wiggles_[k].phase);
        return planck(angstrom) / atHalpha_ * std::exp(-reddening_ * (halphaAngstrom / angstrom - 1)) *
               response;
    }

  private:
    struct Wiggle {
        double amplitude, phase;
    };
    /// Planck's law, hc/k = 1.438777e8 Å K.
    double planck(double angstrom) const {
        return std::pow(halphaAngstrom / angstrom, 5) / std::expm1(1.438777e8 / (angstrom * temperature_));
    }
    double temperature_, reddening_, atHalpha_;
    std::array<Wiggle, 4> wiggles_;
};

std::string idOf(std::size_t index) {
    std::string digits = std::to_string(index);
    return "sim-" + std::string(digits.size() < 6 ? 6 - digits.size() : 0, '0') + digits;
}

const StarClass& drawClass(RandomStream& random, Kind kind) {
    const double u = random.uniform();
    // Emission is commoner among hot stars.
    if (kind != Kind::Other) return starClasses[u < 0.6 ? 0 : u < 0.85 ? 1 : 2];
    return starClasses[u < 0.25 ? 0 : u < 0.6 ? 1 : 2];
}

void describe(spectrum::Metadata& metadata, const Truth& truth, std::size_t index, RandomStream& random) {
    metadata.id = truth.id;
    metadata.object = "Simulated " + std::to_string(index);
    metadata.survey = "Simulated";
    metadata.surveyId = truth.id;
    metadata.spectralClass = std::string("STAR ") + truth.starClass;
    metadata.rule = "simulated";
    metadata.fluxUnit = "relative";
    const double sinLow = std::sin(-10 * std::numbers::pi / 180),
                 sinHigh = std::sin(60 * std::numbers::pi / 180);
    metadata.position = spectrum::SkyPosition{
        random.uniform(0, 360), std::asin(random.uniform(sinLow, sinHigh)) * 180 / std::numbers::pi};
    metadata.mjd = random.uniform(55900, 58900);
    constexpr double unixEpochMjd = 40587;
    metadata.observed = core::formatTime(
        core::TimePoint(std::chrono::milliseconds(std::llround((*metadata.mjd - unixEpochMjd) * 86400e3))));
    metadata.signalToNoise = truth.signalToNoise;
    metadata.magnitude = 17.5 - 2.5 * std::log10(truth.signalToNoise / 20) + random.normal(0, 0.2);
    metadata.redshift = truth.radialVelocityKmS / speedOfLightKmS;
}

} // namespace

core::Status SurveyParameters::validate() const {
    const auto wrong = [](const std::string& what) { return fail(ErrorCode::InvalidArgument, what); };
    if (spectra < 1 || spectra > 10'000'000) return wrong("spectra must lie between 1 and 10000000");
    const std::array<std::pair<const char*, double>, 6> fractions = {
        {{"targets", targets},
         {"doubleFraction", doubleFraction},
         {"nebularFraction", nebularFraction},
         {"filledInFraction", filledInFraction},
         {"cosmicRayFraction", cosmicRayFraction},
         {"deadPixelFraction", deadPixelFraction}}};
    for (const auto& [name, value] : fractions)
        if (!(value >= 0 && value <= 1))
            return wrong(std::string(name) + " is a fraction: it must lie between 0 and 1");
    if (!(signalToNoiseMinimum > 0 && signalToNoiseMinimum <= signalToNoiseMaximum &&
          signalToNoiseMaximum <= 1e6))
        return wrong("0 < signalToNoiseMinimum <= signalToNoiseMaximum <= 1000000 is needed");
    if (!(resolvingPower >= 100 && resolvingPower <= 1e6))
        return wrong("resolvingPower must lie between 100 and 1000000");
    return profile.validate();
}

core::Result<Survey> Survey::make(const SurveyParameters& parameters) {
    BALMER_CHECK(parameters.validate());
    Survey survey;
    survey.parameters_ = parameters;

    const bool full = parameters.form == Form::Full;
    const double first = std::log10(full ? 3700.0 : 6400.0), last = std::log10(full ? 9100.0 : 6850.0);
    std::vector<double> wavelength;
    for (std::size_t i = 0; first + 1e-4 * static_cast<double>(i) <= last; ++i)
        wavelength.push_back(std::pow(10.0, first + 1e-4 * static_cast<double>(i)));
    BALMER_TRY(survey.axis_, spectrum::SpectralAxis::make(std::move(wavelength), spectrum::Medium::Vacuum));

    RandomStream metals(metalSeed);
    survey.metals_.resize(1000);
    for (auto& line : survey.metals_) {
        // Ever denser and stronger towards the blue.
        do
            line.angstrom = 3650 - 1500 * std::log(1 - metals.uniform());
        while (line.angstrom > 9150);
        line.strength = -0.22 * std::exp((3700 - line.angstrom) / 3000) * std::log(1 - metals.uniform());
    }

    const auto rounded = [](double value) { return static_cast<std::size_t>(std::llround(value)); };
    const std::size_t targets = rounded(parameters.targets * static_cast<double>(parameters.spectra));
    const std::size_t doubles = rounded(parameters.doubleFraction * static_cast<double>(targets));
    auto random = streamOf(parameters.seed, 0, Kinds);
    const auto order = random.permutation(parameters.spectra);
    survey.kinds_.assign(parameters.spectra, Kind::Other);
    for (std::size_t i = 0; i < targets; ++i)
        survey.kinds_[order[i]] = i < doubles ? Kind::DoublePeak : Kind::SinglePeak;
    return survey;
}

SimulatedSpectrum Survey::make(std::size_t index) const {
    const auto wavelength = axis_.wavelengthAngstrom();
    const std::size_t n = wavelength.size();
    const double instrumentFwhmKmS = speedOfLightKmS / parameters_.resolvingPower;
    SimulatedSpectrum result;
    Truth& truth = result.truth;
    truth.id = idOf(index);
    truth.kind = kinds_[index];

    auto star = streamOf(parameters_.seed, index, Star);
    const StarClass& type = drawClass(star, truth.kind);
    truth.starClass = type.letter;
    truth.radialVelocityKmS = std::clamp(star.normal(), -3.0, 3.0) * 40;
    truth.signalToNoise = std::exp(
        star.uniform(std::log(parameters_.signalToNoiseMinimum), std::log(parameters_.signalToNoiseMaximum)));
    const double u = star.uniform();
    if (truth.kind == Kind::Other) {
        truth.nebular = u < parameters_.nebularFraction;
        truth.filledIn = !truth.nebular && u < parameters_.nebularFraction + parameters_.filledInFraction;
    }

    // The star and the air before it.
    const Continuum continuum(star, type.temperature * star.uniform(0.93, 1.07));
    const double level = std::exp(star.uniform(std::log(100.0), std::log(5000.0)));
    const double moved = 1 + truth.radialVelocityKmS / speedOfLightKmS;
    const double lineSigma =
        halphaAngstrom * std::hypot(instrumentFwhmKmS, star.uniform(10, 90)) / speedOfLightKmS * sigmaOfFwhm;
    Transmission passed(wavelength);
    const double depth = type.balmerDepth * star.uniform(0.85, 1.1),
                 halfWidth = type.balmerHalfWidth * star.uniform(0.75, 1.3);
    const double filling = star.uniform(0.2, 0.7);
    for (std::size_t k = 0; k < spectrum::balmerSeries.size(); ++k) {
        const double own = halfWidth * (k == 0 ? 1 : 1.15), seen = std::hypot(own, 1.5 * lineSigma);
        const double taken =
            std::min(0.85, depth * (k == 0 ? 1 : 1.15 - 0.04 * static_cast<double>(k))) * own / seen;
        passed.wing(spectrum::balmerSeries[k].vacuumAngstrom * moved,
                    k == 0 && truth.filledIn ? taken * filling : taken, seen);
    }
    const double metallicity = std::exp(star.normal(0, 0.25));
    for (const auto& line : metals_) {
        const double sigma = lineSigma * line.angstrom / halphaAngstrom;
        passed.gaussian(line.angstrom * moved, line.strength * type.metals * metallicity, sigma);
    }
    const auto named = [&](double angstrom, double width, double broader = 1) {
        passed.gaussian(angstrom * moved, width, broader * lineSigma * angstrom / halphaAngstrom);
    };
    using spectrum::line;
    named(line("Ca II K").vacuumAngstrom, type.calcium, 3);
    named(line("Ca II H").vacuumAngstrom, type.calcium * 0.8, 3);
    named(line("Ca I 4227").vacuumAngstrom, type.calcium * 0.12);
    named(4306, type.gBand, 5);
    for (const auto& magnesium : {line("Mg b3"), line("Mg b2"), line("Mg b1")})
        named(magnesium.vacuumAngstrom, type.magnesium * metallicity);
    named(line("Na D2").vacuumAngstrom, type.sodium);
    named(line("Na D1").vacuumAngstrom, type.sodium * 0.8);
    // Blends, which no table of lines has: Ca I; Ca I, Fe I and Ba II.
    named(6440.9, type.metals * 0.20 * metallicity);
    named(6496.6, type.metals * 0.45 * metallicity);
    const double airmass = star.uniform(0.3, 1.2);
    for (const auto& band : telluricBands)
        passed.band(band, airmass);
    for (const double line : waterLines)
        passed.gaussian(line, 0.03 * airmass,
                        halphaAngstrom * instrumentFwhmKmS / speedOfLightKmS * sigmaOfFwhm);

    auto& spectrum = result.spectrum;
    spectrum.axis = axis_;
    spectrum.flux.resize(n);
    for (std::size_t i = 0; i < n; ++i)
        spectrum.flux[i] = static_cast<float>(level * continuum(wavelength[i]) * passed[i]);
    describe(spectrum.metadata, truth, index, star);

    // Emission. The profiles come from validated ranges and the continuum is above zero: addEmission cannot
    // refuse.
    auto emission = streamOf(parameters_.seed, index, Emission);
    const double atHalpha = level * continuum(halphaAngstrom);
    if (truth.kind != Kind::Other) {
        auto profile = drawProfile(emission, truth.kind, parameters_.profile);
        truth.equivalentWidthAngstrom = profile.equivalentWidthAngstrom;
        truth.fwhmKmS = profile.fwhmKmS;
        truth.separationKmS = profile.separationKmS;
        truth.vOverR = profile.vOverR;
        profile.velocityKmS += truth.radialVelocityKmS;
        (void)addEmission(wavelength, spectrum.flux, atHalpha, profile, halphaAngstrom, instrumentFwhmKmS);
        const double decrement = emission.uniform(0.1, 0.3);
        for (const auto& [line, share] : {std::pair(spectrum::line("Hβ").vacuumAngstrom, decrement),
                                          std::pair(spectrum::line("Hγ").vacuumAngstrom, decrement * 0.3)}) {
            auto weaker = profile;
            weaker.equivalentWidthAngstrom *= share;
            (void)addEmission(wavelength, spectrum.flux, level * continuum(line), weaker, line,
                              instrumentFwhmKmS);
        }
    } else if (truth.nebular) {
        const double width = std::exp(emission.uniform(0, std::log(20.0)));
        const double nitrogen = emission.uniform(0.3, 0.9), sulphur = emission.uniform(0.15, 0.5);
        (void)addNebula(wavelength, spectrum.flux, atHalpha, width, nitrogen, sulphur, emission.normal(0, 25),
                        instrumentFwhmKmS);
    }

    // The detector.
    auto noise = streamOf(parameters_.seed, index, Noise);
    spectrum.inverseVariance.resize(n);
    spectrum.mask.assign(n, 0);
    for (std::size_t i = 0; i < n; ++i) {
        const double light = std::max(0.0, spectrum.flux[i] / atHalpha),
                     blue = 1 + 3 * std::exp((3700 - wavelength[i]) / 250);
        const double sigma = atHalpha / truth.signalToNoise * std::sqrt((0.85 * light + 0.15) * blue);
        spectrum.inverseVariance[i] = static_cast<float>(1 / (sigma * sigma));
        if (parameters_.noise) spectrum.flux[i] += static_cast<float>(noise.normal(0, sigma));
    }
    if (!parameters_.noise) return result;
    const bool hit = noise.uniform() < parameters_.cosmicRayFraction,
               dead = noise.uniform() < parameters_.deadPixelFraction;
    // A third of them fall near Hα, so that they matter to whoever looks there.
    const auto halpha = static_cast<std::size_t>(
        std::lower_bound(wavelength.begin(), wavelength.end(), halphaAngstrom) - wavelength.begin());
    const auto place = [&] {
        const bool near = noise.uniform() < 1.0 / 3;
        return near ? std::min(n - 1, halpha - 60 + noise.below(120)) : noise.below(n);
    };
    if (hit) {
        truth.cosmicRays = static_cast<int>(1 + noise.below(3));
        for (int k = 0; k < truth.cosmicRays; ++k) {
            const std::size_t start = place(), width = 1 + noise.below(3);
            const double height = atHalpha * std::exp(noise.uniform(std::log(0.15), std::log(4.0))) +
                                  6 * atHalpha / truth.signalToNoise;
            for (std::size_t i = start; i < std::min(n, start + width); ++i)
                spectrum.flux[i] += static_cast<float>(height * (i == start ? 1 : noise.uniform(0.1, 0.8)));
        }
    }
    if (dead) {
        const std::size_t wanted = 1 + noise.below(4);
        for (std::size_t k = 0; k < wanted; ++k) {
            const std::size_t i = place();
            if (spectrum.mask[i] != 0) continue;
            spectrum.mask[i] = 1;
            spectrum.inverseVariance[i] = 0;
            spectrum.flux[i] = std::numeric_limits<float>::quiet_NaN();
            ++truth.deadPixels;
        }
    }
    return result;
}

} // namespace balmer::simulate

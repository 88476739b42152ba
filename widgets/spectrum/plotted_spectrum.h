// PlottedSpectrum: a spectrum as plots take it, by value; and the lines that plots can mark.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <QColor>
#include <QMetaType>
#include <QString>

#include "engine/spectrum/line_list.h"

namespace balmer::widgets {

struct PlottedSpectrum {
    QString id;
    QString name;                   ///< what the read-out and the legend show; the id where empty
    std::vector<double> wavelength; ///< Å, ascending
    std::vector<float> flux;        ///< as long as wavelength; NaN leaves a gap
    std::vector<float> error;       ///< 1 σ; empty: none
    std::vector<std::uint8_t> mask; ///< 1: bad, drawn grey; empty: all good
    std::optional<QColor> colour;   ///< absent: by its place in the overlay
    bool model = false;             ///< a prototype or mean: violet, dashed, behind the others

    bool empty() const { return wavelength.empty() || wavelength.size() != flux.size(); }
    bool masked(std::size_t sample) const { return sample < mask.size() && mask[sample] != 0; }
    const QString& shownName() const { return name.isEmpty() ? id : name; }
};

/// The part between two wavelengths, Å, with its good samples scaled to [−1, 1]; all of the spectrum where it
/// has nothing there.
PlottedSpectrum scaledPart(const PlottedSpectrum& whole, double lower, double upper);
/// It has samples on both sides of the interval's ends, or at them to within a hundredth of its length.
bool covers(const PlottedSpectrum& spectrum, double lower, double upper);

/// A line to mark.
struct MarkedLine {
    QString name;
    double wavelength = 0;  ///< Å, vacuum
    bool prominent = false; ///< where names would overlap, this one is written
};

/// Of the table in spectrum/line_list.h; the Balmer lines are prominent.
MarkedLine marked(const spectrum::SpectralLine& line);

/// The lines that stars and nebulae show most in the optical.
const std::vector<MarkedLine>& commonLines();
inline constexpr double hAlphaVacuum = spectrum::line("Hα").vacuumAngstrom;

/// v = c (λ/λ₀ − 1) in km/s.
double velocity(double wavelength, double restWavelength);
double wavelengthAt(double velocityKmPerSecond, double restWavelength);

} // namespace balmer::widgets

#include "widgets/spectrum/shown_spectra.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/common/theme.h"

namespace balmer::widgets {

namespace {

/// The index of the sample nearest to this wavelength; the size where it lies outside by more than a sample.
std::size_t nearest(const PlottedSpectrum& s, double wavelength) {
    const std::size_t n = s.wavelength.size();
    if (s.empty() || !std::isfinite(wavelength)) return n;
    const auto it = std::lower_bound(s.wavelength.begin(), s.wavelength.end(), wavelength);
    auto i = std::size_t(it - s.wavelength.begin());
    if (i == n || (i > 0 && wavelength - s.wavelength[i - 1] < s.wavelength[i] - wavelength)) --i;
    const double step =
        n < 2 ? 1
              : (i + 1 < n ? s.wavelength[i + 1] - s.wavelength[i] : s.wavelength[i] - s.wavelength[i - 1]);
    return std::abs(s.wavelength[i] - wavelength) <= step ? i : n;
}

} // namespace

std::size_t ShownSpectra::currentIndex() const {
    const auto it =
        std::find_if(spectra.begin(), spectra.end(), [&](const auto& s) { return s.id == currentId; });
    return it == spectra.end() ? 0 : std::size_t(it - spectra.begin());
}

bool ShownSpectra::chosen() const {
    const std::size_t current = currentIndex();
    return current < spectra.size() && spectra[current].id == currentId;
}

std::optional<std::size_t> ShownSpectra::foremost() const {
    if (spectra.empty() || (many() && !chosen())) return std::nullopt;
    return currentIndex();
}

QColor ShownSpectra::colourOf(std::size_t index) const {
    const PlottedSpectrum& s = spectra[index];
    if (s.colour) return *s.colour;
    if (s.model) return theme().model;
    if (many()) return s.id == currentId ? theme().spectrum : theme().mutedText;
    if (chosen()) return s.id == currentId ? theme().spectrum : classColour(int(index));
    return index == 0 ? theme().spectrum : classColour(int(index - 1));
}

std::optional<ShownSpectra::Sample> ShownSpectra::sampleAt(double wavelength, double value) const {
    double least = std::numeric_limits<double>::infinity();
    std::optional<Sample> found;
    const std::size_t current = currentIndex();
    for (std::size_t k = 0; k < spectra.size(); ++k) {
        if (std::isnan(value) && k != current) continue;
        const std::size_t i = nearest(spectra[k], wavelength);
        if (i >= spectra[k].flux.size() || !std::isfinite(spectra[k].flux[i])) continue;
        const double distance = std::isnan(value) ? 0 : std::abs(double(spectra[k].flux[i]) - value);
        if (distance >= least) continue;
        least = distance;
        found = Sample{k, i};
    }
    return found;
}

QString ShownSpectra::describe(const Sample& at) const {
    const PlottedSpectrum& s = spectra[at.spectrum];
    return QStringLiteral("%1 Å: %2: %3")
        .arg(QString::number(s.wavelength[at.sample], 'f', 2), s.shownName(),
             QString::number(double(s.flux[at.sample]), 'g', 4));
}

PlotExtent extentOf(const PlottedSpectrum& spectrum) {
    PlotExtent extent;
    if (spectrum.empty()) return extent;
    extent.left = spectrum.wavelength.front();
    extent.right = spectrum.wavelength.back();
    for (std::size_t i = 0; i < spectrum.flux.size(); ++i) {
        if (!std::isfinite(spectrum.flux[i]) || spectrum.masked(i)) continue;
        extent.low = std::min(extent.low, double(spectrum.flux[i]));
        extent.high = std::max(extent.high, double(spectrum.flux[i]));
    }
    return extent;
}

} // namespace balmer::widgets

// ShownSpectra: the spectra that one plot lays over each other, which of them is current, and their colours.
// The layers of a spectrum plot share one; the plot owns it. UI thread only.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "widgets/plot/plot_layer.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {

struct ShownSpectra {
    std::vector<PlottedSpectrum> spectra;
    QString currentId;

    /// So many that a colour would name nothing: they are one grey crowd from which the cursor picks.
    bool many() const { return spectra.size() > 12; }
    /// The chosen one, or the first.
    std::size_t currentIndex() const;
    /// The current one was chosen, it is not only the first.
    bool chosen() const;
    /// The one that is drawn last and with its errors; absent where there is none, or none chosen of many.
    std::optional<std::size_t> foremost() const;
    QColor colourOf(std::size_t index) const;

    struct Sample {
        std::size_t spectrum = 0, sample = 0;
    };
    /// The sample that a position means: of the spectrum whose value is nearest there, or of the current one
    /// where `value` is NaN. Absent outside all.
    std::optional<Sample> sampleAt(double wavelength, double value) const;
    /// "6561.07 Å: name: 3.29"
    QString describe(const Sample& at) const;
};

/// What a plot is fitted to: all wavelengths, and the flux that is neither masked nor missing.
PlotExtent extentOf(const PlottedSpectrum& spectrum);

} // namespace balmer::widgets

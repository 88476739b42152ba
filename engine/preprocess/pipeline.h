// Pipeline: named, versioned steps that turn a spectrum into one row on a fixed wavelength grid.
//
// A pipeline is a value, immutable once made; apply() may be called from any number of threads at once.
// Numbers are double inside a pipeline and float in the row.
//
// The steps and their parameters (the version counts changes of the result):
//
//   air-to-vacuum 1
//       moves an axis stated in air to vacuum; one of unknown medium stays, and the row says so in a warning
//   bridge-masked 1
//       replaces the flux of every bad sample by linear interpolation between its good neighbours
//   gaussian-blur 1: sigmaPixels, maximumStepAngstrom
//       Gaussian kernel cut at 4 σ, edges continued with the edge sample; only where the spectrum's median
//       step is below maximumStepAngstrom (0: always)
//   resample-linear 1: firstAngstrom, lastAngstrom, columns
//       linear interpolation onto so many equidistant wavelengths in vacuum
//   min-max 1: minimum, maximum
//       maps the row's smallest and largest flux to these two
//
// resample-linear stands in each pipeline exactly once; air-to-vacuum, bridge-masked and gaussian-blur before
// it, min-max after it; no step twice.
//
// Errors and masks go along. Where a step forms Σ wᵢ fᵢ the variance becomes Σ wᵢ² σᵢ² (samples taken as
// independent: covariances that an earlier step made are not followed). A sample is bad when Spectrum::good()
// says so; an output sample is flagged (mask 1, inverse variance 0) when an interpolation touches a bad
// sample, or when more than a tenth of a kernel's weight lies on bad ones. A bad sample with a finite flux
// keeps that flux, as in the published recipe (archives leave their best value there), unless bridge-masked
// is asked for; one without a finite flux is bridged by linear interpolation always, and cut off at the ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/axis.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::preprocess {

struct StepParameter {
    std::string name;
    double value = 0;
    bool operator==(const StepParameter&) const = default;
};

/// A step as it is written down: in a job's parameters, in a dataset's provenance.
struct StepDescription {
    std::string name;
    int version = 1;
    std::vector<StepParameter> parameters;
    bool operator==(const StepDescription&) const = default;
};

/// One spectrum on the pipeline's grid.
struct Row {
    std::vector<float> flux; ///< as many as the grid has wavelengths; finite
    std::vector<float>
        inverseVariance; ///< 1/σ² of flux as it stands here (scaled); empty where the spectrum has no errors
    std::vector<std::uint8_t> mask; ///< always as long as flux; 0: good, 1: bad
    /// The smallest and the largest flux before min-max, in the spectrum's unit: with the step's [a, b],
    /// original = scaleMinimum + (flux - a) / (b - a) * (scaleMaximum - scaleMinimum). Also stated without
    /// min-max.
    double scaleMinimum = 0, scaleMaximum = 0;
    std::vector<std::string> warnings;
};

class Pipeline {
  public:
    /// Errors: InvalidArgument, naming the step and what is wrong with it (unknown name, version or
    /// parameter, a parameter missing or out of range, a step in the wrong place).
    static core::Result<Pipeline> make(std::vector<StepDescription> steps);

    const std::vector<StepDescription>& steps() const { return steps_; }
    /// One line of JSON, the same for equal pipelines on every machine:
    /// [{"step":"air-to-vacuum","version":1},{"step":"gaussian-blur","version":1,"sigmaPixels":7,…},…]
    std::string describe() const;

    /// The grid, ascending, in vacuum.
    std::span<const double> wavelengthAngstrom() const { return grid_; }
    std::size_t columns() const { return grid_.size(); }

    /// Errors: InvalidArgument when the spectrum does not cover the grid (the message names both ranges), has
    /// no finite flux there, more than half of the grid without a finite flux, or the same flux everywhere
    /// where min-max is asked for.
    core::Result<Row> apply(const spectrum::Spectrum& spectrum) const;

  private:
    std::vector<StepDescription> steps_;
    std::vector<double> grid_;
};

struct PresetParameters {
    /// σ of the blur in pixels; 0: none. Absent: the preset's own rule, which for halpha-140 is 7 px for
    /// spectra sampled more finely than 0.5 Å (Ondřejov's 0.26 Å) and none for the others (LAMOST, SDSS).
    std::optional<double> blurSigmaPixels;
    /// Also bridges samples that are masked or have no weight although they have a flux.
    bool bridgeMasked = false;
};

/// "halpha-140": Škoda, Podsztavek & Tvrdík 2020, A&A 643, A122: air → vacuum, blur (σ 7 px for Ondřejov
/// spectra), linear interpolation onto linspace(6519, 6732, 140) Å, min-max to [−1, 1]. Errors: NotFound,
/// listing the presets; InvalidArgument.
core::Result<Pipeline> preset(std::string_view name, const PresetParameters& parameters = {});
std::vector<std::string> presetNames();

} // namespace balmer::preprocess

// SpectralFeatures: a row of flux as a few numbers that tell shapes apart, learnt from rows without labels.
//
// A row is brought to its continuum (for a window, the straight line through the medians of its two ends;
// for a long spectrum, its median), smoothed by a Gaussian of 1.5 samples, and taken relative to the median
// row of the pool; z = s·asinh(d/s) with s = 6 robust deviations of the column keeps one cosmic hit from
// being all that is seen. The features are its principal components (subspace iteration with Rayleigh–Ritz,
// Halko, Martinsson & Tropp 2011, SIAM Review 53, 217), in the unit of the flux over its continuum, strongest
// first, and last what they leave over: the length of the rest. Deterministic by the seed for any number of
// threads.
//
// A value; const functions from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/learn/model_file.h"

namespace balmer::learn {

enum class Continuum {
    Line,  ///< through the medians of the first and the last sixth: for a window about a line
    Median ///< for a spectrum long enough to have a shape of its own
};

/// What suits rows of so many samples: up to 512 are taken for a window.
Continuum continuumFor(std::size_t columns);

struct FeatureParameters {
    std::size_t components = 20; ///< fewer where the rows have fewer
    Continuum continuum = Continuum::Line;
    std::size_t sample = 20'000; ///< rows looked at, evenly spread, where there are more
    std::uint64_t seed = 1;
    std::size_t threads = 0; ///< 0: all processors; does not change the result
};

class SpectralFeatures {
  public:
    /// From the usable rows (see of()). Errors: InvalidArgument when there are fewer than two usable rows or
    /// fewer than eight columns; Cancelled.
    static core::Result<SpectralFeatures> learn(core::FloatView rows, const FeatureParameters& parameters,
                                                core::TaskContext& task);

    std::size_t columns() const { return median_.size(); }
    /// Features of a row: the components and the length of the rest.
    std::size_t count() const { return components_.rows() + 1; }

    /// [rows × count()]. A row that is not finite or has no continuum to be brought to (a constant one) gets
    /// NaN for all. rows.columns() == columns(). Errors: Cancelled.
    core::Result<core::FloatMatrix> of(core::FloatView rows, std::size_t threads,
                                       core::TaskContext& task) const;

    void write(ModelWriter& file) const; ///< its lines
    void writeNumbers(ModelWriter& file) const;
    /// Errors: Format.
    static core::Result<SpectralFeatures> read(ModelReader& file, std::size_t columns);

  private:
    bool prepare(std::span<const float> row, std::span<float> prepared) const;
    Continuum continuum_ = Continuum::Line;
    std::vector<float> median_;    ///< of each column of the rows brought to their continuum
    std::vector<float> knee_;      ///< s of each column
    core::FloatMatrix components_; ///< [components × columns], orthonormal rows
};

} // namespace balmer::learn

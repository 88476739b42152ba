// A dataset's rows as a classifier reads them, whether the two fit, and what the classifier says of them.
//
// A classifier that compares with the continuum (ClassifierKind::unscaled) gets the flux itself: where a
// dataset's rows are scaled to [−1, 1], its columns scale_minimum and scale_maximum undo that. Done in
// pieces, so that a dataset of any length needs no second copy of itself. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/dataset/dataset.h"
#include "engine/learn/classifiers.h"
#include "engine/learn/spectral_features.h"

namespace balmer::workflow {

class ModelRows {
  public:
    /// As many rows of a pool as a classifier needs to see before it is taught (Classifier::lookAt).
    static constexpr std::size_t mostLookedAt = 20'000;

    ModelRows(const dataset::Dataset& dataset, const learn::ClassifierKind& kind);

    std::size_t count() const { return dataset_.rows(); }
    /// Appends one row.
    void append(std::size_t row, core::FloatMatrix& rows) const;
    /// At most so many, evenly spread.
    core::FloatMatrix sample(std::size_t most) const;
    /// What tells their shapes apart. Errors: those of SpectralFeatures::learn().
    core::Result<learn::SpectralFeatures> features(std::size_t components, std::size_t threads,
                                                   core::TaskContext& task) const;
    /// Calls work(number of the first row, rows) for one piece after the other, until one fails.
    core::Status
    inPieces(const std::function<core::Status(std::size_t first, core::FloatView rows)>& work) const;
    /// Probabilities [rows of the dataset × classes]. Errors: those of the classifier; Cancelled.
    core::Result<core::FloatMatrix> predict(const learn::Classifier& model, core::TaskContext& task) const;

  private:
    void undoScaling(std::size_t row, std::span<float> values) const;
    const dataset::Dataset& dataset_;
    std::span<const double> minima_, maxima_; ///< empty where rows are read as they are
};

/// What a model keeps of the dataset that it was made for: its name, digest and wavelengths.
std::map<std::string, std::string> describeInput(const std::string& name, const dataset::Dataset& dataset);

/// Errors: InvalidArgument: another number of samples, or other wavelengths than the model was made for.
core::Status checkFits(const learn::Classifier& model, const std::string& modelName,
                       const dataset::Dataset& dataset, const std::string& datasetName);

} // namespace balmer::workflow

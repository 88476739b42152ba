// Classifier: learns classes of spectra from labelled rows and gives each class's probability for new ones.
//
// Whoever makes one owns it. train() is for one thread at a time; predict() and save() may run in any number
// of threads at once after it. Rows are fluxes [rows × columns], scaled or raw: scaling is a part of the
// model.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::learn {

struct EpochStatistics {
    int epoch = 0;             ///< from 1
    double trainingLoss = 0;   ///< mean cross-entropy, nats, under dropout and augmentation
    double validationLoss = 0; ///< of the rows held out for stopping; NaN when none are
};

struct TrainingReport {
    std::size_t rows = 0;         ///< labelled rows given
    std::size_t rowsLeftOut = 0;  ///< of these, not used: NaN, infinite, or nothing to scale by
    std::size_t rowsBalanced = 0; ///< rows trained on, after holding out and balancing
    int epochs = 0;               ///< epochs run (of the longest-trained network, when several are averaged)
    int bestEpoch = 0;            ///< the one whose weights were kept
    bool stoppedEarly = false;
    double seconds = 0;
    std::string inputScaling; ///< what was done to each row: "min-max", "median-standardised"
    std::vector<EpochStatistics> history;
};

class Classifier {
  public:
    virtual ~Classifier() = default;

    /// One name for each class, in the order of the labels and of predict()'s columns.
    virtual const std::vector<std::string>& classes() const = 0;
    /// Columns that rows must have.
    virtual std::size_t columns() const = 0;
    /// What was kept with it when it was made: the dataset, its wavelengths …
    virtual const std::map<std::string, std::string>& attributes() const = 0;

    /// Learns what can be learnt without labels, before train(): from the pool that is to be ranked. One that
    /// needs no such thing does nothing. Errors: InvalidArgument (columns, no usable row), Cancelled.
    virtual core::Status lookAt(core::FloatView pool, core::TaskContext& task) {
        (void)pool, (void)task;
        return {};
    }

    /// Starts from scratch. labels: one a row, in [0, classes). Rows that cannot be scaled (NaN, infinite or
    /// constant flux) are left out and counted. At least two classes must have usable rows. Errors:
    /// InvalidArgument (sizes, labels, one class only), Cancelled.
    virtual core::Result<TrainingReport> train(core::FloatView rows, std::span<const int> labels,
                                               core::TaskContext& task) = 0;

    /// Probabilities [rows × classes]; each row sums to one. A row that cannot be scaled gets NaN for every
    /// class: it has no prediction. Errors: InvalidArgument (columns, not trained), Cancelled.
    virtual core::Result<core::FloatMatrix> predict(core::FloatView rows, core::TaskContext& task) const = 0;

    /// One file, old or new but never half. Errors: InvalidArgument (not trained), Io.
    virtual core::Status save(const std::filesystem::path& file) const = 0;
};

/// Two to a thousand classes, all named and different. Errors: InvalidArgument.
core::Status checkClassNames(std::span<const std::string> classes);
/// One label a row, each of a class. Errors: InvalidArgument.
core::Status checkLabels(core::FloatView rows, std::span<const int> labels,
                         std::span<const std::string> classes);

} // namespace balmer::learn

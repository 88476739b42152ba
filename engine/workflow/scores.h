// Predictions as columns of their dataset: written once, read by tables, panels and filters. Any thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/dataset/dataset.h"
#include "engine/jobs/job.h"
#include "engine/store/column_registry.h"
#include "engine/store/project.h"

namespace balmer::workflow {

/// The columns are: predicted (a category), probability (of that class), entropy (normalised), and for each
/// class "p_" and its name with '_' for what is not a letter or a digit. flux: of the rows that were scored.
/// Errors: Format where a row that can be scored (finite, not constant) has no finite probability;
/// InvalidArgument where none of them can be; those of the store.
core::Status keepScores(store::Project& project, const std::string& dataset,
                        const std::vector<std::string>& classes, core::FloatView flux,
                        core::FloatView probabilities, jobs::JobId job, const std::string& model);

/// Rows predicted as each class, in the order of the classes; a row without prediction (NaN) counts for none.
std::vector<std::size_t> countByClass(core::FloatView probabilities);

struct Predicted {
    std::string className;
    double probability = 0, entropy = 0;
    std::string model = {}; ///< that said so, as findModel() takes it
};

/// One scoring of a dataset; a value a row, NaN where there is none.
struct Scoring {
    std::vector<double> predicted; ///< indices into the categories of the column "predicted"
    std::vector<double> probability, entropy;
};

/// Reads the three columns whole. predicted: that column of the wanted dataset.
core::Result<Scoring> readScoring(store::Project& project, const store::ColumnInfo& predicted);

/// How newestPredictions() comes to the predictions; for whoever asks once, and for whoever keeps them.
struct PredictionSource {
    /// spectrum_source.h; errors are those of openDataset().
    std::function<core::Result<dataset::Dataset>(const std::string& name)> open;
    /// Told of a dataset that is damaged or gone, whose predictions are left out: the spectra and their
    /// labels are there all the same.
    std::function<void(const std::string& name, const core::Error& why)> leaveOut;
    /// Left empty, every scoring is read anew.
    std::function<core::Result<std::shared_ptr<const Scoring>>(const store::ColumnInfo& predicted)> read = {};
};

/// For each of these spectra what the newest scoring that speaks of it says, whatever dataset was scored.
/// Errors: those of the store; Cancelled and ResourceExhausted of the source.
core::Result<std::vector<std::optional<Predicted>>> newestPredictions(store::Project& project,
                                                                      std::span<const std::string_view> ids,
                                                                      const PredictionSource& source);

/// "p_single_peak"
std::string probabilityColumn(const std::string& className);

} // namespace balmer::workflow

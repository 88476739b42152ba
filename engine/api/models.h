// Models: the networks that an open project has trained, and what they say of its spectra.
//
// Handed out by Workbench::models and lives as long. Any thread, several at once. Both functions read
// many rows or whole columns and belong on a thread of their own. Times are ISO 8601 UTC text; an absent
// number is an empty optional.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/job.h"

namespace balmer::api {

struct ModelInfo {
    std::string name; ///< as `score --model` takes it
    std::int64_t job = 0;
    std::string dataset;
    std::vector<std::string> classes;
    std::optional<double> macroF1;
    std::string created;
};

/// What the newest scoring of a dataset says of one spectrum.
struct Prediction {
    std::vector<std::string> classes;
    std::vector<double> probabilities; ///< as many as classes; empty when it has not been scored
    double entropy = 0;
};

class Models {
  public:
    virtual ~Models() = default;

    virtual core::Result<std::vector<ModelInfo>> list() = 0; ///< newest first
    /// For each of these spectra what a scoring of the dataset says, in their order: the newest, or that of
    /// the job (a round, say), whatever was scored since.
    virtual core::Result<std::vector<Prediction>> predictions(const std::string& dataset,
                                                              const std::vector<std::string>& ids,
                                                              std::optional<jobs::JobId> job = {}) = 0;
};

} // namespace balmer::api

// Models: the networks that an open project has trained, and what they say of its spectra.
//
// Handed out by Workbench::models and lives as long. Any thread, several at once. What is marked (quick) may
// be called from the UI thread. Times are ISO 8601 UTC text; an absent number is an empty optional.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"

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
    virtual core::Result<Prediction> prediction(const std::string& dataset,
                                                const std::string& id) = 0; ///< (quick)
};

} // namespace balmer::api

// What a round's job says of it, as JSON. Private to workflow. Pure; any thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/matrix.h"
#include "engine/dataset/dataset.h"
#include "engine/store/round_archive.h"
#include "engine/workflow/injected_rows.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

/// Spectrum → class, by a table of truth.
using Truth = std::map<std::string, std::string, std::less<>>;

/// From a table with the columns id and label (or class). Errors: InvalidArgument: it lacks one, a class that
/// is none of these, a spectrum of two classes; those of reading.
core::Result<Truth> readTruth(const Run& run, const std::string& file,
                              const std::vector<std::string>& classes);

/// "oracle", "performance_estimate", "candidates".
nlohmann::json roundLists(const store::RoundRecord& round);
/// "precision", "precision_lower_95", "judged"; null while none is judged.
nlohmann::json roundPrecision(const store::RoundRecord& round);
/// Share of the true members of each target class that the network finds, over the whole pool.
nlohmann::json recallOf(const Truth& truth, const dataset::Dataset& dataset, const TargetClasses& classes,
                        const core::FloatMatrix& probabilities);

} // namespace balmer::workflow

// Predictions as columns of their dataset: written once, read by tables, panels and filters. Any thread.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"
#include "engine/store/project.h"

namespace balmer::workflow {

/// The columns are: predicted (a category), probability (of that class), entropy (normalised), and for each class
/// "p_" and its name with '_' for what is no letter or digit.
core::Status keepScores(store::Project& project, const std::string& dataset, const std::vector<std::string>& classes,
                        core::FloatView probabilities, jobs::JobId job, const std::string& model);

/// Rows predicted as each class, in the order of the classes; a row without prediction (NaN) counts for none.
std::vector<std::size_t> countByClass(core::FloatView probabilities);

/// "p_single_peak"
std::string probabilityColumn(const std::string& className);

} // namespace balmer::workflow

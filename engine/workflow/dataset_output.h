// Keeping a dataset: written into the project's folder under its name, and registered. Private to the
// module. Any thread.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "engine/dataset/dataset.h"
#include "engine/store/dataset_registry.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

/// What describeDataset() tells, as fields of a job's result.
std::vector<Field> datasetFields();
/// "there is another dataset …": the name is taken by other content.
core::Error otherDataset(const std::string& name);

/// collection "" for a matrix that came as one. The same content under the same name again changes nothing.
/// Errors: InvalidArgument for a name that is taken by other content, or one that is not a file name; those
/// of writing.
core::Result<store::DatasetRecord> keepDataset(const Run& run, const std::string& name,
                                               const std::string& collection, const std::string& pipeline,
                                               const dataset::DatasetContent& content);

/// Where the file of a dataset lies in the project's folder. Content decides the name, so that a reader of an
/// older dataset of that name keeps its file.
std::string datasetFile(const std::string& name, const std::string& digest);

/// {"dataset", "rows", "columns", "digest"} with the members of description beside them, as text: what a job
/// says of a dataset.
std::string describeDataset(const store::DatasetRecord& record, nlohmann::json description);

/// Letters, digits, blank, '.', '_', '-', '+'; no dot in front. Errors: InvalidArgument.
core::Status checkDatasetName(const std::string& name);

} // namespace balmer::workflow

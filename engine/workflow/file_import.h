// Files into the catalogue: what the jobs import, fetch and retrieve have in common. Private to the module.
//
// Called on the job's thread; reads files on threads `balmer-import`.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/store/origins.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

/// The parameter that says where imported spectra go.
Field collectionField();
/// What importFiles() tells, as fields of a job's result.
std::vector<Field> importFields();

struct ImportFile {
    std::filesystem::path path;              ///< absolute
    std::vector<store::Origin> origins = {}; ///< noted for all spectra of the file, new or known
};

/// Adds the spectra of the files. Returns {"imported", "already", "with_warnings", "files", "refused":
/// [{path, reason, code}]}: a file that cannot be read is an entry there, not an error. collection "": named
/// after each file's folder.
core::Result<nlohmann::json> importFiles(std::span<const ImportFile> files, const std::string& collection,
                                         const Run& run, core::TaskContext& task);

} // namespace balmer::workflow

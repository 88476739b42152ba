// MakingAgain: a file of the project that is damaged or gone, made by the job that made it once. Private to
// the module. Any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

/// A dataset or an artefact, and how it stands with its file.
struct KeptFile {
    enum class Kind { Dataset, Artefact };
    Kind kind = Kind::Artefact;
    std::string name;
    std::string digest; ///< of a dataset's rows, of an artefact's bytes
    std::filesystem::path place;
    std::optional<jobs::JobId> job; ///< that made it
};

/// The bytes at `file` are what `kept` has to be; nothing that was read before counts. Errors: NotFound, Io,
/// Format.
core::Status proveNow(const KeptFile& kept, const std::filesystem::path& file);

/// Runs the job again, in a project of its own, and puts the file in its place where it comes out the same.
/// Errors: Unsupported for one that no job made, or a kind that cannot be run apart; Format where something
/// else came out, because what it was made of has changed; those of the job.
core::Status makeAgain(const KeptFile& kept, const Run& run);

} // namespace balmer::workflow

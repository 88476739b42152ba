// OutputFile: where a user wants something written; the one way for all that writes to a name that a person
// gave.
//
// A regular file is replaced as a whole and keeps its mode; an absent name appears whole; until finish()
// nothing of it is seen. A link is written through: what it leads to is replaced, the link stays. Devices,
// pipes and "-" (standard output, by core::writeOutput) get the bytes as they come. Nothing but a regular
// file is ever replaced. One thread at a time.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "engine/core/pending_file.h"
#include "engine/core/result.h"

namespace balmer::core {

class OutputFile {
  public:
    /// Errors: as systemError(); Io for a folder, a socket, and a pipe from which nobody reads.
    static Result<OutputFile> open(const std::filesystem::path& target);
    /// "-", or a name under which there is something other than a regular file: it gets the bytes as they
    /// come, and its name says nothing of their form.
    static bool isStream(const std::filesystem::path& target);
    /// "-", /dev/stdout and what else stands for it.
    static bool isStandardOutput(const std::filesystem::path& target);
    Status write(std::string_view bytes);
    /// The end. Without it, what was written beside the target is gone again.
    Status finish();

  private:
    explicit OutputFile(PendingFile pending) : pending_(std::move(pending)) {}
    explicit OutputFile(File through) : through_(std::move(through)) {}
    OutputFile() = default;
    std::optional<PendingFile> pending_;
    std::optional<File> through_; ///< neither: standard output
};

} // namespace balmer::core

// NamedInput: what a user named to be read, as a file that can be opened more than once.
//
// A regular file is used where it lies. What comes only once (a pipe, a device, "-" for standard input) is
// read to its end into a file of this object's own, which goes with it. One thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <stop_token>

#include "engine/core/result.h"

namespace balmer::core {

class NamedInput {
  public:
    /// Errors: those of File::openNamed; ResourceExhausted for a stream longer than limitBytes; Cancelled,
    /// also while a pipe gives nothing.
    static Result<NamedInput> open(const std::filesystem::path& name,
                                   std::size_t limitBytes = std::size_t{4} << 30,
                                   const std::stop_token& stop = {});

    /// Leads to the bytes as long as this object or a copy of it lives.
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    std::shared_ptr<const void> kept_; ///< the file of its own
};

} // namespace balmer::core

// TemporaryFolder: a folder of this process alone, on a disk for what is temporary, or in memory where that
// disk takes nothing. It goes with all that is in it when its owner ends.
#pragma once

#include <cstdint>
#include <filesystem>
#include <utility>

#include "engine/core/result.h"

namespace balmer::core {

class TemporaryFolder {
  public:
    /// Where `bytes` have room. Errors: ResourceExhausted, naming the folders that were tried.
    static Result<TemporaryFolder> make(std::uintmax_t bytes = 0);
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    ~TemporaryFolder();

    const std::filesystem::path& path() const { return path_; }

  private:
    explicit TemporaryFolder(std::filesystem::path path) : path_(std::move(path)) {}
    std::filesystem::path path_;
};

} // namespace balmer::core

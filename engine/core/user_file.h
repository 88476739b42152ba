// UserFile: a small file of the user's own that several programs read and change at once: the lists of
// workers, of services, of trusted certificates.
//
// Each call looks at the disk anew. A change is made under a lock (FILE.lock, against threads and processes),
// synced and renamed into place, so that none is lost and a reader sees the old content or the new. Only the
// user may read the file. Any thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/result.h"

namespace balmer::core {

class UserFile {
  public:
    explicit UserFile(std::filesystem::path file) : file_(std::move(file)) {}

    const std::filesystem::path& path() const { return file_; }

    /// The content; "" where there is no file. Errors: Io; ResourceExhausted above 4 MiB.
    Result<std::string> read() const;

    /// change(content) gives the new content; nobody else changes the file meanwhile. The folder is made
    /// where it is missing; the same content is not written. Errors: those of change, which leaves the file
    /// as it was; those of read; Io.
    Status change(const std::function<Result<std::string>(std::string content)>& change) const;

    /// balmer/NAME in the user's configuration folder ($XDG_CONFIG_HOME or ~/.config).
    static std::filesystem::path inConfiguration(std::string_view name);

  private:
    std::filesystem::path file_;
};

} // namespace balmer::core

// PinBook: the certificates that are trusted, each under a name, in one file.
//
// A worker keeps its clients there, a client its workers. Several threads and processes may use the same file
// (core/user_file.h).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/user_file.h"

namespace balmer::remote {

struct Pin {
    std::string name;        ///< one line of UTF-8, 1 to 200 bytes
    std::string fingerprint; ///< SHA-256 of the certificate's DER form, 64 hexadecimal digits
    bool operator==(const Pin&) const = default;
};

/// Errors of all functions: Io; Format for a file with a line that is not a pin; InvalidArgument for a pin
/// that is not as said above.
class PinBook {
  public:
    explicit PinBook(std::filesystem::path file) : file_(std::move(file)) {}

    const std::filesystem::path& path() const { return file_.path(); }
    /// Oldest first; none where there is no file.
    core::Result<std::vector<Pin>> all() const;
    core::Result<std::optional<Pin>> withFingerprint(std::string_view fingerprint) const;

    /// Adds a pin; a fingerprint that is there already gets this name. A name may have several (somebody's
    /// two computers).
    core::Status add(const Pin& pin);
    /// Adds a pin and removes all others of its name (a worker's address has one certificate).
    core::Status replace(const Pin& pin);
    /// False: no pin has this name.
    core::Result<bool> remove(std::string_view name);

  private:
    core::UserFile file_;
};

} // namespace balmer::remote

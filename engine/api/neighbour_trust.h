// NeighbourTrust: which programs at the SAMP hub may send things into the user's projects, and how much.
//
// A program is known by the name that it declares at the hub, without regard to case. The user's own, for all
// projects, so that a project from somebody else brings no leave with it: in a file of the configuration
// folder (`neighbours.json`), read anew at each call. Any thread, any process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "engine/core/result.h"

namespace balmer::api {

enum class Trust { Ask, Always, Never };

struct NeighbourTrust {
    std::map<std::string, Trust> programs; ///< by name in lower case; what is not here is asked about
    std::uint64_t receivedGibibyte = 20;   ///< that all that came into one project may have together

    Trust of(const std::string& name) const;
};

class NeighbourTrustFile {
  public:
    explicit NeighbourTrustFile(std::filesystem::path file = {}); ///< empty: the user's own

    /// Errors: Io; Format where the file is not as it was written.
    core::Result<NeighbourTrust> read() const;
    /// Ask: forgets it. Errors: InvalidArgument for a name that is none; those of read.
    core::Status set(const std::string& name, Trust trust) const;
    /// 1 to 1 048 576. Errors: InvalidArgument; those of read.
    core::Status setReceived(std::uint64_t gibibyte) const;

  private:
    std::filesystem::path file_;
};

} // namespace balmer::api

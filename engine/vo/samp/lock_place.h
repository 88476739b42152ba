// Where a hub's lock file is (IVOA SAMP 1.3 §4.2.1). Functions without state; any thread.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/core/result.h"

namespace balmer::vo {

/// Where the lock is: one of the two is set.
struct SampLockPlace {
    std::filesystem::path file;
    std::string url; ///< http or https
};

/// sampHub: the environment's SAMP_HUB, where it is set; home: the user's folder. Errors: Unsupported for a
/// SAMP_HUB other than std-lockurl: with a file, http or https URL.
core::Result<SampLockPlace> lockPlace(const std::optional<std::string>& sampHub,
                                      const std::filesystem::path& home);

/// As above, for this process: its SAMP_HUB, and .samp in the user's folder (HOME, or the passwd entry).
core::Result<SampLockPlace> lockPlace();

} // namespace balmer::vo

// The lock file by which a SAMP hub is found (IVOA SAMP 1.3 §4.2), read and never written or removed: it
// belongs to the hub, which may be gone without it (a stale lock), so whoever reads one asks the hub next.
//
// Functions without state; any thread.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::vo {

struct SampLock {
    std::string secret;  ///< samp.secret
    std::string hubUrl;  ///< samp.hub.xmlrpc.url, http, to be used exactly as it is
    std::string version; ///< samp.profile.version
    bool operator==(const SampLock&) const = default;
};

inline constexpr std::size_t sampLockLimit = 64 * 1024; ///< bytes of a lock file

/// Lines "key=value"; '#' begins a comment line; unknown keys are passed over; of two the later counts.
/// Errors: Format naming the key that is missing or wrong.
core::Result<SampLock> parseLock(std::string_view text);

/// Errors: NotFound where there is no such file (no hub); Io; Format.
core::Result<SampLock> readLock(const std::filesystem::path& file);

} // namespace balmer::vo

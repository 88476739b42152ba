#include "engine/vo/samp/lock_place.h"

#include <cstdlib>
#include <string_view>

#include "engine/core/user_folders.h"
#include "engine/vo/samp/file_url.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;

} // namespace

Result<SampLockPlace> lockPlace(const std::optional<std::string>& sampHub,
                                const std::filesystem::path& home) {
    constexpr std::string_view lockUrl = "std-lockurl:";
    if (!sampHub || sampHub->empty()) return SampLockPlace{home / ".samp", {}};
    if (sampHub->starts_with(lockUrl)) {
        const auto url = sampHub->substr(lockUrl.size());
        if (auto file = fileOfUrl(url)) return SampLockPlace{std::move(*file), {}};
        if (url.starts_with("http://") || url.starts_with("https://")) return SampLockPlace{{}, url};
    }
    return fail(ErrorCode::Unsupported,
                "SAMP_HUB is '" + *sampHub +
                    "', but only std-lockurl: with the address of a lock file is understood; unset it to "
                    "use .samp in your home folder");
}

Result<SampLockPlace> lockPlace() {
    const char* hub = std::getenv("SAMP_HUB");
    return lockPlace(hub ? std::optional<std::string>(hub) : std::nullopt, core::homeFolder());
}

} // namespace balmer::vo

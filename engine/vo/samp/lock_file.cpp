#include "engine/vo/samp/lock_file.h"

#include <utility>

#include "engine/core/files.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;

tl::unexpected<core::Error> wrong(std::string_view what) {
    return fail(ErrorCode::Format, "the lock file of the SAMP hub " + std::string(what) +
                                       "; stop the hub, start it again, and it will be written anew");
}

} // namespace

Result<SampLock> parseLock(std::string_view text) {
    if (text.size() > sampLockLimit) return wrong("is too long");
    SampLock lock;
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        const auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (line.empty() || line[0] == '#') continue;
        const auto equals = line.find('=');
        if (equals == std::string_view::npos) continue;
        const auto key = line.substr(0, equals);
        const std::string value(line.substr(equals + 1));
        if (key == "samp.secret") lock.secret = value;
        if (key == "samp.hub.xmlrpc.url") lock.hubUrl = value;
        if (key == "samp.profile.version") lock.version = value;
    }
    if (lock.secret.empty()) return wrong("has no samp.secret");
    if (lock.hubUrl.empty()) return wrong("has no samp.hub.xmlrpc.url");
    if (!lock.hubUrl.starts_with("http://") && !lock.hubUrl.starts_with("https://"))
        return wrong("has a samp.hub.xmlrpc.url that is not an http address");
    if (lock.version.empty()) return wrong("has no samp.profile.version");
    return lock;
}

Result<SampLock> readLock(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::exists(file, ignored) && !std::filesystem::is_regular_file(file, ignored))
        return wrong("is not a file");
    auto text = core::readFile(file, sampLockLimit);
    if (!text) return fail(std::move(text.error().during("reading " + file.string())));
    auto lock = parseLock(*text);
    if (!lock) return fail(std::move(lock.error().during("reading " + file.string())));
    return lock;
}

} // namespace balmer::vo

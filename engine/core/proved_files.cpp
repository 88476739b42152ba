#include "engine/core/proved_files.h"

#include <set>
#include <string>
#include <tuple>

#include "engine/core/digest.h"
#include "engine/core/mutex.h"

namespace balmer::core {

namespace {

struct Proved {
    using Key =
        std::tuple<std::uint64_t, std::uint64_t, std::uint64_t, std::int64_t, std::int64_t, std::string>;
    Mutex mutex;
    std::set<Key> keys BALMER_GUARDED_BY(mutex);
};

Proved& proved() {
    static Proved all;
    return all;
}

Proved::Key keyOf(const FileStamp& stamp, std::string_view digest) {
    return {stamp.device, stamp.inode, stamp.size, stamp.modified, stamp.changed, std::string(digest)};
}

} // namespace

bool isProved(const FileStamp& stamp, std::string_view digest) {
    const LockGuard lock(proved().mutex);
    return proved().keys.contains(keyOf(stamp, digest));
}

void setProved(const FileStamp& stamp, std::string_view digest) {
    const LockGuard lock(proved().mutex);
    proved().keys.insert(keyOf(stamp, digest));
}

Status proveFile(const std::filesystem::path& path, std::string_view digest) {
    BALMER_TRY(const auto file, File::open(path, File::Use::Read));
    BALMER_TRY(const auto stamp, file.stamp());
    if (isProved(stamp, digest)) return {};
    BALMER_TRY(const auto found, digestOfFile(path));
    if (found != digest)
        return fail(ErrorCode::Format, path.string() + " has the digest " + found.substr(0, 12) + "…, not " +
                                           std::string(digest.substr(0, 12)) +
                                           "…: " + std::string(proveRemedy));
    BALMER_TRY(const auto after, file.stamp());
    if (after == stamp) setProved(stamp, digest);
    return {};
}

} // namespace balmer::core

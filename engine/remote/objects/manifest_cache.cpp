#include "engine/remote/objects/manifest_cache.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "engine/core/files.h"
#include "engine/remote/objects/object_files.h"

namespace balmer::remote {

using core::fail;
using core::File;
using core::FileStamp;
using core::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view suffix = ".manifest";
constexpr std::size_t longestPath = 1 << 16;
constexpr std::int64_t settledNanoseconds = 2'000'000'000;

// An entry: SHA-256 of the rest | stamp | length of the path | path | manifest.
constexpr std::size_t pathAt = sizeof(core::Digest32) + sizeof(FileStamp) + sizeof(std::uint32_t);

std::vector<std::byte> entryOf(const FileStamp& stamp, const std::string& path, const Manifest& manifest) {
    const auto encoded = encode(manifest);
    const auto length = static_cast<std::uint32_t>(path.size());
    std::vector<std::byte> bytes(pathAt + path.size());
    auto* to = bytes.data() + sizeof(core::Digest32);
    std::memcpy(to, &stamp, sizeof stamp);
    std::memcpy(to + sizeof stamp, &length, sizeof length);
    std::memcpy(bytes.data() + pathAt, path.data(), path.size());
    bytes.insert(bytes.end(), encoded.begin(), encoded.end());
    const auto digest = core::digestBytesOf(std::span(bytes).subspan(sizeof(core::Digest32)));
    std::memcpy(bytes.data(), digest.data(), digest.size());
    return bytes;
}

/// The path that an entry is for; "" when its beginning makes no sense.
std::string pathFrom(std::span<const std::byte> entry) {
    if (entry.size() < pathAt) return {};
    std::uint32_t length = 0;
    std::memcpy(&length, entry.data() + pathAt - sizeof length, sizeof length);
    if (length > longestPath || length > entry.size() - pathAt) return {};
    return {reinterpret_cast<const char*>(entry.data()) + pathAt, length};
}

Result<Manifest> manifestFrom(std::span<const std::byte> entry, const FileStamp& stamp,
                              const std::string& path) {
    const auto none = fail(core::ErrorCode::Format, "the entry is of no use");
    if (path.empty() || pathFrom(entry) != path) return none;
    const auto rest = entry.subspan(sizeof(core::Digest32));
    const auto digest = core::digestBytesOf(rest);
    if (std::memcmp(digest.data(), entry.data(), digest.size()) != 0) return none;
    if (std::memcmp(rest.data(), &stamp, sizeof stamp) != 0) return none;
    return decodeManifest(entry.subspan(pathAt + path.size()));
}

} // namespace

ManifestCache::ManifestCache(fs::path folder, const core::Clock& clock)
    : folder_(std::move(folder)), clock_(clock) {
    (void)core::sweepPending(folder_); // of processes that were killed
    std::error_code error;
    for (fs::directory_iterator entry(folder_, error), end; !error && entry != end; entry.increment(error)) {
        std::error_code gone;
        if (entry->path().extension() != suffix) continue;
        const auto file = File::open(entry->path(), File::Use::Read);
        if (!file) continue;
        const auto stamp = file->stamp();
        if (!stamp) continue;
        std::vector<std::byte> beginning(std::min<std::uint64_t>(stamp->size, pathAt + longestPath));
        if (!file->readAt(0, beginning)) continue;
        const fs::path path = pathFrom(beginning);
        if (path.empty() || !fs::exists(path, gone)) (void)core::removeFile(entry->path());
    }
}

Result<Manifest> ManifestCache::manifestOf(const fs::path& file, core::TaskContext& task) {
    std::error_code error;
    const auto path = fs::absolute(file, error).lexically_normal().string();
    auto opened = File::open(file, File::Use::Read, File::Links::Follow);
    if (!opened) return fail(std::move(opened).error());
    BALMER_TRY(const auto stamp, opened->stamp());
    const auto entry = folder_ / (core::digestOf(path) + std::string(suffix));
    if (const auto kept = readSmall(entry, pathAt + longestPath + manifestBytesAtMost); kept)
        if (auto manifest = manifestFrom(*kept, stamp, path); manifest) return manifest;

    const auto now = std::chrono::nanoseconds(clock_.now().time_since_epoch()).count();
    BALMER_TRY(auto manifest, manifestOfOpen(*opened, task));
    BALMER_TRY(const auto after, opened->stamp());
    if (after == stamp && std::max(stamp.modified, stamp.changed) < now - settledNanoseconds &&
        path.size() <= longestPath) {
        if (core::makeFolders(folder_)) (void)writeWhole(entry, entryOf(stamp, path, manifest));
    }
    return manifest;
}

} // namespace balmer::remote

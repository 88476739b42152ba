#include "engine/remote/objects/registered_file.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

#include "engine/core/digest.h"

namespace balmer::remote {

using core::ErrorCode;
using core::fail;
using core::File;
using core::FileStamp;
using core::Result;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t foldersDeep = 32; ///< each holds a folder open

/// The path below the root, when it is below it as far as the words go.
std::optional<fs::path> below(const fs::path& root, const fs::path& path) {
    if (path.is_relative()) return path;
    auto step = path.begin();
    for (const auto& part : root) {
        if (part.empty()) continue; // "/data/" ends with an empty part
        if (step == path.end() || *step != part) return std::nullopt;
        ++step;
    }
    fs::path rest;
    for (; step != path.end(); ++step)
        rest /= *step;
    return rest;
}

/// Each step is taken from the folder before it and follows no link, so that nothing that is renamed
/// meanwhile leads out. What it leads to may be of any kind.
Result<File> openStepwise(const fs::path& root, const fs::path& rest) {
    const auto whole = root / rest;
    File folder(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC), root);
    if (folder.handle() < 0) return fail(core::systemError("open", root));
    std::vector<fs::path> steps;
    for (const auto& part : rest)
        if (!part.empty() && part != ".") steps.push_back(part);
    if (steps.empty()) steps.emplace_back(".");
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const bool last = i + 1 == steps.size();
        const int flags =
            O_CLOEXEC | O_NOFOLLOW | (last ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH | O_DIRECTORY);
        File next(::openat(folder.handle(), steps[i].c_str(), flags), whole);
        if (next.handle() < 0 && (errno == ELOOP || (errno == ENOTDIR && !last)))
            return fail(ErrorCode::InvalidArgument,
                        whole.string() + " passes a symbolic link or a file at \"" + steps[i].string() +
                            "\"; give the path without links");
        if (next.handle() < 0) return fail(core::systemError("open", whole));
        if (last) return next;
        folder = std::move(next);
    }
    return folder;
}

bool isFolder(int handle) {
    struct stat seen {};
    return ::fstat(handle, &seen) == 0 && S_ISDIR(seen.st_mode);
}

/// Adds the ordinary files in and below an open folder, whose own path is `at`, in the order of their names.
core::Status addFiles(const File& folder, const fs::path& at, std::size_t depth, std::size_t atMost,
                      std::size_t& seen, std::vector<fs::path>& files) {
    const int own = ::openat(folder.handle(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const std::unique_ptr<DIR, int (*)(DIR*)> entries(own < 0 ? nullptr : ::fdopendir(own), ::closedir);
    if (!entries) return fail(core::systemError("read", at));
    std::vector<std::string> names;
    while (const auto* entry = ::readdir(entries.get())) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        if (++seen > atMost)
            return fail(ErrorCode::ResourceExhausted, at.string() + " has more than " +
                                                          std::to_string(atMost) +
                                                          " files and folders; register a part of them");
        names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    for (const auto& name : names) {
        struct stat found {};
        if (::fstatat(folder.handle(), name.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0) continue;
        if (S_ISREG(found.st_mode)) files.push_back(at / name);
        if (!S_ISDIR(found.st_mode) || depth == 0) continue;
        const File below(
            ::openat(folder.handle(), name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
            at / name);
        if (below.handle() >= 0) BALMER_CHECK(addFiles(below, at / name, depth - 1, atMost, seen, files));
    }
    return {};
}

/// Whatever lies there, reached without a link.
Result<File> openAny(const std::vector<fs::path>& roots, const fs::path& path) {
    const bool climbs =
        std::any_of(path.begin(), path.end(), [](const fs::path& part) { return part == ".."; });
    const bool hasNul = path.native().find('\0') != std::string::npos;
    if (!climbs && !hasNul && !path.empty() && path.native().size() < registeredBytesAtMost / 2) {
        std::optional<core::Error> missing;
        for (const auto& root : roots) {
            const auto rest = below(root, path);
            if (!rest) continue;
            auto file = openStepwise(root, *rest);
            if (file || file.error().code() != ErrorCode::NotFound) return file;
            if (!missing) missing = std::move(file).error();
        }
        if (missing) return fail(std::move(*missing));
    }
    return fail(
        ErrorCode::InvalidArgument,
        (hasNul ? std::string("this path") : path.string()) +
            " is not below a folder whose files this worker may use; add the folder to its configuration, "
            "or send the file");
}

} // namespace

Result<File> openBelowRoots(const std::vector<fs::path>& roots, const fs::path& path) {
    BALMER_TRY(auto file, openAny(roots, path));
    if (isFolder(file.handle()))
        return fail(ErrorCode::InvalidArgument, file.path().string() + " is a folder; name a file");
    BALMER_CHECK(file.stamp());
    return file;
}

Result<std::vector<fs::path>> filesBelowRoots(const std::vector<fs::path>& roots, const fs::path& path,
                                              std::size_t atMost) {
    BALMER_TRY(const auto found, openAny(roots, path));
    std::vector<fs::path> files;
    std::size_t seen = 0;
    if (!isFolder(found.handle()))
        files.push_back(found.path());
    else
        BALMER_CHECK(addFiles(found, found.path().lexically_normal(), foldersDeep, atMost, seen, files));
    return files;
}

// SHA-256 of the rest | stamp | path.
std::vector<std::byte> encode(const RegisteredFile& registered) {
    constexpr auto pathAt = sizeof(core::Digest32) + sizeof(FileStamp);
    std::vector<std::byte> bytes(pathAt + registered.path.size());
    std::memcpy(bytes.data() + sizeof(core::Digest32), &registered.stamp, sizeof(FileStamp));
    std::memcpy(bytes.data() + pathAt, registered.path.data(), registered.path.size());
    const auto digest = core::digestBytesOf(std::span(bytes).subspan(sizeof(core::Digest32)));
    std::memcpy(bytes.data(), digest.data(), digest.size());
    return bytes;
}

Result<RegisteredFile> decodeRegisteredFile(std::span<const std::byte> bytes) {
    constexpr auto pathAt = sizeof(core::Digest32) + sizeof(FileStamp);
    const auto garbled =
        fail(ErrorCode::Format, "the note on a registered file is garbled; register it again");
    if (bytes.size() < pathAt) return garbled;
    const auto digest = core::digestBytesOf(bytes.subspan(sizeof(core::Digest32)));
    if (std::memcmp(digest.data(), bytes.data(), digest.size()) != 0) return garbled;
    RegisteredFile registered;
    std::memcpy(&registered.stamp, bytes.data() + sizeof(core::Digest32), sizeof(FileStamp));
    registered.path.assign(reinterpret_cast<const char*>(bytes.data()) + pathAt, bytes.size() - pathAt);
    return registered;
}

} // namespace balmer::remote

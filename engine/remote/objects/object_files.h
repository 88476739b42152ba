// The files under an object store: handles that close themselves, reads and writes at an offset, and what the
// system says when it refuses. Private to objects/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/remote/objects/manifest.h"

namespace balmer::remote {

/// By what one version of a file is told from another.
struct FileStamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t modified = 0, changed = 0; ///< nanoseconds since 1970, by the file system's clock
    bool operator==(const FileStamp&) const = default;
};

/// The error that errno stands for: ResourceExhausted when the disk is full, NotFound, else Io.
core::Error cannot(std::string_view what, const std::filesystem::path& file);

/// An open file; closed at the end of its life.
class File {
  public:
    enum class Use { Read, ReadWrite, CreateNew };
    enum class Links { Follow, Refuse }; ///< of the last part of the path
    /// Never waits for the other end of a pipe. Errors: as cannot().
    static core::Result<File> open(const std::filesystem::path& path, Use use, Links links = Links::Refuse);
    /// Takes an open handle.
    File(int handle, std::filesystem::path path) : handle_(handle), path_(std::move(path)) {}
    File(File&& other) noexcept : handle_(std::exchange(other.handle_, -1)), path_(std::move(other.path_)) {}
    File& operator=(File&& other) noexcept {
        std::swap(handle_, other.handle_);
        std::swap(path_, other.path_);
        return *this;
    }
    ~File();

    int handle() const { return handle_; }
    const std::filesystem::path& path() const { return path_; }
    /// Errors: InvalidArgument when it is not an ordinary file.
    core::Result<FileStamp> stamp() const;

    /// All of `bytes`. Errors: Io; Format when the file ends before.
    core::Status readAt(std::uint64_t offset, std::span<std::byte> bytes) const;
    core::Status writeAt(std::uint64_t offset, std::span<const std::byte> bytes) const;
    core::Status resize(std::uint64_t size) const;
    core::Status flush() const;
    /// Nothing was ever written there; it reads as zeros. May be false where that is so.
    bool isHole(std::uint64_t offset, std::uint64_t bytes) const;
    /// False: another open handle has it locked.
    bool tryLock() const;
    /// The path still leads to this very file.
    bool isAtItsPath() const;

  private:
    int handle_;
    std::filesystem::path path_;
};

/// manifestOfFile of an open file.
core::Result<Manifest> manifestOfOpen(const File& file, core::TaskContext& task);

/// Flushes a folder, so that names in it last.
core::Status flushFolder(const std::filesystem::path& folder);

/// The whole content of a small file that is not a link; errors as File::open, and Format above the limit.
core::Result<std::vector<std::byte>> readSmall(const std::filesystem::path& path, std::size_t limitBytes);

/// Writes beside the target under a name of its own, flushes, renames.
core::Status writeWhole(const std::filesystem::path& path, std::span<const std::byte> bytes);

} // namespace balmer::remote

// File: an open file, the one way in which Balmer opens, reads and writes.
//
// Opening never waits for the other end of a pipe, and a link is followed only where the user named the file.
// An error says what the system refused and what helps. One thread at a time; readAt and writeAt any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/core/result.h"

namespace balmer::core {

/// The error that errno stands for: "cannot read /data/a.fits: Permission denied; …" with what helps.
/// NotFound; ResourceExhausted for a full disk, a used-up quota and too many open files; else Io.
Error systemError(std::string_view doing, const std::filesystem::path& file);
/// The same of another errno.
Error systemError(std::string_view doing, const std::filesystem::path& file, int code);

/// The same of something that is being made: a folder that is not there is Io too.
Error cannotWrite(const std::filesystem::path& file);

/// What lies there where a file should: "/tmp/x is a socket, not a file; name a file". Io; as systemError()
/// where nothing does.
Error notAFile(const std::filesystem::path& path);

/// By what one version of a file is told from another.
struct FileStamp {
    std::uint64_t device = 0, inode = 0, size = 0;
    std::int64_t modified = 0, changed = 0; ///< nanoseconds since 1970, by the file system's clock
    bool operator==(const FileStamp&) const = default;
};

class File {
  public:
    enum class Use {
        Read,
        ReadWrite,    ///< it must be there
        CreateNew,    ///< to read and write; it must not be there
        OpenOrCreate, ///< to read and write
        Append,       ///< to write at the end; made where it is missing
    };
    enum class Links { Follow, Refuse }; ///< of the last part of the path
    /// mode: of a file that is made. Errors: as systemError(); Io for a folder.
    static Result<File> open(const std::filesystem::path& path, Use use, Links links = Links::Refuse,
                             unsigned mode = 0600);
    /// What a user named, to read it from its beginning to its end: links are followed, pipes and terminals
    /// are read as they are, "-" is standard input. Errors: as systemError(); Io for a folder, a socket, a
    /// disk, a device whose bytes have no end, and a pipe to which nobody writes.
    static Result<File> openNamed(const std::filesystem::path& path);
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
    /// Errors: InvalidArgument where it is not a regular file.
    Result<FileStamp> stamp() const;
    /// Not a pipe, a device, a socket or a folder.
    bool isRegular() const;

    /// The next bytes, 0 only at the end; waits for those who write into a pipe. Errors: Io.
    Result<std::size_t> read(std::span<std::byte> buffer) const;
    /// All of them, at the file's position. Errors: as systemError().
    Status write(std::span<const std::byte> bytes) const;
    Status write(std::string_view text) const { return write(std::as_bytes(std::span(text))); }

    /// All of `bytes`. Errors: Io; Format when the file ends before.
    Status readAt(std::uint64_t offset, std::span<std::byte> bytes) const;
    Status writeAt(std::uint64_t offset, std::span<const std::byte> bytes) const;
    Status resize(std::uint64_t size) const;
    /// To the disk. What has nothing to keep (a pipe, a terminal) is done.
    Status flush() const;
    /// The end: says what the system found out only now. Errors: as systemError().
    Status close();

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

/// Flushes a folder, so that the names in it last; "" is the working folder. Errors: as systemError().
Status flushFolder(const std::filesystem::path& folder);

/// Makes the folder and those above it. Errors: as systemError().
Status makeFolders(const std::filesystem::path& folder);

/// Within one file system, over what is there; flushes the folder. Errors: as systemError().
Status renameFile(const std::filesystem::path& from, const std::filesystem::path& to);

/// What is not there is removed already. Errors: as systemError().
Status removeFile(const std::filesystem::path& file);
/// A folder with all that is in it; follows no link. Errors: Io.
Status removeTree(const std::filesystem::path& folder);

} // namespace balmer::core

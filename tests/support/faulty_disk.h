// Disks that go wrong, to be put in use with core::DiskInUse: one that refuses, one that is full, one that
// loses what was not flushed.
#pragma once

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/core/disk.h"

namespace balmer::test {

/// Refuses the call number `at` (from 0), or that and all after it, with `code`. What closes a handle closes
/// it, and then says so.
class RefusingDisk : public core::Disk {
  public:
    explicit RefusingDisk(std::size_t at, int code = EIO, bool forEver = false)
        : at_(at), code_(code), forEver_(forEver) {}

    /// How many calls there were; refused ones too.
    std::size_t calls() const { return calls_; }
    bool refused() const { return calls_ > at_; }

    int open(const char* path, int flags, unsigned mode) override;
    std::ptrdiff_t read(int handle, void* bytes, std::size_t count) override;
    std::ptrdiff_t pread(int handle, void* bytes, std::size_t count, std::int64_t offset) override;
    std::ptrdiff_t write(int handle, const void* bytes, std::size_t count) override;
    std::ptrdiff_t pwrite(int handle, const void* bytes, std::size_t count, std::int64_t offset) override;
    int ftruncate(int handle, std::int64_t size) override;
    int fsync(int handle) override;
    int close(int handle) override;
    int rename(const char* from, const char* to) override;
    int unlink(const char* path) override;
    int mkdir(const char* path, unsigned mode) override;

  private:
    bool refuses();
    std::size_t at_;
    int code_;
    bool forEver_;
    std::atomic<std::size_t> calls_{0};
};

/// Takes so many bytes more and no others.
class FullDisk : public core::Disk {
  public:
    explicit FullDisk(std::size_t room) : room_(room) {}
    std::ptrdiff_t write(int handle, const void* bytes, std::size_t count) override;
    std::ptrdiff_t pwrite(int handle, const void* bytes, std::size_t count, std::int64_t offset) override;

  private:
    /// What of it fits; 0 sets errno.
    std::size_t fitting(std::size_t count);
    std::atomic<std::size_t> room_;
};

/// Keeps in mind what a loss of power would take: bytes of files that were not flushed, names in folders that
/// were not.
class ForgetfulDisk : public core::Disk {
  public:
    std::ptrdiff_t write(int handle, const void* bytes, std::size_t count) override;
    std::ptrdiff_t pwrite(int handle, const void* bytes, std::size_t count, std::int64_t offset) override;
    int fsync(int handle) override;
    int rename(const char* from, const char* to) override;

    /// The power goes: unflushed files are cut to nothing, unflushed renamings are taken back.
    void losePower();

  private:
    struct Renaming {
        std::filesystem::path from, to;
        bool hadBefore = false;
        std::string before; ///< what lay there
    };
    void written(int handle);
    std::mutex mutex_;
    std::set<std::filesystem::path> unflushed_; ///< by where they are now
    std::vector<Renaming> renamings_;
};

} // namespace balmer::test

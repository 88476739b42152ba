// Disk: the system's calls on files, as all of Balmer makes them, so that a test can let one of them fail.
//
// Each function means what the system's call of that name means, errno included. What stands on it is
// file.h, files.h, pending_file.h and output_file.h; nothing else calls it. SQLite, HDF5, CFITSIO and libcurl
// open their files themselves.
#pragma once

#include <cstddef>
#include <cstdint>

namespace balmer::core {

/// The functions here are the system's own; a double overrides those that it has to do with. Any thread.
class Disk {
  public:
    virtual ~Disk() = default;
    virtual int open(const char* path, int flags, unsigned mode);
    virtual std::ptrdiff_t read(int handle, void* bytes, std::size_t count);
    virtual std::ptrdiff_t pread(int handle, void* bytes, std::size_t count, std::int64_t offset);
    virtual std::ptrdiff_t write(int handle, const void* bytes, std::size_t count);
    virtual std::ptrdiff_t pwrite(int handle, const void* bytes, std::size_t count, std::int64_t offset);
    virtual int ftruncate(int handle, std::int64_t size);
    virtual int fsync(int handle);
    virtual int close(int handle);
    virtual int rename(const char* from, const char* to);
    virtual int unlink(const char* path);
    virtual int mkdir(const char* path, unsigned mode);
};

/// The one that is in use.
Disk& disk();

/// While it lives, disk() is `other`. For tests, one at a time; no other thread may be at a file when it
/// begins or ends.
class DiskInUse {
  public:
    explicit DiskInUse(Disk& other);
    ~DiskInUse();
    DiskInUse(const DiskInUse&) = delete;
    DiskInUse& operator=(const DiskInUse&) = delete;

  private:
    Disk* before_;
};

} // namespace balmer::core

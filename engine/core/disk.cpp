#include "engine/core/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>

namespace balmer::core {

int Disk::open(const char* path, int flags, unsigned mode) {
    return ::open(path, flags, mode);
}
std::ptrdiff_t Disk::read(int handle, void* bytes, std::size_t count) {
    return ::read(handle, bytes, count);
}
std::ptrdiff_t Disk::pread(int handle, void* bytes, std::size_t count, std::int64_t offset) {
    return ::pread(handle, bytes, count, offset);
}
std::ptrdiff_t Disk::write(int handle, const void* bytes, std::size_t count) {
    return ::write(handle, bytes, count);
}
std::ptrdiff_t Disk::pwrite(int handle, const void* bytes, std::size_t count, std::int64_t offset) {
    return ::pwrite(handle, bytes, count, offset);
}
int Disk::ftruncate(int handle, std::int64_t size) {
    return ::ftruncate(handle, size);
}
int Disk::fsync(int handle) {
    return ::fsync(handle);
}
int Disk::close(int handle) {
    return ::close(handle);
}
int Disk::rename(const char* from, const char* to) {
    return ::rename(from, to);
}
int Disk::unlink(const char* path) {
    return ::unlink(path);
}
int Disk::mkdir(const char* path, unsigned mode) {
    return ::mkdir(path, mode);
}

namespace {

Disk& ofTheSystem() {
    static Disk disk;
    return disk;
}

std::atomic<Disk*> inUse{nullptr};

} // namespace

Disk& disk() {
    Disk* const other = inUse.load(std::memory_order_acquire);
    return other != nullptr ? *other : ofTheSystem();
}

DiskInUse::DiskInUse(Disk& other) : before_(inUse.exchange(&other)) {}

DiskInUse::~DiskInUse() {
    inUse.store(before_);
}

} // namespace balmer::core

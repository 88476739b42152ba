#include "tests/support/faulty_disk.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace balmer::test {

namespace fs = std::filesystem;

bool RefusingDisk::refuses() {
    const std::size_t call = calls_++;
    const bool refused = forEver_ ? call >= at_ : call == at_;
    if (refused) errno = code_;
    return refused;
}

int RefusingDisk::open(const char* path, int flags, unsigned mode) {
    return refuses() ? -1 : Disk::open(path, flags, mode);
}
std::ptrdiff_t RefusingDisk::read(int handle, void* bytes, std::size_t count) {
    return refuses() ? -1 : Disk::read(handle, bytes, count);
}
std::ptrdiff_t RefusingDisk::pread(int handle, void* bytes, std::size_t count, std::int64_t offset) {
    return refuses() ? -1 : Disk::pread(handle, bytes, count, offset);
}
std::ptrdiff_t RefusingDisk::write(int handle, const void* bytes, std::size_t count) {
    return refuses() ? -1 : Disk::write(handle, bytes, count);
}
std::ptrdiff_t RefusingDisk::pwrite(int handle, const void* bytes, std::size_t count, std::int64_t offset) {
    return refuses() ? -1 : Disk::pwrite(handle, bytes, count, offset);
}
int RefusingDisk::ftruncate(int handle, std::int64_t size) {
    return refuses() ? -1 : Disk::ftruncate(handle, size);
}
int RefusingDisk::fsync(int handle) {
    return refuses() ? -1 : Disk::fsync(handle);
}
int RefusingDisk::close(int handle) {
    const bool refused = refuses();
    const int closed = Disk::close(handle);
    if (refused) errno = code_;
    return refused ? -1 : closed;
}
int RefusingDisk::rename(const char* from, const char* to) {
    return refuses() ? -1 : Disk::rename(from, to);
}
int RefusingDisk::unlink(const char* path) {
    return refuses() ? -1 : Disk::unlink(path);
}
int RefusingDisk::mkdir(const char* path, unsigned mode) {
    return refuses() ? -1 : Disk::mkdir(path, mode);
}

std::size_t FullDisk::fitting(std::size_t count) {
    const std::size_t fits = std::min(count, room_.load());
    room_ -= fits;
    if (fits == 0 && count > 0) errno = ENOSPC;
    return fits;
}
std::ptrdiff_t FullDisk::write(int handle, const void* bytes, std::size_t count) {
    const auto fits = fitting(count);
    return fits == 0 && count > 0 ? -1 : Disk::write(handle, bytes, fits);
}
std::ptrdiff_t FullDisk::pwrite(int handle, const void* bytes, std::size_t count, std::int64_t offset) {
    const auto fits = fitting(count);
    return fits == 0 && count > 0 ? -1 : Disk::pwrite(handle, bytes, fits, offset);
}

namespace {

fs::path pathOf(int handle) {
    std::error_code error;
    return fs::read_symlink("/proc/self/fd/" + std::to_string(handle), error);
}

} // namespace

void ForgetfulDisk::written(int handle) {
    const std::lock_guard lock(mutex_);
    unflushed_.insert(pathOf(handle));
}
std::ptrdiff_t ForgetfulDisk::write(int handle, const void* bytes, std::size_t count) {
    written(handle);
    return Disk::write(handle, bytes, count);
}
std::ptrdiff_t ForgetfulDisk::pwrite(int handle, const void* bytes, std::size_t count, std::int64_t offset) {
    written(handle);
    return Disk::pwrite(handle, bytes, count, offset);
}
int ForgetfulDisk::fsync(int handle) {
    const auto path = pathOf(handle);
    const std::lock_guard lock(mutex_);
    unflushed_.erase(path);
    std::erase_if(renamings_, [&](const Renaming& renaming) { return renaming.to.parent_path() == path; });
    return Disk::fsync(handle);
}
int ForgetfulDisk::rename(const char* from, const char* to) {
    const std::lock_guard lock(mutex_);
    Renaming renaming{fs::absolute(from), fs::absolute(to), false, {}};
    if (std::ifstream there(to, std::ios::binary); there) {
        std::stringstream content;
        content << there.rdbuf();
        renaming.hadBefore = true;
        renaming.before = content.str();
    }
    const int renamed = Disk::rename(from, to);
    if (renamed != 0) return renamed;
    if (unflushed_.erase(renaming.from) > 0) unflushed_.insert(renaming.to);
    renamings_.push_back(std::move(renaming));
    return 0;
}
void ForgetfulDisk::losePower() {
    const std::lock_guard lock(mutex_);
    for (const auto& path : unflushed_) {
        std::error_code ignored;
        fs::resize_file(path, 0, ignored);
    }
    for (auto each = renamings_.rbegin(); each != renamings_.rend(); ++each) {
        std::error_code ignored;
        fs::rename(each->to, each->from, ignored);
        if (each->hadBefore) std::ofstream(each->to, std::ios::binary) << each->before;
    }
    unflushed_.clear();
    renamings_.clear();
}

} // namespace balmer::test

#include "engine/core/pending_file.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "engine/core/crash_point.h"
#include "engine/core/utf8.h"

namespace balmer::core {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view mark = ".part-";
constexpr std::size_t longestName = 200; ///< bytes, which leaves room for the mark in the 255 of a name

bool isPendingName(std::string_view name) {
    const auto at = name.rfind(mark);
    if (at == std::string_view::npos) return false;
    const auto rest = name.substr(at + mark.size());
    return !rest.empty() && rest.front() != '-' && rest.back() != '-' && std::ranges::count(rest, '-') == 1 &&
           rest.find_first_not_of("0123456789-") == std::string_view::npos;
}

/// True: a killed writer had left it, and it is gone.
bool dropLeft(const fs::path& path) {
    const auto left = File::open(path, File::Use::ReadWrite);
    return left && left->isRegular() && left->tryLock() && left->isAtItsPath() && removeFile(path);
}

} // namespace

Result<PendingFile> PendingFile::beside(fs::path place, unsigned mode) {
    const auto beginning = std::string(clipped(place.filename().string(), longestName)) + std::string(mark) +
                           std::to_string(::getuid()) + "-";
    for (unsigned number = 1;;) {
        const auto path = place.parent_path() / (beginning + std::to_string(number));
        auto file = File::open(path, File::Use::CreateNew, File::Links::Refuse, mode);
        if (!file) {
            // Whoever had the name may have published his file meanwhile: then it is free.
            if (errno != EEXIST) return fail(cannotWrite(place));
            if (!dropLeft(path)) ++number;
            continue;
        }
        // Before it was locked, somebody who sweeps may have taken it for a dead writer's. On a disk that
        // knows no locks nobody can.
        if ((file->tryLock() || errno != EWOULDBLOCK) && file->isAtItsPath())
            return PendingFile(std::move(*file), std::move(place));
    }
}

PendingFile::~PendingFile() {
    if (file_ && file_->isAtItsPath()) (void)removeFile(path());
}

Status PendingFile::copyFrom(const fs::path& source) {
    BALMER_TRY(const auto from, File::open(source, File::Use::Read, File::Links::Follow));
    std::vector<std::byte> buffer(std::size_t{1} << 20);
    while (true) {
        BALMER_TRY(const auto got, from.read(buffer));
        if (got == 0) return {};
        BALMER_CHECK(write(std::span<const std::byte>(buffer).first(got)));
    }
}

Status PendingFile::publish() {
    BALMER_CHECK(file_->flush());
    if (!file_->isAtItsPath())
        return fail(ErrorCode::Io, path().string() + ", in which " + place_.filename().string() +
                                       " was being written, is not there any more; write it again");
    crashPoint("file.whole");
    BALMER_CHECK(renameFile(path(), place_));
    crashPoint("file.published");
    file_.reset();
    return {};
}

Status PendingFile::publishAs(const fs::path& place) {
    BALMER_CHECK(makeFolders(place.parent_path()));
    place_ = place;
    return publish();
}

Status replaceFile(const fs::path& place, std::string_view content, unsigned mode) {
    BALMER_TRY(auto file, PendingFile::beside(place, mode));
    BALMER_CHECK(file.write(content));
    return file.publish();
}

std::vector<fs::path> sweepPending(const fs::path& folder) {
    std::vector<fs::path> removed;
    std::error_code error;
    for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
        if (!isPendingName(each->path().filename().native())) continue;
        if (dropLeft(each->path())) removed.push_back(each->path());
    }
    return removed;
}

} // namespace balmer::core

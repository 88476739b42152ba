#include "engine/store/artefact_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <functional>

#include "engine/core/digest.h"
#include "engine/core/files.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
namespace fs = std::filesystem;

namespace {

bool isDigest(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

core::Error cannot(std::string_view what, const fs::path& file) {
    const auto code = errno == ENOSPC || errno == EDQUOT ? ErrorCode::ResourceExhausted : ErrorCode::Io;
    return core::Error(code, "cannot " + std::string(what) + " " + file.string() + ": " +
                                 std::strerror(errno) + "; is there space, and may you write there?");
}

/// A file that is being written; it is gone again unless it was published.
class Incoming {
  public:
    explicit Incoming(fs::path file)
        : file_(std::move(file)),
          handle_(::open(file_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644)) {}
    ~Incoming() {
        if (handle_ < 0) return;
        ::close(handle_);
        ::unlink(file_.c_str());
    }
    Incoming(const Incoming&) = delete;
    Incoming& operator=(const Incoming&) = delete;

    Status write(std::string_view bytes) {
        while (handle_ >= 0 && !bytes.empty()) {
            const auto written = ::write(handle_, bytes.data(), bytes.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return fail(cannot("write", file_));
            bytes.remove_prefix(static_cast<std::size_t>(written));
        }
        if (handle_ < 0) return fail(cannot("write", file_));
        return {};
    }
    /// On the disk under its name, whole.
    Status publish(const fs::path& target) {
        std::error_code error;
        fs::create_directories(target.parent_path(), error);
        if (handle_ < 0 || ::fsync(handle_) != 0 || ::rename(file_.c_str(), target.c_str()) != 0)
            return fail(cannot("write", target));
        ::close(handle_);
        handle_ = -1;
        if (const int folder = ::open(target.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            folder >= 0) {
            ::fsync(folder);
            ::close(folder);
        }
        return {};
    }

  private:
    fs::path file_;
    int handle_;
};

} // namespace

ArtefactFolder::ArtefactFolder(fs::path folder) : folder_(std::move(folder)) {}

fs::path ArtefactFolder::place(std::string_view digest) const {
    return folder_ / std::string(digest.substr(0, 2)) / std::string(digest);
}

fs::path ArtefactFolder::incoming() {
    return folder_ / (".incoming-" + std::to_string(::getpid()) + "-" + std::to_string(++arrivals_));
}

Result<jobs::Artefact> ArtefactFolder::putBytes(std::string_view bytes, std::string_view name,
                                                std::string_view mediaType) {
    jobs::Artefact artefact{std::string(name), std::string(mediaType), core::digestOf(bytes),
                            static_cast<std::int64_t>(bytes.size())};
    const auto target = place(artefact.digest);
    std::error_code error;
    if (fs::file_size(target, error) == bytes.size() && !error) return artefact;
    Incoming file(incoming());
    BALMER_CHECK(file.write(bytes));
    BALMER_CHECK(file.publish(target));
    return artefact;
}

Result<jobs::Artefact> ArtefactFolder::putFile(const fs::path& source, std::string_view name,
                                               std::string_view mediaType) {
    std::error_code error;
    std::ifstream in(source, std::ios::binary);
    if (!in || fs::is_directory(source, error)) return fail(core::cannotOpen(source));
    jobs::Artefact artefact{std::string(name), std::string(mediaType), "", 0};
    core::Hasher hasher;
    Incoming file(incoming());
    std::string buffer(std::size_t{1} << 20, '\0');
    while (in) {
        in.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        const std::string_view piece(buffer.data(), static_cast<std::size_t>(in.gcount()));
        hasher.update(piece);
        artefact.bytes += in.gcount();
        BALMER_CHECK(file.write(piece));
    }
    if (in.bad()) return fail(ErrorCode::Io, "cannot read " + source.string());
    artefact.digest = hasher.finish();
    const auto target = place(artefact.digest);
    if (fs::file_size(target, error) == static_cast<std::uintmax_t>(artefact.bytes) && !error)
        return artefact;
    BALMER_CHECK(file.publish(target));
    return artefact;
}

Result<fs::path> ArtefactFolder::path(std::string_view digest) const {
    if (!isDigest(digest))
        return fail(ErrorCode::InvalidArgument, "\"" + std::string(digest.substr(0, 80)) +
                                                    "\" is no digest; one has 64 hexadecimal digits");
    const auto file = place(digest);
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return fail(ErrorCode::NotFound, "the artefact " + std::string(digest) +
                                             " is not in the project; run the job that made it again");
    return file;
}

Result<std::string> ArtefactFolder::read(std::string_view digest) const {
    BALMER_TRY(const auto file, path(digest));
    return core::readFile(file);
}

} // namespace balmer::store

#include "engine/core/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

namespace balmer::core {

Error cannotOpen(const std::filesystem::path& file) {
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored))
        return Error(ErrorCode::NotFound, "there is no file " + file.string() + "; check the path");
    if (std::filesystem::is_directory(file, ignored))
        return Error(ErrorCode::Io, file.string() + " is a folder, not a file");
    return Error(ErrorCode::Io, "cannot open " + file.string() + ": " + std::strerror(errno));
}

Result<std::string> readFile(const std::filesystem::path& file, std::size_t limitBytes) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file, error)) return fail(cannotOpen(file));
    const auto size = std::filesystem::file_size(file, error);
    if (!error && size > limitBytes)
        return fail(ErrorCode::ResourceExhausted, file.string() + " has " + std::to_string(size) +
                                                      " bytes, more than the " + std::to_string(limitBytes) +
                                                      " that are read at once");
    std::string content;
    content.resize(error ? 0 : size);
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return fail(ErrorCode::Io, "cannot read " + file.string());
    return content;
}

Result<std::string> readBeginning(const std::filesystem::path& file, std::size_t bytes) {
    std::error_code error;
    std::ifstream in(file, std::ios::binary);
    if (!in || std::filesystem::is_directory(file, error)) return fail(cannotOpen(file));
    std::string content(bytes, '\0');
    in.read(content.data(), static_cast<std::streamsize>(bytes));
    content.resize(static_cast<std::size_t>(in.gcount()));
    if (in.bad()) return fail(ErrorCode::Io, "cannot read " + file.string());
    return content;
}

Status writeFile(const std::filesystem::path& file, std::string_view content) {
    const auto cannot = [&](std::string_view what) {
        return fail(ErrorCode::Io, "cannot " + std::string(what) + " " + file.string() + ": " +
                                       std::strerror(errno) + "; is there space, and may you write there?");
    };
    auto beside = file;
    beside += ".part-" + std::to_string(::getpid());
    const int handle = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (handle < 0) return cannot("write");
    while (!content.empty()) {
        const auto written = ::write(handle, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            const auto failure = cannot("write");
            ::close(handle);
            ::unlink(beside.c_str());
            return failure;
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    const bool flushed = ::fsync(handle) == 0;
    const bool closed = ::close(handle) == 0;
    if (!flushed || !closed || ::rename(beside.c_str(), file.c_str()) != 0) {
        const auto failure = cannot("finish writing");
        ::unlink(beside.c_str());
        return failure;
    }
    return {};
}

} // namespace balmer::core

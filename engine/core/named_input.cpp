#include "engine/core/named_input.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/core/file.h"

namespace balmer::core {

namespace fs = std::filesystem;

namespace {

/// How often a pipe that gives nothing is left to look whether to stop, in milliseconds.
constexpr int stopInterval = 100;

/// Whether there are bytes now, or the end.
bool hasCome(const File& file) {
    pollfd polled{file.handle(), POLLIN, 0};
    return ::poll(&polled, 1, stopInterval) > 0;
}

/// A file without a name: it is gone when its last handle is, whatever becomes of the program.
Result<File> nameless() {
    std::error_code error;
    auto folder = fs::temp_directory_path(error);
    if (error) folder = "/tmp";
    if (const int handle = ::open(folder.c_str(), O_TMPFILE | O_RDWR, 0600); handle >= 0)
        return File(handle, folder);
    // On a disk that knows no files without names it has one for a moment.
    std::string pattern = folder / "balmer-input-XXXXXX";
    const int handle = ::mkostemp(pattern.data(), 0);
    if (handle < 0) return fail(systemError("write", pattern));
    ::unlink(pattern.c_str());
    return File(handle, pattern);
}

} // namespace

Result<NamedInput> NamedInput::open(const fs::path& name, std::size_t limitBytes,
                                    const std::stop_token& stop) {
    NamedInput input;
    BALMER_TRY(const auto file, File::openNamed(name));
    if (file.isRegular() && name != "-") {
        input.path_ = name;
        return input;
    }
    BALMER_TRY(auto copy, nameless());
    std::vector<std::byte> buffer(std::size_t{1} << 16);
    std::size_t total = 0;
    while (true) {
        while (!stop.stop_requested() && !hasCome(file)) {
        }
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopped on request");
        BALMER_TRY(const auto got, file.read(buffer));
        if (got == 0) break;
        total += got;
        if (total > limitBytes)
            return fail(ErrorCode::ResourceExhausted, file.path().string() + " gives more than " +
                                                          std::to_string(limitBytes >> 20) +
                                                          " MiB; write it to a file and read that");
        BALMER_CHECK(copy.write(std::span(buffer).first(got)));
    }
    input.path_ = "/proc/self/fd/" + std::to_string(copy.handle());
    input.kept_ = std::make_shared<const File>(std::move(copy));
    return input;
}

} // namespace balmer::core

#include "engine/core/named_input.h"

#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "engine/core/file.h"

namespace balmer::core {

namespace fs = std::filesystem;

namespace {

/// A file without a name: it is gone when its last handle is, whatever becomes of the program.
Result<File> nameless() {
    std::error_code error;
    const auto folder = fs::temp_directory_path(error);
    std::string pattern = (error ? fs::path("/tmp") : folder) / "balmer-input-XXXXXX";
    const int handle = ::mkostemp(pattern.data(), 0);
    if (handle < 0) return fail(systemError("write", pattern));
    ::unlink(pattern.c_str());
    return File(handle, pattern);
}

} // namespace

Result<NamedInput> NamedInput::open(const fs::path& name, std::size_t limitBytes) {
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

#include "engine/core/files.h"

#include <algorithm>

#include "engine/core/file.h"
#include "engine/core/output_file.h"

namespace balmer::core {

namespace {

/// Reads until `bytes` are there or the end is.
Result<std::string> readUpTo(const File& file, std::size_t bytes) {
    std::string content;
    const auto stamp = file.stamp();
    // One more than a file has, so that its end is seen at once.
    content.resize(std::min(bytes, stamp ? static_cast<std::size_t>(stamp->size) + 1 : std::size_t{65536}));
    std::size_t have = 0;
    while (have < bytes) {
        if (have == content.size()) content.resize(std::min(bytes, content.size() * 2));
        BALMER_TRY(const auto got, file.read(std::as_writable_bytes(std::span(content)).subspan(have)));
        if (got == 0) break;
        have += got;
    }
    content.resize(have);
    return content;
}

} // namespace

Result<std::string> readFile(const std::filesystem::path& path, std::size_t limitBytes) {
    BALMER_TRY(const auto file, File::openNamed(path));
    const auto tooMuch = [&](const std::string& much) {
        return fail(ErrorCode::ResourceExhausted, path.string() + " has " + much + "more than the " +
                                                      std::to_string(limitBytes) +
                                                      " bytes that are read at once");
    };
    if (const auto stamp = file.stamp(); stamp && stamp->size > limitBytes)
        return tooMuch(std::to_string(stamp->size) + " bytes, ");
    BALMER_TRY(auto content, readUpTo(file, limitBytes + 1));
    if (content.size() > limitBytes) return tooMuch("");
    return content;
}

Result<std::string> readBeginning(const std::filesystem::path& path, std::size_t bytes) {
    BALMER_TRY(const auto file, File::openNamed(path));
    return readUpTo(file, bytes);
}

Status writeFile(const std::filesystem::path& path, std::string_view content) {
    BALMER_TRY(auto file, OutputFile::open(path));
    BALMER_CHECK(file.write(content));
    return file.finish();
}

} // namespace balmer::core

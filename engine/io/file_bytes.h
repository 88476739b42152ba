// The bytes of a file as they are meant: read with a limit, unpacked where they are gzip. Private to the
// module.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::io {

inline std::string_view asText(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}
inline std::span<const std::byte> asBytes(std::string_view text) {
    return std::as_bytes(std::span(text));
}

bool isGzip(std::span<const std::byte> bytes);
/// All members of a gzip stream. Errors: Format for damage; ResourceExhausted beyond the limit.
core::Result<std::string> gunzip(std::span<const std::byte> bytes, std::size_t limitBytes);
core::Result<std::string> gzip(std::string_view content, int level);

/// What a file of a foreign kind is, by its first bytes: "an HDF5 file", "a bzip2 archive" …; "" for none of
/// these.
std::string_view foreignKind(std::span<const std::byte> bytes);

/// Reads a text file, unpacking gzip; a byte-order mark is dropped. Errors as above, and NotFound, Io; Format
/// for UTF-16 and for bytes that are not text.
core::Result<std::string> readText(const std::filesystem::path& file, std::size_t limitBytes);
/// The same check for text in memory; name is used in the message.
core::Status checkText(std::string_view text);
std::string_view withoutByteOrderMark(std::string_view text);

/// The text with every byte that is not UTF-8, and every control character, replaced by '?'.
std::string printable(std::string_view text);

} // namespace balmer::io

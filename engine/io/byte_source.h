// Where bytes come from and where they go to, piece by piece: what a reader or a writer of any length stands
// on.
//
// Functions are values with one owner; one thread at a time.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::io {

inline constexpr std::size_t pieceBytes = 65536; ///< so much is read or written at once

/// Fills the beginning of the buffer and says how much of it; 0 at the end, and ever after. Errors are its
/// own.
using ByteSource = std::function<core::Result<std::size_t>(std::span<std::byte> buffer)>;

/// Takes the bytes in their order. An error ends the writing and comes back from it.
using ByteSink = std::function<core::Status(std::string_view bytes)>;

/// A file's bytes as they are. Errors: NotFound, Io.
core::Result<ByteSource> fileSource(const std::filesystem::path& file);
/// Bytes in memory, which must outlive the source.
ByteSource memorySource(std::span<const std::byte> bytes);
/// What the source gives with gzip undone, all members one after the other, where it begins like gzip; as it
/// is elsewhere. Errors: Format for damage and for gzip that ends too early; those of the source.
ByteSource plainSource(ByteSource source);

/// Opens what the href of a VOTable's STREAM names, as it is written there: the caller knows what it is
/// relative to, and whether it may be followed at all. An error's sentence becomes the table's `unread`.
using OpenStream = std::function<core::Result<ByteSource>(const std::string& href)>;

} // namespace balmer::io

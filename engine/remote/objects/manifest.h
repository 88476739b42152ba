// Manifest: what an object is made of, and the name that follows from it (PROTOCOL.md, "Objects").
//
// An object is the bytes of one file. It is cut into chunks of 4 MiB, the last one shorter; the manifest is
// its size and the SHA-256 of each chunk. Its id is the SHA-256 of the encoded manifest, so that whoever has
// the right manifest can verify each chunk by itself. Values and pure functions; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/digest.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::remote {

constexpr std::size_t chunkSize = std::size_t{4} << 20;
constexpr std::uint64_t objectSizeLimit = std::uint64_t{128} << 30;
constexpr std::uint32_t chunksAtMost = static_cast<std::uint32_t>(objectSizeLimit / chunkSize);

/// 64 hexadecimal digits, lower case.
using ObjectId = std::string;
/// True of text that can be an id; only such text becomes part of a file's name.
bool isObjectId(std::string_view text);

struct Manifest {
    std::uint64_t size = 0;             ///< bytes of the object
    std::vector<core::Digest32> chunks; ///< one a chunk, in order; none for an empty object
    bool operator==(const Manifest&) const = default;
};

/// Chunks of an object of that size.
std::uint64_t chunkCountOf(std::uint64_t size);
/// Bytes of one chunk; index < chunks.size().
std::size_t chunkBytes(const Manifest& manifest, std::uint32_t index);

/// Errors: InvalidArgument for more than objectSizeLimit, or a number of chunks that does not fit the size.
core::Status check(const Manifest& manifest);

/// The size as eight bytes, little-endian, then the digests: 8 + 32 · chunks bytes.
std::vector<std::byte> encode(const Manifest& manifest);
constexpr std::size_t manifestBytesAtMost = 8 + 32 * std::size_t{chunksAtMost};
/// Takes no more memory than the bytes already have. Errors: Format.
core::Result<Manifest> decodeManifest(std::span<const std::byte> bytes);

/// SHA-256 of encode(manifest).
ObjectId objectIdOf(const Manifest& manifest);

Manifest manifestOf(std::span<const std::byte> bytes);
/// Reads the file once; 4 MiB of memory. Errors: NotFound, Io, Cancelled; InvalidArgument when it is no
/// ordinary file, is larger than objectSizeLimit or changes while it is read.
core::Result<Manifest> manifestOfFile(const std::filesystem::path& file, core::TaskContext& task);

} // namespace balmer::remote

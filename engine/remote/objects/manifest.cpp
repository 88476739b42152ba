#include "engine/remote/objects/manifest.h"

#include <algorithm>
#include <cstring>

#include "engine/core/files.h"
#include "engine/remote/objects/object_files.h"

namespace balmer::remote {

using core::ErrorCode;
using core::fail;
using core::File;
using core::Result;
using core::Status;
namespace fs = std::filesystem;

bool isObjectId(std::string_view text) {
    return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

std::uint64_t chunkCountOf(std::uint64_t size) {
    return size / chunkSize + (size % chunkSize != 0 ? 1 : 0);
}

std::size_t chunkBytes(const Manifest& manifest, std::uint32_t index) {
    const auto from = std::uint64_t{index} * chunkSize;
    return static_cast<std::size_t>(std::min<std::uint64_t>(chunkSize, manifest.size - from));
}

Status check(const Manifest& manifest) {
    if (manifest.size > objectSizeLimit)
        return fail(ErrorCode::InvalidArgument,
                    "an object of " + std::to_string(manifest.size) + " bytes is too large; at most " +
                        std::to_string(objectSizeLimit) + " are taken, so split the file");
    if (manifest.chunks.size() != chunkCountOf(manifest.size))
        return fail(ErrorCode::InvalidArgument,
                    "an object of " + std::to_string(manifest.size) + " bytes has " +
                        std::to_string(chunkCountOf(manifest.size)) + " chunks, but its manifest lists " +
                        std::to_string(manifest.chunks.size()));
    return {};
}

std::vector<std::byte> encode(const Manifest& manifest) {
    std::vector<std::byte> bytes(8 + 32 * manifest.chunks.size());
    for (std::size_t i = 0; i < 8; ++i)
        bytes[i] = static_cast<std::byte>(manifest.size >> (8 * i));
    if (!manifest.chunks.empty())
        std::memcpy(bytes.data() + 8, manifest.chunks.data(), 32 * manifest.chunks.size());
    return bytes;
}

Result<Manifest> decodeManifest(std::span<const std::byte> bytes) {
    if (bytes.size() < 8 || bytes.size() > manifestBytesAtMost || bytes.size() % 32 != 8)
        return fail(ErrorCode::Format,
                    std::to_string(bytes.size()) + " bytes are not a manifest of an object");
    Manifest manifest;
    for (std::size_t i = 0; i < 8; ++i)
        manifest.size |= std::to_integer<std::uint64_t>(bytes[i]) << (8 * i);
    manifest.chunks.resize((bytes.size() - 8) / 32);
    if (!manifest.chunks.empty())
        std::memcpy(manifest.chunks.data(), bytes.data() + 8, 32 * manifest.chunks.size());
    if (auto checked = check(manifest); !checked) return fail(ErrorCode::Format, checked.error().message());
    return manifest;
}

ObjectId objectIdOf(const Manifest& manifest) {
    return core::digestOf(encode(manifest));
}

Manifest manifestOf(std::span<const std::byte> bytes) {
    Manifest manifest;
    manifest.size = bytes.size();
    for (std::size_t from = 0; from < bytes.size(); from += chunkSize)
        manifest.chunks.push_back(
            core::digestBytesOf(bytes.subspan(from, std::min(chunkSize, bytes.size() - from))));
    return manifest;
}

Result<Manifest> manifestOfFile(const fs::path& path, core::TaskContext& task) {
    auto file = File::open(path, File::Use::Read, File::Links::Follow);
    if (!file) return fail(std::move(file).error());
    return manifestOfOpen(*file, task);
}

} // namespace balmer::remote

#include "engine/remote/objects/object_files.h"

namespace balmer::remote {

using core::ErrorCode;
using core::fail;
using core::File;
using core::Result;
using core::Status;
namespace fs = std::filesystem;

Result<Manifest> manifestOfOpen(const File& file, core::TaskContext& task) {
    BALMER_TRY(const auto before, file.stamp());
    Manifest manifest;
    manifest.size = before.size;
    if (manifest.size > objectSizeLimit)
        return fail(ErrorCode::InvalidArgument, file.path().string() + " has " +
                                                    std::to_string(manifest.size) + " bytes, more than the " +
                                                    std::to_string(objectSizeLimit) +
                                                    " that an object may have; split it");
    const auto changed = [&] {
        return fail(ErrorCode::InvalidArgument,
                    file.path().string() + " changed while it was read; try again when nobody writes it");
    };
    const auto count = static_cast<std::uint32_t>(chunkCountOf(manifest.size));
    std::vector<std::byte> bytes(std::min<std::uint64_t>(chunkSize, manifest.size));
    for (std::uint32_t i = 0; i < count; ++i) {
        BALMER_CHECK(task.checkpoint(static_cast<double>(i) / count, "reading"));
        const auto chunk = std::span(bytes).first(chunkBytes(manifest, i));
        if (auto read = file.readAt(std::uint64_t{i} * chunkSize, chunk); !read)
            return read.error().code() == ErrorCode::Format ? changed() : fail(std::move(read).error());
        manifest.chunks.push_back(core::digestBytesOf(chunk));
    }
    BALMER_TRY(const auto after, file.stamp());
    if (after != before) return changed();
    return manifest;
}

Result<std::vector<std::byte>> readSmall(const fs::path& path, std::size_t limitBytes) {
    BALMER_TRY(const auto file, File::open(path, File::Use::Read));
    BALMER_TRY(const auto stamp, file.stamp());
    if (stamp.size > limitBytes)
        return fail(ErrorCode::Format, path.string() + " is too large for what it should be");
    std::vector<std::byte> bytes(stamp.size);
    BALMER_CHECK(file.readAt(0, bytes));
    return bytes;
}

Status writeWhole(const fs::path& path, std::span<const std::byte> bytes) {
    return core::replaceFile(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, 0600);
}

} // namespace balmer::remote

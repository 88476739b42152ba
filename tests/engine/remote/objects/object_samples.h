// What the tests of objects begin with: bytes that are easily told apart, files of them, a clock that is
// moved by hand.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <vector>

#include "engine/core/clock.h"
#include "engine/remote/objects/object_store.h"
#include "tests/support/test_support.h"

namespace balmer::test {

using ByteVector = std::vector<std::byte>;

class HandClock : public core::Clock {
  public:
    core::TimePoint now() const override { return now_; }
    void forward(std::chrono::hours by) { now_ += by; }

  private:
    core::TimePoint now_ = std::chrono::system_clock::now();
};

/// Bytes that depend on the seed and, chunk for chunk, differ.
inline ByteVector sampleBytes(std::size_t size, std::uint64_t seed = 1) {
    ByteVector bytes(size);
    std::uint64_t state = seed * 0x9E3779B97F4A7C15u + 1;
    for (auto& byte : bytes) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        byte = static_cast<std::byte>(state);
    }
    return bytes;
}

inline std::span<const std::byte> chunkOf(const ByteVector& bytes, std::uint32_t index) {
    const auto from = std::size_t{index} * remote::chunkSize;
    return std::span(bytes).subspan(from, std::min(remote::chunkSize, bytes.size() - from));
}

inline void writeBytes(const std::filesystem::path& file, const ByteVector& bytes) {
    std::ofstream(file, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

inline ByteVector readBytes(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    ByteVector bytes(std::filesystem::file_size(file));
    in.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
    return bytes;
}

/// Changes one bit where the file lies.
inline void flipBit(const std::filesystem::path& file, std::uint64_t bit) {
    std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
    stream.seekg(static_cast<std::streamoff>(bit / 8));
    const char byte = static_cast<char>(stream.get() ^ (1 << (bit % 8)));
    stream.seekp(static_cast<std::streamoff>(bit / 8));
    stream.put(byte);
}

/// Ends the test's process with a sentence where the store cannot be opened.
inline std::unique_ptr<remote::ObjectStore> openObjects(const std::filesystem::path& folder,
                                                        remote::ObjectStoreOptions options = {}) {
    auto store = remote::ObjectStore::open(folder, std::move(options));
    if (!store) throw std::runtime_error(store.error().describe());
    return std::move(*store);
}

/// Offers and sends all that is asked for; how many chunks that were, or the first error.
inline core::Result<std::size_t> send(remote::ObjectStore& store, const ByteVector& bytes) {
    core::TaskContext task;
    const auto manifest = remote::manifestOf(bytes);
    const auto id = remote::objectIdOf(manifest);
    BALMER_TRY(const auto wanted, store.offer(manifest, task));
    for (const auto index : wanted) {
        BALMER_TRY(const bool whole, store.put(id, index, chunkOf(bytes, index)));
        if (whole != (index == wanted.back()))
            return core::fail(core::ErrorCode::Internal, "whole too early, or not at the end");
    }
    return wanted.size();
}

} // namespace balmer::test

// Digest: SHA-256, the address of everything that Balmer stores by content.
#pragma once

#include <array>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::core {

/// A SHA-256 as bytes, where many are kept or sent.
using Digest32 = std::array<std::byte, 32>;

/// 64 hexadecimal digits, lower case.
std::string hexOf(const Digest32& digest);

/// Collects bytes, gives their SHA-256 as 64 hexadecimal digits. One thread.
class Hasher {
  public:
    Hasher();
    ~Hasher();
    Hasher(Hasher&&) noexcept;
    Hasher& operator=(Hasher&&) noexcept;

    Hasher& update(std::span<const std::byte> bytes);
    Hasher& update(std::string_view text);
    /// The bytes of the numbers as they lie in (little-endian) memory.
    template <typename T>
    Hasher& updateValues(std::span<const T> values) {
        return update(std::as_bytes(values));
    }
    /// Ends the collection; the hasher is then spent.
    std::string finish();
    /// The same as bytes.
    Digest32 finishBytes();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

std::string digestOf(std::span<const std::byte> bytes);
std::string digestOf(std::string_view text);
Digest32 digestBytesOf(std::span<const std::byte> bytes);
/// Reads the file in pieces. Errors: NotFound, Io, Cancelled.
Result<std::string> digestOfFile(const std::filesystem::path& file, const std::stop_token& stop = {});

} // namespace balmer::core

// Numbers as FITS and the binary forms of VOTable hold them. Private to io.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace balmer::io {

/// The number whose bytes begin at `at`, the most significant one first.
template <typename T>
T bigEndian(const void* at) {
    if constexpr (sizeof(T) == 1) {
        return std::bit_cast<T>(*static_cast<const std::byte*>(at));
    } else {
        using Bits = std::conditional_t<sizeof(T) == 2, std::uint16_t,
                                        std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>;
        Bits bits;
        std::memcpy(&bits, at, sizeof bits);
        if constexpr (std::endian::native == std::endian::little) {
            if constexpr (sizeof(T) == 2) bits = __builtin_bswap16(bits);
            if constexpr (sizeof(T) == 4) bits = __builtin_bswap32(bits);
            if constexpr (sizeof(T) == 8) bits = __builtin_bswap64(bits);
        }
        return std::bit_cast<T>(bits);
    }
}

} // namespace balmer::io

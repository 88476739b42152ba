// Text in UTF-8, cut where a letter ends.
#pragma once

#include <cstddef>
#include <string_view>

namespace balmer::core {

/// The beginning of the text, at most so many bytes of it and only whole letters.
inline std::string_view clipped(std::string_view text, std::size_t mostBytes) {
    if (text.size() <= mostBytes) return text;
    while (mostBytes > 0 && (static_cast<unsigned char>(text[mostBytes]) & 0xc0) == 0x80)
        --mostBytes;
    return text.substr(0, mostBytes);
}

} // namespace balmer::core

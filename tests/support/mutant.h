// Mutants: bytes with a few changes, the same for the same number.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>

namespace balmer::test {

/// Flips, overwrites, removes and doubles some bytes, half of the time among the first 4000; digits come more
/// often than noise would give them.
inline std::string mutantOf(std::string bytes, std::uint64_t number) {
    std::mt19937_64 random(number);
    const auto below = [&](std::size_t n) { return n == 0 ? 0 : static_cast<std::size_t>(random() % n); };
    const std::size_t changes = 1 + below(6);
    for (std::size_t c = 0; c < changes && !bytes.empty(); ++c) {
        const std::size_t at =
            below(below(2) == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 4000));
        switch (below(6)) {
        case 0:
            bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
            break;
        case 1:
            bytes[at] = static_cast<char>(below(256));
            break;
        case 2:
            bytes[at] = static_cast<char>('0' + below(10));
            break;
        case 3:
            bytes.resize(at);
            break;
        case 4:
            bytes.erase(at, below(100));
            break;
        default:
            bytes.insert(at, bytes.substr(below(bytes.size()), below(200)));
            break;
        }
    }
    return bytes;
}

} // namespace balmer::test

// Bytes as gzip, unpacked as a whole and in pieces: both give the same, or both refuse.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "engine/io/byte_source.h"
#include "engine/io/file_bytes.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using balmer::test::require;
    constexpr std::size_t limit = std::size_t{1} << 22;
    const auto bytes = std::as_bytes(std::span(data, size));
    if (!balmer::io::isGzip(bytes)) return 0;
    const auto whole = balmer::io::gunzip(bytes, limit);
    if (!whole && whole.error().code() == balmer::core::ErrorCode::ResourceExhausted) return 0;
    require(whole || !whole.error().message().empty(), "a refusal says why");

    const auto source = balmer::io::plainSource(balmer::io::memorySource(bytes));
    std::string pieces(1 + size % 977, '\0'), together;
    while (true) {
        const auto count = source(std::as_writable_bytes(std::span(pieces)));
        if (!count) {
            require(!whole, "what can be unpacked as a whole can be unpacked in pieces");
            return 0;
        }
        if (*count == 0) break;
        together.append(pieces, 0, *count);
        require(together.size() <= limit + pieces.size(), "pieces give no more than the whole");
    }
    require(whole.has_value(), "what can be unpacked in pieces can be unpacked as a whole");
    require(together == *whole, "both give the same bytes");
    return 0;
}

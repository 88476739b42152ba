// Bytes as a connection: a preface, then frames to the end or to the first that is refused.
#include <algorithm>
#include <cstdint>
#include <span>

#include "engine/remote/protocol/frame.h"
#include "tests/fuzz/require.h"

namespace balmer::remote {
namespace {

using test::require;

void readFrames(Bytes bytes, Stage stage) {
    while (bytes.size() >= frameHeaderSize) {
        const auto raw = bytes.first<frameHeaderSize>();
        const auto header = decodeFrameHeader(raw, stage);
        if (!header) {
            require(header.error().code() == core::ErrorCode::Protocol, "a refusal is a Protocol error");
            require(!header.error().message().empty(), "a refusal says why");
            return;
        }
        require(std::ranges::equal(encode(*header), raw), "a header is written as it was read");
        require(header->length <= (stage == Stage::Open ? controlFrameLimit : handshakeFrameLimit),
                "no frame is longer than the limit");
        require(isKnown(header->type) || (header->flags & flagOptional) != 0,
                "only optional frames may be unknown");
        bytes = bytes.subspan(std::min<std::size_t>(frameHeaderSize + header->length, bytes.size()));
    }
}

} // namespace
} // namespace balmer::remote

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace balmer::remote;
    const Bytes bytes = std::as_bytes(std::span(data, size));
    readFrames(bytes, Stage::Open);
    readFrames(bytes, Stage::Handshake);
    if (bytes.size() < prefaceSize) return 0;
    if (const auto preface = decodePreface(bytes.first<prefaceSize>())) {
        balmer::test::require(std::ranges::equal(encode(*preface), bytes.first<prefaceSize>()),
                              "a preface is written as it was read");
        readFrames(bytes.subspan(prefaceSize), Stage::Open);
    }
    return 0;
}

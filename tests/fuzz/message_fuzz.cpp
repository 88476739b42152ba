// Bytes as a control message, of the kind that the first byte chooses.
#include <cstdint>
#include <span>
#include <string>

#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"
#include "tests/fuzz/require.h"

namespace balmer::remote {
namespace {

using test::require;

/// What can be read can be written, and is read again as the same.
template <typename Message>
core::Result<Message> readTwice(FrameType type, Bytes bytes) {
    auto message = decodeMessage<Message>(bytes);
    if (!message) {
        require(message.error().code() == core::ErrorCode::Protocol, "a refusal is a Protocol error");
        return message;
    }
    // Defaults that were spelled out and lists in another form may grow or shrink a message.
    const auto frame = encodeFrame(type, 0, 1, *message);
    if (!frame) return message;
    const auto again = decodeMessage<Message>(Bytes(*frame).subspan(frameHeaderSize));
    require(again.has_value(), "what was written can be read");
    require(again->SerializeAsString() == message->SerializeAsString(), "it is read as the same");
    return message;
}

void lookAtEntry(const wire::ParcelEntry& entry) {
    if (const auto id = digestFromBytes(entry.object()))
        require(digestToBytes(*id).value() == entry.object(), "a digest is written as it was read");
    if (isParcelName(entry.name()))
        require(entry.name().find('/') == std::string::npos && entry.name()[0] != '.',
                "a name stays in its folder");
}

void lookAtText(const std::string& text) {
    const auto shown = showable(text, 100);
    require(shown.size() <= 100, "a text is cut");
    require(showable(shown, 100) == shown, "what is showable is shown as it is");
}

void read(unsigned kind, Bytes bytes) {
    switch (kind % 7) {
    case 0:
        readTwice<wire::Hello>(FrameType::Hello, bytes);
        break;
    case 1:
        readTwice<wire::Proof>(FrameType::Proof, bytes);
        break;
    case 2:
        readTwice<wire::Welcome>(FrameType::Welcome, bytes);
        break;
    case 3:
        if (const auto problem = readTwice<wire::Problem>(FrameType::Problem, bytes)) {
            const auto error = errorFrom(*problem);
            require(!error.message().empty() && error.message().size() <= problemTextLimit,
                    "a problem has a text");
            require(errorFrom(problemFrom(error)).message() == error.message(), "a problem can be passed on");
        }
        break;
    case 4:
        if (const auto request = readTwice<wire::Request>(FrameType::Request, bytes)) {
            if (const auto key = keyFromBytes(request->submit().key()))
                require(keyToBytes(*key).value() == request->submit().key(),
                        "a key is written as it was read");
            for (const auto& entry : request->submit().inputs())
                lookAtEntry(entry);
            lookAtText(request->register_().path());
        }
        break;
    case 5:
        if (const auto response = readTwice<wire::Response>(FrameType::Response, bytes)) {
            for (const auto& entry : response->result().outputs())
                lookAtEntry(entry);
            lookAtText(response->result().result());
        }
        break;
    default:
        if (const auto event = readTwice<wire::Event>(FrameType::Event, bytes)) lookAtText(event->stage());
        break;
    }
}

} // namespace
} // namespace balmer::remote

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace balmer::remote;
    if (size == 0) return 0;
    const Bytes bytes = std::as_bytes(std::span(data + 1, size - 1));
    read(data[0], bytes);
    const std::string text(reinterpret_cast<const char*>(data + 1), size - 1);
    lookAtText(text); // bytes that are not UTF-8, too
    if (const auto digits = keyFromBytes(text))
        balmer::test::require(digits->size() == 32, "a key has 32 digits");
    return 0;
}

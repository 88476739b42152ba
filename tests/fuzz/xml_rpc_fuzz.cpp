// Bytes as an XML-RPC call and as an answer, and what they hold as SAMP's messages and responses.
#include <cstdint>
#include <string_view>

#include "engine/vo/samp/echo_guard.h"
#include "engine/vo/samp/mtypes.h"
#include "engine/vo/samp/xml_rpc.h"
#include "tests/fuzz/require.h"

namespace balmer::vo {
namespace {

using test::require;

void lookAtRefusal(const core::Error& error) {
    const auto code = error.code();
    require(code == core::ErrorCode::Format || code == core::ErrorCode::ResourceExhausted ||
                code == core::ErrorCode::Remote,
            "a refusal has its code");
    require(!error.message().empty(), "a refusal has a text");
}

void lookAtMessage(const SampMessage& message) {
    EchoGuard guard;
    const bool repeated = guard.hears(message, {});
    require(!repeated, "what comes first is not an echo");
    const auto request = decodeRequest(message);
    if (!request) {
        require(!guard.hears(message, {}), "what is not understood is not an echo");
        return;
    }
    const auto written = encodeRequest(*request);
    const auto again = decodeRequest(written);
    require(again.has_value(), "a request that was written can be read");
    require(encodeRequest(*again) == written, "a request is read as the same");
    const bool loads =
        std::holds_alternative<LoadSpectrum>(*request) || std::holds_alternative<LoadTable>(*request);
    require(guard.hears(written, {}) == !loads, "the same again is an echo, unless it loads");
}

void lookAtValue(const SampValue& value) {
    (void)describe(value);
    if (const auto message = decodeMessage(value)) {
        const auto again = decodeMessage(encodeMessage(*message));
        require(again && *again == *message, "a message is read as it was written");
        lookAtMessage(*message);
    }
    if (const auto response = decodeResponse(value)) {
        const auto again = decodeResponse(encodeResponse(*response));
        require(again && again->status == response->status, "a response is read as it was written");
        (void)response->forUser();
    }
}

/// Characters that SAMP does not know are lost the first time a value is written, and never again.
void lookAtAnswer(std::string_view document) {
    const auto value = decodeAnswer(document);
    if (!value) return lookAtRefusal(value.error());
    lookAtValue(*value);
    const auto written = encodeAnswer(*value);
    if (written.size() > XmlRpcLimits().bytes) return;
    const auto again = decodeAnswer(written);
    require(again.has_value(), "an answer that was written can be read");
    require(decodeAnswer(encodeAnswer(*again)).value() == *again, "an answer is read as the same");
}

void lookAtCall(std::string_view document) {
    const auto call = decodeCall(document);
    if (!call) return lookAtRefusal(call.error());
    for (const auto& param : call->params)
        lookAtValue(param);
    const auto written = encodeCall(*call);
    if (written.size() > XmlRpcLimits().bytes) return;
    const auto again = decodeCall(written);
    require(again.has_value(), "a call that was written can be read");
    require(decodeCall(encodeCall(*again)).value() == *again, "a call is read as the same");
}

} // namespace
} // namespace balmer::vo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view document(reinterpret_cast<const char*>(data), size);
    balmer::vo::lookAtCall(document);
    balmer::vo::lookAtAnswer(document);
    return 0;
}

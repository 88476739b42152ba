#include "engine/vo/samp/samp_message.h"

#include <algorithm>

namespace balmer::vo {

using core::ErrorCode;
using core::fail;
using core::Result;

SampMap encodeMessage(const SampMessage& message) {
    SampMap map = message.others;
    map.insert_or_assign("samp.mtype", message.mtype);
    map.insert_or_assign("samp.params", message.params);
    return map;
}

Result<SampMessage> decodeMessage(const SampValue& value) {
    const auto* map = value.map();
    if (!map) return fail(ErrorCode::Format, "a SAMP message is not a map");
    SampMessage message;
    for (const auto& [name, item] : *map) {
        if (name == "samp.mtype") {
            if (item.text()) message.mtype = *item.text();
        } else if (name == "samp.params") {
            if (!item.map())
                return fail(ErrorCode::Format, "the samp.params of a SAMP message are not a map");
            message.params = *item.map();
        } else {
            message.others.emplace(name, item);
        }
    }
    if (message.mtype.empty()) return fail(ErrorCode::Format, "a SAMP message has no samp.mtype");
    return message;
}

std::string SampResponse::forUser() const {
    if (userText.empty() || userText == errorText) return errorText;
    return errorText.empty() ? userText : errorText + ": " + userText;
}

SampMap encodeResponse(const SampResponse& response) {
    SampMap map;
    map.emplace("samp.status", response.status == SampStatus::Ok        ? "samp.ok"
                               : response.status == SampStatus::Warning ? "samp.warning"
                                                                        : "samp.error");
    if (response.status != SampStatus::Error) map.emplace("samp.result", response.result);
    if (response.status != SampStatus::Ok) {
        SampMap error;
        error.emplace("samp.errortxt", response.errorText);
        if (!response.userText.empty()) error.emplace("samp.usertxt", response.userText);
        if (!response.debugText.empty()) error.emplace("samp.debugtxt", response.debugText);
        if (!response.code.empty()) error.emplace("samp.code", response.code);
        map.emplace("samp.error", std::move(error));
    }
    return map;
}

Result<SampResponse> decodeResponse(const SampValue& value) {
    const auto* map = value.map();
    if (!map) return fail(ErrorCode::Format, "a SAMP response is not a map");
    SampResponse response;
    const auto status = textOr(*map, "samp.status");
    if (status == "samp.ok") {
        response.status = SampStatus::Ok;
    } else if (status == "samp.warning") {
        response.status = SampStatus::Warning;
    } else if (status == "samp.error") {
        response.status = SampStatus::Error;
    } else {
        return fail(ErrorCode::Format, "a SAMP response has the status '" + status + "'");
    }
    if (const auto* result = mapIn(*map, "samp.result")) response.result = *result;
    if (const auto* error = mapIn(*map, "samp.error")) {
        response.errorText = textOr(*error, "samp.errortxt");
        response.userText = textOr(*error, "samp.usertxt");
        response.debugText = textOr(*error, "samp.debugtxt");
        response.code = textOr(*error, "samp.code");
    }
    return response;
}

bool subscriptionMatches(std::string_view subscription, std::string_view mtype) {
    if (subscription == "*") return true;
    if (subscription.ends_with(".*"))
        return mtype.starts_with(subscription.substr(0, subscription.size() - 1));
    return subscription == mtype;
}

std::string SampClient::name() const {
    const auto* name = textIn(metadata, "samp.name");
    return name && !name->empty() ? *name : id;
}

bool SampClient::listensTo(std::string_view mtype) const {
    return std::any_of(subscriptions.begin(), subscriptions.end(),
                       [&](const auto& subscription) { return subscriptionMatches(subscription, mtype); });
}

} // namespace balmer::vo

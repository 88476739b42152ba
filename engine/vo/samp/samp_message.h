// What is in a SAMP message and in the response to one (IVOA SAMP 1.3 §3.8, §3.9), and who takes part.
//
// Values; no thread rule.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/vo/samp/samp_value.h"

namespace balmer::vo {

struct SampMessage {
    std::string mtype;
    SampMap params;
    SampMap others; ///< further keys, kept
    bool operator==(const SampMessage&) const = default;
};

SampMap encodeMessage(const SampMessage& message);
/// Missing params are empty ones. Errors: Format.
core::Result<SampMessage> decodeMessage(const SampValue& value);

enum class SampStatus {
    Ok,
    Warning, ///< done, but the user should see the text
    Error    ///< not done
};

struct SampResponse {
    SampStatus status = SampStatus::Ok;
    SampMap result;
    std::string errorText; ///< samp.errortxt: a short sentence
    std::string userText;  ///< samp.usertxt: for the user, may be long
    std::string debugText; ///< samp.debugtxt: a stack trace or the like
    std::string code;      ///< samp.code
    bool operator==(const SampResponse&) const = default;

    static SampResponse ok(SampMap result = {}) {
        return {SampStatus::Ok, std::move(result), {}, {}, {}, {}};
    }
    static SampResponse warning(std::string text) {
        return {SampStatus::Warning, {}, std::move(text), {}, {}, {}};
    }
    static SampResponse error(std::string text) {
        return {SampStatus::Error, {}, std::move(text), {}, {}, {}};
    }

    /// The texts for the user in one; "" for a plain ok.
    std::string forUser() const;
};

SampMap encodeResponse(const SampResponse& response);
/// Errors: Format, for an unknown status too.
core::Result<SampResponse> decodeResponse(const SampValue& value);

/// Whether a subscription ("table.load.votable", "table.load.*", "*") is for this MType.
bool subscriptionMatches(std::string_view subscription, std::string_view mtype);

/// A program at the hub.
struct SampClient {
    std::string id;                         ///< opaque, valid while it is registered
    SampMap metadata;                       ///< samp.name, samp.description.text, samp.icon.url …
    std::vector<std::string> subscriptions; ///< MTypes, perhaps with wildcards
    bool operator==(const SampClient&) const = default;

    /// samp.name, or the id where it has none.
    std::string name() const;
    bool listensTo(std::string_view mtype) const;
};

} // namespace balmer::vo

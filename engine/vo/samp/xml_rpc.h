// XML-RPC as SAMP's standard profile uses it (IVOA SAMP 1.3 §4.1, xmlrpc.com/spec): calls and answers as
// bytes.
//
// Of XML-RPC's types string, array and struct occur; a <value> without a type is a string, and white space in
// it counts. int, i4, boolean and double are read as the text that they hold; what else there is, is refused.
// Written are only the characters that SAMP allows in a string (ASCII, tab, line feed, carriage return);
// each other character becomes '?'. Functions without state; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/vo/samp/samp_value.h"

namespace balmer::vo {

struct XmlRpcLimits {
    std::size_t bytes = 1024 * 1024; ///< of a document
    std::size_t depth = 32;          ///< of lists and maps in each other
};

struct XmlRpcCall {
    std::string method; ///< "samp.hub.ping"
    std::vector<SampValue> params;
    bool operator==(const XmlRpcCall&) const = default;
};

std::string encodeCall(const XmlRpcCall& call);
std::string encodeAnswer(const SampValue& value);
std::string encodeFault(int code, std::string_view text);

/// The first parameter of a call, which says who calls, where it is a text: found in the document's first 4
/// KiB, whatever follows them. Errors: Format.
core::Result<std::string> firstParameter(std::string_view document);

/// Errors, of both: Format for what is not well-formed, not XML-RPC or has a DTD; ResourceExhausted beyond
/// the limits, and beyond those of any XML that is read (attributes, tags, depth), which are looked at
/// before.
core::Result<XmlRpcCall> decodeCall(std::string_view document, const XmlRpcLimits& limits = {});
/// The answer's value, an empty text where there is none. A fault is the error Remote with its text.
core::Result<SampValue> decodeAnswer(std::string_view document, const XmlRpcLimits& limits = {});

} // namespace balmer::vo

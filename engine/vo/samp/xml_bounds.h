// What an XML document may have before a parser sees it: a parser's time is not proportional to the bytes
// where a tag has thousands of attributes, where name spaces lie in each other, or where a document declares
// things. Private to the module.
//
// One pass over the bytes; it does not judge whether the document is well-formed. No state; any thread.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::vo {

struct XmlBounds {
    std::size_t depth = 128;           ///< of elements in each other
    std::size_t elements = 2'000'000;  ///< in all
    std::size_t attributes = 4;        ///< of one tag
    std::size_t allAttributes = 16;    ///< of all tags together
    std::size_t tagBytes = 1024;       ///< of one tag, its attributes included
    std::size_t commentBytes = 65'536; ///< of all comments and instructions together
};

/// What was looked at, up to the end or the first thing that is refused.
struct XmlSeen {
    std::size_t bytes = 0, elements = 0, attributes = 0, depth = 0;
};

/// Errors: ResourceExhausted beyond a bound; Format for a document type declaration, and where a tag or a
/// comment has no end.
core::Status checkXmlBounds(std::string_view document, const XmlBounds& bounds = {}, XmlSeen* seen = nullptr);

} // namespace balmer::vo

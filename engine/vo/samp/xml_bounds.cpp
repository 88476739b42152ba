#include "engine/vo/samp/xml_bounds.h"

#include <algorithm>
#include <string>

namespace balmer::vo {
namespace {

using core::ErrorCode;
using core::fail;
using core::Status;

auto beyond(const char* what, std::size_t limit) {
    return fail(ErrorCode::ResourceExhausted,
                std::string("an XML document with ") + what + " " + std::to_string(limit) + " is not read");
}

auto damaged(const char* what) {
    return fail(ErrorCode::Format, std::string("the XML document is not well-formed: ") + what);
}

/// What stands in a tag, from its '<' to before its '>'.
struct XmlTag {
    std::size_t bytes = 0, attributes = 0;
    bool whole = false;
};

XmlTag tagIn(std::string_view rest, std::size_t most) {
    XmlTag tag;
    char quote = 0;
    for (const char c : rest.substr(0, most + 1)) {
        if (quote != 0) {
            if (c == quote) quote = 0;
        } else if (c == '"' || c == '\'') {
            quote = c;
        } else if (c == '>') {
            tag.whole = true;
            return tag;
        } else if (c == '=') {
            ++tag.attributes;
        }
        ++tag.bytes;
    }
    return tag;
}

class XmlScan {
  public:
    XmlScan(std::string_view document, const XmlBounds& bounds, XmlSeen& seen)
        : document_(document), bounds_(bounds), seen_(seen) {}

    Status all() {
        while (true) {
            seen_.bytes = std::min(document_.find('<', seen_.bytes), document_.size());
            if (seen_.bytes == document_.size()) return {};
            const auto rest = document_.substr(seen_.bytes);
            if (rest.starts_with("<!--")) {
                BALMER_CHECK(skip("-->", true));
            } else if (rest.starts_with("<?")) {
                BALMER_CHECK(skip("?>", true));
            } else if (rest.starts_with("<![CDATA[")) {
                BALMER_CHECK(skip("]]>", false));
            } else if (rest.starts_with("<!")) {
                return fail(ErrorCode::Format,
                            "the XML document has a document type declaration, which is not taken");
            } else {
                BALMER_CHECK(element(rest));
            }
        }
    }

  private:
    Status skip(std::string_view end, bool counts) {
        const auto at = document_.find(end, seen_.bytes);
        const auto from = seen_.bytes;
        seen_.bytes = at == std::string_view::npos ? document_.size() : at + end.size();
        if (counts) commentBytes_ += seen_.bytes - from;
        if (commentBytes_ > bounds_.commentBytes)
            return beyond("more bytes of comments and instructions than", bounds_.commentBytes);
        if (at == std::string_view::npos) return damaged("a comment or an instruction has no end");
        return {};
    }

    Status element(std::string_view rest) {
        const auto tag = tagIn(rest, bounds_.tagBytes);
        seen_.bytes += tag.bytes;
        seen_.attributes += tag.attributes;
        if (tag.attributes > bounds_.attributes)
            return beyond("more attributes in a tag than", bounds_.attributes);
        if (seen_.attributes > bounds_.allAttributes)
            return beyond("more attributes than", bounds_.allAttributes);
        if (!tag.whole) {
            if (tag.bytes <= bounds_.tagBytes) return damaged("a tag has no end");
            return beyond("a tag of more bytes than", bounds_.tagBytes);
        }
        if (rest[1] == '/') {
            depth_ -= depth_ > 0;
            return {};
        }
        if (++seen_.elements > bounds_.elements) return beyond("more elements than", bounds_.elements);
        if (tag.bytes > 0 && rest[tag.bytes - 1] == '/') return {};
        seen_.depth = std::max(seen_.depth, ++depth_);
        if (depth_ > bounds_.depth) return beyond("more elements in each other than", bounds_.depth);
        return {};
    }

    std::string_view document_;
    const XmlBounds& bounds_;
    XmlSeen& seen_;
    std::size_t depth_ = 0, commentBytes_ = 0;
};

} // namespace

Status checkXmlBounds(std::string_view document, const XmlBounds& bounds, XmlSeen* seen) {
    XmlSeen own;
    return XmlScan(document, bounds, seen != nullptr ? *seen : own).all();
}

} // namespace balmer::vo

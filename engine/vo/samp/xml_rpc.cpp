#include "engine/vo/samp/xml_rpc.h"

#include <memory>
#include <optional>

#include <libxml/xmlreader.h>

#include "engine/core/text_number.h"
#include "engine/vo/samp/xml_bounds.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

void writeText(std::string& out, std::string_view text) {
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '&') {
            out += "&amp;";
        } else if (c == '<') {
            out += "&lt;";
        } else if (c == '>') {
            out += "&gt;";
        } else if (c == '\r') {
            out += "&#13;";
        } else if (byte >= 0x80) {
            if ((byte & 0xc0) != 0x80) out += '?'; // one for each character of UTF-8
        } else {
            out += byte >= 0x20 || c == '\t' || c == '\n' ? c : '?';
        }
    }
}

void writeValue(std::string& out, const SampValue& value) {
    out += "<value>";
    if (const auto* text = value.text()) {
        out += "<string>";
        writeText(out, *text);
        out += "</string>";
    } else if (const auto* list = value.list()) {
        out += "<array><data>";
        for (const auto& item : *list)
            writeValue(out, item);
        out += "</data></array>";
    } else if (const auto* map = value.map()) {
        out += "<struct>";
        for (const auto& [name, item] : *map) {
            out += "<member><name>";
            writeText(out, name);
            out += "</name>";
            writeValue(out, item);
            out += "</member>";
        }
        out += "</struct>";
    }
    out += "</value>\n";
}

constexpr std::size_t beginning = 4096; ///< bytes in which a call has said who calls

constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

bool isBlank(std::string_view text) {
    return core::trimmed(text).empty();
}

/// The document as a row of starts, ends and texts.
class Document {
  public:
    enum class Kind { Start, End, Text, Over };

    Document(std::string_view bytes, const XmlRpcLimits& limits) : limits_(limits) {
        reader_.reset(xmlReaderForMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr,
                                         XML_PARSE_NONET));
        if (reader_) xmlTextReaderSetStructuredErrorHandler(reader_.get(), &Document::heard, this);
    }

    Kind kind() const { return kind_; }
    const std::string& name() const { return name_; } ///< of a start or an end
    std::string& text() { return text_; }
    const XmlRpcLimits& limits() const { return limits_; }

    bool starts(std::string_view name) const { return kind_ == Kind::Start && name_ == name; }
    bool ends(std::string_view name) const { return kind_ == Kind::End && name_ == name; }

    Status next() {
        if (!reader_) return fail(ErrorCode::ResourceExhausted, "there is no memory to read an XML document");
        if (endFollows_) {
            endFollows_ = false;
            kind_ = Kind::End;
            return {};
        }
        while (true) {
            const int got = xmlTextReaderRead(reader_.get());
            if (got < 0 || !trouble_.empty()) return wrong("it is not well-formed: " + trouble_);
            if (got == 0) {
                kind_ = Kind::Over;
                name_.clear();
                return {};
            }
            switch (xmlTextReaderNodeType(reader_.get())) {
            case XML_READER_TYPE_ELEMENT:
                kind_ = Kind::Start;
                name_ = stringOf(xmlTextReaderConstLocalName(reader_.get()));
                endFollows_ = xmlTextReaderIsEmptyElement(reader_.get()) == 1;
                return {};
            case XML_READER_TYPE_END_ELEMENT:
                kind_ = Kind::End;
                name_ = stringOf(xmlTextReaderConstLocalName(reader_.get()));
                return {};
            case XML_READER_TYPE_TEXT:
            case XML_READER_TYPE_CDATA:
            case XML_READER_TYPE_WHITESPACE:
            case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
                kind_ = Kind::Text;
                text_ = stringOf(xmlTextReaderConstValue(reader_.get()));
                return {};
            case XML_READER_TYPE_COMMENT:
            case XML_READER_TYPE_PROCESSING_INSTRUCTION:
            case XML_READER_TYPE_XML_DECLARATION:
                break;
            default:
                return wrong("it has a document type declaration or an entity");
            }
        }
    }

    /// The next start or end; text before it must be blank.
    Status nextTag() {
        do {
            BALMER_CHECK(next());
            if (kind_ == Kind::Text && !isBlank(text_)) return wrong("there is text where none belongs");
        } while (kind_ == Kind::Text);
        return {};
    }
    Status nextStart(std::string_view name) {
        BALMER_CHECK(nextTag());
        if (!starts(name)) return wrong("<" + std::string(name) + "> is missing");
        return {};
    }
    Status nextEnd(std::string_view name) {
        BALMER_CHECK(nextTag());
        if (!ends(name)) return wrong("there is more in <" + std::string(name) + "> than belongs there");
        return {};
    }
    /// From the start of an element that holds only text to its end.
    Result<std::string> textToEnd() {
        const std::string element = name_;
        std::string all;
        while (true) {
            BALMER_CHECK(next());
            if (ends(element)) return all;
            if (kind_ != Kind::Text) return wrong("<" + element + "> holds more than text");
            all += text_;
        }
    }

    static tl::unexpected<core::Error> wrong(std::string what) {
        return fail(ErrorCode::Format, "this is not XML-RPC as SAMP uses it: " + std::move(what));
    }

  private:
    struct Free {
        void operator()(xmlTextReader* reader) const { xmlFreeTextReader(reader); }
    };
    static std::string stringOf(const xmlChar* text) {
        return text ? std::string(reinterpret_cast<const char*>(text)) : std::string();
    }
    static void heard(void* self, xmlErrorPtr error) {
        auto& trouble = static_cast<Document*>(self)->trouble_;
        if (!error || error->level < XML_ERR_ERROR || !trouble.empty()) return;
        trouble = error->message ? std::string(core::trimmed(error->message)) : "unknown";
        trouble += " (line " + std::to_string(error->line) + ")";
    }

    XmlRpcLimits limits_;
    std::unique_ptr<xmlTextReader, Free> reader_;
    Kind kind_ = Kind::Over;
    bool endFollows_ = false; ///< of an element like <a/>, which the reader tells as one
    std::string name_, text_, trouble_;
};

Result<SampValue> readValue(Document& document, std::size_t depth);

Status deeper(const Document& document, std::size_t depth) {
    if (depth < document.limits().depth) return {};
    return fail(ErrorCode::ResourceExhausted, "lists and maps lie in each other more than " +
                                                  std::to_string(document.limits().depth) + " deep");
}

/// From the start of <array> to its end.
Result<SampValue> readArray(Document& document, std::size_t depth) {
    BALMER_CHECK(deeper(document, depth));
    SampList list;
    BALMER_CHECK(document.nextTag());
    if (document.ends("array")) return SampValue(std::move(list));
    if (!document.starts("data")) return Document::wrong("<data> is missing in <array>");
    while (true) {
        BALMER_CHECK(document.nextTag());
        if (document.ends("data")) break;
        if (!document.starts("value")) return Document::wrong("<value> is missing in <array>");
        BALMER_TRY(auto value, readValue(document, depth + 1));
        list.push_back(std::move(value));
    }
    BALMER_CHECK(document.nextEnd("array"));
    return SampValue(std::move(list));
}

/// From the start of <struct> to its end.
Result<SampValue> readStruct(Document& document, std::size_t depth) {
    BALMER_CHECK(deeper(document, depth));
    SampMap map;
    while (true) {
        BALMER_CHECK(document.nextTag());
        if (document.ends("struct")) return SampValue(std::move(map));
        if (!document.starts("member")) return Document::wrong("<member> is missing in <struct>");
        BALMER_CHECK(document.nextStart("name"));
        BALMER_TRY(auto name, document.textToEnd());
        BALMER_CHECK(document.nextStart("value"));
        BALMER_TRY(auto value, readValue(document, depth + 1));
        map.insert_or_assign(std::move(name), std::move(value));
        BALMER_CHECK(document.nextEnd("member"));
    }
}

/// From the start of an element within <value> to its end.
Result<SampValue> readTyped(Document& document, std::size_t depth) {
    const std::string type = document.name();
    if (type == "array") return readArray(document, depth);
    if (type == "struct") return readStruct(document, depth);
    if (type == "string") {
        BALMER_TRY(auto text, document.textToEnd());
        return SampValue(std::move(text));
    }
    if (type == "int" || type == "i4" || type == "boolean" || type == "double" || type == "nil") {
        BALMER_TRY(const auto text, document.textToEnd());
        return SampValue(std::string(core::trimmed(text)));
    }
    return Document::wrong("it has a value of the type '" + type + "'");
}

/// From the start of <value> to its end.
Result<SampValue> readValue(Document& document, std::size_t depth) {
    std::string plain;
    while (true) {
        BALMER_CHECK(document.next());
        switch (document.kind()) {
        case Document::Kind::Text:
            plain += document.text();
            break;
        case Document::Kind::End:
            return SampValue(std::move(plain));
        case Document::Kind::Start: {
            if (!isBlank(plain)) return Document::wrong("a value has text beside its type");
            BALMER_TRY(auto typed, readTyped(document, depth));
            BALMER_CHECK(document.nextEnd("value"));
            return typed;
        }
        case Document::Kind::Over:
            return Document::wrong("a value has no end");
        }
    }
}

/// From the start of <params> to its end.
Result<std::vector<SampValue>> readParams(Document& document) {
    std::vector<SampValue> params;
    while (true) {
        BALMER_CHECK(document.nextTag());
        if (document.ends("params")) return params;
        if (!document.starts("param")) return Document::wrong("<param> is missing in <params>");
        BALMER_CHECK(document.nextStart("value"));
        BALMER_TRY(auto value, readValue(document, 0));
        params.push_back(std::move(value));
        BALMER_CHECK(document.nextEnd("param"));
    }
}

Status nothingFollows(Document& document) {
    BALMER_CHECK(document.nextTag());
    if (document.kind() != Document::Kind::Over) return Document::wrong("something follows its end");
    return {};
}

Status fits(std::string_view bytes, const XmlRpcLimits& limits) {
    if (bytes.size() <= limits.bytes) return checkXmlBounds(bytes);
    return fail(ErrorCode::ResourceExhausted, "an XML-RPC document of " + std::to_string(bytes.size()) +
                                                  " bytes is larger than the " +
                                                  std::to_string(limits.bytes) + " that are read");
}

} // namespace

std::string encodeCall(const XmlRpcCall& call) {
    std::string out(declaration);
    out += "<methodCall>\n<methodName>";
    writeText(out, call.method);
    out += "</methodName>\n<params>\n";
    for (const auto& param : call.params) {
        out += "<param>";
        writeValue(out, param);
        out += "</param>\n";
    }
    out += "</params>\n</methodCall>\n";
    return out;
}

std::string encodeAnswer(const SampValue& value) {
    std::string out(declaration);
    out += "<methodResponse>\n<params><param>";
    writeValue(out, value);
    out += "</param></params>\n</methodResponse>\n";
    return out;
}

std::string encodeFault(int code, std::string_view text) {
    std::string out(declaration);
    out += "<methodResponse>\n<fault><value><struct>\n<member><name>faultCode</name><value><int>";
    out += std::to_string(code);
    out += "</int></value></member>\n<member><name>faultString</name>";
    writeValue(out, SampValue(std::string(text)));
    out += "</member>\n</struct></value></fault>\n</methodResponse>\n";
    return out;
}

Result<std::string> firstParameter(std::string_view bytes) {
    Document document(bytes.substr(0, beginning), {});
    BALMER_CHECK(document.nextStart("methodCall"));
    BALMER_CHECK(document.nextStart("methodName"));
    BALMER_TRY([[maybe_unused]] const auto method, document.textToEnd());
    for (const auto* name : {"params", "param", "value"})
        BALMER_CHECK(document.nextStart(name));
    BALMER_TRY(const auto value, readValue(document, 0));
    if (!value.text()) return Document::wrong("the first parameter is no text");
    return *value.text();
}

Result<XmlRpcCall> decodeCall(std::string_view bytes, const XmlRpcLimits& limits) {
    BALMER_CHECK(fits(bytes, limits));
    Document document(bytes, limits);
    XmlRpcCall call;
    BALMER_CHECK(document.nextStart("methodCall"));
    BALMER_CHECK(document.nextStart("methodName"));
    BALMER_TRY(const auto method, document.textToEnd());
    call.method = core::trimmed(method);
    if (call.method.empty()) return Document::wrong("the method has no name");
    BALMER_CHECK(document.nextTag());
    if (document.starts("params")) {
        BALMER_TRY(call.params, readParams(document));
        BALMER_CHECK(document.nextTag());
    }
    if (!document.ends("methodCall"))
        return Document::wrong("there is more in <methodCall> than belongs there");
    BALMER_CHECK(nothingFollows(document));
    return call;
}

Result<SampValue> decodeAnswer(std::string_view bytes, const XmlRpcLimits& limits) {
    BALMER_CHECK(fits(bytes, limits));
    Document document(bytes, limits);
    SampValue value;
    std::optional<std::string> fault;
    BALMER_CHECK(document.nextStart("methodResponse"));
    BALMER_CHECK(document.nextTag());
    if (document.starts("params")) {
        BALMER_TRY(auto params, readParams(document));
        if (!params.empty()) value = std::move(params.front());
        BALMER_CHECK(document.nextTag());
    } else if (document.starts("fault")) {
        BALMER_CHECK(document.nextStart("value"));
        BALMER_TRY(const auto told, readValue(document, 0));
        fault = told.map() ? textOr(*told.map(), "faultString") : std::string();
        if (fault->empty()) fault = "it gave no reason";
        BALMER_CHECK(document.nextEnd("fault"));
        BALMER_CHECK(document.nextTag());
    }
    if (!document.ends("methodResponse"))
        return Document::wrong("there is more in <methodResponse> than belongs there");
    BALMER_CHECK(nothingFollows(document));
    if (fault) return fail(ErrorCode::Remote, *fault);
    return value;
}

} // namespace balmer::vo

#include "engine/io/votable_parser.h"

#include <algorithm>
#include <utility>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/votable_attributes.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Status;

/// What comes before the root element is parsed together, up to so many bytes: libxml2 takes a document type
/// that comes in pieces for ended at a '>' within its quotes.
constexpr std::size_t parsedTogether = 4096;

bool rootMayBegin(std::string_view held) {
    return held.size() >= parsedTogether || held.find("<VOTABLE") != held.npos ||
           held.find(":VOTABLE") != held.npos;
}

/// What is parsed before the bounds are looked at again.
constexpr std::size_t parsedAtOnce = 16384;

/// How many attributes the beginning of a tag has.
std::size_t attributesIn(std::string_view tag) {
    std::size_t count = 0;
    for (std::size_t at = tag.find_first_of("'\""); at != std::string_view::npos;
         at = tag.find_first_of("'\"", at + 1)) {
        ++count;
        at = tag.find(tag[at], at + 1);
        if (at == std::string_view::npos) break;
    }
    return count;
}

core::Error tooManyAttributes(const VotableLimits& limits) {
    return {ErrorCode::ResourceExhausted, "an element of the XML document has more than " +
                                              std::to_string(limits.attributes) +
                                              " attributes, which is the limit"};
}

} // namespace

struct VotableParser::Sax {
    xmlSAXHandler handler{};
    xmlParserCtxtPtr context = nullptr;
    const xmlChar* rootNamespace = nullptr;
    std::string held; ///< the first bytes, until there are enough to tell the encoding from

    ~Sax() {
        if (context == nullptr) return;
        xmlFreeDoc(context->myDoc);
        context->myDoc = nullptr;
        xmlFreeParserCtxt(context);
    }

    static VotableParser& of(void* self) { return *static_cast<VotableParser*>(self); }

    static void startElement(void* self, const xmlChar* name, const xmlChar* /*prefix*/, const xmlChar* uri,
                             int namespaces, const xmlChar** /*list*/, int count, int /*defaulted*/,
                             const xmlChar** attributes) {
        VotableParser& parser = of(self);
        if (static_cast<std::size_t>(namespaces) + static_cast<std::size_t>(count) >
            parser.limits_.attributes)
            return parser.refuse(tooManyAttributes(parser.limits_));
        if (!parser.rootMet_) parser.sax_->rootNamespace = uri;
        const bool foreign = uri != nullptr && uri != parser.sax_->rootNamespace &&
                             view(uri).find("VOTable") == std::string_view::npos;
        parser.start(view(name), foreign, Attributes(attributes, count));
    }
    static void endElement(void* self, const xmlChar*, const xmlChar*, const xmlChar*) { of(self).end(); }
    static void characters(void* self, const xmlChar* text, int length) {
        of(self).text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
    }
    // An entity of a DTD that is not loaded stays as it is written.
    static void reference(void* self, const xmlChar* name) {
        of(self).text("&");
        of(self).text(view(name));
        of(self).text(";");
    }
    static void entityDeclaration(void* self, const xmlChar* name, int, const xmlChar*, const xmlChar*,
                                  xmlChar*) {
        of(self).refuse({ErrorCode::Unsupported,
                         "the XML document declares an entity of its own, \"" + printable(view(name)) +
                             "\"; entities are not expanded, write their text instead"});
    }
    static void error(void* self, xmlErrorPtr error) {
        if (error == nullptr || error->level != XML_ERR_FATAL) return;
        const std::string message = printable(core::trimmed(error->message == nullptr ? "" : error->message));
        of(self).refuse(
            {ErrorCode::Format,
             (of(self).rootMet_ ? "the XML is damaged, line " : "this is not an XML document, line ") +
                 std::to_string(error->line) + ": " + (message.empty() ? "not well-formed" : message)});
    }
};

namespace {
void passedOver(void*, const char*, ...) {}
} // namespace

VotableParser::VotableParser(const VotableLimits& limits)
    : limits_(limits), budget_(limits.cells), sax_(std::make_unique<Sax>()), elementsLeft_(limits.elements),
      textLeft_(limits.textBytes) {
    static const bool initialised = [] {
        xmlInitParser();
        return true;
    }();
    (void)initialised;
    // What the library says of an encoding it says of no document, and on standard error; for this thread.
    xmlSetStructuredErrorFunc(nullptr, [](void*, xmlErrorPtr) {});
    xmlSetGenericErrorFunc(nullptr, &passedOver);
    xmlSAXHandler& handler = sax_->handler;
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = &Sax::startElement;
    handler.endElementNs = &Sax::endElement;
    handler.characters = &Sax::characters;
    handler.ignorableWhitespace = &Sax::characters;
    handler.cdataBlock = &Sax::characters;
    handler.reference = &Sax::reference;
    handler.entityDecl = &Sax::entityDeclaration;
    handler.serror = &Sax::error;
}

VotableParser::~VotableParser() = default;

int VotableParser::line() const {
    return xmlSAX2GetLineNumber(sax_->context);
}

void VotableParser::refuse(core::Error error) {
    if (error_) return;
    error_.emplace(std::move(error));
    xmlStopParser(sax_->context);
}

void VotableParser::boundPending() {
    const xmlParserCtxt& context = *sax_->context;
    if (error_ || context.input == nullptr || context.input->cur == nullptr) return;
    const std::string_view pending(reinterpret_cast<const char*>(context.input->cur),
                                   static_cast<std::size_t>(context.input->end - context.input->cur));
    if (context.instate == XML_PARSER_DTD || pending.starts_with("<!D")) {
        if (pending.size() > limits_.declarationBytes)
            refuse({ErrorCode::ResourceExhausted, "the XML document's type declaration is longer than " +
                                                      std::to_string(limits_.declarationBytes >> 10) +
                                                      " KiB, which is the limit"});
    } else if (pending.size() > limits_.markupBytes) {
        refuse({ErrorCode::ResourceExhausted, "the XML document has a tag or a comment of more than " +
                                                  std::to_string(limits_.markupBytes >> 20) +
                                                  " MiB, which is the limit"});
    } else if (pending.starts_with('<') && !pending.starts_with("<!") && !pending.starts_with("<?") &&
               attributesIn(pending) > limits_.attributes) {
        refuse(tooManyAttributes(limits_));
    }
}

bool VotableParser::charge(std::size_t elements, std::size_t bytes) {
    if (elements > elementsLeft_) {
        refuse({ErrorCode::ResourceExhausted, "the VOTable has more than " +
                                                  std::to_string(limits_.elements) +
                                                  " elements beside its rows, which is the limit"});
        return false;
    }
    if (bytes > textLeft_) {
        refuse({ErrorCode::ResourceExhausted, "the VOTable has more than " +
                                                  std::to_string(limits_.textBytes >> 20) +
                                                  " MiB of text beside its rows, which is the limit"});
        return false;
    }
    elementsLeft_ -= elements;
    textLeft_ -= bytes;
    return true;
}

bool VotableParser::charge(const VotableField& copied) {
    std::size_t bytes = 0;
    for (const auto* text : {&copied.id, &copied.name, &copied.datatype, &copied.arraysize, &copied.unit,
                             &copied.ucd, &copied.utype, &copied.xtype, &copied.ref, &copied.description,
                             &copied.nullText, &copied.minimum, &copied.maximum})
        bytes += text->size();
    for (const std::string& option : copied.options)
        bytes += option.size();
    for (const VotableLink& link : copied.links)
        bytes += link.href.size() + link.title.size() + link.contentRole.size() + link.contentType.size() +
                 link.value.size() + link.action.size();
    return charge(1 + copied.options.size() + copied.links.size(), bytes);
}

Status VotableParser::begin() {
    Sax& sax = *sax_;
    const std::string beginning = std::exchange(sax.held, {});
    constexpr std::size_t sniffed = 4; // by which libxml2 knows the encoding
    if (beginning.size() < sniffed) return fail(ErrorCode::Format, "the document holds no <VOTABLE>");
    sax.context = xmlCreatePushParserCtxt(&sax.handler, this, beginning.data(), sniffed, nullptr);
    if (sax.context == nullptr) return fail(ErrorCode::ResourceExhausted, "no memory for the XML reader");
    // NOENT: otherwise "&amp;" in attributes comes as "&#38;". There is no entity to expand: each
    // declaration is refused.
    xmlCtxtUseOptions(sax.context, XML_PARSE_NONET | XML_PARSE_NOENT);
    return feed(asBytes(beginning).subspan(sniffed));
}

Status VotableParser::feed(std::span<const std::byte> piece) {
    Sax& sax = *sax_;
    if (sax.context == nullptr) {
        sax.held += asText(piece);
        return rootMayBegin(sax.held) ? begin() : Status();
    }
    while (!piece.empty() && !error_) {
        if (limits_.stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopped on request");
        const auto part = piece.first(std::min(piece.size(), parsedAtOnce));
        xmlParseChunk(sax.context, reinterpret_cast<const char*>(part.data()), static_cast<int>(part.size()),
                      0);
        piece = piece.subspan(part.size());
        if (sax.context->wellFormed == 0)
            refuse({ErrorCode::Format,
                    "the XML is damaged, line " + std::to_string(line()) + ": not well-formed"});
        boundPending();
    }
    if (error_) return fail(*error_);
    return {};
}

Status VotableParser::finish() {
    if (sax_->context == nullptr) BALMER_CHECK(begin());
    xmlParseChunk(sax_->context, nullptr, 0, 1);
    if (!error_ && (sax_->context->wellFormed == 0 || !stack_.empty()))
        refuse({ErrorCode::Format, "the XML is damaged: the document ends within an element"});
    if (!error_ && !rootMet_) refuse({ErrorCode::Format, "the document holds no <VOTABLE>"});
    if (error_) return fail(*error_);
    return {};
}

} // namespace balmer::io

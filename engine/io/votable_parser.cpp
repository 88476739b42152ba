#include "engine/io/votable_parser.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Status;

constexpr std::size_t PIECE = 65536;

std::string_view view(const xmlChar* text) {
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

} // namespace

// The attributes without a prefix of an element that is being opened.
class VotableParser::Attributes {
  public:
    Attributes(const xmlChar** five, int count) : five_(five), count_(count) {}
    std::string operator[](std::string_view name) const {
        for (int i = 0; i < count_; ++i) {
            const xmlChar** a = five_ + 5 * static_cast<std::ptrdiff_t>(i);
            if (a[1] == nullptr && view(a[0]) == name)
                return {reinterpret_cast<const char*>(a[3]), reinterpret_cast<const char*>(a[4])};
        }
        return {};
    }
    bool none() const { return count_ == 0; }
    /// Of all values, those that a DTD gives as defaults too.
    std::size_t bytes() const {
        std::size_t bytes = 0;
        for (int i = 0; i < count_; ++i) {
            const xmlChar** a = five_ + 5 * static_cast<std::ptrdiff_t>(i);
            bytes += static_cast<std::size_t>(a[4] - a[3]);
        }
        return bytes;
    }

  private:
    const xmlChar** five_;
    int count_;
};

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
                             int /*namespaces*/, const xmlChar** /*list*/, int count, int /*defaulted*/,
                             const xmlChar** attributes) {
        VotableParser& parser = of(self);
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
             (of(self).rootMet_ ? "the XML is damaged, line " : "this is no XML document, line ") +
                 std::to_string(error->line) + ": " + (message.empty() ? "not well-formed" : message)});
    }
};

VotableParser::VotableParser(const VotableLimits& limits)
    : limits_(limits), budget_(limits.cells), sax_(std::make_unique<Sax>()), elementsLeft_(limits.elements),
      textLeft_(limits.textBytes) {
    static const bool initialised = [] {
        xmlInitParser();
        return true;
    }();
    (void)initialised;
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

void VotableParser::refuse(core::Error error) {
    if (error_) return;
    error_.emplace(std::move(error));
    xmlStopParser(sax_->context);
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

Status VotableParser::feed(std::span<const std::byte> piece) {
    Sax& sax = *sax_;
    if (sax.context == nullptr) {
        sax.held += asText(piece);
        if (sax.held.size() < 4) return {};
        sax.context = xmlCreatePushParserCtxt(&sax.handler, this, sax.held.data(), 4, nullptr);
        if (sax.context == nullptr) return fail(ErrorCode::ResourceExhausted, "no memory for the XML reader");
        // NOENT: otherwise "&amp;" in attributes comes as "&#38;". There is no entity to expand: each
        // declaration is refused.
        xmlCtxtUseOptions(sax.context, XML_PARSE_NONET | XML_PARSE_NOENT);
        const std::string rest = sax.held.substr(4);
        sax.held.clear();
        return feed(asBytes(rest));
    }
    while (!piece.empty() && !error_) {
        const auto part = piece.first(std::min(piece.size(), PIECE));
        xmlParseChunk(sax.context, reinterpret_cast<const char*>(part.data()), static_cast<int>(part.size()),
                      0);
        piece = piece.subspan(part.size());
        if (sax.context->wellFormed == 0)
            refuse({ErrorCode::Format, "the XML is damaged, line " +
                                           std::to_string(xmlSAX2GetLineNumber(sax.context)) +
                                           ": not well-formed"});
    }
    if (error_) return fail(*error_);
    return {};
}

Status VotableParser::finish() {
    if (sax_->context == nullptr) return fail(ErrorCode::Format, "the document holds no <VOTABLE>");
    xmlParseChunk(sax_->context, nullptr, 0, 1);
    if (!error_ && (sax_->context->wellFormed == 0 || !stack_.empty()))
        refuse({ErrorCode::Format, "the XML is damaged: the document ends within an element"});
    if (!error_ && !rootMet_) refuse({ErrorCode::Format, "the document holds no <VOTABLE>"});
    if (error_) return fail(*error_);
    return {};
}

VotableParser::Node VotableParser::nodeFor(Node parent, std::string_view name) const {
    switch (parent) {
    case Node::Votable:
        if (name == "RESOURCE") return Node::Resource;
        if (name == "DEFINITIONS") return Node::Definitions;
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "INFO") return Node::Info;
        if (name == "PARAM") return Node::Param;
        if (name == "GROUP") return Node::Group;
        if (name == "COOSYS" || name == "TIMESYS") return Node::Leaf;
        break;
    case Node::Definitions:
        if (name == "PARAM") return Node::Param;
        if (name == "COOSYS" || name == "TIMESYS") return Node::Leaf;
        break;
    case Node::Resource:
        if (name == "RESOURCE") return Node::Resource;
        if (name == "TABLE") return Node::Table;
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "INFO") return Node::Info;
        if (name == "PARAM") return Node::Param;
        if (name == "GROUP") return Node::Group;
        if (name == "COOSYS" || name == "TIMESYS" || name == "LINK") return Node::Leaf;
        break;
    case Node::Table:
        if (name == "FIELD") return Node::Field;
        if (name == "DATA") return dataMet_ ? Node::Skipped : Node::Data;
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "INFO") return Node::Info;
        if (name == "PARAM") return Node::Param;
        if (name == "GROUP") return Node::Group;
        if (name == "LINK") return Node::Leaf;
        break;
    case Node::Group:
        if (name == "PARAM") return Node::Param;
        if (name == "GROUP") return Node::Group;
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "FIELDref" || name == "PARAMref") return Node::Leaf;
        break;
    case Node::Field:
    case Node::Param:
        if (name == "DESCRIPTION") return Node::Description;
        if (name == "VALUES") return Node::Values;
        if (name == "LINK") return Node::Leaf;
        break;
    case Node::Values:
    case Node::Option:
        if (name == "OPTION") return Node::Option;
        if (parent == Node::Values && (name == "MIN" || name == "MAX")) return Node::Leaf;
        break;
    case Node::Data:
        if (name == "TABLEDATA") return Node::TableData;
        if (name == "BINARY") return Node::Binary;
        if (name == "BINARY2") return Node::Binary2;
        if (name == "FITS") return Node::Fits;
        if (name == "INFO") return Node::Info;
        break;
    case Node::TableData:
        if (name == "TR") return Node::Row;
        break;
    case Node::Row:
        if (name == "TD") return Node::Cell;
        break;
    case Node::Binary:
    case Node::Binary2:
    case Node::Fits:
        if (name == "STREAM") return Node::Stream;
        break;
    default:
        break;
    }
    return Node::Skipped;
}

std::vector<VotableField>& VotableParser::paramsOf(Node parent) {
    switch (parent) {
    case Node::Group:
        return groups_.back().params;
    case Node::Table:
        return current().table.params;
    case Node::Resource:
        return resources_.back()->params;
    default:
        return document.params;
    }
}

std::vector<VotableInfo>& VotableParser::infosOf(Node parent) {
    switch (parent) {
    case Node::Table:
    case Node::Data:
        return current().table.infos;
    case Node::Resource:
        return resources_.back()->infos;
    default:
        return document.infos;
    }
}

std::string* VotableParser::descriptionOf(Node parent) {
    switch (parent) {
    case Node::Group:
        return &groups_.back().description;
    case Node::Table:
        return &current().table.description;
    case Node::Resource:
        return &resources_.back()->description;
    case Node::Field:
    case Node::Param:
        return &field_.description;
    default:
        return &document.description;
    }
}

std::vector<VotableLink>* VotableParser::linksOf(Node parent) {
    switch (parent) {
    case Node::Field:
    case Node::Param:
        return &field_.links;
    case Node::Table:
        return &current().table.links;
    default:
        return &resources_.back()->links;
    }
}

std::vector<VotableGroup>* VotableParser::groupsOf(Node parent) {
    switch (parent) {
    case Node::Group:
        return &groups_.back().groups;
    case Node::Table:
        return &current().table.groups;
    case Node::Resource:
        return &resources_.back()->groups;
    default:
        return &document.groups;
    }
}

void VotableParser::start(std::string_view name, bool foreign, const Attributes& attributes) {
    if (error_) return;
    if (!rootMet_) {
        if (name != "VOTABLE") {
            refuse({ErrorCode::Format,
                    "the root element of the document is <" + printable(name) + ">, not <VOTABLE>"});
            return;
        }
        rootMet_ = true;
        document.version = attributes["version"];
        stack_.push_back(Node::Votable);
        return;
    }
    const Node parent = stack_.back();
    const Node node = skipping_ > 0 || foreign ? Node::Skipped : nodeFor(parent, name);
    if (stack_.size() + skipping_ >= limits_.depth) {
        refuse({ErrorCode::ResourceExhausted, "the elements of the VOTable are nested too deeply"});
        return;
    }
    if (node == Node::Skipped) {
        ++skipping_;
        if (parent == Node::Data && skipping_ == 1)
            leaveOut("the rows are in " + printable(name) + ", which is not read");
        return;
    }
    stack_.push_back(node);
    if (node == Node::Cell) {
        text_.clear();
        cellIsBinary_ = !attributes.none() && attributes["encoding"] == "base64";
        return;
    }
    if (node == Node::Row) {
        cell_ = 0;
        rowBytes_ = 0;
        return;
    }
    if (!charge(1, attributes.bytes())) return;
    switch (node) {
    case Node::Resource: {
        auto& siblings = resources_.empty() ? document.resources : resources_.back()->resources;
        where_.push_back(siblings.size());
        VotableResource& resource = siblings.emplace_back();
        resource.id = attributes["ID"];
        resource.name = attributes["name"];
        resource.type = attributes["type"];
        resource.utype = attributes["utype"];
        resources_.push_back(&resource);
        break;
    }
    case Node::Table: {
        TableOnTheWay& t = tables.emplace_back();
        t.where = where_;
        t.where.push_back(resources_.back()->tables.size());
        resources_.back()->tables.emplace_back();
        t.table.id = attributes["ID"];
        t.table.name = attributes["name"];
        t.table.ref = attributes["ref"];
        t.table.utype = attributes["utype"];
        t.table.ucd = attributes["ucd"];
        dataMet_ = false;
        break;
    }
    case Node::Field:
    case Node::Param:
        field_ = {};
        field_.id = attributes["ID"];
        field_.name = attributes["name"];
        field_.datatype = attributes["datatype"];
        field_.arraysize = attributes["arraysize"];
        field_.unit = attributes["unit"];
        field_.ucd = attributes["ucd"];
        field_.utype = attributes["utype"];
        field_.xtype = attributes["xtype"];
        field_.ref = attributes["ref"];
        if (node == Node::Param) field_.value = attributes["value"];
        break;
    case Node::Values:
        field_.nullText = attributes["null"];
        valuesId_ = attributes["ID"];
        if (const auto shared = valuesById_.find(attributes["ref"]);
            shared != valuesById_.end() && charge(shared->second)) {
            field_.nullText = shared->second.nullText;
            field_.minimum = shared->second.minimum;
            field_.maximum = shared->second.maximum;
            field_.options = shared->second.options;
        }
        break;
    case Node::Option:
        field_.options.push_back(attributes["value"]);
        break;
    case Node::Group: {
        VotableGroup& g = groups_.emplace_back();
        g.id = attributes["ID"];
        g.name = attributes["name"];
        g.ucd = attributes["ucd"];
        g.utype = attributes["utype"];
        g.ref = attributes["ref"];
        break;
    }
    case Node::Info:
        info_ = {attributes["ID"], attributes["name"], attributes["value"], {}};
        text_.clear();
        break;
    case Node::Description:
        text_.clear();
        break;
    case Node::Leaf:
        if (name == "MIN") {
            field_.minimum = attributes["value"];
        } else if (name == "MAX") {
            field_.maximum = attributes["value"];
        } else if (name == "LINK") {
            linksOf(parent)->push_back({attributes["href"], attributes["title"], attributes["content-role"],
                                        attributes["content-type"], attributes["value"],
                                        attributes["action"]});
        } else if (name == "FIELDref") {
            groups_.back().fieldRefs.push_back(attributes["ref"]);
        } else if (name == "PARAMref") {
            groups_.back().paramRefs.push_back(attributes["ref"]);
        } else if (name == "COOSYS") {
            (resources_.empty() ? document.coordinateSystems : resources_.back()->coordinateSystems)
                .push_back(
                    {attributes["ID"], attributes["system"], attributes["equinox"], attributes["epoch"]});
        } else {
            (resources_.empty() ? document.timeSystems : resources_.back()->timeSystems)
                .push_back({attributes["ID"], attributes["timeorigin"], attributes["timescale"],
                            attributes["refposition"]});
        }
        break;
    case Node::Data:
        startData();
        break;
    case Node::Fits:
        current().extension = static_cast<std::size_t>(
            std::max<std::int64_t>(0, core::parseInteger(attributes["extnum"]).value_or(0)));
        break;
    case Node::Stream:
        startStream(attributes);
        break;
    default:
        break;
    }
}

void VotableParser::leaveOut(std::string why) {
    if (current().table.unread.empty()) current().table.unread = std::move(why);
}

void VotableParser::startData() {
    dataMet_ = true;
    TableOnTheWay& t = current();
    if (const auto shared = fieldsById_.find(t.table.ref);
        t.table.fields.empty() && shared != fieldsById_.end()) {
        for (const VotableField& field : shared->second)
            if (!charge(field)) return;
        t.table.fields = shared->second;
    }
    std::vector<Coding> codings;
    for (const VotableField& field : t.table.fields) {
        const auto coding = codingOf(field);
        if (!coding) {
            leaveOut("column " + (field.name.empty() ? field.id : field.name) + " has the datatype \"" +
                     field.datatype + "\" with arraysize \"" + field.arraysize + "\", which is unknown");
            codings.clear();
            break;
        }
        codings.push_back(*coding);
    }
    t.block = RowBlock(std::move(codings), &budget_);
    t.ready = true;
}

void VotableParser::startStream(const Attributes& attributes) {
    TableOnTheWay& t = current();
    const Node format = stack_[stack_.size() - 2];
    t.kind = format == Node::Fits      ? StreamRows::Kind::Fits
             : format == Node::Binary2 ? StreamRows::Kind::Binary2
                                       : StreamRows::Kind::Binary;
    const std::string encoding = core::lowerCase(attributes["encoding"]);
    const std::string href = attributes["href"];
    if (!t.table.unread.empty() || !t.href.empty()) return;
    if (!href.empty()) {
        t.href = href;
        t.encoding = encoding;
        return;
    }
    // XML holds no bytes, so that gzip without href is in base64 too.
    if (encoding != "base64" && encoding != "gzip") {
        leaveOut("the rows are encoded as \"" + encoding + "\", which is not read");
        return;
    }
    stream_.emplace(t.kind, encoding == "gzip", t.extension, limits_);
    base64_ = {};
}

void VotableParser::text(std::string_view piece) {
    if (error_ || skipping_ > 0 || stack_.empty()) return;
    switch (stack_.back()) {
    case Node::Cell:
        rowBytes_ += piece.size();
        if (rowBytes_ > limits_.rowBytes) {
            refuse({ErrorCode::ResourceExhausted, "a row of the VOTable is longer than " +
                                                      std::to_string(limits_.rowBytes >> 20) +
                                                      " MiB, which is the limit"});
            return;
        }
        text_ += piece;
        break;
    case Node::Description:
    case Node::Info:
        if (charge(0, piece.size())) text_ += piece;
        break;
    case Node::Stream:
        if (!stream_) break;
        decoded_.clear();
        if (!base64_.feed(piece, decoded_)) {
            refuse({ErrorCode::Format, "line " + std::to_string(xmlSAX2GetLineNumber(sax_->context)) +
                                           ": the binary data of the VOTable are not base64"});
            return;
        }
        check(stream_->feed(decoded_, current().block));
        break;
    default:
        break;
    }
}

void VotableParser::endCell() {
    TableOnTheWay& t = current();
    if (!t.table.unread.empty()) return;
    if (cell_ >= t.block.codings().size()) {
        refuse({ErrorCode::Format, "line " + std::to_string(xmlSAX2GetLineNumber(sax_->context)) + ": row " +
                                       std::to_string(t.block.rows() + 1) +
                                       " of the VOTable has more cells than its " +
                                       std::to_string(t.table.fields.size()) + " columns"});
        return;
    }
    const std::size_t c = cell_++;
    if (!cellIsBinary_) {
        check(t.block.addTd(c, text_));
        return;
    }
    const Coding& coding = t.block.codings()[c];
    Base64Decoder decoder;
    decoded_.clear();
    const bool decodes = decoder.feed(text_, decoded_);
    const std::size_t elements =
        coding.variable ? decoded_.size() / coding.elementBytes() * (coding.type == VotableType::Bit ? 8 : 1)
                        : coding.count;
    const auto bytes = coding.bytesOf(elements);
    if (decodes && bytes && *bytes <= decoded_.size()) {
        check(t.block.addBinary(c, std::string_view(decoded_).substr(0, *bytes), elements, decoded_.empty()));
    } else {
        check(t.block.spend(t.block.costOf(c)));
        if (!error_) t.block.addNull(c);
    }
}

void VotableParser::endStream() {
    if (!stream_) return;
    TableOnTheWay& t = current();
    const Status status = stream_->finish(t.block);
    stream_.reset();
    if (status) return;
    if (t.kind == StreamRows::Kind::Fits && status.error().code() != ErrorCode::ResourceExhausted)
        leaveOut(status.error().message());
    else
        refuse(status.error());
}

void VotableParser::end() {
    if (error_) return;
    if (skipping_ > 0) {
        --skipping_;
        return;
    }
    const Node node = stack_.back();
    stack_.pop_back();
    const Node parent = stack_.empty() ? Node::Skipped : stack_.back();
    switch (node) {
    case Node::Cell:
        endCell();
        break;
    case Node::Values:
        if (!valuesId_.empty() && !valuesById_.contains(valuesId_)) {
            VotableField values;
            values.nullText = field_.nullText;
            values.minimum = field_.minimum;
            values.maximum = field_.maximum;
            values.options = field_.options;
            if (charge(values)) valuesById_.emplace(valuesId_, std::move(values));
        }
        break;
    case Node::Row: {
        RowBlock& block = current().block;
        if (!current().table.unread.empty() || block.codings().empty()) break;
        for (; cell_ < block.codings().size() && !error_; ++cell_) {
            check(block.spend(block.costOf(cell_)));
            if (!error_) block.addNull(cell_);
        }
        block.endRow();
        break;
    }
    case Node::Stream:
        endStream();
        break;
    case Node::Table: {
        TableOnTheWay& t = current();
        if (!t.table.id.empty() && !fieldsById_.contains(t.table.id))
            fieldsById_.emplace(t.table.id, t.table.fields);
        if (!dataMet_) startData();
        t.closed = true;
        break;
    }
    case Node::Resource:
        resources_.pop_back();
        where_.pop_back();
        break;
    case Node::Field:
        if (!dataMet_) current().table.fields.push_back(std::move(field_));
        break;
    case Node::Param:
        paramsOf(parent).push_back(std::move(field_));
        break;
    case Node::Group: {
        VotableGroup group = std::move(groups_.back());
        groups_.pop_back();
        groupsOf(parent)->push_back(std::move(group));
        break;
    }
    case Node::Info:
        info_.text = std::string(core::trimmed(text_));
        infosOf(parent).push_back(std::move(info_));
        break;
    case Node::Description:
        *descriptionOf(parent) = std::string(core::trimmed(text_));
        break;
    default:
        break;
    }
}

} // namespace balmer::io

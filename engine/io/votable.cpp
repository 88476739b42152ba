#include "engine/io/votable.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <memory>
#include <utility>

#include <libxml/xmlreader.h>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/votable_cells.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

class Parser {
  public:
    Parser(std::span<const std::byte> bytes, const VotableLimits& limits)
        : bytes_(bytes), limits_(limits), budget_(limits.cells) {}

    Result<Votable> run() {
        if (bytes_.size() > static_cast<std::size_t>(std::numeric_limits<int>::max())) {
            return fail(ErrorCode::ResourceExhausted, "the VOTable is larger than 2 GiB");
        }
        // Entities of the document's own are the way to blow it up; without any, long texts (base64 streams)
        // are safe.
        const std::string_view text = asText(bytes_);
        const bool plain = text.find("<!ENTITY") == std::string_view::npos &&
                           text.substr(0, 256).find('\0') == std::string_view::npos;
        const int options = XML_PARSE_NONET | XML_PARSE_COMPACT | XML_PARSE_NOWARNING | XML_PARSE_NOERROR |
                            (plain ? XML_PARSE_HUGE : 0);
        reader_.reset(
            xmlReaderForMemory(text.data(), static_cast<int>(text.size()), nullptr, nullptr, options));
        if (!reader_) return fail(ErrorCode::ResourceExhausted, "no memory for the XML reader");
        xmlTextReaderSetErrorHandler(reader_.get(), &Parser::noteError, this);

        while (true) {
            BALMER_TRY(const bool more, next());
            if (!more) break;
            if (type() != XML_READER_TYPE_ELEMENT) continue;
            if (local() != "VOTABLE")
                return fail(ErrorCode::Format,
                            "the root element of the document is <" + local() + ">, not <VOTABLE>");
            Votable document;
            document.version = attribute("version");
            BALMER_CHECK(
                children([&](const std::string& name) -> Status { return topLevel(document, name); }));
            return document;
        }
        return fail(ErrorCode::Format, "the document holds no <VOTABLE>");
    }

  private:
    static void noteError(void* self, const char* message, xmlParserSeverities severity,
                          xmlTextReaderLocatorPtr locator) {
        auto* parser = static_cast<Parser*>(self);
        if (!parser->error_.empty() || severity == XML_PARSER_SEVERITY_WARNING ||
            severity == XML_PARSER_SEVERITY_VALIDITY_WARNING)
            return;
        parser->error_ = "line " + std::to_string(xmlTextReaderLocatorLineNumber(locator)) + ": " +
                         printable(core::trimmed(message == nullptr ? "not well-formed" : message));
    }

    Result<bool> next() {
        const int status = xmlTextReaderRead(reader_.get());
        if (status < 0) {
            return fail(ErrorCode::Format,
                        "the XML is damaged" + (error_.empty() ? std::string() : ", " + error_));
        }
        return status == 1;
    }
    int type() const { return xmlTextReaderNodeType(reader_.get()); }
    std::string local() const {
        const auto* name = xmlTextReaderConstLocalName(reader_.get());
        return name == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(name));
    }
    std::string attribute(const char* name) const {
        const std::unique_ptr<xmlChar, void (*)(void*)> value(
            xmlTextReaderGetAttribute(reader_.get(), reinterpret_cast<const xmlChar*>(name)),
            [](void* p) { xmlFree(p); });
        return value ? std::string(reinterpret_cast<const char*>(value.get())) : std::string();
    }
    std::string line() const {
        return "line " + std::to_string(xmlTextReaderGetParserLineNumber(reader_.get()));
    }

    /// Calls onElement for each child of the current element; it must consume the child (text(), children()
    /// or skip()).
    template <typename OnElement>
    Status children(OnElement&& onElement) {
        if (xmlTextReaderIsEmptyElement(reader_.get()) == 1) return {};
        if (++depth_ > limits_.depth)
            return fail(ErrorCode::ResourceExhausted, "the elements of the VOTable are nested too deeply");
        while (true) {
            BALMER_TRY(const bool more, next());
            if (!more) return fail(ErrorCode::Format, "the document ends within an element");
            if (type() == XML_READER_TYPE_END_ELEMENT) break;
            if (type() == XML_READER_TYPE_ELEMENT) BALMER_CHECK(onElement(local()));
        }
        --depth_;
        return {};
    }
    Status skip() {
        return children([&](const std::string&) { return skip(); });
    }
    /// The text inside the current element, that of its children left out.
    Result<std::string> text() {
        std::string collected;
        if (xmlTextReaderIsEmptyElement(reader_.get()) == 1) return collected;
        if (++depth_ > limits_.depth)
            return fail(ErrorCode::ResourceExhausted, "the elements of the VOTable are nested too deeply");
        while (true) {
            BALMER_TRY(const bool more, next());
            if (!more) return fail(ErrorCode::Format, "the document ends within an element");
            const int node = type();
            if (node == XML_READER_TYPE_END_ELEMENT) break;
            if (node == XML_READER_TYPE_ELEMENT) {
                BALMER_CHECK(skip());
            } else if (node == XML_READER_TYPE_TEXT || node == XML_READER_TYPE_CDATA ||
                       node == XML_READER_TYPE_SIGNIFICANT_WHITESPACE) {
                const auto* value = xmlTextReaderConstValue(reader_.get());
                if (value != nullptr) collected += reinterpret_cast<const char*>(value);
            }
        }
        --depth_;
        return collected;
    }
    Status textInto(std::string& into) {
        BALMER_TRY(const std::string raw, text());
        into = std::string(core::trimmed(raw));
        return {};
    }

    Status topLevel(Votable& document, const std::string& name) {
        if (name == "DESCRIPTION") return textInto(document.description);
        if (name == "INFO") return info(document.infos);
        if (name == "PARAM") return field(document.params);
        if (name == "COOSYS") return coordinateSystem(document.coordinateSystems);
        if (name == "RESOURCE") return resource(document.resources);
        if (name == "DEFINITIONS") {
            return children([&](const std::string& inner) -> Status {
                if (inner == "PARAM") return field(document.params);
                if (inner == "COOSYS") return coordinateSystem(document.coordinateSystems);
                return skip();
            });
        }
        return skip();
    }

    Status resource(std::vector<VotableResource>& into) {
        VotableResource r;
        r.id = attribute("ID");
        r.name = attribute("name");
        r.type = attribute("type");
        r.utype = attribute("utype");
        BALMER_CHECK(children([&](const std::string& name) -> Status {
            if (name == "DESCRIPTION") return textInto(r.description);
            if (name == "INFO") return info(r.infos);
            if (name == "PARAM") return field(r.params);
            if (name == "COOSYS") return coordinateSystem(r.coordinateSystems);
            if (name == "GROUP") return group(r.groups);
            if (name == "TABLE") return table(r.tables);
            if (name == "RESOURCE") return resource(r.resources);
            return skip();
        }));
        into.push_back(std::move(r));
        return {};
    }

    Status info(std::vector<VotableInfo>& into) {
        VotableInfo i;
        i.id = attribute("ID");
        i.name = attribute("name");
        i.value = attribute("value");
        BALMER_CHECK(textInto(i.text));
        into.push_back(std::move(i));
        return {};
    }

    Status coordinateSystem(std::vector<VotableCoordinateSystem>& into) {
        into.push_back({attribute("ID"), attribute("system"), attribute("equinox"), attribute("epoch")});
        return skip();
    }

    Status field(std::vector<VotableField>& into) {
        VotableField f;
        f.id = attribute("ID");
        f.name = attribute("name");
        f.datatype = attribute("datatype");
        f.arraysize = attribute("arraysize");
        f.unit = attribute("unit");
        f.ucd = attribute("ucd");
        f.utype = attribute("utype");
        f.xtype = attribute("xtype");
        f.ref = attribute("ref");
        f.value = attribute("value");
        BALMER_CHECK(children([&](const std::string& name) -> Status {
            if (name == "DESCRIPTION") return textInto(f.description);
            if (name != "VALUES") return skip();
            f.nullText = attribute("null");
            return children([&](const std::string& inner) -> Status {
                if (inner == "MIN") f.minimum = attribute("value");
                if (inner == "MAX") f.maximum = attribute("value");
                if (inner == "OPTION") f.options.push_back(attribute("value"));
                return skip();
            });
        }));
        into.push_back(std::move(f));
        return {};
    }

    Status group(std::vector<VotableGroup>& into) {
        VotableGroup g;
        g.id = attribute("ID");
        g.name = attribute("name");
        g.ucd = attribute("ucd");
        g.utype = attribute("utype");
        g.ref = attribute("ref");
        BALMER_CHECK(children([&](const std::string& name) -> Status {
            if (name == "PARAM") return field(g.params);
            if (name == "GROUP") return group(g.groups);
            if (name == "FIELDref") g.fieldRefs.push_back(attribute("ref"));
            if (name == "PARAMref") g.paramRefs.push_back(attribute("ref"));
            return skip();
        }));
        into.push_back(std::move(g));
        return {};
    }

    Status table(std::vector<VotableTable>& into) {
        VotableTable t;
        t.id = attribute("ID");
        t.name = attribute("name");
        t.ref = attribute("ref");
        t.utype = attribute("utype");
        t.ucd = attribute("ucd");
        BALMER_CHECK(children([&](const std::string& name) -> Status {
            if (name == "DESCRIPTION") return textInto(t.description);
            if (name == "INFO") return info(t.infos);
            if (name == "PARAM") return field(t.params);
            if (name == "GROUP") return group(t.groups);
            if (name == "FIELD") return field(t.fields);
            if (name == "DATA") return data(t);
            return skip();
        }));
        if (t.columns.empty()) t.columns.resize(t.fields.size());
        if (!t.id.empty()) fields_.emplace(t.id, t.fields);
        into.push_back(std::move(t));
        return {};
    }

    Status data(VotableTable& t) {
        if (t.rows > 0 || !t.columns.empty()) return skip(); // one DATA a table
        if (const auto shared = fields_.find(t.ref); t.fields.empty() && shared != fields_.end())
            t.fields = shared->second;
        std::vector<Coding> codings;
        for (const VotableField& f : t.fields) {
            const auto coding = codingOf(f);
            if (!coding) {
                t.unread = "column " + (f.name.empty() ? f.id : f.name) + " has the datatype \"" +
                           f.datatype + "\" with arraysize \"" + f.arraysize + "\", which is unknown";
                return skip();
            }
            codings.push_back(*coding);
        }
        CellSink sink(t, std::move(codings), budget_);
        return children([&](const std::string& name) -> Status {
            if (name == "TABLEDATA") return tableData(t, sink);
            if (name == "BINARY" || name == "BINARY2") {
                return children([&](const std::string& inner) -> Status {
                    return inner == "STREAM" ? stream(t, sink, name == "BINARY2") : skip();
                });
            }
            if (name == "FITS") t.unread = "the rows are in FITS";
            return skip();
        });
    }

    Status tableData(VotableTable& t, CellSink& sink) {
        return children([&](const std::string& name) -> Status {
            if (name != "TR") return skip();
            std::size_t c = 0;
            BALMER_CHECK(children([&](const std::string& cell) -> Status {
                if (cell != "TD") return skip();
                if (c >= t.fields.size()) {
                    return fail(ErrorCode::Format, line() + ": row " + std::to_string(t.rows + 1) +
                                                       " of the VOTable has more cells than its " +
                                                       std::to_string(t.fields.size()) + " columns");
                }
                BALMER_TRY(std::string value, text());
                return sink.addTd(c++, std::move(value));
            }));
            for (; c < t.fields.size(); ++c) {
                BALMER_CHECK(sink.spend(1));
                sink.addNull(c);
            }
            if (!t.fields.empty()) ++t.rows;
            return {};
        });
    }

    Status stream(VotableTable& t, CellSink& sink, bool flags) {
        const std::string href = attribute("href"), encoding = core::lowerCase(attribute("encoding"));
        if (!href.empty()) {
            t.unread = "the rows are elsewhere, at " + href;
            return skip();
        }
        if (encoding != "base64") {
            t.unread = "the rows are encoded as \"" + encoding + "\"";
            return skip();
        }
        BALMER_TRY(const std::string coded, text());
        auto decoded = fromBase64(coded);
        if (!decoded)
            return fail(ErrorCode::Format, line() + ": the binary data of the VOTable are not base64");
        if (isGzip(asBytes(*decoded))) { // encoding="gzip" inside base64
            BALMER_TRY(*decoded, gunzip(asBytes(*decoded), std::size_t{1} << 28));
        }
        return readBinary(sink, *decoded, flags, t.rows);
    }

    struct FreeReader {
        void operator()(xmlTextReader* reader) const { xmlFreeTextReader(reader); }
    };
    std::span<const std::byte> bytes_;
    VotableLimits limits_;
    std::size_t budget_, depth_ = 0;
    std::unique_ptr<xmlTextReader, FreeReader> reader_;
    std::string error_;
    std::map<std::string, std::vector<VotableField>>
        fields_; ///< by the table's ID, for those that refer to it
};

void collect(const std::vector<VotableResource>& resources, bool results,
             std::vector<const VotableTable*>& into) {
    for (const VotableResource& resource : resources) {
        if ((resource.type == "results") == results) {
            for (const VotableTable& table : resource.tables)
                into.push_back(&table);
        }
        collect(resource.resources, results, into);
    }
}

} // namespace

std::optional<std::size_t> VotableTable::field(std::string_view nameOrId) const {
    const std::string wanted = core::lowerCase(nameOrId);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (core::lowerCase(fields[i].name) == wanted || core::lowerCase(fields[i].id) == wanted) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> VotableTable::fieldByUtype(std::string_view ending) const {
    const std::string wanted = core::lowerCase(ending);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string own = core::lowerCase(fields[i].utype);
        if (!own.ends_with(wanted)) continue;
        if (own.size() == wanted.size() || own[own.size() - wanted.size() - 1] == '.' ||
            own[own.size() - wanted.size() - 1] == ':')
            return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> VotableTable::fieldByUcd(std::string_view firstWord) const {
    const std::string wanted = core::lowerCase(firstWord);
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::string own = core::lowerCase(fields[i].ucd);
        if (core::trimmed(std::string_view(own).substr(0, own.find(';'))) == wanted) return i;
    }
    return std::nullopt;
}

std::span<const double> VotableTable::numbers(std::size_t row, std::size_t column) const {
    const VotableColumn& cells = columns[column];
    if (cells.offsets.size() < row + 2) return {};
    return std::span(cells.numbers).subspan(cells.offsets[row], cells.offsets[row + 1] - cells.offsets[row]);
}

std::optional<double> VotableTable::number(std::size_t row, std::size_t column) const {
    if (isNull(row, column)) return std::nullopt;
    if (fields[column].isText()) return core::parseDouble(columns[column].texts[row]);
    const auto values = numbers(row, column);
    return values.size() == 1 ? std::optional(values[0]) : std::nullopt;
}

std::string VotableTable::text(std::size_t row, std::size_t column) const {
    if (isNull(row, column)) return {};
    const VotableColumn& cells = columns[column];
    if (!cells.texts.empty()) return cells.texts[row];
    std::string joined;
    for (const double value : numbers(row, column)) {
        if (!joined.empty()) joined += ' ';
        if (fields[column].datatype == "boolean") {
            joined += std::isnan(value) ? "?" : value != 0 ? "true" : "false";
        } else if (fields[column].datatype == "float") {
            joined += core::formatFloat(static_cast<float>(value));
        } else {
            joined += core::formatDouble(value);
        }
    }
    return joined;
}

std::vector<const VotableTable*> Votable::tables() const {
    std::vector<const VotableTable*> all;
    collect(resources, true, all);
    collect(resources, false, all);
    return all;
}

bool looksLikeVotable(std::span<const std::byte> bytes) {
    std::string_view text = asText(bytes.first(std::min<std::size_t>(bytes.size(), 16384)));
    text = withoutByteOrderMark(text);
    // Past the declaration, comments and the DOCTYPE to the first element.
    while (true) {
        text = text.substr(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
        if (text.empty() || text.front() != '<') return false;
        std::size_t end = 0;
        if (text.starts_with("<!--")) {
            end = text.find("-->");
            if (end != std::string_view::npos) end += 3;
        } else if (text.starts_with("<?") || text.starts_with("<!")) {
            end = text.find('>');
            const std::size_t inner = text.find('[');
            if (text.starts_with("<!DOCTYPE") && inner < end) end = text.find("]>");
            if (end != std::string_view::npos) end = text.find('>', end) + 1;
        } else {
            break;
        }
        if (end == std::string_view::npos || end == 0) return false;
        text.remove_prefix(end);
    }
    std::string_view name = text.substr(1, std::min(text.find_first_of(" \t\r\n>/"), text.size()) - 1);
    if (const std::size_t colon = name.find(':'); colon != std::string_view::npos)
        name.remove_prefix(colon + 1);
    return name == "VOTABLE";
}

Result<Votable> parseVotable(std::span<const std::byte> bytes, const VotableLimits& limits) {
    return Parser(bytes, limits).run();
}

} // namespace balmer::io

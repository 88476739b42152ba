#include "engine/io/votable_writer.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <utility>

#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/io/file_bytes.h"
#include "engine/io/votable_row_encoder.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

constexpr std::size_t MOST_ROW_BYTES = std::size_t{1} << 26;

// What an attribute or a description says, with what XML cannot hold replaced.
std::string sayable(std::string_view text) {
    return core::isUtf8(text) && holdsXml(text) ? std::string(text) : printable(text);
}

// xs:NCName, of ASCII.
bool isXmlName(std::string_view text) {
    const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    return !text.empty() && letter(text.front()) && std::all_of(text.begin(), text.end(), [&](char c) {
        return letter(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
    });
}

// The pattern of the schema's ucdType.
bool isUcd(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("_.:;-").find(c) != std::string_view::npos;
    });
}

// The value of a PARAM with blanks between its elements; nothing where it is none of the datatype.
std::optional<std::string> paramValue(const Coding& coding, const std::string& value) {
    if (coding.isText() || core::trimmed(value).empty()) return value;
    std::string joined, spaced = value;
    std::replace(spaced.begin(), spaced.end(), ',', ' ');
    std::size_t count = 0;
    for (const std::string& element : core::splitList(core::trimmed(spaced), ' ')) {
        if (element.empty()) continue;
        const bool truth = coding.type == VotableType::Boolean || coding.type == VotableType::Bit;
        const bool fits = truth                ? std::string_view("TtFf10?").find(element[0]) < 7
                          : coding.isInteger() ? core::parseInteger(element) || element.starts_with("0x")
                                               : core::parseDouble(element).has_value();
        if (!fits) return std::nullopt;
        joined += (count > 0 ? " " : "") + element;
        ++count;
    }
    if (count % coding.parts() != 0 || (!coding.variable && count != coding.count * coding.parts()))
        return std::nullopt;
    return joined;
}

} // namespace

struct VotableWriter::State {
    enum class Open { Document, Resource, Table };

    State(ByteSink s, const VotableWriteOptions& o) : sink(std::move(s)), options(o) {}

    // Everything goes through here: what is open is checked, an error stays.
    template <typename Doing>
    Status guarded(bool right, Doing&& doing) {
        if (failure) return fail(*failure);
        Status status = right ? doing()
                              : Status(fail(ErrorCode::InvalidArgument,
                                            "the parts of a VOTable are written in the wrong order"));
        if (status && out.size() >= pieceBytes) status = flush();
        if (!status) failure = status.error();
        return status;
    }
    Status flush() {
        const Status status = out.empty() ? Status() : sink(out);
        out.clear();
        return status;
    }

    // ------------------------------------------------------------------ metadata
    void attribute(std::string_view name, std::string_view value, bool evenIfEmpty = false) {
        if (value.empty() && !evenIfEmpty) return;
        out += ' ';
        out += name;
        out += "=\"";
        appendEscaped(out, sayable(value), true);
        out += '"';
    }
    void id(const std::string& value) {
        if (isXmlName(value) && ids.insert(value).second) attribute("ID", value);
    }
    void ref(const std::string& value) {
        if (ids.count(value) > 0) attribute("ref", value);
    }
    void ucd(const std::string& value) {
        if (isUcd(value)) attribute("ucd", value);
    }
    void element(std::string_view name, std::string_view text) {
        if (text.empty()) return;
        out += '<';
        out += name;
        out += '>';
        appendEscaped(out, sayable(text), false);
        out += "</";
        out += name;
        out += ">\n";
    }
    void infos(const std::vector<VotableInfo>& list) {
        for (const VotableInfo& info : list) {
            if (info.name.empty()) continue;
            out += "<INFO";
            id(info.id);
            attribute("name", info.name);
            attribute("value", info.value, true);
            out += '>';
            appendEscaped(out, sayable(info.text), false);
            out += "</INFO>\n";
        }
    }
    void links(const std::vector<VotableLink>& list) {
        for (const VotableLink& link : list) {
            out += "<LINK";
            attribute("content-role", link.contentRole);
            attribute("content-type", link.contentType);
            attribute("title", link.title);
            attribute("value", link.value);
            attribute("href", link.href);
            attribute("action", link.action);
            out += "/>\n";
        }
    }
    Status field(const VotableField& f, bool isParam) {
        auto found = rowColumnOf(f);
        auto value = found && isParam ? paramValue(found->coding, f.value) : std::nullopt;
        const bool isPlain = isParam && !value;
        if (isPlain && !(f.name.empty() && f.id.empty())) { // then it is text
            VotableField plain = f;
            plain.datatype = "char";
            plain.arraysize = "*";
            found = rowColumnOf(plain);
            value = f.value;
        }
        BALMER_TRY(RowColumn column, std::move(found));
        std::string size(isPlain ? std::string_view("*") : core::trimmed(f.arraysize));
        const bool plane = size.find('x') != std::string::npos;
        if (size == "1") size.clear();
        if (column.coding.variable && !plane) size = "*"; // astropy 5 takes "n*" for n in BINARY2
        // astropy 5 and STIL 4 count those differently.
        if (column.coding.variable && !isParam && options.data == VotableData::Binary2 &&
            (plane || column.coding.isComplex() || column.coding.type == VotableType::Bit)) {
            return fail(
                ErrorCode::InvalidArgument,
                "column " + column.name + ", " + f.datatype + " with arraysize \"" + size +
                    "\", is counted in BINARY2 by different readers in different ways; write TABLEDATA "
                    "or give it a fixed size");
        }
        out += isParam ? "<PARAM" : "<FIELD";
        id(f.id);
        attribute("name", column.name);
        attribute("datatype", nameOf(column.coding.type));
        attribute("arraysize", size);
        attribute("unit", f.unit);
        ucd(f.ucd);
        attribute("utype", f.utype);
        attribute("xtype", f.xtype);
        ref(f.ref);
        if (isParam) attribute("value", *value, true);
        const bool values =
            column.coding.null || !f.minimum.empty() || !f.maximum.empty() || !f.options.empty();
        if (!values && f.description.empty() && f.links.empty()) {
            out += "/>\n";
        } else {
            out += ">\n";
            element("DESCRIPTION", f.description);
            if (values) {
                out += "<VALUES";
                if (column.coding.null) attribute("null", std::to_string(*column.coding.null));
                out += ">\n";
                const auto bound = [&](std::string_view name, const std::string& limit) {
                    if (limit.empty()) return;
                    out += "<";
                    out += name;
                    attribute("value", limit);
                    out += "/>\n";
                };
                bound("MIN", f.minimum);
                bound("MAX", f.maximum);
                for (const std::string& option : f.options) {
                    out += "<OPTION";
                    attribute("value", option, true);
                    out += "/>\n";
                }
                out += "</VALUES>\n";
            }
            links(f.links);
            out += isParam ? "</PARAM>\n" : "</FIELD>\n";
        }
        if (!isParam) columns.push_back(std::move(column));
        return {};
    }
    Status params(const std::vector<VotableField>& list) {
        for (const VotableField& param : list)
            BALMER_CHECK(field(param, true));
        return {};
    }
    Status groups(const std::vector<VotableGroup>& list) {
        for (const VotableGroup& group : list) {
            out += "<GROUP";
            id(group.id);
            attribute("name", group.name);
            ref(group.ref);
            ucd(group.ucd);
            attribute("utype", group.utype);
            out += ">\n";
            element("DESCRIPTION", group.description);
            const auto references = [&](std::string_view name, const std::vector<std::string>& refs) {
                for (const std::string& to : refs) {
                    if (ids.count(to) == 0) continue;
                    out += "<";
                    out += name;
                    ref(to);
                    out += "/>\n";
                }
            };
            references("FIELDref", group.fieldRefs);
            references("PARAMref", group.paramRefs);
            BALMER_CHECK(params(group.params));
            BALMER_CHECK(groups(group.groups));
            out += "</GROUP>\n";
        }
        return {};
    }
    void systems(const std::vector<VotableCoordinateSystem>& space,
                 const std::vector<VotableTimeSystem>& time) {
        static constexpr std::array<std::string_view, 10> KNOWN{
            "eq_FK4",   "eq_FK5",        "ICRS", "ecl_FK4",     "ecl_FK5",
            "galactic", "supergalactic", "xy",   "barycentric", "geo_app"};
        const auto year = [](std::string_view text) { // the schema's astroYear
            if (text.starts_with('J') || text.starts_with('B')) text.remove_prefix(1);
            return !text.empty() && text.find_first_not_of("0123456789.") == std::string_view::npos &&
                   core::parseDouble(text) && text.front() != '.';
        };
        for (const VotableCoordinateSystem& system : space) {
            if (!isXmlName(system.id) || ids.count(system.id) > 0 ||
                (!system.system.empty() &&
                 std::find(KNOWN.begin(), KNOWN.end(), system.system) == KNOWN.end()))
                continue;
            out += "<COOSYS";
            id(system.id);
            attribute("system", system.system);
            if (year(system.equinox)) attribute("equinox", system.equinox);
            if (year(system.epoch)) attribute("epoch", system.epoch);
            out += "/>\n";
        }
        for (const VotableTimeSystem& system : time) {
            if (!isXmlName(system.id) || ids.count(system.id) > 0 || system.timeScale.empty() ||
                system.refPosition.empty())
                continue;
            out += "<TIMESYS";
            id(system.id);
            const bool origin = system.timeOrigin == "JD-origin" || system.timeOrigin == "MJD-origin" ||
                                core::parseDouble(system.timeOrigin).has_value();
            if (origin) attribute("timeorigin", system.timeOrigin);
            attribute("timescale", system.timeScale);
            attribute("refposition", system.refPosition);
            out += "/>\n";
        }
    }

    Status begin(const Votable& head) {
        out += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
               "<VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\">\n";
        element("DESCRIPTION", head.description);
        systems(head.coordinateSystems, head.timeSystems);
        BALMER_CHECK(params(head.params));
        BALMER_CHECK(groups(head.groups));
        infos(head.infos);
        open.push_back(Open::Document);
        return {};
    }
    Status beginResource(const VotableResource& head) {
        if (!childless.empty()) childless.back() = false;
        out += "<RESOURCE";
        id(head.id);
        attribute("name", head.name);
        attribute("utype", head.utype);
        attribute("type", head.type == "meta" ? "meta" : "results");
        out += ">\n";
        element("DESCRIPTION", head.description);
        infos(head.infos);
        systems(head.coordinateSystems, head.timeSystems);
        BALMER_CHECK(params(head.params));
        BALMER_CHECK(groups(head.groups));
        if (!head.tables.empty() || !head.resources.empty()) links(head.links);
        open.push_back(Open::Resource);
        ++resourcesWritten;
        childless.push_back(true);
        return {};
    }
    Status beginTable(const VotableTable& head) {
        childless.back() = false;
        if (head.fields.empty())
            return fail(ErrorCode::InvalidArgument,
                        "a table of the VOTable has no columns; give it one at least");
        columns.clear();
        tableHead(head);
        element("DESCRIPTION", head.description);
        infos(head.infos);
        for (const VotableField& f : head.fields)
            BALMER_CHECK(field(f, false));
        BALMER_CHECK(params(head.params));
        BALMER_CHECK(groups(head.groups));
        links(head.links);
        std::size_t rowBytes = 0;
        for (const RowColumn& column : columns) {
            const auto bytes = column.coding.bytesOf(column.coding.variable ? 0 : column.coding.count);
            if (!bytes || *bytes > MOST_ROW_BYTES || (rowBytes += *bytes) > MOST_ROW_BYTES)
                return fail(ErrorCode::InvalidArgument, "with column " + column.name +
                                                            " a row of the VOTable is longer than 64 MiB; "
                                                            "make the arraysize variable");
        }
        out += options.data == VotableData::TableData ? "<DATA>\n<TABLEDATA>\n"
                                                      : "<DATA>\n<BINARY2>\n<STREAM encoding=\"base64\">\n";
        encoder.emplace(options.data, std::move(columns));
        open.push_back(Open::Table);
        return {};
    }
    void tableHead(const VotableTable& head) {
        out += "<TABLE";
        id(head.id);
        attribute("name", head.name);
        ucd(head.ucd);
        attribute("utype", head.utype);
        out += ">\n";
    }
    // A table whose rows are not there.
    Status tableWithoutData(const VotableTable& head) {
        childless.back() = false;
        columns.clear();
        if (head.fields.empty() && head.params.empty() && head.groups.empty()) return {};
        tableHead(head);
        element("DESCRIPTION", head.description);
        infos(head.infos);
        for (const VotableField& f : head.fields)
            BALMER_CHECK(field(f, false));
        BALMER_CHECK(params(head.params));
        BALMER_CHECK(groups(head.groups));
        links(head.links);
        out += "</TABLE>\n";
        return {};
    }

    Status endTable(const std::vector<VotableInfo>& trailing) {
        if (options.data == VotableData::TableData) {
            out += "</TABLEDATA>\n</DATA>\n";
        } else {
            encoder->finish(out);
            out += "</STREAM>\n</BINARY2>\n</DATA>\n";
        }
        infos(trailing);
        out += "</TABLE>\n";
        open.pop_back();
        return {};
    }

    ByteSink sink;
    VotableWriteOptions options;
    std::optional<core::Error> failure;
    std::string out;
    std::vector<Open> open;
    std::set<std::string> ids;
    std::vector<RowColumn> columns;
    std::optional<RowEncoder> encoder;
    std::size_t resourcesWritten = 0;
    std::vector<bool> childless; ///< of the resources that are open
    bool ended = false;

    bool isOpen(Open what) const { return !open.empty() && open.back() == what; }
};

VotableWriter::VotableWriter(ByteSink sink, const VotableWriteOptions& options)
    : state_(std::make_unique<State>(std::move(sink), options)) {}
VotableWriter::~VotableWriter() = default;
VotableWriter::VotableWriter(VotableWriter&&) noexcept = default;
VotableWriter& VotableWriter::operator=(VotableWriter&&) noexcept = default;

Status VotableWriter::begin(const Votable& head) {
    State& s = *state_;
    return s.guarded(s.open.empty() && !s.ended, [&] { return s.begin(head); });
}

Status VotableWriter::beginResource(const VotableResource& head) {
    State& s = *state_;
    return s.guarded(s.isOpen(State::Open::Document) || s.isOpen(State::Open::Resource),
                     [&] { return s.beginResource(head); });
}

Status VotableWriter::beginTable(const VotableTable& head) {
    State& s = *state_;
    return s.guarded(s.isOpen(State::Open::Resource), [&] { return s.beginTable(head); });
}

Status VotableWriter::tableWithoutData(const VotableTable& head) {
    State& s = *state_;
    return s.guarded(s.isOpen(State::Open::Resource), [&] { return s.tableWithoutData(head); });
}

Status VotableWriter::row(std::span<const VotableCell> cells) {
    State& s = *state_;
    return s.guarded(s.isOpen(State::Open::Table), [&] { return s.encoder->append(cells, s.out); });
}

Status VotableWriter::endTable(const std::vector<VotableInfo>& infos) {
    State& s = *state_;
    return s.guarded(s.isOpen(State::Open::Table), [&] { return s.endTable(infos); });
}

Status VotableWriter::endResource(const std::vector<VotableInfo>& infos) {
    State& s = *state_;
    return s.guarded(s.isOpen(State::Open::Resource), [&]() -> Status {
        if (s.childless.back() && !infos.empty()) // the schema wants a table before them
            return fail(
                ErrorCode::InvalidArgument,
                "a resource without a table has its infos at its beginning; give them to beginResource()");
        s.infos(infos);
        s.out += "</RESOURCE>\n";
        s.childless.pop_back();
        s.open.pop_back();
        return {};
    });
}

Status VotableWriter::end() {
    State& s = *state_;
    return s.guarded(s.isOpen(State::Open::Document) && s.open.size() == 1, [&]() -> Status {
        if (s.resourcesWritten == 0) s.out += "<RESOURCE type=\"results\"/>\n"; // the schema wants one
        s.out += "</VOTABLE>\n";
        s.open.pop_back();
        s.ended = true;
        return s.flush();
    });
}

namespace {

VotableTable headOf(const VotableTable& table) {
    VotableTable head;
    head.id = table.id;
    head.name = table.name;
    head.utype = table.utype;
    head.ucd = table.ucd;
    head.description = table.description;
    head.fields = table.fields;
    head.params = table.params;
    head.groups = table.groups;
    head.infos = table.infos;
    head.links = table.links;
    return head;
}

// Views into the table's own row.
Status writeRows(VotableWriter& writer, const VotableTable& table) {
    std::vector<VotableCell> cells(table.fields.size());
    for (std::size_t r = 0; r < table.rows; ++r) {
        for (std::size_t c = 0; c < cells.size(); ++c) {
            const VotableColumn& column = table.columns[c];
            if (column.isNull(r))
                cells[c] = std::monostate();
            else if (column.isText())
                cells[c] = column.textView(r);
            else if (column.type == VotableType::Long)
                cells[c] = column.integerArray(r);
            else
                cells[c] = column.numberArray(r);
        }
        BALMER_CHECK(writer.row(cells));
    }
    return {};
}

Status writeResource(VotableWriter& writer, const VotableResource& resource) {
    BALMER_CHECK(writer.beginResource(resource));
    for (const VotableTable& table : resource.tables) {
        if (!table.unread.empty() || table.fields.empty() || table.columns.size() != table.fields.size()) {
            BALMER_CHECK(writer.tableWithoutData(table));
            continue;
        }
        VotableTable head = headOf(table);
        for (std::size_t c = 0; c < head.fields.size(); ++c) { // char is ASCII
            const auto& texts = table.columns[c].texts;
            if (head.fields[c].datatype != "unicodeChar" && !std::all_of(texts.begin(), texts.end(), isAscii))
                head.fields[c].datatype = "unicodeChar";
        }
        BALMER_CHECK(writer.beginTable(head));
        BALMER_CHECK(writeRows(writer, table));
        BALMER_CHECK(writer.endTable());
    }
    for (const VotableResource& inner : resource.resources)
        BALMER_CHECK(writeResource(writer, inner));
    return writer.endResource();
}

} // namespace

Status writeVotable(const Votable& document, const ByteSink& sink, const VotableWriteOptions& options) {
    VotableWriter writer(sink, options);
    BALMER_CHECK(writer.begin(document));
    for (const VotableResource& resource : document.resources)
        BALMER_CHECK(writeResource(writer, resource));
    return writer.end();
}

Result<std::string> formatVotable(const Votable& document, const VotableWriteOptions& options) {
    std::string text;
    BALMER_CHECK(writeVotable(
        document,
        [&](std::string_view bytes) -> Status {
            text += bytes;
            return {};
        },
        options));
    return text;
}

} // namespace balmer::io

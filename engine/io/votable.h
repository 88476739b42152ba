// VOTable 1.0 to 1.5 (IVOA Recommendation 2019-10-21 and its forerunners): the document as values.
//
// parseVotable() reads a whole document; io::VotableReader reads row by row what is too long for that;
// io::VotableWriter writes. Read are TABLEDATA, BINARY, BINARY2 and FITS, inline, or elsewhere where the
// caller opens it; namespaces and their absence are alike, unknown elements are passed over, gzip is undone.
// No DTD is loaded, no entity expanded beyond the five of XML (a document that declares its own is refused),
// no address followed: a table whose rows are not read says why in `unread`. Functions without state; any
// thread. Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/byte_source.h"

namespace balmer::io {

/// LINK
struct VotableLink {
    std::string href, title, contentRole, contentType, value, action;
};

/// PARAM, or the description of a column (FIELD), whose value is then empty.
struct VotableField {
    std::string id, name, datatype, arraysize, unit, ucd, utype, xtype, ref, description;
    std::string value;                ///< PARAM's
    std::string nullText;             ///< VALUES null=
    std::vector<std::string> options; ///< VALUES' OPTION values
    std::string minimum, maximum;     ///< VALUES' MIN and MAX
    std::vector<VotableLink> links;
    bool isText() const {
        return datatype == "char" || datatype == "unicodeChar" || datatype == "string" || datatype.empty();
    }
};

/// INFO: QUERY_STATUS, request parameters, provenance.
struct VotableInfo {
    std::string id, name, value, text;
};

struct VotableGroup {
    std::string id, name, ucd, utype, ref, description;
    std::vector<VotableField> params;
    std::vector<std::string> fieldRefs, paramRefs;
    std::vector<VotableGroup> groups;
};

/// COOSYS
struct VotableCoordinateSystem {
    std::string id, system, equinox, epoch;
};

/// TIMESYS
struct VotableTimeSystem {
    std::string id, timeOrigin, timeScale, refPosition;
};

/// The datatypes of VOTable 1.3, section 2.1.
enum class VotableType : std::uint8_t {
    Boolean,
    Bit,
    UnsignedByte,
    Short,
    Int,
    Long,
    Char,
    UnicodeChar,
    Float,
    Double,
    FloatComplex,
    DoubleComplex
};

/// One column's cells, one after the other. Numbers (booleans as 0 and 1, bits; complex ones as pairs) lie in
/// `numbers`, those of the datatype long, which a double does not hold, in `integers`, text (UTF-8) in
/// `texts`.
struct VotableColumn {
    VotableType type = VotableType::Char;
    std::vector<double> numbers;
    std::vector<std::int64_t> integers;
    std::vector<std::size_t> offsets; ///< cell r is [offsets[r], offsets[r + 1]) of numbers or integers
    std::vector<std::string> texts;   ///< one a row
    std::vector<std::uint8_t> nulls;  ///< 1: no value. NaN is a value.

    bool isText() const { return type == VotableType::Char || type == VotableType::UnicodeChar; }
    bool isNull(std::size_t row) const { return nulls[row] != 0; }
    /// Absent for null, for text that is not a number and for arrays of other than one element.
    std::optional<double> number(std::size_t row) const;
    /// The whole number, exactly; absent as above, and for what is not a whole number of 64 bits.
    std::optional<std::int64_t> integer(std::size_t row) const;
    /// Empty for null, for text and for the datatype long.
    std::span<const double> numberArray(std::size_t row) const;
    /// Empty for all but the datatype long.
    std::span<const std::int64_t> integerArray(std::size_t row) const;
    /// As text, whatever the type, the elements of an array with blanks between; "" for null.
    std::string text(std::size_t row) const;
    /// A text cell without a copy, valid as long as the column; "" for null and for numbers.
    std::string_view textView(std::size_t row) const;
};

struct VotableTable {
    std::string id, name, ref, utype, ucd, description;
    std::vector<VotableField> fields;
    std::vector<VotableField> params;
    std::vector<VotableGroup> groups;
    std::vector<VotableInfo> infos;
    std::vector<VotableLink> links;
    std::vector<VotableColumn> columns; ///< one a field
    std::size_t rows = 0;
    std::string unread; ///< why the data were left out; "" when they were read

    /// The first field whose name or ID is this, without regard to case.
    std::optional<std::size_t> field(std::string_view nameOrId) const;
    /// The first field whose utype ends with this after a namespace or a dot ("SpectralAxis.Value"), without
    /// case.
    std::optional<std::size_t> fieldByUtype(std::string_view ending) const;
    /// The first field with this word of UCD1+ ("em.wl") as the first word of its ucd.
    std::optional<std::size_t> fieldByUcd(std::string_view firstWord) const;

    /// The same as those of the column.
    bool isNull(std::size_t row, std::size_t column) const { return columns[column].isNull(row); }
    std::optional<double> number(std::size_t row, std::size_t column) const {
        return columns[column].number(row);
    }
    std::string text(std::size_t row, std::size_t column) const { return columns[column].text(row); }
    /// Empty for null and for text; those of the datatype long as far as doubles hold them.
    std::vector<double> numbers(std::size_t row, std::size_t column) const;
};

struct VotableResource {
    std::string id, name, type, utype, description;
    std::vector<VotableInfo> infos;
    std::vector<VotableField> params;
    std::vector<VotableGroup> groups;
    std::vector<VotableCoordinateSystem> coordinateSystems;
    std::vector<VotableTimeSystem> timeSystems;
    std::vector<VotableLink> links;
    std::vector<VotableTable> tables;
    std::vector<VotableResource> resources;
};

struct Votable {
    std::string version, description;
    std::vector<VotableInfo> infos;
    std::vector<VotableField> params;
    std::vector<VotableGroup> groups;
    std::vector<VotableCoordinateSystem> coordinateSystems;
    std::vector<VotableTimeSystem> timeSystems;
    std::vector<VotableResource> resources;

    /// All tables of all resources in the order of the document, those of a RESOURCE type="results" first.
    std::vector<const VotableTable*> tables() const;
};

struct VotableLimits {
    /// Numbers that are held at a time; a text counts for four, and for one more each eight bytes.
    std::size_t cells = 50'000'000;
    std::size_t depth = 64; ///< of nested elements
    /// Outside of the tables' data; what one element takes over from another (fields of another table,
    /// OPTIONs of another's VALUES) counts again.
    std::size_t elements = 500'000;
    std::size_t textBytes = std::size_t{1} << 26;   ///< of attributes and texts outside of the tables' data
    std::size_t rowBytes = std::size_t{1} << 26;    ///< one row's, as it is written
    std::size_t fitsBytes = std::size_t{1} << 28;   ///< of a table in FITS, which is unpacked in memory
    std::size_t attributes = 256;                   ///< of one element, with the namespaces that it declares
    std::size_t markupBytes = std::size_t{1} << 20; ///< of one tag or comment
    std::size_t declarationBytes = std::size_t{1} << 14; ///< of a document type declaration
    std::stop_token stop = {};                           ///< ends the reading with Cancelled
};

/// Whether the bytes look like a VOTable: XML with the root element VOTABLE.
bool looksLikeVotable(std::span<const std::byte> bytes);

/// Errors: Format with the line for XML that is not well-formed, rows with more cells than columns, binary
/// data that end within a row; Unsupported for documents that declare entities; ResourceExhausted beyond the
/// limits. An empty cell, a missing one at the end of a row, a scalar that is not a number in a numeric
/// column and the value that VALUES null= names are null. A char or unicodeChar cell that is empty is null
/// too; one that is longer than a fixed arraysize is cut. An element of an array that is null is NaN; of the
/// datatype long, which has no NaN, it is the value that VALUES null= names.
core::Result<Votable> parseVotable(std::span<const std::byte> bytes, const VotableLimits& limits = {},
                                   OpenStream openStream = nullptr);

} // namespace balmer::io

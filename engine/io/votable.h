// VOTable 1.0 to 1.5 (IVOA Recommendation 2019-10-21 and its forerunners): the whole document as values.
//
// Read are TABLEDATA, BINARY and BINARY2 (base64, inline); namespaces and their absence are alike, unknown
// elements are passed over. No DTD is loaded, no entity expanded beyond the five of XML, no address followed:
// a STREAM with href or in FITS leaves a table without rows whose `unread` says why. Functions without state;
// any thread. Values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::io {

/// PARAM, or the description of a column (FIELD), whose value is then empty.
struct VotableField {
    std::string id, name, datatype, arraysize, unit, ucd, utype, xtype, ref, description;
    std::string value;                ///< PARAM's
    std::string nullText;             ///< VALUES null=
    std::vector<std::string> options; ///< VALUES' OPTION values
    std::string minimum, maximum;     ///< VALUES' MIN and MAX
    bool isText() const {
        return datatype == "char" || datatype == "unicodeChar" || datatype == "string" || datatype.empty();
    }
};

/// INFO: QUERY_STATUS, request parameters, provenance.
struct VotableInfo {
    std::string id, name, value, text;
};

struct VotableGroup {
    std::string id, name, ucd, utype, ref;
    std::vector<VotableField> params;
    std::vector<std::string> fieldRefs, paramRefs;
    std::vector<VotableGroup> groups;
};

/// COOSYS
struct VotableCoordinateSystem {
    std::string id, system, equinox, epoch;
};

/// One column's cells. Numbers (and booleans, bits; complex ones as pairs) lie one after the other in
/// `numbers`, text in `texts`; 64-bit integers have both, because a double does not hold them all.
struct VotableColumn {
    std::vector<double> numbers;
    std::vector<std::size_t> offsets; ///< cell r of a numeric column is numbers[offsets[r] … offsets[r + 1])
    std::vector<std::string> texts;
    std::vector<std::uint8_t> nulls; ///< 1: no value. NaN is a value.
};

struct VotableTable {
    std::string id, name, ref, utype, ucd, description;
    std::vector<VotableField> fields;
    std::vector<VotableField> params;
    std::vector<VotableGroup> groups;
    std::vector<VotableInfo> infos;
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

    bool isNull(std::size_t row, std::size_t column) const { return columns[column].nulls[row] != 0; }
    /// Absent for null, for text that is no number and for arrays of other than one element.
    std::optional<double> number(std::size_t row, std::size_t column) const;
    /// Empty for null and for text.
    std::span<const double> numbers(std::size_t row, std::size_t column) const;
    /// As text, whatever the type; "" for null.
    std::string text(std::size_t row, std::size_t column) const;
};

struct VotableResource {
    std::string id, name, type, utype, description;
    std::vector<VotableInfo> infos;
    std::vector<VotableField> params;
    std::vector<VotableGroup> groups;
    std::vector<VotableCoordinateSystem> coordinateSystems;
    std::vector<VotableTable> tables;
    std::vector<VotableResource> resources;
};

struct Votable {
    std::string version, description;
    std::vector<VotableInfo> infos;
    std::vector<VotableField> params;
    std::vector<VotableCoordinateSystem> coordinateSystems;
    std::vector<VotableResource> resources;

    /// All tables of all resources in the order of the document, those of a RESOURCE type="results" first.
    std::vector<const VotableTable*> tables() const;
};

struct VotableLimits {
    std::size_t cells = 50'000'000; ///< numbers and texts together
    std::size_t depth = 64;         ///< of nested elements
};

/// Whether the bytes look like a VOTable: XML with the root element VOTABLE.
bool looksLikeVotable(std::span<const std::byte> bytes);

/// Errors: Format with the line for XML that is not well-formed, rows with more cells than columns, binary
/// data that end within a row; ResourceExhausted beyond the limits. An empty cell, a missing one at the end
/// of a row and a scalar that is no number in a numeric column are null.
core::Result<Votable> parseVotable(std::span<const std::byte> bytes, const VotableLimits& limits = {});

} // namespace balmer::io

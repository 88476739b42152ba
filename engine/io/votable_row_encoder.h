// Rows of a VOTable as TABLEDATA or BINARY2. Private to the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/votable_coding.h"
#include "engine/io/votable_writer.h"

namespace balmer::io {

/// Text that XML 1.0 holds in UTF-8.
bool holdsXml(std::string_view text);
bool isAscii(std::string_view text);
void appendEscaped(std::string& out, std::string_view text, bool attribute);
/// As VOTable spells it.
std::string_view nameOf(VotableType type);

struct RowColumn {
    Coding coding;
    std::string name;
};
/// Errors: InvalidArgument as VotableWriter::beginTable().
core::Result<RowColumn> rowColumnOf(const VotableField& field);

class RowEncoder {
  public:
    RowEncoder(VotableData data, std::vector<RowColumn> columns)
        : data_(data), columns_(std::move(columns)) {}

    /// Appends what the row is in the document. Errors: as VotableWriter::row(); nothing is appended then.
    core::Status append(std::span<const VotableCell> cells, std::string& out);
    /// What is left of the last line of base64.
    void finish(std::string& out) { encode(true, out); }

  private:
    /// A number of a cell; what is whole is exact.
    struct Number {
        double real = 0;
        std::int64_t whole = 0;
        bool isWhole = false;
    };
    static Number numberOf(double value);
    static Number numberOf(std::int64_t value) { return {static_cast<double>(value), value, true}; }

    core::Status cell(const RowColumn& column, const VotableCell& value, std::size_t c);
    void nullCell(const RowColumn& column, std::size_t c);
    core::Status textCell(const RowColumn& column, std::string_view text, std::size_t c);
    core::Status numberCell(const RowColumn& column, std::size_t c);
    core::Status wrong(const RowColumn& column, const std::string& why) const;
    void appendText(const Coding& coding, const Number& n);
    void appendBinary(const Coding& coding, const Number& n);
    void encode(bool last, std::string& out);

    VotableData data_;
    std::vector<RowColumn> columns_;
    std::vector<Number> numbers_;
    std::string text_;   ///< the row in TABLEDATA
    std::string binary_; ///< rows of BINARY2 that are not a whole line yet
    std::size_t rowBegin_ = 0, rows_ = 0;
};

} // namespace balmer::io

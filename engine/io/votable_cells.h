// The cells of VOTables: how a datatype is coded, and their decoding from TABLEDATA, BINARY and BINARY2.
// Private to the module.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/votable.h"

namespace balmer::io {

/// How a column's cells are coded.
struct Coding {
    enum class Type { Boolean, Bit, Byte, Short, Int, Long, Char, UnicodeChar, Float, Double };
    Type type = Type::Char;
    std::size_t parts = 1; ///< numbers an element: 2 for complex ones
    std::size_t count = 1; ///< elements a cell, or of the fixed dimensions where the last one is variable
    bool variable = false;
    std::optional<double> null;
    std::string nullText;

    bool isText() const { return type == Type::Char || type == Type::UnicodeChar; }
    bool isInteger() const {
        return type == Type::Byte || type == Type::Short || type == Type::Int || type == Type::Long;
    }
    std::size_t bytes() const {
        switch (type) {
        case Type::Short:
        case Type::UnicodeChar:
            return 2;
        case Type::Int:
        case Type::Float:
            return 4;
        case Type::Long:
        case Type::Double:
            return 8;
        default:
            return 1;
        }
    }
};

/// Nothing for a datatype or an arraysize that VOTable does not know.
std::optional<Coding> codingOf(const VotableField& field);

/// Fills a table's columns cell by cell, row by row; each cell is taken off a budget that the tables of a
/// document share.
class CellSink {
  public:
    CellSink(VotableTable& table, std::vector<Coding> codings, std::size_t& budget)
        : table_(table), codings_(std::move(codings)), budget_(budget) {
        table_.columns.resize(codings_.size());
        for (std::size_t i = 0; i < codings_.size(); ++i) {
            if (!codings_[i].isText()) table_.columns[i].offsets.push_back(0);
        }
    }

    const std::vector<Coding>& codings() const { return codings_; }

    core::Status spend(std::size_t cells) {
        if (cells > budget_)
            return core::fail(core::ErrorCode::ResourceExhausted,
                              "the VOTable holds more cells than are read");
        budget_ -= cells;
        return {};
    }
    void addNull(std::size_t c) {
        VotableColumn& column = table_.columns[c];
        column.nulls.push_back(1);
        if (codings_[c].isText() || codings_[c].type == Coding::Type::Long) column.texts.emplace_back();
        if (!codings_[c].isText()) column.offsets.push_back(column.numbers.size());
    }
    void addText(std::size_t c, std::string text) {
        table_.columns[c].texts.push_back(std::move(text));
        table_.columns[c].nulls.push_back(0);
    }
    // The numbers are already at the end of the column.
    void addNumbers(std::size_t c, std::string longText = {}) {
        VotableColumn& column = table_.columns[c];
        column.offsets.push_back(column.numbers.size());
        column.nulls.push_back(0);
        if (codings_[c].type == Coding::Type::Long) column.texts.push_back(std::move(longText));
    }
    VotableColumn& column(std::size_t c) { return table_.columns[c]; }

    /// The text of one TD.
    core::Status addTd(std::size_t c, std::string text);

  private:
    VotableTable& table_;
    std::vector<Coding> codings_;
    std::size_t& budget_;
};

/// Nothing when there is anything but base64 and white space.
std::optional<std::string> fromBase64(std::string_view text);

/// BINARY, with flags BINARY2 (VOTable 1.3, sections 5.3 and 5.4); counts the rows.
core::Status readBinary(CellSink& sink, std::string_view data, bool flags, std::size_t& rows);

} // namespace balmer::io

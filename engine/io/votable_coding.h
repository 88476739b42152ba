// How the cells of a VOTable's column are coded: by its datatype and arraysize, in text and in bytes. Private
// to the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/io/votable.h"

namespace balmer::io {

/// How a column's cells are coded.
struct Coding {
    VotableType type = VotableType::Char;
    std::size_t count = 1; ///< elements a cell
    /// The cell tells its own length: in BINARY by a count of all elements before it, as STIL and DaCHS
    /// write also those of more than one dimension (astropy 5 counts the last dimension alone there).
    bool variable = false;
    std::optional<std::int64_t> null; ///< of integers
    std::optional<double> realNull;   ///< of floating ones
    double scale = 1, zero = 0;       ///< FITS: TSCAL, TZERO
    std::string nullText;

    bool isText() const { return type == VotableType::Char || type == VotableType::UnicodeChar; }
    bool isInteger() const {
        return type == VotableType::UnsignedByte || type == VotableType::Short || type == VotableType::Int ||
               type == VotableType::Long;
    }
    bool isComplex() const { return type == VotableType::FloatComplex || type == VotableType::DoubleComplex; }
    std::size_t parts() const { return isComplex() ? 2 : 1; } ///< numbers an element
    bool isScalar() const { return count == 1 && !variable && !isComplex(); }
    std::size_t elementBytes() const; ///< not of bits
    /// Bytes of so many elements in BINARY. Nothing beyond what a size_t holds.
    std::optional<std::size_t> bytesOf(std::size_t elements) const;
};

/// Nothing for a datatype or an arraysize that VOTable does not know.
std::optional<Coding> codingOf(const VotableField& field);
/// The least and the greatest whole number that an integer type holds.
std::pair<std::int64_t, std::int64_t> rangeOf(VotableType type);

/// Decimal, or the bits of the type as 0x… . Nothing beyond the type's range.
std::optional<std::int64_t> wholeNumber(std::string_view text, VotableType type);
/// Nothing for what is not a number; what is too large or too small for a double is infinite, or nought.
std::optional<double> realNumber(std::string_view text);

} // namespace balmer::io

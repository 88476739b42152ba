// Strict VOTable 1.4 (IVOA Recommendation 2019-10-21): what every reader understands, of any length.
//
// Written are TABLEDATA or BINARY2 in UTF-8, scalars without arraysize, a variable arraysize as "*", text
// escaped (no CDATA), elements in the schema's order. Nulls are flags (BINARY2) or empty cells, for integers
// with VALUES null= that value (TABLEDATA; arrays of fixed size are filled with NaN, "?" or that value). What
// XML or the schema cannot hold is refused where it is data and left out where it is decoration: an ID that
// is not an XML name or was used before, a ref to no ID written so far, a UCD of other characters.
//
//   VotableWriter writer(sink, {VotableData::Binary2});
//   writer.begin({}); writer.beginResource({}); writer.beginTable(head);      // Statuses: check them
//   writer.row(std::array<VotableCell, 2>{5500.0, "Vega"}); …
//   writer.endTable(); writer.endResource(); writer.end();
//
// One owner; one thread at a time. After an error nothing more is written and each call gives that error.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/io/byte_source.h"
#include "engine/io/votable.h"

namespace balmer::io {

enum class VotableData { TableData, Binary2 };

struct VotableWriteOptions {
    VotableData data = VotableData::TableData;
};

/// A cell to write: null, boolean, whole number, number, text in UTF-8, array. Views must live until row()
/// returns. Whole numbers may go into floating columns and numbers without a fraction into integer ones;
/// complex ones, bits and booleans of arrays are numbers (pairs, 0 and 1).
using VotableCell = std::variant<std::monostate, bool, std::int64_t, double, std::string_view,
                                 std::span<const double>, std::span<const std::int64_t>>;

class VotableWriter {
  public:
    explicit VotableWriter(ByteSink sink, const VotableWriteOptions& options = {});
    ~VotableWriter();
    VotableWriter(VotableWriter&&) noexcept;
    VotableWriter& operator=(VotableWriter&&) noexcept;

    /// The document's own description, infos, params, groups and systems; its resources are not written.
    core::Status begin(const Votable& head);
    /// A resource's own; may stand within another. An empty type is "results".
    core::Status beginResource(const VotableResource& head);
    /// A table's own; its fields fix what row() takes, its columns are not written. Errors: InvalidArgument
    /// for no field, a field without a name, an unknown datatype or arraysize.
    core::Status beginTable(const VotableTable& head);
    /// A table of which only the description is known, begun and ended.
    core::Status tableWithoutData(const VotableTable& head);
    /// One cell a field. Errors: InvalidArgument for another number of cells, a cell that the field does not
    /// hold (its type, its range, its fixed size), text that is not UTF-8 or that XML cannot hold, in BINARY2
    /// text in a char column that is not ASCII (unicodeChar holds it), and the value that stands for null.
    core::Status row(std::span<const VotableCell> cells);
    core::Status endTable(const std::vector<VotableInfo>& infos = {});
    /// infos: what is known only after the rows, such as QUERY_STATUS OVERFLOW.
    core::Status endResource(const std::vector<VotableInfo>& infos = {});
    /// The document's end. Errors: those of the sink; InvalidArgument while a table or resource is open.
    core::Status end();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A whole document with the rows of its tables; a table that was unread is written without data, and char
/// columns with other letters than ASCII become unicodeChar.
core::Status writeVotable(const Votable& document, const ByteSink& sink,
                          const VotableWriteOptions& options = {});
core::Result<std::string> formatVotable(const Votable& document, const VotableWriteOptions& options = {});
} // namespace balmer::io

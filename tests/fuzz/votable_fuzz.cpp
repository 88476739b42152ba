// Bytes as a VOTable: read as a whole, read row by row in pieces, and what was read written again and read
// back; all within the limits that users have, so that what takes too much memory for its size is found.
#include <algorithm>
#include <cstdint>
#include <span>
#include <string>

#include "engine/io/votable_reader.h"
#include "engine/io/votable_writer.h"
#include "tests/fuzz/require.h"

namespace balmer::io {
namespace {

using test::require;

void collect(const std::vector<VotableResource>& resources, std::size_t& rows, bool& unread) {
    for (const VotableResource& resource : resources) {
        for (const VotableTable& table : resource.tables) {
            rows += table.rows;
            unread = unread || !table.unread.empty();
            require(table.columns.size() == table.fields.size() || table.rows == 0,
                    "a column for each field");
            for (std::size_t c = 0; c < table.columns.size() && table.rows > 0; ++c) {
                require(table.columns[c].nulls.size() == table.rows, "a column has a cell for each row");
                for (const std::size_t r : {std::size_t{0}, table.rows - 1}) {
                    (void)table.text(r, c);
                    (void)table.number(r, c);
                    (void)table.columns[c].integer(r);
                    (void)table.numbers(r, c);
                }
            }
        }
        collect(resource.resources, rows, unread);
    }
}

void readRows(std::span<const std::byte> bytes, std::size_t piece, std::size_t expected) {
    VotableReader reader([bytes, piece](std::span<std::byte> buffer) mutable -> core::Result<std::size_t> {
        const std::size_t count = std::min({piece, bytes.size(), buffer.size()});
        std::copy_n(bytes.begin(), count, buffer.begin());
        bytes = bytes.subspan(count);
        return count;
    });
    std::size_t rows = 0;
    while (true) {
        const auto table = reader.nextTable();
        require(table.has_value(), "what can be read as a whole can be read in pieces");
        if (!*table) break;
        const std::size_t columns = reader.table().fields.size();
        while (true) {
            const auto row = reader.nextRow();
            require(row.has_value(), "what can be read as a whole can be read row by row");
            if (!*row) break;
            ++rows;
            for (std::size_t c = 0; c < columns; ++c)
                (void)reader.text(c);
        }
    }
    require(rows == expected, "row by row there are as many rows");
}

void writeAndReadBack(const Votable& document, VotableData data, std::size_t rows) {
    std::string text;
    const core::Status written =
        writeVotable(document,
                     [&](std::string_view bytes) -> core::Status {
                         if (text.size() + bytes.size() > (std::size_t{1} << 20))
                             return core::fail(core::ErrorCode::ResourceExhausted, "long enough");
                         text += bytes;
                         return {};
                     },
                     {data});
    if (!written) {
        require(!written.error().message().empty(), "a refusal says why");
        return;
    }
    const auto again = parseVotable(std::as_bytes(std::span(text)));
    if (!again) std::fprintf(stderr, "%s\n%s\n", again.error().message().c_str(), text.c_str());
    require(again.has_value(), "what was written can be read");
    std::size_t count = 0;
    bool unread = false;
    collect(again->resources, count, unread);
    require(count == rows, "what was written has as many rows");
}

} // namespace
} // namespace balmer::io

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace balmer::io;
    const auto bytes = std::as_bytes(std::span(data, size));
    (void)looksLikeVotable(bytes);
    const auto document = parseVotable(bytes);
    if (!document) {
        balmer::test::require(!document.error().message().empty(), "a refusal says why");
        return 0;
    }
    std::size_t rows = 0;
    bool unread = false;
    collect(document->resources, rows, unread);
    readRows(bytes, 1 + size % 97, rows);
    writeAndReadBack(*document, VotableData::TableData, rows);
    writeAndReadBack(*document, VotableData::Binary2, rows);
    return 0;
}

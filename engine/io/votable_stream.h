// The STREAM of a VOTable, in pieces: base64 and gzip undone, and the rows of BINARY, BINARY2 and FITS cut
// out. Private to the module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/io/inflater.h"
#include "engine/io/votable.h"
#include "engine/io/votable_cells.h"

namespace balmer::io {

/// base64 in pieces of any length; white space is passed over.
class Base64Decoder {
  public:
    /// False when there is anything else.
    bool feed(std::string_view text, std::string& out);

  private:
    std::uint32_t bits_ = 0;
    int have_ = 0;
    bool padded_ = false;
};

/// The content of a STREAM, in pieces, turned into rows.
class StreamRows {
  public:
    enum class Kind { Binary, Binary2, Fits };
    /// extension: of FITS, 0 for the first table.
    StreamRows(Kind kind, bool gzip, std::size_t extension, const VotableLimits& limits);

    core::Status feed(std::string_view bytes, RowBlock& block);
    /// Errors also: Unsupported where a FITS table does not fit the fields.
    core::Status finish(RowBlock& block);

  private:
    core::Status plain(std::string_view bytes, RowBlock& block);
    core::Status decodeRows(RowBlock& block);
    core::Status decodeFits(RowBlock& block);
    core::Result<std::size_t> rowBytes(std::string_view data, const RowBlock& block) const;

    Kind kind_;
    std::size_t extension_;
    VotableLimits limits_;
    std::optional<Inflater> inflater_;
    std::string held_;
};

} // namespace balmer::io

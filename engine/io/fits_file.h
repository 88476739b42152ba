// FITS (standard 4.0) as a view of bytes in memory: headers, image pixels, columns of binary tables. Private
// to the module.
//
// Written for input that nobody vouches for: nothing is decoded that does not lie inside the file, no memory
// is taken before its size is known to be backed by bytes, and compressed images and variable-length arrays
// are not decoded at all. CFITSIO, which writes our files, is the independent reader in the tests. The view
// does not own the bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::io {

struct FitsColumn {
    std::string name, unit, utype, ucd, comment;
    char type = 0;          ///< the letter of TFORM
    std::size_t repeat = 1; ///< values a row
    std::size_t offset = 0; ///< bytes from the row's start
    double scale = 1, zero = 0;
    std::optional<std::int64_t> null;
    bool isNumber() const;
};

/// One header-and-data unit. A value over the file's bytes.
class FitsHdu {
  public:
    enum class Kind { Image, Table, Other };

    Kind kind() const { return kind_; }
    const std::vector<spectrum::HeaderCard>& cards() const { return cards_; }

    /// The value of the first card with this key; nothing where it is absent or undefined.
    std::optional<std::string_view> text(std::string_view key) const;
    std::string textOr(std::string_view key, std::string_view otherwise = {}) const;
    std::optional<double> number(std::string_view key) const;
    std::optional<std::int64_t> integer(std::string_view key) const;
    std::optional<bool> logical(std::string_view key) const;
    std::string name() const { return textOr("EXTNAME"); }
    std::string comment(std::string_view key) const;

    /// NAXIS1 … NAXISn; empty for a unit without data.
    const std::vector<std::size_t>& axes() const { return axes_; }
    bool compressedImage() const { return compressed_; }
    /// Whether the data lie wholly inside the file.
    bool complete() const { return complete_; }

    /// Pixels [first, first + count) of an image with BSCALE and BZERO applied; BLANK becomes NaN.
    /// Errors: Format when they are not all in the file.
    core::Result<std::vector<double>> pixels(std::size_t first, std::size_t count) const;

    std::size_t rows() const { return kind_ == Kind::Table ? axes_[1] : 0; }
    const std::vector<FitsColumn>& columns() const { return columns_; }
    /// By name, without regard to case.
    const FitsColumn* column(std::string_view name) const;
    /// rowCount × repeat numbers. Errors: Format outside the file or for a column that is not a number.
    core::Result<std::vector<double>> numbers(const FitsColumn& column, std::size_t firstRow,
                                              std::size_t rowCount) const;
    /// A cell as it lies in the file, big-endian; empty outside the file.
    std::span<const std::byte> cell(const FitsColumn& column, std::size_t row) const;
    /// A cell as text: strings without padding, the numbers of an array separated by blanks; "" outside the
    /// file.
    std::string cellText(const FitsColumn& column, std::size_t row) const;

  private:
    friend class FitsFile;
    core::Status readColumns();

    Kind kind_ = Kind::Other;
    bool compressed_ = false, complete_ = false;
    int bitpix_ = 8;
    std::vector<spectrum::HeaderCard> cards_;
    std::vector<std::size_t> axes_;
    std::vector<FitsColumn> columns_;
    std::span<const std::byte> data_; ///< what of it is in the file
};

class FitsFile {
  public:
    static bool looksLike(std::span<const std::byte> bytes);
    /// Errors: Format when the first header is not FITS. Damage further on ends the list of units and is told
    /// by warning().
    static core::Result<FitsFile> parse(std::span<const std::byte> bytes);

    const std::vector<FitsHdu>& hdus() const { return hdus_; }
    const FitsHdu& primary() const { return hdus_.front(); }
    /// The first unit with this EXTNAME, without regard to case; null when there is none.
    const FitsHdu* hdu(std::string_view name) const;
    const std::string& warning() const { return warning_; }

  private:
    std::vector<FitsHdu> hdus_;
    std::string warning_;
};

} // namespace balmer::io

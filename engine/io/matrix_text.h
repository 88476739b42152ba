// A matrix of spectra as text, the training-set form of VO-CLOUD: `id,label,6519,6520.5,…`, then one row a
// spectrum.
//
// The columns after the id (and after the label, where the file has one) are samples; their names are
// wavelengths in ångström. The first column is the id whatever its name; the second is a label when its name
// is not a number. Values; any thread. A MatrixTextWriter has one owner.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"

namespace balmer::io {

struct MatrixText {
    std::vector<std::string> ids;
    std::vector<std::string>
        labels; ///< empty where the file has no such column, otherwise one a row ("" unlabelled)
    std::vector<double> wavelengthAngstrom; ///< strictly ascending, one a column
    core::FloatMatrix values;               ///< rows × wavelengths; an empty cell is NaN
};

/// Errors: NotFound, Io; Format naming line and column: a cell that is not a number, a row of the wrong
/// length, a repeated or empty id, wavelengths that do not ascend, no row.
core::Result<MatrixText> readMatrixText(const std::filesystem::path& file);
core::Result<MatrixText> parseMatrixText(std::string_view text);

/// Writes such a file row by row. The file appears under its name at finish(); a writer destroyed before
/// leaves none.
class MatrixTextWriter {
  public:
    static core::Result<MatrixTextWriter> create(const std::filesystem::path& file,
                                                 std::span<const double> wavelengthAngstrom, bool withLabels);
    MatrixTextWriter(MatrixTextWriter&&) noexcept;
    MatrixTextWriter& operator=(MatrixTextWriter&&) noexcept;
    ~MatrixTextWriter();

    /// Numbers are written so that they read back as the same float32; NaN as an empty cell.
    /// Errors: InvalidArgument for a row of the wrong length; Io.
    core::Status row(std::string_view id, std::string_view label, std::span<const float> values);
    core::Status finish();

  private:
    struct State;
    explicit MatrixTextWriter(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

} // namespace balmer::io

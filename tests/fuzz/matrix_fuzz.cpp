// Bytes as a table with commas and as a matrix of spectra; what was read is written and read back.
#include <cstdint>
#include <string_view>

#include "engine/io/matrix_text.h"
#include "engine/io/table_text.h"
#include "tests/fuzz/require.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using balmer::test::require;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto matrix = balmer::io::parseMatrixText(text);
    if (matrix) {
        require(matrix->values.rows() == matrix->ids.size(), "a row of values for each id");
        require(matrix->values.columns() == matrix->wavelengthAngstrom.size(),
                "a column for each wavelength");
        require(matrix->labels.empty() || matrix->labels.size() == matrix->ids.size(), "a label for each id");
    } else {
        require(!matrix.error().message().empty(), "a refusal says why");
    }
    const auto table = balmer::io::parseTableText(text);
    if (!table) {
        require(!table.error().message().empty(), "a refusal says why");
        return 0;
    }
    for (const auto& row : table->rows)
        require(row.size() == table->columns.size(), "a cell for each column");
    const auto written = balmer::io::formatTableText(*table);
    require(written.has_value(), "a table that was read can be written");
    const auto again = balmer::io::parseTableText(*written);
    require(again && again->columns == table->columns && again->rows == table->rows,
            "what was written reads as it was");
    return 0;
}

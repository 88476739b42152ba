// PackedMatrix: the right side of many matrix products, laid out once so that each product reads it in order.
// Private to learn/torch.
//
// Columns are padded to a multiple of `lanes`, and a product reads and writes whole tiles: rows up to a
// multiple of `tileRows`, columns up to paddedColumns(). A value; multiply() from any thread.
#pragma once

#include <cstddef>
#include <vector>

namespace balmer::learn {

class PackedMatrix {
  public:
    static constexpr std::size_t lanes = 16, tileRows = 12;
    static constexpr std::size_t padded(std::size_t columns) { return (columns + lanes - 1) / lanes * lanes; }
    static constexpr std::size_t wholeTiles(std::size_t rows) {
        return (rows + tileRows - 1) / tileRows * tileRows;
    }

    /// All zero.
    PackedMatrix(std::size_t depth, std::size_t columns)
        : depth_(depth), columns_(padded(columns)), values_(depth * columns_) {}

    std::size_t depth() const { return depth_; }
    std::size_t paddedColumns() const { return columns_; }
    float& operator()(std::size_t row, std::size_t column) {
        return values_[(column / lanes * depth_ + row) * lanes + column % lanes];
    }

    /// c = a · this, or c += a · this. a: wholeTiles(rows) rows of depth() values, each strideA after the
    /// one before; c: as many rows of paddedColumns().
    void multiply(const float* a, std::size_t strideA, std::size_t rows, float* c, std::size_t strideC,
                  bool add) const;

  private:
    std::size_t depth_, columns_;
    std::vector<float> values_; ///< [columns / lanes][depth][lanes]
};

} // namespace balmer::learn

// Matrix and MatrixView: row-major numbers, owned and looked at. Every kernel of the engine takes views.
//
// A view owns nothing and must not outlive what it looks at. Values; const
// views may be shared by any number of threads.
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <type_traits>
#include <vector>

namespace balmer::core {

/// Row-major view: element (r, c) is data[r * stride + c], with stride >= columns.
template <typename T>
class MatrixView {
  public:
    MatrixView() = default;
    MatrixView(T* data, std::size_t rows, std::size_t columns, std::size_t stride)
        : data_(data), rows_(rows), columns_(columns), stride_(stride) {}
    MatrixView(T* data, std::size_t rows, std::size_t columns) : MatrixView(data, rows, columns, columns) {}

    /// A view of mutable numbers is also a view of const ones.
    operator MatrixView<const T>() const requires(!std::is_const_v<T>) {
        return {data_, rows_, columns_, stride_};
    }

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    std::size_t stride() const { return stride_; }
    bool empty() const { return rows_ == 0 || columns_ == 0; }
    bool contiguous() const { return stride_ == columns_; }
    T* data() const { return data_; }

    T& operator()(std::size_t row, std::size_t column) const {
        assert(row < rows_ && column < columns_);
        return data_[row * stride_ + column];
    }
    std::span<T> row(std::size_t index) const {
        assert(index < rows_);
        return {data_ + index * stride_, columns_};
    }
    MatrixView block(std::size_t firstRow, std::size_t rowCount) const {
        assert(firstRow + rowCount <= rows_);
        return {data_ + firstRow * stride_, rowCount, columns_, stride_};
    }

  private:
    T* data_ = nullptr;
    std::size_t rows_ = 0, columns_ = 0, stride_ = 0;
};

using FloatView = MatrixView<const float>;
using ByteView = MatrixView<const unsigned char>;

/// Owns rows × columns numbers, contiguous, value-initialised.
template <typename T>
class Matrix {
  public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t columns) : values_(rows * columns), rows_(rows), columns_(columns) {}

    std::size_t rows() const { return rows_; }
    std::size_t columns() const { return columns_; }
    bool empty() const { return values_.empty(); }
    T* data() { return values_.data(); }
    const T* data() const { return values_.data(); }

    T& operator()(std::size_t row, std::size_t column) { return values_[row * columns_ + column]; }
    const T& operator()(std::size_t row, std::size_t column) const {
        return values_[row * columns_ + column];
    }
    std::span<T> row(std::size_t index) { return {values_.data() + index * columns_, columns_}; }
    std::span<const T> row(std::size_t index) const { return {values_.data() + index * columns_, columns_}; }

    MatrixView<T> view() { return {values_.data(), rows_, columns_}; }
    MatrixView<const T> view() const { return {values_.data(), rows_, columns_}; }

    /// Appends one row; the first row of an empty 0 × 0 matrix decides the number of columns.
    void appendRow(std::span<const T> row) {
        if (rows_ == 0 && columns_ == 0) columns_ = row.size();
        assert(row.size() == columns_);
        values_.insert(values_.end(), row.begin(), row.end());
        ++rows_;
    }

    bool operator==(const Matrix&) const = default;

  private:
    std::vector<T> values_;
    std::size_t rows_ = 0, columns_ = 0;
};

using FloatMatrix = Matrix<float>;
using ByteMatrix = Matrix<unsigned char>;

} // namespace balmer::core

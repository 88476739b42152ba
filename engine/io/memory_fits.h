// FITS files that CFITSIO builds in memory. Private to the module.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fitsio.h>

#include "engine/core/result.h"

namespace balmer::io {

/// Closed and freed with its owner.
class MemoryFits {
  public:
    MemoryFits() { fits_create_memfile(&file_, &buffer_, &size_, 2880 * 8, &std::realloc, &status_); }
    ~MemoryFits() {
        int ignored = 0;
        if (file_ != nullptr) fits_close_file(file_, &ignored);
        std::free(buffer_);
    }
    MemoryFits(const MemoryFits&) = delete;
    MemoryFits& operator=(const MemoryFits&) = delete;

    void image(std::size_t columns, std::size_t rows, std::vector<float>& pixels) {
        std::array<long, 2> axes{static_cast<long>(columns), static_cast<long>(rows)};
        fits_create_img(file_, FLOAT_IMG, 2, axes.data(), &status_);
        fits_write_img(file_, TFLOAT, 1, static_cast<LONGLONG>(pixels.size()), pixels.data(), &status_);
    }
    struct Column {
        std::string name, unit, ucd, utype;
        bool single = false; ///< float; otherwise double
        std::vector<double> values;
        std::vector<std::string> texts = {}; ///< instead of values
        std::vector<LONGLONG> integers = {}; ///< instead of values; `none` is not a value
        std::string description = {};

        std::size_t rows() const { return std::max({values.size(), texts.size(), integers.size()}); }
    };
    static constexpr LONGLONG none = std::numeric_limits<LONGLONG>::min();
    /// Behind an empty primary unit.
    void table(const char* name, std::vector<Column>& columns) {
        std::vector<char*> names, forms, units;
        std::vector<std::string> formTexts;
        for (Column& column : columns) {
            column.name = ascii(column.name).substr(0, 68);
            column.unit = ascii(column.unit).substr(0, 68);
            formTexts.push_back(formOf(column));
        }
        for (std::size_t i = 0; i < columns.size(); ++i) {
            names.push_back(columns[i].name.data());
            forms.push_back(formTexts[i].data());
            units.push_back(columns[i].unit.data());
        }
        const std::size_t rows = columns.front().rows();
        fits_create_tbl(file_, BINARY_TBL, static_cast<LONGLONG>(rows), static_cast<int>(columns.size()),
                        names.data(), forms.data(), units.data(), name, &status_);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const auto number = std::to_string(i + 1);
            for (const auto& [key, value] :
                 {std::pair("TUCD", &columns[i].ucd), std::pair("TUTYP", &columns[i].utype),
                  std::pair("TCOMM", &columns[i].description)})
                if (!value->empty()) text(key + number, *value, "");
            writeCells(static_cast<int>(i + 1), columns[i]);
        }
    }
    void text(const std::string& key, const std::string& value, const std::string& comment) {
        const std::string kept = ascii(value).substr(0, 68), said = ascii(comment);
        fits_update_key_str(file_, key.c_str(), kept.c_str(), said.c_str(), &status_);
    }
    void number(const std::string& key, double value, const std::string& comment) {
        const std::string said = ascii(comment);
        if (value == std::floor(value) && std::abs(value) < 1e15) {
            fits_update_key_lng(file_, key.c_str(), static_cast<LONGLONG>(value), said.c_str(), &status_);
        } else {
            fits_update_key_dbl(file_, key.c_str(), value, -15, said.c_str(), &status_);
        }
    }
    void logical(const std::string& key, bool value, const std::string& comment) {
        fits_update_key_log(file_, key.c_str(), value ? 1 : 0, comment.c_str(), &status_);
    }
    void remark(const std::string& key, const std::string& value) {
        const std::string text = ascii(value);
        if (key == "HISTORY")
            fits_write_history(file_, text.c_str(), &status_);
        else
            fits_write_comment(file_, text.c_str(), &status_);
    }
    core::Result<std::string> bytes() {
        fits_flush_file(file_, &status_);
        LONGLONG end = 0;
        fits_get_hduaddrll(file_, nullptr, nullptr, &end, &status_);
        if (status_ != 0) {
            std::array<char, FLEN_STATUS> why{};
            fits_get_errstatus(status_, why.data());
            fits_clear_errmsg();
            return core::fail(core::ErrorCode::Internal,
                              std::string("CFITSIO did not write the file: ") + why.data());
        }
        return std::string(static_cast<const char*>(buffer_), static_cast<std::size_t>(end));
    }

    /// Headers and tables hold printable ASCII: every other letter becomes one '?'.
    static std::string ascii(std::string_view text) {
        std::string out;
        for (const char c : text) {
            if ((static_cast<unsigned char>(c) & 0xc0) == 0x80)
                continue; // one '?' a character of several bytes
            out += c >= 0x20 && c < 0x7f ? c : '?';
        }
        return out;
    }

  private:
    static std::string formOf(const Column& column) {
        if (!column.integers.empty()) return "1K";
        if (column.texts.empty()) return column.single ? "1E" : "1D";
        std::size_t longest = 1;
        for (const auto& each : column.texts)
            longest = std::max(longest, each.size());
        return std::to_string(longest) + "A";
    }
    void writeCells(int number, Column& column) {
        const auto rows = static_cast<LONGLONG>(column.rows());
        if (!column.integers.empty()) {
            const auto key = "TNULL" + std::to_string(number);
            fits_update_key_lng(file_, key.c_str(), none, "no value", &status_);
            fits_write_col(file_, TLONGLONG, number, 1, 1, rows, column.integers.data(), &status_);
        } else if (!column.texts.empty()) {
            std::vector<char*> cells;
            for (auto& each : column.texts)
                cells.push_back(each.data());
            fits_write_col(file_, TSTRING, number, 1, 1, rows, cells.data(), &status_);
        } else {
            fits_write_col(file_, TDOUBLE, number, 1, 1, rows, column.values.data(), &status_);
        }
    }
    fitsfile* file_ = nullptr;
    void* buffer_ = nullptr;
    std::size_t size_ = 0;
    int status_ = 0;
};

} // namespace balmer::io

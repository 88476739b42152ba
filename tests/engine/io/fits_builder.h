// FITS files for tests, written by CFITSIO, which our reader shares no code with.
#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include <fitsio.h>

namespace balmer::test {

struct ColumnOf {
    std::string name, form, unit, utype, ucd;
    std::vector<double> values; ///< all rows after one another
};

class FitsBuilder {
  public:
    FitsBuilder() { fits_create_memfile(&file_, &buffer_, &size_, 2880, &std::realloc, &status_); }
    ~FitsBuilder() {
        int ignored = 0;
        fits_close_file(file_, &ignored);
        std::free(buffer_);
    }
    FitsBuilder(const FitsBuilder&) = delete;
    FitsBuilder& operator=(const FitsBuilder&) = delete;

    FitsBuilder& image(int bitpix, std::vector<long> axes, std::vector<double> pixels) {
        fits_create_img(file_, bitpix, static_cast<int>(axes.size()), axes.data(), &status_);
        if (!pixels.empty())
            fits_write_img(file_, TDOUBLE, 1, static_cast<LONGLONG>(pixels.size()), pixels.data(), &status_);
        return *this;
    }
    FitsBuilder& table(const std::string& name, long rows, std::vector<ColumnOf> columns) {
        std::vector<char*> names, forms, units;
        for (ColumnOf& c : columns) {
            names.push_back(c.name.data());
            forms.push_back(c.form.data());
            units.push_back(c.unit.data());
        }
        fits_create_tbl(file_, BINARY_TBL, rows, static_cast<int>(columns.size()), names.data(), forms.data(),
                        units.data(), name.empty() ? nullptr : name.c_str(), &status_);
        for (std::size_t i = 0; i < columns.size(); ++i) {
            const std::string number = std::to_string(i + 1);
            if (!columns[i].utype.empty()) text("TUTYP" + number, columns[i].utype);
            if (!columns[i].ucd.empty()) text("TUCD" + number, columns[i].ucd);
            if (columns[i].values.empty()) continue;
            fits_write_col(file_, TDOUBLE, static_cast<int>(i + 1), 1, 1,
                           static_cast<LONGLONG>(columns[i].values.size()), columns[i].values.data(),
                           &status_);
        }
        return *this;
    }
    FitsBuilder& text(const std::string& key, const std::string& value) {
        fits_update_key_str(file_, key.c_str(), value.c_str(), "", &status_);
        return *this;
    }
    FitsBuilder& number(const std::string& key, double value) {
        fits_update_key_dbl(file_, key.c_str(), value, -15, "", &status_);
        return *this;
    }
    /// The card as it stands here: an integer that no double need hold.
    FitsBuilder& exactNumber(const std::string& key, const std::string& digits) {
        auto name = key, value = digits;
        std::array<char, FLEN_CARD> card{};
        std::snprintf(card.data(), card.size(), "%-8s= %20s", name.c_str(), value.c_str());
        fits_update_card(file_, key.c_str(), card.data(), &status_);
        return *this;
    }
    /// The bits of a K column, whatever TZERO says.
    FitsBuilder& wholeColumn(int column, std::vector<LONGLONG> bits) {
        fits_set_tscale(file_, column, 1, 0, &status_);
        fits_write_col(file_, TLONGLONG, column, 1, 1, static_cast<LONGLONG>(bits.size()), bits.data(),
                       &status_);
        return *this;
    }
    FitsBuilder& logical(const std::string& key, bool value) {
        fits_update_key_log(file_, key.c_str(), value ? 1 : 0, "", &status_);
        return *this;
    }
    /// "" when CFITSIO refused something.
    std::string bytes() {
        fits_flush_file(file_, &status_);
        LONGLONG end = 0;
        fits_get_hduaddrll(file_, nullptr, nullptr, &end, &status_);
        return status_ == 0 ? std::string(static_cast<const char*>(buffer_), static_cast<std::size_t>(end))
                            : std::string();
    }

  private:
    fitsfile* file_ = nullptr;
    void* buffer_ = nullptr;
    std::size_t size_ = 0;
    int status_ = 0;
};

} // namespace balmer::test

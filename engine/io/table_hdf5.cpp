// A table as HDF5: one compound dataset (table_encodings.h).
//
// Texts are of fixed length, in UTF-8; integers with a gap among them are doubles. Unit, UCD and description
// of the column NAME are the attributes NAME.unit, NAME.ucd and NAME.description.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>

#include <hdf5.h>

#include "engine/core/hdf5_mutex.h"
#include "engine/io/table_encodings.h"

namespace balmer::io {

namespace {

/// Closed with its owner.
class Handle {
  public:
    Handle(hid_t id, herr_t (*close)(hid_t)) : id_(id), close_(close) {}
    ~Handle() {
        if (id_ >= 0) close_(id_);
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    operator hid_t() const { return id_; }

  private:
    hid_t id_;
    herr_t (*close_)(hid_t);
};

core::Error refused() {
    return core::Error(core::ErrorCode::Internal, "HDF5 did not write the table");
}

/// Where a column lies in a row.
struct Place {
    std::size_t offset = 0, bytes = 8;
    bool whole = false;
};

Place placeOf(const WrittenColumn& column, std::size_t offset) {
    Place place{offset};
    if (const auto* texts = std::get_if<WrittenColumn::Texts>(&column.cells)) {
        place.bytes = 1;
        for (const auto& text : *texts)
            place.bytes = std::max(place.bytes, text.size());
    } else if (const auto* integers = std::get_if<WrittenColumn::Integers>(&column.cells)) {
        place.whole = std::all_of(integers->begin(), integers->end(),
                                  [](const auto& each) { return each.has_value(); });
    }
    return place;
}

void put(const WrittenColumn& column, const Place& place, std::size_t row, char* at) {
    if (const auto* texts = std::get_if<WrittenColumn::Texts>(&column.cells)) {
        std::memcpy(at + place.offset, (*texts)[row].data(), (*texts)[row].size());
        return;
    }
    double number = std::nan("");
    if (const auto* numbers = std::get_if<WrittenColumn::Numbers>(&column.cells)) {
        number = (*numbers)[row];
    } else if (const auto& whole = std::get<WrittenColumn::Integers>(column.cells)[row]) {
        if (place.whole) {
            std::memcpy(at + place.offset, &*whole, sizeof *whole);
            return;
        }
        number = static_cast<double>(*whole);
    }
    std::memcpy(at + place.offset, &number, sizeof number);
}

/// H5T_STRING of so many bytes, filled up with zeros.
hid_t textType(std::size_t bytes) {
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, bytes);
    H5Tset_cset(type, H5T_CSET_UTF8);
    H5Tset_strpad(type, H5T_STR_NULLPAD);
    return type;
}

bool setAttribute(hid_t object, const std::string& name, const std::string& text) {
    if (text.empty()) return true;
    const Handle type(textType(text.size()), &H5Tclose), space(H5Screate(H5S_SCALAR), &H5Sclose);
    const Handle attribute(H5Acreate2(object, name.c_str(), type, space, H5P_DEFAULT, H5P_DEFAULT),
                           &H5Aclose);
    return attribute >= 0 && H5Awrite(attribute, type, text.data()) >= 0;
}

} // namespace

core::Result<std::string> tableAsHdf5(const WrittenTable& table) {
    const std::lock_guard lock(core::hdf5Mutex());
    const auto rows = table.columns.empty() ? 0 : table.columns.front().rows();
    std::vector<Place> places;
    std::size_t rowBytes = 0;
    for (const auto& column : table.columns) {
        places.push_back(placeOf(column, rowBytes));
        rowBytes += places.back().bytes;
    }
    const Handle type(H5Tcreate(H5T_COMPOUND, std::max<std::size_t>(rowBytes, 1)), &H5Tclose);
    for (std::size_t c = 0; c < places.size(); ++c) {
        const auto& column = table.columns[c];
        const bool text = std::holds_alternative<WrittenColumn::Texts>(column.cells);
        const Handle own(text              ? textType(places[c].bytes)
                         : places[c].whole ? H5Tcopy(H5T_STD_I64LE)
                                           : H5Tcopy(H5T_IEEE_F64LE),
                         &H5Tclose);
        if (H5Tinsert(type, column.name.c_str(), places[c].offset, own) < 0) return core::fail(refused());
    }
    std::string content(rows * rowBytes, '\0');
    for (std::size_t r = 0; r < rows; ++r)
        for (std::size_t c = 0; c < places.size(); ++c)
            put(table.columns[c], places[c], r, content.data() + r * rowBytes);

    const Handle access(H5Pcreate(H5P_FILE_ACCESS), &H5Pclose),
        creation(H5Pcreate(H5P_DATASET_CREATE), &H5Pclose);
    constexpr std::size_t increment = 1 << 20;
    H5Pset_fapl_core(access, increment, 0); // in memory
    H5Pset_obj_track_times(creation, 0);    // the same table is the same file
    const Handle file(H5Fcreate("table.h5", H5F_ACC_TRUNC, H5P_DEFAULT, access), &H5Fclose);
    if (file < 0) return core::fail(refused());
    {
        const hsize_t extent = rows;
        const Handle space(H5Screate_simple(1, &extent, nullptr), &H5Sclose);
        const Handle dataset(H5Dcreate2(file, "table", type, space, H5P_DEFAULT, creation, H5P_DEFAULT),
                             &H5Dclose);
        if (dataset < 0 ||
            (rows > 0 && H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, content.data()) < 0))
            return core::fail(refused());
        bool all = setAttribute(dataset, "name", table.name);
        for (const auto& column : table.columns)
            all = all && setAttribute(dataset, column.name + ".unit", column.unit) &&
                  setAttribute(dataset, column.name + ".ucd", column.ucd) &&
                  setAttribute(dataset, column.name + ".description", column.description);
        if (!all) return core::fail(refused());
    }
    if (H5Fflush(file, H5F_SCOPE_GLOBAL) < 0) return core::fail(refused());
    const auto size = H5Fget_file_image(file, nullptr, 0);
    std::string bytes(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
    if (size <= 0 || H5Fget_file_image(file, bytes.data(), bytes.size()) != size)
        return core::fail(refused());
    return bytes;
}

} // namespace balmer::io

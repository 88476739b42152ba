// A table as HDF5: one compound dataset (table_encodings.h).
//
// Written, texts are of fixed length, in UTF-8; integers with a gap among them are doubles. Unit, UCD and
// description of the column NAME are the attributes NAME.unit, NAME.ucd and NAME.description.

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <mutex>

#include <hdf5.h>

#include "engine/core/hdf5_mutex.h"
#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/io/file_bytes.h"
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

namespace {

constexpr std::size_t largestTableBytes = std::size_t{1} << 30;
constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";

core::Error damaged() {
    return core::Error(core::ErrorCode::Format, "the HDF5 file cannot be read; it may be damaged");
}

/// Negative where there is none.
hid_t firstTable(hid_t file) {
    H5G_info_t root{};
    if (H5Gget_info(file, &root) < 0) return -1;
    for (hsize_t i = 0; i < root.nlinks; ++i) {
        const Handle object(H5Oopen_by_idx(file, ".", H5_INDEX_NAME, H5_ITER_INC, i, H5P_DEFAULT), &H5Oclose);
        if (object < 0 || H5Iget_type(object) != H5I_DATASET) continue;
        const Handle type(H5Dget_type(object), &H5Tclose), space(H5Dget_space(object), &H5Sclose);
        if (H5Tget_class(type) != H5T_COMPOUND || H5Sget_simple_extent_ndims(space) != 1) continue;
        H5Iinc_ref(object);
        return object;
    }
    return -1;
}

/// How the cells of a column lie in memory.
struct Cells {
    enum class Kind { Fixed, Variable, Whole, Natural, Number } kind = Kind::Fixed;
    std::size_t offset = 0, bytes = 8;
    std::string name;
};

/// The type in memory; negative for a column that is neither text nor number.
hid_t memoryType(hid_t member, Cells& cells) {
    switch (H5Tget_class(member)) {
    case H5T_STRING:
        cells.kind = H5Tis_variable_str(member) > 0 ? Cells::Kind::Variable : Cells::Kind::Fixed;
        cells.bytes = H5Tget_size(member);
        return H5Tcopy(member);
    case H5T_INTEGER:
        cells.kind = H5Tget_sign(member) == H5T_SGN_NONE ? Cells::Kind::Natural : Cells::Kind::Whole;
        return H5Tcopy(cells.kind == Cells::Kind::Natural ? H5T_NATIVE_UINT64 : H5T_NATIVE_INT64);
    case H5T_ENUM: // as h5py writes true and false
        cells.kind = Cells::Kind::Whole;
        return H5Tcopy(H5T_NATIVE_INT64);
    case H5T_FLOAT:
        cells.kind = Cells::Kind::Number;
        return H5Tcopy(H5T_NATIVE_DOUBLE);
    default:
        return -1;
    }
}

template <typename T>
T valueAt(const char* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

std::string textAt(const Cells& cells, const char* row) {
    const char* const at = row + cells.offset;
    switch (cells.kind) {
    case Cells::Kind::Whole:
        return std::to_string(valueAt<std::int64_t>(at));
    case Cells::Kind::Natural:
        return std::to_string(valueAt<std::uint64_t>(at));
    case Cells::Kind::Number: {
        const auto number = valueAt<double>(at);
        return std::isnan(number) ? std::string() : core::formatDouble(number);
    }
    case Cells::Kind::Fixed:
    case Cells::Kind::Variable:
        break;
    }
    const char* const variable = cells.kind == Cells::Kind::Variable ? valueAt<const char*>(at) : nullptr;
    std::string text = cells.kind == Cells::Kind::Fixed ? std::string(at, ::strnlen(at, cells.bytes))
                       : variable != nullptr            ? std::string(variable)
                                                        : std::string();
    text.erase(text.find_last_not_of(' ') + 1);
    return core::isUtf8(text) ? text : printable(text);
}

} // namespace

bool looksLikeHdf5(std::string_view beginning) {
    return beginning.starts_with(signature);
}

core::Result<TableText> tableFromHdf5(std::string_view bytes) {
    const std::lock_guard lock(core::hdf5Mutex());
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); // what is wrong is told in our own words
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), &H5Pclose);
    H5Pset_fapl_core(access, 1 << 16, 0);                                     // in memory
    H5Pset_file_image(access, const_cast<char*>(bytes.data()), bytes.size()); // which is copied
    const Handle file(H5Fopen("table.h5", H5F_ACC_RDONLY, access), &H5Fclose);
    if (file < 0) return core::fail(damaged());
    const Handle dataset(firstTable(file), &H5Oclose);
    if (dataset < 0)
        return core::fail(core::ErrorCode::Format, "the HDF5 file has no table: no compound dataset");
    const Handle type(H5Dget_type(dataset), &H5Tclose), space(H5Dget_space(dataset), &H5Sclose);
    hsize_t rows = 0;
    const int members = H5Tget_nmembers(type);
    if (members <= 0 || H5Sget_simple_extent_dims(space, &rows, nullptr) != 1) return core::fail(damaged());

    std::vector<Cells> columns;
    std::vector<std::unique_ptr<Handle>> types;
    std::size_t rowBytes = 0;
    for (unsigned m = 0; m < static_cast<unsigned>(members); ++m) {
        auto& cells = columns.emplace_back();
        char* const name = H5Tget_member_name(type, m);
        cells.name = name != nullptr ? name : "";
        H5free_memory(name);
        const Handle member(H5Tget_member_type(type, m), &H5Tclose);
        types.push_back(std::make_unique<Handle>(memoryType(member, cells), &H5Tclose));
        if (*types.back() < 0)
            return core::fail(core::ErrorCode::Unsupported,
                              "the column " + cells.name +
                                  " of the HDF5 table is neither text nor number; leave it out");
        cells.offset = rowBytes;
        rowBytes += cells.bytes;
    }
    // A cell takes what a text takes, however short it is.
    if (rows > largestTableBytes / std::max(rowBytes, columns.size() * sizeof(std::string)))
        return core::fail(core::ErrorCode::ResourceExhausted, "the HDF5 table is larger than 1 GiB");
    const Handle memory(H5Tcreate(H5T_COMPOUND, std::max<std::size_t>(rowBytes, 1)), &H5Tclose);
    TableText table;
    for (std::size_t c = 0; c < columns.size(); ++c) {
        if (H5Tinsert(memory, columns[c].name.c_str(), columns[c].offset, *types[c]) < 0)
            return core::fail(damaged());
        table.columns.push_back(core::isUtf8(columns[c].name) ? columns[c].name : printable(columns[c].name));
    }
    std::string content(rows * rowBytes, '\0');
    if (rows > 0 && H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, content.data()) < 0)
        return core::fail(damaged());
    for (hsize_t r = 0; r < rows; ++r) {
        auto& cells = table.rows.emplace_back();
        for (const auto& column : columns)
            cells.push_back(textAt(column, content.data() + r * rowBytes));
    }
    if (rows > 0) H5Dvlen_reclaim(memory, space, H5P_DEFAULT, content.data());
    return table;
}

} // namespace balmer::io

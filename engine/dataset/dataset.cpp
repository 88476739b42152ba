#include "engine/dataset/dataset.h"

#include <hdf5.h>
#include <sys/mman.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "engine/core/file.h"
#include "engine/core/hdf5_mutex.h"
#include "engine/core/proved_files.h"
#include "engine/dataset/hdf5_handle.h"

namespace balmer::dataset {

namespace {

using core::ErrorCode;
using core::fail;

/// A file's bytes, as they lie on the disk. Owns the mapping.
class Mapping {
  public:
    Mapping() = default;
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() {
        if (bytes_ != nullptr) ::munmap(bytes_, size_);
    }
    core::Status map(const std::filesystem::path& file) {
        BALMER_TRY(const auto opened,
                   core::File::open(file, core::File::Use::Read, core::File::Links::Follow));
        BALMER_TRY(stamp_, opened.stamp());
        size_ = static_cast<std::size_t>(stamp_.size);
        void* bytes =
            size_ > 0 ? ::mmap(nullptr, size_, PROT_READ, MAP_SHARED, opened.handle(), 0) : MAP_FAILED;
        if (bytes == MAP_FAILED)
            return fail(ErrorCode::Format, file.string() + " cannot be mapped; is it empty?");
        bytes_ = bytes;
        return {};
    }
    std::size_t size() const { return size_; }
    const core::FileStamp& stamp() const { return stamp_; }
    const char* bytes() const { return static_cast<const char*>(bytes_); }

  private:
    void* bytes_ = nullptr;
    std::size_t size_ = 0;
    core::FileStamp stamp_;
};

/// Where an array lies in the file, checked against the file's size.
struct Array {
    std::vector<hsize_t> shape;
    std::size_t itemBytes = 0, items = 0;
    const char* bytes = nullptr;
};

/// Locates the file's arrays through HDF5 without letting HDF5 read their content.
class Reader {
  public:
    Reader(hid_t file, const Mapping& mapping) : file_(file), mapping_(mapping) {}

    /// Links that lead elsewhere, perhaps to another file, count as nothing.
    bool has(const std::string& name) const {
        H5L_info_t info;
        return H5Lexists(file_, name.c_str(), H5P_DEFAULT) > 0 &&
               H5Lget_info(file_, name.c_str(), &info, H5P_DEFAULT) >= 0 && info.type == H5L_TYPE_HARD;
    }

    /// type: H5T_IEEE_F32LE …, or negative for text of fixed length.
    core::Result<Array> array(const std::string& name, hid_t type, int rank) const {
        const auto wrong = [&](const std::string& what) {
            return fail(ErrorCode::Format, "its part \"" + name + "\" " + what + "; write the dataset again");
        };
        if (!has(name)) return wrong("is missing");
        const Handle data(H5Dopen2(file_, name.c_str(), H5P_DEFAULT), H5Dclose);
        if (!data) return wrong("cannot be read");
        const Handle stored(H5Dget_type(data.get()), H5Tclose), space(H5Dget_space(data.get()), H5Sclose),
            creation(H5Dget_create_plist(data.get()), H5Pclose);
        if (!stored || !space || !creation) return wrong("cannot be read");
        if (type >= 0 ? H5Tequal(stored.get(), type) <= 0
                      : H5Tget_class(stored.get()) != H5T_STRING || H5Tis_variable_str(stored.get()) != 0)
            return wrong("holds numbers of another type");
        if (H5Sget_simple_extent_type(space.get()) != H5S_SIMPLE ||
            H5Sget_simple_extent_ndims(space.get()) != rank)
            return wrong("has the wrong number of dimensions");
        if (H5Pget_layout(creation.get()) != H5D_CONTIGUOUS || H5Pget_external_count(creation.get()) != 0)
            return wrong("is not stored in one piece");
        Array array;
        array.shape.resize(static_cast<std::size_t>(rank));
        if (H5Sget_simple_extent_dims(space.get(), array.shape.data(), nullptr) != rank)
            return wrong("has no shape");
        array.itemBytes = H5Tget_size(stored.get());
        if (array.itemBytes == 0) return wrong("holds items of no size");
        array.items = 1;
        for (const auto extent : array.shape) {
            if (extent == 0) return wrong("is empty");
            if (extent > mapping_.size() / array.itemBytes / array.items)
                return wrong("is larger than the file");
            array.items *= static_cast<std::size_t>(extent);
        }
        const haddr_t offset = H5Dget_offset(data.get());
        const std::size_t bytes = array.items * array.itemBytes;
        if (offset == HADDR_UNDEF || offset > mapping_.size() || bytes > mapping_.size() - offset)
            return wrong("reaches beyond the end of the file, which has been cut short");
        if (type >= 0 && offset % array.itemBytes != 0)
            return wrong("does not start at a multiple of its item's size");
        array.bytes = mapping_.bytes() + offset;
        return array;
    }

    core::Result<std::vector<std::string>> texts(const std::string& name) const {
        BALMER_TRY(const Array array, this->array(name, -1, 1));
        std::vector<std::string> texts;
        texts.reserve(array.items);
        for (std::size_t i = 0; i < array.items; ++i) {
            const char* text = array.bytes + i * array.itemBytes;
            texts.emplace_back(text, std::find(text, text + array.itemBytes, '\0'));
        }
        return texts;
    }

    core::Result<std::string> attribute(const char* name) const {
        const auto wrong = [&] {
            return fail(ErrorCode::Format,
                        std::string("it has no attribute \"") + name + "\": it is not a dataset of Balmer");
        };
        if (H5Aexists(file_, name) <= 0) return wrong();
        const Handle attribute(H5Aopen(file_, name, H5P_DEFAULT), H5Aclose);
        const Handle type(attribute ? H5Aget_type(attribute.get()) : -1, H5Tclose);
        const Handle space(attribute ? H5Aget_space(attribute.get()) : -1, H5Sclose);
        if (!type || !space || H5Tget_class(type.get()) != H5T_STRING ||
            H5Tis_variable_str(type.get()) != 0 || H5Sget_simple_extent_npoints(space.get()) != 1)
            return wrong();
        const std::size_t size = H5Tget_size(type.get());
        if (size == 0 || size > 4096) return wrong();
        std::string text(size, '\0');
        if (H5Aread(attribute.get(), type.get(), text.data()) < 0) return wrong();
        text.resize(std::min(text.find('\0'), size));
        return text;
    }

    /// The names of the arrays in a group, sorted; none where the group is missing.
    std::vector<std::string> names(const char* group) const {
        std::vector<std::string> names;
        if (!has(group)) return names;
        const auto visit = [](hid_t, const char* name, const H5L_info_t* info, void* list) -> herr_t {
            if (info->type == H5L_TYPE_HARD) static_cast<std::vector<std::string>*>(list)->emplace_back(name);
            return 0;
        };
        const Handle handle(H5Gopen2(file_, group, H5P_DEFAULT), H5Gclose);
        if (handle) H5Literate(handle.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, visit, &names);
        return names;
    }

  private:
    hid_t file_;
    const Mapping& mapping_;
};

template <typename T>
std::string namesOf(const std::map<std::string, T, std::less<>>& columns) {
    std::string names;
    for (const auto& [name, values] : columns)
        names += (names.empty() ? "" : ", ") + name;
    return names.empty() ? "none" : names;
}

} // namespace

struct Dataset::State {
    std::filesystem::path path;
    Mapping mapping;
    core::FloatView flux, inverseVariance;
    core::ByteView mask;
    std::vector<std::string> ids;
    std::unordered_map<std::string_view, std::size_t> rowOf; // looks at ids
    std::span<const double> wavelength;
    spectrum::Medium medium = spectrum::Medium::Unknown;
    std::string provenance, digest;
    std::map<std::string, std::span<const double>, std::less<>> columns;

    core::Status read();
};

core::Status Dataset::State::read() {
    const auto wrong = [](const std::string& what) {
        return fail(ErrorCode::Format, what + "; write the dataset again");
    };
    BALMER_CHECK(mapping.map(path));
    const std::lock_guard lock(core::hdf5Mutex());
    silenceHdf5();
    // Nobody changes a dataset, so no lock is needed; disks that are only read may have none to give.
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    if (access) H5Pset_file_locking(access.get(), false, true);
    const Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose);
    if (!file) return fail(ErrorCode::Format, "it is not an HDF5 file, or has been cut short");
    const Reader reader(file.get(), mapping);
    BALMER_TRY(const std::string format, reader.attribute("format"));
    BALMER_TRY(const std::string version, reader.attribute("format_version"));
    if (format != "balmer-dataset" || version != "1")
        return fail(ErrorCode::Unsupported, "it is a \"" + format + "\" of version " + version +
                                                ", this program reads \"balmer-dataset\" of version 1");
    BALMER_TRY(digest, reader.attribute("digest"));
    BALMER_TRY(const std::string word, reader.attribute("medium"));
    for (const auto each : {spectrum::Medium::Vacuum, spectrum::Medium::Air})
        if (word == spectrum::toString(each)) medium = each;

    const auto numbers = [](const Array& array) { return reinterpret_cast<const float*>(array.bytes); };
    BALMER_TRY(const Array fluxes, reader.array("flux", H5T_IEEE_F32LE, 2));
    const auto rows = static_cast<std::size_t>(fluxes.shape[0]),
               columnCount = static_cast<std::size_t>(fluxes.shape[1]);
    flux = {numbers(fluxes), rows, columnCount};
    if (reader.has("inverse_variance")) {
        BALMER_TRY(const Array inverse, reader.array("inverse_variance", H5T_IEEE_F32LE, 2));
        if (inverse.shape != fluxes.shape)
            return wrong("the inverse variances have another shape than the fluxes");
        inverseVariance = {numbers(inverse), rows, columnCount};
    }
    BALMER_TRY(const Array masks, reader.array("mask", H5T_STD_U8LE, 2));
    if (masks.shape != fluxes.shape) return wrong("the mask has another shape than the fluxes");
    mask = {reinterpret_cast<const unsigned char*>(masks.bytes), rows, columnCount};

    BALMER_TRY(const Array axis, reader.array("wavelength", H5T_IEEE_F64LE, 1));
    if (axis.items != columnCount) return wrong("it has not as many wavelengths as columns");
    wavelength = {reinterpret_cast<const double*>(axis.bytes), axis.items};
    for (std::size_t i = 0; i < columnCount; ++i)
        if (!std::isfinite(wavelength[i]) || (i > 0 && !(wavelength[i] > wavelength[i - 1])))
            return wrong("its wavelengths do not ascend");

    BALMER_TRY(ids, reader.texts("ids"));
    if (ids.size() != rows) return wrong("it has not as many ids as rows");
    rowOf.reserve(rows);
    for (std::size_t i = 0; i < rows; ++i)
        if (!rowOf.emplace(ids[i], i).second) return wrong("the id \"" + ids[i] + "\" stands twice");
    BALMER_TRY(auto text, reader.texts("provenance"));
    provenance = std::move(text.front());

    for (auto& name : reader.names("columns")) {
        BALMER_TRY(const Array column, reader.array("columns/" + name, H5T_IEEE_F64LE, 1));
        if (column.items != rows)
            return wrong("column \"" + name + "\" has not as many values as there are rows");
        columns.emplace(std::move(name),
                        std::span(reinterpret_cast<const double*>(column.bytes), column.items));
    }
    return {};
}

core::Result<Dataset> Dataset::open(const std::filesystem::path& file) {
    auto state = std::make_shared<State>();
    state->path = file;
    if (auto read = state->read(); !read)
        return fail(std::move(read.error().during("opening the dataset " + file.string())));
    return Dataset(std::move(state));
}

core::Result<Dataset> Dataset::openProved(const std::filesystem::path& file, std::string_view digest) {
    BALMER_TRY(auto dataset, open(file));
    if (dataset.digest() != digest)
        return fail(ErrorCode::Format, "the dataset " + file.string() + " has the digest " +
                                           dataset.digest().substr(0, 12) + "…, not " +
                                           std::string(digest.substr(0, 12)) +
                                           "…: " + std::string(core::proveRemedy));
    const auto& stamp = dataset.state_->mapping.stamp();
    if (!core::isProved(stamp, digest)) {
        BALMER_CHECK(dataset.verify());
        core::setProved(stamp, digest);
    }
    return dataset;
}

const std::filesystem::path& Dataset::path() const {
    return state_->path;
}
std::size_t Dataset::rows() const {
    return state_->flux.rows();
}
std::size_t Dataset::columns() const {
    return state_->flux.columns();
}
core::FloatView Dataset::flux() const {
    return state_->flux;
}
core::FloatView Dataset::inverseVariance() const {
    return state_->inverseVariance;
}
core::ByteView Dataset::mask() const {
    return state_->mask;
}
const std::vector<std::string>& Dataset::ids() const {
    return state_->ids;
}
std::span<const double> Dataset::wavelengthAngstrom() const {
    return state_->wavelength;
}
spectrum::Medium Dataset::medium() const {
    return state_->medium;
}
const std::string& Dataset::provenance() const {
    return state_->provenance;
}
const std::string& Dataset::digest() const {
    return state_->digest;
}

std::optional<std::size_t> Dataset::rowOf(std::string_view id) const {
    const auto found = state_->rowOf.find(id);
    if (found == state_->rowOf.end()) return std::nullopt;
    return found->second;
}

core::Result<std::span<const double>> Dataset::column(std::string_view name) const {
    const auto found = state_->columns.find(name);
    if (found == state_->columns.end())
        return fail(ErrorCode::NotFound, "the dataset has no column \"" + std::string(name) + "\"; it has " +
                                             namesOf(state_->columns));
    return found->second;
}

core::Status Dataset::verify() const {
    const auto& s = *state_;
    if (digestOf(s.wavelength, s.ids, s.flux, s.inverseVariance, s.mask) != s.digest)
        return fail(ErrorCode::Format, "the dataset " + s.path.string() +
                                           " is not what its digest says: " + std::string(core::proveRemedy));
    return {};
}

} // namespace balmer::dataset

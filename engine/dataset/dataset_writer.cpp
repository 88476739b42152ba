#include <hdf5.h>

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "engine/core/hdf5_mutex.h"
#include "engine/core/pending_file.h"
#include "engine/dataset/dataset.h"
#include "engine/dataset/hdf5_handle.h"

namespace balmer::dataset {

namespace {

using core::ErrorCode;
using core::fail;

core::Status checkName(const std::string& name, std::vector<std::string>& seen) {
    if (name.empty() || name == "." || name.find('/') != std::string::npos ||
        name.find('\0') != std::string::npos)
        return fail(ErrorCode::InvalidArgument,
                    "\"" + name + "\" cannot be a column's name; it must not be empty or contain '/'");
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
        return fail(ErrorCode::InvalidArgument, "two columns are called \"" + name + "\"; rename one");
    seen.push_back(name);
    return {};
}

core::Status check(const DatasetContent& content) {
    const std::size_t rows = content.flux.rows(), columns = content.flux.columns();
    const auto wrong = [](const std::string& what) { return fail(ErrorCode::InvalidArgument, what); };
    if (rows == 0 || columns == 0)
        return wrong("the dataset has no rows; choose spectra that cover the pipeline's wavelengths");
    const auto& ivar = content.inverseVariance;
    if (!ivar.empty() && (ivar.rows() != rows || ivar.columns() != columns))
        return wrong("the inverse variances have another shape than the fluxes");
    if (!content.mask.empty() && (content.mask.rows() != rows || content.mask.columns() != columns))
        return wrong("the mask has another shape than the fluxes");
    if (content.wavelengthAngstrom.size() != columns)
        return wrong("there are " + std::to_string(content.wavelengthAngstrom.size()) + " wavelengths for " +
                     std::to_string(columns) + " columns");
    for (std::size_t i = 0; i < columns; ++i)
        if (!std::isfinite(content.wavelengthAngstrom[i]) ||
            (i > 0 && !(content.wavelengthAngstrom[i] > content.wavelengthAngstrom[i - 1])))
            return wrong("wavelength " + std::to_string(i + 1) +
                         " is not above the one before it; sort the columns");
    if (content.ids.size() != rows)
        return wrong("there are " + std::to_string(content.ids.size()) + " ids for " + std::to_string(rows) +
                     " rows");
    std::unordered_set<std::string_view> seen;
    seen.reserve(rows);
    for (const auto& id : content.ids) {
        if (id.empty() || id.size() > longestId || id.find('\0') != std::string::npos)
            return wrong("\"" + id.substr(0, 60) + "\" cannot be an id: it must have 1 to 1024 bytes");
        if (!seen.insert(id).second)
            return wrong("the id \"" + id + "\" stands twice; give each row its own");
    }
    std::vector<std::string> names;
    for (const auto& column : content.columns) {
        BALMER_CHECK(checkName(column.name, names));
        if (column.values.size() != rows)
            return wrong("column \"" + column.name + "\" has " + std::to_string(column.values.size()) +
                         " values for " + std::to_string(rows) + " rows");
    }
    return {};
}

/// Collects HDF5's failures; every call after the first failure is skipped.
class File {
  public:
    explicit File(const std::string& path) {
        const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
        // 64 bytes: so that every matrix starts where vector instructions like it.
        // PendingFile has the lock already.
        ok_ = access && H5Pset_alignment(access.get(), 1, 64) >= 0 &&
              H5Pset_file_locking(access.get(), false, true) >= 0;
        const Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
        if (ok_)
            file_ = Handle(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose);
        ok_ = ok_ && file_;
    }

    bool close() { return file_.reset() && ok_; }

    void group(const char* name) {
        if (!ok_) return;
        const Handle group(H5Gcreate2(file_.get(), name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
        ok_ = static_cast<bool>(group);
    }

    void numbers(const std::string& name, hid_t fileType, hid_t memoryType, std::vector<hsize_t> shape,
                 const void* data) {
        if (!ok_) return;
        const Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
        const Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        ok_ = space && creation && H5Pset_layout(creation.get(), H5D_CONTIGUOUS) >= 0 &&
              H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY) >= 0 &&
              H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER) >= 0 &&
              H5Pset_obj_track_times(creation.get(), false) >= 0; // the same content gives the same bytes
        if (!ok_) return;
        const Handle data_set(H5Dcreate2(file_.get(), name.c_str(), fileType, space.get(), H5P_DEFAULT,
                                         creation.get(), H5P_DEFAULT),
                              H5Dclose);
        ok_ = data_set && H5Dwrite(data_set.get(), memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, data) >= 0;
    }

    void texts(const std::string& name, const std::vector<std::string>& values) {
        if (!ok_) return;
        std::size_t length = 1;
        for (const auto& value : values)
            length = std::max(length, value.size());
        std::string padded(length * values.size(), '\0');
        for (std::size_t i = 0; i < values.size(); ++i)
            std::copy(values[i].begin(), values[i].end(),
                      padded.begin() + static_cast<std::ptrdiff_t>(i * length));
        const Handle type = textType(length);
        if (ok_) numbers(name, type.get(), type.get(), {values.size()}, padded.data());
    }

    void attribute(const char* name, const std::string& value) {
        const Handle type = textType(std::max<std::size_t>(1, value.size()));
        const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
        if (!ok_) return;
        const Handle attribute(
            H5Acreate2(file_.get(), name, type.get(), space.get(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
        ok_ = attribute && H5Awrite(attribute.get(), type.get(), value.c_str()) >= 0;
    }

  private:
    Handle textType(std::size_t length) {
        Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
        ok_ = ok_ && type && H5Tset_size(type.get(), length) >= 0 &&
              H5Tset_cset(type.get(), H5T_CSET_UTF8) >= 0 && H5Tset_strpad(type.get(), H5T_STR_NULLPAD) >= 0;
        return type;
    }

    Handle file_;
    bool ok_ = false;
};

} // namespace

core::Result<std::string> writeDataset(core::PendingFile& pending, const DatasetContent& content) {
    BALMER_CHECK(check(content));
    const hsize_t rows = content.flux.rows(), columns = content.flux.columns();
    core::ByteMatrix allGood;
    if (content.mask.empty()) allGood = core::ByteMatrix(rows, columns);
    const core::ByteMatrix& mask = content.mask.empty() ? allGood : content.mask;
    const std::string digest = digestOf(content.wavelengthAngstrom, content.ids, content.flux.view(),
                                        content.inverseVariance.view(), mask.view());

    bool written = false;
    {
        const std::lock_guard lock(core::hdf5Mutex());
        silenceHdf5();
        File out(pending.path().string());
        out.attribute("format", "balmer-dataset");
        out.attribute("format_version", "1");
        out.attribute("medium", std::string(spectrum::toString(content.medium)));
        out.attribute("digest", digest);
        out.numbers("wavelength", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {columns},
                    content.wavelengthAngstrom.data());
        out.texts("ids", content.ids);
        out.texts("provenance", {content.provenance});
        out.group("columns");
        for (const auto& column : content.columns)
            out.numbers("columns/" + column.name, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {rows},
                        column.values.data());
        out.numbers("flux", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {rows, columns}, content.flux.data());
        if (!content.inverseVariance.empty())
            out.numbers("inverse_variance", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {rows, columns},
                        content.inverseVariance.data());
        out.numbers("mask", H5T_STD_U8LE, H5T_NATIVE_UCHAR, {rows, columns}, mask.data());
        written = out.close();
    }
    if (!written) {
        // HDF5 keeps to itself what the system said; the next bytes meet the same.
        BALMER_CHECK(pending.write(std::string(65536, ' ')));
        return fail(ErrorCode::Io, "cannot write the dataset " + pending.place().string() +
                                       "; is there space on that disk, and may you write there?");
    }
    return digest;
}

core::Result<std::string> writeDataset(const std::filesystem::path& file, const DatasetContent& content) {
    BALMER_TRY(auto pending, core::PendingFile::beside(file));
    BALMER_TRY(auto digest, writeDataset(pending, content));
    BALMER_CHECK(pending.publish());
    return digest;
}

} // namespace balmer::dataset

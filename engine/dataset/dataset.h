// Dataset: an immutable matrix of preprocessed spectra on disk, memory-mapped, with its ids, wavelengths and
// columns.
//
// One HDF5 file that h5py and pandas read:
//
//   /flux               float32 [rows × columns], little-endian, contiguous
//   /inverse_variance   float32 [rows × columns], absent where no errors are known
//   /mask               uint8 [rows × columns], 0 good, 1 bad
//   /ids                UTF-8 text of fixed length [rows], null-padded, each id once
//   /wavelength         float64 [columns], ångström, ascending
//   /provenance         UTF-8 text, JSON as the writer gave it
//   /columns/NAME       float64 [rows]; NaN where a value is not known
//   attributes of /: format "balmer-dataset", format_version 1, medium, digest
//
// The digest is the SHA-256 over shape, wavelengths, ids, flux, inverse variance and mask: what an
// algorithm's result depends on. Provenance and columns are beside it.
//
// A Dataset owns its mapping; views and spans that it hands out end with it (copies of a Dataset share the
// mapping). It never changes: any number of threads may read. The file must not be changed while it is open;
// Balmer replaces files only by renaming. HDF5 itself is called under core::hdf5Mutex().
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/pending_file.h"
#include "engine/core/result.h"
#include "engine/spectrum/axis.h"

namespace balmer::dataset {

struct Column {
    std::string name; ///< not empty, without '/'
    std::vector<double> values;
};

/// What is written. Rows of flux, ids and every column belong together by position.
struct DatasetContent {
    core::FloatMatrix flux;
    core::FloatMatrix
        inverseVariance;          ///< 0 × 0 where no errors are known; a row of zeros for a spectrum without
    core::ByteMatrix mask;        ///< 0 × 0 where all is good
    std::vector<std::string> ids; ///< at most 1024 bytes each
    std::vector<double> wavelengthAngstrom;
    spectrum::Medium medium = spectrum::Medium::Vacuum;
    std::string provenance;
    std::vector<Column> columns; ///< scale_minimum and scale_maximum among them where the rows are scaled
};

/// Writes beside the target, then renames: a reader sees the old file or the whole new one. Returns the
/// digest. Nothing of the matrices is copied. Errors: InvalidArgument (no rows, shapes that differ, an id
/// twice, empty or too long, wavelengths that do not ascend); Io.
core::Result<std::string> writeDataset(const std::filesystem::path& file, const DatasetContent& content);
/// The same into a file that is not published yet, since its name may depend on the digest.
core::Result<std::string> writeDataset(core::PendingFile& file, const DatasetContent& content);

class Dataset {
  public:
    /// Errors: NotFound, Io; Format when the file is not a Balmer dataset, is cut short, or its parts do not
    /// fit together.
    static core::Result<Dataset> open(const std::filesystem::path& file);
    /// The same, and it is proved that its content has this digest (core/proved_files.h): for whoever knows
    /// the digest from elsewhere. Errors also: Format where it is another one.
    static core::Result<Dataset> openProved(const std::filesystem::path& file, std::string_view digest);

    const std::filesystem::path& path() const;
    std::size_t rows() const;
    std::size_t columns() const;

    core::FloatView flux() const;
    /// Empty (0 × 0) where no errors are known.
    core::FloatView inverseVariance() const;
    core::ByteView mask() const;

    const std::vector<std::string>& ids() const;
    /// The row of an id, or nothing.
    std::optional<std::size_t> rowOf(std::string_view id) const;

    std::span<const double> wavelengthAngstrom() const;
    spectrum::Medium medium() const;
    const std::string& provenance() const;
    /// As written in the file; verify() proves it.
    const std::string& digest() const;

    /// The values of a per-row column. Errors: NotFound, listing those that exist.
    core::Result<std::span<const double>> column(std::string_view name) const;

    /// Reads everything and compares its SHA-256 with digest(). Errors: Format.
    core::Status verify() const;

  private:
    struct State;
    explicit Dataset(std::shared_ptr<const State> state) : state_(std::move(state)) {}
    std::shared_ptr<const State> state_;
};

} // namespace balmer::dataset

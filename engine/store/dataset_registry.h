// DatasetRegistry: the datasets of a project by name, and which spectrum each of their rows is.
//
// The numbers lie in files that the dataset module writes. Part of a Project; thread rule there. Ångström.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/job.h"

namespace balmer::store {

class Connections;
class StagedRows;

struct DatasetRecord {
    std::int64_t key = 0; ///< in the database; given when it is added
    std::string name;     ///< unique
    std::string digest;   ///< of the content
    std::string file;     ///< relative to the project's folder, or absolute outside it
    std::int64_t rows = 0;
    std::int64_t columns = 0;
    double firstWavelength = 0;
    double lastWavelength = 0;
    std::string pipeline = "{}"; ///< JSON: the steps that made it
    std::string collection;      ///< the collection it was made from; "" for all or for an imported matrix
    std::string created;         ///< set when it is added
    std::optional<jobs::JobId> job;
    std::string fileDigest; ///< SHA-256 of all bytes of the file; "" where an older Balmer registered it
};

/// A dataset whose rows are on the disk, but which nobody finds before it is added. What is not added goes
/// with this.
struct StagedDataset {
    DatasetRecord record;
    std::shared_ptr<const StagedRows> rows; ///< null where the dataset was there already
};

class DatasetRegistry {
  public:
    explicit DatasetRegistry(Connections& connections);

    /// ids: the spectrum of each row, in order; they need not be in the catalogue. Adding the same name with
    /// the same digest again changes nothing. Errors: InvalidArgument when the name belongs to another
    /// content, is empty, or ids and rows disagree.
    core::Result<DatasetRecord> add(const DatasetRecord& record, std::span<const std::string> ids);
    /// The same in two steps: the first writes the rows in many short transactions, the second is one small
    /// write, for a transaction that does more (Project::together).
    core::Result<StagedDataset> stage(const DatasetRecord& record, std::span<const std::string> ids);
    core::Result<DatasetRecord> add(const StagedDataset& staged);

    /// The same without the spectra of the rows, which ids() and rowOf() then do not know: for a project that
    /// is made of parts of another, where the file is asked.
    core::Result<DatasetRecord> adopt(const DatasetRecord& record);

    /// The file was made again, with the same content. Errors: NotFound.
    core::Status setFileDigest(std::string_view name, std::string_view digest);

    /// Errors: NotFound, naming the datasets that exist.
    core::Result<DatasetRecord> get(std::string_view name);
    /// By name.
    core::Result<std::vector<DatasetRecord>> list();

    /// The spectrum of each row. Errors: NotFound.
    core::Result<std::vector<std::string>> ids(std::string_view name);
    /// The row of a spectrum (the first, should it have several), if it is in the dataset. Errors: NotFound.
    core::Result<std::optional<std::int64_t>> rowOf(std::string_view name, std::string_view spectrumId);

    /// Forgets the dataset at once, and deletes its rows and its columns; the file stays. Errors: NotFound.
    core::Status remove(std::string_view name);

  private:
    core::Result<StagedDataset> stageRows(const DatasetRecord& record, std::span<const std::string> ids);
    Connections& connections_;
};

} // namespace balmer::store

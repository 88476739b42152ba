// ColumnRegistry: what was computed for each row of a dataset: scores, predictions, map positions,
// embeddings.
//
// A column has versions: writing it again never destroys what stood there. Part of a Project; thread rule
// there.
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
#include "engine/store/filter_expression.h"

namespace balmer::store {

class Connections;
class StagedRows;

enum class ColumnKind {
    Number,
    Category ///< values are indices into categories
};

struct ColumnInfo {
    std::string dataset = {};
    std::string name = {};
    int version = 0; ///< 1, 2, …; given when it is added
    ColumnKind kind = ColumnKind::Number;
    std::vector<std::string> categories = {};
    std::optional<jobs::JobId> job = {}; ///< that computed it
    std::string model = {};              ///< digest of the model it came from; "" when none
    std::string created = {};            ///< set when it is added
};

class ColumnRegistry {
  public:
    explicit ColumnRegistry(Connections& connections);

    /// One value a row, NaN where there is none; returns the version it got. Several columns of one result go
    /// in together or not at all with addAll. Errors: NotFound for the dataset; InvalidArgument when the
    /// number of values is not that of the rows or a category has no name.
    core::Result<int> add(const ColumnInfo& info, std::span<const double> values);
    struct NewColumn {
        ColumnInfo info;
        std::vector<double> values;
    };
    core::Result<std::vector<int>> addAll(std::span<const NewColumn> columns);
    /// Columns whose values are on the disk, but which nobody finds before they are added. What is not added
    /// goes with this.
    struct StagedColumn {
        ColumnInfo info;
        std::shared_ptr<const StagedRows> rows;
    };
    /// addAll in two steps: the first writes the values in many short transactions, the second is one small
    /// write, for a transaction that does more (Project::together).
    core::Result<std::vector<StagedColumn>> stage(std::span<const NewColumn> columns);
    core::Result<std::vector<int>> add(std::span<const StagedColumn> staged);

    /// The latest version of each column of the dataset, by name. Errors: NotFound.
    core::Result<std::vector<ColumnInfo>> list(std::string_view dataset);
    /// Oldest first; empty when there is no such column.
    core::Result<std::vector<ColumnInfo>> versions(std::string_view dataset, std::string_view name);
    /// version 0 is the latest. Errors: NotFound, naming the columns that exist.
    core::Result<ColumnInfo> info(std::string_view dataset, std::string_view name, int version = 0);
    /// The latest version of this column in each dataset that has one, oldest first; one indexed query.
    core::Result<std::vector<ColumnInfo>> newest(std::string_view name);
    core::Result<std::vector<double>> values(std::string_view dataset, std::string_view name,
                                             int version = 0);

    /// For filter expressions: dataset "" looks through all. Errors: those of ColumnLookup.
    core::Result<std::shared_ptr<const ColumnValues>> lookUp(std::string_view dataset,
                                                             std::string_view column);

  private:
    Connections& connections_;
};

} // namespace balmer::store

// RoundArchive: the rounds of active learning: which spectra were put before the observer, why, and how it
// went.
//
// Rounds count from 1 for each dataset and set of classes. Part of a Project; thread rule there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/active/label_event.h"
#include "engine/active/precision.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"

namespace balmer::store {

class Connections;
class StagedRows;

struct RoundItem {
    active::RoundList list = active::RoundList::Oracle;
    int rank = 0; ///< from 1, in its list
    std::string spectrum;
    std::string predicted;  ///< the model's class
    double probability = 0; ///< of that class (or of the targets together, in the list of candidates)
    double entropy = 0;     ///< normalised, 0 … 1
    std::string reason;     ///< for the user
    bool operator==(const RoundItem&) const = default;
};

struct RoundRecord {
    std::int64_t id = 0; ///< given when it is added
    int number = 0;      ///< given when it is added
    std::string dataset;
    std::vector<std::string> classes;
    std::vector<std::string> targets;
    std::string model; ///< digest of the model's artefact
    std::optional<jobs::JobId> job;
    std::string parameters = "{}"; ///< JSON
    std::string created;           ///< set when it is added
    std::optional<active::PrecisionEstimate> precision;
    std::vector<RoundItem> items; ///< by list and rank
};

/// A round whose items are on the disk, but which nobody finds before it is added. What is not added goes
/// with this.
struct StagedRound {
    RoundRecord record;
    std::shared_ptr<const StagedRows> rows;
};

class RoundArchive {
  public:
    explicit RoundArchive(Connections& connections);

    /// Returns the record with its id and number. Errors: InvalidArgument without a dataset or classes.
    core::Result<RoundRecord> add(const RoundRecord& record);
    /// The same in two steps: the first writes the items in many short transactions, the second is one small
    /// write, for a transaction that does more (Project::together).
    core::Result<StagedRound> stage(const RoundRecord& record);
    core::Result<RoundRecord> add(const StagedRound& staged);
    core::Status setPrecision(std::int64_t id, const active::PrecisionEstimate& estimate);

    /// Errors: NotFound.
    core::Result<RoundRecord> get(std::int64_t id);
    /// The last round of the dataset (of these classes, unless empty), if there is one.
    core::Result<std::optional<RoundRecord>> latest(std::string_view dataset,
                                                    const std::vector<std::string>& classes = {});
    /// Oldest first, without their items; dataset "" lists all.
    core::Result<std::vector<RoundRecord>> list(std::string_view dataset = {});

  private:
    Connections& connections_;
};

} // namespace balmer::store

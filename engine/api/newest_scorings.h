// NewestScorings: what the newest scorings of a project say of its spectra, read once for each scoring and
// kept. Private to api. Any thread.
//
// A new scoring, of this process or of another, is seen by the version of its columns: one indexed query a
// call. Kept are three numbers for each row of each scored dataset.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/store/project.h"
#include "engine/workflow/open_datasets.h"
#include "engine/workflow/scores.h"

namespace balmer::api {

class NewestScorings {
  public:
    /// Both must live longer.
    NewestScorings(store::Project& project, workflow::OpenDatasets& datasets)
        : project_(project), datasets_(datasets) {}

    core::Result<std::vector<std::optional<workflow::Predicted>>> of(std::span<const std::string_view> ids);

    std::size_t timesRead() const; ///< how often a scoring was read from the store

  private:
    void warnOnce(const std::string& dataset, const core::Error& why);
    core::Result<std::shared_ptr<const workflow::Scoring>> read(const store::ColumnInfo& predicted);

    struct Kept {
        int version = 0;
        std::string created;
        std::shared_ptr<const workflow::Scoring> scoring;
    };
    store::Project& project_;
    workflow::OpenDatasets& datasets_;
    mutable std::mutex mutex_; ///< guards the next; held while a scoring is read, so that it is read once
    std::map<std::string, Kept> kept_; ///< by dataset
    std::set<std::string> said_;       ///< datasets that were warned of
    std::size_t timesRead_ = 0;
};

} // namespace balmer::api

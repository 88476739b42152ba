// What came of downloads, as a job's result and as files to import. Private to the module.
#pragma once

#include <functional>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/vo/download/tree_download.h"
#include "engine/workflow/file_import.h"

namespace balmer::workflow {

/// Parameters that fetching kinds share. `otherwise`: where files go by default.
Field folderField(std::string_view otherwise);
Field maxBytesField();
Field connectionsField();
Field importField();
/// What finish() tells, as fields of a job's result.
std::vector<Field> fetchedFields();

class FetchedFiles {
  public:
    explicit FetchedFiles(std::filesystem::path folder) : folder_(std::move(folder)) {}

    /// originsOf: of a file by its address.
    void add(const vo::TreeReport& report,
             const std::function<std::vector<store::Origin>(const std::string& url)>& originsOf,
             jobs::JobNotes& notes);

    /// The first failure where nothing came and nothing was here before.
    core::Status anything() const;
    /// Imports what came, if it shall be, and makes the job's outcome: `result` with "folder", "fetched",
    /// "already_here", "bytes_fetched", "failed" and "not_tried" ([{url, why}]), and what importFiles gives.
    core::Result<jobs::Outcome> finish(nlohmann::json result, bool import, const std::string& collection,
                                       const Run& run, core::TaskContext& task);

  private:
    std::filesystem::path folder_;
    std::vector<ImportFile> files_;
    std::size_t fetched_ = 0, alreadyHere_ = 0;
    std::uint64_t bytes_ = 0;
    nlohmann::json failed_ = nlohmann::json::array(), notTried_ = nlohmann::json::array();
};

/// The environment's, or a new one.
std::shared_ptr<NetAccess> netOf(const Environment& environment);

} // namespace balmer::workflow

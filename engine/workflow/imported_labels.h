// Labels from a table as label events: what label-import, table-import and dataset-import have in
// common. Private to the module.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/active/label_event.h"
#include "engine/core/result.h"
#include "engine/jobs/field.h"
#include "engine/store/project.h"

namespace balmer::workflow {

/// What ImportedLabels::store() tells, as fields of a job's result.
std::vector<jobs::Field> labelFields();

class ImportedLabels {
  public:
    /// Which standing verdicts (a class, not sure, bad, artefact) give way to another class.
    enum class Replaces {
        SameSource, ///< those that the same observer gave by an earlier import from there
        Own,        ///< those of the same observer
        All
    };

    /// who gave them; view: where they come from, as label events say it.
    static core::Result<ImportedLabels> into(store::Project& project, std::string who, std::string view,
                                             Replaces replaces);

    /// An empty id or class is no label.
    void add(const std::string& id, const std::string& className);
    /// Stores them beside what stands at that moment, in their order and in batches: what stands already is
    /// not said again, so that storing once more completes what a failure cut short.
    /// {"labelled": stored, "replaced": of these, where another verdict stood, "kept": other verdicts that
    /// stand on, "unchanged", "without_label", "not_in_catalogue"}
    core::Result<nlohmann::json> store();

  private:
    ImportedLabels() = default;
    bool givesWay(const active::LabelEvent& verdict) const;

    store::Project* project_ = nullptr;
    std::string who_, view_;
    Replaces replaces_ = Replaces::SameSource;
    std::set<std::string, std::less<>> known_;
    std::vector<std::pair<std::string, std::string>> given_; ///< id, class
    std::size_t unknown_ = 0, empty_ = 0;
};

} // namespace balmer::workflow

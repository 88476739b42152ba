// Labels from a table as label events: what label-import and table-import have in common. Private to the
// module.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/active/label_event.h"
#include "engine/core/result.h"
#include "engine/store/project.h"

namespace balmer::workflow {

class ImportedLabels {
  public:
    /// who gave them; view: where they come from, as label events say it.
    static core::Result<ImportedLabels> into(store::Project& project, std::string who, std::string view);

    /// An empty id or class is no label; what stands already is not said again.
    void add(const std::string& id, const std::string& className);
    /// Stores them, all or none. {"labelled", "unchanged", "without_label", "not_in_catalogue"}
    core::Result<nlohmann::json> store();

  private:
    ImportedLabels() = default;

    store::Project* project_ = nullptr;
    std::string who_, view_;
    std::set<std::string, std::less<>> known_;
    std::map<std::string, std::string> standing_;
    std::vector<active::LabelEvent> events_;
    std::size_t unknown_ = 0, unchanged_ = 0, empty_ = 0;
};

} // namespace balmer::workflow

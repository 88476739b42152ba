#include "engine/workflow/imported_labels.h"

#include "engine/store/catalogue.h"
#include "engine/store/label_log.h"

namespace balmer::workflow {

core::Result<ImportedLabels> ImportedLabels::into(store::Project& project, std::string who,
                                                  std::string view) {
    ImportedLabels labels;
    labels.project_ = &project;
    labels.who_ = std::move(who);
    labels.view_ = std::move(view);
    BALMER_TRY(const auto catalogued, project.catalogue().ids({}));
    labels.known_.insert(catalogued.begin(), catalogued.end());
    BALMER_TRY(labels.standing_, project.labels().classes());
    return labels;
}

void ImportedLabels::add(const std::string& id, const std::string& className) {
    if (className.empty() || id.empty()) {
        ++empty_;
        return;
    }
    // Kept although nobody has imported the spectrum yet: what a user gave is never lost.
    unknown_ += !known_.contains(id);
    if (const auto found = standing_.find(id); found != standing_.end() && found->second == className) {
        ++unchanged_;
        return;
    }
    active::LabelEvent event;
    event.spectrum = id;
    event.className = className;
    event.who = who_;
    event.view = view_;
    events_.push_back(std::move(event));
}

core::Result<nlohmann::json> ImportedLabels::store() {
    BALMER_TRY(const auto stored, project_->labels().appendAll(events_));
    return nlohmann::json{{"labelled", stored.size()},
                          {"unchanged", unchanged_},
                          {"without_label", empty_},
                          {"not_in_catalogue", unknown_}};
}

} // namespace balmer::workflow

#include "engine/workflow/imported_labels.h"

#include <unordered_map>

#include "engine/store/catalogue.h"
#include "engine/store/label_log.h"
#include "engine/workflow/parameters.h"

namespace balmer::workflow {

core::Result<ImportedLabels> ImportedLabels::into(store::Project& project, std::string who, std::string view,
                                                  Replaces replaces) {
    ImportedLabels labels;
    labels.project_ = &project;
    labels.who_ = std::move(who);
    labels.view_ = std::move(view);
    labels.replaces_ = replaces;
    BALMER_TRY(const auto catalogued, project.catalogue().ids({}));
    labels.known_.insert(catalogued.begin(), catalogued.end());
    return labels;
}

void ImportedLabels::add(const std::string& id, const std::string& className) {
    if (className.empty() || id.empty()) {
        ++empty_;
        return;
    }
    // Kept although nobody has imported the spectrum yet: what a user gave is never lost.
    unknown_ += !known_.contains(id);
    given_.emplace_back(id, className);
}

bool ImportedLabels::givesWay(const active::LabelEvent& verdict) const {
    if (replaces_ == Replaces::All) return true;
    return verdict.who == who_ && (replaces_ == Replaces::Own || verdict.view == view_);
}

core::Result<nlohmann::json> ImportedLabels::store() {
    std::vector<active::LabelEvent> events;
    std::size_t unchanged = 0, kept = 0, replaced = 0;
    // Together: nobody gives a verdict between looking and storing.
    BALMER_CHECK(project_->together([&]() -> core::Status {
        BALMER_TRY(auto all, project_->labels().currentAll());
        std::unordered_map<std::string, active::LabelEvent> standing;
        for (auto& each : all)
            if (each.label.verdict) standing.emplace(each.spectrum, std::move(*each.label.verdict));
        for (const auto& [id, className] : given_) {
            active::LabelEvent event;
            event.spectrum = id;
            event.className = className;
            event.who = who_;
            event.view = view_;
            const auto [place, isNew] = standing.try_emplace(id, event);
            if (!isNew) {
                if (place->second.className == className) {
                    ++unchanged;
                    continue;
                }
                if (!givesWay(place->second)) {
                    ++kept;
                    continue;
                }
                ++replaced;
                place->second = event;
            }
            events.push_back(std::move(event));
        }
        BALMER_TRY([[maybe_unused]] const auto stored, project_->labels().appendAll(events));
        return {};
    }));
    return nlohmann::json{
        {"labelled", events.size()}, {"replaced", replaced},    {"kept", kept},
        {"unchanged", unchanged},    {"without_label", empty_}, {"not_in_catalogue", unknown_}};
}

std::vector<jobs::Field> labelFields() {
    return {countField("labelled", "labels that were given"),
            countField("replaced", "other verdicts"),
            countField("kept", "other verdicts that stay"),
            countField("unchanged", "labels that stood"),
            countField("without_label", "rows"),
            countField("not_in_catalogue", "labels of unknown spectra")};
}

} // namespace balmer::workflow

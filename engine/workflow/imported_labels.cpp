#include "engine/workflow/imported_labels.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

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
    std::optional<std::int64_t> act;
    std::size_t labelled = 0, unchanged = 0, kept = 0, replaced = 0;
    auto& log = project_->labels();
    const auto storeOne = [&](const std::string& id, const std::string& className) -> core::Status {
        active::LabelEvent event;
        event.spectrum = id;
        event.className = className;
        event.who = who_;
        event.view = view_;
        BALMER_TRY(const auto standing, log.current(id));
        if (standing.verdict && standing.verdict->className == className) {
            ++unchanged;
            return {};
        }
        if (standing.verdict && !givesWay(*standing.verdict)) {
            ++kept;
            return {};
        }
        replaced += standing.verdict.has_value();
        ++labelled;
        BALMER_TRY([[maybe_unused]] const auto stored, log.append(event, act));
        return {};
    };
    for (std::size_t first = 0; first < given_.size(); first += store::LabelLog::inOneWrite) {
        const auto batch =
            std::span(given_).subspan(first, std::min(store::LabelLog::inOneWrite, given_.size() - first));
        const auto storeBatch = [&]() -> core::Status {
            for (const auto& [id, className] : batch)
                BALMER_CHECK(storeOne(id, className));
            return {};
        };
        // Together: nobody gives a verdict between looking and storing.
        BALMER_CHECK(project_->together(storeBatch));
    }
    return nlohmann::json{
        {"labelled", labelled},   {"replaced", replaced},    {"kept", kept},
        {"unchanged", unchanged}, {"without_label", empty_}, {"not_in_catalogue", unknown_}};
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

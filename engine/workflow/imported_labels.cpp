#include "engine/workflow/imported_labels.h"

#include <algorithm>
#include <span>

#include "engine/core/crash_point.h"
#include "engine/core/text_number.h"
#include "engine/core/utf8.h"
#include "engine/store/label_log.h"
#include "engine/workflow/parameters.h"

namespace balmer::workflow {

void ImportedLabels::Leftover::add(const std::string& name) {
    ++rows;
    if (seen.insert(name).second) names.push_back(name);
}

ImportedLabels::ImportedLabels(store::Project& project, const NamedSpectra& spectra, std::string who,
                               std::string view, Replaces replaces)
    : project_(project), spectra_(spectra), who_(std::move(who)), view_(std::move(view)),
      replaces_(replaces) {}

core::Status ImportedLabels::add(const std::string& name, const std::string& className) {
    BALMER_TRY(auto tidyClass, core::tidyName(className));
    if (tidyClass.empty() || core::trimmed(name).empty()) {
        ++empty_;
        return {};
    }
    const auto match = spectra_.find(name);
    if (match.id.empty()) {
        (match.ambiguous ? ambiguous_ : unknown_).add(name);
        return {};
    }
    const auto [place, isNew] = places_.emplace(match.id, given_.size());
    if (isNew) {
        given_.push_back({std::string(match.id), std::move(tidyClass)});
        return {};
    }
    auto& given = given_[place->second];
    ++given.rows;
    given.contradicted |= given.className != tidyClass;
    return {};
}

bool ImportedLabels::givesWay(const active::LabelEvent& verdict) const {
    if (replaces_ == Replaces::All) return true;
    return verdict.who == who_ && (replaces_ == Replaces::Own || verdict.view == view_);
}

core::Result<nlohmann::json> ImportedLabels::store() {
    auto contradicted = nlohmann::json::array();
    std::size_t contradicting = 0;
    for (const auto& given : given_)
        if (given.contradicted) {
            contradicted.push_back(given.id);
            contradicting += given.rows;
        }
    std::erase_if(given_, [](const auto& given) { return given.contradicted; });
    std::size_t labelled = 0, unchanged = 0, kept = 0, replaced = 0;
    auto& log = project_.labels();
    BALMER_TRY(auto act, log.beginAct());
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
        BALMER_TRY([[maybe_unused]] const auto stored, act.append(event));
        return {};
    };
    for (std::size_t first = 0; first < given_.size(); first += store::LabelLog::inOneWrite) {
        const auto batch =
            std::span(given_).subspan(first, std::min(store::LabelLog::inOneWrite, given_.size() - first));
        const auto storeBatch = [&]() -> core::Status {
            for (const auto& given : batch)
                BALMER_CHECK(storeOne(given.id, given.className));
            return {};
        };
        // Together: nobody gives a verdict between looking and storing.
        BALMER_CHECK(project_.together(storeBatch));
        core::crashPoint("labels.some-given");
    }
    BALMER_CHECK(act.finish());
    return nlohmann::json{{"labels", labelled},
                          {"labelled", labelled},
                          {"replaced", replaced},
                          {"kept", kept},
                          {"unchanged", unchanged},
                          {"without_label", empty_},
                          {"unknown", unknown_.names},
                          {"not_in_catalogue", unknown_.rows},
                          {"ambiguous", ambiguous_.names},
                          {"not_unique", ambiguous_.rows},
                          {"contradicted", std::move(contradicted)},
                          {"contradicting", contradicting}};
}

core::Result<ClassCodes> ClassCodes::of(const std::map<std::string, std::string>& given) {
    ClassCodes codes;
    for (const auto& [key, value] : given) {
        BALMER_TRY(auto code, core::tidyName(key));
        BALMER_TRY(auto className, core::tidyName(value));
        if (!codes.classes_.emplace(code, std::move(className)).second)
            return core::fail(core::ErrorCode::InvalidArgument,
                              "parameters.map names the code \"" + code + "\" twice");
    }
    return codes;
}

core::Result<std::string> ClassCodes::classOf(const std::string& cell) const {
    if (classes_.empty()) return cell;
    BALMER_TRY(const auto code, core::tidyName(cell));
    if (code.empty()) return code;
    if (const auto found = classes_.find(code); found != classes_.end()) return found->second;
    std::string known;
    for (const auto& [each, className] : classes_)
        known += (known.empty() ? "" : ", ") + each;
    return core::fail(core::ErrorCode::InvalidArgument,
                      "the table has the code \"" + code +
                          "\", which parameters.map does not name (it names " + known + "); add \"" + code +
                          "=CLASS\", or \"" + code + "=\" to leave its rows out");
}

std::vector<jobs::Field> labelFields() {
    return {countField("labels", "that were given"),
            countField("labelled", "the same"),
            countField("replaced", "other verdicts"),
            countField("kept", "other verdicts that stay"),
            countField("unchanged", "labels that stood"),
            countField("without_label", "rows"),
            listField("unknown", textField("", ""), "names that no spectrum has"),
            countField("not_in_catalogue", "rows with such names"),
            listField("ambiguous", textField("", ""), "names that several spectra have"),
            countField("not_unique", "rows with such names"),
            listField("contradicted", textField("", ""), "spectra to which the table gives several classes"),
            countField("contradicting", "rows of these")};
}

} // namespace balmer::workflow

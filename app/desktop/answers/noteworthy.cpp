#include "app/desktop/answers/noteworthy.h"

#include <algorithm>
#include <set>
#include <utility>

namespace balmer::desktop {

namespace {

/// The flags in force, oldest first.
std::vector<std::int64_t> flagsIn(const std::vector<active::LabelEvent>& history) {
    std::set<std::int64_t> out;
    std::vector<std::int64_t> flags;
    for (std::size_t i = history.size(); i-- > 0;) {
        const active::LabelEvent& event = history[i];
        if (out.contains(event.id)) continue;
        if (event.kind == active::LabelKind::Undo && event.supersedes) out.insert(*event.supersedes);
        if (event.kind == active::LabelKind::Noteworthy) flags.insert(flags.begin(), event.id);
    }
    return flags;
}

} // namespace

core::Result<bool> setNoteworthy(api::Labelling& labelling, std::vector<active::LabelEvent> events,
                                 std::optional<bool> wanted) {
    std::vector<std::vector<std::int64_t>> flags;
    for (const auto& event : events) {
        BALMER_TRY(const auto history, labelling.history(event.spectrum));
        flags.push_back(flagsIn(history));
    }
    const bool flag = wanted.value_or(
        std::any_of(flags.begin(), flags.end(), [](const auto& standing) { return standing.empty(); }));
    std::vector<active::LabelEvent> said;
    for (std::size_t i = 0; i < events.size(); ++i) {
        active::LabelEvent& event = events[i];
        event.kind = flag ? active::LabelKind::Noteworthy : active::LabelKind::Undo;
        if (flag && flags[i].empty()) said.push_back(event);
        // An event that names the one it takes back.
        for (std::size_t k = 0; !flag && k < flags[i].size(); ++k) {
            event.supersedes = flags[i][k];
            said.push_back(event);
        }
    }
    if (said.size() > 1) {
        BALMER_CHECK(labelling.labelAll(std::move(said)));
    } else if (!said.empty()) {
        BALMER_TRY([[maybe_unused]] const auto kept, labelling.label(std::move(said.front())));
    }
    return flag;
}

} // namespace balmer::desktop

#include "engine/active/current_label.h"

#include <cstddef>
#include <vector>

namespace balmer::active {
namespace {

constexpr std::size_t nobody = static_cast<std::size_t>(-1);

bool isVerdict(LabelKind kind) {
    return kind == LabelKind::Class || kind == LabelKind::NotSure || kind == LabelKind::Bad ||
           kind == LabelKind::Artefact;
}

std::size_t latestInForce(std::span<const LabelEvent> events, const std::vector<char>& inForce,
                          std::size_t before) {
    while (before-- > 0)
        if (inForce[before] && events[before].kind != LabelKind::Undo) return before;
    return nobody;
}

/// Which events hold, after all the undoing.
std::vector<char> eventsInForce(std::span<const LabelEvent> events) {
    std::vector<char> inForce(events.size(), 1);
    std::vector<std::size_t> target(events.size(), nobody);
    for (std::size_t i = 0; i < events.size(); ++i) {
        if (events[i].kind != LabelKind::Undo) continue;
        std::size_t found = nobody;
        if (events[i].supersedes) {
            for (std::size_t j = 0; j < i && found == nobody; ++j)
                if (events[j].id == *events[i].supersedes) found = j;
        } else {
            found = latestInForce(events, inForce, i);
        }
        if (found == nobody || !inForce[found]) continue;
        target[i] = found;
        // Taking back an Undo puts its event into force again, and so on down the chain.
        char value = 0;
        for (std::size_t at = found; at != nobody; at = target[at], value = static_cast<char>(!value))
            inForce[at] = value;
    }
    return inForce;
}

} // namespace

CurrentLabel currentLabel(std::span<const LabelEvent> events) {
    CurrentLabel label;
    if (events.empty()) return label;
    label.lastEvent = events.back();
    const auto inForce = eventsInForce(events);
    for (std::size_t i = 0; i < events.size(); ++i) {
        const LabelEvent& event = events[i];
        if (!inForce[i] || event.kind == LabelKind::Undo) continue;
        if (isVerdict(event.kind)) label.verdict = event;
        if (event.kind == LabelKind::Noteworthy) label.noteworthy = true;
        if (event.kind == LabelKind::Skip) label.skipped = true;
        if (event.kind == LabelKind::Comment || !event.comment.empty()) label.comment = event.comment;
    }
    if (label.verdict) {
        label.skipped = false;
        if (label.verdict->kind == LabelKind::Class) label.className = label.verdict->className;
        label.notSure = label.verdict->kind == LabelKind::NotSure;
        label.bad = label.verdict->kind == LabelKind::Bad;
        label.artefact = label.verdict->kind == LabelKind::Artefact;
    }
    return label;
}

} // namespace balmer::active

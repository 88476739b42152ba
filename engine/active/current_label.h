// CurrentLabel: what the events of one spectrum add up to.
//
// Class, NotSure, Bad and Artefact are verdicts: the latest one in force stands alone, whoever gave it.
// Noteworthy and the comment live beside it. Skip changes nothing. Undo takes its event out of force, so that
// what held before holds again; an Undo can itself be undone. Pure functions; any thread.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/active/label_event.h"

namespace balmer::active {

struct CurrentLabel {
    std::string className; ///< empty when no class stands
    bool notSure = false;
    bool bad = false;
    bool artefact = false;
    bool noteworthy = false;
    bool skipped = false; ///< a Skip is in force and no verdict stands
    std::string comment;
    std::optional<LabelEvent>
        verdict; ///< the event of the standing verdict: who gave it, when, under which model
    std::optional<LabelEvent> lastEvent; ///< the last event of all, whatever it is

    bool hasClass() const { return !className.empty(); }
    /// Somebody decided: a class, not sure, bad or artefact.
    bool judged() const { return hasClass() || notSure || bad || artefact; }
    /// Only a standing class enters training.
    bool trains() const { return hasClass(); }

    bool operator==(const CurrentLabel&) const = default;
};

/// events: all of one spectrum, in the order in which they were stored. An Undo whose event is not among the
/// earlier ones, or is out of force already, does nothing.
CurrentLabel currentLabel(std::span<const LabelEvent> events);

} // namespace balmer::active

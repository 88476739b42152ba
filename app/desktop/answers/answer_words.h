// The words of the engine and those of the labelling widgets, one into the other. Pure functions; UI thread.
#pragma once

#include <vector>

#include <QString>

#include "engine/active/label_event.h"
#include "widgets/labelling/label_item.h"

namespace balmer::desktop {

active::LabelKind kindOf(widgets::LabelKind kind);
/// "not sure", "comment": a kind of label event for people.
QString kindWords(active::LabelKind kind);
/// "Taken back: single peak of 12 spectra": what one undo took back, at least one event.
QString takenBackWords(const std::vector<active::LabelEvent>& taken);

} // namespace balmer::desktop

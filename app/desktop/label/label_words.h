// The words of the engine and those of the labelling panel, one into the other. Pure functions; UI thread.
#pragma once

#include <optional>
#include <vector>

#include <QString>

#include "app/desktop/label/label_queue.h"
#include "engine/active/label_event.h"
#include "engine/api/spectra.h"
#include "widgets/labelling/label_item.h"

namespace balmer::desktop {

active::LabelKind kindOf(widgets::LabelKind kind);
/// What stands of a spectrum of the catalogue; nothing where it has no label.
std::optional<Verdict> verdictOf(const api::SpectrumRow& row);
bool isNoteworthy(const api::SpectrumRow& row);
/// As the panel shows it: the class, or the word for why there is none; "" for nothing.
QString verdictWords(const std::optional<Verdict>& verdict);
/// "not sure", "comment": a kind of label event for people.
QString kindWords(active::LabelKind kind);

} // namespace balmer::desktop

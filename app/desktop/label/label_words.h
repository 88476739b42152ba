// The words of the engine and those of the labelling panel, one into the other. Pure functions; UI thread.
#pragma once

#include <QString>

#include "engine/active/label_event.h"
#include "engine/api/spectra.h"
#include "widgets/labelling/label_item.h"

namespace balmer::desktop {

/// The lists of a round as RoundEntry::list names them, in the panel's order.
inline constexpr const char* listNames[] = {"oracle", "performance_estimate", "candidates"};

widgets::QueueList queueList(const std::string& list);
active::RoundList roundList(const std::string& list);
active::LabelKind kindOf(widgets::LabelKind kind);
/// The label of a row as the panel names it: its class, or the word for why it has none.
QString verdictOf(const api::SpectrumRow& row);
bool isNoteworthy(const api::SpectrumRow& row);

} // namespace balmer::desktop

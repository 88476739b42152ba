// What stands of a spectrum, from the catalogue and in words. Pure functions; UI thread.
#pragma once

#include <optional>

#include "app/desktop/label/label_queue.h"
#include "engine/api/spectra.h"
#include "widgets/labelling/label_item.h"

namespace balmer::desktop {

/// What stands of a spectrum of the catalogue; nothing where it has no label.
std::optional<Verdict> verdictOf(const api::SpectrumRow& row);
bool isNoteworthy(const api::SpectrumRow& row);
/// As the panel takes it.
std::optional<widgets::Answer> answerOf(const std::optional<Verdict>& verdict);

} // namespace balmer::desktop

// The flag "noteworthy", given and taken back. Any thread but the UI's: it reads histories and writes.
#pragma once

#include <optional>
#include <vector>

#include "engine/api/labelling.h"

namespace balmer::desktop {

/// Flags the spectra of these events, which say who, where and when, or takes their flags back, as one act.
/// wanted: absent, they are taken back where all of the spectra are flagged. Returns whether they are flagged
/// now.
core::Result<bool> setNoteworthy(api::Labelling& labelling, std::vector<active::LabelEvent> events,
                                 std::optional<bool> wanted);

} // namespace balmer::desktop

// What is known of a spectrum in words: {"object", "HD 190603"} …, in the order shown; "–" for what is not
// known. Pure functions; UI thread.
#pragma once

#include <utility>
#include <vector>

#include <QString>

#include "engine/api/spectra.h"

namespace balmer::desktop {

using SpectrumFacts = std::vector<std::pair<QString, QString>>;

/// What was observed: object, position, date, class, S/N, survey …
SpectrumFacts observedFacts(const api::SpectrumRow& row);
/// What was said of it, by people and networks: label, flags, prediction, comment.
SpectrumFacts judgedFacts(const api::SpectrumRow& row);

} // namespace balmer::desktop

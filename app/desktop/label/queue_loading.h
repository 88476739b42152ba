// Reads from the project what a queue of the Label place is made of. Any thread but the UI's; stops early
// where it is asked to, with less.
#pragma once

#include <stop_token>

#include "app/desktop/label/label_preparer.h"
#include "engine/api/workbench.h"

namespace balmer::desktop {

struct LoadedQueue {
    QueueEntries entries;
    Verdicts verdicts;
    std::optional<api::RoundInfo> round; ///< whose lists these are
    std::string dataset;                 ///< that has their windows; "": none
    Predictions predictions;             ///< of the round's model
};

/// The lists of a round, by its job.
core::Result<LoadedQueue> loadRound(api::Workbench& workbench, jobs::JobId job, const std::stop_token& stop);
/// reasons: why each is listed, or empty.
core::Result<LoadedQueue> loadList(api::Workbench& workbench, const std::vector<std::string>& ids,
                                   const std::vector<std::string>& reasons, const std::stop_token& stop);
/// All spectra of which nothing has been said: neither a class nor why there is none.
core::Result<LoadedQueue> loadUnlabelled(api::Workbench& workbench, const std::stop_token& stop);

Verdicts verdictsOf(api::Workbench& workbench, const std::vector<std::string>& ids,
                    const std::stop_token& stop);

} // namespace balmer::desktop

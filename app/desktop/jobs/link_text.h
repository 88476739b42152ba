// How the state of a connection to a worker is said and drawn, in all places alike. UI thread.
#pragma once

#include <QString>

#include "engine/api/workers.h"
#include "widgets/common/icons.h"

namespace balmer::desktop {

/// "connected", "unreachable".
QString linkWord(const api::WorkerInfo& worker);
/// The same with what follows from it: "not reachable since 12:03, tried again by itself".
QString linkSentence(const api::WorkerInfo& worker);
/// What went wrong, as a sentence; it may begin with a name or an address, which keeps its small letters.
QString workerTrouble(const std::string& message);
/// A shape and a colour for each state: a full disc while connected, a triangle while lost.
widgets::Icon linkIcon(api::WorkerInfo::Link link);

} // namespace balmer::desktop

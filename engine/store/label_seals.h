// LabelSeals: a chain of digests over the label events, by which a byte that changed on the disk is found.
// Private to the store.
//
// The seal of an event is the SHA-256 over the seal of the event before it and all that the event says. It is
// written in the event's own transaction. It proves nothing against somebody who makes the chain anew.
#pragma once

#include <string>
#include <vector>

#include "engine/core/result.h"

namespace balmer::store {

class Database;

/// Seals the events that have none, in their order: within the write that appends them. Those of a project
/// that is older than the seals are sealed when it is opened.
core::Status sealEvents(Database& database);

/// Events that are not what was sealed, or are gone: a sentence each, at most `most`.
core::Result<std::vector<std::string>> brokenSeals(Database& database, std::size_t most);

} // namespace balmer::store

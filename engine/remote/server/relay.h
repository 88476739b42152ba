// Relay: what `balmer-worker --stdio` does: standard input and output become a connection to the worker of
// this user, which is started where none runs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace balmer::remote {

/// Until either side ends. start: the command that starts a worker of that folder; its words go to
/// FOLDER/worker.log. Errors: Io with the reason, DeadlineExceeded when the worker does not come up.
core::Status relay(const std::filesystem::path& folder, const std::vector<std::string>& start);

} // namespace balmer::remote

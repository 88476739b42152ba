// WorkerConfig: what a worker's operator decides, in the file worker.json of the worker's folder. A value.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace balmer::remote {

struct WorkerConfig {
    std::size_t slots = 1;                    ///< jobs that run at once
    std::size_t threads = 0;                  ///< for each job; 0: all processors
    std::uint64_t quotaGibibyte = 50;         ///< of what clients send
    std::vector<std::filesystem::path> roots; ///< below these, data may be registered where they lie
    std::vector<std::string> seesAll;         ///< owners who may see everybody's jobs
    unsigned idleMinutes = 0;                 ///< end after so long without client and job; 0: never

    /// Errors: Format with the field's name, for a file that is not as it should be. No file: the defaults.
    static core::Result<WorkerConfig> read(const std::filesystem::path& file);
};

/// balmer/worker in the user's data folder (XDG).
std::filesystem::path defaultWorkerFolder();
/// Where the worker of that folder listens: FOLDER/run/socket, or a place in the folder for temporary files
/// where that path would be too long for a socket.
std::filesystem::path workerSocket(const std::filesystem::path& folder);

} // namespace balmer::remote

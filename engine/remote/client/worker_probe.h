// WorkerProbe: one question to a worker, over a connection of its own.
//
// Owner: the caller; any thread, which waits for the answer. Values.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "engine/core/result.h"
#include "engine/remote/client/worker_book.h"
#include "engine/remote/protocol/handshake.h"

namespace balmer::remote {

/// What a worker says when it is asked.
struct WorkerReport {
    WorkerGreeting greeting;
    std::size_t running = 0, waiting = 0, objects = 0;
    struct Listed {
        std::string key, owner, kind, label, phase, stage, created;
        double progress = 0;
    };
    std::vector<Listed> jobs;              ///< that this user may see, newest first
    std::chrono::microseconds answered{0}; ///< time of one small request
};

struct RegisteredData {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> refused;
};

/// The calling thread waits, as long as Options.limit for each answer.
class WorkerProbe {
  public:
    struct Options {
        std::vector<std::string> ssh{"ssh"};
        std::filesystem::path identity; ///< folder of this user's certificate
        std::string software, user;
        std::chrono::milliseconds limit{10000};
    };
    explicit WorkerProbe(Options options) : options_(std::move(options)) {}
    const Options& options() const { return options_; }

    core::Result<WorkerReport> ask(const WorkerEntry& entry) const;
    /// The fingerprint of the worker's certificate, to be pinned. Errors: what is wrong, in words.
    core::Result<std::string> pair(const WorkerEntry& entry, const std::string& code) const;
    core::Result<RegisteredData> registerPath(const WorkerEntry& entry, const std::string& path) const;

  private:
    Options options_;
};

struct ClientSettings; // worker_client.h
/// How a connection of this user's is opened.
ClientSettings settingsFor(const WorkerProbe::Options& options);

} // namespace balmer::remote

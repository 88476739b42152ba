// The worker's face: what the program balmer-worker does. Headless; no project of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace balmer::api {

struct WorkerOptions {
    std::filesystem::path folder;     ///< everything that the worker keeps
    std::string listenTls, listenTcp; ///< "address:port"; "" for none
    int slots = 0;                    ///< 0: as worker.json says
    int threads = -1;                 ///< for each job; −1: as worker.json says
    int idleMinutes = -1;             ///< −1: as worker.json says
    std::vector<std::string> runner;  ///< the command whose runJobs() runs the jobs
};

/// What a running worker listens on.
struct WorkerAddresses {
    std::filesystem::path socket;
    std::uint16_t tlsPort = 0, tcpPort = 0;
    std::string fingerprint; ///< of its certificate, with TLS
};

/// Runs a worker until SIGTERM, SIGINT or idleness. ready is called once when it listens. To be called by the
/// main thread before others exist. Errors: those of WorkerServer::open.
core::Status serveWorker(const WorkerOptions& options,
                         const std::function<void(const WorkerAddresses&)>& ready);

/// Runs the jobs that a worker hands to its child on standard input (remote/server/job_runner.h), until that
/// ends. Called by the main thread.
core::Status runJobs();

/// --stdio: start is the command of a worker for that folder.
core::Status relayWorker(const std::filesystem::path& folder, const std::vector<std::string>& start);

std::filesystem::path defaultWorkerFolder();
/// A code that a client may pair with in the next ten minutes.
core::Result<std::string> openWorkerPairing(const std::filesystem::path& folder);
/// The user's token for plain TCP; made when it is missing.
core::Result<std::string> workerToken(const std::filesystem::path& folder, const std::string& user);

struct WorkerGarbage {
    std::size_t objects = 0;
    std::uint64_t bytes = 0, left = 0;
    std::size_t jobs = 0; ///< records that were dropped
};
/// Drops what no job needs: objects unused for so many days, and jobs that were released or whose time is
/// over.
core::Result<WorkerGarbage> collectWorkerGarbage(const std::filesystem::path& folder, int unusedForDays);

} // namespace balmer::api

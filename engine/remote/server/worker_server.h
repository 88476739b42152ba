// WorkerServer: a worker: its store, its jobs, and those who may talk to it.
//
// Made and run by the program balmer-worker. run() uses the calling thread for the network and a few threads
// of its own (`balmer-disk`) for files; stop() may be called from any thread and from a signal handler's
// thread. Everything that must last lies in the folder, so that kill -9 is an ordinary way to stop.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/worker_journal.h"
#include "engine/remote/objects/object_store.h"
#include "engine/remote/server/worker_config.h"

namespace balmer::remote {

/// What the server needs to know of the jobs that it runs.
struct WorkerJobs {
    std::vector<std::string> kinds; ///< that this build can run
    std::function<core::Status(const std::string& spec)> check;
    struct Words {
        std::string kind, label;
    };
    std::function<Words(const std::string& spec)> describe;
    std::vector<std::string> runner; ///< command of a child that runs jobs (job_runner.h)
};

struct WorkerSettings {
    std::filesystem::path folder;
    WorkerConfig config;
    std::string tls; ///< "address:port" to listen on with TLS; "" for none
    std::string tcp; ///< "127.0.0.1:port" to listen on without; "" for none
    std::string programVersion;
    std::string device = "cpu";
    int attempts = 3; ///< after so many deaths of the worker a job is given up
    std::chrono::milliseconds handshake{8000};
    std::chrono::milliseconds ping{15000};
};

class WorkerServer {
  public:
    /// Makes the folder (0700), takes its lock, opens the listeners. Errors: InvalidArgument for an address
    /// that may not be listened on; ResourceExhausted "a worker runs in that folder already"; Io, Store.
    static core::Result<std::unique_ptr<WorkerServer>> open(WorkerSettings settings, WorkerJobs jobs,
                                                            jobs::WorkerJournal& journal);
    ~WorkerServer();

    /// Until stop(), or until idle for as long as the configuration says.
    core::Status run();
    void stop();

    std::filesystem::path socket() const;
    std::uint16_t tlsPort() const; ///< 0: none
    std::uint16_t tcpPort() const;

  private:
    struct State;
    explicit WorkerServer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

struct Garbage {
    std::size_t objects = 0, jobs = 0;
    std::uint64_t bytes = 0, left = 0;
};
/// Drops what no job needs: the records of jobs whose time is over, and objects unused for so many days. A
/// running worker does it once a day by itself.
core::Result<Garbage> collectGarbage(ObjectStore& objects, jobs::WorkerJournal& journal, int unusedForDays);

/// The token for plain TCP of a user; made when it is missing. In FOLDER/tokens.json, readable for the owner
/// alone.
core::Result<std::string> workerToken(const std::filesystem::path& folder, const std::string& user);

/// Opens a pairing code for ten minutes; a running worker of that folder sees it. Errors: Io.
core::Result<std::string> openPairing(const std::filesystem::path& folder);

/// The fingerprint of the worker's certificate, which is made when it is missing.
core::Result<std::string> workerFingerprint(const std::filesystem::path& folder);

} // namespace balmer::remote

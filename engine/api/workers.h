// Workers: the computers that run jobs for this user; of the user, not of the project.
//
// Handed out by Workbench::workers and lives as long. Any thread, several at once. What is marked (quick) may
// be called from the UI thread; the others wait for the network. Times are ISO 8601 UTC text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace balmer::api {

/// A worker that the user has added, and how it stands with the connection to it.
struct WorkerInfo {
    std::string name;
    std::string url;
    std::string token;   ///< for tcp://
    bool paired = false; ///< for tls://
    int jobsAtOnce = 4;  ///< of this user, sent to it at once
    enum class Link {
        Idle,       ///< nothing is wanted of it
        Connecting, ///<
        Connected,  ///<
        Lost        ///< tried again by itself
    };
    Link link = Link::Idle;
    std::string trouble;                            ///< when Lost: why, a sentence
    std::string since;                              ///< of this state of the link; "" before the first
    std::size_t jobs = 0;                           ///< of this project that have not ended there
    std::uint64_t sentBytes = 0, receivedBytes = 0; ///< on the present connection
};

/// What a worker says when it is asked.
struct WorkerReport {
    std::string software, host, processor, owner;
    std::vector<std::string> kinds; ///< of job that it runs
    bool registersData = false;
    std::size_t slots = 0, freeSlots = 0, running = 0, waiting = 0;
    std::uint64_t storedBytes = 0, quotaBytes = 0;
    std::size_t objects = 0;         ///< cached files
    double answeredMilliseconds = 0; ///< time of one small request
    struct Job {
        std::string key, owner, kind, label, phase, stage, created;
        double progress = 0;
    };
    std::vector<Job> jobs; ///< that this user may see, newest first
};

struct RegisteredData {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> refused; ///< "name: reason"
};

class Workers {
  public:
    virtual ~Workers() = default;

    virtual core::Result<std::vector<WorkerInfo>> list() = 0; ///< in the order of their adding (quick)
    /// Adds it, or replaces the one of this name; name, url, token and jobsAtOnce are taken. Errors:
    /// InvalidArgument. (quick)
    virtual core::Status put(const WorkerInfo& worker) = 0;
    /// Errors: NotFound; InvalidArgument while jobs of this project run there. (quick)
    virtual core::Status remove(const std::string& name) = 0;
    /// Removes it all the same: its jobs end here as aborted, without a word to it. For a worker that is gone
    /// for good. Errors: NotFound. (quick)
    virtual core::Status forget(const std::string& name) = 0;
    /// Connects and asks; the worker need not have been added. Errors: what is wrong, in words.
    virtual core::Result<WorkerReport> ask(const WorkerInfo& worker) = 0;
    /// Proves the code that `balmer-worker pair` shows, and remembers the worker's certificate.
    virtual core::Status pair(const std::string& name, const std::string& code) = 0;
    /// Data that lie on the worker's side, by their path there.
    virtual core::Result<RegisteredData> registerData(const std::string& name, const std::string& path) = 0;
    virtual void retry(const std::string& name) = 0; ///< a lost connection, at once (quick)
};

} // namespace balmer::api

// JobRunner: runs a worker's jobs, each in a child process, so many at once as there are slots. Private to
// remote.
//
// A child is the program of the `runner` command. It reads lines of JSON on its standard input:
//     {"job": "/folder/of/the/job", "threads": 2}     {"stop": true}
// and writes lines on its standard output while it runs the job, the last of them "done":
//     {"progress": 0.4, "stage": "training"}   {"series": ["loss", 3, 0.2]}   {"log": "text"}
//     {"done": {"error": {"code": …, "message": …, "context": […]}}}   or   {"done": {}}
// For a job that succeeded, FOLDER/outputs and FOLDER/result.json {"result": "…", "outputs": ["name", …]} are
// complete before "done". A child runs one job after the other; one that dies fails its job alone. An idle
// child is kept, so that the next job does not wait for libraries to load.
//
// Used on one thread, that of its executor.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/worker_journal.h"
#include "engine/remote/objects/object_store.h"
#include "engine/remote/transport/offload.h"
#include "engine/remote/transport/stream.h"

namespace balmer::remote {

/// ObjectStore::offer; what no job needs gives way where the quota is reached. On a thread that may wait.
core::Result<std::vector<std::uint32_t>> offerMakingRoom(ObjectStore& objects, jobs::WorkerJournal& journal,
                                                         const Manifest& manifest);

/// What was refused for want of room on the worker's disk says what makes room there.
core::Error withRoomHint(core::Error error);

class JobRunner {
  public:
    struct Options {
        std::filesystem::path folder;     ///< one folder a job is made here
        std::vector<std::string> command; ///< of the child: program and arguments
        std::size_t slots = 1;
        std::size_t threads = 0; ///< for each job; 0: all processors
        int attempts = 3;        ///< after so many deaths of the worker a job is given up
        std::string device = "cpu", programVersion;
    };
    /// changed(key): something was written into the journal.
    JobRunner(asio::any_io_executor executor, NamedPool& disk, jobs::WorkerJournal& journal,
              ObjectStore& objects, Options options, std::function<void(const std::string&)> changed);
    ~JobRunner();

    /// Takes up what an earlier process left queued or executing. Errors: those of the journal.
    core::Status resume();
    /// A job whose phase is Queued.
    void enqueue(const std::string& key);
    /// Stops it: at once when it waits, by its child when it runs. Already noted in the journal.
    void cancel(const std::string& key);

    std::size_t running() const { return running_.size(); }
    std::size_t waiting() const { return queue_.size(); }
    std::size_t slots() const { return options_.slots; }

    /// Ends every child; the jobs that ran are taken up by the next process.
    void stop();

  private:
    struct Child;
    struct Report;
    core::Result<std::shared_ptr<Child>> child();
    core::Result<std::shared_ptr<Child>> spawn();
    void startNext();
    asio::awaitable<void> run(std::string key);
    asio::awaitable<core::Status> perform(const std::string& key);
    asio::awaitable<core::Status> converse(const std::string& key, const std::shared_ptr<Child>& child);
    asio::awaitable<core::Status> collect(const std::string& key);
    asio::awaitable<void> end(const std::string& key, core::Error error);
    asio::awaitable<void> keepIdle(std::shared_ptr<Child> child);

    asio::any_io_executor executor_;
    NamedPool& disk_;
    jobs::WorkerJournal& journal_;
    ObjectStore& objects_;
    Options options_;
    std::function<void(const std::string&)> changed_;
    std::deque<std::string> queue_;
    std::map<std::string, std::shared_ptr<Child>> running_; ///< null until the child is there
    std::set<std::string> cancelled_;
    std::vector<std::shared_ptr<Child>> idle_;
    std::shared_ptr<bool> alive_; ///< false when this object has gone
    bool stopping_ = false;
    Signal stopped_;
};

} // namespace balmer::remote

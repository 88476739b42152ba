// RemoteJobs: the jobs of a project that run on workers: sent, watched, fetched, and taken home, whatever
// happens to the connection or to this program in between.
//
// A job is written into the project's store before anything is sent; from then on this class needs nothing
// but the store to go on with it, so that starting the program again after days is the same as reconnecting.
// A worker that does not answer is tried again after 1, 2, 4 … 60 s; its jobs stay what they are.
//
// Owner: whoever opened the project; store and ports outlive it. Every function may be called from any
// thread. Threads: `balmer-remote` talks to the workers and calls the observers; `balmer-transfer` (two)
// read, write, hash and call the ports.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/jobs/job.h"
#include "engine/jobs/job_store.h"
#include "engine/jobs/queue.h"
#include "engine/remote/client/worker_book.h"
#include "engine/remote/client/worker_probe.h"
#include "engine/remote/protocol/handshake.h"

namespace balmer::remote {

/// A file of a parcel: its name there, and where its bytes lie.
struct NamedFile {
    std::string name;
    std::filesystem::path path;
};

/// The work that RemoteJobs leaves to others. Called from any of its threads.
class ParcelPort {
  public:
    virtual ~ParcelPort() = default;
    /// The job's description, canonical.
    virtual core::Result<std::string> describe(const jobs::Job& job) = 0;
    /// What it reads; small files are written into the folder.
    virtual core::Result<std::vector<NamedFile>>
    pack(const jobs::Job& job, const std::filesystem::path& folder, core::TaskContext& task) = 0;
    /// Takes the outputs in and ends the job, in one transaction. False: it had ended already. Io, Store,
    /// DeadlineExceeded and ResourceExhausted may be tried again; another error is the job's end.
    virtual core::Result<bool> commit(jobs::JobId job, std::string_view resultJson,
                                      std::span<const NamedFile> outputs, std::string_view endTime) = 0;
};

/// The state of the connection to a worker.
struct Link {
    enum class State {
        Idle,       ///< no job needs it
        Connecting, ///<
        Connected,  ///<
        Lost        ///< tried again by itself
    };
    std::string worker;
    State state = State::Idle;
    std::string trouble;                    ///< when Lost: why, a sentence
    std::string since;                      ///< of this state
    std::uint64_t sent = 0, received = 0;   ///< bytes on the present connection
    std::optional<WorkerGreeting> greeting; ///< of the last connection
};

class RemoteJobs {
  public:
    struct Options {
        std::filesystem::path folder; ///< for what is under way; made where it is missing
        WorkerProbe::Options connect;
        std::chrono::milliseconds firstRetry{1000}, lastRetry{60000};
        std::chrono::milliseconds ping{15000};
        std::chrono::milliseconds closeAfter{30000}; ///< a connection that no job needs
    };
    using JobObserver = std::function<void(const jobs::JobEvent&)>;
    using LinkObserver = std::function<void(const Link&)>;

    RemoteJobs(jobs::JobStore& store, ParcelPort& ports, WorkerBook book, Options options,
               JobObserver jobs = {}, LinkObserver links = {});
    /// Leaves the jobs to their workers.
    ~RemoteJobs();
    RemoteJobs(const RemoteJobs&) = delete;
    RemoteJobs& operator=(const RemoteJobs&) = delete;

    /// Resumes the remote jobs of the store; releases at their workers those that ended when the program was
    /// killed. Until then only what is submitted here is supervised.
    void begin();

    /// Keeps the job as Pending, durably, then sends it. worker: a name of the book. Errors: NotFound for
    /// another name; those of the store. Quick.
    core::Result<jobs::JobId> submit(jobs::JobSpec spec, const std::string& worker,
                                     const std::string& programVersion);

    /// A worker where the job can begin at once, if there is one; among those, the one that has most of its
    /// data, then the one with most free slots. Nothing where none answers. Waits for their answers, as long
    /// as Options.connect.limit.
    std::optional<std::string> choose(const jobs::JobSpec& spec);

    /// Asks the worker to stop it, now or as soon as it answers.
    core::Status abort(jobs::JobId id);

    /// Ends all jobs at that worker here, as aborted, without a word to it: for one that is gone for good.
    core::Status forget(const std::string& worker);

    /// Waits until the job is final, or until stop; returns its record.
    core::Result<jobs::Job> wait(jobs::JobId id, std::stop_token stop = {});

    /// Supervises one job of the store, as begin() does with all.
    core::Status attach(jobs::JobId id);

    std::vector<Link> links() const;
    /// Tries a lost connection at once.
    void retryNow(const std::string& worker);

  private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace balmer::remote

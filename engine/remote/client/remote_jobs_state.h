// The parts of RemoteJobs: a line to each worker, and the steps of each job on it. Private to the module.
//
// All of it belongs to the thread `balmer-remote`, except what says otherwise; whatever waits for the disk is
// handed to `balmer-transfer`.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include "engine/core/clock.h"
#include "engine/core/start_thread.h"
#include "engine/remote/client/remote_jobs.h"
#include "engine/remote/client/transfer.h"
#include "engine/remote/client/worker_client.h"
#include "engine/remote/transport/offload.h"

namespace balmer::remote {

/// Objects that a job fetches, commits and removes again: another job with an equal output waits meanwhile.
class Fetching {
  public:
    explicit Fetching(const asio::any_io_executor& executor) : changed_(executor) {}

    class [[nodiscard]] Hold {
      public:
        Hold(std::shared_ptr<Fetching> owner, std::vector<ObjectId> objects)
            : owner_(std::move(owner)), objects_(std::move(objects)) {}
        Hold(Hold&&) noexcept = default;
        Hold& operator=(Hold&&) = delete;
        ~Hold() {
            if (!owner_) return;
            for (const auto& object : objects_)
                owner_->held_.erase(object);
            owner_->changed_.notify();
        }

      private:
        std::shared_ptr<Fetching> owner_;
        std::vector<ObjectId> objects_;
    };
    static asio::awaitable<Hold> hold(std::shared_ptr<Fetching> self,
                                      std::vector<jobs::ParcelEntry> outputs) {
        std::vector<ObjectId> objects;
        for (const auto& output : outputs)
            objects.push_back(output.object);
        while (std::any_of(objects.begin(), objects.end(),
                           [&](const auto& each) { return self->held_.contains(each); }))
            co_await self->changed_.wait();
        self->held_.insert(objects.begin(), objects.end());
        co_return Hold(self, std::move(objects));
    }

  private:
    std::set<ObjectId> held_;
    Signal changed_;
};

struct RemoteJobs::State {
    /// One worker, as long as the program runs.
    struct Line {
        explicit Line(const asio::any_io_executor& executor, std::string given) : wake(executor) {
            link.worker = std::move(given);
        }
        Link link;
        Signal wake;
        std::shared_ptr<WorkerClient> client;
        std::set<jobs::JobId> known;   ///< jobs to supervise
        std::set<jobs::JobId> driving; ///< jobs that a coroutine drives now
    };

    State(jobs::JobStore& kept, ParcelPort& given, WorkerBook entries, Options chosen, JobObserver forJobs,
          LinkObserver forLinks)
        : store(kept), ports(given), book(std::move(entries)), options(std::move(chosen)),
          publishJob(std::move(forJobs)), publishLink(std::move(forLinks)),
          manifests(options.folder / "manifests"), io(1), transfer(2, "balmer-transfer") {}

    Line& line(const std::string& worker);
    void supervise(const std::string& worker, jobs::JobId id);
    void setState(Line& line, Link::State state, std::string trouble = {});
    void countBytes(Line& line);
    void show(const Link& link);
    void publish(const jobs::Job& job, jobs::JobEvent::Kind kind, std::vector<jobs::SeriesPoint> points = {});
    void reportStage(jobs::JobId id, const std::string& stage);

    asio::awaitable<void> serve(Line& line);
    asio::awaitable<void> whileConnected(Line& line);
    asio::awaitable<void> drive(Line& line, jobs::JobId id);
    asio::awaitable<core::Status> driveOnce(std::shared_ptr<WorkerClient> client, jobs::JobId id);
    asio::awaitable<core::Status> send(std::shared_ptr<WorkerClient> client, const jobs::Job& job);
    asio::awaitable<core::Status> listen(std::shared_ptr<WorkerClient> client, jobs::JobId id);
    asio::awaitable<core::Status> fetch(std::shared_ptr<WorkerClient> client, jobs::JobId id);
    asio::awaitable<core::Status> endJob(jobs::JobId id, jobs::Phase phase, core::Error error);
    asio::awaitable<core::Status> releaseJob(std::shared_ptr<WorkerClient> client, const jobs::Job& job,
                                             std::vector<jobs::ParcelEntry> outputs);
    /// The loop has its thread. Errors: ResourceExhausted; the next call tries again.
    core::Status begin();
    void resumeJobs();
    asio::awaitable<core::Result<jobs::Job>> get(jobs::JobId id);
    core::Result<std::shared_ptr<const std::vector<PackedFile>>> packed(const jobs::Job& job);
    std::filesystem::path folderOf(const jobs::Job& job) const { return options.folder / job.remote->key; }

    jobs::JobStore& store;
    ParcelPort& ports;
    WorkerBook book;
    Options options;
    JobObserver publishJob;
    LinkObserver publishLink;
    ManifestCache manifests;
    std::unique_ptr<ObjectStore> incoming;
    std::optional<core::Error> incomingError;

    mutable std::mutex linksMutex; ///< guards shown
    std::vector<Link> shown;
    std::mutex endMutex;
    std::condition_variable jobEnded; ///< some job became final
    std::uint64_t ends = 0;           ///< how many did; guarded by endMutex

    asio::io_context io;
    std::shared_ptr<Fetching> fetching = std::make_shared<Fetching>(io.get_executor());
    NamedPool transfer;
    std::map<std::string, std::unique_ptr<Line>> lines;
    std::map<jobs::JobId, std::chrono::steady_clock::time_point> stageReported;
    bool closing = false;
    std::stop_source stop;
    std::promise<void> ran;
    std::optional<asio::executor_work_guard<asio::io_context::executor_type>> work;
    std::mutex beginning; ///< guards thread
    core::Thread thread;
};

/// The time, as records have it.
inline std::string timeNow() {
    return core::formatTime(core::systemClock().now());
}

} // namespace balmer::remote

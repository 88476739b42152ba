// A JobStore in memory, for the tests of the queue. Any thread.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "engine/jobs/job_store.h"

namespace balmer::test {

class MemoryJobStore : public jobs::JobStore {
  public:
    core::Result<jobs::JobId> create(const jobs::Job& job) override {
        const std::lock_guard lock(mutex_);
        if (failCreate) return core::fail(core::ErrorCode::ResourceExhausted, "the disk is full");
        const auto id = ++last_;
        jobs_[id].job = job;
        jobs_[id].job.id = id;
        return id;
    }
    core::Status start(jobs::JobId id, std::string_view time, std::string_view device,
                       std::string_view token) override {
        BALMER_CHECK(refused());
        return with(id, [&](Entry& entry) -> core::Status {
            BALMER_CHECK(move(entry.job, jobs::Phase::Executing));
            entry.job.started = time;
            entry.job.device = device;
            entry.job.processToken = token;
            return {};
        });
    }
    core::Result<bool> progress(jobs::JobId id, double fraction, std::string_view stage) override {
        bool stop = false;
        BALMER_CHECK(refused());
        BALMER_CHECK(with(id, [&](Entry& entry) -> core::Status {
            entry.job.progress = fraction;
            entry.job.stage = stage;
            stop = entry.abortWanted || entry.job.phase != jobs::Phase::Executing;
            return {};
        }));
        return stop;
    }
    core::Status finish(jobs::JobId id, jobs::Phase phase, std::string_view time, std::string_view result,
                        const std::optional<core::Error>& error) override {
        BALMER_CHECK(refused());
        return with(id, [&](Entry& entry) -> core::Status {
            if (entry.job.remote && !jobs::isFinal(entry.job.phase) && jobs::isFinal(phase))
                entry.job.phase = phase;
            else
                BALMER_CHECK(move(entry.job, phase));
            entry.job.ended = time;
            entry.job.result = result;
            entry.job.error = error;
            if (phase == jobs::Phase::Completed) entry.job.progress = 1;
            return {};
        });
    }
    core::Status addSeries(jobs::JobId id, std::span<const jobs::SeriesPoint> points) override {
        BALMER_CHECK(refused());
        return with(id, [&](Entry& entry) -> core::Status {
            entry.series.insert(entry.series.end(), points.begin(), points.end());
            return {};
        });
    }
    core::Status addLog(jobs::JobId id, const jobs::LogLine& line) override {
        return with(id, [&](Entry& entry) -> core::Status {
            entry.log.push_back(line);
            return {};
        });
    }
    core::Status addArtefact(jobs::JobId id, const jobs::Artefact& artefact) override {
        return with(id, [&](Entry& entry) -> core::Status {
            entry.job.artefacts.push_back(artefact);
            return {};
        });
    }
    core::Status requestAbort(jobs::JobId id, std::string_view) override {
        return with(id, [&](Entry& entry) -> core::Status {
            if (jobs::isFinal(entry.job.phase))
                return core::fail(core::ErrorCode::InvalidArgument, "the job has ended already");
            (entry.job.remote ? entry.job.remote->abortWanted : entry.abortWanted) = true;
            return {};
        });
    }
    core::Result<bool> recordEvent(jobs::JobId id, const jobs::RemoteEvent& event) override {
        bool news = false;
        BALMER_CHECK(with(id, [&](Entry& entry) -> core::Status {
            auto& job = entry.job;
            if (!job.remote || jobs::isFinal(event.phase))
                return core::fail(core::ErrorCode::InvalidArgument, "nothing to hear");
            if (jobs::isFinal(job.phase) || event.sequence <= job.remote->lastEvent) return {};
            job.remote->lastEvent = event.sequence;
            job.phase = event.phase;
            job.progress = event.progress;
            job.stage = event.stage;
            for (const auto& [from, to] :
                 {std::pair{&event.started, &job.started}, std::pair{&event.device, &job.device},
                  std::pair{&event.programVersion, &job.programVersion}})
                if (!from->empty()) *to = *from;
            entry.series.insert(entry.series.end(), event.points.begin(), event.points.end());
            entry.log.insert(entry.log.end(), event.lines.begin(), event.lines.end());
            news = true;
            return {};
        }));
        return news;
    }
    core::Result<std::vector<jobs::Job>> listRemote() override {
        const std::lock_guard lock(mutex_);
        std::vector<jobs::Job> all;
        for (const auto& [id, entry] : jobs_)
            if (entry.job.remote && !jobs::isFinal(entry.job.phase)) all.push_back(entry.job);
        return all;
    }
    core::Result<jobs::Job> get(jobs::JobId id) override {
        jobs::Job found;
        BALMER_CHECK(with(id, [&](Entry& entry) -> core::Status {
            found = entry.job;
            return {};
        }));
        return found;
    }
    core::Result<std::vector<jobs::Job>> list(const jobs::JobFilter& filter) override {
        const std::lock_guard lock(mutex_);
        std::vector<jobs::Job> all;
        for (auto entry = jobs_.rbegin(); entry != jobs_.rend(); ++entry)
            if (!filter.phase || entry->second.job.phase == *filter.phase) all.push_back(entry->second.job);
        return all;
    }
    core::Result<std::vector<jobs::SeriesPoint>> series(jobs::JobId id) override {
        std::vector<jobs::SeriesPoint> found;
        BALMER_CHECK(with(id, [&](Entry& entry) -> core::Status {
            found = entry.series;
            return {};
        }));
        return found;
    }
    core::Result<std::vector<jobs::LogLine>> log(jobs::JobId id) override {
        std::vector<jobs::LogLine> found;
        BALMER_CHECK(with(id, [&](Entry& entry) -> core::Status {
            found = entry.log;
            return {};
        }));
        return found;
    }
    core::Status remove(jobs::JobId id) override {
        BALMER_CHECK(with(id, [&](Entry& entry) -> core::Status {
            if (!jobs::isFinal(entry.job.phase))
                return core::fail(core::ErrorCode::InvalidArgument, "the job has not ended");
            return {};
        }));
        const std::lock_guard lock(mutex_);
        jobs_.erase(id);
        return {};
    }

    bool failCreate = false;
    std::atomic<int> refusals = 0; ///< of the next writes to a record: another program writes

  private:
    core::Status refused() {
        if (refusals <= 0) return {};
        --refusals;
        return core::fail(core::ErrorCode::DeadlineExceeded, "another program has been writing");
    }
    struct Entry {
        jobs::Job job;
        std::vector<jobs::SeriesPoint> series;
        std::vector<jobs::LogLine> log;
        bool abortWanted = false;
    };
    static core::Status move(jobs::Job& job, jobs::Phase to) {
        if (!jobs::canMove(job.phase, to))
            return core::fail(core::ErrorCode::InvalidArgument, "no such step");
        job.phase = to;
        return {};
    }
    template <typename Act>
    core::Status with(jobs::JobId id, Act act) {
        const std::lock_guard lock(mutex_);
        const auto entry = jobs_.find(id);
        if (entry == jobs_.end())
            return core::fail(core::ErrorCode::NotFound, "no job " + std::to_string(id));
        return act(entry->second);
    }

    std::mutex mutex_;
    std::map<jobs::JobId, Entry> jobs_;
    jobs::JobId last_ = 0;
};

} // namespace balmer::test

// SqliteJobStore: the records of jobs in the project's database. Private to the store; used through
// jobs::JobStore.
#pragma once

#include "engine/jobs/job_store.h"

namespace balmer::store {

class Connections;

class SqliteJobStore : public jobs::JobStore {
  public:
    explicit SqliteJobStore(Connections& connections) : connections_(connections) {}

    core::Result<jobs::JobId> create(const jobs::Job& job) override;
    core::Status start(jobs::JobId id, std::string_view time, std::string_view device,
                       std::string_view processToken) override;
    core::Result<bool> progress(jobs::JobId id, double fraction, std::string_view stage) override;
    core::Status finish(jobs::JobId id, jobs::Phase phase, std::string_view time, std::string_view resultJson,
                        const std::optional<core::Error>& error) override;
    core::Status addSeries(jobs::JobId id, std::span<const jobs::SeriesPoint> points) override;
    core::Status addLog(jobs::JobId id, const jobs::LogLine& line) override;
    core::Status addArtefact(jobs::JobId id, const jobs::Artefact& artefact) override;
    core::Status requestAbort(jobs::JobId id, std::string_view time) override;
    core::Result<jobs::Job> get(jobs::JobId id) override;
    core::Result<std::vector<jobs::Job>> list(const jobs::JobFilter& filter) override;
    core::Result<std::vector<jobs::SeriesPoint>> series(jobs::JobId id) override;
    core::Result<std::vector<jobs::LogLine>> log(jobs::JobId id) override;
    core::Result<bool> recordEvent(jobs::JobId id, const jobs::RemoteEvent& event) override;
    core::Result<std::vector<jobs::Job>> listRemote() override;
    core::Status remove(jobs::JobId id) override;

    /// Project::adopt.
    core::Status adopt(const jobs::Job& job);

    /// Moves the jobs of processes that live no more to Error, "interrupted: …"; returns their records.
    /// Remote jobs go on without a process of this computer.
    core::Result<std::vector<jobs::Job>> markInterrupted();

  private:
    Connections& connections_;
};

} // namespace balmer::store

// LocalWorkers: a project's dealings with workers: the user's list of them, and the jobs that run there.
// Private to api.
//
// Any thread. Nothing touches the network, and no thread is started, before the first job is sent or
// followed, or a worker is asked.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/api/workers.h"
#include "engine/core/result.h"
#include "engine/jobs/queue.h"
#include "engine/remote/client/remote_jobs.h"
#include "engine/remote/client/worker_book.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::api {

class LocalWorkers final : public Workers, private remote::ParcelPort {
  public:
    /// The observers are called from threads of its own.
    LocalWorkers(workflow::Environment environment, const std::vector<workflow::JobKind>& kinds,
                 std::function<void(const jobs::JobEvent&)> onJob, std::function<void()> onLink);
    ~LocalWorkers() override;

    /// Goes on with the jobs that the project has on workers.
    void follow();
    core::Result<jobs::JobId> submit(jobs::JobSpec spec, const std::string& where);
    core::Status abort(jobs::JobId id);
    core::Status attach(jobs::JobId id);

    core::Result<std::vector<WorkerInfo>> list() override;
    core::Status put(const WorkerInfo& worker) override;
    core::Status remove(const std::string& name) override;
    core::Status forget(const std::string& name) override;
    core::Result<WorkerReport> ask(const WorkerInfo& worker) override;
    core::Status pair(const std::string& name, const std::string& code) override;
    core::Result<RegisteredData> registerData(const std::string& name, const std::string& path) override;
    void retry(const std::string& name) override;

  private:
    core::Result<std::string> describe(const jobs::Job& job) override;
    core::Result<std::vector<remote::NamedFile>>
    pack(const jobs::Job& job, const std::filesystem::path& folder, core::TaskContext& task) override;
    core::Result<bool> commit(jobs::JobId job, std::string_view resultJson,
                              std::span<const remote::NamedFile> outputs, std::string_view endTime) override;
    core::Result<const workflow::JobKind*> kindOf(const std::string& kind) const;
    remote::RemoteJobs& remote();
    remote::WorkerProbe probe() const;

    workflow::Environment environment_;
    const std::vector<workflow::JobKind>& kinds_;
    std::function<void(const jobs::JobEvent&)> onJob_;
    std::function<void()> onLink_;
    remote::WorkerBook book_;
    std::mutex mutex_; ///< guards the next
    std::unique_ptr<remote::RemoteJobs> remote_;
};

} // namespace balmer::api

// What the tests of remote jobs share: a worker in a folder, served by a thread of the test, with the test's
// child in place of the engine; and a home: a project's store, and parcels of a few bytes.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include <nlohmann/json.hpp>

#include "engine/jobs/worker_journal.h"
#include "engine/remote/client/remote_jobs.h"
#include "engine/remote/server/worker_server.h"
#include "engine/store/project.h"

namespace balmer::test {

class RunningWorker {
  public:
    struct Options {
        bool tcp = false, tls = false;
        std::size_t slots = 2;
        std::chrono::milliseconds handshake{10000}, ping{15000};
        std::uint64_t quotaGibibyte = 1;
        std::vector<std::filesystem::path> roots = {};
        std::vector<std::string> seesAll = {};
        int attempts = 3;
    };
    RunningWorker(std::filesystem::path folder, Options options);
    explicit RunningWorker(std::filesystem::path folder) : RunningWorker(std::move(folder), Options{}) {}
    ~RunningWorker();

    const std::filesystem::path& folder() const { return folder_; }
    std::string unixUrl() const { return "unix:" + server_->socket().string(); }
    std::string tcpUrl() const { return "tcp://127.0.0.1:" + std::to_string(server_->tcpPort()); }
    std::string tlsUrl() const { return "tls://127.0.0.1:" + std::to_string(server_->tlsPort()); }
    std::filesystem::path socket() const { return server_->socket(); }
    std::uint16_t tcpPort() const { return server_->tcpPort(); }
    std::uint16_t tlsPort() const { return server_->tlsPort(); }
    jobs::WorkerJournal& journal() { return *journal_; }

  private:
    std::filesystem::path folder_;
    std::unique_ptr<jobs::WorkerJournal> journal_;
    std::unique_ptr<remote::WorkerServer> server_;
    std::thread thread_;
};

/// A project whose jobs' parameters are those of the test's child, and whose inputs are files of given
/// content. The digests of what comes back become the job's artefacts, in one transaction with its end.
class Home : private remote::ParcelPort {
  public:
    explicit Home(std::filesystem::path folder);
    ~Home() override;

    /// The files that every job takes along. A job with {"noise": [bytes, seed]} has "data" of its own.
    std::map<std::string, std::string> inputs;

    remote::WorkerBook book() const { return remote::WorkerBook(folder_ / "workers.json"); }
    void addWorker(const std::string& name, const std::string& url, const std::string& token = {});
    jobs::JobStore& store() { return project_->jobs(); }
    remote::RemoteJobs& remote();
    remote::WorkerProbe::Options connect() const;
    /// As if the program ended and began again.
    void restart();

    jobs::JobId submit(const nlohmann::json& parameters, const std::string& worker = "lab",
                       const std::string& label = {});
    /// Waits until the job has ended, a minute at most.
    jobs::Job wait(jobs::JobId id);
    /// What the worker gave back, names and bytes, which is then kept no longer; empty before.
    std::map<std::string, std::string> takeOutputs(jobs::JobId id);
    int commits(jobs::JobId id);
    /// A line for every commit of any process: the job's id.
    std::filesystem::path commitFile() const { return folder_ / "commits"; }
    std::filesystem::path remoteFolder() const { return folder_ / "remote"; }

  private:
    core::Result<std::string> describe(const jobs::Job& job) override;
    core::Result<std::vector<remote::NamedFile>>
    pack(const jobs::Job& job, const std::filesystem::path& folder, core::TaskContext& task) override;
    core::Result<bool> commit(jobs::JobId job, std::string_view resultJson,
                              std::span<const remote::NamedFile> outputs, std::string_view endTime) override;

    std::filesystem::path folder_;
    std::unique_ptr<store::Project> project_;
    std::mutex mutex_; ///< guards the next two
    std::map<jobs::JobId, std::map<std::string, std::string>> outputs_;
    std::map<jobs::JobId, int> commits_;
    std::unique_ptr<remote::RemoteJobs> remote_;
};

/// Bytes that do not repeat; the same for the same seed.
std::string noise(std::size_t bytes, unsigned seed = 1);

} // namespace balmer::test

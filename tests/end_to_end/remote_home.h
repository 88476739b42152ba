// A user's home with workers: settings and data in folders of the test's own, programs `balmer-worker` that
// run beside it, and the four ways in which `balmer` reaches them.
//
// Owner: the test. One thread; sets environment variables of the test's process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/balmer_session.h"

namespace balmer::test {

/// A worker that this test has started; ended with it.
class RunningWorker {
  public:
    /// Waits until it listens; up() tells whether it does.
    explicit RunningWorker(const std::filesystem::path& folder);

    bool up() const { return !socket_.empty(); }
    const std::string& socket() const { return socket_; }
    std::uint16_t tcpPort() const { return tcpPort_; }
    std::uint16_t tlsPort() const { return tlsPort_; }
    /// kill -9, and waits until it is gone.
    void kill();

  private:
    BackgroundProcess process_;
    std::string socket_;
    std::uint16_t tcpPort_ = 0, tlsPort_ = 0;
};

enum class Way { Unix, Tcp, Tls, Ssh };

class RemoteHome {
  public:
    RemoteHome();
    /// Ends the worker that was started by way of ssh, too.
    ~RemoteHome();
    RemoteHome(const RemoteHome&) = delete;
    RemoteHome& operator=(const RemoteHome&) = delete;

    /// Starts it; the test fails here when it does not come up.
    RunningWorker& startWorker();
    RunningWorker& worker() { return *worker_; }
    /// kill -9 and a new start in the same folder.
    void restartWorker();
    void killWorker() { worker_->kill(); }

    /// Starts a worker where the way needs one, adds it as "lab" and pairs where that is needed.
    void add(const BalmerSession& session, Way way);
    /// What `balmer-worker ARGUMENTS…` prints for the folder of the worker, without the line's end.
    std::string ask(const std::vector<std::string>& arguments) const;

    /// A file with this secret, until the next one.
    std::filesystem::path fileWith(const std::string& secret) const;
    const std::filesystem::path& folder() const { return folder_.path(); }
    std::filesystem::path workerFolder() const { return folder_ / "worker"; }

  private:
    void endWorkerOfSsh() const;

    TemporaryFolder folder_;
    std::unique_ptr<RunningWorker> worker_;
};

/// Imports as the dataset "m" a matrix of two classes.
void importMatrix(const BalmerSession& session, std::size_t rows);

/// What must be equal wherever a job has run.
nlohmann::json comparable(nlohmann::json result);

/// Its phase is final.
bool ended(const nlohmann::json& job);

/// Waits, at most a minute, until the project's newest job is a map in this phase; the test fails here
/// otherwise. Returns the job as `jobs` shows it.
nlohmann::json waitForPhase(const BalmerSession& session, const std::string& phase);

} // namespace balmer::test

// FakeWorkers: workers whose links and answers the test sets. Any thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <vector>

#include "engine/api/workers.h"
#include "tests/app/desktop/fake_events.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeWorkers : public api::Workers {
  public:
    FakeWorkers(const FakeOptions& options, FakeEvents& events, SlowCalls& slow);

    // What tests turn and look at.
    std::atomic<bool> refuse = false; ///< ask() fails
    std::atomic<int> asked = 0;
    std::vector<std::string> retried() const;
    void setLink(const std::string& worker, api::WorkerInfo::Link link, const std::string& trouble = {});
    /// While held, ask(), pair() and Jobs::submit(…, "auto") wait.
    void hold(bool hold);
    void waitWhileHeld();

    core::Result<std::vector<api::WorkerInfo>> list() override;
    core::Status put(const api::WorkerInfo& worker) override;
    core::Status remove(const std::string& name) override;
    core::Status forget(const std::string& name) override;
    core::Result<api::WorkerReport> ask(const api::WorkerInfo& worker) override;
    core::Status pair(const std::string& name, const std::string& code) override;
    core::Result<api::RegisteredData> registerData(const std::string& name, const std::string& path) override;
    void retry(const std::string& name) override;

  private:
    FakeEvents& events_;
    SlowCalls& slow_;
    mutable std::mutex mutex_; ///< guards the next
    std::condition_variable released_;
    std::vector<api::WorkerInfo> workers_;
    std::vector<std::string> retried_;
    bool held_ = false;
};

} // namespace balmer::test

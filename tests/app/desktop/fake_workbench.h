// FakeWorkbench: a project in memory with synthetic spectra, a map, a round and jobs, for tests of the
// desktop.
//
// Any thread, like the real one. Spectra are made from their number when they are asked for, so that a
// hundred thousand cost nothing. Jobs do nothing by themselves: advance() moves them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

#include "engine/api/workbench.h"
#include "tests/app/desktop/fake_neighbours.h"
#include "tests/app/desktop/fake_observatory.h"

namespace balmer::test {

struct FakeOptions {
    std::size_t spectra = 600;
    bool dataset = true;
    bool map = true;
    bool round = true;
    std::size_t entriesEach = 50; ///< on each list of the round
    bool jobs = true;
    bool interrupted = false;
    /// The first of kepler (connected), hale (idle), tycho (lost), brahe (never paired); from three on, some
    /// jobs run there.
    std::size_t workers = 0;
    /// Labels are appended to this file and forced to the disk; empty: kept in memory alone.
    std::filesystem::path labelFile;
    /// Where settings are kept; shared by two workbenches, the second finds what the first kept.
    std::shared_ptr<std::map<std::string, std::string>> settings =
        std::make_shared<std::map<std::string, std::string>>();
};

class FakeWorkbench : public api::Workbench {
  public:
    explicit FakeWorkbench(FakeOptions options = {});
    ~FakeWorkbench() override;

    // What tests turn and look at.
    std::atomic<bool> refuseLabels = false;
    std::vector<active::LabelEvent> events() const;
    std::vector<jobs::JobSpec> submitted() const;
    void advance(jobs::JobId id, jobs::Phase phase, double progress);
    std::vector<std::string> submittedTo() const; ///< where each of submitted() was sent; "" here
    void setLink(const std::string& worker, api::WorkerInfo::Link link, const std::string& trouble = {});
    /// While held, askWorker() and submit(…, "auto") wait.
    void holdNetwork(bool hold);
    std::atomic<bool> refuseAuto = false;
    std::atomic<bool> refuseAsk = false;
    std::atomic<int> asked = 0;
    std::vector<std::string> retried() const;
    std::shared_ptr<FakeHub> hub = std::make_shared<FakeHub>();
    static std::string idOf(std::size_t number);
    static std::size_t numberOf(const std::string& id);

    std::filesystem::path folder() const override { return "/survey/lamost.balmer"; }
    std::string who() const override { return "observer"; }
    std::unique_ptr<api::Subscription> subscribe(std::function<void(const api::Event&)> handler) override;

    std::vector<api::JobKind> jobKinds() const override;
    core::Result<jobs::JobId> submit(jobs::JobSpec spec) override;
    core::Result<jobs::JobId> submit(jobs::JobSpec spec, const std::string& where) override;
    core::Result<jobs::Job> follow(jobs::JobId id, core::TaskContext& task) override;
    core::Result<jobs::Job> runHere(jobs::JobSpec spec, core::TaskContext& task) override;
    core::Status abort(jobs::JobId id) override;
    core::Status removeJob(jobs::JobId id) override;
    core::Result<std::vector<jobs::Job>> jobs() override;
    core::Result<jobs::Job> job(jobs::JobId id) override;
    core::Result<std::vector<std::pair<double, double>>> series(jobs::JobId id,
                                                                const std::string& name) override;
    std::vector<jobs::Job> interruptedJobs() const override;

    core::Result<std::vector<api::Collection>> collections() override;
    core::Result<std::vector<api::SpectrumRow>> spectra(const std::string& where, std::size_t limit) override;
    core::Result<api::SpectrumRow> spectrumRow(const std::string& id) override;
    core::Result<spectrum::Spectrum> loadSpectrum(const std::string& id) override;
    core::Result<std::vector<spectrum::HeaderCard>> header(const std::string& id) override;

    core::Result<std::vector<api::DatasetInfo>> datasets() override;
    core::Result<api::WindowRow> datasetRow(const std::string& dataset, const std::string& id) override;
    core::Result<std::vector<api::MapInfo>> maps() override;
    core::Result<api::MapContent> map(jobs::JobId job) override;
    core::Result<std::vector<api::ModelInfo>> models() override;

    core::Result<active::LabelEvent> label(active::LabelEvent event) override;
    core::Result<active::LabelEvent> undoLabel() override;
    core::Result<std::vector<active::LabelEvent>> labelHistory(const std::string& spectrumId) override;
    core::Result<api::LabelCounts> labelCounts() override;
    core::Result<std::vector<api::RoundInfo>> rounds() override;
    core::Result<api::RoundContent> round(jobs::JobId job) override;
    core::Result<api::Prediction> prediction(const std::string& dataset, const std::string& id) override;

    core::Result<std::vector<api::WorkerInfo>> workers() override;
    core::Status putWorker(const api::WorkerInfo& worker) override;
    core::Status removeWorker(const std::string& name) override;
    core::Result<api::WorkerReport> askWorker(const api::WorkerInfo& worker) override;
    core::Status pairWorker(const std::string& name, const std::string& code) override;
    core::Result<api::RegisteredData> registerOnWorker(const std::string& name,
                                                       const std::string& path) override;
    void retryWorker(const std::string& name) override;

    FakeObservatory& observatory() override { return observatory_; }
    std::unique_ptr<api::Neighbours> neighbours(api::Neighbours::Options,
                                                api::Neighbours::Handlers handlers) override {
        return hub->meet(std::move(handlers));
    }

    core::Result<std::string> setting(const std::string& key) override;
    core::Status setSetting(const std::string& key, const std::string& value) override;

  private:
    struct Handlers;
    class Ends;
    void tell(const api::Event& event);
    void addWorkers();
    void waitWhileHeld();
    core::Result<jobs::JobId> keep(jobs::JobSpec spec, const std::string& where);
    bool known(const std::string& id) const;
    core::Result<std::size_t> number(const std::string& id) const;
    api::SpectrumRow rowOf(std::size_t number) const; ///< the lock is held
    api::MapInfo mapInfo() const;
    api::RoundInfo roundInfo() const;

    FakeOptions options_;
    FakeObservatory observatory_;
    std::shared_ptr<Handlers> handlers_;
    mutable std::mutex mutex_;
    std::vector<jobs::Job> jobs_; ///< oldest first
    std::vector<jobs::JobSpec> submitted_;
    std::vector<std::string> submittedTo_, retried_;
    std::vector<api::WorkerInfo> workers_;
    std::condition_variable released_;
    bool held_ = false;
    std::vector<active::LabelEvent> events_;
    std::map<std::string, std::vector<std::size_t>> eventsOf_; ///< indices of events_
    int labelFile_ = -1;
};

} // namespace balmer::test

// FakeWorkbench: a project in memory with synthetic spectra, a map, a round and jobs, for tests of the
// desktop. Any thread, like the real one; each face has what tests turn and look at.
#pragma once

#include "engine/api/workbench.h"
#include "tests/app/desktop/fake_datasets.h"
#include "tests/app/desktop/fake_events.h"
#include "tests/app/desktop/fake_jobs.h"
#include "tests/app/desktop/fake_labelling.h"
#include "tests/app/desktop/fake_maps.h"
#include "tests/app/desktop/fake_models.h"
#include "tests/app/desktop/fake_neighbours.h"
#include "tests/app/desktop/fake_observatory.h"
#include "tests/app/desktop/fake_settings.h"
#include "tests/app/desktop/fake_spectra.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/fake_workers.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeWorkbench : public api::Workbench {
  public:
    explicit FakeWorkbench(const FakeOptions& options = {})
        : onlyReads_(options.onlyReads), workers_(options, events_, slowCalls),
          jobs_(options, events_, workers_, slowCalls), labelling_(options, events_, slowCalls),
          spectra_(options, labelling_, slowCalls), datasets_(options, slowCalls), maps_(options, slowCalls),
          models_(options, slowCalls), settings_(options, slowCalls) {}

    SlowCalls slowCalls;
    std::shared_ptr<FakeHub> hub = std::make_shared<FakeHub>();

    /// As if the project had changed so.
    void tell(const api::Event& event) { events_.tell(event); }

    std::filesystem::path folder() const override { return "/survey/lamost.balmer"; }
    std::string onlyReads() const override { return onlyReads_; }
    std::unique_ptr<api::Subscription> subscribe(std::function<void(const api::Event&)> handler) override {
        return events_.add(std::move(handler));
    }
    FakeJobs& jobs() override { return jobs_; }
    FakeSpectra& spectra() override { return spectra_; }
    FakeDatasets& datasets() override { return datasets_; }
    FakeMaps& maps() override { return maps_; }
    FakeModels& models() override { return models_; }
    FakeLabelling& labelling() override { return labelling_; }
    FakeWorkers& workers() override { return workers_; }
    FakeSettings& settings() override { return settings_; }
    FakeObservatory& observatory() override { return observatory_; }
    std::unique_ptr<api::Neighbours> neighbours(api::Neighbours::Options,
                                                api::Neighbours::Handlers handlers) override {
        return hub->meet(std::move(handlers));
    }

  private:
    std::string onlyReads_;
    FakeEvents events_;
    FakeWorkers workers_;
    FakeJobs jobs_;
    FakeLabelling labelling_;
    FakeSpectra spectra_;
    FakeDatasets datasets_;
    FakeMaps maps_;
    FakeModels models_;
    FakeSettings settings_;
    FakeObservatory observatory_;
};

} // namespace balmer::test

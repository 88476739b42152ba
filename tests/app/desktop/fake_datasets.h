// FakeDatasets: the windows of the made-up survey as one dataset. Any thread.
#pragma once

#include "engine/api/datasets.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeDatasets : public api::Datasets {
  public:
    FakeDatasets(const FakeOptions& options, SlowCalls& slow) : options_(options), slow_(slow) {}

    core::Result<std::vector<api::DatasetInfo>> list() override {
        slow_.note("datasets.list");

        if (!options_.dataset) return std::vector<api::DatasetInfo>{};
        return std::vector<api::DatasetInfo>{{survey::datasetName, std::string(64, 'c'), options_.spectra,
                                              survey::windowColumns, 6519, 6732, "{}", survey::at(21, 9, 9)}};
    }
    core::Result<api::WindowRow> row(const std::string&, const std::string& id) override {
        BALMER_TRY(const auto which, survey::find(id, options_.spectra));
        return api::WindowRow{id, survey::windowAxis(), survey::windowFlux(which), {}, {}};
    }

  private:
    const FakeOptions options_;
    SlowCalls& slow_;
};

} // namespace balmer::test

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
    /// Of each class, the larger the earlier it stands in survey::classes.
    core::Result<std::vector<api::ClassMean>> classMeans(const std::string&) override {
        slow_.note("datasets.classMeans");
        std::vector<api::ClassMean> means;
        for (std::size_t k = 0; k < survey::classes.size(); ++k)
            means.push_back({survey::classes[k], 30 - k, survey::windowAxis(), survey::windowFlux(k),
                             std::vector<float>(survey::windowColumns, 0.1F)});
        return means;
    }
    /// Those that follow it.
    core::Result<std::vector<api::LabelledNeighbour>>
    nearestLabelled(const std::string& dataset, const std::string& id, std::size_t most) override {
        slow_.note("datasets.nearestLabelled");
        BALMER_TRY(const auto which, survey::find(id, options_.spectra));
        std::vector<api::LabelledNeighbour> near;
        for (std::size_t k = 1; k <= most; ++k) {
            BALMER_TRY(auto window, row(dataset, survey::idOf((which + k) % options_.spectra)));
            near.push_back(
                {survey::classes[k % survey::classes.size()], 1 - 0.01 * double(k), std::move(window)});
        }
        return near;
    }

  private:
    const FakeOptions options_;
    SlowCalls& slow_;
};

} // namespace balmer::test

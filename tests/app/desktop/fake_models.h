// FakeModels: no model, and what it says of each spectrum of the made-up survey. Any thread.
#pragma once

#include "engine/api/models.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeModels : public api::Models {
  public:
    FakeModels(const FakeOptions& options, SlowCalls& slow) : options_(options), slow_(slow) {}

    core::Result<std::vector<api::ModelInfo>> list() override {
        slow_.note("models.list");
        return std::vector<api::ModelInfo>{};
    }
    core::Result<std::vector<api::Prediction>> predictions(const std::string&,
                                                           const std::vector<std::string>& ids,
                                                           std::optional<jobs::JobId>) override {
        slow_.note("models.predictions");
        std::vector<api::Prediction> predictions;
        for (const auto& id : ids) {
            BALMER_TRY(const auto which, survey::find(id, options_.spectra));
            const auto p = survey::probabilitiesOf(which);
            predictions.push_back({survey::classes, p, survey::entropyOf(p)});
        }
        return predictions;
    }

  private:
    const FakeOptions options_;
    SlowCalls& slow_;
};

} // namespace balmer::test

// FakeModels: no model, and what it says of each spectrum of the made-up survey. Any thread.
#pragma once

#include "engine/api/models.h"
#include "tests/app/desktop/fake_survey.h"

namespace balmer::test {

class FakeModels : public api::Models {
  public:
    explicit FakeModels(const FakeOptions& options) : options_(options) {}

    core::Result<std::vector<api::ModelInfo>> list() override { return std::vector<api::ModelInfo>{}; }
    core::Result<api::Prediction> prediction(const std::string&, const std::string& id) override {
        BALMER_TRY(const auto which, survey::find(id, options_.spectra));
        const auto p = survey::probabilitiesOf(which);
        return api::Prediction{survey::classes, p, survey::entropyOf(p)};
    }

  private:
    const FakeOptions options_;
};

} // namespace balmer::test

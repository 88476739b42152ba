// LocalSpectra: the spectra of a project that is open here. Private to api.
#pragma once

#include "engine/api/newest_scorings.h"
#include "engine/api/spectra.h"
#include "engine/store/project.h"
#include "engine/workflow/open_datasets.h"

namespace balmer::api {

class LocalSpectra final : public Spectra {
  public:
    /// All must live longer.
    LocalSpectra(store::Project& project, workflow::OpenDatasets& datasets, NewestScorings& scorings)
        : project_(project), datasets_(datasets), scorings_(scorings) {}

    core::Result<std::vector<Collection>> collections() override;
    core::Result<std::vector<SpectrumRow>> list(const std::string& where, std::size_t limit) override;
    core::Result<SpectrumRow> row(const std::string& id) override;
    core::Result<NamedRows> named(const std::vector<std::string>& names) override;
    core::Result<std::vector<SpectrumRow>> otherEpochs(const std::string& id, std::size_t most) override;
    core::Result<spectrum::Spectrum> load(const std::string& id) override;
    core::Result<std::vector<spectrum::HeaderCard>> header(const std::string& id) override;

  private:
    core::Status addPredictions(std::vector<SpectrumRow>& rows);

    store::Project& project_;
    workflow::OpenDatasets& datasets_;
    NewestScorings& scorings_;
};

} // namespace balmer::api

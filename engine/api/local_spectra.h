// LocalSpectra: the spectra of a project that is open here. Private to api.
#pragma once

#include "engine/api/newest_scorings.h"
#include "engine/api/spectra.h"
#include "engine/store/project.h"

namespace balmer::api {

class LocalSpectra final : public Spectra {
  public:
    /// Both must live longer.
    LocalSpectra(store::Project& project, NewestScorings& scorings)
        : project_(project), scorings_(scorings) {}

    core::Result<std::vector<Collection>> collections() override;
    core::Result<std::vector<SpectrumRow>> list(const std::string& where, std::size_t limit) override;
    core::Result<SpectrumRow> row(const std::string& id) override;
    core::Result<spectrum::Spectrum> load(const std::string& id) override;
    core::Result<std::vector<spectrum::HeaderCard>> header(const std::string& id) override;

  private:
    core::Status addPredictions(std::vector<SpectrumRow>& rows);

    store::Project& project_;
    NewestScorings& scorings_;
};

} // namespace balmer::api

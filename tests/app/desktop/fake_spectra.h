// FakeSpectra: the made-up survey as a catalogue, with the labels given. Any thread.
#pragma once

#include "engine/api/spectra.h"
#include "tests/app/desktop/fake_labelling.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeSpectra : public api::Spectra {
  public:
    FakeSpectra(const FakeOptions& options, const FakeLabelling& labelling, SlowCalls& slow)
        : options_(options), labelling_(labelling), slow_(slow) {}

    core::Result<std::vector<api::Collection>> collections() override;
    core::Result<std::vector<api::SpectrumRow>> list(const std::string& where, std::size_t limit) override;
    core::Result<api::SpectrumRow> row(const std::string& id) override;
    core::Result<spectrum::Spectrum> load(const std::string& id) override;
    core::Result<std::vector<spectrum::HeaderCard>> header(const std::string& id) override;

  private:
    api::SpectrumRow rowOf(std::size_t number) const;

    const FakeOptions options_;
    const FakeLabelling& labelling_;
    SlowCalls& slow_;
};

} // namespace balmer::test

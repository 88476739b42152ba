// FakeSpectra: the made-up survey as a catalogue, with the labels given. Any thread.
#pragma once

#include <chrono>
#include <mutex>

#include "engine/api/spectra.h"
#include "tests/app/desktop/fake_labelling.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeSpectra : public api::Spectra {
  public:
    FakeSpectra(const FakeOptions& options, const FakeLabelling& labelling, SlowCalls& slow)
        : options_(options), labelling_(labelling), slow_(slow) {}

    // What tests turn.
    std::timed_mutex reading; ///< while a test holds it, what is asked for waits, ten seconds at most

    core::Result<std::vector<api::Collection>> collections() override;
    core::Result<std::vector<api::SpectrumRow>> list(const std::string& where, std::size_t limit) override;
    core::Result<api::SpectrumRow> row(const std::string& id) override;
    core::Result<api::NamedRows> named(const std::vector<std::string>& names) override;
    /// Every tenth has one, the one before it.
    core::Result<std::vector<api::SpectrumRow>> otherEpochs(const std::string& id, std::size_t most) override;
    core::Result<spectrum::Spectrum> load(const std::string& id) override;
    core::Result<std::vector<spectrum::HeaderCard>> header(const std::string& id) override;

  private:
    void wait() { const std::unique_lock free(reading, std::chrono::seconds(10)); }
    api::SpectrumRow rowOf(std::size_t number) const;

    const FakeOptions options_;
    const FakeLabelling& labelling_;
    SlowCalls& slow_;
};

} // namespace balmer::test

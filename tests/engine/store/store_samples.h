// What the store's tests begin with: an open project, a spectrum to add, a clock that does as it is told.
#pragma once

#include <memory>
#include <string>

#include "engine/core/digest.h"
#include "engine/store/catalogue.h"
#include "engine/store/project.h"
#include "tests/support/test_support.h"

namespace balmer::test {

class SteppingClock : public core::Clock {
  public:
    core::TimePoint now() const override {
        return core::TimePoint{} + std::chrono::milliseconds(++milliseconds_);
    }

  private:
    mutable std::int64_t milliseconds_ = 1'600'000'000'000;
};

/// Ends the test's process with a sentence where the project cannot be opened.
inline std::unique_ptr<store::Project> openProject(const std::filesystem::path& folder) {
    auto project = store::Project::open(folder);
    if (!project) throw std::runtime_error(project.error().describe());
    return std::move(*project);
}

inline store::NewSpectrum sampleSpectrum(const std::string& id, double snr = 10) {
    store::NewSpectrum item;
    item.collection = "lamost";
    item.metadata.id = id;
    item.metadata.object = "HD 190603";
    item.metadata.position = spectrum::SkyPosition{301.15, 32.22};
    item.metadata.observed = "2012-03-04T05:06:07";
    item.metadata.mjd = 55990.25;
    item.metadata.signalToNoise = snr;
    item.metadata.survey = "LAMOST DR5";
    item.metadata.surveyId = "123456";
    item.metadata.spectralClass = "STAR A1V";
    item.metadata.rule = "lamost-lrs-image";
    item.metadata.fluxUnit = "";
    item.metadata.warnings = {"the mask is missing"};
    item.metadata.header = {
        {"TELESCOP", "LAMOST", "telescope"}, {"OBSERVER", "O'Neil \"Jo\"", ""}, {"COMMENT", "", ""}};
    item.medium = spectrum::Medium::Vacuum;
    item.firstWavelength = 3700.5;
    item.lastWavelength = 9100.25;
    item.samples = 3909;
    item.contentDigest = core::digestOf(id);
    item.filePath = "/nowhere/" + id + ".fits";
    return item;
}

} // namespace balmer::test

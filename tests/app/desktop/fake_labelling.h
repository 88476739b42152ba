// FakeLabelling: labels in memory (or in a file), and one round or more. Any thread.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <vector>

#include "engine/api/labelling.h"
#include "tests/app/desktop/fake_events.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeLabelling : public api::Labelling {
  public:
    FakeLabelling(const FakeOptions& options, FakeEvents& told, SlowCalls& slow);
    ~FakeLabelling() override;

    // What tests turn and look at.
    std::timed_mutex disk;            ///< while a test holds it, labels wait, ten seconds at most
    std::atomic<bool> refuse = false; ///< no label is taken
    /// One more round is complete: its lists begin with other spectra.
    void finishRound();
    std::vector<active::LabelEvent> events() const;
    std::vector<active::LabelEvent> of(const std::string& spectrum) const;

    std::string who() const override { return "observer"; }
    core::Result<active::LabelEvent> label(active::LabelEvent event) override;
    core::Status labelAll(std::vector<active::LabelEvent> events) override;
    core::Result<std::vector<active::LabelEvent>> undo() override;
    core::Result<std::vector<active::LabelEvent>> history(const std::string& spectrum) override {
        slow_.note("labelling.history");
        return of(spectrum);
    }
    core::Result<api::LabelCounts> counts() override;
    core::Result<std::vector<api::RoundInfo>> rounds() override;
    core::Result<api::RoundContent> round(jobs::JobId job) override;

  private:
    core::Result<active::LabelEvent> keep(active::LabelEvent event);
    core::Status write();

    const FakeOptions options_;
    FakeEvents& told_;
    SlowCalls& slow_;
    mutable std::mutex mutex_; ///< guards the next
    std::vector<active::LabelEvent> events_;
    std::map<std::string, std::vector<std::size_t>> eventsOf_; ///< indices of events_
    int labelFile_ = -1;
    std::atomic<int> ended_ = 1; ///< rounds
    std::atomic<std::int64_t> acts_ = 0;
};

} // namespace balmer::test

// FakeMaps: one map of the made-up survey. Any thread.
#pragma once

#include "engine/api/maps.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeMaps : public api::Maps {
  public:
    FakeMaps(const FakeOptions& options, SlowCalls& slow) : options_(options), slow_(slow) {}

    core::Result<std::vector<api::MapInfo>> list() override;
    core::Result<api::MapContent> content(jobs::JobId job) override;
    core::Result<api::Prototype> prototype(const std::string& dataset, const std::string& id) override;

  private:
    const FakeOptions options_;
    SlowCalls& slow_;
};

} // namespace balmer::test

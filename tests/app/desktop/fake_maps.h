// FakeMaps: one map of the made-up survey. Any thread.
#pragma once

#include "engine/api/maps.h"
#include "tests/app/desktop/fake_survey.h"

namespace balmer::test {

class FakeMaps : public api::Maps {
  public:
    explicit FakeMaps(const FakeOptions& options) : options_(options) {}

    core::Result<std::vector<api::MapInfo>> list() override;
    core::Result<api::MapContent> content(jobs::JobId job) override;

  private:
    const FakeOptions options_;
};

} // namespace balmer::test

// FakeSettings: settings in memory, which two workbenches may share. Any thread.
#pragma once

#include <mutex>

#include "engine/api/settings.h"
#include "tests/app/desktop/fake_survey.h"
#include "tests/app/desktop/slow_calls.h"

namespace balmer::test {

class FakeSettings : public api::Settings {
  public:
    FakeSettings(const FakeOptions& options, SlowCalls& slow) : slow_(slow), settings_(options.settings) {}

    core::Result<std::map<std::string, std::string>> all() override {
        const std::lock_guard lock(mutex_);
        return *settings_;
    }
    core::Status set(const std::string& key, const std::string& value) override {
        slow_.note("settings.set");
        const std::lock_guard lock(mutex_);
        (*settings_)[key] = value;
        return {};
    }

  private:
    SlowCalls& slow_;
    std::mutex mutex_;
    std::shared_ptr<std::map<std::string, std::string>> settings_;
};

} // namespace balmer::test

// FakeSettings: settings in memory, which two workbenches may share. Any thread.
#pragma once

#include <mutex>

#include "engine/api/settings.h"
#include "tests/app/desktop/fake_survey.h"

namespace balmer::test {

class FakeSettings : public api::Settings {
  public:
    explicit FakeSettings(const FakeOptions& options) : settings_(options.settings) {}

    core::Result<std::string> get(const std::string& key) override {
        const std::lock_guard lock(mutex_);
        const auto found = settings_->find(key);
        return found == settings_->end() ? std::string() : found->second;
    }
    core::Status set(const std::string& key, const std::string& value) override {
        const std::lock_guard lock(mutex_);
        (*settings_)[key] = value;
        return {};
    }

  private:
    std::mutex mutex_;
    std::shared_ptr<std::map<std::string, std::string>> settings_;
};

} // namespace balmer::test

// LocalSettings: the settings of a project that is open here. Private to api.
#pragma once

#include "engine/api/settings.h"
#include "engine/store/project.h"
#include "engine/store/settings.h"

namespace balmer::api {

class LocalSettings final : public Settings {
  public:
    /// The project must live longer.
    explicit LocalSettings(store::Project& project) : project_(project) {}

    core::Result<std::map<std::string, std::string>> all() override { return project_.settings().list(); }
    core::Status set(const std::string& key, const std::string& value) override {
        return project_.settings().set(key, value);
    }

  private:
    store::Project& project_;
};

} // namespace balmer::api

// Settings: what the desktop remembers with an open project, by key.
//
// Handed out by Workbench::settings and lives as long. Any thread, several at once; all of it is (quick).
#pragma once

#include <string>

#include "engine/core/result.h"

namespace balmer::api {

class Settings {
  public:
    virtual ~Settings() = default;

    virtual core::Result<std::string> get(const std::string& key) = 0; ///< "" when never set
    virtual core::Status set(const std::string& key, const std::string& value) = 0;
};

} // namespace balmer::api

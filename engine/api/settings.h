// Settings: what the desktop remembers with an open project, by key.
//
// Handed out by Workbench::settings and lives as long. Any thread, several at once.
#pragma once

#include <map>
#include <string>

#include "engine/core/result.h"

namespace balmer::api {

class Settings {
  public:
    virtual ~Settings() = default;

    /// All that were ever set, by key. (quick)
    virtual core::Result<std::map<std::string, std::string>> all() = 0;
    /// Waits for the disk and for the write before it.
    virtual core::Status set(const std::string& key, const std::string& value) = 0;
};

} // namespace balmer::api

// Settings: small values that belong to the project, by key: where the desktop was left, which observer
// labels.
//
// Part of a Project; thread rule there.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/result.h"

namespace balmer::store {

class Connections;

class Settings {
  public:
    explicit Settings(Connections& connections);

    core::Result<std::optional<std::string>> get(std::string_view key);
    /// Replaces. The value is text and kept as KeptText keeps one. Errors: InvalidArgument for a key that
    /// holds marks or is longer than 300 bytes, and for a value of more than 1 MiB.
    core::Status set(std::string_view key, std::string_view value);
    core::Status remove(std::string_view key);
    /// All whose key begins so.
    core::Result<std::map<std::string, std::string>> list(std::string_view beginning = {});

  private:
    Connections& connections_;
};

} // namespace balmer::store

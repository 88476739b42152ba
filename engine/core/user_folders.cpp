#include "engine/core/user_folders.h"

#include <cstdlib>
#include <vector>

#include <pwd.h>
#include <unistd.h>

namespace balmer::core {

namespace fs = std::filesystem;

namespace {

/// "" where it is unset or not absolute, which the specification ignores.
fs::path folderIn(const char* variable) {
    const char* const value = std::getenv(variable);
    fs::path folder(value == nullptr ? "" : value);
    return folder.is_absolute() ? folder : fs::path();
}

fs::path ownFolder(const char* variable, const fs::path& belowHome) {
    auto folder = folderIn(variable);
    if (folder.empty()) folder = homeFolder() / belowHome;
    return folder / "balmer";
}

} // namespace

fs::path homeFolder() {
    if (auto home = folderIn("HOME"); !home.empty()) return home;
    std::vector<char> room(16 * 1024);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::geteuid(), &entry, room.data(), room.size(), &found) == 0 && found != nullptr &&
        found->pw_dir != nullptr && fs::path(found->pw_dir).is_absolute())
        return found->pw_dir;
    return "/nonexistent";
}

fs::path configurationFolder() {
    return ownFolder("XDG_CONFIG_HOME", ".config");
}

fs::path dataFolder() {
    return ownFolder("XDG_DATA_HOME", ".local/share");
}

} // namespace balmer::core

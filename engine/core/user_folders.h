// Where a user's own files lie, by the XDG base directory specification.
//
// The home folder is $HOME, or what the system's list of users says where that is unset or not absolute. A
// user who has none there has /nonexistent, where nothing can be kept: nothing of a user's goes anywhere
// else. Any thread.
#pragma once

#include <filesystem>

namespace balmer::core {

std::filesystem::path homeFolder();
/// $XDG_CONFIG_HOME or ~/.config, and Balmer's own in it.
std::filesystem::path configurationFolder();
/// $XDG_DATA_HOME or ~/.local/share, and Balmer's own in it.
std::filesystem::path dataFolder();

} // namespace balmer::core

// The log: one line an event on standard error (and in the project's log file when one is open).
//
// Any thread may write. Results never go here: a log line is for whoever wants to know how something came
// about. What is said in one call is one line: core::visible().
#pragma once

#include <filesystem>
#include <string_view>

namespace balmer::core::log {

/// Also appends every line of info and above to this file (rotated at 5 MB).
void alsoTo(const std::filesystem::path& file);

void debug(std::string_view line);
void info(std::string_view line);
void warning(std::string_view line);
void error(std::string_view line);

} // namespace balmer::core::log

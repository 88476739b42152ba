// Console: what the command line says, to people and to programs.
//
// Results go to standard output: words, or with --json exactly one object. Progress goes to standard error: a
// bar on a terminal, JSON lines with --json, nothing otherwise. Used by the main thread alone.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::cli {

/// Exit statuses of the program.
enum Exit { Done = 0, Failed = 1, WrongUse = 2, Aborted = 3 };

int exitFor(const core::Error& error);

class Console {
  public:
    explicit Console(bool json) : json_(json) {}

    bool json() const { return json_; }

    /// One line for people; nothing with --json.
    void say(std::string_view line) const;
    /// One line for people on standard error, {"warning": line} with --json: what is not a result.
    void warn(std::string_view line) const;
    /// One JSON line on standard error with --json, nothing otherwise: what happens while a command waits.
    void event(const nlohmann::json& object) const;
    /// The result for programs; nothing without --json. To be called once.
    void result(const nlohmann::json& object) const;
    /// The failure, in either form; returns the exit status for it.
    int fail(const core::Error& error) const;

    /// Progress and interruption (Ctrl+C) for one long task. One at a time.
    core::TaskContext task();
    /// Takes the progress bar away before words are printed.
    void endProgress();

  private:
    void progress(double fraction, std::string_view stage);

    bool json_;
    bool barShown_ = false;
    std::string stage_;
    std::chrono::steady_clock::time_point said_{};
};

/// A table in columns, the first line naming them.
std::string inColumns(const std::vector<std::vector<std::string>>& rows);

} // namespace balmer::cli

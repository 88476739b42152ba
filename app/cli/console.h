// Console: what the command line says, to people and to programs.
//
// All text passes core::visible(): nothing that came from a file or from the net moves the cursor or forges a
// line. Results go to standard output: words, or with --json exactly one object. Progress goes to standard
// error: a bar on a terminal, JSON lines with --json, nothing otherwise. Used by the main thread alone.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/core/utf8.h"

namespace balmer::cli {

/// Exit statuses of the program.
enum Exit { Done = 0, Failed = 1, WrongUse = 2, Aborted = 3 };

int exitFor(const core::Error& error);

/// What a person reads: text in one line, or lines.
class Said {
  public:
    Said(std::string_view line) : text_(core::visible(line)) {}
    Said(const std::string& line) : Said(std::string_view(line)) {}
    Said(const char* line) : Said(std::string_view(line)) {}
    static Said lines(std::string_view text) { return Said(core::visible(text, core::Lines::Many), 0); }
    const std::string& text() const { return text_; }

  private:
    Said(std::string text, int) : text_(std::move(text)) {}
    std::string text_;
};

class Console {
  public:
    explicit Console(bool json) : json_(json) {}

    bool json() const { return json_; }

    /// From here on standard output is for what a job writes: words and results go to standard error.
    void sayAside() { aside_ = true; }

    /// For people; nothing with --json.
    void say(const Said& words) const;
    /// One line for people on standard error, {"warning": line} with --json: what is not a result.
    void warn(std::string_view line) const;
    /// One JSON line on standard error with --json, nothing otherwise: what happens while a command waits.
    void event(const nlohmann::json& object) const;
    /// The result for programs; nothing without --json. To be called once.
    void result(const nlohmann::json& object) const;
    /// The failure, in either form; returns the exit status for it.
    int fail(const core::Error& error) const;
    /// The command has done its work, and what it found is not well: the exit status is Failed.
    void foundDamage() { wellDone_ = Failed; }
    /// The program's exit status, after it has said what could not be written to standard output.
    int finish(int exit) const;

    /// Progress and interruption (Ctrl+C) for one long task. One at a time.
    core::TaskContext task();
    /// Takes the progress bar away before words are printed.
    void endProgress();

  private:
    void put(const std::string& text) const;
    void progress(double fraction, std::string_view stage);

    bool json_;
    Exit wellDone_ = Done;
    bool aside_ = false, barShown_ = false;
    std::string stage_;
    std::chrono::steady_clock::time_point said_{};
};

/// A table in columns, the first line naming them; a row is one line.
Said inColumns(std::vector<std::vector<std::string>> rows);

} // namespace balmer::cli

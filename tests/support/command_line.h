// What the end-to-end tests share: a program run as a user would, with a time limit, and what it said.
//
// Values, except BackgroundProcess, which has one owner; no shared state, so tests may run side by side.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include <nlohmann/json.hpp>

namespace balmer::test {

struct ProcessResult {
    int exitStatus = -1; ///< -1 when a signal ended it
    int signal = 0;      ///< the signal that ended it, 0 for none
    bool timedOut = false;
    std::string standardOutput;
    std::string standardError;

    /// Standard output as one JSON value; a discarded value (json.is_discarded()) when it is not JSON.
    nlohmann::json json() const;
    /// Everything, for messages of failed assertions.
    std::string describe() const;
};

/// A process that runs beside the test. Killed, by its id, at the latest when this object ends.
class BackgroundProcess {
  public:
    /// arguments[0] is the program's path. Environment entries are added to the test's own.
    explicit BackgroundProcess(const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment = {});
    ~BackgroundProcess();
    BackgroundProcess(const BackgroundProcess&) = delete;
    BackgroundProcess& operator=(const BackgroundProcess&) = delete;

    bool started() const { return pid_ > 0; }
    /// kill -9.
    void kill();
    void signal(int number);
    /// Waits until standard output has this text; false when the limit or the process's end comes first.
    bool says(const std::string& text, std::chrono::seconds limit);
    /// What it has written to standard output so far.
    const std::string& said() const { return result_.standardOutput; }
    /// Waits for the end; past the limit the process is killed and the result says so.
    ProcessResult wait(std::chrono::seconds limit);

  private:
    void drain(int milliseconds);

    pid_t pid_ = -1;
    int out_ = -1, err_ = -1;
    ProcessResult result_;
};

/// Runs a program to its end.
ProcessResult runProcess(const std::vector<std::string>& arguments,
                         std::chrono::seconds limit = std::chrono::seconds(120));

} // namespace balmer::test

// PeerProcess: a real program that a test talks to, in a process group of its own, ended by that group's id.
//
// One owner, one thread.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace balmer::test {

class PeerProcess {
  public:
    /// arguments[0] is the program's path; what it writes goes to the file `log`. Where the test is killed,
    /// it is told to end, too.
    PeerProcess(const std::vector<std::string>& arguments,
                const std::map<std::string, std::string>& environment, std::filesystem::path log);
    /// SIGTERM to the group, and SIGKILL where it has not ended within some seconds.
    ~PeerProcess();
    PeerProcess(const PeerProcess&) = delete;
    PeerProcess& operator=(const PeerProcess&) = delete;

    void stop();
    void kill(); ///< SIGKILL to the group
    bool running();
    pid_t id() const { return pid_; }
    /// What it has written so far.
    std::string log() const;
    bool says(std::string_view text) const { return log().find(text) != std::string::npos; }

  private:
    void end(int signal, int seconds);

    pid_t pid_ = -1;
    std::filesystem::path log_;
};

/// For GTEST_SKIP(): names the Debian packages of those files that are missing; "" where all are there.
std::string
missingPackages(const std::vector<std::pair<std::filesystem::path, std::string>>& filesAndPackages);

} // namespace balmer::test

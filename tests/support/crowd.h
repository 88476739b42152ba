// Crowd: many connections from strangers to one server, kept up whatever it does.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace balmer::test {

/// Gives a new connection that does not block, −1 where there is none. To a port of this computer; to a Unix
/// socket.
std::function<int()> portDoor(std::uint16_t port);
std::function<int()> socketDoor(const std::filesystem::path& path);

/// One that was closed is opened again. Each says the same words as it is opened, and no more. On a thread of
/// its own.
class Crowd {
  public:
    Crowd(std::function<int()> open, std::size_t count, std::string words = {});
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;
    /// Connections so far.
    std::size_t opened() const { return opened_; }

  private:
    void keepUp(const std::function<int()>& open, const std::string& words);

    std::vector<int> sockets_;
    std::atomic<bool> over_ = false;
    std::atomic<std::size_t> opened_ = 0;
    std::thread thread_;
};

/// This process may open so many files, where the system lets it; how many it may.
std::size_t raiseOwnFileLimit(std::size_t wanted);

} // namespace balmer::test

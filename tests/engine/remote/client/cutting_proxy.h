// CuttingProxy: stands between a client and a worker's socket, and cuts the connection after a given byte.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace balmer::test {

enum class Direction { ToWorker, ToClient };

class CuttingProxy {
  public:
    /// Listens on `path` and connects to `worker`. Threads of its own; errors end the test program.
    CuttingProxy(std::filesystem::path path, std::filesystem::path worker);
    ~CuttingProxy();

    /// The next connection is cut when this byte (counted from its beginning) would pass; later ones are not.
    void cutAfter(Direction direction, std::uint64_t bytes);
    bool hasCut() const { return cut_; }
    /// While false, connections are taken and dropped: the cable is pulled.
    void plugIn(bool in);

    /// Keeps what passes from now on, over all connections, until it is taken.
    void record();
    /// What was recorded of one direction, which is recorded no longer.
    std::string take(Direction direction);
    std::uint64_t passed(Direction direction) const { return passed_[static_cast<int>(direction)]; }

  private:
    void listen();
    void serve(int client);
    void pass(int from, int to, Direction direction, std::optional<std::uint64_t> limit);

    std::filesystem::path path_, worker_;
    int listener_ = -1;
    std::mutex mutex_; ///< guards the next
    std::optional<std::pair<Direction, std::uint64_t>> limit_;
    std::optional<std::string> recorded_[2];
    std::vector<std::thread> threads_;
    std::vector<int> open_;
    std::atomic<std::uint64_t> passed_[2] = {};
    std::atomic<bool> cut_ = false, plugged_ = true, ending_ = false;
    std::thread accepting_;
};

/// Offsets at which the frames of one direction of a recorded connection begin and end, the preface included.
std::vector<std::uint64_t> frameEdges(const std::string& recorded);

} // namespace balmer::test

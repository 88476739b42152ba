// ThreadPool: a fixed crew of named threads that works through numbered blocks.
//
// Work is cut into blocks of a size that does not depend on the number of threads; a block writes only what
// is its own, so that the result is the same for every number of threads. parallelFor may be called from one
// thread at a time, which works along; it returns when all blocks are done. A block must not call parallelFor
// of the same pool. An exception that leaves a block ends the batch, the blocks that have begun aside, and
// comes out of parallelFor.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace balmer::core {

class ThreadPool {
  public:
    /// threads >= 1 counts the caller; 0 means one for each processor. name is cut to the system's 15
    /// characters.
    explicit ThreadPool(std::size_t threads = 0, std::string name = "balmer-pool");
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    std::size_t threads() const;

    /// Calls work(block, worker) for each block in [0, blocks); worker < threads() names scratch space.
    void parallelFor(std::size_t blocks,
                     const std::function<void(std::size_t block, std::size_t worker)>& work);

  private:
    struct Crew;
    std::unique_ptr<Crew> crew_;
};

/// Names the calling thread as the operating system shows it.
void nameThisThread(const std::string& name);

/// Processors that this process may use; at least 1.
std::size_t availableProcessors();

} // namespace balmer::core

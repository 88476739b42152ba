// SQLite's way to the disk, put in the way of by a test: it refuses a call, or says what a loss of power
// would leave of the files.
//
// While a FaultyDatabase lives, every connection that is opened goes through it. One at a time; its own
// methods may be called from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "engine/core/random_stream.h"

namespace balmer::test {

class FaultyDatabase {
  public:
    /// What is refused, and so which calls count.
    enum class Fault {
        Io,    ///< the disk fails: SQLITE_IOERR, at any call
        Full,  ///< SQLITE_FULL, where something is written
        Busy,  ///< SQLITE_BUSY, where something is locked
        Writer ///< SQLITE_BUSY, where a change begins, as another program were in the middle of one
    };
    FaultyDatabase();
    ~FaultyDatabase();
    FaultyDatabase(const FaultyDatabase&) = delete;
    FaultyDatabase& operator=(const FaultyDatabase&) = delete;

    /// From now on the call number `at` of this kind, from 0, is refused; or that and all after it.
    void refuse(Fault fault, std::size_t at, bool forEver);
    void obey();
    /// Calls of the kind since refuse(), refused ones too.
    std::size_t calls() const;
    bool refused() const;
    /// How long SQLite would have waited for locks since refuse(). It does not: nobody sleeps here.
    std::chrono::milliseconds waited() const;

    /// Called before each write, flush and removal.
    void beforeEachChange(std::function<void()> hook);
    /// Copies the folder as a disk might hold it if the power went now: of each file, every sector (512 or
    /// 4096 bytes) and the length are those of any moment since its last flush. Leaves out what lies in
    /// shared memory.
    void losePower(const std::filesystem::path& folder, const std::filesystem::path& into,
                   core::RandomStream& random);

    struct State;

  private:
    std::unique_ptr<State> state_;
};

} // namespace balmer::test

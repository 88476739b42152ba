// EchoGuard: keeps two programs that follow each other's cursor from sending it to and fro for ever.
//
// A program that follows says again what it was told, about the same subject (the row of a table) and within
// `window`, perhaps late: what was said here again by the other, or the other way about. When the user does
// something on the other side, what comes is new, also where it goes back to what was said here before.
// One owner; one thread at a time.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "engine/vo/samp/samp_message.h"

namespace balmer::vo {

class EchoGuard {
  public:
    using Time = std::chrono::steady_clock::time_point;
    explicit EchoGuard(std::chrono::milliseconds window = std::chrono::seconds(2)) : window_(window) {}

    // Only table.highlight.row, table.select.rowList and coord.pointAt.sky can be echoes; a table counts by
    // its table-id, or by its url where it has none.
    /// Takes note of a message that goes out now; true where it repeats what came in last.
    bool sends(const SampMessage& message, Time now);
    /// Takes note of a message that comes in now; true where it repeats what came in last, or one of those
    /// that went out since.
    bool hears(const SampMessage& message, Time now);

  private:
    struct Statement {
        std::string what;
        Time when;
    };
    struct Talk {
        std::vector<Statement> heard; ///< the last, if nothing went out since
        std::vector<Statement> sent;  ///< since the last that was heard
    };
    struct Said {
        Talk* about = nullptr; ///< null: it can be no echo
        std::string what;
    };
    Said talkOf(const SampMessage& message, Time now);

    std::chrono::milliseconds window_;
    std::map<std::string, Talk> talks_; ///< by subject; what is older than window_ is left out
};

} // namespace balmer::vo

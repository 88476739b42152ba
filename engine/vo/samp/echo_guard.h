// EchoGuard: keeps two programs that follow each other's cursor from sending it to and fro for ever.
//
// What was lately sent or received about a subject (the row of a table) is known on both sides; the same
// again within `window` is its echo. One owner; one thread at a time.
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

    /// Takes note of a message sent or received now; true where it repeats one of the last `window`. Only
    /// table.highlight.row, table.select.rowList and coord.pointAt.sky can be echoes; a table counts by its
    /// table-id, or by its url where it has none.
    bool repeats(const SampMessage& message, Time now);

  private:
    struct Known {
        std::string what;
        Time when;
    };
    std::chrono::milliseconds window_;
    std::map<std::string, std::vector<Known>> known_; ///< by subject
};

} // namespace balmer::vo

// OfferedFiles: the files that are lent to other programs for a time, each under a path that nobody guesses.
// Private to the module.
//
// One owner. Every function may be called from any thread.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/core/mutex.h"

#include "engine/http/loopback_server.h"
#include "engine/vo/samp/samp_link.h"

namespace balmer::vo {

class OfferedFiles {
  public:
    using Time = std::chrono::steady_clock::time_point;
    ~OfferedFiles() { clear(); }

    /// The path, percent-encoded, under which the file is served from now on: until release(), and then until
    /// offer.keep after now.
    std::string add(SampOffer offer, Time now);
    void release(std::string_view path);

    /// Nothing where no file is offered under the path; its last segment is free.
    std::optional<http::ServerResponse> answer(const http::ServerRequest& request) const;

    /// Ends what is over. Returns when there will be something to end.
    std::optional<Time> expire(Time now);
    void clear();

  private:
    struct Entry {
        SampOffer offer;
        Time until;
        bool released = false;
    };

    mutable core::Mutex mutex_;
    std::map<std::string, Entry> entries_ BALMER_GUARDED_BY(mutex_); ///< by token
};

/// Removes the file, where the offer asks for it.
void withdraw(const SampOffer& offer);

} // namespace balmer::vo

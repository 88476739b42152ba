// Another try: what is worth one, and how long to wait before it.
//
// Worth it: no connection, a lost connection, silence, a body that ended early, and the answers 429, 500,
// 502, 503 and 504. The wait doubles from `first` to `longest`; a server's Retry-After is kept where it is
// longer, and where it is longer than `longestAsked` there is no further try: the error says for how long the
// server wants to be left alone. All threads that share a Client leave a server alone that asked for it.
#pragma once

#include <chrono>
#include <functional>
#include <string_view>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"

namespace balmer::http {

struct RetryPolicy {
    unsigned tries = 5; ///< the first one included; 1: never again
    std::chrono::milliseconds first{1000};
    std::chrono::milliseconds longest{60000};
    std::chrono::milliseconds longestAsked{600000};
};

bool worthAnotherTry(const core::Error& error);
bool worthAnotherTry(const Answer& answer);

/// Calls attempt until its result is not worth another, or the tries are used up; the last result is returned
/// as it is. While it waits, the stage says for whom and why ("waiting 30 s for archive.example.org (503)"),
/// at the fraction that the task has reached. url: whom to leave alone. Errors: those of attempt; Cancelled.
core::Result<Answer> withRetries(Client& client, std::string_view url, const RetryPolicy& policy,
                                 core::TaskContext& task,
                                 const std::function<core::Result<Answer>()>& attempt);

/// client.send with retries.
core::Result<Answer> sendWithRetries(Client& client, const Request& request, const RetryPolicy& policy,
                                     core::TaskContext& task);

} // namespace balmer::http

#include "engine/http/retry.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "engine/http/url.h"

namespace balmer::http {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

using Clock = std::chrono::steady_clock;

/// Returns early, with Cancelled, when the task is asked to stop.
Status waitUntil(Clock::time_point until, core::TaskContext& task, std::string_view stage) {
    BALMER_CHECK(task.checkpoint(0, stage));
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    wake.wait_until(lock, task.stopToken(), until, [] { return false; });
    return task.checkpoint(0, stage);
}

std::string waiting(Clock::duration duration, const std::string& host, const std::string& why) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(duration).count();
    return "waiting " + std::to_string(seconds) + " s for " + host + " (" + why + ")";
}

} // namespace

bool worthAnotherTry(const Error& error) {
    return error.code() == ErrorCode::Remote || error.code() == ErrorCode::DeadlineExceeded;
}

bool worthAnotherTry(const Answer& answer) {
    return answer.status == 429 || answer.status == 500 || (answer.status >= 502 && answer.status <= 504);
}

Result<Answer> withRetries(Client& client, std::string_view address, const RetryPolicy& policy,
                           core::TaskContext& task, const std::function<Result<Answer>()>& attempt) {
    BALMER_TRY(const Url url, parseUrl(address));
    const std::string origin = url.origin();
    auto delay = policy.first;
    for (unsigned tried = 1;; ++tried) {
        for (auto until = client.pausedUntil(origin); until > Clock::now();
             until = client.pausedUntil(origin))
            BALMER_CHECK(waitUntil(until, task, waiting(until - Clock::now(), url.host, "as it asked")));
        auto result = attempt();
        const bool again = result ? worthAnotherTry(*result) : worthAnotherTry(result.error());
        if (!again || tried >= policy.tries) return result;

        Clock::duration wait = std::min(delay, policy.longest);
        delay = std::min(delay * 2, policy.longest);
        std::string why = "the connection failed";
        if (result) {
            why = std::to_string(result->status);
            if (result->retryAfter) {
                if (*result->retryAfter > policy.longestAsked)
                    return fail(ErrorCode::Remote,
                                url.host + " answers " + why + " and asks to be left alone for " +
                                    std::to_string(result->retryAfter->count()) + " s; try again after that");
                wait = std::max<Clock::duration>(wait, *result->retryAfter);
            }
            if (result->status == 429 || result->status == 503) client.pause(origin, Clock::now() + wait);
        }
        BALMER_CHECK(waitUntil(Clock::now() + wait, task, waiting(wait, url.host, why)));
    }
}

Result<Answer> sendWithRetries(Client& client, const Request& request, const RetryPolicy& policy,
                               core::TaskContext& task) {
    return withRetries(client, request.url, policy, task, [&] { return client.send(request, task); });
}

} // namespace balmer::http

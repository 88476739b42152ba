#include "engine/core/start_thread.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>
#include <vector>

namespace balmer::core {

namespace {

constexpr std::int64_t withoutEnd = std::numeric_limits<std::int64_t>::max();
std::atomic<std::int64_t> furtherThreads{withoutEnd}; ///< for FewThreads

bool isGiven() {
    return furtherThreads == withoutEnd || furtherThreads.fetch_sub(1) > 0;
}

} // namespace

Result<Thread> startThread(std::function<void()> work) {
    try {
        if (!isGiven())
            throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
        return Thread(std::thread(std::move(work)));
    } catch (const std::system_error& problem) {
        return fail(ErrorCode::ResourceExhausted, "the system gives no further thread (" +
                                                      problem.code().message() +
                                                      "); end other programs, or raise `ulimit -u`");
    }
}

FewThreads::FewThreads(std::size_t further) {
    furtherThreads = static_cast<std::int64_t>(further);
}
FewThreads::~FewThreads() {
    furtherThreads = withoutEnd;
}

void allAtOnce(std::size_t count, const std::function<void(std::size_t i)>& work) {
    std::vector<Thread> threads;
    std::vector<std::size_t> left;
    for (std::size_t i = 0; i < count; ++i) {
        auto thread = i + 1 < count ? startThread([&work, i] { work(i); }) : Result<Thread>(Thread());
        if (thread && thread->joinable())
            threads.push_back(*std::move(thread));
        else
            left.push_back(i);
    }
    for (const auto i : left)
        work(i);
}

} // namespace balmer::core

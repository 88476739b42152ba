#include "engine/core/start_thread.h"

#include <atomic>
#include <cstdint>
#include <limits>
#include <system_error>
#include <utility>

namespace balmer::core {

namespace {

constexpr std::int64_t withoutEnd = std::numeric_limits<std::int64_t>::max();
std::atomic<std::int64_t> furtherThreads{withoutEnd}; ///< for FewThreads

bool isGiven() {
    return furtherThreads == withoutEnd || furtherThreads.fetch_sub(1) > 0;
}

} // namespace

Result<std::thread> startThread(std::function<void()> work) {
    try {
        if (!isGiven())
            throw std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again));
        return std::thread(std::move(work));
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

} // namespace balmer::core

#include "engine/core/start_thread.h"

#include <system_error>
#include <utility>

namespace balmer::core {

Result<std::thread> startThread(std::function<void()> work) {
    try {
        return std::thread(std::move(work));
    } catch (const std::system_error& problem) {
        return fail(ErrorCode::ResourceExhausted, "the system gives no further thread (" +
                                                      problem.code().message() +
                                                      "); end other programs, or raise `ulimit -u`");
    }
}

} // namespace balmer::core

// crashPoint: a named place where a test has this program end as by kill -9.
#pragma once

#include <string_view>

namespace balmer::core {

/// Ends the process with SIGKILL when the environment variable BALMER_CRASH_AT has this name. Without the
/// variable, which is read once, a comparison of a pointer. Any thread.
void crashPoint(std::string_view name);

} // namespace balmer::core

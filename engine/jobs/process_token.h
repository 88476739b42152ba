// ProcessToken: names a process so that a later one can tell whether it still lives, even after a reboot or
// when its number was given to another program. Text: host, boot, pid namespace, pid and start time. Linux.
// Any thread.
#pragma once

#include <string>
#include <string_view>

namespace balmer::jobs {

/// The token of this process.
const std::string& thisProcessToken();

enum class ProcessState {
    Lives,
    Ended,
    CannotTell ///< another computer or container, or a token that this program did not write
};
ProcessState stateOf(std::string_view processToken);

} // namespace balmer::jobs

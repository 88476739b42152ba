#include "engine/jobs/process_token.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>
#include <vector>

#include "engine/core/files.h"
#include "engine/core/text_number.h"

namespace balmer::jobs {

namespace {

constexpr char separator = '|';

std::string firstLine(const std::string& file) {
    const auto text = core::readBeginning(file, 4096).value_or("");
    return text.substr(0, text.find('\n'));
}

std::string hostName() {
    char name[256] = {};
    return ::gethostname(name, sizeof name - 1) == 0 ? name : "";
}

std::string pidNamespace() {
    char target[128] = {};
    const auto length = ::readlink("/proc/self/ns/pid", target, sizeof target - 1);
    return length > 0 ? std::string(target, static_cast<std::size_t>(length)) : std::string();
}

/// Ticks after boot at which the process began: the 22nd field of /proc/PID/stat, counted after the name,
/// which may hold blanks and brackets. Nothing when there is no such process, or it is a zombie: it does no
/// more work.
std::optional<std::string> startTime(const std::string& pid) {
    const auto line = firstLine("/proc/" + pid + "/stat");
    const auto nameEnd = line.rfind(')');
    if (nameEnd == std::string::npos) return std::nullopt;
    const auto fields = core::splitList(std::string_view(line).substr(nameEnd + 2), ' ');
    if (fields.size() < 20 || fields[0] == "Z" || fields[0] == "X") return std::nullopt;
    return fields[19];
}

} // namespace

const std::string& thisProcessToken() {
    // Not kept across a fork: the child is another process.
    thread_local std::string token;
    thread_local pid_t owner = 0;
    if (owner != ::getpid()) {
        owner = ::getpid();
        const auto pid = std::to_string(owner);
        token = hostName() + separator + firstLine("/proc/sys/kernel/random/boot_id") + separator +
                pidNamespace() + separator + pid + separator + startTime(pid).value_or("");
    }
    return token;
}

ProcessState stateOf(std::string_view processToken) {
    const auto then = core::splitList(processToken, separator);
    const auto now = core::splitList(thisProcessToken(), separator);
    if (then.size() != 5 || now.size() != 5 || !core::parseInteger(then[3])) return ProcessState::CannotTell;
    if (then[0] != now[0]) return ProcessState::CannotTell;
    if (then[1] != now[1]) return ProcessState::Ended;
    if (then[2] != now[2]) return ProcessState::CannotTell;
    const auto start = startTime(then[3]);
    return start && *start == then[4] ? ProcessState::Lives : ProcessState::Ended;
}

} // namespace balmer::jobs

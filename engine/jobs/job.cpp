#include "engine/jobs/job.h"

#include <array>
#include <utility>

#include "engine/core/text_number.h"

namespace balmer::jobs {

namespace {
constexpr std::array<std::pair<Phase, std::string_view>, 10> words = {{{Phase::Pending, "PENDING"},
                                                                       {Phase::Queued, "QUEUED"},
                                                                       {Phase::Executing, "EXECUTING"},
                                                                       {Phase::Completed, "COMPLETED"},
                                                                       {Phase::Error, "ERROR"},
                                                                       {Phase::Aborted, "ABORTED"},
                                                                       {Phase::Unknown, "UNKNOWN"},
                                                                       {Phase::Held, "HELD"},
                                                                       {Phase::Suspended, "SUSPENDED"},
                                                                       {Phase::Archived, "ARCHIVED"}}};
}

std::string_view toString(Phase phase) {
    return words[static_cast<std::size_t>(phase)].second;
}

std::optional<Phase> parsePhase(std::string_view word) {
    const auto lower = core::lowerCase(word);
    for (const auto& [phase, name] : words)
        if (core::lowerCase(name) == lower) return phase;
    return std::nullopt;
}

bool isFinal(Phase phase) {
    return phase == Phase::Completed || phase == Phase::Error || phase == Phase::Aborted ||
           phase == Phase::Archived;
}

bool canMove(Phase from, Phase to) {
    if (from == to) return false;
    switch (from) {
    case Phase::Pending:
        return to == Phase::Queued || to == Phase::Held || to == Phase::Aborted || to == Phase::Error;
    case Phase::Held:
        return to == Phase::Pending || to == Phase::Queued || to == Phase::Aborted || to == Phase::Error;
    case Phase::Queued:
        return to == Phase::Executing || to == Phase::Held || to == Phase::Aborted || to == Phase::Error ||
               to == Phase::Unknown;
    case Phase::Executing:
        return to == Phase::Suspended || to == Phase::Unknown || isFinal(to);
    case Phase::Suspended:
        return to == Phase::Executing || to == Phase::Unknown || to == Phase::Queued || isFinal(to);
    case Phase::Unknown: // the worker is heard of again: it may have come to any point
        return to != Phase::Pending;
    case Phase::Completed:
    case Phase::Error:
    case Phase::Aborted:
        return to == Phase::Archived;
    case Phase::Archived:
        return false;
    }
    return false;
}

} // namespace balmer::jobs

// How a round went: its estimate of precision from the labels that stand on its random sample. Any thread.
#pragma once

#include <optional>

#include <string_view>

#include "engine/active/precision.h"
#include "engine/core/result.h"
#include "engine/store/project.h"
#include "engine/store/round_archive.h"

namespace balmer::workflow {

/// LabelEvent::view of the answers that a round takes from a table.
constexpr std::string_view oracleView = "oracle file";

/// Agreement of the labels that stand now with what the round's model predicted; nothing while none is
/// judged.
core::Result<std::optional<active::PrecisionEstimate>> precisionOf(store::Project& project,
                                                                   const store::RoundRecord& round);

/// Writes the estimate into the round's record. Errors: those of the store.
core::Status judgeRound(store::Project& project, std::int64_t round);

} // namespace balmer::workflow

// Mix: strategies that share the questions of a round, each with its part of them.
//
// Written "most-likely:0.5,margin:0.3,random:0.2"; a word alone has the share 1, and shares are weighed
// against their sum. "diverse:entropy" spreads the picks of a strategy out: of the first five times as many
// as are asked for, those that lie farthest from one another in the embedding. "cold-start" is coldStart().
// Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/active/strategy.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::active {

struct MixPart {
    const Strategy* strategy = nullptr; ///< of strategies()
    bool diverse = false;               ///< its picks are spread out in the embedding
    double share = 1;                   ///< in (0, 1]; of all parts together 1

    bool operator==(const MixPart&) const = default;
};

struct Mix {
    std::vector<MixPart> parts; ///< at least one

    bool needsProbabilities() const;
    bool needsCommittee() const;
    bool needsEmbedding() const;
    bool operator==(const Mix&) const = default;
};

/// Errors: InvalidArgument for an unknown word, a share that is no number above 0, a strategy named twice.
core::Result<Mix> parseMix(std::string_view text);
/// As parseMix() reads it.
std::string toString(const Mix& mix);

inline constexpr std::string_view coldStartName = "cold-start";
/// While nothing is trained: some of what is common, some of what no label is near, and most of what is
/// strange, because there a rare class is found first.
Mix coldStart();

/// What can be written, for a help: "entropy: …; margin: …; …". committee: with strategies that need one.
std::string strategiesHelp(bool committee = true);

/// Up to count rows, none twice. Each part gets its share of them (largest remainder, of equal ones the part
/// named first); the parts choose in the order in which they are named, and what one has chosen counts as
/// labelled for the next. Where one has too few, the others fill up. The list is interleaved so that each
/// beginning of it holds about the same shares, the largest first. Errors: InvalidArgument for an input that
/// is not valid, or that lacks what a part needs; Cancelled.
core::Result<std::vector<Pick>> rankMix(const Mix& mix, const StrategyInput& input, std::size_t count,
                                        core::TaskContext& task);

} // namespace balmer::active

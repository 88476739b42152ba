// Private to active: what several strategies do with their input and say of it. Any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "engine/active/strategy.h"
#include "engine/core/random_stream.h"

namespace balmer::active {

/// The rows that the strategy may pick, ascending: neither excluded nor labelled, and with what it needs.
/// Errors: InvalidArgument where the input is not valid or lacks what the strategy needs.
core::Result<std::vector<std::size_t>> rowsToAsk(const Strategy& strategy, const StrategyInput& input);

struct RankedRow {
    double value = 0;
    std::size_t row = 0;
};
/// Up to count rows by falling value, the lower row first on a tie.
std::vector<RankedRow> largestFirst(std::span<const std::size_t> rows, std::size_t count,
                                    const std::function<double(std::size_t row)>& value);

/// Up to `most` of them, drawn without replacement, in the order in which they were drawn.
std::vector<std::size_t> drawnFrom(std::vector<std::size_t> rows, std::size_t most,
                                   core::RandomStream& random);

/// The labelled rows that have a place in the embedding, ascending, each once.
std::vector<std::size_t> labelledPlaces(const StrategyInput& input);

/// The most probable class, the lower one on a tie.
std::size_t likeliest(std::span<const float> probabilities);

/// What a model hesitates between: "A and B are about equally likely (entropy 0.98)".
std::string hesitation(std::span<const float> probabilities, std::span<const std::string> classes);

/// "12 %"; below ten with a digit after the point: "0.4 %".
std::string shareText(double share);
/// With three digits that count: "0.0123", "4.56", "789".
std::string amountText(double value);

} // namespace balmer::active

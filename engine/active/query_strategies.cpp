// The query strategies: how unsure a model is of one row. A strategy is a function, with its formula and its
// source, and its line in the table. Settles, B. (2009), Computer Sciences Technical Report 1648, University
// of Wisconsin: all three.
#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "engine/active/query.h"
#include "engine/core/words.h"

namespace balmer::active {

namespace {

/// 1 − (p₁ − p₂), of the two most probable classes.
double margin(std::span<const float> probabilities) {
    std::array<float, 2> top{};
    std::partial_sort_copy(probabilities.begin(), probabilities.end(), top.begin(), top.end(),
                           std::greater<>());
    return 1 - (double(top[0]) - double(top[1]));
}

/// 1 − p₁
double leastConfidence(std::span<const float> probabilities) {
    return 1 - double(*std::max_element(probabilities.begin(), probabilities.end()));
}

using Strategy = std::pair<Doubt, std::string_view>;
/// In the order in which they are offered; the first is the usual one.
constexpr std::array strategies{
    Strategy{&entropy, "entropy"},
    Strategy{&margin, "margin"},
    Strategy{&leastConfidence, "least-confidence"},
};

} // namespace

std::vector<std::string> queryStrategies() {
    return core::wordsOf(strategies);
}

core::Result<Doubt> queryStrategyFrom(std::string_view word) {
    return core::fromWord(strategies, word, "query strategy");
}

} // namespace balmer::active

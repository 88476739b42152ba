// What the tests of the strategies share: small pools that are written as they stand.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/active/strategy.h"
#include "tests/support/test_support.h"

namespace balmer::test {

inline core::FloatMatrix rowsOf(std::initializer_list<std::vector<float>> rows) {
    core::FloatMatrix matrix;
    for (const auto& row : rows)
        matrix.appendRow(row);
    return matrix;
}

inline const std::vector<std::string> threeClasses{"other", "single peak", "double peak"};

/// What the strategy of that name picks; a failure, and nothing, where it fails.
inline std::vector<active::Pick> picked(std::string_view strategy, const active::StrategyInput& input,
                                        std::size_t count) {
    const auto named = active::strategyNamed(strategy);
    EXPECT_TRUE(named) << why(named);
    if (!named) return {};
    core::TaskContext task;
    auto picks = (*named)->rank(input, count, task);
    EXPECT_TRUE(picks) << why(picks);
    return picks ? *picks : std::vector<active::Pick>{};
}

inline std::vector<std::size_t> rowsIn(const std::vector<active::Pick>& picks) {
    std::vector<std::size_t> rows;
    for (const auto& pick : picks)
        rows.push_back(pick.row);
    return rows;
}

} // namespace balmer::test

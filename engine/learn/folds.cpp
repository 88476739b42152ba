#include "engine/learn/folds.h"

#include <algorithm>
#include <map>
#include <string>

#include "engine/core/random_stream.h"

namespace balmer::learn {

using core::ErrorCode;
using core::fail;

core::Result<std::vector<int>> stratifiedFolds(std::span<const int> labels, int folds, std::uint64_t seed) {
    if (folds < 2)
        return fail(ErrorCode::InvalidArgument,
                    "cross-validation needs two folds or more, not " + std::to_string(folds));
    if (labels.size() < static_cast<std::size_t>(folds))
        return fail(ErrorCode::InvalidArgument, "there are " + std::to_string(labels.size()) +
                                                    " labelled rows, too few for " + std::to_string(folds) +
                                                    " folds; label more or ask for fewer folds");
    std::map<int, std::vector<std::size_t>> rowsOf;
    for (std::size_t i = 0; i < labels.size(); ++i) {
        if (labels[i] < 0)
            return fail(ErrorCode::InvalidArgument,
                        "row " + std::to_string(i) + " has no class; leave it out");
        rowsOf[labels[i]].push_back(i);
    }
    if (rowsOf.size() < 2)
        return fail(ErrorCode::InvalidArgument,
                    "all labelled rows are of one class; label some of another class before training");
    std::vector<int> fold(labels.size());
    core::RandomStream random(seed, 0xF01D);
    std::size_t next = 0;
    for (auto& [label, rows] : rowsOf) {
        random.shuffle(std::span(rows));
        for (const std::size_t row : rows)
            fold[row] = static_cast<int>(next++ % static_cast<std::size_t>(folds));
    }
    return fold;
}

} // namespace balmer::learn

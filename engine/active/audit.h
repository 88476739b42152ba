// Audit: which labels may be wrong, and why, from what is known without them.
//
// Three witnesses, each of which may accuse a label:
//  · the model, by confident learning (Northcutt, Jiang & Chuang 2021, J. Artif. Intell. Res. 70, 1373): a
//    class is confident for a row when its probability, out of fold, is at least the mean probability of
//    that class among the rows that are labelled so; the label is accused when the most probable confident
//    class is another one;
//  · a twin: a labelled row of another class that is nearly the same spectrum;
//  · the neighbours: of the nearest labelled rows, each weighted by one over the rows of its class, nearly
//    all are of one other class.
// What all of them together accuse most strongly comes first. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"

namespace balmer::active {

/// One entry a labelled row.
struct AuditInput {
    std::span<const int> labels;   ///< in [0, classes.size())
    core::FloatView probabilities; ///< [rows × classes], out of fold; a row that is not finite has none
    core::FloatView places;        ///< [rows × features]; a row that is not finite has no neighbours
    std::span<const std::string> classes;
    std::size_t threads = 0; ///< 0: all processors; does not change the result
};

struct AuditParameters {
    std::size_t neighbours = 10;
    double neighboursShare = 0.9; ///< of the weighted neighbours
    double twinDistance = 0.2;    ///< of the median distance to the nearest row
};

struct DoubtfulLabel {
    std::size_t row = 0;
    int suggested = -1;   ///< the class for which the first of its witnesses speaks, in the order above
    int witnesses = 0;    ///< 1 to 3
    double suspicion = 0; ///< mean of the three, 0 to 1; one that does not accuse counts 0
    std::string reason;   ///< "the model finds \"A\" (0.93); 9 of its 10 neighbours are \"A\""
};

/// Errors: InvalidArgument for shapes that differ and labels outside the classes; Cancelled.
core::Result<std::vector<DoubtfulLabel>>
doubtfulLabels(const AuditInput& input, const AuditParameters& parameters, core::TaskContext& task);

} // namespace balmer::active

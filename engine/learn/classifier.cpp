#include "engine/learn/classifier.h"

#include <set>

namespace balmer::learn {

using core::ErrorCode;
using core::fail;

core::Status checkClassNames(std::span<const std::string> classes) {
    if (classes.size() < 2 || classes.size() > 1000)
        return fail(ErrorCode::InvalidArgument,
                    "a classifier needs 2 to 1000 classes, not " + std::to_string(classes.size()));
    const std::set<std::string> names(classes.begin(), classes.end());
    if (names.size() != classes.size() || names.contains(""))
        return fail(ErrorCode::InvalidArgument, "the names of the classes must be different and not empty");
    return {};
}

core::Status checkLabels(core::FloatView rows, std::span<const int> labels,
                         std::span<const std::string> classes) {
    if (rows.rows() != labels.size())
        return fail(ErrorCode::InvalidArgument, std::to_string(rows.rows()) + " rows came with " +
                                                    std::to_string(labels.size()) + " labels");
    for (std::size_t i = 0; i < labels.size(); ++i)
        if (labels[i] < 0 || static_cast<std::size_t>(labels[i]) >= classes.size())
            return fail(ErrorCode::InvalidArgument, "label " + std::to_string(labels[i]) + " of row " +
                                                        std::to_string(i) + " is not one of the " +
                                                        std::to_string(classes.size()) + " classes");
    return {};
}

} // namespace balmer::learn

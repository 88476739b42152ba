// What the labelled rows of a dataset look like: the mean of each class with its spread, and the labelled
// rows that are most like another one. Any thread.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/dataset/dataset.h"
#include "engine/store/project.h"

namespace balmer::workflow {

struct ClassMean {
    std::string className;
    std::size_t rows = 0;      ///< labelled rows of the class in the dataset
    std::vector<float> mean;   ///< a value a sample, in the dataset's own scale; NaN where no row is finite
    std::vector<float> spread; ///< standard deviation of the rows about it; 0 of a single row
};

/// Of each class that has a labelled row, the largest first, of equal ones by name. Of a class of very many
/// the first mostRows stand for all. Errors: those of the store.
inline constexpr std::size_t mostRowsOfAMean = 5000;
core::Result<std::vector<ClassMean>> classMeans(store::Project& project, const dataset::Dataset& dataset);

struct LabelledNeighbour {
    std::string id;
    std::string className;
    double correlation = 0; ///< Pearson's, −1 to 1
};

/// Up to most labelled rows of the dataset, without the spectrum itself, the most correlated with it first.
/// Errors: NotFound where the dataset has no row for it; those of the store and of learn::similarRows().
core::Result<std::vector<LabelledNeighbour>> nearestLabelled(store::Project& project,
                                                             const dataset::Dataset& dataset,
                                                             const std::string& id, std::size_t most);

} // namespace balmer::workflow

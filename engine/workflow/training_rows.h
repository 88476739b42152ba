// From label events to training rows: which rows of a dataset have one of the classes. Any thread.
#pragma once

#include <string>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/dataset/dataset.h"
#include "engine/store/project.h"
#include "engine/workflow/model_rows.h"

namespace balmer::workflow {

/// What people said about the rows of a dataset; one entry a row.
struct RowLabels {
    std::vector<int> classIndex;       ///< into classes; −1: none of them
    std::vector<unsigned char> judged; ///< 1: somebody decided (a class, not sure, bad, artefact)
    std::vector<std::size_t> countByClass;
};

/// Errors: those of the store.
core::Result<RowLabels> rowLabels(store::Project& project, const dataset::Dataset& dataset,
                                  const std::vector<std::string>& classes);

/// The classes that the dataset's rows have, sorted.
core::Result<std::vector<std::string>> classesOf(store::Project& project, const dataset::Dataset& dataset);

/// Rows and their classes, for a classifier.
struct TrainingRows {
    core::FloatMatrix rows;
    std::vector<int> labels;

    void append(std::span<const float> row, int label) {
        rows.appendRow(row);
        labels.push_back(label);
    }
    /// The row brought to [−1, 1], as simulated rows are; as it stands where it has that scale.
    /// A row without extent says nothing and is left out.
    void appendScaled(std::span<const float> row, int label);
};

/// Unlabelled rows are left out.
TrainingRows labelledRows(const ModelRows& rows, const RowLabels& labels);

} // namespace balmer::workflow

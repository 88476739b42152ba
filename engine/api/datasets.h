// Datasets: the preprocessed matrices of an open project.
//
// Handed out by Workbench::datasets and lives as long. Any thread, several at once. What is marked (quick)
// may be called from the UI thread. Wavelengths are ångström; times are ISO 8601 UTC text.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/core/result.h"

namespace balmer::api {

struct DatasetInfo {
    std::string name;
    std::string digest;
    std::size_t rows = 0, columns = 0;
    double firstWavelengthAngstrom = 0, lastWavelengthAngstrom = 0;
    std::string pipeline; ///< description of the preprocessing, JSON
    std::string created;
};

/// One preprocessed spectrum as the network and the map see it.
struct WindowRow {
    std::string id;
    std::vector<double> wavelengthAngstrom;
    std::vector<float> flux;
    std::vector<float> inverseVariance; ///< empty: unknown
    std::vector<unsigned char> mask;    ///< empty: nothing masked
};

/// What the labelled rows of one class look like.
struct ClassMean {
    std::string className;
    std::size_t rows = 0; ///< labelled
    std::vector<double> wavelengthAngstrom;
    std::vector<float> mean, spread; ///< a value a sample; spread is the standard deviation of the rows
};

/// A labelled row that is like another one.
struct LabelledNeighbour {
    std::string className;
    double correlation = 0; ///< Pearson's, −1 to 1
    WindowRow row;
};

class Datasets {
  public:
    virtual ~Datasets() = default;

    virtual core::Result<std::vector<DatasetInfo>> list() = 0;
    /// One row by id, from the memory-mapped file. The first call for a dataset opens it, which reads all its
    /// ids; from then on (quick).
    virtual core::Result<WindowRow> row(const std::string& dataset, const std::string& id) = 0;
    /// Of each class that labelled rows have, the largest first.
    virtual core::Result<std::vector<ClassMean>> classMeans(const std::string& dataset) = 0;
    /// The labelled rows, but for itself, that are most like this one; the most alike first.
    virtual core::Result<std::vector<LabelledNeighbour>>
    nearestLabelled(const std::string& dataset, const std::string& id, std::size_t most) = 0;
};

} // namespace balmer::api

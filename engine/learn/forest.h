// Forest: many decision trees, each class against the rest; the share of trees' leaves that say yes.
//
// Grown by XGBoost as one round of parallel trees on squared error with unit step and no shrinkage, so that a
// leaf is the weighted mean of its rows (a random forest, Breiman 2001, Machine Learning 45, 5, without
// resampling: what differs from tree to tree is which features a split may use); rows are weighted so that
// classes have equal sums. Kept and evaluated as plain tables. Deterministic by the seed for any number of
// threads. A value; const functions from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/result.h"
#include "engine/learn/model_file.h"

namespace balmer::learn {

struct ForestParameters {
    int trees = 200;
    int depth = 12; ///< at most
    std::uint64_t seed = 1;
};

class Forest {
  public:
    /// labels: one a row, in [0, classes), with rows of at least two. Errors: Internal, as XGBoost says it.
    static core::Result<Forest> fit(core::FloatView features, std::span<const int> labels,
                                    std::size_t classes, const ForestParameters& parameters);

    /// Adds each class's probability for a row of features, times weight, to sums [classes].
    void addProbabilities(std::span<const float> features, float weight, std::span<float> sums) const;

    void write(ModelWriter& file) const; ///< its lines
    void writeNumbers(ModelWriter& file) const;
    /// Errors: Format.
    static core::Result<Forest> read(ModelReader& file, std::size_t features, std::size_t classes);

  private:
    /// A split (features[feature] < value: the next node, else node `other`) or, with feature < 0, a leaf of
    /// that value. Both ways lead forward, so that every walk ends.
    struct Node {
        std::int32_t feature = -1;
        std::int32_t other = 0;
        float value = 0;
    };
    std::vector<Node> nodes_;
    std::vector<std::vector<std::uint32_t>>
        roots_; ///< of each machine: one for two classes, else one a class
};

} // namespace balmer::learn

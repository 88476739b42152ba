#include "engine/learn/forest.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>
#include <xgboost/c_api.h>

#include "engine/core/json_text.h"
#include "engine/learn/one_against_rest.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;
using nlohmann::json;

core::Status asked(int outcome) {
    if (outcome == 0) return {};
    return fail(ErrorCode::Internal, "XGBoost refused: " + std::string(XGBGetLastError()));
}

struct FreeMatrix {
    void operator()(void* handle) const { XGDMatrixFree(handle); }
};
struct FreeBooster {
    void operator()(void* handle) const { XGBoosterFree(handle); }
};

/// The trees of one class against the rest, as XGBoost writes them.
core::Result<json> grow(core::FloatView features, std::span<const float> sides,
                        std::span<const float> weights, const ForestParameters& parameters) {
    DMatrixHandle data = nullptr;
    BALMER_CHECK(asked(XGDMatrixCreateFromMat_omp(features.data(), features.rows(), features.columns(),
                                                  std::nanf(""), &data, 1)));
    const std::unique_ptr<void, FreeMatrix> dataOwner(data);
    BALMER_CHECK(asked(XGDMatrixSetFloatInfo(data, "label", sides.data(), sides.size())));
    BALMER_CHECK(asked(XGDMatrixSetFloatInfo(data, "weight", weights.data(), weights.size())));
    BoosterHandle booster = nullptr;
    BALMER_CHECK(asked(XGBoosterCreate(&data, 1, &booster)));
    const std::unique_ptr<void, FreeBooster> boosterOwner(booster);
    const auto share = std::max(1.0, std::sqrt(static_cast<double>(features.columns()))) /
                       static_cast<double>(features.columns());
    const std::pair<const char*, std::string> settings[] = {
        {"objective", "reg:squarederror"},
        {"tree_method", "exact"},
        {"num_parallel_tree", std::to_string(parameters.trees)},
        {"max_depth", std::to_string(parameters.depth)},
        {"colsample_bynode", std::to_string(share)},
        {"learning_rate", "1"},
        {"lambda", "0"},
        {"min_child_weight", "0"},
        {"base_score", "0"},
        {"seed", std::to_string(parameters.seed % 2147483647)},
        {"nthread", "1"},
        {"verbosity", "0"},
    };
    for (const auto& [name, value] : settings)
        BALMER_CHECK(asked(XGBoosterSetParam(booster, name, value.c_str())));
    BALMER_CHECK(asked(XGBoosterUpdateOneIter(booster, 0, data)));
    bst_ulong length = 0;
    const char* text = nullptr;
    BALMER_CHECK(asked(XGBoosterSaveModelToBuffer(booster, R"({"format":"json"})", &length, &text)));
    BALMER_TRY(auto model, core::parseJson<json>({text, length}));
    return std::move(model["learner"]["gradient_booster"]["model"]["trees"]);
}

} // namespace

core::Result<Forest> Forest::fit(core::FloatView features, std::span<const int> labels, std::size_t classes,
                                 const ForestParameters& parameters) {
    Forest made;
    const std::size_t rows = features.rows();
    core::FloatMatrix contiguous(rows, features.columns());
    for (std::size_t r = 0; r < rows; ++r)
        std::ranges::copy(features.row(r), contiguous.row(r).begin());
    for (std::size_t m = 0; m < machinesFor(classes); ++m) {
        const int wanted = classOf(m, classes);
        std::vector<float> sides(rows), weights(rows);
        double members = 0;
        for (std::size_t r = 0; r < rows; ++r)
            members += sides[r] = labels[r] == wanted ? 1.0f : 0.0f;
        const double others = static_cast<double>(rows) - members;
        for (std::size_t r = 0; r < rows; ++r)
            weights[r] =
                static_cast<float>(double(rows) / (2 * std::max(sides[r] > 0 ? members : others, 1.0)));
        BALMER_TRY(const json trees, grow(contiguous.view(), sides, weights, parameters));
        auto& roots = made.roots_.emplace_back();
        for (const auto& tree : trees) {
            const auto left = tree["left_children"].get<std::vector<std::int32_t>>();
            const auto right = tree["right_children"].get<std::vector<std::int32_t>>();
            const auto feature = tree["split_indices"].get<std::vector<std::int32_t>>();
            const auto value = tree["split_conditions"].get<std::vector<float>>();
            roots.push_back(static_cast<std::uint32_t>(made.nodes_.size()));
            // Depth first: a node's first way is the node behind it.
            const auto place = [&](const auto& self, std::size_t node) -> void {
                const std::size_t here = made.nodes_.size();
                made.nodes_.push_back({-1, 0, value[node]});
                if (left[node] < 0) {
                    made.nodes_[here].value *= static_cast<float>(trees.size()); // XGBoost shares the sum out
                    return;
                }
                made.nodes_[here].feature = feature[node];
                self(self, static_cast<std::size_t>(left[node]));
                made.nodes_[here].other = static_cast<std::int32_t>(made.nodes_.size());
                self(self, static_cast<std::size_t>(right[node]));
            };
            place(place, 0);
        }
    }
    return made;
}

void Forest::addProbabilities(std::span<const float> features, float weight, std::span<float> sums) const {
    std::vector<double> values;
    for (const auto& roots : roots_) {
        double yes = 0;
        for (const std::uint32_t root : roots) {
            std::size_t at = root;
            while (nodes_[at].feature >= 0)
                at = features[static_cast<std::size_t>(nodes_[at].feature)] < nodes_[at].value
                         ? at + 1
                         : static_cast<std::size_t>(nodes_[at].other);
            yes += nodes_[at].value;
        }
        values.push_back(std::clamp(yes / static_cast<double>(roots.size()), 0.0, 1.0));
    }
    addShares(values, weight, sums);
}

void Forest::write(ModelWriter& file) const {
    file.line("trees", std::to_string(roots_.front().size()));
    file.line("nodes", std::to_string(nodes_.size()));
}

void Forest::writeNumbers(ModelWriter& file) const {
    // Whole numbers below 2²⁴ are exact as float32; a forest of more nodes is not grown.
    for (const auto& roots : roots_)
        file.numbers(std::vector<float>(roots.begin(), roots.end()));
    std::vector<float> numbers;
    for (const auto& node : nodes_) {
        numbers.push_back(static_cast<float>(node.feature));
        numbers.push_back(static_cast<float>(node.other));
        numbers.push_back(node.value);
    }
    file.numbers(numbers);
}

core::Result<Forest> Forest::read(ModelReader& file, std::size_t features, std::size_t classes) {
    Forest made;
    std::size_t trees = 0, nodes = 0;
    const std::size_t machines = machinesFor(classes);
    if (!file.read("trees", trees) || !file.read("nodes", nodes) || trees == 0 || trees > file.left() ||
        nodes > file.left() || file.left() < machines * trees + 3 * nodes)
        return file.damaged("it has fewer numbers than it says");
    std::vector<float> numbers(trees);
    const auto below = [](float value, std::size_t bound) {
        return value >= 0 && value < static_cast<float>(bound) && value == std::floor(value);
    };
    for (std::size_t m = 0; m < machines; ++m) {
        if (!file.take(numbers)) return file.damaged("a number is out of range");
        auto& roots = made.roots_.emplace_back();
        for (const float root : numbers) {
            if (!below(root, nodes)) return file.damaged("a tree has no beginning");
            roots.push_back(static_cast<std::uint32_t>(root));
        }
    }
    numbers.resize(3 * nodes);
    if (!file.take(numbers)) return file.damaged("a number is out of range");
    for (std::size_t i = 0; i < nodes; ++i) {
        const float feature = numbers[3 * i], other = numbers[3 * i + 1];
        const bool leaf = feature == -1;
        if (!leaf && (!below(feature, features) || !below(other, nodes) || other <= static_cast<float>(i) ||
                      i + 1 == nodes))
            return file.damaged("a tree leads out of itself");
        made.nodes_.push_back({static_cast<std::int32_t>(feature),
                               static_cast<std::int32_t>(leaf ? 0 : other), numbers[3 * i + 2]});
    }
    return made;
}

} // namespace balmer::learn

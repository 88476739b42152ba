#include "engine/learn/support_vectors.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>

#include <libsvm/svm.h>

#include "engine/learn/one_against_rest.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

/// The threshold of a class without rows: nothing is ever taken for it.
constexpr float never = 1e6f;

struct FreeModel {
    void operator()(svm_model* model) const { svm_free_and_destroy_model(&model); }
};

/// The rows as libsvm reads them: all numbers, by index, each row ended by −1.
struct Nodes {
    explicit Nodes(core::FloatView features) : nodes(features.rows() * (features.columns() + 1)) {
        for (std::size_t r = 0; r < features.rows(); ++r) {
            svm_node* const row = nodes.data() + r * (features.columns() + 1);
            for (std::size_t c = 0; c < features.columns(); ++c)
                row[c] = {static_cast<int>(c) + 1, features(r, c)};
            row[features.columns()] = {-1, 0};
            rows.push_back(row);
        }
    }
    std::vector<svm_node> nodes;
    std::vector<svm_node*> rows;
};

double varianceOf(core::FloatView features) {
    const double count = static_cast<double>(features.rows() * features.columns());
    double sum = 0, squares = 0;
    for (std::size_t r = 0; r < features.rows(); ++r)
        for (const double value : features.row(r)) {
            sum += value;
            squares += value * value;
        }
    return squares / count - sum / count * (sum / count);
}

} // namespace

core::Result<SupportVectors> SupportVectors::fit(core::FloatView features, std::span<const int> labels,
                                                 std::size_t classes, double cost) {
    svm_set_print_string_function([](const char*) {});
    SupportVectors made;
    const double variance = varianceOf(features);
    made.gamma_ =
        static_cast<float>(1 / (static_cast<double>(features.columns()) * std::max(variance, 1e-12)));
    const std::size_t machines = machinesFor(classes), rows = features.rows();
    Nodes nodes(features);
    core::FloatMatrix weights(machines, rows);
    std::vector<char> used(rows);
    for (std::size_t m = 0; m < machines; ++m) {
        const int wanted = classOf(m, classes);
        std::vector<double> sides(rows);
        double members = 0;
        for (std::size_t r = 0; r < rows; ++r) {
            sides[r] = labels[r] == wanted ? 1 : -1;
            members += labels[r] == wanted;
        }
        const double others = static_cast<double>(rows) - members;
        if (members == 0 || others == 0) {
            made.rho_.push_back(members == 0 ? never : -never);
            continue;
        }
        std::array sign{1, -1};
        std::array weight{static_cast<double>(rows) / (2 * members),
                          static_cast<double>(rows) / (2 * others)};
        svm_parameter parameter{};
        parameter.svm_type = C_SVC;
        parameter.kernel_type = RBF;
        parameter.gamma = made.gamma_;
        parameter.cache_size = 200; // MB
        parameter.eps = 1e-3;
        parameter.C = cost;
        parameter.nr_weight = 2;
        parameter.weight_label = sign.data();
        parameter.weight = weight.data();
        parameter.shrinking = 1;
        svm_problem problem{static_cast<int>(rows), sides.data(), nodes.rows.data()};
        if (const char* const wrong = svm_check_parameter(&problem, &parameter))
            return fail(ErrorCode::InvalidArgument, "the support vector machine: " + std::string(wrong));
        const std::unique_ptr<svm_model, FreeModel> model(svm_train(&problem, &parameter));
        // The class that libsvm met first is its positive one.
        const double direction = model->label[0] == 1 ? 1 : -1;
        made.rho_.push_back(static_cast<float>(direction * model->rho[0]));
        for (int i = 0; i < model->l; ++i) {
            const auto row = static_cast<std::size_t>(model->sv_indices[i] - 1);
            weights(m, row) = static_cast<float>(direction * model->sv_coef[0][i]);
            used[row] = 1;
        }
    }
    const auto count = static_cast<std::size_t>(std::ranges::count(used, 1));
    made.vectors_ = core::FloatMatrix(count, features.columns());
    made.weights_ = core::FloatMatrix(machines, count);
    for (std::size_t r = 0, next = 0; r < rows; ++r) {
        if (!used[r]) continue;
        std::ranges::copy(features.row(r), made.vectors_.row(next).begin());
        for (std::size_t m = 0; m < machines; ++m)
            made.weights_(m, next) = weights(m, r);
        ++next;
    }
    return made;
}

void SupportVectors::addProbabilities(std::span<const float> features, float weight,
                                      std::span<float> sums) const {
    std::array<double, 16> few{};
    std::vector<double> many;
    std::span<double> values(few);
    if (rho_.size() > few.size()) {
        many.resize(rho_.size());
        values = many;
    }
    values = values.first(rho_.size());
    for (std::size_t m = 0; m < rho_.size(); ++m)
        values[m] = -rho_[m];
    for (std::size_t v = 0; v < vectors_.rows(); ++v) {
        const auto vector = vectors_.row(v);
        float distance = 0;
        for (std::size_t c = 0; c < vector.size(); ++c)
            distance += (features[c] - vector[c]) * (features[c] - vector[c]);
        const double kernel = std::exp(-gamma_ * distance);
        for (std::size_t m = 0; m < values.size(); ++m)
            values[m] += weights_(m, v) * kernel;
    }
    for (double& value : values)
        value = 1 / (1 + std::exp(-2 * value));
    addShares(values, weight, sums);
}

void SupportVectors::write(ModelWriter& file) const {
    file.line("vectors", std::to_string(vectors_.rows()));
}

void SupportVectors::writeNumbers(ModelWriter& file) const {
    file.numbers({&gamma_, 1});
    file.numbers(rho_);
    file.numbers({vectors_.data(), vectors_.rows() * vectors_.columns()});
    file.numbers({weights_.data(), weights_.rows() * weights_.columns()});
}

core::Result<SupportVectors> SupportVectors::read(ModelReader& file, std::size_t features,
                                                  std::size_t classes) {
    SupportVectors made;
    std::size_t vectors = 0;
    const std::size_t machines = machinesFor(classes);
    if (!file.read("vectors", vectors) || vectors > file.left() ||
        file.left() < 1 + machines + vectors * features + machines * vectors)
        return file.damaged("it has fewer numbers than it says");
    made.rho_.resize(machines);
    made.vectors_ = core::FloatMatrix(vectors, features);
    made.weights_ = core::FloatMatrix(machines, vectors);
    if (!file.take({&made.gamma_, 1}) || !file.take(made.rho_) ||
        !file.take({made.vectors_.data(), vectors * features}) ||
        !file.take({made.weights_.data(), machines * vectors}) || made.gamma_ <= 0)
        return file.damaged("a number is out of range");
    return made;
}

} // namespace balmer::learn

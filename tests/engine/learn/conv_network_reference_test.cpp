// The network's arithmetic against the same network written with libtorch's own layers, derivatives and Adam.
#include <torch/torch.h>

#include "engine/core/random_stream.h"
#include "engine/learn/torch/conv_network_model.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

struct ReferenceNetwork {
    std::vector<torch::Tensor> parameters; ///< matrix, bias, …, in libtorch's layout

    ReferenceNetwork(std::span<const float> weights, const ConvShape& shape) {
        const float* at = weights.data();
        const auto take = [&](std::vector<std::int64_t> sizes) {
            auto tensor = torch::from_blob(const_cast<float*>(at), sizes).clone();
            at += tensor.numel();
            return tensor;
        };
        const std::int64_t kernel = shape.kernel, dense = 8 * shape.width;
        const auto classes = static_cast<std::int64_t>(shape.classes);
        auto length = static_cast<std::int64_t>(shape.columns);
        std::int64_t in = 1, out = shape.width;
        for (int pair = 0; pair < shape.pairs; ++pair, out *= 2) {
            for (int layer = 0; layer < 2; ++layer, in = out) {
                parameters.push_back(take({kernel, in, out}).permute({2, 1, 0}).contiguous());
                parameters.push_back(take({out}));
            }
            length = (length - 2 * (kernel - 1)) / 2;
        }
        // libtorch flattens (channel, position), Balmer (position, channel).
        parameters.push_back(
            take({length, in, dense}).permute({2, 1, 0}).reshape({dense, length * in}).contiguous());
        parameters.push_back(take({dense}));
        for (const std::int64_t units : {dense, classes}) {
            parameters.push_back(take({dense, units}).t().contiguous());
            parameters.push_back(take({units}));
        }
        EXPECT_EQ(at, weights.data() + weights.size());
        for (auto& parameter : parameters)
            parameter.set_requires_grad(true);
    }

    torch::Tensor logits(torch::Tensor x) const {
        x = x.unsqueeze(1);
        const std::size_t dense = parameters.size() - 6;
        for (std::size_t at = 0; at < dense; at += 2) {
            x = torch::relu(torch::conv1d(x, parameters[at], parameters[at + 1]));
            if (at % 4 == 2) x = torch::max_pool1d(x, 2);
        }
        x = x.flatten(1);
        x = torch::relu(torch::linear(x, parameters[dense], parameters[dense + 1]));
        x = torch::relu(torch::linear(x, parameters[dense + 2], parameters[dense + 3]));
        return torch::linear(x, parameters[dense + 4], parameters[dense + 5]);
    }
};

struct AgainstLibtorch : testing::TestWithParam<ConvShape> {
    AgainstLibtorch() : columns(GetParam().columns), rows(20, columns), model(GetParam()) {
        core::RandomStream random(4);
        for (std::size_t r = 0; r < rows.rows(); ++r) {
            labels.push_back(static_cast<int>(r % 3));
            for (float& value : rows.row(r))
                value = static_cast<float>(random.normal(0.3 * labels.back(), 1));
        }
        model.initialise(6);
    }
    torch::Tensor input() const {
        return torch::from_blob(const_cast<float*>(rows.data()), {20, static_cast<std::int64_t>(columns)});
    }
    std::size_t columns;
    core::FloatMatrix rows;
    std::vector<int> labels;
    ConvModel model;
};

TEST_P(AgainstLibtorch, ProbabilitiesAgree) {
    const ReferenceNetwork reference(model.weights(), GetParam());
    const auto expected = torch::softmax(reference.logits(input()), 1).detach();
    core::FloatMatrix output(20, 3);
    ConvScorer::Workspace space;
    const auto scorer = model.scorer();
    scorer.probabilities(rows.view(), output.view(), space);
    for (std::size_t r = 0; r < 20; ++r)
        for (std::size_t c = 0; c < 3; ++c)
            EXPECT_NEAR(output(r, c),
                        expected[static_cast<std::int64_t>(r)][static_cast<std::int64_t>(c)].item<float>(),
                        1e-5);
}

TEST_P(AgainstLibtorch, ASpectrumsProbabilitiesDoNotDependOnTheOthers) {
    const auto scorer = model.scorer();
    ConvScorer::Workspace space;
    core::FloatMatrix together(20, 3), alone(1, 3);
    scorer.probabilities(rows.view(), together.view(), space);
    for (const std::size_t r : {0u, 7u, 17u, 19u}) {
        scorer.probabilities(rows.view().block(r, 1), alone.view(), space);
        for (std::size_t c = 0; c < 3; ++c)
            EXPECT_EQ(alone(0, c), together(r, c)) << "row " << r;
    }
}

TEST_P(AgainstLibtorch, StepsOfAdamAgree) {
    const ReferenceNetwork reference(model.weights(), GetParam());
    torch::optim::Adam adam(reference.parameters, torch::optim::AdamOptions(1e-3));
    std::vector<std::int64_t> truth(labels.begin(), labels.end());
    const auto target = torch::tensor(truth);
    core::ThreadPool pool(2);
    const ConvModel::Step step{1e-3, 0, 0, 1};
    for (int i = 0; i < 4; ++i) {
        adam.zero_grad();
        auto loss = torch::cross_entropy_loss(reference.logits(input()), target);
        loss.backward();
        adam.step();
        const auto ours = model.step(rows.view(), labels, step, pool);
        ASSERT_TRUE(ours) << test::why(ours);
        EXPECT_NEAR(*ours, loss.item<double>(), 2e-3 * loss.item<double>()) << "step " << i;
    }
}

// 36 is the shortest of the paper's shape; 41 and 140 leave an odd and an even number of positions to the
// poolings.
INSTANTIATE_TEST_SUITE_P(Shapes, AgainstLibtorch,
                         testing::Values(ConvShape{36, 3}, ConvShape{41, 3}, ConvShape{140, 3},
                                         ConvShape{140, 3, 16, 3, 5}, ConvShape{60, 3, 8, 1, 7},
                                         ConvShape{200, 3, 4, 4, 3}),
                         [](const auto& shape) {
                             const ConvShape& s = shape.param;
                             return std::to_string(s.columns) + "Columns" + std::to_string(s.width) + "Wide" +
                                    std::to_string(s.pairs) + "Pairs" + std::to_string(s.kernel) + "Kernel";
                         });

} // namespace
} // namespace balmer::learn

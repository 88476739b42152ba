// The network's arithmetic against the same network written with libtorch's own layers, derivatives and Adam.
#include <torch/torch.h>

#include "engine/core/random_stream.h"
#include "engine/learn/torch/conv_network_model.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

struct ReferenceNetwork {
    std::vector<torch::Tensor> parameters; ///< matrix, bias, …, in libtorch's layout
    std::int64_t columns;

    ReferenceNetwork(std::span<const float> weights, std::int64_t columnCount, std::int64_t classes)
        : columns(columnCount) {
        const float* at = weights.data();
        const auto take = [&](std::vector<std::int64_t> shape) {
            auto tensor = torch::from_blob(const_cast<float*>(at), shape).clone();
            at += tensor.numel();
            return tensor;
        };
        std::int64_t in = 1;
        for (const std::int64_t out : {64, 64, 128, 128, 256, 256}) {
            parameters.push_back(take({3, in, out}).permute({2, 1, 0}).contiguous());
            parameters.push_back(take({out}));
            in = out;
        }
        std::int64_t length = columns;
        for (int stage = 0; stage < 3; ++stage)
            length = (length - 4) / 2;
        // libtorch flattens (channel, position), Balmer (position, channel).
        parameters.push_back(
            take({length, 256, 512}).permute({2, 1, 0}).reshape({512, length * 256}).contiguous());
        parameters.push_back(take({512}));
        for (const std::int64_t out : {std::int64_t{512}, classes}) {
            parameters.push_back(take({512, out}).t().contiguous());
            parameters.push_back(take({out}));
        }
        EXPECT_EQ(at, weights.data() + weights.size());
        for (auto& parameter : parameters)
            parameter.set_requires_grad(true);
    }

    torch::Tensor logits(torch::Tensor x) const {
        x = x.unsqueeze(1);
        for (std::size_t layer = 0; layer < 6; ++layer) {
            x = torch::relu(torch::conv1d(x, parameters[2 * layer], parameters[2 * layer + 1]));
            if (layer % 2 == 1) x = torch::max_pool1d(x, 2);
        }
        x = x.flatten(1);
        x = torch::relu(torch::linear(x, parameters[12], parameters[13]));
        x = torch::relu(torch::linear(x, parameters[14], parameters[15]));
        return torch::linear(x, parameters[16], parameters[17]);
    }
};

struct AgainstLibtorch : testing::TestWithParam<std::size_t> {
    AgainstLibtorch() : columns(GetParam()), rows(20, columns), model(columns, 3) {
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
    const ReferenceNetwork reference(model.weights(), static_cast<std::int64_t>(columns), 3);
    const auto expected = torch::softmax(reference.logits(input()), 1).detach();
    core::FloatMatrix output(20, 3);
    ASSERT_TRUE(model.probabilities(rows.view(), output.view()));
    for (std::size_t r = 0; r < 20; ++r)
        for (std::size_t c = 0; c < 3; ++c)
            EXPECT_NEAR(output(r, c),
                        expected[static_cast<std::int64_t>(r)][static_cast<std::int64_t>(c)].item<float>(),
                        2e-5);
}

TEST_P(AgainstLibtorch, StepsOfAdamAgree) {
    const ReferenceNetwork reference(model.weights(), static_cast<std::int64_t>(columns), 3);
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

// 36 is the shortest; 41 and 140 leave an odd and an even number of positions to the poolings.
INSTANTIATE_TEST_SUITE_P(Columns, AgainstLibtorch, testing::Values(36, 41, 140));

} // namespace
} // namespace balmer::learn

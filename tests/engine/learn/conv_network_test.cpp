#include "engine/learn/torch/conv_network.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/random_stream.h"
#include "engine/learn/metrics.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

/// Flux near 1000 with a line in the middle: absorption (class 0) or emission (class 1).
struct Lines {
    core::FloatMatrix rows;
    std::vector<int> labels;

    explicit Lines(std::size_t count, std::uint64_t seed = 1, std::size_t columns = 40)
        : rows(count, columns) {
        core::RandomStream random(seed);
        for (std::size_t r = 0; r < count; ++r) {
            labels.push_back(r % 3 == 0);
            const double level = random.uniform(300, 3000), depth = labels.back() ? 0.5 : -0.4;
            for (std::size_t c = 0; c < columns; ++c) {
                const double x = (static_cast<double>(c) - static_cast<double>(columns) / 2) / 3;
                rows(r, c) =
                    static_cast<float>(level * (1 + depth * std::exp(-x * x / 2) + random.normal(0, 0.05)));
            }
        }
    }
};

ConvNetworkParameters small() {
    ConvNetworkParameters parameters;
    parameters.classes = {"absorption", "emission"};
    parameters.columns = 40;
    parameters.epochs = 4;
    parameters.batch = 24;
    parameters.threads = 1;
    return parameters;
}

std::unique_ptr<ConvNetwork> trained(const ConvNetworkParameters& parameters, const Lines& lines) {
    auto network = makeConvNetwork(parameters);
    EXPECT_TRUE(network) << test::why(network);
    core::TaskContext task;
    const auto report = (*network)->train(lines.rows.view(), lines.labels, task);
    EXPECT_TRUE(report) << test::why(report);
    return std::move(*network);
}

core::FloatMatrix predicted(const ConvNetwork& network, const core::FloatMatrix& rows) {
    core::TaskContext task;
    auto probabilities = network.predict(rows.view(), task);
    EXPECT_TRUE(probabilities) << test::why(probabilities);
    return std::move(*probabilities);
}

TEST(ConvNetwork, TellsEmissionFromAbsorptionThatItNeverSaw) {
    const Lines lines(90), others(60, 2);
    auto network = makeConvNetwork(small());
    ASSERT_TRUE(network) << test::why(network);
    core::TaskContext task;
    const auto report = (*network)->train(lines.rows.view(), lines.labels, task);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_EQ(report->rows, 90u);
    EXPECT_EQ(report->rowsBalanced, 120u);
    EXPECT_EQ(report->epochs, 4);
    EXPECT_EQ(report->history.size(), 4u);
    EXPECT_LT(report->history.back().trainingLoss, report->history.front().trainingLoss);
    const auto probabilities = predicted(**network, others.rows);
    const auto metrics = measure(others.labels, mostProbable(probabilities.view()), 2);
    EXPECT_GE(metrics->accuracy, 0.95);
    for (std::size_t r = 0; r < probabilities.rows(); ++r)
        EXPECT_NEAR(probabilities(r, 0) + probabilities(r, 1), 1, 1e-5);
}

TEST(ConvNetwork, HasTheSameWeightsForEveryNumberOfThreads) {
    const Lines lines(70);
    auto parameters = small();
    parameters.epochs = 2;
    parameters.batch = 64;
    const auto one = trained(parameters, lines);
    parameters.threads = 3;
    const auto three = trained(parameters, lines);
    test::TemporaryFolder folder;
    ASSERT_TRUE(one->save(folder / "one"));
    ASSERT_TRUE(three->save(folder / "three"));
    EXPECT_EQ(*core::digestOfFile(folder / "one"), *core::digestOfFile(folder / "three"));
    EXPECT_EQ(predicted(*one, lines.rows), predicted(*three, lines.rows));
    parameters.seed = 2;
    EXPECT_NE(predicted(*one, lines.rows), predicted(*trained(parameters, lines), lines.rows));
}

TEST(ConvNetwork, AveragesSeveralNetworks) {
    const Lines lines(40);
    auto parameters = small();
    parameters.epochs = 1;
    parameters.networks = 2;
    parameters.dropout = 0.2;
    const auto network = trained(parameters, lines);
    const auto probabilities = predicted(*network, lines.rows);
    for (std::size_t r = 0; r < probabilities.rows(); ++r)
        EXPECT_NEAR(probabilities(r, 0) + probabilities(r, 1), 1, 1e-5);
    test::TemporaryFolder folder;
    ASSERT_TRUE(network->save(folder / "two"));
    const auto loaded = loadConvNetwork(folder / "two");
    ASSERT_TRUE(loaded) << test::why(loaded);
    EXPECT_EQ(predicted(**loaded, lines.rows), probabilities);
}

TEST(ConvNetwork, StopsEarlyOnTheHeldOutRowsAndKeepsTheBestWeights) {
    const Lines lines(60);
    auto parameters = small();
    parameters.epochs = 30;
    parameters.validationShare = 0.2;
    parameters.patience = 2;
    parameters.minimumGain = 0.5;
    auto network = makeConvNetwork(parameters);
    core::TaskContext task;
    const auto report = (*network)->train(lines.rows.view(), lines.labels, task);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_TRUE(report->stoppedEarly);
    EXPECT_LT(report->epochs, 30);
    const auto best = std::ranges::min_element(report->history, {}, &EpochStatistics::validationLoss);
    EXPECT_EQ(report->bestEpoch, best->epoch);
}

TEST(ConvNetwork, ChoosesTheScalingByTheRows) {
    const Lines lines(30);
    auto parameters = small();
    parameters.epochs = 1;
    EXPECT_EQ(trained(parameters, lines)->inputScaling(), InputScaling::MedianStandardised);
    Lines scaled(30);
    for (std::size_t r = 0; r < scaled.rows.rows(); ++r) {
        auto row = scaled.rows.row(r);
        const auto [low, high] = std::ranges::minmax(row);
        for (float& value : row)
            value = 2 * (value - low) / (high - low) - 1;
    }
    EXPECT_EQ(trained(parameters, scaled)->inputScaling(), InputScaling::MinMax);
    Lines withoutContinuum(30);
    for (std::size_t r = 0; r < withoutContinuum.rows.rows(); ++r)
        for (float& value : withoutContinuum.rows.row(r))
            value -= 5000;
    EXPECT_EQ(trained(parameters, withoutContinuum)->inputScaling(), InputScaling::MinMax);
    // Rows that are scaled already and the rows that they were made from are one to the network.
    parameters.inputScaling = InputScaling::MinMax;
    const auto network = trained(parameters, scaled);
    const auto a = predicted(*network, lines.rows), b = predicted(*network, scaled.rows);
    for (std::size_t r = 0; r < a.rows(); ++r)
        EXPECT_NEAR(a(r, 0), b(r, 0), 1e-4);
}

TEST(ConvNetwork, DoesNotCareForTheUnitOfFlux) {
    Lines lines(30);
    auto parameters = small();
    parameters.epochs = 1;
    const auto network = trained(parameters, lines);
    const auto before = predicted(*network, lines.rows);
    for (std::size_t r = 0; r < lines.rows.rows(); ++r)
        for (float& value : lines.rows.row(r))
            value *= 1e-17f;
    const auto after = predicted(*network, lines.rows);
    for (std::size_t r = 0; r < before.rows(); ++r)
        EXPECT_NEAR(before(r, 0), after(r, 0), 1e-4);
}

TEST(ConvNetwork, LeavesOutRowsThatCannotBeScaled) {
    Lines lines(40);
    lines.rows(3, 7) = std::numeric_limits<float>::quiet_NaN();
    lines.rows(5, 0) = std::numeric_limits<float>::infinity();
    std::ranges::fill(lines.rows.row(8), 0.0f);
    auto parameters = small();
    parameters.epochs = 1;
    auto network = makeConvNetwork(parameters);
    core::TaskContext task;
    const auto report = (*network)->train(lines.rows.view(), lines.labels, task);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_EQ(report->rowsLeftOut, 3u);
    const auto probabilities = predicted(**network, lines.rows);
    for (std::size_t r = 0; r < 40; ++r)
        EXPECT_EQ(std::isnan(probabilities(r, 0)), r == 3 || r == 5 || r == 8) << "row " << r;
}

TEST(ConvNetwork, RefusesWhatItCannotLearnFrom) {
    auto network = makeConvNetwork(small());
    core::TaskContext task;
    const Lines lines(20);
    EXPECT_FALSE((*network)->predict(lines.rows.view(), task));
    EXPECT_FALSE((*network)->save("/nowhere/at/all"));
    const auto one = (*network)->train(lines.rows.view(), std::vector<int>(20, 1), task);
    ASSERT_FALSE(one);
    EXPECT_THAT(one.error().message(), testing::HasSubstr("one class (emission)"));
    EXPECT_FALSE((*network)->train(lines.rows.view(), std::vector<int>(20, 2), task));
    EXPECT_FALSE((*network)->train(lines.rows.view(), std::vector<int>(3, 0), task));
    EXPECT_FALSE((*network)->train({}, {}, task));
    const Lines longer(20, 1, 50);
    EXPECT_FALSE((*network)->train(longer.rows.view(), longer.labels, task));
    core::FloatMatrix empty(20, 40);
    for (std::size_t r = 0; r < 20; ++r)
        std::ranges::fill(empty.row(r), std::numeric_limits<float>::quiet_NaN());
    const auto nothing = (*network)->train(empty.view(), lines.labels, task);
    ASSERT_FALSE(nothing);
    EXPECT_THAT(nothing.error().message(), testing::HasSubstr("no usable labelled spectrum"));
}

TEST(ConvNetwork, RefusesParametersOutOfRange) {
    const auto refused = [](auto change) {
        auto parameters = small();
        change(parameters);
        return !makeConvNetwork(parameters);
    };
    EXPECT_TRUE(refused([](auto& p) { p.columns = 35; }));
    EXPECT_TRUE(refused([](auto& p) { p.columns = 1u << 20; }));
    EXPECT_TRUE(refused([](auto& p) { p.classes = {"a"}; }));
    EXPECT_TRUE(refused([](auto& p) { p.classes = {"a", "a"}; }));
    EXPECT_TRUE(refused([](auto& p) { p.learningRate = std::nan(""); }));
    EXPECT_TRUE(refused([](auto& p) { p.dropout = 1; }));
    EXPECT_TRUE(refused([](auto& p) { p.batch = 0; }));
    EXPECT_FALSE(refused([](auto& p) { p.columns = 36; }));
    EXPECT_TRUE(refused([](auto& p) { p.width = 3; }));
    EXPECT_TRUE(refused([](auto& p) { p.pairs = 0; }));
    EXPECT_TRUE(refused([](auto& p) { p.kernel = 4; }));
    EXPECT_TRUE(refused([](auto& p) { p.kernel = 1000001; }));
    // The shortest rows are those that leave one position.
    EXPECT_TRUE(refused([](auto& p) { p.kernel = 5, p.columns = 63; }));
    EXPECT_FALSE(refused([](auto& p) { p.kernel = 5, p.columns = 64; }));
    EXPECT_FALSE(refused([](auto& p) { p.pairs = 1, p.columns = 6; }));
}

TEST(ConvNetwork, KeepsItsShapeInItsFile) {
    const Lines lines(30);
    auto parameters = small();
    parameters.epochs = 1;
    parameters.width = 8;
    parameters.pairs = 2;
    parameters.kernel = 5;
    const auto network = trained(parameters, lines);
    const test::TemporaryFolder folder;
    ASSERT_TRUE(network->save(folder / "model"));
    const auto loaded = loadConvNetwork(folder / "model");
    ASSERT_TRUE(loaded) << test::why(loaded);
    EXPECT_EQ((*loaded)->parameters().shape(), parameters.shape());
    EXPECT_EQ(predicted(**loaded, lines.rows), predicted(*network, lines.rows));
}

TEST(ConvNetwork, ThatIsStoppedKeepsWhatItHad) {
    const Lines lines(40);
    auto parameters = small();
    parameters.epochs = 1;
    const auto network = trained(parameters, lines);
    const auto before = predicted(*network, lines.rows);
    std::stop_source stop;
    int left = 1;
    core::TaskContext task(stop.get_token(), [&](double, std::string_view) {
        if (left-- == 0) stop.request_stop();
    });
    const auto report = network->train(lines.rows.view(), lines.labels, task);
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), core::ErrorCode::Cancelled);
    EXPECT_EQ(predicted(*network, lines.rows), before);
}

struct SavedNetwork : testing::Test {
    SavedNetwork() : lines(30) {
        auto parameters = small();
        parameters.epochs = 1;
        parameters.classes = {"no\tline", "back\\slash\n"};
        parameters.attributes = {{"dataset", "halpha-140"}, {"odd\tname", "two\nlines"}};
        network = trained(parameters, lines);
        EXPECT_TRUE(network->save(folder / "model"));
        bytes = *core::readFile(folder / "model");
    }
    core::Result<std::unique_ptr<ConvNetwork>> loadedFrom(const std::string& content) {
        EXPECT_TRUE(core::writeFile(folder / "changed", content));
        return loadConvNetwork(folder / "changed");
    }
    /// The same file with a digest that fits.
    static std::string sealed(std::string content) {
        content.resize(content.size() - 64);
        return content + core::digestOf(std::string_view(content));
    }
    Lines lines;
    test::TemporaryFolder folder;
    std::unique_ptr<ConvNetwork> network;
    std::string bytes;
};

TEST_F(SavedNetwork, ComesBackAsItWas) {
    const auto loaded = loadConvNetwork(folder / "model");
    ASSERT_TRUE(loaded) << test::why(loaded);
    EXPECT_EQ((*loaded)->classes(), network->classes());
    EXPECT_EQ((*loaded)->columns(), 40u);
    EXPECT_EQ((*loaded)->parameters().attributes, network->parameters().attributes);
    EXPECT_EQ((*loaded)->inputScaling(), InputScaling::MedianStandardised);
    EXPECT_EQ(predicted(**loaded, lines.rows), predicted(*network, lines.rows));
    ASSERT_TRUE((*loaded)->save(folder / "again"));
    EXPECT_EQ(*core::readFile(folder / "again"), bytes);
}

TEST_F(SavedNetwork, IsRefusedWhenDamaged) {
    EXPECT_EQ(loadConvNetwork(folder / "absent").error().code(), core::ErrorCode::NotFound);
    for (const std::size_t length : {std::size_t{0}, std::size_t{5}, std::size_t{17}, std::size_t{200},
                                     bytes.size() / 2, bytes.size() - 1}) {
        const auto loaded = loadedFrom(bytes.substr(0, length));
        ASSERT_FALSE(loaded) << length;
        EXPECT_EQ(loaded.error().code(), core::ErrorCode::Format);
    }
    for (const std::size_t at : {std::size_t{20}, bytes.size() / 2, bytes.size() - 10}) {
        auto changed = bytes;
        changed[at] = static_cast<char>(changed[at] ^ 1);
        EXPECT_FALSE(loadedFrom(changed)) << at;
    }
    EXPECT_FALSE(loadedFrom("id,label,6519.0\n"));
}

TEST_F(SavedNetwork, IsRefusedWhenItPromisesMoreThanItHolds) {
    const auto changed = [&](const std::string& from, const std::string& to) {
        auto content = bytes;
        const std::size_t at = content.find(from);
        EXPECT_NE(at, std::string::npos) << from;
        return loadedFrom(sealed(content.replace(at, from.size(), to)));
    };
    EXPECT_FALSE(changed("columns\t40", "columns\t8192"));
    EXPECT_FALSE(changed("columns\t40", "columns\t99999999999999"));
    EXPECT_FALSE(changed("columns\t40", "columns\t-40"));
    EXPECT_FALSE(changed("columns\t40", "colums\t40"));
    EXPECT_FALSE(changed("networks\t1", "networks\t2"));
    EXPECT_FALSE(changed("scaling\tmedian-standardised", "scaling\tautomatic"));
    EXPECT_FALSE(changed("dropout\t0.5", "dropout\tnan"));
    const auto newer = changed("Balmer network 1\n", "Balmer network 2\n");
    ASSERT_FALSE(newer);
    EXPECT_EQ(newer.error().code(), core::ErrorCode::Unsupported);
}

TEST_F(SavedNetwork, IsRefusedWhenAWeightIsNotANumber) {
    auto content = bytes;
    const float nan = std::numeric_limits<float>::quiet_NaN();
    std::copy_n(reinterpret_cast<const char*>(&nan), sizeof nan, content.end() - 64 - 4);
    EXPECT_FALSE(loadedFrom(sealed(content)));
}

} // namespace
} // namespace balmer::learn

// The classifiers for few labels: what they tell apart, that the seed alone decides, and that their files
// come back as they were or are refused.
#include "engine/learn/committee.h"

#include <cmath>
#include <cstring>
#include <fstream>

#include <gmock/gmock.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/core/random_stream.h"
#include "engine/learn/metrics.h"
#include "engine/learn/spectral_features.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

constexpr std::size_t samples = 60;

/// A continuum of any level and slope with an absorption line: deep and broad for class 1, emission for class
/// 2.
struct MadeUp {
    explicit MadeUp(std::size_t count, std::uint64_t seed = 5, std::size_t classes = 3)
        : rows(count, samples) {
        core::RandomStream random(seed);
        for (std::size_t r = 0; r < count; ++r) {
            const auto label = static_cast<int>(r % classes);
            labels.push_back(label);
            const double level = random.uniform(50, 5000), slope = random.uniform(-0.3, 0.3);
            const double depth = label == 0 ? -0.2 : label == 1 ? -0.45 : 0.5;
            const double width = label == 1 ? 8 : 4;
            for (std::size_t c = 0; c < samples; ++c) {
                const double x = static_cast<double>(c) - 29.5;
                const double flux =
                    level * (1 + slope * x / 30) * (1 + depth * std::exp(-x * x / (2 * width * width)));
                rows(r, c) = static_cast<float>(flux * (1 + 0.03 * random.normal()));
            }
        }
    }
    core::FloatMatrix rows;
    std::vector<int> labels;
};

ClassifierParameters parametersFor(std::vector<std::string> classes, std::size_t threads = 1) {
    return {.classes = std::move(classes),
            .columns = samples,
            .threads = threads,
            .attributes = {{"dataset", "made\tup"}}};
}

class FewLabels : public testing::TestWithParam<const char*> {
  protected:
    const ClassifierKind& kind() const { return **classifierNamed(GetParam()); }
};

TEST_P(FewLabels, TellClassesApartWhateverTheLevelOfTheFlux) {
    const MadeUp pool(300);
    auto made = kind().make(parametersFor({"narrow", "broad", "emission"}));
    ASSERT_TRUE(made) << test::why(made);
    core::TaskContext task;
    ASSERT_TRUE((*made)->lookAt(pool.rows.view(), task));
    const auto report = (*made)->train(pool.rows.view().block(0, 12), std::span(pool.labels).first(12), task);
    ASSERT_TRUE(report) << test::why(report);
    const auto probabilities = (*made)->predict(pool.rows.view(), task);
    ASSERT_TRUE(probabilities) << test::why(probabilities);
    const auto metrics = measure(pool.labels, mostProbable(probabilities->view()), 3).value();
    EXPECT_GT(metrics.macroF1, 0.95);
    for (std::size_t r = 0; r < pool.rows.rows(); ++r) {
        const auto row = probabilities->row(r);
        EXPECT_NEAR(row[0] + row[1] + row[2], 1, 1e-5);
    }
}

TEST_P(FewLabels, AreTheSameForEveryNumberOfThreadsAndComeBackFromTheirFile) {
    const MadeUp pool(1200, 6, 2);
    const test::TemporaryFolder folder;
    core::FloatMatrix first;
    std::string content;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        auto made = kind().make(parametersFor({"narrow", "broad"}, threads));
        ASSERT_TRUE(made) << test::why(made);
        core::TaskContext task;
        ASSERT_TRUE((*made)->lookAt(pool.rows.view(), task));
        ASSERT_TRUE((*made)->train(pool.rows.view().block(0, 20), std::span(pool.labels).first(20), task));
        const auto probabilities = (*made)->predict(pool.rows.view(), task).value();
        ASSERT_TRUE((*made)->save(folder / "model"));
        const auto bytes = core::readFile(folder / "model").value();
        if (threads == 1) {
            first = probabilities;
            content = bytes;
        }
        EXPECT_EQ(probabilities, first) << threads;
        EXPECT_EQ(bytes, content) << threads;
    }
    const auto read = loadClassifier(folder / "model", 2);
    ASSERT_TRUE(read) << test::why(read);
    core::TaskContext task;
    EXPECT_EQ(read->model->classes(), (std::vector<std::string>{"narrow", "broad"}));
    EXPECT_EQ(read->model->attributes().at("dataset"), "made\tup");
    EXPECT_EQ(read->model->predict(pool.rows.view(), task).value(), first);
}

TEST_P(FewLabels, FilesThatAreCutOrChangedAreRefused) {
    const MadeUp pool(60, 7, 2);
    const test::TemporaryFolder folder;
    auto made = kind().make(parametersFor({"narrow", "broad"})).value();
    core::TaskContext task;
    ASSERT_TRUE(made->train(pool.rows.view(), pool.labels, task));
    ASSERT_TRUE(made->save(folder / "model"));
    const auto whole = core::readFile(folder / "model").value();
    const std::string body = whole.substr(0, whole.size() - 64);
    const auto resealed = [&](std::string changed) {
        changed += core::digestOf(std::string_view(changed));
        EXPECT_TRUE(core::writeFile(folder / "changed", changed));
        return loadClassifier(folder / "changed", 1);
    };
    core::RandomStream random(8);
    for (int i = 0; i < 300; ++i) {
        std::string mutant = body;
        if (i % 3 == 0)
            mutant.resize(random.below(mutant.size()));
        else
            for (int k = 0; k < 4; ++k)
                mutant[random.below(mutant.size())] = static_cast<char>(random.below(256));
        const auto read = resealed(mutant); // an error or a model; never a crash or a walk without end
        if (!read) continue;
        (void)read->model->predict(pool.rows.view(), task);
    }
    for (const char* const line : {"columns\t60", "class\tbroad"}) {
        std::string without = body;
        without.replace(without.find(line), std::strlen(line), "other\t0");
        const auto read = resealed(without);
        ASSERT_FALSE(read) << line;
        EXPECT_EQ(read.error().code(), ErrorCode::Format);
        EXPECT_THAT(read.error().message(), HasSubstr("train or copy it again"));
    }
}

TEST_P(FewLabels, BadInputIsSaidInWords) {
    const MadeUp pool(30);
    auto made = kind().make(parametersFor({"narrow", "broad", "emission"})).value();
    core::TaskContext task;
    EXPECT_THAT(made->predict(pool.rows.view(), task).error().message(), HasSubstr("train it before"));
    const std::vector<int> alike(30, 1);
    EXPECT_THAT(made->train(pool.rows.view(), alike, task).error().message(), HasSubstr("one class"));
    EXPECT_THAT(made->train(pool.rows.view(), std::vector<int>(30, 7), task).error().message(),
                HasSubstr("label 7"));
    core::FloatMatrix other(4, samples + 1);
    EXPECT_THAT(made->lookAt(other.view(), task).error().message(), HasSubstr("61"));
    EXPECT_FALSE(kind().make({.classes = {"a"}, .columns = samples}));
    auto parameters = parametersFor({"a", "b"});
    parameters.settings = {{"colour", 1}};
    EXPECT_THAT(kind().make(parameters).error().message(), HasSubstr("components"));
    parameters.settings = {{"trees", 0.5}};
    EXPECT_THAT(kind().make(parameters).error().message(), HasSubstr("trees must be a whole number"));

    // Rows without a shape have no prediction, and are left out of the training.
    core::FloatMatrix odd = pool.rows;
    std::ranges::fill(odd.row(3), 1.0f);
    odd(4, 5) = std::numeric_limits<float>::quiet_NaN();
    const auto report = made->train(odd.view(), pool.labels, task);
    ASSERT_TRUE(report) << test::why(report);
    EXPECT_EQ(report->rowsLeftOut, 2u);
    const auto probabilities = made->predict(odd.view(), task).value();
    EXPECT_TRUE(std::isnan(probabilities(3, 0)) && std::isnan(probabilities(4, 2)));
    EXPECT_FALSE(std::isnan(probabilities(5, 0)));
}

INSTANTIATE_TEST_SUITE_P(All, FewLabels, testing::Values("svm", "trees", "committee"),
                         [](const auto& kind) { return std::string(kind.param); });

TEST(SpectralFeatures, FirstComponentIsWhatDiffersMostAndTheRestIsWhatIsLeft) {
    const MadeUp pool(900, 9);
    core::TaskContext task;
    const auto features = SpectralFeatures::learn(pool.rows.view(), {.components = 5, .threads = 1}, task);
    ASSERT_TRUE(features) << test::why(features);
    EXPECT_EQ(features->count(), 6u);
    const auto values = features->of(pool.rows.view(), 1, task).value();
    // Variances fall; emission lies apart from both absorptions along the first.
    std::vector<double> variance(6), mean(3);
    for (std::size_t r = 0; r < values.rows(); ++r) {
        for (std::size_t k = 0; k < 5; ++k)
            variance[k] += double(values(r, k)) * values(r, k) / 900;
        mean[static_cast<std::size_t>(pool.labels[r])] += values(r, 0) / 300;
    }
    EXPECT_GT(variance[0], variance[1]);
    EXPECT_GT(variance[1], variance[4]);
    EXPECT_GT(std::abs(mean[2] - mean[0]), 3 * std::abs(mean[1] - mean[0]) / 2);
    // All components together leave nothing.
    const auto whole = SpectralFeatures::learn(pool.rows.view(), {.components = samples, .threads = 1}, task);
    ASSERT_TRUE(whole) << test::why(whole);
    const auto all = whole->of(pool.rows.view(), 1, task).value();
    for (std::size_t r = 0; r < 30; ++r)
        EXPECT_NEAR(all(r, whole->count() - 1), 0, 0.05) << r;
}

} // namespace
} // namespace balmer::learn

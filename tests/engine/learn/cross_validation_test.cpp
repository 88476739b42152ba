#include "engine/learn/cross_validation.h"

#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <set>

#include "engine/core/random_stream.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

/// The class of the nearest training row, with what it was trained on laid open.
class NearestRow final : public Classifier {
  public:
    explicit NearestRow(std::vector<std::set<float>>& seen) : seen_(seen) {}
    const std::vector<std::string>& classes() const override { return classes_; }
    std::size_t columns() const override { return 2; }
    const std::map<std::string, std::string>& attributes() const override { return attributes_; }
    core::Result<TrainingReport> train(core::FloatView rows, std::span<const int> labels,
                                       core::TaskContext& task) override {
        BALMER_CHECK(task.checkpoint(0.5, "training"));
        seen_.emplace_back();
        for (std::size_t r = 0; r < rows.rows(); ++r) {
            rows_.appendRow(rows.row(r));
            seen_.back().insert(rows(r, 0));
        }
        labels_.assign(labels.begin(), labels.end());
        return TrainingReport{};
    }
    core::Result<core::FloatMatrix> predict(core::FloatView rows, core::TaskContext&) const override {
        core::FloatMatrix output(rows.rows(), 2);
        for (std::size_t r = 0; r < rows.rows(); ++r) {
            std::size_t best = 0;
            float least = std::numeric_limits<float>::infinity();
            for (std::size_t i = 0; i < rows_.rows(); ++i) {
                const float distance = std::hypot(rows(r, 0) - rows_(i, 0), rows(r, 1) - rows_(i, 1));
                if (distance < least) least = distance, best = i;
            }
            output(r, static_cast<std::size_t>(labels_[best])) = 1;
            if (rows(r, 1) > 100) output(r, 0) = output(r, 1) = std::numeric_limits<float>::quiet_NaN();
        }
        return output;
    }
    core::Status save(const std::filesystem::path&) const override { return {}; }

  private:
    std::vector<std::set<float>>& seen_;
    std::vector<std::string> classes_{"a", "b"};
    std::map<std::string, std::string> attributes_;
    core::FloatMatrix rows_;
    std::vector<int> labels_;
};

struct TwoClouds : testing::Test {
    TwoClouds() {
        core::RandomStream random(6);
        for (int i = 0; i < 60; ++i) {
            labels.push_back(i % 3 == 0);
            const float row[] = {static_cast<float>(random.normal(labels.back() * 20.0, 1)),
                                 static_cast<float>(random.normal())};
            rows.appendRow(row);
        }
    }
    ClassifierFactory factory() {
        return [this](int) -> core::Result<std::unique_ptr<Classifier>> {
            return std::make_unique<NearestRow>(seen);
        };
    }
    core::FloatMatrix rows;
    std::vector<int> labels;
    std::vector<std::set<float>> seen;
    core::TaskContext task;
};

TEST_F(TwoClouds, EveryRowIsPredictedByAClassifierThatNeverSawIt) {
    const auto result = crossValidate(rows.view(), labels, {5, 1}, factory(), task);
    ASSERT_TRUE(result) << test::why(result);
    ASSERT_EQ(seen.size(), 5u);
    for (std::size_t r = 0; r < rows.rows(); ++r)
        for (int fold = 0; fold < 5; ++fold)
            EXPECT_EQ(seen[static_cast<std::size_t>(fold)].contains(rows(r, 0)), fold != result->fold[r]);
    EXPECT_DOUBLE_EQ(result->metrics.macroF1, 1.0);
    EXPECT_EQ(result->predicted, labels);
    EXPECT_EQ(result->foldMacroF1.size(), 5u);
    EXPECT_EQ(result->unscored, 0u);
}

TEST_F(TwoClouds, RowsWithoutAPredictionAreCountedAndLeftOutOfTheMetrics) {
    rows(7, 1) = 1000;
    const auto result = crossValidate(rows.view(), labels, {3, 1}, factory(), task);
    ASSERT_TRUE(result) << test::why(result);
    EXPECT_EQ(result->unscored, 1u);
    EXPECT_EQ(result->predicted[7], -1);
    EXPECT_EQ(result->metrics.classes[0].support + result->metrics.classes[1].support, 59u);
}

TEST_F(TwoClouds, StopsAtEveryCheckpointWhenAsked) {
    for (int k = 0;; ++k) {
        std::stop_source stop;
        int left = k;
        core::TaskContext counted(stop.get_token(), [&](double, std::string_view) {
            if (left-- == 0) stop.request_stop();
        });
        const auto result = crossValidate(rows.view(), labels, {3, 1}, factory(), counted);
        if (left >= 0) {
            EXPECT_GE(k, 3);
            break;
        }
        if (!result) {
            EXPECT_EQ(result.error().code(), core::ErrorCode::Cancelled);
        }
    }
}

TEST_F(TwoClouds, HandsOnTheErrorsOfTheFactory) {
    const auto result = crossValidate(
        rows.view(), labels, {3, 1},
        [](int) -> core::Result<std::unique_ptr<Classifier>> {
            return core::fail(core::ErrorCode::InvalidArgument, "no such network");
        },
        task);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message(), "no such network");
    EXPECT_FALSE(crossValidate(rows.view(), std::vector<int>(3), {3, 1}, factory(), task));
}

} // namespace
} // namespace balmer::learn

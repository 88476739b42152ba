#include "engine/learn/metrics.h"

#include <limits>

#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

// Reference: scikit-learn 1.2, f1_score(average=None) and f1_score(average="macro").
TEST(Metrics, AgreeWithScikitLearn) {
    const std::vector<int> truth{0, 0, 0, 0, 1, 1, 1, 2, 2, 2}, predicted{0, 0, 1, 2, 1, 1, 0, 2, 2, 1};
    const auto metrics = measure(truth, predicted, 3);
    ASSERT_TRUE(metrics) << test::why(metrics);
    EXPECT_EQ(metrics->confusion(0, 0), 2u);
    EXPECT_EQ(metrics->confusion(0, 1), 1u);
    EXPECT_EQ(metrics->confusion(0, 2), 1u);
    EXPECT_EQ(metrics->confusion(2, 1), 1u);
    EXPECT_DOUBLE_EQ(metrics->accuracy, 0.6);
    EXPECT_NEAR(metrics->classes[0].precision, 2.0 / 3, 1e-12);
    EXPECT_NEAR(metrics->classes[0].recall, 0.5, 1e-12);
    EXPECT_NEAR(metrics->classes[0].f1, 4.0 / 7, 1e-12);
    EXPECT_NEAR(metrics->classes[1].f1, 4.0 / 7, 1e-12);
    EXPECT_NEAR(metrics->classes[2].f1, 2.0 / 3, 1e-12);
    EXPECT_NEAR(metrics->macroF1, (4.0 / 7 + 4.0 / 7 + 2.0 / 3) / 3, 1e-12);
}

TEST(Metrics, LeaveOutClassesThatNeverOccur) {
    const std::vector<int> truth{0, 1, 0, 1};
    const auto metrics = measure(truth, truth, 5);
    ASSERT_TRUE(metrics);
    EXPECT_DOUBLE_EQ(metrics->macroF1, 1.0);
    EXPECT_EQ(metrics->classes[4].f1, 0.0);
}

TEST(Metrics, CountAClassThatIsOnlyPredictedAsZero) {
    const auto metrics = measure(std::vector<int>{0, 0}, std::vector<int>{0, 1}, 2);
    ASSERT_TRUE(metrics);
    EXPECT_NEAR(metrics->macroF1, (2.0 / 3 + 0) / 2, 1e-12);
}

TEST(Metrics, RefuseWhatCannotBeMeasured) {
    EXPECT_FALSE(measure({}, {}, 2));
    EXPECT_FALSE(measure(std::vector<int>{0}, std::vector<int>{0, 1}, 2));
    EXPECT_FALSE(measure(std::vector<int>{0}, std::vector<int>{2}, 2));
    EXPECT_FALSE(measure(std::vector<int>{-1}, std::vector<int>{0}, 2));
}

TEST(MostProbable, TakesTheLowerClassOnATieAndNoneOfNaN) {
    core::FloatMatrix p(3, 3);
    p(0, 1) = 0.5f;
    p(0, 2) = 0.5f;
    p(1, 2) = 1;
    p(2, 0) = p(2, 1) = p(2, 2) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(mostProbable(p.view()), (std::vector<int>{1, 2, -1}));
}

} // namespace
} // namespace balmer::learn

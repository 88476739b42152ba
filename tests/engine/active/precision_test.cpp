#include "engine/active/precision.h"

#include <cmath>

#include "tests/support/test_support.h"

namespace balmer::active {
namespace {

/// The chance of k or more successes among n, summed as it stands.
double atLeast(std::size_t k, std::size_t n, double p) {
    double sum = 0;
    for (std::size_t i = k; i <= n; ++i)
        sum += std::exp(std::lgamma(double(n) + 1) - std::lgamma(double(i) + 1) -
                        std::lgamma(double(n - i) + 1) + double(i) * std::log(p) +
                        double(n - i) * std::log1p(-p));
    return sum;
}

TEST(Precision, BoundLeavesFivePercentAbove) {
    for (const auto& [agreed, judged] :
         {std::pair<std::size_t, std::size_t>{1, 30}, {17, 30}, {29, 30}, {68, 100}, {92, 100}}) {
        const auto estimate = estimatePrecision(agreed, judged);
        ASSERT_TRUE(estimate) << test::why(estimate);
        EXPECT_DOUBLE_EQ(estimate->precision, double(agreed) / double(judged));
        EXPECT_NEAR(atLeast(agreed, judged, estimate->lowerBound), 0.05, 1e-9) << agreed << " of " << judged;
    }
}

TEST(Precision, AllAgreeingGivesTheNthRoot) {
    EXPECT_NEAR(estimatePrecision(30, 30)->lowerBound, std::pow(0.05, 1.0 / 30), 1e-12);
    EXPECT_NEAR(estimatePrecision(30, 30, 0.99)->lowerBound, std::pow(0.01, 1.0 / 30), 1e-12);
}

TEST(Precision, NoneAgreeingGivesZero) {
    EXPECT_EQ(estimatePrecision(0, 12)->lowerBound, 0);
    EXPECT_EQ(estimatePrecision(0, 12)->precision, 0);
}

TEST(Precision, RefusesWhatIsNoSample) {
    EXPECT_FALSE(estimatePrecision(0, 0));
    EXPECT_FALSE(estimatePrecision(3, 2));
    EXPECT_FALSE(estimatePrecision(1, 2, 1.0));
    EXPECT_FALSE(estimatePrecision(1, 2, std::nan("")));
}

} // namespace
} // namespace balmer::active

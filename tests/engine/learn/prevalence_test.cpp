#include "engine/learn/prevalence.h"

#include <cmath>
#include <limits>

#include "engine/core/random_stream.h"
#include "tests/support/test_support.h"

namespace balmer::learn {
namespace {

/// Numbers about 0 or, a share of them, about `apart`; and what one says of them who was taught with as many
/// of the latter as of all together.
struct TwoKinds {
    TwoKinds(std::size_t rows, double share, double apart) : probabilities(rows, 2), rare(rows) {
        core::RandomStream random(3);
        for (std::size_t row = 0; row < rows; ++row) {
            rare[row] = random.uniform() < share;
            const double x = random.normal(rare[row] ? apart : 0, 1);
            const double gaussians = std::exp(apart * x - apart * apart / 2);
            const double ratio = gaussians / (1 - share + share * gaussians); // of the rare ones to all
            probabilities(row, 1) = static_cast<float>(ratio / (1 + ratio));
            probabilities(row, 0) = static_cast<float>(1 / (1 + ratio));
        }
    }
    double wrong() const {
        double count = 0;
        for (std::size_t row = 0; row < rare.size(); ++row)
            count += (probabilities(row, 1) > 0.5f) != rare[row];
        return count;
    }
    core::FloatMatrix probabilities;
    std::vector<bool> rare;
};

TEST(Prevalence, ARareClassIsFoundToBeRare) {
    for (const double share : {0.01, 0.1, 0.5, 0.9}) {
        TwoKinds kinds(50'000, share, 3);
        const double before = kinds.wrong();
        const auto shares = adaptToPrevalence(kinds.probabilities.view(), 0);
        EXPECT_NEAR(shares[1], share, 0.1 * share + 0.002);
        EXPECT_NEAR(shares[0] + shares[1], 1, 1e-9);
        // A row is wrong least often when the frequencies are the true ones.
        EXPECT_LE(kinds.wrong(), 1.02 * before) << share;
        if (share == 0.01) {
            EXPECT_LT(kinds.wrong(), 0.2 * before);
        }
    }
}

TEST(Prevalence, AClassThatIsNotThereStaysPossible) {
    core::FloatMatrix probabilities(1000, 3);
    for (std::size_t row = 0; row < 1000; ++row) {
        probabilities(row, 0) = 0.999f;
        probabilities(row, 1) = 0.001f;
    }
    const auto shares = adaptToPrevalence(probabilities.view(), 0);
    EXPECT_GT(shares[1], 0);
    EXPECT_LT(shares[1], 0.003);
    EXPECT_NEAR(shares[2], 1.0 / 1003, 1e-4);
    EXPECT_GT(probabilities(7, 0), 0.999f);
}

TEST(Prevalence, RowsWithoutPredictionStayWithoutOne) {
    core::FloatMatrix probabilities(3, 2);
    const float none = std::numeric_limits<float>::quiet_NaN();
    probabilities(0, 0) = 0.8f, probabilities(0, 1) = 0.2f;
    probabilities(1, 0) = probabilities(1, 1) = none;
    probabilities(2, 0) = 0.3f, probabilities(2, 1) = 0.7f;
    const auto shares = adaptToPrevalence(probabilities.view(), 0);
    EXPECT_NEAR(shares[0] + shares[1], 1, 1e-9);
    EXPECT_TRUE(std::isnan(probabilities(1, 0)) && std::isnan(probabilities(1, 1)));
    for (const std::size_t row : {0u, 2u})
        EXPECT_NEAR(probabilities(row, 0) + probabilities(row, 1), 1, 1e-6);
    core::FloatMatrix nothing;
    EXPECT_TRUE(adaptToPrevalence(nothing.view(), 0).empty());
}

} // namespace
} // namespace balmer::learn

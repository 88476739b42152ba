// The map on real spectra: 1 403 LAMOST stars about Hα, each over its median.
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/som/trainer.h"
#include "tests/support/test_support.h"

namespace balmer::som {
namespace {

/// Rows of "id,label,flux,flux…", each over its median.
core::FloatMatrix readSpectra() {
    core::FloatMatrix rows;
    const auto text = core::readFile(test::realData() / "labelled" / "lamost_dr10_afg_ha140.csv");
    if (!text) return rows;
    std::string_view rest = *text;
    rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size()));
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        const auto cells = core::splitList(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
        std::vector<float> flux;
        for (std::size_t i = 2; i < cells.size(); ++i)
            flux.push_back(static_cast<float>(core::parseDouble(cells[i]).value_or(NAN)));
        auto sorted = flux;
        std::ranges::sort(sorted);
        const float median = sorted.empty() ? 0 : sorted[sorted.size() / 2];
        if (!(median > 0)) continue;
        for (float& value : flux)
            value /= median;
        rows.appendRow(flux);
    }
    return rows;
}

TEST(RealSpectra, AreOrderedExactlyAndSmoothly) {
    BALMER_NEEDS_REAL_DATA();
    const core::FloatMatrix rows = readSpectra();
    ASSERT_GT(rows.rows(), 1000u);
    ASSERT_EQ(rows.columns(), 140u);
    SomParameters parameters;
    parameters.grid = {14, 14};
    core::ThreadPool pool(2);
    core::TaskContext task;
    const auto trained = train(rows.view(), parameters, pool, task);
    ASSERT_TRUE(trained) << test::why(trained);

    const auto& codebook = trained->map.codebook;
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t n = 0; n < codebook.rows(); ++n) {
            double sum = 0;
            for (std::size_t c = 0; c < 140; ++c) {
                const double difference = double(rows(row, c)) - double(codebook(n, c));
                sum += difference * difference;
            }
            if (sum < least) {
                least = sum;
                best = n;
            }
        }
        ASSERT_EQ(trained->projection.best[row], best) << "row " << row;
    }
    RecordProperty("quantisation_error", std::to_string(trained->quantisationError));
    RecordProperty("topographic_error", std::to_string(trained->topographicError));
    EXPECT_LT(trained->topographicError, 0.25);
    EXPECT_LT(trained->quantisationError, 0.26);
    EXPECT_LT(trained->quantisationError, 0.8 * trained->map.epochs.front().quantisationError);
}

} // namespace
} // namespace balmer::som

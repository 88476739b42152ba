// The preset halpha-140 against values computed independently with astropy and numpy for real spectra.

#include <algorithm>
#include <cmath>

#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/io/spectrum_reader.h"
#include "engine/preprocess/pipeline.h"
#include "tests/support/test_support.h"

using namespace balmer;

namespace {

struct Reference {
    std::string file;
    std::vector<double> flux;
};

std::vector<Reference> readReference(const std::string& name) {
    std::vector<Reference> rows;
    const auto text = core::readFile(test::realData() / "reference" / name);
    if (!text) return rows;
    for (const auto& line : core::splitList(*text, '\n')) {
        const auto cells = core::splitList(line);
        if (cells.size() != 142 || cells[0] == "id") continue;
        Reference row{cells[0], {}};
        for (std::size_t i = 2; i < cells.size(); ++i)
            row.flux.push_back(core::parseDouble(cells[i]).value_or(NAN));
        rows.push_back(std::move(row));
    }
    return rows;
}

void compare(const std::string& folder, std::size_t files) {
    const auto raw = readReference(folder + "_ha140.csv"),
               scaled = readReference(folder + "_ha140_scaled.csv");
    ASSERT_EQ(raw.size(), files);
    ASSERT_EQ(scaled.size(), files);
    const auto pipeline = *preprocess::preset("halpha-140");
    auto steps = pipeline.steps();
    steps.pop_back();
    const auto unscaled = *preprocess::Pipeline::make(steps);
    for (std::size_t k = 0; k < files; ++k) {
        const auto spectra = io::readSpectra(test::realData() / folder / raw[k].file);
        ASSERT_TRUE(spectra && !spectra->empty()) << raw[k].file << ": " << test::why(spectra);
        const auto before = unscaled.apply(spectra->front()), after = pipeline.apply(spectra->front());
        ASSERT_TRUE(before) << raw[k].file << ": " << test::why(before);
        ASSERT_TRUE(after) << raw[k].file << ": " << test::why(after);
        const auto [low, high] = std::minmax_element(raw[k].flux.begin(), raw[k].flux.end());
        double worst = 0, worstScaled = 0;
        for (std::size_t i = 0; i < 140; ++i) {
            worst = std::max(worst, std::abs(before->flux[i] - raw[k].flux[i]) / (*high - *low));
            worstScaled = std::max(worstScaled, std::abs(after->flux[i] - scaled[k].flux[i]) / 2);
        }
        EXPECT_LE(worst, 1e-5) << raw[k].file;
        EXPECT_LE(worstScaled, 1e-5) << raw[k].file;
    }
}

} // namespace

TEST(HalphaReference, LamostImages) {
    BALMER_NEEDS_REAL_DATA();
    compare("lamost_lrs_image", 117);
}

TEST(HalphaReference, Ondrejov) {
    BALMER_NEEDS_REAL_DATA();
    compare("ondrejov", 17);
}

#include "engine/dataset/dataset.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include "engine/core/files.h"
#include "engine/core/thread_pool.h"
#include "tests/support/test_support.h"

#if defined(__SANITIZE_ADDRESS__)
/// HDF5 itself forgets some memory when it gives up on damaged metadata.
extern "C" const char* __lsan_default_suppressions() {
    return "leak:libhdf5";
}
#endif

using namespace balmer;
using namespace balmer::dataset;

namespace {

DatasetContent sample(std::size_t rows = 5, std::size_t columns = 7) {
    DatasetContent content;
    content.flux = core::FloatMatrix(rows, columns);
    content.inverseVariance = core::FloatMatrix(rows, columns);
    content.mask = core::ByteMatrix(rows, columns);
    Column minimum{"scale_minimum", {}};
    for (std::size_t r = 0; r < rows; ++r) {
        for (std::size_t c = 0; c < columns; ++c) {
            content.flux(r, c) = static_cast<float>(r) + 0.01f * static_cast<float>(c);
            content.inverseVariance(r, c) = 4;
            content.mask(r, c) = (r + c) % 5 == 0;
        }
        content.ids.push_back("spec-" + std::to_string(r));
        minimum.values.push_back(100.0 * static_cast<double>(r));
    }
    minimum.values.back() = std::numeric_limits<double>::quiet_NaN();
    for (std::size_t c = 0; c < columns; ++c)
        content.wavelengthAngstrom.push_back(6519 + static_cast<double>(c));
    content.provenance = R"({"preset":"halpha-140"})";
    content.columns = {minimum};
    return content;
}

/// Without waiting for the disk: the damaged files are many.
void writeQuickly(const std::filesystem::path& file, std::string_view bytes) {
    std::ofstream(file, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

} // namespace

TEST(Dataset, ComesBackAsItWasWritten) {
    const test::TemporaryFolder folder;
    const auto content = sample();
    const auto digest = writeDataset(folder / "a.h5", content);
    ASSERT_TRUE(digest) << test::why(digest);
    const auto opened = Dataset::open(folder / "a.h5");
    ASSERT_TRUE(opened) << test::why(opened);
    EXPECT_EQ(opened->rows(), 5u);
    EXPECT_EQ(opened->columns(), 7u);
    for (std::size_t r = 0; r < 5; ++r)
        for (std::size_t c = 0; c < 7; ++c) {
            EXPECT_EQ(opened->flux()(r, c), content.flux(r, c));
            EXPECT_EQ(opened->inverseVariance()(r, c), 4);
            EXPECT_EQ(opened->mask()(r, c), content.mask(r, c));
        }
    EXPECT_EQ(opened->ids(), content.ids);
    EXPECT_EQ(opened->rowOf("spec-3"), 3u);
    EXPECT_EQ(opened->rowOf("spec-9"), std::nullopt);
    EXPECT_TRUE(std::equal(content.wavelengthAngstrom.begin(), content.wavelengthAngstrom.end(),
                           opened->wavelengthAngstrom().begin(), opened->wavelengthAngstrom().end()));
    EXPECT_EQ(opened->medium(), spectrum::Medium::Vacuum);
    EXPECT_EQ(opened->provenance(), content.provenance);
    EXPECT_EQ(opened->digest(), *digest);
    EXPECT_TRUE(opened->verify());
    const auto minimum = opened->column("scale_minimum");
    ASSERT_TRUE(minimum);
    EXPECT_EQ((*minimum)[2], 200);
    EXPECT_TRUE(std::isnan((*minimum)[4]));
    const auto missing = opened->column("colour");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), core::ErrorCode::NotFound);
    EXPECT_NE(missing.error().message().find("scale_minimum"), std::string::npos);
    // Only the file itself is left.
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(Dataset, OneRowOneColumnAndNoErrorsAreEnough) {
    const test::TemporaryFolder folder;
    DatasetContent content;
    content.flux = core::FloatMatrix(1, 1);
    content.ids = {"only"};
    content.wavelengthAngstrom = {5000};
    ASSERT_TRUE(writeDataset(folder / "a.h5", content));
    const auto opened = Dataset::open(folder / "a.h5");
    ASSERT_TRUE(opened) << test::why(opened);
    EXPECT_TRUE(opened->inverseVariance().empty());
    EXPECT_EQ(opened->mask()(0, 0), 0);
    EXPECT_EQ(opened->provenance(), "");
    EXPECT_TRUE(opened->verify());
}

TEST(Dataset, SameContentSameDigestAndSameBytesOtherContentOtherDigest) {
    const test::TemporaryFolder folder;
    const auto digest = *writeDataset(folder / "a.h5", sample());
    EXPECT_EQ(digest, *writeDataset(folder / "b.h5", sample()));
    EXPECT_EQ(*core::readFile(folder / "a.h5"), *core::readFile(folder / "b.h5"));
    auto changed = sample();
    changed.flux(4, 6) += 1;
    EXPECT_NE(digest, *writeDataset(folder / "c.h5", changed));
    changed = sample();
    changed.ids[0] += "x";
    EXPECT_NE(digest, *writeDataset(folder / "c.h5", changed));
    changed = sample();
    changed.wavelengthAngstrom[6] += 0.5;
    EXPECT_NE(digest, *writeDataset(folder / "c.h5", changed));
    changed = sample();
    changed.mask(0, 1) = 1;
    EXPECT_NE(digest, *writeDataset(folder / "c.h5", changed));
    changed = sample();
    changed.inverseVariance = {};
    EXPECT_NE(digest, *writeDataset(folder / "c.h5", changed));
    changed = sample();
    changed.provenance = "other";
    EXPECT_EQ(digest, *writeDataset(folder / "c.h5", changed));
}

TEST(Dataset, LongProvenanceIsKept) {
    const test::TemporaryFolder folder;
    auto content = sample();
    content.provenance = std::string(300'000, 'p');
    ASSERT_TRUE(writeDataset(folder / "a.h5", content));
    const auto opened = Dataset::open(folder / "a.h5");
    ASSERT_TRUE(opened) << test::why(opened);
    EXPECT_EQ(opened->provenance().size(), 300'000u);
}

TEST(Dataset, RefusesToWriteWhatIsNoDataset) {
    const test::TemporaryFolder folder;
    const auto refused = [&](auto change) {
        auto content = sample();
        change(content);
        const auto written = writeDataset(folder / "a.h5", content);
        return !written && written.error().code() == core::ErrorCode::InvalidArgument;
    };
    EXPECT_TRUE(refused([](auto& c) { c = {}; }));
    EXPECT_TRUE(refused([](auto& c) { c.mask = core::ByteMatrix(5, 6); }));
    EXPECT_TRUE(refused([](auto& c) { c.inverseVariance = core::FloatMatrix(4, 7); }));
    EXPECT_TRUE(refused([](auto& c) { c.ids.pop_back(); }));
    EXPECT_TRUE(refused([](auto& c) { c.ids[1] = c.ids[0]; }));
    EXPECT_TRUE(refused([](auto& c) { c.ids[1] = ""; }));
    EXPECT_TRUE(refused([](auto& c) { c.ids[1] = std::string(2000, 'x'); }));
    EXPECT_TRUE(refused([](auto& c) { std::swap(c.wavelengthAngstrom[0], c.wavelengthAngstrom[1]); }));
    EXPECT_TRUE(refused([](auto& c) { c.columns[0].values.pop_back(); }));
    EXPECT_TRUE(refused([](auto& c) { c.columns[0].name = "a/b"; }));
    EXPECT_TRUE(refused([](auto& c) { c.columns.push_back(c.columns[0]); }));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    EXPECT_FALSE(writeDataset(folder / "no" / "such" / "folder.h5", sample()));
}

TEST(Dataset, RefusesFilesThatAreNone) {
    const test::TemporaryFolder folder;
    const auto absent = Dataset::open(folder / "absent.h5");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code(), core::ErrorCode::NotFound);
    EXPECT_FALSE(Dataset::open(folder.path()));
    ASSERT_TRUE(core::writeFile(folder / "empty.h5", ""));
    EXPECT_FALSE(Dataset::open(folder / "empty.h5"));
    ASSERT_TRUE(core::writeFile(folder / "text.h5", "wavelength flux\n"));
    const auto text = Dataset::open(folder / "text.h5");
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().code(), core::ErrorCode::Format);
}

TEST(Dataset, AFileCutShortAnywhereIsRefused) {
    const test::TemporaryFolder folder;
    ASSERT_TRUE(writeDataset(folder / "whole.h5", sample()));
    const std::string whole = *core::readFile(folder / "whole.h5");
    for (std::size_t length = 0; length < whole.size(); length += 1 + whole.size() / 60) {
        writeQuickly(folder / "cut.h5", std::string_view(whole).substr(0, length));
        EXPECT_FALSE(Dataset::open(folder / "cut.h5")) << length << " of " << whole.size() << " bytes";
    }
}

TEST(Dataset, ChangedBytesAreRefusedOrFoundByVerify) {
    const test::TemporaryFolder folder;
    const auto original = sample();
    const auto digest = *writeDataset(folder / "whole.h5", original);
    const std::string whole = *core::readFile(folder / "whole.h5");
    int opened = 0;
    for (std::size_t at = 0; at < whole.size(); at += 1 + whole.size() / 400) {
        auto bytes = whole;
        bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
        writeQuickly(folder / "changed.h5", bytes);
        const auto dataset = Dataset::open(folder / "changed.h5");
        if (!dataset) continue;
        ++opened;
        // Whatever it says of itself, every number of its views can be read; and what verify() lets pass is
        // unchanged.
        bool same = dataset->rows() == 5 && dataset->columns() == 7;
        for (std::size_t r = 0; r < dataset->rows(); ++r)
            for (std::size_t c = 0; c < dataset->columns(); ++c)
                same = same && dataset->flux()(r, c) == original.flux(r, c);
        if (dataset->verify() && dataset->digest() == digest) {
            EXPECT_TRUE(same) << "byte " << at;
        }
    }
    EXPECT_GT(opened, 0);
}

TEST(Dataset, IsOpenedAndWrittenByManyThreadsAtOnce) {
    const test::TemporaryFolder folder;
    core::ThreadPool pool(4);
    std::vector<int> good(24);
    pool.parallelFor(24, [&](std::size_t i, std::size_t) {
        const auto file = folder / (std::to_string(i % 6) + ".h5");
        const auto digest = writeDataset(file, sample(20, 9));
        const auto dataset = Dataset::open(file);
        good[i] = digest && dataset && dataset->digest() == *digest && dataset->verify().has_value();
    });
    EXPECT_EQ(std::count(good.begin(), good.end(), 1), 24);
}

#include "engine/io/spectrum_writer.h"

#include <fitsio.h>

#include "engine/core/files.h"
#include "engine/core/random_stream.h"
#include "engine/io/file_bytes.h"
#include "engine/io/spectrum_reader.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using spectrum::Medium;
using spectrum::Spectrum;
using test::why;

Spectrum star(Medium medium = Medium::Vacuum) {
    Spectrum s;
    core::RandomStream random(3);
    std::vector<double> wavelength;
    for (int i = 0; i < 300; ++i) {
        wavelength.push_back(static_cast<float>(3700 + 1.3 * i));
        s.flux.push_back(static_cast<float>(random.normal(100, 5)));
        s.inverseVariance.push_back(i % 50 == 7 ? 0.0F : static_cast<float>(random.uniform(0.01, 0.1)));
        s.mask.push_back(i % 50 == 7 ? 1 : 0);
    }
    s.axis = *spectrum::SpectralAxis::make(wavelength, medium);
    s.metadata.id = "sim-00001";
    s.metadata.object = "Balmer 1 (Hα)";
    s.metadata.position = spectrum::SkyPosition{301.15070123, -32.2186};
    s.metadata.observed = "2026-11-22T12:00:00";
    s.metadata.mjd = 61366.5;
    s.metadata.signalToNoise = 20.5;
    s.metadata.magnitude = 15.25;
    s.metadata.redshift = -1.5e-4;
    s.metadata.survey = "LAMOST DR8";
    s.metadata.surveyId = "7";
    s.metadata.spectralClass = "STAR B2e";
    s.metadata.header = {{"TRUECLAS", "double-peak", "class that was simulated"},
                         {"EWTRUE", "12.5", "[Angstrom]"},
                         {"NAXIS1", "17", ""},
                         {"COMMENT", "by hand", ""}};
    return s;
}

TEST(SpectrumWriter, LamostImagesReadBackEqual) {
    const test::TemporaryFolder folder;
    for (const bool packed : {false, true}) {
        const Spectrum written = star();
        const auto file = folder / (packed ? "sim-00001.fits.gz" : "sim-00001.fits");
        ASSERT_TRUE(writeLamostImage(file, written, {packed}));
        const auto spectra = readSpectra(file);
        ASSERT_TRUE(spectra) << why(spectra);
        const Spectrum& s = spectra->front();
        EXPECT_EQ(s.flux, written.flux);
        EXPECT_EQ(s.inverseVariance, written.inverseVariance);
        EXPECT_EQ(s.mask, written.mask);
        EXPECT_EQ(s.axis, written.axis);
        EXPECT_EQ(s.metadata.rule, "lamost-lrs-image");
        EXPECT_TRUE(s.metadata.warnings.empty()) << s.metadata.warnings.front();
        EXPECT_EQ(s.metadata.id, written.metadata.id);
        EXPECT_EQ(s.metadata.object, "Balmer 1 (H?)") << "header cards are ASCII";
        EXPECT_EQ(s.metadata.position, written.metadata.position);
        EXPECT_EQ(s.metadata.observed, written.metadata.observed);
        EXPECT_EQ(s.metadata.mjd, written.metadata.mjd);
        EXPECT_EQ(s.metadata.signalToNoise, written.metadata.signalToNoise);
        EXPECT_EQ(s.metadata.magnitude, written.metadata.magnitude);
        EXPECT_EQ(s.metadata.redshift, written.metadata.redshift);
        EXPECT_EQ(s.metadata.survey, written.metadata.survey);
        EXPECT_EQ(s.metadata.surveyId, written.metadata.surveyId);
        EXPECT_EQ(s.metadata.spectralClass, written.metadata.spectralClass);
        const auto card = std::find_if(s.metadata.header.begin(), s.metadata.header.end(),
                                       [](const auto& c) { return c.key == "TRUECLAS"; });
        ASSERT_NE(card, s.metadata.header.end());
        EXPECT_EQ(card->value, "double-peak");
    }
}

TEST(SpectrumWriter, AirAndMissingErrorsSurvive) {
    Spectrum written = star(Medium::Air);
    written.inverseVariance.clear();
    const auto bytes = lamostImageBytes(written);
    ASSERT_TRUE(bytes) << why(bytes);
    const auto spectra = readSpectra(asBytes(*bytes), "a");
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_EQ(spectra->front().axis.medium(), Medium::Air);
    EXPECT_EQ(spectra->front().inverseVariance[0], 1);
    EXPECT_EQ(spectra->front().inverseVariance[7], 0);
}

TEST(SpectrumWriter, CfitsioReadsTheSameImage) {
    const Spectrum written = star();
    auto bytes = lamostImageBytes(written);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->size() % 2880, 0U);
    int status = 0;
    fitsfile* file = nullptr;
    void* buffer = bytes->data();
    std::size_t size = bytes->size();
    fits_open_memfile(&file, "spectrum", READONLY, &buffer, &size, 0, nullptr, &status);
    ASSERT_EQ(status, 0);
    std::vector<float> row(written.size());
    fits_read_img(file, TFLOAT, 1, static_cast<LONGLONG>(row.size()), nullptr, row.data(), nullptr, &status);
    EXPECT_EQ(row, written.flux);
    char text[FLEN_VALUE] = "";
    fits_read_key(file, TSTRING, "EXTEN0", text, nullptr, &status);
    EXPECT_STREQ(text, "Flux, Inverse, Wavelength, Andmask, Ormask");
    int units = 0;
    fits_get_num_hdus(file, &units, &status);
    EXPECT_EQ(units, 1);
    fits_close_file(file, &status);
    EXPECT_EQ(status, 0);
}

TEST(SpectrumWriter, TextReadsBackEqual) {
    const test::TemporaryFolder folder;
    const Spectrum written = star(Medium::Air);
    ASSERT_TRUE(writeText(folder / "star.csv", written, {true}));
    const auto spectra = readSpectra(folder / "star.csv");
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_EQ(spectra->front().flux, written.flux);
    EXPECT_EQ(spectra->front().axis, written.axis);
    EXPECT_EQ(spectra->front().mask, written.mask);
    EXPECT_EQ(spectra->front().metadata.object, written.metadata.object);
    for (std::size_t i = 0; i < written.size(); ++i)
        EXPECT_FLOAT_EQ(spectra->front().inverseVariance[i], written.inverseVariance[i]);
}

TEST(SpectrumWriter, RefusesWhatItCannotWrite) {
    const test::TemporaryFolder folder;
    Spectrum broken = star();
    broken.mask.pop_back();
    EXPECT_EQ(writeLamostImage(folder / "a.fits", broken).error().code(), core::ErrorCode::InvalidArgument);
    Spectrum dense = star();
    std::vector<double> wavelength;
    for (int i = 0; i < 300; ++i)
        wavelength.push_back(5000 + 1e-5 * i);
    dense.axis = *spectrum::SpectralAxis::make(wavelength, Medium::Vacuum);
    EXPECT_FALSE(writeLamostImage(folder / "a.fits", dense));
    EXPECT_FALSE(writeLamostImage(folder / "none" / "a.fits", star()));
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(SpectrumWriter, TablesReadBackEqual) {
    const test::TemporaryFolder folder;
    for (const auto medium : {Medium::Vacuum, Medium::Air, Medium::Unknown}) {
        auto written = star(medium);
        written.metadata.fluxUnit = "erg/s/cm2/Angstrom";
        const auto file = folder / "s.fits";
        ASSERT_TRUE(writeSpectrumTable(file, written));
        const auto spectra = readSpectra(file);
        ASSERT_TRUE(spectra) << why(spectra);
        ASSERT_EQ(spectra->size(), 1u);
        const Spectrum& s = spectra->front();
        EXPECT_EQ(s.axis, written.axis);
        ASSERT_EQ(s.size(), written.size());
        for (std::size_t i = 0; i < s.size(); ++i) {
            ASSERT_EQ(s.good(i), written.good(i)) << i;
            if (!s.good(i)) continue;
            EXPECT_EQ(s.flux[i], written.flux[i]) << i;
            EXPECT_EQ(s.inverseVariance[i], written.inverseVariance[i]) << i;
        }
        EXPECT_EQ(s.metadata.rule, "spectrum-table");
        EXPECT_EQ(s.metadata.fluxUnit, written.metadata.fluxUnit);
        EXPECT_EQ(s.metadata.position, written.metadata.position);
        EXPECT_EQ(s.metadata.observed, written.metadata.observed);
        EXPECT_EQ(s.metadata.signalToNoise, written.metadata.signalToNoise);
    }
}

TEST(SpectrumWriter, TablesHaveThePlainColumnsThatOthersLookFor) {
    const test::TemporaryFolder folder;
    auto written = star();
    written.metadata.fluxUnit = "Jy";
    written.inverseVariance.clear();
    const auto bytes = spectrumTableBytes(written);
    ASSERT_TRUE(bytes) << why(bytes);
    ASSERT_TRUE(core::writeFile(folder / "s.fits", *bytes));
    fitsfile* file = nullptr;
    int status = 0, columns = 0;
    fits_open_diskfile(&file, (folder / "s.fits").c_str(), READONLY, &status);
    fits_movabs_hdu(file, 2, nullptr, &status);
    fits_get_num_cols(file, &columns, &status);
    EXPECT_EQ(columns, 2) << "no errors, no column of errors";
    for (const auto& [key, expected] : {std::pair{"TTYPE1", "WAVE"},
                                        {"TUNIT1", "Angstrom"},
                                        {"TTYPE2", "FLUX"},
                                        {"TUNIT2", "Jy"},
                                        {"TUCD1", "em.wl"},
                                        {"OBJECT", "Balmer 1 (H?)"}}) {
        char value[FLEN_VALUE] = {};
        fits_read_key_str(file, key, value, nullptr, &status);
        EXPECT_STREQ(value, expected) << key;
    }
    EXPECT_EQ(status, 0);
    fits_close_file(file, &status);
    EXPECT_FALSE(spectrumTableBytes(Spectrum()));
}

} // namespace
} // namespace balmer::io

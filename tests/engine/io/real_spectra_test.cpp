// The real files: each folder of kinds that are read is read whole, and agrees with what astropy makes of it.
#include <cmath>
#include <map>

#include "engine/core/text_number.h"
#include "engine/io/directory_scan.h"
#include "engine/io/spectrum_reader.h"
#include "engine/io/table_reader.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using spectrum::Medium;
using test::why;

std::vector<spectrum::Spectrum> readOne(const std::string& name) {
    auto spectra = readSpectra(test::realData() / name);
    EXPECT_TRUE(spectra) << name << ": " << why(spectra);
    return spectra ? std::move(*spectra) : std::vector<spectrum::Spectrum>{};
}

/// Counts the rules of a folder's spectra; every file must be read.
std::map<std::string, int> rulesOf(const std::string& folder) {
    std::map<std::string, int> rules;
    const std::vector<std::filesystem::path> paths{test::realData() / folder};
    ReadOptions options;
    options.header = false;
    for (const auto& file : scanFiles(paths, true).files) {
        if (file.extension() == ".csv" && folder != "text_spectra") continue; // catalogues beside the spectra
        const auto spectra = readSpectra(file, options);
        EXPECT_TRUE(spectra) << file << ": " << why(spectra);
        if (!spectra) continue;
        for (const spectrum::Spectrum& s : *spectra) {
            ++rules[s.metadata.rule];
            EXPECT_TRUE(s.validate()) << file;
        }
    }
    return rules;
}

TEST(RealSpectra, EveryFileOfTheSurveysIsRead) {
    BALMER_NEEDS_REAL_DATA();
    EXPECT_EQ(rulesOf("lamost_lrs_image"),
              (std::map<std::string, int>{{"lamost-lrs-image", 107}, {"lamost-lrs-image-dr1", 10}}));
    EXPECT_EQ(rulesOf("lamost_lrs_dr10_bintable"), (std::map<std::string, int>{{"lamost-lrs-table", 75}}));
    EXPECT_EQ(rulesOf("sdss_spec_full"), (std::map<std::string, int>{{"sdss-spec", 2}}));
    EXPECT_EQ(rulesOf("sdss_spspec"), (std::map<std::string, int>{{"sdss-spspec", 1}}));
    EXPECT_EQ(rulesOf("ondrejov"), (std::map<std::string, int>{{"linear-image", 2}, {"ondrejov-ssap", 15}}));
    EXPECT_EQ(rulesOf("text_spectra"), (std::map<std::string, int>{{"text", 17}}));
    EXPECT_EQ(rulesOf("echelle_highres"), (std::map<std::string, int>{{"linear-image", 2}}));
}

TEST(RealSpectra, AnUnpluggedFibreIsRefused) {
    BALMER_NEEDS_REAL_DATA();
    const auto spectra = readSpectra(test::realData() / "sdss_spec" / "spec-0269-51581-0003.fits");
    ASSERT_FALSE(spectra);
    EXPECT_NE(spectra.error().message().find("no good sample"), std::string::npos);
}

TEST(RealSpectra, AgreeWithAstropy) {
    BALMER_NEEDS_REAL_DATA();
    const auto golden = readTable(test::sourceRoot() / "tests" / "engine" / "io" / "golden" / "spectra.csv");
    ASSERT_TRUE(golden) << why(golden);
    std::map<std::string, std::vector<spectrum::Spectrum>> read;
    for (const auto& row : golden->rows) {
        auto& spectra = read[row[0]];
        if (spectra.empty()) spectra = readOne(row[0]);
        ASSERT_EQ(spectra.size(), 1U) << row[0];
        const spectrum::Spectrum& s = spectra.front();
        ASSERT_EQ(s.size(), static_cast<std::size_t>(*core::parseInteger(row[1]))) << row[0];
        const auto i = static_cast<std::size_t>(*core::parseInteger(row[2]));
        EXPECT_NEAR(s.axis.wavelengthAngstrom()[i], *core::parseDouble(row[3]), 1e-6) << row[0] << ' ' << i;
        EXPECT_FLOAT_EQ(s.flux[i], static_cast<float>(*core::parseDouble(row[4]))) << row[0] << ' ' << i;
        ASSERT_EQ(s.inverseVariance.empty(), row[5].empty()) << row[0];
        if (!row[5].empty()) {
            EXPECT_FLOAT_EQ(s.inverseVariance[i], static_cast<float>(*core::parseDouble(row[5])))
                << row[0] << ' ' << i;
        }
    }
}

TEST(RealSpectra, LamostHeadersThatContradictTheirWavelengthsAreTold) {
    BALMER_NEEDS_REAL_DATA();
    for (const char* name : {"spec-55859-F5907_sp12-016", "spec-57330-EG220307N031056M01_sp07-173"}) {
        const auto spectra = readOne("lamost_lrs_image/" + std::string(name) + ".fits.gz");
        ASSERT_EQ(spectra.size(), 1U);
        EXPECT_EQ(spectra[0].size(), 3820U);
        EXPECT_NEAR(spectra[0].axis.first(), 3700, 1);
        ASSERT_FALSE(spectra[0].metadata.warnings.empty());
        EXPECT_NE(spectra[0].metadata.warnings[0].find("contradict"), std::string::npos);
    }
}

TEST(RealSpectra, MetadataOfEachKind) {
    BALMER_NEEDS_REAL_DATA();
    const auto lamost = readOne("lamost_lrs_image/bt-cmi-lamost.fits");
    ASSERT_EQ(lamost.size(), 1U);
    EXPECT_EQ(lamost[0].metadata.object, "LAMOST J075703.80+025653.6");
    EXPECT_EQ(lamost[0].metadata.spectralClass, "STAR A2V");
    EXPECT_EQ(lamost[0].metadata.survey, "LAMOST DR1");
    EXPECT_EQ(lamost[0].metadata.surveyId, "56342-GAC121N02V2_sp14-101");
    EXPECT_DOUBLE_EQ(*lamost[0].metadata.signalToNoise, 64.14);
    EXPECT_DOUBLE_EQ(*lamost[0].metadata.magnitude, 13.54) << "r, because the g magnitude is 0";
    EXPECT_NEAR(*lamost[0].metadata.mjd, 56341.663, 1e-3) << "from DATE-OBS; the MJD card is two days off";

    const auto sdss = readOne("sdss_spec/spec-0266-51602-0107.fits");
    ASSERT_EQ(sdss.size(), 1U);
    EXPECT_EQ(sdss[0].metadata.spectralClass, "GALAXY STARFORMING");
    EXPECT_EQ(sdss[0].metadata.surveyId, "0266-51602-0107");
    EXPECT_NEAR(*sdss[0].metadata.redshift, 0.12314858, 1e-7);
    EXPECT_NEAR(*sdss[0].metadata.signalToNoise, 19.230373, 1e-5);
    EXPECT_NEAR(sdss[0].metadata.position->raDegrees, 146.49052, 1e-6);

    // The same exposure from the archive's table and from the observatory's image.
    const auto table = readOne("ondrejov/gamma-cas-emission.fits"),
               image = readOne("ondrejov/iraf-gamma-cas-emission.fits");
    ASSERT_TRUE(table.size() == 1 && image.size() == 1);
    EXPECT_EQ(table[0].axis.medium(), Medium::Air);
    EXPECT_EQ(image[0].axis.medium(), Medium::Air);
    EXPECT_EQ(table[0].metadata.survey, image[0].metadata.survey);
    EXPECT_TRUE(table[0].metadata.surveyId.starts_with("ivo://asu.cas.cz/"));
    EXPECT_LT(separationArcsec(*table[0].metadata.position, *image[0].metadata.position), 0.1);
}

TEST(RealSpectra, VotablesOfBothSerialisationsAreTheSameSpectrum) {
    BALMER_NEEDS_REAL_DATA();
    const auto text = readOne("votable_spectra/tabledata.vot"),
               binary = readOne("votable_spectra/binary.vot");
    ASSERT_TRUE(text.size() == 1 && binary.size() == 1);
    EXPECT_EQ(text[0].flux, binary[0].flux);
    EXPECT_EQ(text[0].axis, binary[0].axis);
    EXPECT_EQ(text[0].metadata.object, "HD217476");
    EXPECT_EQ(text[0].axis.medium(), Medium::Air);
    const auto fits = readOne("ondrejov/analyzer-spectrum.fit");
    ASSERT_EQ(fits.size(), 1U);
    EXPECT_EQ(fits[0].size(), text[0].size());
    EXPECT_NEAR(fits[0].axis.first(), text[0].axis.first(), 1e-6);
}

TEST(RealSpectra, FilesOfOtherKindsAreRefusedByName) {
    BALMER_NEEDS_REAL_DATA();
    const std::map<std::string, std::string> reasons{
        {"desi/coadd-sv3-dark-26065.fits", "DESI"},
        {"iraf_multispec/AAO.fits", "multispec"},
        {"lamost_mrs_bintable/med-58269-HIP95119KP01_sp12-076.fits.gz", "medium-resolution"},
        {"radio_1d/G031.947+00.076_nh3_11_Tastar.fits", "velocity"},
        {"pool/sdss_single_epoch_blue.h5", "HDF5"},
        {"labelled/lamost_dr10_afg_ha140.csv", "dataset import"},
        {"ssap_datalink/ssa-result.xml", "elsewhere"},
        {"votable_spectra/3c273.vot", "photometric"},
        {"malformed/test.fits.bz2", "bzip2"},
        {"malformed/astropy-comp.fits", "compressed"},
    };
    for (const auto& [file, reason] : reasons) {
        const auto spectra = readSpectra(test::realData() / file);
        ASSERT_FALSE(spectra) << file;
        EXPECT_NE(spectra.error().message().find(reason), std::string::npos)
            << file << ": " << spectra.error().message();
    }
}

} // namespace
} // namespace balmer::io

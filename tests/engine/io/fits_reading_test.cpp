// Each kind of FITS spectrum in a file of our own making.
#include <cmath>
#include <limits>

#include "engine/io/file_bytes.h"
#include "engine/io/spectrum_reader.h"
#include "tests/engine/io/fits_builder.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using spectrum::Medium;
using test::FitsBuilder;
using test::why;

constexpr double NOT_A_NUMBER = std::numeric_limits<double>::quiet_NaN();

auto read(const std::string& bytes, const std::string& name = "star.fits") {
    return readSpectra(asBytes(bytes), name);
}

FitsBuilder& lamostCards(FitsBuilder& fits) {
    return fits.text("TELESCOP", "LAMOST")
        .text("ORIGIN", "NAOC-LAMOST")
        .number("COEFF0", 3.5682)
        .number("COEFF1", 0.0001)
        .number("CRVAL1", 3.5682)
        .number("CD1_1", 0.0001)
        .logical("VACUUM", true)
        .number("RA", 332.05627)
        .number("DEC", -0.34518)
        .number("EQUINOX", 2000)
        .text("DESIG", "LAMOST J220813.50-002042.6")
        .text("CLASS", "STAR")
        .text("SUBCLASS", "B2e")
        .text("DATE-OBS", "2011-10-24T12:30:00")
        .number("Z", 0.0002)
        .text("MAGTYPE", "ugriz")
        .number("MAG1", 99)
        .number("MAG2", 16.5);
}

TEST(LamostImage, RowThreeIsTheWavelengthEvenWhereTheHeaderContradicts) {
    FitsBuilder fits;
    fits.image(FLOAT_IMG, {4, 5},
               {1, 2, 3, 4, 10, 10, 0, 10, 3700, 3701, 3702, 3703, 0, 1, 0, 0, 0, 0, 0, 0});
    lamostCards(fits)
        .text("EXTEN0", "Flux, Inverse, Wavelength, Andmask, Ormask")
        .number("CRPIX1", -9999)
        .text("DATA_V", "LAMOST DR8")
        .number("OBSID", 105172)
        .number("SNRR", 73.65);
    const auto spectra = read(fits.bytes(), "spec-1.fits.gz");
    ASSERT_TRUE(spectra) << why(spectra);
    ASSERT_EQ(spectra->size(), 1U);
    const spectrum::Spectrum& s = spectra->front();
    EXPECT_EQ(s.metadata.rule, "lamost-lrs-image");
    EXPECT_EQ(s.axis.wavelengthAngstrom()[1], 3701);
    EXPECT_EQ(s.axis.medium(), Medium::Vacuum);
    EXPECT_EQ(s.mask, (std::vector<std::uint8_t>{0, 1, 1, 0})) << "and-mask and zero weight";
    EXPECT_EQ(s.inverseVariance, (std::vector<float>{10, 10, 0, 10}));
    EXPECT_FALSE(s.metadata.warnings.empty());
    EXPECT_EQ(s.metadata.id, "spec-1");
    EXPECT_EQ(s.metadata.survey, "LAMOST DR8");
    EXPECT_EQ(s.metadata.surveyId, "105172");
    EXPECT_EQ(s.metadata.spectralClass, "STAR B2e");
    EXPECT_DOUBLE_EQ(*s.metadata.magnitude, 16.5) << "99 stands for no u magnitude";
    EXPECT_DOUBLE_EQ(*s.metadata.signalToNoise, 73.65);
    EXPECT_NEAR(*s.metadata.mjd, 55858.520833, 1e-6);
    ASSERT_TRUE(s.metadata.position);
    EXPECT_DOUBLE_EQ(s.metadata.position->raDegrees, 332.05627);
    EXPECT_FALSE(s.metadata.header.empty());
}

TEST(LamostImage, ThirdRowOfTheOldPipelineIsNoWavelength) {
    FitsBuilder fits;
    // The subcontinuum ascends here and could pass for wavelengths.
    fits.image(FLOAT_IMG, {3, 5}, {1, 2, 3, 1, 1, 1, 4000, 4001, 4002, 0, 0, 0, 0, 0, 0});
    lamostCards(fits)
        .text("EXTEN0", "Flux Inverse Subcontinuum Andmask Ormask")
        .text("VERSPIPE", "v2.6.4")
        .number("SN_R", 12)
        .number("LMJD", 55859)
        .text("PLANID", "F5902")
        .number("SPID", 5)
        .number("FIBERID", 172);
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    const spectrum::Spectrum& s = spectra->front();
    EXPECT_EQ(s.metadata.rule, "lamost-lrs-image-dr1");
    EXPECT_NEAR(s.axis.wavelengthAngstrom()[2], std::pow(10, 3.5684), 1e-9);
    EXPECT_EQ(s.metadata.survey, "LAMOST DR1");
    EXPECT_EQ(s.metadata.surveyId, "55859-F5902_sp05-172");
    EXPECT_DOUBLE_EQ(*s.metadata.signalToNoise, 12);
}

TEST(LamostTable, OneRowOfVectors) {
    FitsBuilder fits;
    fits.image(SHORT_IMG, {}, {});
    lamostCards(fits).text("DATA_V", "LAMOST DR10").number("MAG_PS_G", 14.5);
    fits.table("COADD", 1,
               {{"FLUX", "3E", "", "", "", {1, 2, 3}},
                {"IVAR", "3E", "", "", "", {4, 5, 6}},
                {"WAVELENGTH", "3E", "", "", "", {3700, 3701, 3702}},
                {"ANDMASK", "3E", "", "", "", {0, 0, 1}}});
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    const spectrum::Spectrum& s = spectra->front();
    EXPECT_EQ(s.metadata.rule, "lamost-lrs-table");
    EXPECT_EQ(s.flux, (std::vector<float>{1, 2, 3}));
    EXPECT_EQ(s.mask, (std::vector<std::uint8_t>{0, 0, 1}));
    EXPECT_EQ(s.metadata.survey, "LAMOST DR10");
}

TEST(LamostMediumResolution, IsRefusedByName) {
    FitsBuilder fits;
    fits.image(SHORT_IMG, {}, {});
    lamostCards(fits).text("EXTNAME", "Information");
    fits.table("COADD_B", 2,
               {{"FLUX", "E", "", "", "", {1, 2}},
                {"IVAR", "E", "", "", "", {1, 1}},
                {"LOGLAM", "E", "", "", "", {3.6, 3.7}}});
    const auto spectra = read(fits.bytes());
    ASSERT_FALSE(spectra);
    EXPECT_EQ(spectra.error().code(), core::ErrorCode::Unsupported);
    EXPECT_NE(spectra.error().message().find("medium-resolution"), std::string::npos);
}

TEST(SdssSpec, LogarithmicWavelengthsAndTheFatalFlagsAlone) {
    FitsBuilder fits;
    fits.image(BYTE_IMG, {}, {});
    fits.text("TELESCOP", "SDSS 2.5-M")
        .number("RA", 1)
        .number("DEC", 2)
        .number("PLUG_RA", 146.49)
        .number("PLUG_DEC", -0.369)
        .number("PLATEID", 266)
        .number("MJD", 51602)
        .number("FIBERID", 107);
    fits.table("COADD", 4,
               {{"flux", "E", "", "", "", {1, 2, 3, 4}},
                {"loglam", "E", "", "", "", {3.5, 3.5001, 3.5002, 3.5003}},
                {"ivar", "E", "", "", "", {1, 1, 0, 1}},
                {"and_mask", "J", "", "", "", {16, 1 << 24, 0, 1 << 23}}});
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    const spectrum::Spectrum& s = spectra->front();
    EXPECT_EQ(s.metadata.rule, "sdss-spec");
    EXPECT_NEAR(s.axis.first(), std::pow(10, 3.5), 1e-3);
    EXPECT_EQ(s.mask, (std::vector<std::uint8_t>{0, 1, 1, 0}));
    EXPECT_EQ(s.metadata.surveyId, "0266-51602-0107");
    EXPECT_DOUBLE_EQ(s.metadata.position->raDegrees, 146.49) << "the object's, not the telescope's";
}

TEST(LinearImage, AxisFromCrpixAndCdeltInTheUnitThatTheHeaderNames) {
    struct Case {
        double start, step, pixel, firstAngstrom;
        const char *type, *unit;
        Medium medium;
    };
    for (const Case& c : {Case{6500, 0.5, 1, 6500, "LINEAR", "Angstrom", Medium::Unknown},
                          Case{6500, 0.5, 3, 6499, "AWAV", "angstrom", Medium::Air},
                          Case{650, 0.05, 1, 6500, "WAVE", "nm", Medium::Vacuum},
                          Case{6.5e-7, 5e-11, 1, 6500, "WAVE", "", Medium::Vacuum},
                          Case{6500, 0.5, 1, 6500, "", "", Medium::Unknown},
                          Case{6500, 0.5, 1, 6500, "WAVELENGTH [Ang]", "", Medium::Unknown}}) {
        FitsBuilder fits;
        fits.image(SHORT_IMG, {4}, {5, 6, 7, 8});
        fits.number("CRVAL1", c.start)
            .number("CDELT1", c.step)
            .number("CRPIX1", c.pixel)
            .text("CTYPE1", c.type);
        if (*c.unit != 0) fits.text("CUNIT1", c.unit);
        const auto spectra = read(fits.bytes());
        ASSERT_TRUE(spectra) << c.type << ' ' << c.unit << ": " << why(spectra);
        EXPECT_NEAR(spectra->front().axis.first(), c.firstAngstrom, 1e-6) << c.type << ' ' << c.unit;
        EXPECT_EQ(spectra->front().axis.medium(), c.medium) << c.type;
        EXPECT_TRUE(spectra->front().inverseVariance.empty());
        EXPECT_TRUE(spectra->front().mask.empty());
    }
}

TEST(LinearImage, LogarithmicWithAndWithoutItsFlag) {
    for (const bool flagged : {true, false}) {
        FitsBuilder fits;
        fits.image(FLOAT_IMG, {3, 1}, {1, 2, 3});
        fits.number("CRVAL1", 3.6).number("CD1_1", 0.0001);
        if (flagged) fits.number("DC-FLAG", 1);
        const auto spectra = read(fits.bytes());
        ASSERT_TRUE(spectra) << why(spectra);
        EXPECT_NEAR(spectra->front().axis.last(), std::pow(10, 3.6002), 1e-8);
    }
}

TEST(LinearImage, OndrejovImagesAreInAirAndTheirPositionsOfDate) {
    FitsBuilder fits;
    fits.image(FLOAT_IMG, {3}, {1, 2, 3});
    fits.text("OBSERVAT", "ONDREJOV")
        .text("TELESCOP", "ZEISS-2m")
        .number("CRVAL1", 6252.9)
        .number("CD1_1", 0.2567)
        .text("RA", "00:56:42.527")
        .text("DEC", "+60:43:00.20")
        .number("EQUINOX", 2005.39978)
        .text("OBJECT", "gamma Cas")
        .text("DATE-OBS", "2011-11-22")
        .text("UT", "18:59:31")
        .text("WAT1_001", "wtype=linear label=Wavelength units=angstroms");
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    const spectrum::Metadata& m = spectra->front().metadata;
    EXPECT_EQ(spectra->front().axis.medium(), Medium::Air);
    EXPECT_EQ(m.survey, "Ondřejov");
    EXPECT_EQ(m.observed, "2011-11-22T18:59:31");
    ASSERT_TRUE(m.position);
    EXPECT_LT(separationArcsec(*m.position, {14.094930483494414, 60.68757131400786}), 0.1) << "astropy, FK5";
}

TEST(LinearImage, OndrejovsLaterImagesStateJ2000UnderTheEquinoxOfDate) {
    FitsBuilder fits;
    fits.image(FLOAT_IMG, {3}, {1, 2, 3});
    fits.text("OBSERVAT", "ONDREJOV")
        .number("CRVAL1", 6252.9)
        .number("CD1_1", 0.2567)
        .text("RA", "00:56:42.527")
        .text("DEC", "+60:43:00.20")
        .number("EQUINOX", 2011.889771);
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    ASSERT_TRUE(spectra->front().metadata.position);
    EXPECT_LT(separationArcsec(*spectra->front().metadata.position, {14.177195833, 60.716722222}), 0.01);
}

TEST(LinearImage, RefusesAxesThatAreNoWavelength) {
    const auto refusal = [](const char* type, double start, double step) {
        FitsBuilder fits;
        fits.image(FLOAT_IMG, {3}, {1, 2, 3});
        if (*type != 0) fits.text("CTYPE1", type);
        if (step != 0) fits.number("CRVAL1", start).number("CDELT1", step);
        const auto spectra = read(fits.bytes());
        return spectra ? std::string() : spectra.error().message();
    };
    EXPECT_NE(refusal("VRAD", 5, 0.1).find("velocity"), std::string::npos);
    EXPECT_NE(refusal("", 5, 0.1).find("unit"), std::string::npos);
    EXPECT_NE(refusal("", 0, 0).find("CRVAL1"), std::string::npos);
}

TEST(LinearImage, BlankAndScaleOfIntegersAreHonoured) {
    FitsBuilder fits;
    fits.image(SHORT_IMG, {4}, {10, 20, -32768, 40});
    fits.number("CRVAL1", 5000)
        .number("CDELT1", 1)
        .number("BSCALE", 0.5)
        .number("BZERO", 100)
        .number("BLANK", -32768);
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_EQ(spectra->front().flux[1], 110);
    EXPECT_EQ(spectra->front().mask, (std::vector<std::uint8_t>{0, 0, 1, 0}));
}

TEST(SpectrumTable, ColumnsByUtypeBeforeNamesAndUnitsTurnedToAngstrom) {
    FitsBuilder fits;
    fits.image(BYTE_IMG, {}, {});
    fits.table("SPECTRUM", 1,
               {{"FLUX", "3E", "", "continuum:Data.FluxAxis.Value", "", {9, 9, 9}},
                {"X", "3D", "nm", "spec:Data.SpectralAxis.Value", "em.wl;obs.atmos", {500, 501, 502}},
                {"Y", "3D", "Jy", "spec:Data.FluxAxis.Value", "", {1, 2, 3}},
                {"E", "3D", "Jy", "spec:Data.FluxAxis.Accuracy.StatError", "", {0.5, 0.5, 0}}});
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    const spectrum::Spectrum& s = spectra->front();
    EXPECT_EQ(s.flux, (std::vector<float>{1, 2, 3}));
    EXPECT_DOUBLE_EQ(s.axis.first(), 5000);
    EXPECT_EQ(s.axis.medium(), Medium::Air);
    EXPECT_EQ(s.inverseVariance, (std::vector<float>{4, 4, 0}));
    EXPECT_FALSE(s.good(2)) << "an error of 0 is not an error";
    EXPECT_EQ(s.metadata.fluxUnit, "Jy");
}

TEST(SpectrumTable, FrequenciesDescendInWavelength) {
    FitsBuilder fits;
    fits.image(BYTE_IMG, {}, {});
    fits.table("", 3,
               {{"f", "D", "THz", "", "em.freq", {400, 500, 600}}, {"flux", "D", "", "", "", {1, 2, 3}}});
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_NEAR(spectra->front().axis.first(), 2997924.58 / 600, 1e-6);
    EXPECT_EQ(spectra->front().flux, (std::vector<float>{3, 2, 1})) << "turned round together";
}

TEST(SpectrumTable, SmallFluxesKeepTheirWeights) {
    FitsBuilder fits;
    fits.image(BYTE_IMG, {}, {});
    fits.table("", 2,
               {{"wave", "D", "Angstrom", "", "", {5000, 5001}},
                {"flux", "D", "cgs", "", "", {2e-17, 4e-17}},
                {"err", "D", "", "", "", {1e-21, 2e-21}}});
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    const spectrum::Spectrum& s = spectra->front();
    EXPECT_FLOAT_EQ(s.flux[0], 2);
    EXPECT_FLOAT_EQ(s.inverseVariance[0], 1e8F);
    EXPECT_EQ(s.metadata.fluxUnit, "1e-17 cgs");
}

TEST(SpectrumTable, PaddingGoesHolesStay) {
    FitsBuilder fits;
    fits.image(BYTE_IMG, {}, {});
    fits.table("", 6,
               {{"wave", "D", "Angstrom", "", "", {0, 5000, 5001, 5002, 5003, 5004}},
                {"flux", "D", "", "", "", {NOT_A_NUMBER, 1, NOT_A_NUMBER, 3, 4, NOT_A_NUMBER}}});
    const auto spectra = read(fits.bytes());
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_EQ(spectra->front().size(), 4U);
    EXPECT_EQ(spectra->front().axis.last(), 5003);
    EXPECT_EQ(spectra->front().mask, (std::vector<std::uint8_t>{0, 1, 0, 0}));
}

TEST(SpectrumTable, RepeatedWavelengthsAreAnError) {
    FitsBuilder fits;
    fits.image(BYTE_IMG, {}, {});
    fits.table("", 3,
               {{"wave", "D", "Angstrom", "", "", {5000, 5000, 5001}}, {"flux", "D", "", "", "", {1, 2, 3}}});
    const auto spectra = read(fits.bytes());
    ASSERT_FALSE(spectra);
    EXPECT_EQ(spectra.error().code(), core::ErrorCode::Format);
    EXPECT_NE(spectra.error().message().find("ascend"), std::string::npos);
}

TEST(SpectrumTable, SeveralSpectraAreNumberedAndCounted) {
    FitsBuilder fits;
    fits.image(BYTE_IMG, {}, {});
    fits.table("", 2,
               {{"wave", "2D", "Angstrom", "", "", {5000, 5001, 6000, 6001}},
                {"flux", "2D", "", "", "", {1, 2, 3, 4}}});
    const std::string bytes = fits.bytes();
    const auto spectra = read(bytes, "two.fit");
    ASSERT_TRUE(spectra) << why(spectra);
    ASSERT_EQ(spectra->size(), 2U);
    EXPECT_EQ((*spectra)[1].metadata.id, "two#2");
    EXPECT_EQ((*spectra)[1].axis.first(), 6000);
    ReadOptions one;
    one.spectraLimit = 1;
    const auto refused = readSpectra(asBytes(bytes), "two.fit", one);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), core::ErrorCode::ResourceExhausted);
}

TEST(FitsFiles, SayWhatTheyAreWhenTheyAreNoSpectrum) {
    const auto reason = [](FitsBuilder& fits) {
        const auto spectra = read(fits.bytes());
        return spectra ? std::string("read") : spectra.error().message();
    };
    FitsBuilder sky;
    sky.image(SHORT_IMG, {2, 2}, {1, 2, 3, 4}).text("CTYPE1", "RA---TAN");
    EXPECT_NE(reason(sky).find("image of the sky"), std::string::npos);
    FitsBuilder echelle;
    echelle.image(SHORT_IMG, {2, 2}, {1, 2, 3, 4}).text("CTYPE1", "MULTISPE");
    EXPECT_NE(reason(echelle).find("multispec"), std::string::npos);
    FitsBuilder positions;
    positions.image(BYTE_IMG, {}, {})
        .table("", 1, {{"RA", "D", "", "", "", {1}}, {"DEC", "D", "", "", "", {2}}});
    EXPECT_NE(reason(positions).find("positions"), std::string::npos);
    FitsBuilder desi;
    desi.image(BYTE_IMG, {}, {})
        .table("FIBERMAP", 2, {{"TARGETID", "K", "", "", "", {1, 2}}})
        .image(DOUBLE_IMG, {2}, {1, 2})
        .text("EXTNAME", "B_WAVELENGTH");
    EXPECT_NE(reason(desi).find("DESI file of 2 objects"), std::string::npos);
}

TEST(FitsFiles, HeaderIsLeftOutOnRequestAndNothingElse) {
    FitsBuilder fits;
    fits.image(FLOAT_IMG, {3}, {1, 2, 3});
    fits.number("CRVAL1", 5000).number("CDELT1", 1).text("OBJECT", "Vega's \"twin\"");
    const std::string bytes = fits.bytes();
    ReadOptions options;
    options.header = false;
    const auto bare = readSpectra(asBytes(bytes), "a", options), full = read(bytes, "a");
    ASSERT_TRUE(bare && full);
    EXPECT_TRUE(bare->front().metadata.header.empty());
    EXPECT_EQ(bare->front().metadata.object, "Vega's \"twin\"");
    EXPECT_FALSE(full->front().metadata.header.empty());
    EXPECT_EQ(bare->front().flux, full->front().flux);
}

TEST(FitsFiles, ATruncatedImageIsRefusedAndATruncatedTailTold) {
    FitsBuilder fits;
    fits.image(FLOAT_IMG, {2000}, std::vector<double>(2000, 1.0));
    fits.number("CRVAL1", 5000).number("CDELT1", 1);
    const std::string bytes = fits.bytes();
    const auto cut = read(bytes.substr(0, 2880 + 4000));
    ASSERT_FALSE(cut);
    EXPECT_NE(cut.error().message().find("not copied whole"), std::string::npos);
    const auto unpadded = read(bytes.substr(0, 2880 + 8000));
    EXPECT_TRUE(unpadded) << why(unpadded);
}

TEST(Gzip, IsUndoneByContentAndBounded) {
    FitsBuilder fits;
    fits.image(FLOAT_IMG, {2000}, std::vector<double>(2000, 1.0));
    fits.number("CRVAL1", 5000).number("CDELT1", 1);
    const std::string bytes = fits.bytes();
    const auto packed = gzip(bytes, 9);
    ASSERT_TRUE(packed);
    const auto spectra = read(*packed, "no-suffix");
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_EQ(spectra->front().size(), 2000U);
    // Two members one after the other are one file.
    const auto halves = gzip(bytes.substr(0, 3000), 1).value() + gzip(bytes.substr(3000), 1).value();
    EXPECT_TRUE(read(halves));

    ReadOptions small;
    small.inflatedLimitBytes = 4096;
    const auto bomb = readSpectra(asBytes(*packed), "bomb", small);
    ASSERT_FALSE(bomb);
    EXPECT_EQ(bomb.error().code(), core::ErrorCode::ResourceExhausted);
    const auto cut = read(packed->substr(0, packed->size() - 12));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code(), core::ErrorCode::Format);
}

TEST(SpectrumId, IsTheNameWithoutItsSuffixes) {
    EXPECT_EQ(spectrumId("spec-55859-F5902_sp05-172.fits.gz"), "spec-55859-F5902_sp05-172");
    EXPECT_EQ(spectrumId("a.b.FIT"), "a.b");
    EXPECT_EQ(spectrumId(".fits"), ".fits");
}

} // namespace
} // namespace balmer::io

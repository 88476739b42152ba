#include "engine/io/file_bytes.h"
#include "engine/io/spectrum_reader.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::why;

auto read(const std::string& text) {
    return readSpectra(asBytes(text), "star.txt");
}

std::string refusal(const std::string& text) {
    const auto spectra = read(text);
    return spectra ? std::string() : spectra.error().message();
}

TEST(TextSpectrum, ColumnsByPlaceWithAnySeparator) {
    for (const char* text :
         {"5000 1 0.5 0\n5001 2 0.5 1\n", "5000,1,0.5,0\r\n5001,2,0.5,1\r\n",
          "5000\t1\t.5\t0\n\n5001\t2\t.5\t1", "# by hand\n  5000;1;0.5;0\n; more\n5001;2;+0.5;1\n% end\n"}) {
        const auto spectra = read(text);
        ASSERT_TRUE(spectra) << text << why(spectra);
        const spectrum::Spectrum& s = spectra->front();
        EXPECT_EQ(s.flux, (std::vector<float>{1, 2}));
        EXPECT_EQ(s.inverseVariance, (std::vector<float>{4, 4}));
        EXPECT_EQ(s.mask, (std::vector<std::uint8_t>{0, 1}));
        EXPECT_EQ(s.axis.medium(), spectrum::Medium::Unknown);
        EXPECT_EQ(s.metadata.rule, "text");
    }
}

TEST(TextSpectrum, ColumnsByNameInAnyOrder) {
    const auto spectra = read("flux,quality_of_day,wavelength_nm,ivar\n1,7,500,4\n2,7,501,9\n");
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_DOUBLE_EQ(spectra->front().axis.first(), 5000);
    EXPECT_EQ(spectra->front().flux, (std::vector<float>{1, 2}));
    EXPECT_EQ(spectra->front().inverseVariance, (std::vector<float>{4, 9}));
    EXPECT_TRUE(spectra->front().mask.empty());
}

TEST(TextSpectrum, AFourthColumnThatIsNoMaskIsLeftOut) {
    const auto spectra = read("# lambda flux err tem\n5000 1 0 54.03\n5001 2 1 53.6\n");
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_TRUE(spectra->front().mask.empty() || spectra->front().mask[1] == 0);
    EXPECT_FALSE(spectra->front().good(0)) << "an error of 0 is not an error";
}

TEST(TextSpectrum, CommentsTellMediumAndObject) {
    const auto spectra = read("# object: Vega\n# medium: air\n6500 1\n6501 2\n");
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_EQ(spectra->front().axis.medium(), spectrum::Medium::Air);
    EXPECT_EQ(spectra->front().metadata.object, "Vega");
}

TEST(TextSpectrum, DescendingWavelengthsAreTurnedRound) {
    const auto spectra = read("5002 3\n5001 2\n5000 1\n");
    ASSERT_TRUE(spectra) << why(spectra);
    EXPECT_EQ(spectra->front().flux, (std::vector<float>{1, 2, 3}));
}

TEST(TextSpectrum, RefusalsNameLineAndReason) {
    EXPECT_NE(refusal("5000 1\n5001 x\n").find("line 2"), std::string::npos);
    EXPECT_NE(refusal("5000 1\n5001 1 2\n").find("3 columns where those above have 2"), std::string::npos);
    EXPECT_NE(refusal("name,type\nVega,A0\n").find("line 2"), std::string::npos);
    EXPECT_NE(refusal("5000\n5001\n").find("one column"), std::string::npos);
    EXPECT_NE(refusal("5000 1\n5001 1\n5000 1\n").find("neither up nor down"), std::string::npos);
    EXPECT_NE(refusal("1 2 3 4 5\n2 3 4 5 6\n").find("5 columns"), std::string::npos);
    EXPECT_NE(refusal("ra,dec\n1,2\n2,3\n").find("\"ra\""), std::string::npos);
    EXPECT_NE(refusal("id,label,1,2,3,4,5,6,7,8,9,10\na,b,1,2,3,4,5,6,7,8,9,10\n").find("dataset import"),
              std::string::npos);
    EXPECT_NE(refusal("").find("empty"), std::string::npos);
    EXPECT_NE(refusal("# only comments\n").find("no row"), std::string::npos);
    EXPECT_NE(refusal(std::string("5000 1\n5001 \0\n", 14)).find("binary"), std::string::npos);
    EXPECT_NE(refusal("{\"a\": 1}").find("JSON"), std::string::npos);
    EXPECT_NE(refusal("<html><body>404</body></html>").find("HTML"), std::string::npos);
    EXPECT_NE(refusal("BZh91AY").find("bzip2"), std::string::npos);
    EXPECT_NE(refusal("5000 nan\n5001 nan\n").find("fewer than two"), std::string::npos);
}

} // namespace
} // namespace balmer::io

// Damaged input: whatever the bytes, the readers return. Run under the sanitizers these tests find what
// merely reads too far.
#include "engine/core/files.h"
#include "engine/io/directory_scan.h"
#include "engine/io/file_bytes.h"
#include "engine/io/matrix_text.h"
#include "engine/io/spectrum_reader.h"
#include "engine/io/table_text.h"
#include "engine/io/votable.h"
#include "tests/engine/io/fits_builder.h"
#include "tests/support/mutant.h"
#include "tests/support/test_support.h"

namespace balmer::io {
namespace {

using test::FitsBuilder;

ReadOptions small() {
    ReadOptions options;
    options.inflatedLimitBytes = std::size_t{1} << 24;
    return options;
}

std::string lamostImage() {
    FitsBuilder fits;
    std::vector<double> pixels;
    for (int row = 0; row < 5; ++row) {
        for (int i = 0; i < 40; ++i)
            pixels.push_back(row == 2 ? 3700 + i : row < 2 ? 1 + i : 0);
    }
    fits.image(FLOAT_IMG, {40, 5}, pixels);
    return fits.text("EXTEN0", "Flux, Inverse, Wavelength, Andmask, Ormask")
        .text("TELESCOP", "LAMOST")
        .number("COEFF0", 3.5682)
        .number("COEFF1", 1e-4)
        .text("MAGTYPE", "ugriz")
        .number("MAG2", 15)
        .bytes();
}

std::string table() {
    FitsBuilder fits;
    fits.image(BYTE_IMG, {}, {}).text("TELESCOP", "SDSS 2.5-M");
    fits.table("COADD", 20,
               {{"flux", "E", "", "", "", std::vector<double>(20, 1)},
                {"loglam", "D", "", "", "", {3.5, 3.6, 3.7}},
                {"ivar", "1E", "", "", "", std::vector<double>(20, 1)},
                {"and_mask", "J", "", "", "", {}}});
    fits.table("SPECOBJ", 1,
               {{"CLASS", "6A", "", "", "", {}},
                {"SPECTROFLUX", "5E", "", "", "", {1, 2, 3, 4, 5}},
                {"MJD", "K", "", "", "", {5}}});
    return fits.bytes();
}

std::string linear() {
    FitsBuilder fits;
    fits.image(SHORT_IMG, {30}, std::vector<double>(30, 2))
        .number("CRVAL1", 5000)
        .number("CDELT1", 1)
        .text("OBJECT", "it's");
    return fits.bytes();
}

constexpr const char* VOTABLE =
    R"(<?xml version="1.0"?><VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE type="results">
<TABLE name="s"><PARAM name="o" datatype="char" arraysize="*" utype="spec:Target.Name" value="Vega"/>
<GROUP name="g"><PARAM name="p" datatype="double" arraysize="2" utype="spec:Target.Pos" value="1 2"/></GROUP>
<FIELD name="spectral" datatype="double" unit="Angstrom" ucd="em.wl"/><FIELD name="flux" datatype="float"/><FIELD name="n" datatype="char" arraysize="*"/>
<DATA><BINARY2><STREAM encoding="base64">AECziAAAAAAAP4AAAAAAAAFhQECziQAAAAAAAAAAAAAAAAA=</STREAM></BINARY2></DATA></TABLE>
<TABLE><FIELD name="wave" datatype="double"/><FIELD name="flux" datatype="int"><VALUES null="-1"/></FIELD><DATA><TABLEDATA>
<TR><TD>5000</TD><TD>1</TD></TR><TR><TD>5001</TD><TD>0x2</TD></TR><TR><TD>5002</TD><TD>-1</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>)";

void mutateAndRead(const std::string& bytes, std::uint64_t seed, int mutants) {
    for (int m = 0; m < mutants; ++m) {
        const std::string mutant = test::mutantOf(bytes, seed * 1'000'000 + static_cast<std::uint64_t>(m));
        const auto spectra = readSpectra(asBytes(mutant), "mutant", small());
        if (!spectra) {
            ASSERT_FALSE(spectra.error().message().empty());
            ASSERT_EQ(spectra.error().message().find("memory"), std::string::npos)
                << "no mutant may ask for more than its bytes back";
            continue;
        }
        for (const spectrum::Spectrum& s : *spectra)
            ASSERT_TRUE(s.validate());
    }
}

TEST(HostileInput, TheSeedsOfTheMutantsAreReadable) {
    EXPECT_TRUE(readSpectra(asBytes(lamostImage()), "a"));
    EXPECT_TRUE(readSpectra(asBytes(linear()), "a"));
    const auto votable = readSpectra(asBytes(VOTABLE), "a");
    ASSERT_TRUE(votable) << test::why(votable);
    EXPECT_EQ(votable->size(), 1U) << "the binary table has one row with a flux";
    EXPECT_FALSE(table().empty());
}

TEST(HostileInput, MutantsOfEachKindAreReadOrRefused) {
    const int mutants = test::fewOrMany(500, 100'000);
    mutateAndRead(lamostImage(), 1, mutants);
    mutateAndRead(table(), 2, mutants);
    mutateAndRead(linear(), 3, mutants);
    mutateAndRead(VOTABLE, 4, mutants);
    mutateAndRead("# lambda flux err\n5000 1 0.5\n5001,2,0.5\n5002 3 nan\n", 5, mutants);
    mutateAndRead(gzip(linear(), 6).value(), 6, mutants);
}

TEST(HostileInput, MutantsOfMatricesAndTablesAreReadOrRefused) {
    for (int m = 0; m < test::fewOrMany(1000, 100'000); ++m) {
        const std::string matrix = test::mutantOf("id,label,6519,6520.5\na,F,1.5,-2e3\n\"b,1\",,nan,\r\n",
                                                  static_cast<std::uint64_t>(m));
        (void)parseMatrixText(matrix);
        (void)parseTableText(matrix);
    }
}

TEST(HostileInput, HeadersThatPromiseMoreThanThereIs) {
    const auto with = [](const std::string& card, const std::string& value) {
        std::string bytes = linear();
        const std::size_t at = bytes.find(card);
        std::string line =
            card + std::string(8 - card.size(), ' ') + "= " + std::string(20 - value.size(), ' ') + value;
        line.resize(80, ' ');
        bytes.replace(at, 80, line);
        return readSpectra(asBytes(bytes), "a", small());
    };
    EXPECT_FALSE(with("NAXIS1", "9223372036854775807"));
    EXPECT_FALSE(with("NAXIS1", "1000000000000"));
    EXPECT_FALSE(with("NAXIS1", "-5"));
    EXPECT_FALSE(with("NAXIS", "999"));
    EXPECT_FALSE(with("BITPIX", "17"));
    EXPECT_FALSE(with("CDELT1", "1E300"));
}

TEST(HostileInput, EntitiesNestingAndForeignRootsOfXml) {
    std::string bomb =
        "<?xml version=\"1.0\"?><!DOCTYPE VOTABLE [<!ENTITY a \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\">";
    for (char c = 'b'; c < 'l'; ++c) {
        bomb += std::string("<!ENTITY ") + c + " \"";
        for (int i = 0; i < 20; ++i)
            bomb += std::string("&") + static_cast<char>(c - 1) + ";";
        bomb += "\">";
    }
    bomb += "]><VOTABLE><RESOURCE><TABLE "
            "name=\"&k;\"><DESCRIPTION>&k;</DESCRIPTION></TABLE></RESOURCE></VOTABLE>";
    EXPECT_FALSE(readSpectra(asBytes(bomb), "bomb", small()));
    const std::string secret =
        "<?xml version=\"1.0\"?><!DOCTYPE VOTABLE [<!ENTITY f SYSTEM "
        "\"file:///etc/hostname\">]><VOTABLE><DESCRIPTION>x&f;y</DESCRIPTION></VOTABLE>";
    const auto document = parseVotable(asBytes(secret));
    if (document) {
        EXPECT_EQ(document->description, "xy") << "the entity's file was not opened";
    }
    std::string deep = "<VOTABLE>";
    for (int i = 0; i < 100000; ++i)
        deep += "<RESOURCE>";
    const auto nested = parseVotable(asBytes(deep));
    ASSERT_FALSE(nested);
    std::string unknown = "<VOTABLE>";
    for (int i = 0; i < 100000; ++i)
        unknown += "<x>";
    EXPECT_FALSE(parseVotable(asBytes(unknown)));
}

TEST(HostileInput, TheDamagedFilesBesideTheRealSpectraAllReturn) {
    BALMER_NEEDS_REAL_DATA();
    const std::vector<std::filesystem::path> folder{test::realData() / "malformed"};
    const ScanResult scan = scanFiles(folder, true);
    ASSERT_FALSE(scan.files.empty());
    for (const auto& file : scan.files) {
        const auto spectra = readSpectra(file);
        EXPECT_TRUE(spectra || !spectra.error().message().empty()) << file;
        const auto bytes = core::readFile(file);
        ASSERT_TRUE(bytes);
        mutateAndRead(*bytes, 11, test::fewOrMany(1, 20) * (bytes->size() < 50000 ? 20 : 3));
    }
}

TEST(HostileInput, MutantsOfRealSpectraAllReturn) {
    BALMER_NEEDS_REAL_DATA();
    for (const char* name :
         {"ondrejov/alpha-lyr-absorption.fits", "ondrejov/iraf-gamma-cas-emission.fits",
          "eso_ivoa_table/lambrate.fits", "votable_spectra/binary.vot",
          "lamost_lrs_image/spec-55859-F5902_sp05-172.fits.gz", "sdss_spspec/sample_sdss.fits"}) {
        const auto bytes = core::readFile(test::realData() / name);
        ASSERT_TRUE(bytes) << name;
        mutateAndRead(*bytes, 12, test::fewOrMany(50, 2000));
    }
}

} // namespace
} // namespace balmer::io

// LAMOST's, SDSS's and DESI's own formats.
#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/text_number.h"
#include "engine/io/spectrum_kinds.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using spectrum::Medium;
using spectrum::Metadata;
using spectrum::Spectrum;

// The flags of SDSS's and-mask (bits of the SPPIXMASK set) that leave nothing of a sample: FULLREJECT, NOSKY,
// NODATA, COMBINEREJ, REDMONSTER. The others mark whole fibres or bright sky, which the inverse variance
// accounts for.
constexpr std::int64_t SDSS_FATAL = (1LL << 18) | (1LL << 22) | (1LL << 24) | (1LL << 25) | (1LL << 28);

std::optional<double> sane(std::optional<double> value, double from, double to) {
    return value && *value > from && *value < to ? value : std::nullopt;
}

std::optional<double> firstOf(const FitsHdu& hdu, std::initializer_list<std::string_view> keys, double from,
                              double to) {
    for (const std::string_view key : keys) {
        if (const auto value = sane(hdu.number(key), from, to)) return value;
    }
    return std::nullopt;
}

std::vector<double> logLinear(double c0, double c1, std::size_t n) {
    std::vector<double> wavelength(n);
    for (std::size_t i = 0; i < n; ++i)
        wavelength[i] = std::pow(10.0, c0 + c1 * static_cast<double>(i));
    return wavelength;
}

bool ascends(const std::vector<double>& values) {
    return std::adjacent_find(values.begin(), values.end(), [](double a, double b) { return !(a < b); }) ==
           values.end();
}

std::string padded(std::int64_t value, std::size_t width) {
    std::string text = std::to_string(value);
    return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

// The magnitude nearest to g. MAGTYPE names the filters of MAG1 … MAG7 letter by letter; 0, 99 and −999 stand
// for none.
std::optional<double> lamostMagnitude(const FitsHdu& hdu) {
    const std::string types = hdu.textOr("MAGTYPE");
    for (const char band : std::string_view("gVrBiuz")) {
        const std::size_t at = types.find(band);
        if (at == std::string::npos || at >= 7) continue;
        if (const auto value = sane(hdu.number("MAG" + std::to_string(at + 1)), 0, 40)) return value;
    }
    return firstOf(hdu, {"MAG_PS_G", "MAG_PS_R", "MAG_PS_I", "MAG_PS_Z", "MAG_PS_Y"}, 0, 40);
}

void describeLamost(Metadata& metadata, const FitsHdu& primary, const FitsHdu* extension,
                    const ReadOptions& options) {
    describe(metadata, primary, extension, options);
    metadata.object = primary.textOr("DESIG", primary.textOr("OBJNAME"));
    metadata.signalToNoise = firstOf(primary, {"SNRR", "SN_R", "SNRG", "SN_G", "SNRI", "SN_I"}, -900, 1e6);
    metadata.magnitude = lamostMagnitude(primary);
    metadata.redshift = sane(primary.number("Z"), -9, 50);
    const std::string type = primary.textOr("CLASS"), subtype = primary.textOr("SUBCLASS");
    metadata.spectralClass = subtype.empty() || subtype == "Non" ? type : type + " " + subtype;

    metadata.survey = primary.textOr("DATA_V");
    const std::string pipeline = primary.textOr("VERSPIPE");
    if (metadata.survey.empty()) {
        const bool first = pipeline.starts_with("v2.6") || pipeline.starts_with("2.6");
        const bool second = pipeline.starts_with("v2.7") || pipeline.starts_with("2.7");
        metadata.survey = first ? "LAMOST DR1" : second ? "LAMOST DR2" : "LAMOST";
    }
    const auto obsid = primary.integer("OBSID"); // "105172" whatever way it is written
    metadata.surveyId = obsid ? std::to_string(*obsid) : primary.textOr("OBSID");
    if (metadata.surveyId.empty()) {
        const auto day = primary.integer("LMJD"), spectrograph = primary.integer("SPID"),
                   fibre = primary.integer("FIBERID");
        if (day && spectrograph && fibre) {
            metadata.surveyId = std::to_string(*day) + "-" + primary.textOr("PLANID") + "_sp" +
                                padded(*spectrograph, 2) + "-" + padded(*fibre, 3);
        }
    }
}

// Filled from the one-row table SPECOBJ (lite and full files alike).
void describeSpecObj(Metadata& metadata, const FitsHdu& table, const ReadOptions& options) {
    const auto cell = [&](std::string_view name) -> std::string {
        const FitsColumn* column = table.column(name);
        return column == nullptr ? std::string() : table.cellText(*column, 0);
    };
    const auto number = [&](std::string_view name) { return core::parseDouble(cell(name)); };
    if (const auto position = spectrum::parsePosition(cell("PLUG_RA"), cell("PLUG_DEC")))
        metadata.position = position;
    metadata.redshift = sane(number("Z"), -9, 50);
    metadata.signalToNoise = sane(number("SN_MEDIAN_ALL"), -900, 1e6);
    const std::string type = cell("CLASS"), subtype = cell("SUBCLASS");
    metadata.spectralClass = subtype.empty() ? type : type + " " + subtype;
    const auto plate = core::parseInteger(cell("PLATE")), mjd = core::parseInteger(cell("MJD")),
               fibre = core::parseInteger(cell("FIBERID"));
    if (plate && mjd && fibre) {
        metadata.surveyId = padded(*plate, 4) + "-" + std::to_string(*mjd) + "-" + padded(*fibre, 4);
    }
    if (metadata.object.empty()) metadata.object = cell("BESTOBJID");
    // Nanomaggies in ugriz; g is the second.
    if (const FitsColumn* flux = table.column("SPECTROFLUX");
        flux != nullptr && flux->repeat == 5 && flux->isNumber()) {
        const auto values = table.numbers(*flux, 0, 1);
        if (values && (*values)[1] > 0) metadata.magnitude = 22.5 - 2.5 * std::log10((*values)[1]);
    }
    if (!options.header) return;
    for (const FitsColumn& column : table.columns()) {
        std::string text = table.cellText(column, 0);
        if (!text.empty()) metadata.header.push_back({column.name, std::move(text), "SPECOBJ"});
    }
}

void describeSdss(Metadata& metadata, const FitsHdu& primary, const FitsHdu* extension,
                  const ReadOptions& options) {
    describe(metadata, primary, extension, options);
    metadata.survey = "SDSS";
    // The primary's RA and DEC are the telescope's, not the object's.
    metadata.position = spectrum::parsePosition(primary.textOr("PLUG_RA", primary.textOr("RAOBJ")),
                                                primary.textOr("PLUG_DEC", primary.textOr("DECOBJ")));
    if (metadata.fluxUnit.empty()) metadata.fluxUnit = primary.textOr("BUNIT");
    const auto plate = primary.integer("PLATEID"), mjd = primary.integer("MJD"),
               fibre = primary.integer("FIBERID");
    if (plate && mjd && fibre) {
        metadata.surveyId = padded(*plate, 4) + "-" + std::to_string(*mjd) + "-" + padded(*fibre, 4);
    }
    // TAI in seconds since MJD 0; it was ahead of UTC by 32 s in 1999 and by 37 s from 2017 on.
    if (const auto seconds = firstOf(primary, {"TAI-BEG", "TAI"}, 4e9, 6e9)) {
        const double day = *seconds / 86400.0;
        const double ahead = day < 53736   ? 32
                             : day < 54832 ? 33
                             : day < 56109 ? 34
                             : day < 57204 ? 35
                             : day < 57754 ? 36
                                           : 37;
        metadata.mjd = day - ahead / 86400.0;
        metadata.observed = isoFromMjd(*metadata.mjd);
    }
}

} // namespace

bool isLamostImage(const FitsFile& file) {
    const FitsHdu& primary = file.primary();
    const std::string rows = core::lowerCase(primary.textOr("EXTEN0"));
    return primary.kind() == FitsHdu::Kind::Image && primary.axes().size() == 2 && primary.axes()[1] >= 3 &&
           rows.starts_with("flux") && rows.find("inverse") != std::string::npos;
}

Spectra readLamostImage(const FitsFile& file, const ReadOptions& options) {
    const FitsHdu& primary = file.primary();
    const std::size_t n = primary.axes()[0], rows = primary.axes()[1];
    std::string names = core::lowerCase(primary.textOr("EXTEN0"));
    std::replace(names.begin(), names.end(), ',', ' ');
    std::vector<std::string> words = core::splitList(names, ' ');
    std::erase_if(words, [](const std::string& word) { return word.empty(); });
    const auto row = [&](std::string_view word) -> std::optional<std::size_t> {
        const auto found = std::find(words.begin(), words.end(), word);
        const auto index = static_cast<std::size_t>(found - words.begin());
        return found == words.end() || index >= rows ? std::nullopt : std::optional(index);
    };
    BALMER_TRY(const std::vector<double> pixels, primary.pixels(0, n * rows));
    const auto values = [&](std::size_t r) {
        return std::vector<double>(pixels.begin() + static_cast<std::ptrdiff_t>(r * n),
                                   pixels.begin() + static_cast<std::ptrdiff_t>((r + 1) * n));
    };

    RawSpectrum raw;
    raw.medium = primary.logical("VACUUM").value_or(true) ? Medium::Vacuum : Medium::Air;
    raw.flux = values(0);
    if (const auto weights = row("inverse")) raw.inverseVariance = values(*weights);
    if (const auto flags = row("andmask")) {
        raw.mask.resize(n);
        for (std::size_t i = 0; i < n; ++i)
            raw.mask[i] = pixels[*flags * n + i] != 0;
    }
    const auto c0 = primary.number("COEFF0"), c1 = primary.number("COEFF1");
    const auto wavelengths = row("wavelength");
    raw.metadata.rule = wavelengths ? "lamost-lrs-image" : "lamost-lrs-image-dr1";
    if (wavelengths) raw.wavelength = values(*wavelengths);
    if (!wavelengths || !ascends(raw.wavelength)) {
        if (!c0 || !c1) {
            return fail(
                ErrorCode::Format,
                wavelengths
                    ? "the row of wavelengths does not ascend and the header has no COEFF0 and COEFF1 instead"
                    : "the header has no COEFF0 and COEFF1, and no row holds the wavelengths");
        }
        if (wavelengths)
            raw.metadata.warnings.push_back(
                "the row of wavelengths does not ascend; 10^(COEFF0 + COEFF1 i) was taken");
        raw.wavelength = logLinear(*c0, *c1, n);
    } else if (n > 0) {
        const auto pixel = primary.number("CRPIX1"), value = primary.number("CRVAL1"),
                   step = primary.number("CD1_1");
        if (pixel && value && step) {
            const double stated = std::pow(10.0, *value + (1 - *pixel) * *step);
            if (!(std::abs(stated - raw.wavelength.front()) < 1)) {
                raw.metadata.warnings.push_back(
                    "CRVAL1, CRPIX1 and CD1_1 contradict the row of wavelengths, which was taken");
            }
        }
    }
    describeLamost(raw.metadata, primary, nullptr, options);
    BALMER_TRY(Spectrum spectrum, makeSpectrum(std::move(raw)));
    return std::vector{std::move(spectrum)};
}

bool isLamostMediumResolution(const FitsFile& file) {
    return file.hdu("COADD_B") != nullptr || file.hdu("COADD_R") != nullptr ||
           (file.primary().textOr("TELESCOP") == "LAMOST" && file.primary().name() == "Information");
}

Spectra readLamostMediumResolution(const FitsFile&, const ReadOptions&) {
    return fail(ErrorCode::Unsupported, "a LAMOST medium-resolution file of two arms and single "
                                        "exposures; medium resolution is not read");
}

bool isLamostTable(const FitsFile& file) {
    if (file.primary().textOr("TELESCOP") != "LAMOST" || file.hdus().size() < 2) return false;
    const FitsHdu& table = file.hdus()[1];
    return table.column("FLUX") != nullptr && table.column("WAVELENGTH") != nullptr && table.rows() >= 1;
}

Spectra readLamostTable(const FitsFile& file, const ReadOptions& options) {
    const FitsHdu& table = file.hdus()[1];
    // One row of vectors, or one row a pixel.
    const std::size_t rows = table.column("FLUX")->repeat > 1 ? 1 : table.rows();
    RawSpectrum raw;
    raw.medium = file.primary().logical("VACUUM").value_or(true) ? Medium::Vacuum : Medium::Air;
    raw.metadata.rule = "lamost-lrs-table";
    BALMER_TRY(raw.flux, table.numbers(*table.column("FLUX"), 0, rows));
    BALMER_TRY(raw.wavelength, table.numbers(*table.column("WAVELENGTH"), 0, rows));
    if (const FitsColumn* weights = table.column("IVAR")) {
        BALMER_TRY(raw.inverseVariance, table.numbers(*weights, 0, rows));
    }
    if (const FitsColumn* flags = table.column("ANDMASK")) {
        BALMER_TRY(const std::vector<double> mask, table.numbers(*flags, 0, rows));
        raw.mask.resize(mask.size());
        std::transform(mask.begin(), mask.end(), raw.mask.begin(), [](double v) { return v != 0; });
    }
    describeLamost(raw.metadata, file.primary(), &table, options);
    BALMER_TRY(Spectrum spectrum, makeSpectrum(std::move(raw)));
    return std::vector{std::move(spectrum)};
}

bool isSdssSpec(const FitsFile& file) {
    if (file.hdus().size() < 2) return false;
    const FitsHdu& table = file.hdus()[1];
    return table.rows() >= 1 && table.column("flux") != nullptr && table.column("loglam") != nullptr &&
           table.column("ivar") != nullptr;
}

Spectra readSdssSpec(const FitsFile& file, const ReadOptions& options) {
    const FitsHdu& table = file.hdus()[1];
    const FitsColumn& flux = *table.column("flux");
    const std::size_t rows = flux.repeat > 1 ? 1 : table.rows();
    RawSpectrum raw;
    raw.medium = Medium::Vacuum;
    raw.metadata.rule = "sdss-spec";
    BALMER_TRY(raw.flux, table.numbers(flux, 0, rows));
    BALMER_TRY(raw.wavelength, table.numbers(*table.column("loglam"), 0, rows));
    for (double& value : raw.wavelength)
        value = std::pow(10.0, value);
    BALMER_TRY(raw.inverseVariance, table.numbers(*table.column("ivar"), 0, rows));
    if (const FitsColumn* flags = table.column("and_mask")) {
        BALMER_TRY(const std::vector<double> mask, table.numbers(*flags, 0, rows));
        raw.mask.resize(mask.size());
        std::transform(mask.begin(), mask.end(), raw.mask.begin(), [](double v) {
            return std::isfinite(v) && std::abs(v) < 9e15 && (static_cast<std::int64_t>(v) & SDSS_FATAL) != 0;
        });
    }
    describeSdss(raw.metadata, file.primary(), &table, options);
    const FitsHdu* object = file.hdu("SPECOBJ");
    if (object == nullptr) object = file.hdu("SPALL");
    if (object == nullptr && file.hdus().size() > 2) object = &file.hdus()[2];
    if (object != nullptr && object->rows() == 1) describeSpecObj(raw.metadata, *object, options);
    BALMER_TRY(Spectrum spectrum, makeSpectrum(std::move(raw)));
    return std::vector{std::move(spectrum)};
}

bool isSdssSpSpec(const FitsFile& file) {
    const FitsHdu& primary = file.primary();
    return primary.kind() == FitsHdu::Kind::Image && primary.axes().size() == 2 && primary.axes()[1] >= 3 &&
           core::lowerCase(primary.textOr("ARRAY1")) == "spectrum" && primary.number("COEFF0") &&
           primary.number("COEFF1");
}

Spectra readSdssSpSpec(const FitsFile& file, const ReadOptions& options) {
    const FitsHdu& primary = file.primary();
    const std::size_t n = primary.axes()[0], rows = primary.axes()[1];
    BALMER_TRY(const std::vector<double> pixels, primary.pixels(0, n * rows));
    RawSpectrum raw;
    raw.medium = primary.logical("VACUUM").value_or(true) ? Medium::Vacuum : Medium::Air;
    raw.metadata.rule = "sdss-spspec";
    raw.wavelength = logLinear(*primary.number("COEFF0"), *primary.number("COEFF1"), n);
    const auto at = [&](std::size_t row) { return pixels.begin() + static_cast<std::ptrdiff_t>(row * n); };
    raw.flux.assign(at(0), at(1));
    for (std::size_t row = 1; row < rows; ++row) {
        const std::string what = core::lowerCase(primary.textOr("ARRAY" + std::to_string(row + 1)));
        if (what == "error") raw.sigma.assign(at(row), at(row + 1));
        if (what == "mask") {
            raw.mask.resize(n);
            for (std::size_t i = 0; i < n; ++i) {
                const double value = pixels[row * n + i];
                raw.mask[i] = std::isfinite(value) && std::abs(value) < 9e15 &&
                              (static_cast<std::int64_t>(value) & SDSS_FATAL) != 0;
            }
        }
    }
    describeSdss(raw.metadata, primary, nullptr, options);
    raw.metadata.object = primary.textOr("OBJID");
    raw.metadata.signalToNoise = firstOf(primary, {"SN_R", "SN_G"}, -900, 1e6);
    raw.metadata.redshift = sane(primary.number("Z"), -9, 50);
    // Model magnitudes in ugriz.
    std::vector<std::string> magnitudes = core::splitList(primary.textOr("MAG"), ' ');
    std::erase_if(magnitudes, [](const std::string& word) { return word.empty(); });
    if (magnitudes.size() == 5) raw.metadata.magnitude = sane(core::parseDouble(magnitudes[1]), 0, 40);
    // SPEC_CLN, from SDSS's SpecClass.
    static constexpr std::array CLASSES{"", "STAR", "GALAXY", "QSO", "QSO", "SKY", "STAR LATE"};
    if (const auto type = primary.integer("SPEC_CLN"); type && *type > 0 && *type < 7) {
        raw.metadata.spectralClass = CLASSES[static_cast<std::size_t>(*type)];
    }
    BALMER_TRY(Spectrum spectrum, makeSpectrum(std::move(raw)));
    return std::vector{std::move(spectrum)};
}

bool isDesiFile(const FitsFile& file) {
    return file.hdu("FIBERMAP") != nullptr &&
           (file.hdu("B_WAVELENGTH") != nullptr || file.hdu("R_WAVELENGTH") != nullptr);
}

Spectra readDesiFile(const FitsFile& file, const ReadOptions&) {
    const std::size_t objects = file.hdu("FIBERMAP")->rows();
    return fail(ErrorCode::Unsupported, "a DESI file of " + std::to_string(objects) +
                                            " objects in three arms each; such files are not read");
}

} // namespace balmer::io

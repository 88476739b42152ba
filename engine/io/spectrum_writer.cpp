#include "engine/io/spectrum_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <set>

#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/memory_fits.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using spectrum::Medium;
using spectrum::Spectrum;

constexpr int GZIP_LEVEL = 1;

// Keywords that describe the file's own layout and are never copied from another's header.
bool structural(const std::string& key) {
    static const std::set<std::string> KEYS{
        "SIMPLE",  "BITPIX",   "NAXIS",  "EXTEND",   "END",      "XTENSION", "PCOUNT",  "GCOUNT",
        "TFIELDS", "GROUPS",   "BSCALE", "BZERO",    "BLANK",    "CHECKSUM", "DATASUM", "EXTNAME",
        "EXTVER",  "CONTINUE", "CRVAL1", "CRPIX1",   "CD1_1",    "CDELT1",   "CTYPE1",  "CUNIT1",
        "DC-FLAG", "COEFF0",   "COEFF1", "WAT0_001", "WAT1_001", "VERSPIPE", "ZIMAGE",  "UT"};
    return KEYS.contains(key) || key.starts_with("NAXIS") || key.starts_with("TTYPE") ||
           key.starts_with("TFORM") || key.starts_with("TUNIT");
}

bool validKey(const std::string& key) {
    return !key.empty() && key.size() <= 8 && std::all_of(key.begin(), key.end(), [](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
}

} // namespace

core::Result<std::string> lamostImageBytes(const Spectrum& s, const WriteOptions& options) {
    if (auto valid = s.validate(); !valid)
        return fail(ErrorCode::InvalidArgument, "the spectrum cannot be written: " + valid.error().message());
    const std::size_t n = s.size();
    std::vector<float> pixels(5 * n);
    for (std::size_t i = 0; i < n; ++i) {
        pixels[i] = s.flux[i];
        pixels[n + i] = s.inverseVariance.empty() ? (s.good(i) ? 1.0F : 0.0F) : s.inverseVariance[i];
        pixels[2 * n + i] = static_cast<float>(s.axis.wavelengthAngstrom()[i]);
        if (i > 0 && !(pixels[2 * n + i] > pixels[2 * n + i - 1])) {
            return fail(
                ErrorCode::InvalidArgument,
                "the wavelengths are closer together than the float32 of a LAMOST image can tell apart");
        }
        pixels[3 * n + i] = pixels[4 * n + i] = !s.mask.empty() && s.mask[i] != 0 ? 1.0F : 0.0F;
    }

    MemoryFits fits;
    fits.image(n, 5, pixels);
    std::set<std::string> written;
    const auto text = [&](const char* key, const std::string& value, const char* comment) {
        if (value.empty() || !written.insert(key).second) return;
        fits.text(key, value, comment);
    };
    const auto number = [&](const char* key, std::optional<double> value, const char* comment) {
        if (!value || !std::isfinite(*value) || !written.insert(key).second) return;
        fits.number(key, *value, comment);
    };
    const spectrum::Metadata& m = s.metadata;
    text("FILENAME", m.id.empty() ? std::string() : m.id + ".fits", "");
    if (const auto obsid = core::parseInteger(m.surveyId);
        obsid && std::to_string(*obsid) == m.surveyId && *obsid < (std::int64_t{1} << 53)) {
        number("OBSID", static_cast<double>(*obsid), "Unique number ID of this spectrum");
    } else {
        text("OBSID", m.surveyId, "Unique ID of this spectrum");
    }
    text("DATA_V", m.survey, "Data release version");
    text("EXTEN0", "Flux, Inverse, Wavelength, Andmask, Ormask", "Rows of the image");
    text("DESIG", m.object, "Designation of the target");
    text("OBJECT", m.object, "Name of the object");
    if (m.position) {
        number("RA", m.position->raDegrees, "[deg] Right ascension");
        number("DEC", m.position->decDegrees, "[deg] Declination");
        text("RADECSYS", "FK5", "Equatorial coordinate system");
        number("EQUINOX", 2000.0, "Equinox in years");
    }
    text("DATE-OBS", m.observed, "UTC of the observation");
    number("MJD", m.mjd, "Modified Julian Day");
    fits.logical("VACUUM", s.axis.medium() != Medium::Air, "Wavelengths are in vacuum");
    written.insert("VACUUM");
    number("SNRR", m.signalToNoise, "Signal to noise, r band");
    number("SNRG", m.signalToNoise, "Signal to noise, g band");
    if (m.magnitude) {
        text("MAGTYPE", "g", "Filter of MAG1");
        number("MAG1", m.magnitude, "[mag] Magnitude");
    }
    number("Z", m.redshift, "Redshift");
    const std::size_t blank = m.spectralClass.find(' ');
    text("CLASS", m.spectralClass.substr(0, blank), "Class of the object");
    if (blank != std::string::npos)
        text("SUBCLASS", m.spectralClass.substr(blank + 1), "Subclass of the object");
    text("BUNIT", m.fluxUnit, "Unit of the flux");
    for (const spectrum::HeaderCard& card : m.header) {
        if (card.key == "COMMENT" || card.key == "HISTORY") {
            fits.remark(card.key, card.value);
            continue;
        }
        if (!validKey(card.key) || structural(card.key) || !written.insert(card.key).second) continue;
        const auto value = core::parseDouble(card.value);
        if (card.value == "T" || card.value == "F") {
            fits.logical(card.key, card.value == "T", card.comment);
        } else if (value && std::isfinite(*value)) {
            fits.number(card.key, *value, card.comment);
        } else {
            fits.text(card.key, card.value, card.comment);
        }
    }
    BALMER_TRY(std::string bytes, fits.bytes());
    return options.gzip ? gzip(bytes, GZIP_LEVEL) : core::Result<std::string>(std::move(bytes));
}

core::Status writeLamostImage(const std::filesystem::path& file, const Spectrum& spectrum,
                              const WriteOptions& options) {
    BALMER_TRY(const std::string bytes, lamostImageBytes(spectrum, options));
    return core::writeFile(file, bytes);
}

core::Result<std::string> spectrumTableBytes(const Spectrum& s) {
    if (auto valid = s.validate(); !valid)
        return fail(ErrorCode::InvalidArgument, "the spectrum cannot be written: " + valid.error().message());
    const spectrum::Metadata& m = s.metadata;
    const bool air = s.axis.medium() == Medium::Air;
    const auto waves = s.axis.wavelengthAngstrom();
    std::vector<MemoryFits::Column> columns(2);
    columns[0] = {"WAVE",
                  "Angstrom",
                  air ? "em.wl;obs.atmos" : "em.wl",
                  "spec:Data.SpectralAxis.Value",
                  false,
                  {waves.begin(), waves.end()}};
    columns[1] = {"FLUX", m.fluxUnit, "phot.flux.density;em.wl", "spec:Data.FluxAxis.Value", true, {}};
    if (!s.inverseVariance.empty())
        columns.push_back({"ERR",
                           m.fluxUnit,
                           "stat.error;phot.flux.density;em.wl",
                           "spec:Data.FluxAxis.Accuracy.StatError",
                           false,
                           {}});
    for (std::size_t i = 0; i < s.size(); ++i) {
        const bool good = s.good(i);
        columns[1].values.push_back(good ? s.flux[i] : std::nan(""));
        if (columns.size() > 2)
            columns[2].values.push_back(good ? 1 / std::sqrt(double{s.inverseVariance[i]}) : std::nan(""));
    }

    MemoryFits fits;
    fits.table("SPECTRUM", columns);
    const auto text = [&](const char* key, const std::string& value, const char* comment) {
        if (!value.empty()) fits.text(key, value, comment);
    };
    const auto number = [&](const char* key, std::optional<double> value, const char* comment) {
        if (value && std::isfinite(*value)) fits.number(key, *value, comment);
    };
    text("OBJECT", m.object.empty() ? m.id : m.object, "Name of the object");
    if (m.position) {
        number("RA", m.position->raDegrees, "[deg] Right ascension, ICRS");
        number("DEC", m.position->decDegrees, "[deg] Declination, ICRS");
        text("RADESYS", "ICRS", "Frame of the position");
    }
    text("DATE-OBS", m.observed, "UTC of the observation");
    number("SNR", m.signalToNoise, "Signal to noise");
    text("SURVEY", m.survey, "Where it was observed");
    if (s.axis.medium() != Medium::Unknown)
        fits.logical("VACUUM", !air, air ? "Wavelengths are in air" : "Wavelengths are in vacuum");
    return fits.bytes();
}

core::Status writeSpectrumTable(const std::filesystem::path& file, const Spectrum& spectrum) {
    BALMER_TRY(const std::string bytes, spectrumTableBytes(spectrum));
    return core::writeFile(file, bytes);
}

core::Status writeText(const std::filesystem::path& file, const Spectrum& s, const WriteOptions& options) {
    if (auto valid = s.validate(); !valid)
        return fail(ErrorCode::InvalidArgument, "the spectrum cannot be written: " + valid.error().message());
    std::string out;
    if (!s.metadata.id.empty()) out += "# id: " + s.metadata.id + "\n";
    if (!s.metadata.object.empty()) out += "# object: " + s.metadata.object + "\n";
    if (s.axis.medium() != Medium::Unknown)
        out += "# medium: " + std::string(toString(s.axis.medium())) + "\n";
    out += "wavelength,flux";
    if (!s.inverseVariance.empty()) out += ",error";
    if (!s.mask.empty()) out += ",mask";
    out += '\n';
    for (std::size_t i = 0; i < s.size(); ++i) {
        out += core::formatDouble(s.axis.wavelengthAngstrom()[i]) + "," + core::formatFloat(s.flux[i]);
        if (!s.inverseVariance.empty()) {
            // With all its digits, so that 1/σ² gives the same float32 again.
            const double weight = s.inverseVariance[i];
            out += "," + (weight > 0 ? core::formatDouble(1 / std::sqrt(weight)) : std::string("inf"));
        }
        if (!s.mask.empty()) out += s.mask[i] != 0 ? ",1" : ",0";
        out += '\n';
    }
    if (options.gzip) {
        BALMER_TRY(out, gzip(out, GZIP_LEVEL));
    }
    return core::writeFile(file, out);
}

} // namespace balmer::io

// FITS: which kind a file is, and the kinds that are nobody's own: linear images and tables of samples.
#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

#include "engine/core/text_number.h"
#include "engine/io/spectrum_kinds.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using spectrum::Medium;
using spectrum::Metadata;
using spectrum::Spectrum;

// The unit that a card such as "wtype=linear label=Wavelength units=angstroms" names.
std::string irafUnits(std::string_view attributes) {
    const std::size_t at = attributes.find("units=");
    if (at == std::string_view::npos) return {};
    const std::string_view rest = attributes.substr(at + 6);
    return std::string(rest.substr(0, rest.find(' ')));
}

// "WAVELENGTH [Ang]" names its unit in CTYPE1.
std::string bracketed(std::string_view text) {
    const std::size_t open = text.find('['), close = text.find(']');
    return open != std::string_view::npos && close != std::string_view::npos && close > open
               ? std::string(text.substr(open + 1, close - open - 1))
               : std::string();
}

std::string lengths(const std::vector<std::size_t>& axes) {
    std::string text;
    for (const std::size_t axis : axes)
        text += (text.empty() ? "" : " × ") + std::to_string(axis);
    return text;
}

bool isOndrejov(const FitsHdu& hdu) {
    return hdu.textOr("OBSERVAT") == "ONDREJOV" || hdu.textOr("TELESCOP") == "ZEISS-2m" ||
           hdu.textOr("DS_IDPUB").starts_with("ivo://asu.cas.cz/") ||
           hdu.textOr("VOPUB").starts_with("ivo://asu.cas.cz");
}

// The length of an image that is one-dimensional, whatever axes of length 1 follow; 0 for others.
std::size_t lineLength(const FitsHdu& hdu) {
    if (hdu.kind() != FitsHdu::Kind::Image || hdu.axes().empty()) return 0;
    const bool line =
        std::all_of(hdu.axes().begin() + 1, hdu.axes().end(), [](std::size_t axis) { return axis == 1; });
    return line && hdu.axes()[0] >= 2 ? hdu.axes()[0] : 0;
}

struct TableColumns {
    const FitsColumn* wavelength = nullptr;
    bool logarithmic = false;
    const FitsColumn* flux = nullptr;
    const FitsColumn* sigma = nullptr;
    const FitsColumn* inverseVariance = nullptr;
    const FitsColumn* mask = nullptr;
};

// The columns by utype, else by UCD, else by name; spec: before other models, "meta.main" before the rest,
// and the first of equals.
TableColumns chooseColumns(const FitsHdu& table) {
    TableColumns chosen;
    std::array<int, 7> best{};
    const auto offer = [&](ColumnRole role, const FitsColumn& column, int rank) {
        int& reached = best[static_cast<std::size_t>(role)];
        if (role == ColumnRole::None || rank <= reached) return;
        reached = rank;
        switch (role) {
        case ColumnRole::Wavelength:
        case ColumnRole::LogWavelength:
            if (std::max(best[static_cast<std::size_t>(ColumnRole::Wavelength)],
                         best[static_cast<std::size_t>(ColumnRole::LogWavelength)]) > rank) {
                return;
            }
            chosen.wavelength = &column;
            chosen.logarithmic = role == ColumnRole::LogWavelength;
            break;
        case ColumnRole::Flux:
            chosen.flux = &column;
            break;
        case ColumnRole::Sigma:
            chosen.sigma = &column;
            break;
        case ColumnRole::InverseVariance:
            chosen.inverseVariance = &column;
            break;
        case ColumnRole::Mask:
            chosen.mask = &column;
            break;
        case ColumnRole::None:
            break;
        }
    };
    for (const FitsColumn& column : table.columns()) {
        if (!column.isNumber()) continue;
        const std::string utype = core::lowerCase(column.utype);
        const bool own = utype.starts_with("spec:") || utype.starts_with("spectrum.") ||
                         utype.find(':') == std::string::npos;
        const int bonus = column.ucd.find("meta.main") != std::string::npos ? 1 : 0;
        const ColumnRole byUtype = roleOfUtype(column.utype), byUcd = roleOfUcd(column.ucd);
        offer(byUtype, column, (own ? 50 : 30) + bonus);
        if (byUtype == ColumnRole::None) offer(byUcd, column, 20 + bonus);
        if (byUtype == ColumnRole::None && byUcd == ColumnRole::None)
            offer(roleOfName(column.name), column, 10);
    }
    return chosen;
}

// What a file is that holds no spectrum of a kind that is read.
core::Error whatItIs(const FitsFile& file) {
    const FitsHdu& primary = file.primary();
    const auto unsupported = [](std::string what) {
        return core::Error(ErrorCode::Unsupported, std::move(what));
    };
    const auto noSpectrum = [](std::string what) { return core::Error(ErrorCode::Format, std::move(what)); };
    for (const FitsHdu& hdu : file.hdus()) {
        if (hdu.compressedImage())
            return unsupported("a tile-compressed image; it is not unpacked here (funpack does it)");
    }
    if (!file.warning().empty()) return noSpectrum(file.warning());
    for (const FitsHdu& hdu : file.hdus()) {
        if (hdu.textOr("CTYPE1").starts_with("MULTISPE")) {
            return unsupported("an IRAF multispec image of several orders or apertures (" +
                               lengths(hdu.axes()) + "); such images are not read");
        }
    }
    const FitsHdu* image = nullptr;
    for (const FitsHdu& hdu : file.hdus()) {
        if (image == nullptr && hdu.kind() == FitsHdu::Kind::Image && hdu.axes().size() >= 2) image = &hdu;
    }
    if (image != nullptr) {
        const std::string type = image->textOr("CTYPE1");
        if (type.starts_with("RA--") || type.starts_with("DEC-") || type.starts_with("GLON")) {
            return noSpectrum("an image of the sky (" + lengths(image->axes()) + " pixels), not a spectrum");
        }
        if (std::find(image->axes().begin(), image->axes().end(), std::size_t{0}) == image->axes().end()) {
            return noSpectrum("an image of " + lengths(image->axes()) +
                              " pixels, not a spectrum of a known kind");
        }
    }
    for (const FitsHdu& hdu : file.hdus()) {
        if (hdu.kind() != FitsHdu::Kind::Table) continue;
        const auto has = [&](std::initializer_list<std::string_view> names) {
            return std::any_of(names.begin(), names.end(),
                               [&](auto name) { return hdu.column(name) != nullptr; });
        };
        const std::string what = "a table of " + std::to_string(hdu.rows()) + " rows and " +
                                 std::to_string(hdu.columns().size()) + " columns";
        if (has({"ra", "raj2000", "ra_deg"}) && has({"dec", "dej2000", "dec_deg"})) {
            return noSpectrum(what + " with positions, not a spectrum");
        }
        return noSpectrum(what + ", none of which is a spectral axis with a flux");
    }
    for (const FitsHdu& hdu : file.hdus()) {
        if (hdu.textOr("XTENSION") == "TABLE")
            return unsupported("an ASCII table of the old FITS kind; such tables are not read");
        if (hdu.logical("GROUPS").value_or(false))
            return noSpectrum("random groups of an interferometer, not a spectrum");
    }
    if (primary.axes().empty() && file.hdus().size() == 1)
        return noSpectrum("the FITS file holds a header and no data");
    return noSpectrum("the FITS file holds no spectrum of a known kind");
}

void addTo(std::vector<Spectrum>& all, std::vector<Spectrum> more) {
    std::move(more.begin(), more.end(), std::back_inserter(all));
}

} // namespace

Medium mediumOf(const FitsHdu& hdu) {
    if (const auto vacuum = hdu.logical("VACUUM")) return *vacuum ? Medium::Vacuum : Medium::Air;
    for (const std::string_view key : {"AIRORVAC", "VACUUM", "WAVEMED"}) {
        const std::string said = core::lowerCase(hdu.textOr(key));
        if (said.starts_with("vac")) return Medium::Vacuum;
        if (said.starts_with("air")) return Medium::Air;
    }
    const std::string type = hdu.textOr("CTYPE1");
    if (type == "AWAV" || type.starts_with("AWAV-")) return Medium::Air;
    if (type == "WAVE" || type.starts_with("WAVE-")) return Medium::Vacuum;
    return isOndrejov(hdu) ? Medium::Air : Medium::Unknown;
}

void describe(Metadata& metadata, const FitsHdu& primary, const FitsHdu* extension,
              const ReadOptions& options) {
    const auto text = [&](std::string_view key) {
        const std::string own = extension != nullptr ? extension->textOr(key) : std::string();
        return own.empty() ? primary.textOr(key) : own;
    };
    const auto number = [&](std::string_view key) {
        const auto own = extension != nullptr ? extension->number(key) : std::nullopt;
        return own ? own : primary.number(key);
    };
    for (const std::string_view key : {"OBJECT", "TARGNAME", "OBJNAME"}) {
        if (metadata.object.empty()) metadata.object = text(key);
    }
    metadata.position = spectrum::parsePosition(text("RA"), text("DEC"));
    auto equinox = number("EQUINOX");
    if (!equinox) equinox = number("EPOCH");
    const bool ofDate = equinox && *equinox > 1850 && *equinox < 2100 && std::abs(*equinox - 2000) > 1e-3 &&
                        text("RADECSYS") != "ICRS";
    // Ondřejov's camera of the 2010s writes the date of the observation as EQUINOX beside positions that are
    // J2000 all the same: its archive publishes the same exposures (V509 Cas of 2010, γ Cas of 2011) with
    // these very numbers as ICRS.
    const bool mistaken = ofDate && isOndrejov(primary) && *equinox >= 2010;
    if (metadata.position && mistaken) {
        metadata.warnings.push_back("EQUINOX " + core::formatDouble(*equinox) +
                                    " is the date of the observation; the position is taken as J2000");
    } else if (metadata.position && ofDate) {
        metadata.position = spectrum::precessedToJ2000(*metadata.position, *equinox);
        metadata.warnings.push_back("the position was moved from equinox " + core::formatDouble(*equinox) +
                                    " to J2000");
    }

    const std::string date = text("DATE-OBS"), time = text("UT");
    metadata.observed = isoDate(date);
    if (metadata.observed.size() == 10 && !isoDate(metadata.observed + "T" + time).empty())
        metadata.observed += "T" + time;
    metadata.mjd = mjdFromDate(metadata.observed);
    if (!metadata.mjd) {
        for (const std::string_view key : {"MJD-OBS", "TMID", "MJD", "DATE-OBS"}) {
            const auto value = number(key);
            if (!metadata.mjd && value && *value > 10000 && *value < 100000) metadata.mjd = value;
        }
        if (metadata.observed.empty() && metadata.mjd) {
            metadata.observed = isoFromMjd(*metadata.mjd);
            if (*metadata.mjd == std::floor(*metadata.mjd))
                metadata.observed.resize(10); // a day, not midnight
        }
    }
    if (isOndrejov(primary) || (extension != nullptr && isOndrejov(*extension))) metadata.survey = "Ondřejov";
    metadata.surveyId = text("DS_IDPUB");
    if (metadata.fluxUnit.empty()) metadata.fluxUnit = extension == nullptr ? primary.textOr("BUNIT") : "";
    for (const std::string_view key : {"SNR", "SPEC_SNR", "DER_SNR"}) {
        const auto value = number(key);
        if (!metadata.signalToNoise && value && *value > 0) metadata.signalToNoise = value;
    }

    if (!options.header) return;
    metadata.header = primary.cards();
    if (extension != nullptr) {
        metadata.header.insert(metadata.header.end(), extension->cards().begin(), extension->cards().end());
    }
    std::erase_if(metadata.header, [](const spectrum::HeaderCard& card) {
        return card.key.empty() || (card.value.empty() && (card.key == "COMMENT" || card.key == "HISTORY"));
    });
}

Spectra readLinearImage(const FitsFile& file, const FitsHdu& image, const ReadOptions& options) {
    const std::size_t n = lineLength(image);
    const auto start = image.number("CRVAL1");
    auto step = image.number("CD1_1");
    if (!step || *step == 0) step = image.number("CDELT1");
    const double pixel = image.number("CRPIX1").value_or(1);
    const std::string type = image.textOr("CTYPE1");
    const std::string kind = core::lowerCase(type);
    if (!start || !step || *step == 0) {
        return fail(ErrorCode::Format,
                    "a row of " + std::to_string(n) +
                        " pixels without CRVAL1 and CD1_1 or CDELT1, so that no wavelength is known");
    }
    if (kind.starts_with("vrad") || kind.starts_with("velo") || kind.starts_with("vopt") ||
        kind.starts_with("radi") || kind.starts_with("felo")) {
        return fail(ErrorCode::Unsupported,
                    "a spectrum on a velocity axis (CTYPE1 " + type + "); such axes are not read");
    }
    if (kind.starts_with("ra--") || kind.starts_with("dec-") || kind == "pixel" || kind == "time") {
        return fail(ErrorCode::Format,
                    "a row of " + std::to_string(n) + " pixels along " + type + ", not a spectrum");
    }

    RawSpectrum raw;
    raw.metadata.rule = "linear-image";
    BALMER_TRY(const std::vector<double> pixels, image.pixels(0, n));
    raw.flux.assign(pixels.begin(), pixels.end());
    raw.wavelength.resize(n);
    bool logarithmic = image.number("DC-FLAG").value_or(0) == 1;
    // Some writers forget DC-FLAG: 3.5 is log10 of 3162 Å and no wavelength in any unit that is left unsaid.
    const double last = *start + (static_cast<double>(n) - pixel) * *step;
    if (!logarithmic && *start > 3 && *start < 4.5 && last > 3 && last < 4.5) {
        logarithmic = true;
        raw.metadata.warnings.push_back(
            "the axis is taken as log10 of the wavelength, which its values look like");
    }
    const bool natural = kind.ends_with("-log");
    for (std::size_t i = 0; i < n; ++i) {
        const double offset = (static_cast<double>(i) + 1 - pixel) * *step;
        raw.wavelength[i] = natural       ? *start * std::exp(offset / *start)
                            : logarithmic ? std::pow(10.0, *start + offset)
                                          : *start + offset;
    }

    std::string unit = irafUnits(image.textOr("WAT1_001"));
    if (unit.empty()) unit = image.textOr("CUNIT1");
    if (unit.empty()) unit = bracketed(type);
    if (unit.empty() && (kind.starts_with("wave") || kind.starts_with("awav")) &&
        !looksLikeAngstrom(*start, last))
        unit = "m";
    const auto scale = spectralUnit(unit);
    if (!unit.empty() && !scale) {
        return fail(ErrorCode::Unsupported,
                    "the unit of the axis, \"" + unit +
                        "\", is none of a wavelength, frequency or energy that is known");
    }
    if (unit.empty()) {
        if (!looksLikeAngstrom(raw.wavelength.front(), raw.wavelength.back())) {
            return fail(ErrorCode::Format, "the axis runs from " +
                                               core::formatDouble(raw.wavelength.front()) + " to " +
                                               core::formatDouble(raw.wavelength.back()) +
                                               " in a unit that the header does not name");
        }
        raw.metadata.warnings.push_back("the header names no unit of the axis; ångström was taken");
    } else {
        for (double& value : raw.wavelength)
            value = scale->angstrom(value);
    }
    raw.medium = mediumOf(image);
    if (raw.medium == Medium::Unknown) raw.medium = mediumOf(file.primary());
    if (scale && scale->inverse) raw.medium = Medium::Vacuum;
    describe(raw.metadata, file.primary(), &image == &file.primary() ? nullptr : &image, options);
    BALMER_TRY(Spectrum spectrum, makeSpectrum(std::move(raw)));
    return std::vector{std::move(spectrum)};
}

Spectra readSpectrumTables(const FitsFile& file, const ReadOptions& options) {
    std::vector<Spectrum> all;
    std::optional<core::Error> firstError;
    for (const FitsHdu& table : file.hdus()) {
        if (table.kind() != FitsHdu::Kind::Table || table.rows() == 0) continue;
        const TableColumns columns = chooseColumns(table);
        if (columns.wavelength == nullptr || columns.flux == nullptr) continue;
        if (table.column("DataSpectralPassBand") != nullptr) {
            return fail(ErrorCode::Unsupported, "a spectral energy distribution of " +
                                                    std::to_string(table.rows()) +
                                                    " photometric points, not a spectrum");
        }
        const std::size_t repeat = columns.flux->repeat;
        const bool vectors = repeat > 1;
        if (repeat == 0 || columns.wavelength->repeat != repeat) continue;
        const std::size_t count = vectors ? table.rows() : 1, rows = vectors ? 1 : table.rows();
        if (all.size() + count > options.spectraLimit) {
            return fail(ErrorCode::ResourceExhausted,
                        "the table holds " + std::to_string(count) + " spectra; at most " +
                            std::to_string(options.spectraLimit) + " are taken from one file");
        }
        std::string unit = columns.wavelength->unit;
        const auto scale = spectralUnit(unit);
        if (!unit.empty() && !scale && !columns.logarithmic) {
            if (!firstError) {
                firstError.emplace(ErrorCode::Unsupported,
                                   "the unit of the spectral axis, \"" + unit +
                                       "\", is none of a wavelength, frequency or energy that is known");
            }
            continue;
        }
        for (std::size_t row = 0; row < count; ++row) {
            const auto one = [&]() -> core::Result<Spectrum> {
                RawSpectrum raw;
                const auto take = [&](const FitsColumn* column, std::vector<double>& into) -> core::Status {
                    if (column == nullptr || column->repeat != repeat) return {};
                    BALMER_TRY(into, table.numbers(*column, row, rows));
                    return {};
                };
                BALMER_CHECK(take(columns.wavelength, raw.wavelength));
                BALMER_CHECK(take(columns.flux, raw.flux));
                BALMER_CHECK(take(columns.sigma, raw.sigma));
                BALMER_CHECK(take(columns.inverseVariance, raw.inverseVariance));
                if (columns.mask != nullptr && columns.mask->repeat == repeat) {
                    BALMER_TRY(const std::vector<double> mask, table.numbers(*columns.mask, row, rows));
                    raw.mask.resize(mask.size());
                    std::transform(mask.begin(), mask.end(), raw.mask.begin(),
                                   [](double v) { return v != 0; });
                }
                if (columns.logarithmic) {
                    for (double& value : raw.wavelength)
                        value = std::pow(10.0, value);
                } else if (scale) {
                    for (double& value : raw.wavelength)
                        value = scale->angstrom(value);
                } else if (!raw.wavelength.empty()) {
                    raw.metadata.warnings.push_back(
                        "the table names no unit of the axis; ångström was taken");
                }

                const std::string words = columns.wavelength->comment + " " + columns.wavelength->name;
                raw.medium = columns.wavelength->ucd.find("obs.atmos") != std::string::npos
                                 ? Medium::Air
                                 : mediumSaid(words);
                if (raw.medium == Medium::Unknown) raw.medium = mediumOf(table);
                if (raw.medium == Medium::Unknown) raw.medium = mediumOf(file.primary());
                // ESO's science data products mark axes in air with obs.atmos and leave those in vacuum
                // plain.
                if (raw.medium == Medium::Unknown &&
                    file.primary().textOr("PRODCATG").starts_with("SCIENCE.SPECTRUM") &&
                    columns.wavelength->ucd.starts_with("em.wl")) {
                    raw.medium = Medium::Vacuum;
                }
                if (scale && scale->inverse) raw.medium = Medium::Vacuum;
                raw.metadata.fluxUnit = columns.flux->unit;
                describe(raw.metadata, file.primary(), &table, options);
                raw.metadata.rule = raw.metadata.survey == "Ondřejov" ? "ondrejov-ssap" : "spectrum-table";
                return makeSpectrum(std::move(raw));
            }();
            if (one) {
                all.push_back(std::move(*one));
            } else if (!firstError) {
                firstError = one.error();
            }
        }
    }
    if (all.empty() && firstError) return fail(*firstError);
    return all;
}

Spectra readFits(std::span<const std::byte> bytes, const ReadOptions& options) {
    BALMER_TRY(const FitsFile file, FitsFile::parse(bytes));
    const auto withWarning = [&](Spectra spectra) -> Spectra {
        if (spectra && !file.warning().empty()) {
            for (Spectrum& spectrum : *spectra)
                spectrum.metadata.warnings.push_back(file.warning());
        }
        return spectra;
    };
#define BALMER_ASK(format)                                                                                   \
    if (is##format(file)) return withWarning(read##format(file, options));
    BALMER_FITS_FORMATS(BALMER_ASK)
#undef BALMER_ASK

    BALMER_TRY(std::vector<Spectrum> all, readSpectrumTables(file, options));
    std::optional<core::Error> firstError;
    for (const FitsHdu& hdu : file.hdus()) {
        if (lineLength(hdu) == 0 || hdu.textOr("CTYPE1").starts_with("MULTISPE")) continue;
        // Where tables hold spectra, an image without an axis beside them is theirs.
        if (!all.empty() && !hdu.number("CRVAL1")) continue;
        auto image = readLinearImage(file, hdu, options);
        if (image) {
            addTo(all, std::move(*image));
        } else if (!firstError) {
            firstError = image.error();
        }
    }
    if (!all.empty()) return withWarning(std::move(all));
    core::Error what = whatItIs(file);
    // A row of pixels without an axis says less than a damaged file or a compressed image beside it.
    if (firstError && file.warning().empty() && what.code() != ErrorCode::Unsupported)
        return fail(*firstError);
    return fail(std::move(what));
}

} // namespace balmer::io

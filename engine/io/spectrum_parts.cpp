#include "engine/io/spectrum_parts.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "engine/core/text_number.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using spectrum::Medium;

// Below and above these magnitudes of flux, 1/σ² of usual errors leaves the range of float32.
constexpr double SMALLEST_FLUX = 1e-10, LARGEST_FLUX = 1e15;

template <typename T>
void keep(std::vector<T>& values, std::size_t first, std::size_t end) {
    if (values.empty()) return;
    values.erase(values.begin() + static_cast<std::ptrdiff_t>(end), values.end());
    values.erase(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(first));
}

bool leapYear(int year) {
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

// Days from 1858-11-17 (MJD 0) to a date of the Gregorian calendar.
long daysFromCivil(int year, int month, int day) {
    // Fliegel & Van Flandern (1968, CACM 11, 657).
    const long a = (month - 14) / 12;
    const long julian = (1461L * (year + 4800 + a)) / 4 + (367L * (month - 2 - 12 * a)) / 12 -
                        (3L * ((year + 4900 + a) / 100)) / 4 + day - 32075;
    return julian - 2400001;
}

struct Date {
    int year = 0, month = 0, day = 0;
    std::optional<std::array<double, 3>> time;
};

std::optional<Date> parseDate(std::string_view text) {
    text = core::trimmed(text);
    if (text.ends_with('Z')) text.remove_suffix(1);
    Date date;
    const auto number = [](std::string_view part) -> int {
        const auto value = core::parseInteger(part);
        return value && *value >= 0 && *value <= 9999 ? static_cast<int>(*value) : -1;
    };
    if (text.size() >= 10 && text[4] == '-' && text[7] == '-') {
        date.year = number(text.substr(0, 4));
        date.month = number(text.substr(5, 2));
        date.day = number(text.substr(8, 2));
        if (text.size() > 11 && (text[10] == 'T' || text[10] == ' ')) {
            const auto parts = core::splitList(text.substr(11), ':');
            std::array<double, 3> time{};
            if (parts.size() < 2 || parts.size() > 3) return std::nullopt;
            for (std::size_t i = 0; i < parts.size(); ++i) {
                const auto value = core::parseDouble(parts[i]);
                if (!value || !(*value >= 0) || *value > 61) return std::nullopt;
                time[i] = *value;
            }
            date.time = time;
        } else if (text.size() > 10) {
            return std::nullopt;
        }
    } else if (text.size() == 8 && text[2] == '/' && text[5] == '/') {
        date.day = number(text.substr(0, 2));
        date.month = number(text.substr(3, 2));
        date.year = 1900 + number(text.substr(6, 2));
    } else {
        return std::nullopt;
    }
    static constexpr std::array DAYS{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (date.year < 1600 || date.month < 1 || date.month > 12 || date.day < 1) return std::nullopt;
    const int days =
        date.month == 2 && leapYear(date.year) ? 29 : DAYS[static_cast<std::size_t>(date.month - 1)];
    return date.day <= days ? std::optional(date) : std::nullopt;
}

} // namespace

bool endsWithoutCase(std::string_view text, std::string_view ending) {
    return text.size() >= ending.size() &&
           core::lowerCase(text.substr(text.size() - ending.size())) == core::lowerCase(ending);
}

core::Result<spectrum::Spectrum> makeSpectrum(RawSpectrum raw) {
    spectrum::Metadata& metadata = raw.metadata;
    const std::size_t n = raw.flux.size();
    if (raw.wavelength.size() != n || (!raw.inverseVariance.empty() && raw.inverseVariance.size() != n) ||
        (!raw.sigma.empty() && raw.sigma.size() != n) || (!raw.mask.empty() && raw.mask.size() != n)) {
        return fail(ErrorCode::Format, "the columns of wavelength, flux, error and mask differ in length");
    }

    // The ends: padding of a table longer than the spectrum.
    const auto real = [&](std::size_t i) {
        return std::isfinite(raw.flux[i]) && std::isfinite(raw.wavelength[i]) && raw.wavelength[i] > 0;
    };
    std::size_t first = 0, end = n;
    while (first < end && !real(first))
        ++first;
    while (end > first && !real(end - 1))
        --end;
    if (end - first < 2)
        return fail(ErrorCode::Format, "fewer than two samples have a wavelength and a flux");
    keep(raw.wavelength, first, end);
    keep(raw.flux, first, end);
    keep(raw.inverseVariance, first, end);
    keep(raw.sigma, first, end);
    keep(raw.mask, first, end);
    if (raw.wavelength.front() > raw.wavelength.back()) {
        std::reverse(raw.wavelength.begin(), raw.wavelength.end());
        std::reverse(raw.flux.begin(), raw.flux.end());
        std::reverse(raw.inverseVariance.begin(), raw.inverseVariance.end());
        std::reverse(raw.sigma.begin(), raw.sigma.end());
        std::reverse(raw.mask.begin(), raw.mask.end());
    }
    spectrum::Spectrum result;
    BALMER_TRY(result.axis, spectrum::SpectralAxis::make(std::move(raw.wavelength), raw.medium));

    double largest = 0;
    for (const double value : raw.flux) {
        if (std::isfinite(value)) largest = std::max(largest, std::abs(value));
    }
    double scale = 1;
    if (largest > 0 && (largest < SMALLEST_FLUX || largest > LARGEST_FLUX)) {
        const int exponent = static_cast<int>(std::floor(std::log10(largest)));
        if (exponent > -290) {
            scale = std::pow(10.0, -exponent);
            const std::string power = "1e" + std::to_string(exponent);
            metadata.fluxUnit = metadata.fluxUnit.empty() ? power : power + " " + metadata.fluxUnit;
            metadata.warnings.push_back("the fluxes are kept in units of " + power);
        }
    }

    const std::size_t size = raw.flux.size();
    constexpr double LARGEST = std::numeric_limits<float>::max();
    if (raw.inverseVariance.empty() && !raw.sigma.empty()) {
        raw.inverseVariance.resize(size);
        for (std::size_t i = 0; i < size; ++i) {
            const double sigma = raw.sigma[i] * scale;
            raw.inverseVariance[i] = std::isfinite(sigma) && sigma > 0 ? 1 / (sigma * sigma) : 0;
        }
    } else if (scale != 1) {
        for (double& value : raw.inverseVariance)
            value /= scale * scale;
    }
    const bool weighted =
        std::any_of(raw.inverseVariance.begin(), raw.inverseVariance.end(), [](double v) { return v > 0; });
    if (!raw.inverseVariance.empty() && !weighted && !raw.sigma.empty()) {
        metadata.warnings.push_back("the column of errors says nothing and was left out");
        raw.inverseVariance.clear();
    }

    result.flux.resize(size);
    result.inverseVariance.resize(raw.inverseVariance.size());
    for (std::size_t i = 0; i < result.inverseVariance.size(); ++i) {
        const double value = raw.inverseVariance[i];
        result.inverseVariance[i] =
            std::isfinite(value) && value > 0 ? static_cast<float>(std::min(value, LARGEST)) : 0.0F;
    }
    bool missing = false;
    for (std::size_t i = 0; i < size; ++i) {
        result.flux[i] = static_cast<float>(raw.flux[i] * scale);
        missing = missing || !std::isfinite(result.flux[i]);
    }
    result.mask = std::move(raw.mask);
    if (missing && result.mask.empty()) result.mask.resize(size);
    for (std::size_t i = 0; i < result.mask.size(); ++i) {
        const bool weightless = !result.inverseVariance.empty() && result.inverseVariance[i] == 0;
        result.mask[i] = result.mask[i] != 0 || weightless || !std::isfinite(result.flux[i]);
    }
    result.metadata = std::move(metadata);
    BALMER_CHECK(result.validate());
    return result;
}

std::optional<SpectralUnit> spectralUnit(std::string_view unit) {
    std::string word = core::lowerCase(core::trimmed(unit));
    std::erase_if(word, [](char c) { return c == ' ' || c == '(' || c == ')' || c == '[' || c == ']'; });
    // Case tells mega from milli, but no spectrum is in millihertz.
    struct Entry {
        std::string_view name;
        SpectralUnit unit;
    };
    constexpr double ANGSTROM_PER_SECOND = LIGHT_SPEED * 1e10;
    static constexpr std::array UNITS{
        Entry{"angstrom", {1, false}},
        Entry{"angstroms", {1, false}},
        Entry{"angstroem", {1, false}},
        Entry{"ang", {1, false}},
        Entry{"a", {1, false}},
        Entry{"å", {1, false}},
        Entry{"\u212b", {1, false}},
        Entry{"aa", {1, false}},
        Entry{"0.1nm", {1, false}},
        Entry{"10**-10m", {1, false}},
        Entry{"nm", {10, false}},
        Entry{"nanometer", {10, false}},
        Entry{"nanometers", {10, false}},
        Entry{"um", {1e4, false}},
        Entry{"µm", {1e4, false}},
        Entry{"micron", {1e4, false}},
        Entry{"microns", {1e4, false}},
        Entry{"mm", {1e7, false}},
        Entry{"cm", {1e8, false}},
        Entry{"m", {1e10, false}},
        Entry{"hz", {ANGSTROM_PER_SECOND, true}},
        Entry{"khz", {ANGSTROM_PER_SECOND / 1e3, true}},
        Entry{"mhz", {ANGSTROM_PER_SECOND / 1e6, true}},
        Entry{"ghz", {ANGSTROM_PER_SECOND / 1e9, true}},
        Entry{"thz", {ANGSTROM_PER_SECOND / 1e12, true}},
        Entry{"ev", {HC_EV_ANGSTROM, true}},
        Entry{"kev", {HC_EV_ANGSTROM / 1e3, true}},
        Entry{"mev", {HC_EV_ANGSTROM / 1e6, true}},
        Entry{"cm-1", {1e8, true}},
        Entry{"1/cm", {1e8, true}},
        Entry{"cm**-1", {1e8, true}},
        Entry{"cm^-1", {1e8, true}},
    };
    for (const Entry& entry : UNITS) {
        if (entry.name == word) return entry.unit;
    }
    return std::nullopt;
}

bool looksLikeAngstrom(double first, double last) {
    return std::min(first, last) >= 2500 && std::max(first, last) <= 25000;
}

ColumnRole roleOfName(std::string_view name) {
    const std::string word = core::lowerCase(core::trimmed(name));
    const auto is = [&](std::initializer_list<std::string_view> names) {
        return std::find(names.begin(), names.end(), word) != names.end();
    };
    const auto begins = [&](std::string_view start) {
        return word == start ||
               (word.starts_with(start) && (word[start.size()] == '_' || word[start.size()] == '('));
    };
    if (is({"loglam", "log_lambda", "loglambda", "log_wave"})) return ColumnRole::LogWavelength;
    if (is({"ivar", "inverse", "invvar", "inverse_variance", "inversevariance", "flux_ivar", "ivar_flux"})) {
        return ColumnRole::InverseVariance;
    }
    if (is({"err", "error", "sigma", "flux_err", "flux_error", "fluxerr", "fluxerror", "err_flux", "e_flux",
            "eflux", "error_flux", "uncertainty", "sig", "std", "noise"})) {
        return ColumnRole::Sigma;
    }
    if (is({"mask", "and_mask", "andmask", "flag", "flags", "dq", "qual", "quality", "pixmask", "bitmask"}))
        return ColumnRole::Mask;
    if (begins("wave") || begins("wavelength") || begins("lambda") || begins("spectral") || begins("lam") ||
        is({"wl", "wavelengths", "awav", "λ", "wave_angstrom", "wavelengthangstrom"})) {
        return ColumnRole::Wavelength;
    }
    if (begins("flux") || begins("spec") ||
        is({"spectrum", "intensity", "counts", "flam", "fnu", "fluxes", "f"}))
        return ColumnRole::Flux;
    return ColumnRole::None;
}

ColumnRole roleOfUtype(std::string_view utype) {
    if (endsWithoutCase(utype, "spectralaxis.value")) return ColumnRole::Wavelength;
    if (endsWithoutCase(utype, "fluxaxis.value")) return ColumnRole::Flux;
    if (endsWithoutCase(utype, "fluxaxis.accuracy.staterror")) return ColumnRole::Sigma;
    if (endsWithoutCase(utype, "fluxaxis.quality") ||
        endsWithoutCase(utype, "fluxaxis.accuracy.qualitystatus"))
        return ColumnRole::Mask;
    return ColumnRole::None;
}

ColumnRole roleOfUcd(std::string_view ucd) {
    const std::string word = core::lowerCase(ucd);
    const std::string_view primary = std::string_view(word).substr(0, word.find(';'));
    const bool bound = word.find("stat.m") != std::string::npos;
    if (primary == "stat.error" ||
        (word.find("stat.error") != std::string::npos && primary.starts_with("phot."))) {
        return word.find("phot.") != std::string::npos ? ColumnRole::Sigma : ColumnRole::None;
    }
    if (bound || word.find("stat.") != std::string::npos) return ColumnRole::None;
    if (primary == "em.wl" || primary == "em.freq" || primary == "em.energy") return ColumnRole::Wavelength;
    if (primary.starts_with("phot.flux") || primary == "phot.fludens" || primary == "phot.count")
        return ColumnRole::Flux;
    return ColumnRole::None;
}

Medium mediumSaid(std::string_view words) {
    const std::string text = core::lowerCase(words);
    if (text.find("vacuum") != std::string::npos) return Medium::Vacuum;
    for (std::size_t at = text.find("air"); at != std::string::npos; at = text.find("air", at + 1)) {
        const auto letter = [&](std::size_t i) {
            return i < text.size() && text[i] >= 'a' && text[i] <= 'z';
        };
        if (!(at > 0 && letter(at - 1)) && !letter(at + 3)) return Medium::Air;
    }
    return Medium::Unknown;
}

std::optional<double> mjdFromDate(std::string_view text) {
    const auto date = parseDate(text);
    if (!date) return std::nullopt;
    double mjd = static_cast<double>(daysFromCivil(date->year, date->month, date->day));
    if (date->time) mjd += ((*date->time)[0] + ((*date->time)[1] + (*date->time)[2] / 60) / 60) / 24;
    return mjd;
}

std::string isoDate(std::string_view text) {
    const auto date = parseDate(text);
    if (!date) return {};
    text = core::trimmed(text);
    if (text.size() > 8) {
        std::string iso(text);
        if (iso.size() > 10) iso[10] = 'T';
        return iso;
    }
    std::array<char, 32> iso{};
    std::snprintf(iso.data(), iso.size(), "%04d-%02d-%02d", date->year, date->month, date->day);
    return iso.data();
}

std::string isoFromMjd(double mjd) {
    if (!(mjd > -90000 && mjd < 900000)) return {};
    // To the second, rounded once.
    const auto seconds = static_cast<long long>(std::llround(mjd * 86400.0));
    long long day = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        --day;
    }
    // Fliegel & Van Flandern (1968, CACM 11, 657).
    long long l = day + 2400001 + 68569;
    const long long n = 4 * l / 146097;
    l -= (146097 * n + 3) / 4;
    const long long i = 4000 * (l + 1) / 1461001;
    l = l - 1461 * i / 4 + 31;
    const long long j = 80 * l / 2447, dayOfMonth = l - 2447 * j / 80;
    l = j / 11;
    std::array<char, 64> iso{};
    std::snprintf(iso.data(), iso.size(), "%04lld-%02lld-%02lldT%02lld:%02lld:%02lld", 100 * (n - 49) + i + l,
                  j + 2 - 12 * l, dayOfMonth, rest / 3600, rest / 60 % 60, rest % 60);
    return iso.data();
}

} // namespace balmer::io

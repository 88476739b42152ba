// Spectra as text: wavelength, flux, error, mask.
#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/spectrum_kinds.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using spectrum::Medium;
using spectrum::Spectrum;

constexpr std::size_t MOST_COLUMNS = 64;

bool separates(char c) {
    return c == ' ' || c == '\t' || c == ',' || c == ';';
}

// Words between commas, semicolons, tabs or blanks; quotes around a word are dropped.
std::vector<std::string_view> words(std::string_view line, std::size_t limit) {
    std::vector<std::string_view> found;
    std::size_t i = 0;
    while (i < line.size() && found.size() <= limit) {
        while (i < line.size() && separates(line[i]))
            ++i;
        const std::size_t begin = i;
        while (i < line.size() && !separates(line[i]))
            ++i;
        if (i > begin) {
            std::string_view word = line.substr(begin, i - begin);
            if (word.size() >= 2 && word.front() == '"' && word.back() == '"')
                word = word.substr(1, word.size() - 2);
            found.push_back(word);
        }
    }
    return found;
}

std::optional<double> number(std::string_view word) {
    if (!word.empty() && word.front() == '+') word.remove_prefix(1);
    double value = 0;
    const auto [end, status] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (status == std::errc{} && end == word.data() + word.size()) return value;
    return core::parseDouble(word); // nan, inf in any spelling
}

std::string shortened(std::string_view text) {
    std::string shown = printable(text.substr(0, 40));
    return text.size() > 40 ? shown + "…" : shown;
}

std::size_t numbersIn(const std::vector<std::string_view>& line) {
    return static_cast<std::size_t>(
        std::count_if(line.begin(), line.end(), [](auto word) { return number(word).has_value(); }));
}

} // namespace

Spectra readTextSpectrum(std::string_view text, const ReadOptions& options) {
    BALMER_CHECK(checkText(text));
    text = withoutByteOrderMark(text);

    RawSpectrum raw;
    raw.metadata.rule = "text";
    std::vector<std::string> names; // of the columns, from the line above the first number
    std::vector<std::vector<double>> columns;
    std::string comments;
    std::size_t lineNumber = 0;
    bool titled = false; // a line of names was seen
    while (!text.empty()) {
        const std::size_t end = text.find_first_of("\r\n");
        std::string_view line = core::trimmed(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos
                               ? text.size()
                               : end + (text.substr(end).starts_with("\r\n") ? 2 : 1));
        ++lineNumber;
        if (line.empty()) continue;
        if (line.front() == '#' || line.front() == ';' || line.front() == '%') {
            const std::string_view comment =
                core::trimmed(line.substr(std::min(line.find_first_not_of("#;% "), line.size())));
            if (columns.empty()) {
                const auto named = words(comment, MOST_COLUMNS);
                const bool role = !named.empty() && (roleOfName(named.front()) == ColumnRole::Wavelength ||
                                                     roleOfName(named.front()) == ColumnRole::LogWavelength);
                if (role && named.size() >= 2 && named.size() <= MOST_COLUMNS)
                    names.assign(named.begin(), named.end());
            }
            if (comments.size() < 65536) comments += std::string(comment) + "\n";
            const std::size_t colon = comment.find(':');
            const std::string key = printable(core::trimmed(comment.substr(0, colon)));
            const std::string value = colon == std::string_view::npos
                                          ? std::string()
                                          : printable(core::trimmed(comment.substr(colon + 1)));
            if (core::lowerCase(key) == "object") raw.metadata.object = value;
            if (options.header && raw.metadata.header.size() < 10000) {
                const bool pair = colon != std::string_view::npos && colon < 40;
                raw.metadata.header.push_back(pair ? spectrum::HeaderCard{key, value, ""}
                                                   : spectrum::HeaderCard{"COMMENT", printable(comment), ""});
            }
            continue;
        }
        const std::vector<std::string_view> cells = words(line, MOST_COLUMNS);
        const std::size_t numeric = numbersIn(cells);
        if (columns.empty() && numeric < cells.size()) {
            // One line of names may stand above the numbers.
            if (numeric >= 10 && !titled) {
                return fail(
                    ErrorCode::Unsupported,
                    "a matrix of spectra, one a row (its first line names wavelengths), not one spectrum; "
                    "`balmer dataset import` reads it");
            }
            if (titled || numeric > 0 || cells.size() < 2 || cells.size() > MOST_COLUMNS) {
                return fail(
                    ErrorCode::Format,
                    "line " + std::to_string(lineNumber) + ", \"" + shortened(line) +
                        "\", is not a row of numbers; a text spectrum has two to four columns of them");
            }
            names.assign(cells.begin(), cells.end());
            titled = true;
            continue;
        }
        if (cells.size() > MOST_COLUMNS || (columns.empty() && cells.size() < 2)) {
            return fail(ErrorCode::Format, "line " + std::to_string(lineNumber) + " has " +
                                               (cells.size() < 2 ? "one column" : "too many columns") +
                                               "; a text spectrum has two to four");
        }
        if (columns.empty()) columns.resize(cells.size());
        if (cells.size() != columns.size()) {
            return fail(ErrorCode::Format,
                        "line " + std::to_string(lineNumber) + " has " + std::to_string(cells.size()) +
                            " columns where those above have " + std::to_string(columns.size()));
        }
        for (std::size_t i = 0; i < cells.size(); ++i) {
            const auto value = number(cells[i]);
            if (!value) {
                return fail(ErrorCode::Format, "line " + std::to_string(lineNumber) + ": \"" +
                                                   shortened(cells[i]) + "\" is not a number");
            }
            columns[i].push_back(*value);
        }
    }
    if (columns.empty()) return fail(ErrorCode::Format, "the file holds no row of numbers");

    // Which column is what: by name where there are names, else by place.
    std::array<std::optional<std::size_t>, 7> at;
    const auto column = [&](ColumnRole role) -> std::optional<std::size_t>& {
        return at[static_cast<std::size_t>(role)];
    };
    const bool named = names.size() == columns.size();
    for (std::size_t i = 0; named && i < names.size(); ++i) {
        const ColumnRole role = roleOfName(names[i]);
        if (role != ColumnRole::None && !column(role)) column(role) = i;
    }
    auto& wavelength = column(ColumnRole::Wavelength);
    const bool logarithmic = !wavelength && column(ColumnRole::LogWavelength);
    if (logarithmic) wavelength = column(ColumnRole::LogWavelength);
    if (!wavelength || !column(ColumnRole::Flux)) {
        if (columns.size() > 4) {
            return fail(ErrorCode::Format, "a table of " + std::to_string(columns.size()) +
                                               " columns; a text spectrum has two to four, or "
                                               "a line that names its wavelength and flux");
        }
        if (named &&
            (core::lowerCase(names[0]).starts_with("ra") || core::lowerCase(names[0]).starts_with("id"))) {
            return fail(ErrorCode::Format,
                        "a table whose first column is \"" + shortened(names[0]) + "\", not a spectrum");
        }
        at = {};
        wavelength = 0;
        column(ColumnRole::Flux) = 1;
        if (columns.size() > 2) column(ColumnRole::Sigma) = 2;
        if (columns.size() > 3) {
            const bool whole = std::all_of(columns[3].begin(), columns[3].end(),
                                           [](double v) { return v == std::floor(v) && v >= 0; });
            if (whole) {
                column(ColumnRole::Mask) = 3;
            } else {
                raw.metadata.warnings.push_back("the fourth column is not a mask and was left out");
            }
        }
    }
    const std::string unitSource = named ? names[*wavelength] : std::string();
    raw.wavelength = std::move(columns[*wavelength]);
    const auto direction = raw.wavelength.size() > 1 ? raw.wavelength[1] - raw.wavelength[0] : 0;
    const bool oneWay = std::adjacent_find(raw.wavelength.begin(), raw.wavelength.end(),
                                           [&](double a, double b) { return !((b - a) * direction > 0); }) ==
                        raw.wavelength.end();
    if (!oneWay || raw.wavelength.size() < 2) {
        return fail(ErrorCode::Format, raw.wavelength.size() < 2
                                           ? std::string("the file holds a single row of numbers")
                                           : std::string("the first column runs neither up nor down, so that "
                                                         "it is not a wavelength; a table, not a spectrum"));
    }
    raw.flux = std::move(columns[*column(ColumnRole::Flux)]);
    if (const auto i = column(ColumnRole::Sigma)) raw.sigma = std::move(columns[*i]);
    if (const auto i = column(ColumnRole::InverseVariance)) raw.inverseVariance = std::move(columns[*i]);
    if (const auto i = column(ColumnRole::Mask)) {
        raw.mask.resize(columns[*i].size());
        std::transform(columns[*i].begin(), columns[*i].end(), raw.mask.begin(),
                       [](double v) { return v != 0; });
    }
    if (logarithmic) {
        for (double& value : raw.wavelength)
            value = std::pow(10.0, value);
    }
    // "wavelength_nm", "lambda (nm)"
    const std::size_t mark = unitSource.find_first_of("_([");
    if (mark != std::string::npos) {
        if (const auto unit = spectralUnit(std::string_view(unitSource).substr(mark + 1));
            unit && !logarithmic) {
            for (double& value : raw.wavelength)
                value = unit->angstrom(value);
        }
    }
    raw.medium = mediumSaid(comments);
    BALMER_TRY(Spectrum spectrum, makeSpectrum(std::move(raw)));
    return std::vector{std::move(spectrum)};
}

} // namespace balmer::io

#include "engine/vo/ssap/ssap_query.h"

#include <algorithm>
#include <cmath>

#include "engine/core/text_number.h"
#include "engine/http/url.h"

namespace balmer::vo {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t mostPositions = 10000;
constexpr double angstromInMetre = 1e10;

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

/// "2014", "2014-07", "2014-07-01", "2014-07-01T12:30:00" with a fraction and a Z.
bool looksLikeTime(std::string_view text) {
    const auto fits = [&](std::string_view pattern) {
        return text.size() >= pattern.size() &&
               std::equal(pattern.begin(), pattern.end(), text.begin(),
                          [](char p, char c) { return p == '0' ? isDigit(c) : p == c; });
    };
    if (text.ends_with('Z')) text.remove_suffix(1);
    if (text.size() == 4) return fits("0000");
    if (text.size() == 7) return fits("0000-00");
    if (text.size() == 10) return fits("0000-00-00");
    if (text.size() == 16) return fits("0000-00-00T00:00");
    if (!fits("0000-00-00T00:00:00")) return false;
    const auto rest = text.substr(19);
    return rest.empty() || (rest[0] == '.' && std::all_of(rest.begin() + 1, rest.end(), isDigit));
}

Status checkTime(const std::string& time) {
    const auto slash = time.find('/');
    const auto from = time.substr(0, slash);
    const auto to = slash == std::string::npos ? std::string() : time.substr(slash + 1);
    const bool open = slash != std::string::npos;
    if ((open && from.empty() && to.empty()) || (from.empty() ? !open : !looksLikeTime(from)) ||
        (!to.empty() && !looksLikeTime(to)))
        return fail(ErrorCode::InvalidArgument,
                    "the time \"" + time +
                        "\" is not understood; write 2014-07-01, 2014-01-01/2014-12-31 "
                        "or 2014-01-01/ (ISO 8601, UTC)");
    return {};
}

Status checkPlain(std::string_view what, const std::string& text) {
    if (text.size() > 2000 ||
        std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
        return fail(ErrorCode::InvalidArgument,
                    "the " + std::string(what) + " must be one line of at most 2000 bytes");
    return {};
}

} // namespace

Status SsapQuery::validate() const {
    if (positions.size() > mostPositions)
        return fail(ErrorCode::InvalidArgument, std::to_string(positions.size()) +
                                                    " positions are too many for one question each; ask for "
                                                    "at most " +
                                                    std::to_string(mostPositions) + " at a time");
    for (const auto& each : positions)
        if (!(each.raDegrees >= 0 && each.raDegrees < 360 && std::abs(each.decDegrees) <= 90))
            return fail(ErrorCode::InvalidArgument,
                        "a position has a right ascension of 0 to 360 and a declination of -90 to 90 "
                        "degrees");
    if (diameterDegrees && !(*diameterDegrees > 0 && *diameterDegrees <= 180))
        return fail(ErrorCode::InvalidArgument,
                    "the size, a diameter, must be more than 0 and at most 180 degrees");
    for (const auto& end : {fromAngstrom, toAngstrom})
        if (end && !(*end > 0 && std::isfinite(*end)))
            return fail(ErrorCode::InvalidArgument, "the ends of the band must be positive, in ångström");
    if (fromAngstrom && toAngstrom && *fromAngstrom > *toAngstrom)
        return fail(ErrorCode::InvalidArgument, "the band begins above its end; give the shorter "
                                                "wavelength first");
    if (!time.empty()) BALMER_CHECK(checkTime(time));
    BALMER_CHECK(checkPlain("target", target));
    BALMER_CHECK(checkPlain("collection", collection));
    BALMER_CHECK(checkPlain("format", format));
    for (const auto& [name, value] : more) {
        if (name.empty() || !std::all_of(name.begin(), name.end(), [](char c) {
                return isDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
            }))
            return fail(ErrorCode::InvalidArgument, "\"" + name + "\" is not a name of a parameter");
        BALMER_CHECK(checkPlain("parameter " + name, value));
    }
    return {};
}

Result<std::string> ssapUrl(std::string_view service, const SsapQuery& query,
                            const std::optional<spectrum::SkyPosition>& position) {
    BALMER_CHECK(query.validate());
    BALMER_TRY(auto url, http::parseUrl(service));
    if (!http::isFetchable(url.scheme))
        return fail(ErrorCode::InvalidArgument,
                    "the service's address must begin with http:// or https://, not " + url.scheme + "://");
    std::vector<std::pair<std::string, std::string>> asked{{"REQUEST", "queryData"}};
    const auto ask = [&](std::string name, std::string value) {
        if (!value.empty()) asked.emplace_back(std::move(name), std::move(value));
    };
    if (position)
        ask("POS", core::formatDouble(position->raDegrees) + "," + core::formatDouble(position->decDegrees));
    if (query.diameterDegrees && position) ask("SIZE", core::formatDouble(*query.diameterDegrees));
    if (query.fromAngstrom || query.toAngstrom) {
        const auto end = [](const std::optional<double>& angstrom) {
            return angstrom ? core::formatDouble(*angstrom / angstromInMetre) : std::string();
        };
        ask("BAND", end(query.fromAngstrom) + "/" + end(query.toAngstrom));
    }
    ask("TIME", query.time);
    ask("TARGETNAME", query.target);
    ask("COLLECTION", query.collection);
    ask("FORMAT", query.format);
    if (query.mostRows) ask("MAXREC", std::to_string(*query.mostRows));
    for (const auto& [name, value] : query.more)
        asked.emplace_back(name, value);

    const auto isAsked = [&](std::string_view name) {
        return std::any_of(asked.begin(), asked.end(), [&](const auto& each) {
            return core::lowerCase(each.first) == core::lowerCase(name);
        });
    };
    std::string text;
    for (const auto& piece : core::splitList(url.query.value_or(""), '&')) {
        if (piece.empty() || isAsked(http::percentDecode(piece.substr(0, piece.find('='))))) continue;
        text += (text.empty() ? "" : "&") + piece;
    }
    for (const auto& [name, value] : asked)
        text += (text.empty() ? "" : "&") + name + "=" + http::percentEncode(value);
    url.query = text;
    return url.text();
}

Result<spectrum::SkyPosition> parsePosition(std::string_view text) {
    std::vector<std::string> words;
    std::string word;
    for (const char c : std::string(core::trimmed(text)) + " ") {
        if (c != ' ' && c != '\t' && c != ',' && c != ';') {
            word += c;
        } else if (!word.empty()) {
            words.push_back(std::move(word));
            word.clear();
        }
    }
    if (words.size() == 6) {
        words[0] += " " + words[1] + " " + words[2];
        words[1] = words[3] + " " + words[4] + " " + words[5];
    }
    if (words.size() == 2 || words.size() == 6)
        if (const auto found = spectrum::parsePosition(words[0], words[1])) return *found;
    return fail(ErrorCode::InvalidArgument,
                "\"" + std::string(text.substr(0, 80)) +
                    "\" is not a position; write right ascension and declination, "
                    "\"83.633 22.014\" in degrees or \"05:34:31.9 +22:00:52\"");
}

Result<std::vector<spectrum::SkyPosition>> parsePositions(std::string_view lines) {
    std::vector<spectrum::SkyPosition> positions;
    std::size_t number = 0, lineNumber = 0;
    while (!lines.empty()) {
        const auto end = lines.find('\n');
        const auto line = core::trimmed(lines.substr(0, end));
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
        ++lineNumber;
        if (line.empty() || line.starts_with('#')) continue;
        const auto position = parsePosition(line);
        const bool words = line.find_first_of("0123456789") == std::string_view::npos;
        if (!position && !(number == 0 && words)) {
            auto error = position.error();
            return fail(std::move(error.during("reading line " + std::to_string(lineNumber))));
        }
        if (position) positions.push_back(*position);
        ++number;
    }
    return positions;
}

Result<double> parseAngle(std::string_view text) {
    const auto clean = core::trimmed(text);
    const auto end = clean.find_first_not_of("0123456789.+-eE");
    // "5e" of "5 east" and the like fail as numbers.
    const auto value = core::parseDouble(clean.substr(0, end));
    const auto unit =
        end == std::string_view::npos ? std::string() : core::lowerCase(core::trimmed(clean.substr(end)));
    double degrees = 0;
    if (unit.empty() || unit == "deg" || unit == "°" || unit == "degrees")
        degrees = 1;
    else if (unit == "arcmin" || unit == "'")
        degrees = 1.0 / 60;
    else if (unit == "arcsec" || unit == "\"")
        degrees = 1.0 / 3600;
    if (!value || degrees == 0 || !std::isfinite(*value))
        return fail(ErrorCode::InvalidArgument,
                    "\"" + std::string(clean.substr(0, 80)) +
                        "\" is not an angle; write 0.1 or 0.1deg, 5arcmin, 30arcsec");
    return *value * degrees;
}

} // namespace balmer::vo

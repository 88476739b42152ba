#include "engine/http/url.h"

#include <algorithm>

namespace balmer::http {

using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

constexpr std::size_t longestUrl = 64 * 1024;
constexpr std::string_view hexDigits = "0123456789ABCDEF";

bool isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool isDigit(char c) {
    return c >= '0' && c <= '9';
}

int hexValue(char c) {
    if (isDigit(c)) return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool isEscape(std::string_view text, std::size_t at) {
    return text[at] == '%' && at + 2 < text.size() && hexValue(text[at + 1]) >= 0 &&
           hexValue(text[at + 2]) >= 0;
}

void appendEscaped(std::string& text, char c) {
    const auto byte = static_cast<unsigned char>(c);
    text += '%';
    text += hexDigits[byte >> 4];
    text += hexDigits[byte & 15];
}

std::string lowered(std::string_view text) {
    std::string result(text);
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// The blanks at the ends and the line ends within are the page's, not the address's.
std::string trimmed(std::string_view text) {
    const auto isControl = [](char c) { return static_cast<unsigned char>(c) <= 0x20; };
    while (!text.empty() && isControl(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && isControl(text.back()))
        text.remove_suffix(1);
    std::string result(text);
    std::erase_if(result, [](char c) { return c == '\t' || c == '\n' || c == '\r'; });
    return result;
}

/// Encodes what must not stand in a path or a query, and leaves the escapes that there are.
std::string clean(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        const auto byte = static_cast<unsigned char>(c);
        const bool bare = c == '%' && !isEscape(text, i);
        if (byte <= 0x20 || byte >= 0x7f || bare ||
            std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos)
            appendEscaped(result, c);
        else
            result += c;
    }
    return result;
}

/// RFC 3986, 5.2.4, on a path that begins with '/'. An encoded full stop is one.
std::string withoutDotSegments(std::string_view path) {
    std::string result;
    std::size_t at = 0;
    while (at < path.size()) {
        const auto next = std::min(path.find('/', at + 1), path.size());
        const auto segment = path.substr(at + 1, next - at - 1);
        const bool last = next == path.size();
        const bool dotted = segment.size() <= 6 && !segment.empty();
        const std::string plain = dotted ? percentDecode(segment) : std::string();
        if (plain == "..") {
            result.erase(std::min(result.rfind('/'), result.size()));
            if (last) result += '/';
        } else if (plain == ".") {
            if (last) result += '/';
        } else {
            result += '/';
            result += segment;
        }
        at = next;
    }
    return result.empty() ? "/" : result;
}

std::uint16_t ownPort(std::string_view scheme) {
    if (scheme == "http") return 80;
    if (scheme == "https") return 443;
    if (scheme == "ftp") return 21;
    if (scheme == "ftps") return 990;
    return 0;
}

/// The pieces of RFC 3986's appendix B; views into the text.
struct Pieces {
    std::string_view scheme, authority, path;
    std::optional<std::string_view> query;
    bool hasAuthority = false;
};

Pieces split(std::string_view text) {
    Pieces pieces;
    text = text.substr(0, text.find('#'));
    const auto end = text.find_first_of(":/?");
    if (end != std::string_view::npos && end > 0 && text[end] == ':' && isLetter(text.front()) &&
        std::ranges::all_of(text.substr(0, end), [](char c) {
            return isLetter(c) || isDigit(c) || c == '+' || c == '-' || c == '.';
        })) {
        pieces.scheme = text.substr(0, end);
        text.remove_prefix(end + 1);
    }
    if (text.starts_with("//")) {
        pieces.hasAuthority = true;
        text.remove_prefix(2);
        const auto slash = std::min(text.find_first_of("/?"), text.size());
        pieces.authority = text.substr(0, slash);
        text.remove_prefix(slash);
    }
    const auto mark = text.find('?');
    pieces.path = text.substr(0, mark);
    if (mark != std::string_view::npos) pieces.query = text.substr(mark + 1);
    return pieces;
}

bool isHost(std::string_view host) {
    if (host.empty() || host.size() > 255) return false;
    if (host.front() == '[')
        return host.size() > 2 && host.back() == ']' &&
               std::ranges::all_of(host.substr(1, host.size() - 2),
                                   [](char c) { return hexValue(c) >= 0 || c == ':' || c == '.'; });
    // Bytes above 0x7e are a name in another script, which is the resolver's matter.
    return std::ranges::all_of(host, [](char c) {
        return isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_' ||
               static_cast<unsigned char>(c) > 0x7f;
    });
}

/// False where it is not an authority.
bool readAuthority(Url& url, std::string_view authority) {
    url.port = ownPort(url.scheme);
    url.user.clear();
    url.password.clear();
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        const auto login = authority.substr(0, at);
        const auto colon = login.find(':');
        url.user = percentDecode(login.substr(0, colon));
        if (colon != std::string_view::npos) url.password = percentDecode(login.substr(colon + 1));
        authority.remove_prefix(at + 1);
    }
    const auto bracket = authority.rfind(']');
    const auto colon = authority.rfind(':');
    if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
        const auto digits = authority.substr(colon + 1);
        if (!digits.empty()) {
            if (digits.size() > 5 || !std::ranges::all_of(digits, isDigit)) return false;
            unsigned port = 0;
            for (const char c : digits)
                port = port * 10 + static_cast<unsigned>(c - '0');
            if (port == 0 || port > 65535) return false;
            url.port = static_cast<std::uint16_t>(port);
        }
        authority = authority.substr(0, colon);
    }
    url.host = lowered(authority);
    return isHost(url.host);
}

std::string shown(std::string_view text) {
    return "\"" + clean(text.substr(0, 200)) + "\"";
}

core::Error notAnAddress(std::string_view text) {
    return {ErrorCode::InvalidArgument,
            shown(text) +
                " is not an address of the form http://host/path; write one with its scheme and host"};
}

} // namespace

std::string Url::text() const {
    std::string result = scheme + "://" + host;
    if (port != ownPort(scheme)) result += ":" + std::to_string(port);
    result += path;
    if (query) result += "?" + *query;
    return result;
}

std::string Url::origin() const {
    return scheme + "://" + host + ":" + std::to_string(port);
}

Result<Url> parseUrl(std::string_view text) {
    if (text.size() > longestUrl)
        return fail(ErrorCode::InvalidArgument, "an address is longer than 64 KiB; it begins " + shown(text));
    const std::string plain = trimmed(text);
    const Pieces pieces = split(plain);
    Url url;
    url.scheme = lowered(pieces.scheme);
    if (pieces.scheme.empty() || !pieces.hasAuthority || !readAuthority(url, pieces.authority))
        return fail(notAnAddress(text));
    url.path = pieces.path.empty() ? "/" : withoutDotSegments(clean(pieces.path));
    if (pieces.query) url.query = clean(*pieces.query);
    return url;
}

Result<Url> resolve(const Url& base, std::string_view reference) {
    if (reference.size() > longestUrl)
        return fail(ErrorCode::InvalidArgument,
                    "a link is longer than 64 KiB; it begins " + shown(reference));
    const std::string plain = trimmed(reference);
    const Pieces pieces = split(plain);
    if (!pieces.scheme.empty()) {
        auto url = parseUrl(plain);
        if (url && url->user.empty() && url->origin() == base.origin()) {
            url->user = base.user;
            url->password = base.password;
        }
        return url;
    }
    if (pieces.hasAuthority) return resolve(base, base.scheme + ":" + plain);

    std::string path = base.path;
    if (pieces.path.starts_with('/'))
        path = withoutDotSegments(clean(pieces.path));
    else if (!pieces.path.empty())
        path = withoutDotSegments(base.path.substr(0, base.path.rfind('/') + 1) + clean(pieces.path));
    if (path.size() > longestUrl)
        return fail(ErrorCode::InvalidArgument, "an address is longer than 64 KiB; it begins " + shown(path));
    std::optional<std::string> query;
    if (pieces.query)
        query.emplace(clean(*pieces.query));
    else if (pieces.path.empty() && base.query)
        query.emplace(*base.query);
    return Url{base.scheme, base.user, base.password, base.host, base.port, path, std::move(query)};
}

std::string percentEncode(std::string_view bytes) {
    std::string result;
    for (const char c : bytes)
        if (isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~')
            result += c;
        else
            appendEscaped(result, c);
    return result;
}

std::string percentDecode(std::string_view text) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (isEscape(text, i)) {
            result += static_cast<char>(hexValue(text[i + 1]) * 16 + hexValue(text[i + 2]));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

bool isFetchable(std::string_view scheme) {
    return scheme == "http" || scheme == "https" || scheme == "ftp" || scheme == "ftps";
}

} // namespace balmer::http

#include "engine/vo/download/safe_path.h"

#include <algorithm>

#include "engine/core/text_number.h"
#include "engine/http/download.h"

namespace balmer::vo {

using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

/// The length of the UTF-8 sequence at the beginning; 0 where there is none (RFC 3629).
std::size_t utf8Length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto first = byte(0);
    const std::size_t length = first < 0x80   ? 1
                               : first < 0xc2 ? 0
                               : first < 0xe0 ? 2
                               : first < 0xf0 ? 3
                               : first < 0xf5 ? 4
                                              : 0;
    if (length == 0 || length > text.size()) return 0;
    for (std::size_t i = 1; i < length; ++i)
        if ((byte(i) & 0xc0) != 0x80) return 0;
    if (length >= 3) {
        const auto second = byte(1);
        if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0) ||
            (first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90))
            return 0;
    }
    return length;
}

bool isDeviceName(std::string_view name) {
    const std::string stem = core::lowerCase(name.substr(0, name.find('.')));
    for (const auto* device : {"con", "prn", "aux", "nul"})
        if (stem == device) return true;
    return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && stem[3] >= '1' &&
           stem[3] <= '9';
}

std::vector<std::string_view> segmentsOf(std::string_view path) {
    std::vector<std::string_view> segments;
    for (std::size_t at = 0; at < path.size();) {
        const auto next = std::min(path.find('/', at + 1), path.size());
        segments.push_back(path.substr(at + 1, next - at - 1));
        at = next;
    }
    return segments;
}

} // namespace

std::optional<std::vector<std::string>> segmentsBelow(const http::Url& url, const http::Url& root) {
    if (url.origin() != root.origin()) return std::nullopt;
    auto above = segmentsOf(root.path);
    const auto all = segmentsOf(url.path);
    if (!above.empty()) above.pop_back(); // what stands behind the last slash
    if (all.size() <= above.size()) return std::nullopt;
    for (std::size_t i = 0; i < above.size(); ++i)
        if (http::percentDecode(all[i]) != http::percentDecode(above[i])) return std::nullopt;
    std::vector<std::string> below;
    for (std::size_t i = above.size(); i < all.size(); ++i)
        if (i + 1 < all.size() || !all[i].empty()) below.push_back(http::percentDecode(all[i]));
    return below;
}

Result<std::string> safeName(std::string_view decoded) {
    const auto refuse = [](std::string why) {
        return fail(ErrorCode::InvalidArgument,
                    "its name " + std::move(why) + ", so it is not written to the disk");
    };
    if (decoded.empty()) return refuse("is empty");
    if (decoded == "." || decoded == "..") return refuse("means a folder above");
    for (const char c : decoded) {
        if (c == '/' || c == '\\') return refuse("holds a slash");
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return refuse("holds a control character");
    }
    if (decoded.size() >= 2 && decoded[1] == ':' &&
        ((decoded[0] >= 'a' && decoded[0] <= 'z') || (decoded[0] >= 'A' && decoded[0] <= 'Z')))
        return refuse("begins with a drive letter");
    if (decoded.back() == ' ' || decoded.back() == '.') return refuse("ends in a blank or a full stop");
    if (isDeviceName(decoded)) return refuse("is that of a device on some systems");
    if (decoded.starts_with(".balmer-") || decoded.ends_with(http::partEnding) ||
        decoded.ends_with(http::fromEnding))
        return refuse("is one that a download uses itself");

    std::string name;
    for (std::string_view rest = decoded; !rest.empty();) {
        const auto length = utf8Length(rest);
        name += length > 0 ? std::string(rest.substr(0, length)) : http::percentEncode(rest.substr(0, 1));
        rest.remove_prefix(std::max<std::size_t>(length, 1));
    }
    if (name.size() > longestName) return refuse("is longer than 240 bytes");
    return name;
}

Result<std::filesystem::path> safeRelativePath(const http::Url& url, const http::Url& root) {
    const auto below = segmentsBelow(url, root);
    if (!below || below->empty())
        return fail(ErrorCode::InvalidArgument, url.text() + " does not lie below " + root.text());
    std::filesystem::path path;
    for (const auto& segment : *below) {
        BALMER_TRY(const std::string name, safeName(segment));
        path /= name;
    }
    return path;
}

} // namespace balmer::vo

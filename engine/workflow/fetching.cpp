#include "engine/workflow/fetching.h"

#include <algorithm>

#include "engine/core/digest.h"
#include "engine/http/url.h"
#include "engine/vo/download/safe_path.h"

namespace balmer::workflow {

namespace fs = std::filesystem;

namespace {

/// '*' backtracks to its last place only: the time is at most the product of the lengths.
bool matchesText(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, from = 0;
    while (t < text.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || (pattern[p] == text[t] && pattern[p] != '*'))) {
            ++p, ++t;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            from = t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

/// "archive.example.org", with the port where it is not the scheme's own.
std::string serverName(const http::Url& url) {
    std::string name = url.host;
    const auto usual = http::parseUrl(url.scheme + "://x/");
    if (usual && usual->port != url.port) name += "_" + std::to_string(url.port);
    std::replace_if(
        name.begin(), name.end(),
        [](unsigned char c) { return std::isalnum(c) == 0 && c != '.' && c != '-' && c != '_'; }, '_');
    return name.empty() || name[0] == '.' ? "_" + name : name;
}

} // namespace

bool matchesName(std::string_view pattern, const fs::path& path) {
    return matchesText(pattern, pattern.find('/') == std::string_view::npos ? path.filename().string()
                                                                            : path.generic_string());
}

std::size_t keepMatching(vo::TreeListing& listing, std::span<const std::string> patterns) {
    if (patterns.empty()) return 0;
    const auto before = listing.files.size();
    std::erase_if(listing.files, [&](const vo::RemoteFile& file) {
        return std::none_of(patterns.begin(), patterns.end(),
                            [&](const auto& pattern) { return matchesName(pattern, file.path); });
    });
    listing.bytes = 0;
    listing.unsized = 0;
    for (const auto& file : listing.files) {
        listing.bytes += file.bytes.value_or(0);
        listing.unsized += !file.bytes.has_value();
    }
    return before - listing.files.size();
}

fs::path folderForTree(const fs::path& project, const std::string& text) {
    const auto folder = project / "downloads";
    const auto url = http::parseUrl(text);
    if (!url) return folder;
    auto root = *url;
    root.path = "/";
    root.query.reset();
    const auto place = folder / serverName(*url);
    if (url->path == "/") return place;
    if (const auto path = vo::safeRelativePath(*url, root)) return place / *path;
    return place / core::digestOf(url->text()).substr(0, 16);
}

fs::path folderForList(const fs::path& project, const std::string& source) {
    const auto folder = project / "retrieved";
    if (const auto url = http::parseUrl(source)) return folder / serverName(*url);
    const auto name = vo::safeName(fs::path(source).stem().string());
    return folder / (name ? *name : "list");
}

} // namespace balmer::workflow

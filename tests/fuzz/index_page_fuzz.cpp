// Bytes as an index page, and as an address: whatever a server writes, nothing leaves the root, on its side
// or on ours.
#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "engine/vo/download/index_page.h"
#include "engine/vo/download/safe_path.h"
#include "tests/fuzz/require.h"

namespace balmer::vo {
namespace {

using test::require;

void checkUrl(const http::Url& url) {
    require(url.path.starts_with('/'), "a path begins with a slash");
    const auto again = http::parseUrl(url.text());
    require(again && again->text() == url.text() && again->path == url.path,
            "an address is read as it was written");
    for (const char c : url.text().substr(url.scheme.size() + 3 + url.host.size()))
        require(static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f,
                "a path has printable characters only");
}

void checkPath(const std::filesystem::path& path) {
    require(!path.empty() && path.is_relative(), "a path on the disk is relative");
    for (const auto& part : path) {
        require(part != ".." && part != "." && !part.empty(), "a path on the disk leads downwards");
        require(part.string().size() <= 240, "a name fits");
        require(part.string().find('\0') == std::string::npos, "a name has no NUL");
    }
    require(path == path.lexically_normal(), "a path on the disk is plain");
}

void checkPage(std::string_view html, const http::Url& page, const http::Url& root) {
    constexpr std::size_t most = 1000;
    const auto result = parseIndexPage(html, page, root, most);
    require(result.entries.size() <= most, "no more entries than asked for");
    std::set<std::string> seen;
    for (const auto& entry : result.entries) {
        checkUrl(entry.url);
        require(seen.insert(entry.url.text()).second, "each address once");
        require(entry.url.origin() == root.origin() && !entry.url.query, "an entry is on the root's server");
        require(entry.folder == entry.url.path.ends_with('/'), "a folder ends in a slash");
        const auto below = segmentsBelow(entry.url, root);
        require(below && !below->empty(), "an entry is below the root");
        if (const auto path = safeRelativePath(entry.url, root)) {
            checkPath(*path);
            require(static_cast<std::size_t>(std::distance(path->begin(), path->end())) == below->size(),
                    "a segment is a name");
        } else {
            require(path.error().code() == core::ErrorCode::InvalidArgument &&
                        !path.error().message().empty(),
                    "a refusal says why");
        }
    }
}

} // namespace
} // namespace balmer::vo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace balmer;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    static const auto root = http::parseUrl("http://h/a b/").value();
    static const auto page = http::parseUrl("http://h/a%20b/2014/?C=N").value();
    vo::checkPage(text, page, root);
    if (const auto url = http::parseUrl(text)) vo::checkUrl(*url);
    if (const auto url = http::resolve(page, text)) vo::checkUrl(*url);
    if (const auto name = vo::safeName(text)) vo::checkPath(*name);
    test::require(http::percentDecode(http::percentEncode(text)) == text,
                  "encoding and decoding are inverse");
    return 0;
}

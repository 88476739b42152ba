#include "engine/vo/samp/file_url.h"

#include <algorithm>

#include "engine/core/text_number.h"
#include "engine/http/url.h"

namespace balmer::vo {

std::optional<std::filesystem::path> fileOfUrl(std::string_view url) {
    if (url.size() < 6 || core::lowerCase(url.substr(0, 5)) != "file:") return std::nullopt;
    url.remove_prefix(5);
    if (url.starts_with("//")) {
        url.remove_prefix(2);
        const auto host = core::lowerCase(url.substr(0, url.find('/')));
        if (!host.empty() && host != "localhost" && host != "127.0.0.1") return std::nullopt;
        url.remove_prefix(host.size());
    }
    url = url.substr(0, url.find_first_of("?#"));
    if (!url.starts_with('/')) return std::nullopt;
    auto path = http::percentDecode(url);
    if (path.find('\0') != std::string::npos) return std::nullopt;
    return std::filesystem::path(std::move(path));
}

std::string urlOfFile(const std::filesystem::path& file) {
    std::string url = "file://";
    const std::string path = file.string();
    for (std::size_t from = 0; from < path.size();) {
        const auto slash = std::min(path.find('/', from), path.size());
        url += http::percentEncode(std::string_view(path).substr(from, slash - from));
        if (slash < path.size()) url += '/';
        from = slash + 1;
    }
    return url;
}

} // namespace balmer::vo

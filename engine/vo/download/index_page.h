// What an HTML page of links shows below a starting address: the index pages of nginx, Apache, lighttpd,
// Python's http.server, and hand-written ones.
//
// Pure functions on values; no thread rule. Only `href` of <a> counts (the text of links is cut short by
// nginx and Apache); comments and scripts are passed over. Time and memory are proportional to the page.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/http/url.h"

namespace balmer::vo {

struct IndexEntry {
    http::Url url;       ///< same server as the root, and strictly below it
    bool folder = false; ///< its address ends in '/'
    /// As the page writes it ("37K"), so within some per cent; none where it writes none.
    std::optional<std::uint64_t> bytesAbout;
    /// The page's text behind the link (date, size), blanks collapsed: tells two listings apart.
    std::string remark;
};

struct IndexPage {
    std::vector<IndexEntry> entries; ///< in the page's order, each address once
    /// Links that lie below the root and are left out: those with a query. Sort links ("?C=N;O=D"), parents
    /// and other servers are not counted.
    std::size_t withQuery = 0;
    /// The page has more than `most` entries, more than four million tags, or its links stand for more than
    /// 128 MiB of addresses (a long <base href>); the rest is not here. So is a link of more than 8 KiB.
    bool cut = false;
    /// Bytes that were looked at: of the page, and of addresses that were put together.
    std::size_t looked = 0;
};

inline constexpr std::size_t mostIndexEntries = 1000000;

/// page: the address from which the text came, after redirects; <base href> overrides it. root ends in '/'.
/// Links are resolved by RFC 3986 and the fragment is dropped. When stop is requested it returns with what it
/// has.
IndexPage parseIndexPage(std::string_view html, const http::Url& page, const http::Url& root,
                         std::size_t most = mostIndexEntries, const std::stop_token& stop = {});

/// "37K", "36.5K", "1.2M", "573": as bytes with K = 1024. None for anything else.
std::optional<std::uint64_t> parseShownSize(std::string_view text);

} // namespace balmer::vo

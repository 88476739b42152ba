#include "engine/vo/download/index_page.h"

#include <algorithm>
#include <set>

#include "engine/core/text_number.h"
#include "engine/vo/download/safe_path.h"

namespace balmer::vo {
namespace {

constexpr std::size_t longestRemark = 200;
constexpr std::size_t longestLink = 8 * 1024;
constexpr std::size_t mostTags = 4'000'000;
constexpr std::size_t mostAddressBytes = 128 * 1024 * 1024; ///< of all links of a page, resolved

bool isBlank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equalIgnoringCase(std::string_view text, std::string_view word) {
    return std::ranges::equal(text, word, {}, lower, lower);
}

void appendUtf8(std::string& text, std::uint32_t code) {
    const auto add = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
    if (code < 0x80) {
        add(code);
    } else if (code < 0x800) {
        add(0xc0 | code >> 6);
        add(0x80 | (code & 0x3f));
    } else if (code < 0x10000) {
        add(0xe0 | code >> 12);
        add(0x80 | (code >> 6 & 0x3f));
        add(0x80 | (code & 0x3f));
    } else {
        add(0xf0 | code >> 18);
        add(0x80 | (code >> 12 & 0x3f));
        add(0x80 | (code >> 6 & 0x3f));
        add(0x80 | (code & 0x3f));
    }
}

/// "#38", "#x26", "amp" …; none where it is not a reference that an address needs.
std::optional<std::uint32_t> codeOf(std::string_view name) {
    if (name.starts_with('#')) {
        name.remove_prefix(1);
        const bool hexadecimal = name.starts_with('x') || name.starts_with('X');
        if (hexadecimal) name.remove_prefix(1);
        if (name.empty() || name.size() > 8) return std::nullopt;
        std::uint32_t code = 0;
        for (const char raw : name) {
            const char c = lower(raw);
            std::uint32_t digit;
            if (c >= '0' && c <= '9')
                digit = static_cast<std::uint32_t>(c - '0');
            else if (hexadecimal && c >= 'a' && c <= 'f')
                digit = static_cast<std::uint32_t>(c - 'a' + 10);
            else
                return std::nullopt;
            code = code * (hexadecimal ? 16 : 10) + digit;
        }
        if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return std::nullopt;
        return code;
    }
    if (name == "amp") return '&';
    if (name == "lt") return '<';
    if (name == "gt") return '>';
    if (name == "quot") return '"';
    if (name == "apos") return '\'';
    if (name == "nbsp") return ' ';
    return std::nullopt;
}

std::string withoutEntities(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const auto mark = text.find('&');
        result += text.substr(0, mark);
        if (mark == std::string_view::npos) break;
        text.remove_prefix(mark);
        const auto end = text.substr(0, 12).find(';');
        const auto code = end == std::string_view::npos ? std::nullopt : codeOf(text.substr(1, end - 1));
        if (code) {
            appendUtf8(result, *code);
            text.remove_prefix(end + 1);
        } else {
            result += '&';
            text.remove_prefix(1);
        }
    }
    return result;
}

struct Tag {
    std::string_view name; ///< "a", "/a", …
    std::string_view href; ///< as it is written
    bool hasHref = false;
};

/// The text between tags, and the tags, one after the other. Views into the page.
class Scanner {
  public:
    explicit Scanner(std::string_view page) : rest_(page) {}
    std::size_t left() const { return rest_.size(); }

    /// False at the end. text: what stands before the tag.
    bool next(std::string_view& text, Tag& tag) {
        for (;;) {
            const auto open = rest_.find('<');
            text = rest_.substr(0, open);
            if (open == std::string_view::npos) {
                rest_ = {};
                tag = {};
                return false;
            }
            rest_.remove_prefix(open + 1);
            if (rest_.starts_with("!--")) {
                skipPast("-->");
            } else if (rest_.starts_with('!') || rest_.starts_with('?')) {
                skipPast(">");
            } else {
                tag = readTag();
                if (equalIgnoringCase(tag.name, "script") || equalIgnoringCase(tag.name, "style"))
                    skipRaw(tag.name);
                return true;
            }
        }
    }

  private:
    void skipPast(std::string_view end) {
        const auto at = rest_.find(end);
        rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at + end.size());
    }

    void skipRaw(std::string_view name) {
        for (;;) {
            skipPast("</");
            if (rest_.empty() || equalIgnoringCase(rest_.substr(0, name.size()), name)) return skipPast(">");
        }
    }

    void skipBlanks() {
        while (!rest_.empty() && (isBlank(rest_.front()) || rest_.front() == '/'))
            rest_.remove_prefix(1);
    }

    std::string_view takeUntil(std::string_view ends) {
        const auto at = std::min(rest_.find_first_of(ends), rest_.size());
        const auto taken = rest_.substr(0, at);
        rest_.remove_prefix(at);
        return taken;
    }

    Tag readTag() {
        Tag tag;
        const bool closes = rest_.starts_with('/');
        const auto* from = rest_.data();
        if (closes) rest_.remove_prefix(1);
        const auto name = takeUntil(" \t\r\n\f/>");
        tag.name = {from, name.size() + (closes ? 1 : 0)};
        for (skipBlanks(); !rest_.empty() && rest_.front() != '>'; skipBlanks()) {
            const auto attribute = takeUntil(" \t\r\n\f=>");
            while (!rest_.empty() && isBlank(rest_.front()))
                rest_.remove_prefix(1);
            if (!rest_.starts_with('=')) {
                if (attribute.empty()) break;
                continue;
            }
            rest_.remove_prefix(1);
            while (!rest_.empty() && isBlank(rest_.front()))
                rest_.remove_prefix(1);
            std::string_view value;
            if (rest_.starts_with('"') || rest_.starts_with('\'')) {
                const char quote = rest_.front();
                rest_.remove_prefix(1);
                value = takeUntil({&quote, 1});
                if (!rest_.empty()) rest_.remove_prefix(1);
            } else {
                value = takeUntil(" \t\r\n\f>");
            }
            if (!tag.hasHref && equalIgnoringCase(attribute, "href")) {
                tag.href = value;
                tag.hasHref = true;
            }
        }
        if (!rest_.empty()) rest_.remove_prefix(1);
        return tag;
    }

    std::string_view rest_;
};

bool endsRow(std::string_view tag) {
    for (const auto* name : {"/tr", "tr", "li", "/li", "hr", "/ul", "/pre", "/table", "/body"})
        if (equalIgnoringCase(tag, name)) return true;
    return false;
}

/// Each piece of text is a word by itself: what separates columns may be tags alone.
void appendRemark(std::string& remark, std::string_view text) {
    for (const char c : " " + withoutEntities(text.substr(0, 4 * longestRemark))) {
        if (remark.size() >= longestRemark) return;
        if (!isBlank(c))
            remark += c;
        else if (!remark.empty() && remark.back() != ' ')
            remark += ' ';
    }
}

/// The word behind the time of day.
std::optional<std::uint64_t> sizeIn(std::string_view remark) {
    bool afterTime = false;
    for (const auto& word : core::splitList(remark, ' ')) {
        if (afterTime) return parseShownSize(word);
        afterTime = word.size() >= 4 && word.find(':') != std::string::npos;
    }
    return std::nullopt;
}

} // namespace

std::optional<std::uint64_t> parseShownSize(std::string_view text) {
    double factor = 1;
    if (!text.empty() && (text.back() == 'B' || text.back() == 'b')) text.remove_suffix(1);
    if (!text.empty() && text.back() == 'i') text.remove_suffix(1);
    if (!text.empty()) {
        static constexpr std::string_view units = "KMGTP";
        const char last = text.back() == 'k' ? 'K' : text.back();
        if (const auto unit = units.find(last); unit != std::string_view::npos) {
            for (std::size_t i = 0; i <= unit; ++i)
                factor *= 1024;
            text.remove_suffix(1);
        }
    }
    if (text.empty() || text.size() > 18 || text.front() == '.' ||
        !std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || c == '.'; }))
        return std::nullopt;
    const auto number = core::parseDouble(text);
    if (!number || *number * factor > 9e18) return std::nullopt;
    return static_cast<std::uint64_t>(*number * factor + 0.5);
}

IndexPage parseIndexPage(std::string_view html, const http::Url& page, const http::Url& root,
                         std::size_t most, const std::stop_token& stop) {
    IndexPage result;
    std::set<std::string> seen;
    http::Url base = page;
    bool baseGiven = false;
    bool inRemark = false;
    Scanner scanner(html);
    std::string_view text;
    Tag tag;
    const auto close = [&] {
        if (!inRemark) return;
        inRemark = false;
        auto& entry = result.entries.back();
        while (entry.remark.ends_with(' '))
            entry.remark.pop_back();
        entry.bytesAbout = sizeIn(entry.remark);
    };
    std::size_t addressBytes = 0, tags = 0;
    bool inLink = false; // its text does not count
    for (bool more = true; more && !stop.stop_requested();) {
        more = scanner.next(text, tag);
        if (++tags > mostTags) {
            result.cut = true;
            break;
        }
        if (inRemark && !inLink) appendRemark(result.entries.back().remark, text);
        if (!more || endsRow(tag.name)) {
            close();
            continue;
        }
        if (equalIgnoringCase(tag.name, "/a")) {
            inLink = false;
        } else if (equalIgnoringCase(tag.name, "base") && tag.hasHref && !baseGiven) {
            if (const auto given = http::resolve(page, withoutEntities(tag.href))) base = *given;
            baseGiven = true;
        } else if (equalIgnoringCase(tag.name, "a") && tag.hasHref) {
            close();
            if (tag.href.size() > longestLink) {
                result.cut = true;
                continue;
            }
            addressBytes += base.path.size() + tag.href.size();
            if (addressBytes > mostAddressBytes) {
                result.cut = true;
                break;
            }
            const auto url = http::resolve(base, withoutEntities(tag.href));
            if (!url) continue;
            const auto below = segmentsBelow(*url, root);
            if (!below || below->empty()) continue;
            if (url->query) {
                result.withQuery += url->path != page.path; // not the page in another order
                continue;
            }
            if (!seen.insert(url->path).second) continue;
            if (result.entries.size() >= most) {
                result.cut = true;
                break;
            }
            result.entries.push_back({*url, url->path.ends_with('/'), std::nullopt, {}});
            inRemark = inLink = true;
        }
    }
    close();
    result.looked = html.size() - scanner.left() + addressBytes;
    return result;
}

} // namespace balmer::vo

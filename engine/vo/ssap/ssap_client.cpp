#include "engine/vo/ssap/ssap_client.h"

#include <filesystem>
#include <set>

#include "engine/http/url.h"
#include "engine/io/votable.h"
#include "engine/vo/ssap/spectrum_list_reader.h"

namespace balmer::vo {

using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

/// The first words of a text page, on one line, without the marks of HTML.
std::string beginningOf(std::string_view body) {
    std::string words;
    bool tag = false;
    for (const char c : body.substr(0, 4000)) {
        if (c == '<') tag = true;
        const bool blank = tag || static_cast<unsigned char>(c) <= 0x20;
        if (c == '>') tag = false;
        if (!blank)
            words += c;
        else if (!words.empty() && words.back() != ' ')
            words += ' ';
        if (words.size() >= 200) break;
    }
    return words;
}

std::span<const std::byte> bytesOf(std::string_view text) {
    return std::as_bytes(std::span(text.data(), text.size()));
}

Result<SpectrumList> fetchList(http::Client& client, const std::string& url, const AskOptions& options,
                               core::TaskContext& task) {
    http::Request request;
    request.url = url;
    request.user = options.user;
    request.password = options.password;
    request.limitBytes = options.limitBytes;
    auto asking = task.part(0, 0.8);
    BALMER_TRY(const auto answer, http::sendWithRetries(client, request, options.retry, asking));
    const bool gzip = answer.body.starts_with("\x1f\x8b");
    const bool votable = gzip || io::looksLikeVotable(bytesOf(answer.body));
    // Services put their refusals into a VOTable, with an error's status or with 200.
    if (!answer.succeeded()) {
        if (votable) {
            const auto list =
                readSpectrumList(io::memorySource(bytesOf(answer.body)), answer.finalUrl, options.list, task);
            if (!list && list.error().code() == ErrorCode::Remote) return fail(list.error());
        }
        return fail(http::statusError(answer));
    }
    if (!votable)
        return fail(ErrorCode::Format, "the answer is not a VOTable" +
                                           (answer.contentType.empty() ? "" : " but " + answer.contentType) +
                                           ": \"" + beginningOf(answer.body) +
                                           "\"; is this the address of the service itself?");
    return readSpectrumList(io::memorySource(bytesOf(answer.body)), answer.finalUrl, options.list, task);
}

/// Without user and password.
std::string shown(const std::string& url) {
    const auto parsed = http::parseUrl(url);
    return parsed ? parsed->text() : url;
}

} // namespace

Result<SpectrumList> askSsap(http::Client& client, const std::string& service, const SsapQuery& query,
                             const AskOptions& options, core::TaskContext& task) {
    std::vector<std::optional<spectrum::SkyPosition>> places(query.positions.begin(), query.positions.end());
    if (places.empty()) places.emplace_back();
    std::vector<std::string> urls;
    for (const auto& place : places) {
        BALMER_TRY(urls.emplace_back(), ssapUrl(service, query, place));
    }
    SpectrumList joined;
    std::set<std::string> seen;
    std::optional<core::Error> first;
    std::size_t answered = 0;
    auto left = options; // of what a list may hold
    for (std::size_t i = 0; i < urls.size(); ++i) {
        if (i > 0 && (left.list.most == 0 || left.list.mostText == 0)) {
            joined.cut = true;
            break;
        }
        const auto from = static_cast<double>(i) / static_cast<double>(urls.size());
        const auto to = static_cast<double>(i + 1) / static_cast<double>(urls.size());
        BALMER_CHECK(task.checkpoint(from, urls.size() == 1 ? "asking the service"
                                                            : "asking " + std::to_string(i + 1) + " of " +
                                                                  std::to_string(urls.size())));
        auto part = task.part(from, to);
        auto list = fetchList(client, urls[i], left, part);
        if (!list) {
            auto error = std::move(list).error();
            if (error.code() == ErrorCode::Cancelled) return fail(std::move(error));
            if (urls.size() == 1) return fail(std::move(error.during("asking " + shown(service))));
            joined.failures.push_back("at " + spectrum::formatPosition(*places[i]) + ": " + error.message());
            if (!first) first = std::move(error);
            continue;
        }
        auto rows = std::move(list->rows);
        list->rows = std::move(joined.rows);
        list->failures = std::move(joined.failures);
        list->overflow |= joined.overflow;
        list->cut |= joined.cut;
        if (list->message.empty()) list->message = std::move(joined.message);
        joined = std::move(*list);
        ++answered;
        // Two rows of one address within an answer are two rows; where regions overlap, one row comes again.
        const auto before = joined.rows.size();
        for (auto& row : rows) {
            if (!row.url.empty() && seen.contains(row.url)) continue;
            row.row = joined.rows.size();
            left.list.mostText -= std::min(left.list.mostText, textBytes(row));
            joined.rows.push_back(std::move(row));
        }
        left.list.most = options.list.most - joined.rows.size();
        for (auto row = before; row < joined.rows.size(); ++row)
            seen.insert(joined.rows[row].url);
    }
    if (answered == 0) return fail(std::move(first->during("asking " + shown(service))));
    joined.source = shown(service);
    return joined;
}

Result<SpectrumList> loadSpectrumList(http::Client& client, const std::string& fileOrUrl,
                                      const AskOptions& options, core::TaskContext& task) {
    BALMER_CHECK(task.checkpoint(0, "reading the list"));
    if (fileOrUrl.find("://") != std::string::npos) {
        auto list = fetchList(client, fileOrUrl, options, task);
        if (!list) return fail(std::move(list.error().during("reading " + shown(fileOrUrl))));
        list->source = shown(fileOrUrl);
        return list;
    }
    const auto file = std::filesystem::absolute(fileOrUrl).lexically_normal();
    BALMER_TRY(auto source, io::fileSource(file));
    auto list = readSpectrumList(std::move(source), file.string(), options.list, task);
    if (!list) return fail(std::move(list.error().during("reading " + file.string())));
    return list;
}

} // namespace balmer::vo

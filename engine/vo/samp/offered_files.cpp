#include "engine/vo/samp/offered_files.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/core/file.h"
#include "engine/http/url.h"

namespace balmer::vo {

namespace {

/// "TOKEN" of "/TOKEN/name".
std::string tokenIn(std::string_view path) {
    path.remove_prefix(std::min<std::size_t>(path.size(), 1));
    return std::string(path.substr(0, path.find('/')));
}

} // namespace

std::string OfferedFiles::add(SampOffer offer, Time now) {
    auto token = http::randomToken();
    auto path = "/" + token + "/";
    path += http::percentEncode(offer.name.empty() ? offer.file.filename().string() : offer.name);
    const auto until = now + offer.keep;
    const core::LockGuard lock(mutex_);
    entries_.emplace(std::move(token), Entry{std::move(offer), until, false});
    return path;
}

void OfferedFiles::release(std::string_view path) {
    const core::LockGuard lock(mutex_);
    const auto found = entries_.find(tokenIn(path));
    if (found != entries_.end()) found->second.released = true;
}

std::optional<http::ServerResponse> OfferedFiles::answer(const http::ServerRequest& request) const {
    const core::LockGuard lock(mutex_);
    const auto found = entries_.find(tokenIn(request.path));
    if (found == entries_.end()) return std::nullopt;
    http::ServerResponse response;
    if (request.method != "GET") {
        response.status = 405;
        response.fields = {{"Allow", "GET, HEAD"}};
        return response;
    }
    response.contentType = found->second.offer.contentType;
    response.file = found->second.offer.file;
    if (const auto& fetched = found->second.offer.fetched)
        response.done = [fetched](bool whole) {
            if (whole) fetched();
        };
    return response;
}

std::optional<OfferedFiles::Time> OfferedFiles::expire(Time now) {
    const core::LockGuard lock(mutex_);
    std::optional<Time> next;
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        const bool over = entry->second.released && entry->second.until <= now;
        if (over) {
            withdraw(entry->second.offer);
            entry = entries_.erase(entry);
            continue;
        }
        if (entry->second.released) next = next ? std::min(*next, entry->second.until) : entry->second.until;
        ++entry;
    }
    return next;
}

void OfferedFiles::clear() {
    const core::LockGuard lock(mutex_);
    for (const auto& [token, entry] : entries_)
        withdraw(entry.offer);
    entries_.clear();
}

void withdraw(const SampOffer& offer) {
    if (offer.removeAfterwards) (void)core::removeFile(offer.file);
}

} // namespace balmer::vo

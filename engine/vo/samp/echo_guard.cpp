#include "engine/vo/samp/echo_guard.h"

#include <algorithm>
#include <variant>

#include "engine/core/text_number.h"
#include "engine/vo/samp/mtypes.h"

namespace balmer::vo {
namespace {

/// What a message is about, and what it says of it; an empty subject for what cannot be an echo.
struct Saying {
    std::string subject, what;
};

template <typename OfTable>
std::string tableName(const OfTable& request) {
    return request.tableId.empty() ? "url " + request.url : "id " + request.tableId;
}

struct Reader {
    Saying operator()(const HighlightRow& request) const {
        return {"row " + tableName(request), std::to_string(request.row)};
    }
    Saying operator()(const SelectRows& request) const {
        auto rows = request.rows;
        std::sort(rows.begin(), rows.end());
        std::string what;
        for (const auto row : rows)
            what += std::to_string(row) + " ";
        return {"rows " + tableName(request), std::move(what)};
    }
    Saying operator()(const PointAtSky& request) const {
        // Others pass it on in fewer digits.
        return {"sky", core::formatFixed(request.raDeg, 4) + " " + core::formatFixed(request.decDeg, 4)};
    }
    template <typename Other>
    Saying operator()(const Other&) const {
        return {};
    }
};

} // namespace

EchoGuard::Said EchoGuard::talkOf(const SampMessage& message, Time now) {
    const auto request = decodeRequest(message);
    if (!request) return {};
    auto saying = std::visit(Reader(), *request);
    if (saying.subject.empty()) return {};
    const auto old = [&](const Statement& statement) { return now - statement.when > window_; };
    for (auto entry = talks_.begin(); entry != talks_.end();) {
        auto& [heard, sent] = entry->second;
        std::erase_if(heard, old);
        std::erase_if(sent, old);
        entry = heard.empty() && sent.empty() ? talks_.erase(entry) : std::next(entry);
    }
    return {&talks_[saying.subject], std::move(saying.what)};
}

bool EchoGuard::sends(const SampMessage& message, Time now) {
    auto [talk, what] = talkOf(message, now);
    if (!talk) return false;
    const bool echo = !talk->heard.empty() && talk->heard.back().what == what;
    if (!echo) talk->heard.clear();
    talk->sent.push_back({std::move(what), now});
    return echo;
}

bool EchoGuard::hears(const SampMessage& message, Time now) {
    auto [talk, what] = talkOf(message, now);
    if (!talk) return false;
    const auto same = [&what = what](const Statement& statement) { return statement.what == what; };
    if (std::any_of(talk->heard.begin(), talk->heard.end(), same) ||
        std::any_of(talk->sent.begin(), talk->sent.end(), same))
        return true;
    talk->sent.clear();
    talk->heard = {{std::move(what), now}};
    return false;
}

} // namespace balmer::vo

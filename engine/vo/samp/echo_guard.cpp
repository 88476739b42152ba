#include "engine/vo/samp/echo_guard.h"

#include <algorithm>
#include <variant>

#include "engine/core/text_number.h"
#include "engine/vo/samp/mtypes.h"

namespace balmer::vo {
namespace {

/// What a message is about, and what it says of it; an empty subject for what cannot be an echo.
struct Statement {
    std::string subject, what;
};

template <typename OfTable>
std::string tableName(const OfTable& request) {
    return request.tableId.empty() ? "url " + request.url : "id " + request.tableId;
}

struct Reader {
    Statement operator()(const HighlightRow& request) const {
        return {"row " + tableName(request), std::to_string(request.row)};
    }
    Statement operator()(const SelectRows& request) const {
        auto rows = request.rows;
        std::sort(rows.begin(), rows.end());
        std::string what;
        for (const auto row : rows)
            what += std::to_string(row) + " ";
        return {"rows " + tableName(request), std::move(what)};
    }
    Statement operator()(const PointAtSky& request) const {
        // Others pass it on in fewer digits.
        return {"sky", core::formatFixed(request.raDeg, 4) + " " + core::formatFixed(request.decDeg, 4)};
    }
    template <typename Other>
    Statement operator()(const Other&) const {
        return {};
    }
};

} // namespace

bool EchoGuard::repeats(const SampMessage& message, Time now) {
    const auto request = decodeRequest(message);
    if (!request) return false;
    auto said = std::visit(Reader(), *request);
    if (said.subject.empty()) return false;
    for (auto entry = known_.begin(); entry != known_.end();) {
        std::erase_if(entry->second, [&](const Known& known) { return now - known.when > window_; });
        entry = entry->second.empty() ? known_.erase(entry) : std::next(entry);
    }
    auto& lately = known_[said.subject];
    const bool again = std::any_of(lately.begin(), lately.end(),
                                   [&](const Known& known) { return known.what == said.what; });
    if (!again) lately.push_back({std::move(said.what), now});
    return again;
}

} // namespace balmer::vo

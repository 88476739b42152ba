#include "engine/store/label_seals.h"

#include <string_view>

#include "engine/core/digest.h"
#include "engine/store/connections.h"

namespace balmer::store {

using core::Result;
using core::Status;

namespace {

constexpr std::string_view sealedFields =
    "e.id, e.spectrum, e.kind, e.class, e.comment, e.who, e.at, e.view, e.model, e.round, e.list, "
    "e.supersedes, e.act";
constexpr int sealedFieldCount = 13;

/// The row begins with sealedFields. Each field goes in with its length, or as one that is not there.
std::string sealOf(std::string_view before, const Statement& row) {
    core::Hasher hasher;
    hasher.update(before);
    for (int i = 0; i < sealedFieldCount; ++i) {
        const auto text = row.text(i);
        hasher.update(row.isNull(i) ? std::string("-") : std::to_string(text.size()) + ":" + text);
    }
    return hasher.finish();
}

} // namespace

Status sealEvents(Database& database) {
    std::int64_t last = 0;
    std::string digest;
    {
        BALMER_TRY(auto newest,
                   database.prepare("SELECT event, digest FROM label_seal ORDER BY event DESC LIMIT 1"));
        BALMER_TRY(const bool any, newest.step());
        if (any) {
            last = newest.integer(0);
            digest = newest.text(1);
        }
    }
    BALMER_TRY(auto events, database.prepare("SELECT " + std::string(sealedFields) +
                                             " FROM label_event e WHERE e.id > ? ORDER BY e.id"));
    events.bind(last);
    while (true) {
        BALMER_TRY(const bool row, events.step());
        if (!row) return {};
        digest = sealOf(digest, events);
        BALMER_CHECK(
            database.run("INSERT INTO label_seal (event, digest) VALUES (?, ?)", events.integer(0), digest));
    }
}

Result<std::vector<std::string>> brokenSeals(Database& database, std::size_t most) {
    std::vector<std::string> broken;
    std::string before;
    BALMER_TRY(auto seals, database.prepare("SELECT " + std::string(sealedFields) +
                                            ", s.event, s.digest FROM label_seal s LEFT JOIN label_event e "
                                            "ON e.id = s.event ORDER BY s.event"));
    while (broken.size() < most) {
        BALMER_TRY(const bool row, seals.step());
        if (!row) break;
        const auto event = std::to_string(seals.integer(sealedFieldCount));
        if (seals.isNull(0))
            broken.push_back("label " + event + " is gone");
        else if (sealOf(before, seals) != seals.text(sealedFieldCount + 1))
            broken.push_back("label " + event + ", of the spectrum \"" + seals.text(1) + "\" by \"" +
                             seals.text(5) + "\", is not what was written");
        before = seals.text(sealedFieldCount + 1);
    }
    BALMER_TRY(auto bare, database.prepare("SELECT id FROM label_event WHERE id NOT IN (SELECT event FROM "
                                           "label_seal) ORDER BY id"));
    while (broken.size() < most) {
        BALMER_TRY(const bool row, bare.step());
        if (!row) break;
        broken.push_back("label " + std::to_string(bare.integer(0)) + " has lost its seal");
    }
    return broken;
}

} // namespace balmer::store

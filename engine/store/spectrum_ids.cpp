#include "engine/store/spectrum_ids.h"

#include <string_view>
#include <vector>

#include "engine/store/connections.h"
#include "engine/store/kept_text.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t shortDigits = 8, mostSaid = 5;

std::string withContent(const std::string& wish, const SpectrumContent& content, std::size_t digits) {
    auto id = wish + "~" + content.digest.substr(0, digits);
    if (content.part != 0) id += "-" + std::to_string(content.part);
    return id;
}

Result<bool> isTaken(Database& database, const std::string& id) {
    BALMER_TRY(const auto taken, database.number("SELECT EXISTS (SELECT 1 FROM spectrum WHERE id = ?)", id));
    return taken != 0;
}

Result<std::string> idWithContent(Database& database, const std::string& wish,
                                  const SpectrumContent& content) {
    // The whole digest and a number are for names that were made to be in the way.
    auto id = withContent(wish, content, shortDigits);
    for (int number = 1;; ++number) {
        BALMER_TRY(const bool taken, isTaken(database, id));
        if (!taken) return id;
        id = withContent(wish, content, std::string::npos);
        if (number > 1) id += "~" + std::to_string(number);
    }
}

/// The spectra that wish for it and have it with their content, in the order of their ids, as many at most.
Result<std::vector<std::string>> sharersOf(Database& database, const std::string& wish, std::size_t most) {
    // Such ids lie between "wish~" and "wish" + the character after '~'.
    BALMER_TRY(auto statement, database.prepare("SELECT id, content_digest, part FROM spectrum "
                                                "WHERE id > ? AND id < ? ORDER BY id"));
    statement.bind(wish + "~").bind(wish + "\x7F");
    std::vector<std::string> ids;
    while (ids.size() < most) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) break;
        const auto id = statement.text(0);
        const SpectrumContent content{statement.text(1), statement.integer(2)};
        if (id == withContent(wish, content, shortDigits) ||
            id == withContent(wish, content, std::string::npos))
            ids.push_back(id);
    }
    return ids;
}

/// What has this id by name. Older projects count those that share a name, and the first one keeps it.
Result<bool> isNamed(Database& database, const std::string& id) {
    BALMER_TRY(const auto named,
               database.number("SELECT EXISTS (SELECT 1 FROM label_event WHERE spectrum = ?1) "
                               "OR EXISTS (SELECT 1 FROM dataset_row WHERE spectrum = ?1) "
                               "OR EXISTS (SELECT 1 FROM round_item WHERE spectrum = ?1) "
                               "OR EXISTS (SELECT 1 FROM spectrum WHERE id = ?1 || '~2')",
                               id));
    return named != 0;
}

} // namespace

Result<GivenId> idFor(Database& database, const std::string& wish, const SpectrumContent& content) {
    GivenId given;
    {
        BALMER_TRY(auto holder,
                   database.prepare("SELECT key, content_digest, part FROM spectrum WHERE id = ?"));
        BALMER_TRY(const bool taken, holder.bind(wish).step());
        if (!taken) {
            BALMER_TRY(const auto sharers, sharersOf(database, wish, 1));
            if (sharers.empty()) return GivenId{wish, 0, {}};
        } else {
            BALMER_TRY(const bool named, isNamed(database, wish));
            if (!named) {
                given.renamed = holder.integer(0);
                BALMER_TRY(given.renamedTo,
                           idWithContent(database, wish, {holder.text(1), holder.integer(2)}));
            }
        }
    }
    BALMER_TRY(given.id, idWithContent(database, wish, content));
    return given;
}

Status checkSpectrum(Database& database, const std::string& id) {
    BALMER_TRY(const bool there, isTaken(database, id));
    if (there) return {};
    BALMER_CHECK(checkName("the spectrum", id));
    BALMER_TRY(const auto sharers, sharersOf(database, id, mostSaid + 1));
    if (sharers.empty()) return {};
    std::string all;
    for (std::size_t i = 0; i < sharers.size() && i < mostSaid; ++i)
        all += (i == 0 ? "" : ", ") + sharers[i];
    return fail(ErrorCode::InvalidArgument,
                "\"" + id + "\" stands for several spectra since another of that name was imported: " + all +
                    (sharers.size() > mostSaid ? " …" : "") + "; name one of them");
}

} // namespace balmer::store

#include "engine/store/migration.h"

#include <unistd.h>

#include <filesystem>
#include <string>

#include "engine/core/file.h"
#include "engine/store/connections.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Status;

namespace {
/// `<file>.before-N`, unless another process takes the step while it is made.
Status copyBefore(Database& database, std::int64_t version, int number) {
    const auto copy = database.file().string() + ".before-" + std::to_string(number);
    const auto mine = copy + "-" + std::to_string(::getpid());
    BALMER_CHECK(database.copyTo(mine));
    BALMER_TRY(const auto now, database.number("PRAGMA user_version"));
    return now == version ? core::renameFile(mine, copy) : core::removeFile(mine);
}
} // namespace

Status checkOrigin(Database& database, std::span<const Migration> steps, std::int64_t mark) {
    const auto file = database.file().string();
    BALMER_TRY(const auto version, database.number("PRAGMA user_version"));
    BALMER_TRY(const auto found, database.number("PRAGMA application_id"));
    BALMER_TRY(const auto tables, database.number("SELECT count(*) FROM sqlite_schema"));
    if ((version != 0 || tables != 0) && found != mark)
        return fail(ErrorCode::Store, file + " is a database of another program; choose another folder");
    const auto newest = steps.empty() ? 0 : steps.back().number;
    if (version > newest)
        return fail(ErrorCode::Unsupported,
                    file + " was written by a newer Balmer (schema " + std::to_string(version) +
                        "; this one knows " + std::to_string(newest) + "); use that version or a later one");
    return {};
}

Status migrate(Database& database, std::span<const Migration> steps, std::int64_t mark, Before old) {
    BALMER_CHECK(checkOrigin(database, steps, mark));
    bool copied = old == Before::Drop;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        const auto& step = steps[i];
        BALMER_TRY(const auto before, database.number("PRAGMA user_version"));
        if (before >= step.number) continue;
        if (before > 0 && !copied) {
            BALMER_CHECK(copyBefore(database, before, step.number));
            copied = true;
        }
        BALMER_CHECK(database.run("BEGIN IMMEDIATE"));
        // Another process may have taken the step while this one waited for its turn. A new database is made
        // whole: nobody finds it on the way and takes it for an old one.
        const auto take = [&]() -> Status {
            BALMER_TRY(const auto now, database.number("PRAGMA user_version"));
            if (now >= step.number) return {};
            for (const auto& each : steps.subspan(i, now == 0 ? steps.size() - i : 1)) {
                BALMER_CHECK(database.script(each.sql));
                BALMER_CHECK(database.script("PRAGMA user_version = " + std::to_string(each.number)));
            }
            return database.run("COMMIT");
        };
        auto taken = take();
        (void)database.run("ROLLBACK"); // does nothing after a COMMIT
        if (!taken) {
            auto error = std::move(taken).error();
            return fail(error.during("bringing " + database.file().string() + " to schema " +
                                     std::to_string(step.number) + ", " + std::string(step.name)));
        }
    }
    return {};
}

} // namespace balmer::store

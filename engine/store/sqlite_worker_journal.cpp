#include "engine/store/sqlite_worker_journal.h"

#include <algorithm>
#include <cmath>

#include "engine/core/mutex.h"

#include "engine/core/private_file.h"
#include "engine/store/connections.h"
#include "engine/store/json_text.h"
#include "engine/store/migration.h"
#include "engine/store/schema_check.h"

namespace balmer::store {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using jobs::ParcelEntry;
using jobs::Phase;
using jobs::RemoteEvent;
using jobs::WorkerEvent;
using jobs::WorkerJob;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view select =
    "SELECT id, key, owner, spec_digest, spec, phase, progress, stage, created, started, ended, attempts, "
    "cancel_wanted, result, error_code, error_message, error_context, last_event, released, device, "
    "program_version, lease_until FROM worker_job ";

bool isHex(std::string_view text, std::size_t digits) {
    return text.size() == digits && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

double fractionOf(double progress) {
    return std::isnan(progress) ? 0.0 : std::clamp(progress, 0.0, 1.0);
}

Error notThere(std::string_view key) {
    return Error(ErrorCode::NotFound,
                 "there is no job " + std::string(isHex(key, 32) ? key : "of that key") + " on this worker");
}

Status addFiles(Database& database, std::int64_t id, bool output, const std::vector<ParcelEntry>& files) {
    std::int64_t number = 0;
    for (const auto& file : files) {
        if (!isHex(file.object, 64) || file.bytes < 0)
            return fail(ErrorCode::InvalidArgument,
                        "the file " + cleanText(file.name) + " of the parcel names no object");
        BALMER_CHECK(database.run("INSERT INTO worker_file (job, output, number, name, object, bytes) "
                                  "VALUES (?, ?, ?, ?, ?, ?)",
                                  id, output ? 1 : 0, number++, file.name, file.object, file.bytes));
    }
    return {};
}

Status readFiles(Database& database, std::int64_t id, WorkerJob& job) {
    BALMER_TRY(auto row, database.prepare("SELECT output, name, object, bytes FROM worker_file WHERE job = ? "
                                          "ORDER BY output, number"));
    row.bind(id);
    while (true) {
        BALMER_TRY(const bool more, row.step());
        if (!more) return {};
        auto& files = row.integer(0) != 0 ? job.outputs : job.inputs;
        files.push_back({row.text(1), row.text(2), row.integer(3)});
    }
}

Result<WorkerJob> jobFrom(Database& database, const Statement& row) {
    WorkerJob job;
    job.key = row.text(1);
    job.owner = row.text(2);
    job.specDigest = row.text(3);
    job.spec = row.text(4);
    job.phase = jobs::parsePhase(row.text(5)).value_or(Phase::Unknown);
    job.progress = row.number(6);
    job.stage = row.text(7);
    job.created = row.text(8);
    job.started = row.text(9);
    job.ended = row.text(10);
    job.attempts = static_cast<int>(row.integer(11));
    job.cancelWanted = row.integer(12) != 0;
    job.result = row.text(13);
    if (!row.isNull(14)) {
        job.error.emplace(core::errorCodeFrom(row.text(14)), row.text(15));
        BALMER_TRY(auto context, textsFrom(database, row.text(16)));
        for (auto& doing : context)
            job.error->during(std::move(doing));
    }
    job.lastEvent = static_cast<std::uint64_t>(row.integer(17));
    job.released = row.integer(18) != 0;
    job.device = row.text(19);
    job.programVersion = row.text(20);
    job.leaseUntil = row.text(21);
    BALMER_CHECK(readFiles(database, row.integer(0), job));
    return job;
}

Result<std::vector<WorkerJob>> jobsFrom(Database& database, Statement& statement) {
    std::vector<WorkerJob> all;
    while (true) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) return all;
        BALMER_TRY(auto job, jobFrom(database, statement));
        all.push_back(std::move(job));
    }
}

Result<std::optional<WorkerJob>> jobWith(Database& database, std::string_view key) {
    BALMER_TRY(auto statement, database.prepare(std::string(select) + "WHERE key = ?"));
    BALMER_TRY(const bool found, statement.bind(key).step());
    if (!found) return std::nullopt;
    BALMER_TRY(auto job, jobFrom(database, statement));
    return job;
}

/// What a change of a job begins with.
struct Row {
    std::int64_t id = 0;
    Phase phase = Phase::Unknown;
};

Result<Row> rowOf(Database& database, std::string_view key) {
    BALMER_TRY(auto statement, database.prepare("SELECT id, phase FROM worker_job WHERE key = ?"));
    BALMER_TRY(const bool found, statement.bind(key).step());
    if (!found) return fail(notThere(key));
    return Row{statement.integer(0), jobs::parsePhase(statement.text(1)).value_or(Phase::Unknown)};
}

auto refuse(std::string_view key, Phase phase, std::string_view what) {
    return fail(ErrorCode::InvalidArgument, "job " + std::string(key) + " is " +
                                                std::string(jobs::toString(phase)) + " and cannot " +
                                                std::string(what));
}

Result<Row> rowThatHasEnded(Database& database, std::string_view key, std::string_view what) {
    BALMER_TRY(const auto row, rowOf(database, key));
    if (!jobs::isFinal(row.phase)) return refuse(key, row.phase, std::string(what) + " before it has ended");
    return row;
}

/// A new event with the job's state as it is now; returns its number. The newest event before it goes when it
/// told progress alone.
Result<std::int64_t> tell(Database& database, std::int64_t id, bool kept) {
    BALMER_TRY(const auto last, database.number("SELECT last_event FROM worker_job WHERE id = ?", id));
    BALMER_CHECK(
        database.run("DELETE FROM worker_event WHERE job = ? AND sequence = ? AND kept = 0", id, last));
    BALMER_CHECK(
        database.run("INSERT INTO worker_event (job, sequence, kept, phase, progress, stage, started, "
                     "device, program_version) SELECT id, ?, ?, phase, progress, stage, started, device, "
                     "program_version FROM worker_job WHERE id = ?",
                     last + 1, kept ? 1 : 0, id));
    BALMER_CHECK(database.run("UPDATE worker_job SET last_event = ? WHERE id = ?", last + 1, id));
    return last + 1;
}

class SqliteWorkerJournal : public jobs::WorkerJournal {
  public:
    SqliteWorkerJournal(std::unique_ptr<Database> database, const core::Clock& clock)
        : clock_(clock), database_(std::move(database)) {}

    Result<bool> accept(const WorkerJob& job) override;
    Result<std::optional<WorkerJob>> find(std::string_view key, std::string_view owner) override;
    Result<std::vector<WorkerJob>> list(std::string_view owner, std::size_t limit) override;
    Result<std::vector<WorkerJob>> unfinished() override;
    Status moveTo(std::string_view key, Phase phase, std::string_view stage) override;
    Status beginAttempt(std::string_view key) override;
    Status note(std::string_view key, const RemoteEvent& told) override;
    Status finish(std::string_view key, Phase phase, std::string_view resultJson,
                  const std::optional<Error>& error, const std::vector<ParcelEntry>& outputs) override;
    Status wantCancel(std::string_view key) override;
    Result<std::vector<WorkerEvent>> eventsAfter(std::string_view key, std::uint64_t sequence,
                                                 std::size_t limit) override;
    Status release(std::string_view key, std::string_view time) override;
    Status remove(std::string_view key) override;
    Result<std::vector<std::string>> objectsInUse() override;

  private:
    /// All that work(Database&) writes is kept if it succeeds, nothing if not; it sees one state.
    template <typename Work>
    std::invoke_result_t<Work, Database&> inOne(std::string_view begin, Work work) {
        const core::LockGuard lock(mutex_);
        BALMER_CHECK(database_->run(begin));
        auto result = work(*database_);
        if (result) {
            auto kept = database_->run("COMMIT");
            if (kept) return result;
            result = fail(std::move(kept).error());
        }
        (void)database_->run("ROLLBACK");
        return result;
    }
    template <typename Work>
    auto write(Work work) {
        return inOne("BEGIN IMMEDIATE", std::move(work));
    }
    template <typename Work>
    auto read(Work work) {
        return inOne("BEGIN", std::move(work));
    }
    std::string now() const { return core::formatTime(clock_.now()); }

    const core::Clock& clock_;
    core::Mutex mutex_;
    std::unique_ptr<Database> database_ BALMER_GUARDED_BY(mutex_);
};

Result<bool> SqliteWorkerJournal::accept(const WorkerJob& job) {
    if (!isHex(job.key, 32) || job.owner.empty())
        return fail(ErrorCode::InvalidArgument, "a job needs a key of 32 hexadecimal digits, and an owner");
    if (job.phase != Phase::Pending && job.phase != Phase::Queued)
        return fail(ErrorCode::InvalidArgument,
                    "a job begins PENDING or QUEUED, not as " + std::string(jobs::toString(job.phase)));
    return write([&](Database& database) -> Result<bool> {
        BALMER_TRY(const auto known, jobWith(database, job.key));
        if (known) {
            if (known->owner != job.owner) return fail(notThere(job.key));
            if (known->specDigest == job.specDigest && known->inputs == job.inputs) return false;
            return fail(ErrorCode::InvalidArgument,
                        "conflict: the job " + job.key +
                            " is here with other content; submit it under a new key");
        }
        BALMER_CHECK(database.run(
            "INSERT INTO worker_job (key, owner, spec_digest, spec, phase, progress, stage, created, "
            "started, ended, "
            "attempts, cancel_wanted, result, last_event, released, device, program_version, lease_until) "
            "VALUES (?, ?, ?, ?, ?, 0.0, ?, ?, '', '', 0, 0, '', 0, 0, ?, ?, ?)",
            job.key, job.owner, job.specDigest, job.spec, jobs::toString(job.phase), job.stage, now(),
            job.device, job.programVersion, job.leaseUntil));
        const auto id = database.lastKey();
        BALMER_CHECK(addFiles(database, id, false, job.inputs));
        BALMER_CHECK(tell(database, id, true));
        return true;
    });
}

Result<std::optional<WorkerJob>> SqliteWorkerJournal::find(std::string_view key, std::string_view owner) {
    return read([&](Database& database) -> Result<std::optional<WorkerJob>> {
        BALMER_TRY(auto job, jobWith(database, key));
        if (job && !owner.empty() && job->owner != owner) job.reset();
        return job;
    });
}

Result<std::vector<WorkerJob>> SqliteWorkerJournal::list(std::string_view owner, std::size_t limit) {
    return read([&](Database& database) -> Result<std::vector<WorkerJob>> {
        BALMER_TRY(auto statement, database.prepare(std::string(select) +
                                                    "WHERE ? = '' OR owner = ? ORDER BY id DESC LIMIT ?"));
        statement.bind(owner).bind(owner).bind(limit > 0 ? static_cast<std::int64_t>(limit)
                                                         : std::int64_t{-1});
        return jobsFrom(database, statement);
    });
}

Result<std::vector<WorkerJob>> SqliteWorkerJournal::unfinished() {
    return read([&](Database& database) -> Result<std::vector<WorkerJob>> {
        BALMER_TRY(auto statement, database.prepare(std::string(select) +
                                                    "WHERE phase NOT IN ('COMPLETED', 'ERROR', 'ABORTED', "
                                                    "'ARCHIVED') ORDER BY id"));
        return jobsFrom(database, statement);
    });
}

Status SqliteWorkerJournal::moveTo(std::string_view key, Phase phase, std::string_view stage) {
    return write([&](Database& database) -> Status {
        BALMER_TRY(const auto row, rowOf(database, key));
        if (jobs::isFinal(phase) || !jobs::canMove(row.phase, phase))
            return refuse(key, row.phase, "become " + std::string(jobs::toString(phase)) + " by a mere step");
        BALMER_CHECK(database.run("UPDATE worker_job SET phase = ?, stage = ? WHERE id = ?",
                                  jobs::toString(phase), stage, row.id));
        BALMER_CHECK(tell(database, row.id, true));
        return {};
    });
}

Status SqliteWorkerJournal::beginAttempt(std::string_view key) {
    return write([&](Database& database) -> Status {
        BALMER_TRY(const auto row, rowOf(database, key));
        if (row.phase != Phase::Executing && !jobs::canMove(row.phase, Phase::Executing))
            return refuse(key, row.phase, "begin to execute");
        BALMER_CHECK(database.run("UPDATE worker_job SET phase = ?, progress = 0.0, stage = '', started = ?, "
                                  "attempts = attempts + 1 WHERE id = ?",
                                  jobs::toString(Phase::Executing), now(), row.id));
        BALMER_CHECK(tell(database, row.id, true));
        return {};
    });
}

Status SqliteWorkerJournal::note(std::string_view key, const RemoteEvent& told) {
    return write([&](Database& database) -> Status {
        BALMER_TRY(const auto row, rowOf(database, key));
        if (row.phase != Phase::Executing) return refuse(key, row.phase, "tell of its progress");
        BALMER_CHECK(
            database.run("UPDATE worker_job SET progress = ?, stage = ?, device = iif(? = '', device, ?), "
                         "program_version = iif(? = '', program_version, ?) WHERE id = ?",
                         fractionOf(told.progress), told.stage, told.device, told.device, told.programVersion,
                         told.programVersion, row.id));
        BALMER_TRY(const auto sequence, tell(database, row.id, !told.points.empty() || !told.lines.empty()));
        for (const auto& point : told.points)
            BALMER_CHECK(database.run(
                "INSERT INTO worker_point (job, sequence, name, step, value) VALUES (?, ?, ?, ?, ?)", row.id,
                sequence, point.name, point.step, point.value));
        for (const auto& line : told.lines)
            BALMER_CHECK(database.run("INSERT INTO worker_line (job, sequence, at, text) VALUES (?, ?, ?, ?)",
                                      row.id, sequence, line.time, line.text));
        return {};
    });
}

Status SqliteWorkerJournal::finish(std::string_view key, Phase phase, std::string_view resultJson,
                                   const std::optional<Error>& error,
                                   const std::vector<ParcelEntry>& outputs) {
    return write([&](Database& database) -> Status {
        BALMER_TRY(const auto row, rowOf(database, key));
        if (!jobs::isFinal(phase) || phase == Phase::Archived || !jobs::canMove(row.phase, phase))
            return refuse(key, row.phase, "end as " + std::string(jobs::toString(phase)));
        std::optional<std::string> code, message, context;
        if (error) {
            code = core::toString(error->code());
            message = error->message();
            context = jsonOf(error->context());
        }
        BALMER_CHECK(database.run("UPDATE worker_job SET phase = ?, ended = ?, result = ?, error_code = ?, "
                                  "error_message = ?, error_context = ?, "
                                  "progress = iif(? = 'COMPLETED', 1.0, progress) WHERE id = ?",
                                  jobs::toString(phase), now(), resultJson, code, message, context,
                                  jobs::toString(phase), row.id));
        BALMER_CHECK(addFiles(database, row.id, true, outputs));
        BALMER_CHECK(tell(database, row.id, true));
        return {};
    });
}

Status SqliteWorkerJournal::wantCancel(std::string_view key) {
    return write([&](Database& database) -> Status {
        BALMER_TRY(const auto row, rowOf(database, key));
        if (jobs::isFinal(row.phase)) return {};
        return database.run("UPDATE worker_job SET cancel_wanted = 1 WHERE id = ?", row.id);
    });
}

Result<std::vector<WorkerEvent>> SqliteWorkerJournal::eventsAfter(std::string_view key,
                                                                  std::uint64_t sequence, std::size_t limit) {
    return read([&](Database& database) -> Result<std::vector<WorkerEvent>> {
        BALMER_TRY(const auto row, rowOf(database, key));
        std::vector<WorkerEvent> events;
        if (sequence > static_cast<std::uint64_t>(INT64_MAX)) return events;
        BALMER_TRY(auto event, database.prepare("SELECT sequence, phase, progress, stage, started, device, "
                                                "program_version, kept FROM worker_event WHERE job = ? AND "
                                                "sequence > ? ORDER BY sequence LIMIT ?"));
        event.bind(row.id).bind(static_cast<std::int64_t>(sequence));
        event.bind(limit > 0 ? static_cast<std::int64_t>(limit) : std::int64_t{-1});
        while (true) {
            BALMER_TRY(const bool more, event.step());
            if (!more) return events;
            RemoteEvent told;
            told.sequence = static_cast<std::uint64_t>(event.integer(0));
            told.phase = jobs::parsePhase(event.text(1)).value_or(Phase::Unknown);
            told.progress = event.number(2);
            told.stage = event.text(3);
            told.started = event.text(4);
            told.device = event.text(5);
            told.programVersion = event.text(6);
            if (event.integer(7) != 0) {
                BALMER_TRY(auto point,
                           database.prepare("SELECT name, step, value FROM worker_point WHERE job = ? AND "
                                            "sequence = ? ORDER BY key"));
                point.bind(row.id).bind(event.integer(0));
                while (true) {
                    BALMER_TRY(const bool another, point.step());
                    if (!another) break;
                    told.points.push_back({point.text(0), point.number(1), point.number(2)});
                }
                BALMER_TRY(auto line, database.prepare("SELECT at, text FROM worker_line WHERE job = ? AND "
                                                       "sequence = ? ORDER BY key"));
                line.bind(row.id).bind(event.integer(0));
                while (true) {
                    BALMER_TRY(const bool another, line.step());
                    if (!another) break;
                    told.lines.push_back({line.text(0), line.text(1)});
                }
            }
            const bool final = jobs::isFinal(told.phase);
            events.push_back({std::move(told), final});
        }
    });
}

Status SqliteWorkerJournal::release(std::string_view key, std::string_view time) {
    return write([&](Database& database) -> Status {
        BALMER_TRY(const auto row, rowThatHasEnded(database, key, "be released"));
        return database.run("UPDATE worker_job SET released = 1, lease_until = ? WHERE id = ?", time, row.id);
    });
}

Status SqliteWorkerJournal::remove(std::string_view key) {
    return write([&](Database& database) -> Status {
        BALMER_TRY(const auto row, rowThatHasEnded(database, key, "be removed"));
        return database.run("DELETE FROM worker_job WHERE id = ?", row.id);
    });
}

Result<std::vector<std::string>> SqliteWorkerJournal::objectsInUse() {
    return read([&](Database& database) -> Result<std::vector<std::string>> {
        BALMER_TRY(auto row,
                   database.prepare("SELECT DISTINCT object FROM worker_file JOIN worker_job ON "
                                    "worker_job.id = worker_file.job WHERE released = 0 ORDER BY object"));
        std::vector<std::string> objects;
        while (true) {
            BALMER_TRY(const bool more, row.step());
            if (!more) return objects;
            objects.push_back(row.text(0));
        }
    });
}

} // namespace

Result<std::unique_ptr<jobs::WorkerJournal>> openWorkerJournal(const fs::path& file,
                                                               const core::Clock& clock) {
    std::error_code error;
    const auto folder = fs::absolute(file, error).parent_path();
    BALMER_CHECK(core::preparePrivateFolder(folder));
    BALMER_TRY(auto database, Database::open(file, true));
    BALMER_CHECK(checkOrigin(*database, workerMigrations(), workerJournalMark));
    BALMER_CHECK(checkSchema(*database, workerMigrations()));
    BALMER_CHECK(database->run("PRAGMA journal_mode = TRUNCATE"));
    BALMER_CHECK(migrate(*database, workerMigrations(), workerJournalMark));
    return std::make_unique<SqliteWorkerJournal>(std::move(database), clock);
}

} // namespace balmer::store

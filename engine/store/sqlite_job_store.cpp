#include "engine/store/sqlite_job_store.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "engine/jobs/process_token.h"
#include "engine/store/connections.h"
#include "engine/store/json_text.h"
#include "engine/store/kept_text.h"

namespace balmer::store {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using jobs::Job;
using jobs::JobId;
using jobs::Phase;

namespace {

constexpr std::string_view select =
    "SELECT id, kind, label, notes, parameters, inputs, parent, phase, created, started, ended, "
    "progress, stage, "
    "error_code, error_message, error_context, result, place, program_version, device, process, "
    "worker, remote_key, last_event, abort_wanted, last_heard FROM job LEFT JOIN job_remote ON "
    "job_remote.job = id ";

Result<Job> jobFrom(Database& database, const Statement& row) {
    Job job;
    job.id = row.integer(0);
    job.spec.kind = row.text(1);
    job.spec.label = row.text(2);
    job.spec.notes = row.text(3);
    job.spec.parameters = row.text(4);
    BALMER_TRY(job.spec.inputs, textsFrom(database, row.text(5)));
    job.spec.parent = row.optionalInteger(6);
    job.phase = jobs::parsePhase(row.text(7)).value_or(Phase::Unknown);
    job.created = row.text(8);
    job.started = row.text(9);
    job.ended = row.text(10);
    job.progress = row.number(11);
    job.stage = row.text(12);
    if (!row.isNull(13)) {
        job.error.emplace(core::errorCodeFrom(row.text(13)), row.text(14));
        BALMER_TRY(auto context, textsFrom(database, row.text(15)));
        for (auto& doing : context)
            job.error->during(std::move(doing));
    }
    job.result = row.text(16);
    job.place = row.text(17);
    job.programVersion = row.text(18);
    job.device = row.text(19);
    job.processToken = row.text(20);
    if (!row.isNull(21))
        job.remote =
            jobs::RemoteTicket{row.text(21), row.text(22), static_cast<std::uint64_t>(row.integer(23)),
                               row.integer(24) != 0, row.text(25)};
    BALMER_TRY(auto artefacts,
               database.prepare("SELECT name, media_type, digest, bytes FROM job_artefact WHERE job = ? "
                                "ORDER BY key"));
    artefacts.bind(job.id);
    while (true) {
        BALMER_TRY(const bool more, artefacts.step());
        if (!more) return job;
        job.artefacts.push_back(
            {artefacts.text(0), artefacts.text(1), artefacts.text(2), artefacts.integer(3)});
    }
}

Error notThere(JobId id) {
    return Error(ErrorCode::NotFound,
                 "there is no job " + std::to_string(id) + "; `balmer jobs` lists those that exist");
}

Result<Job> jobWith(Database& database, JobId id) {
    BALMER_TRY(auto statement, database.prepare(std::string(select) + "WHERE id = ?"));
    BALMER_TRY(const bool found, statement.bind(id).step());
    if (!found) return fail(notThere(id));
    return jobFrom(database, statement);
}

Result<std::vector<Job>> jobsFrom(Database& database, Statement& statement) {
    std::vector<Job> all;
    while (true) {
        BALMER_TRY(const bool row, statement.step());
        if (!row) return all;
        BALMER_TRY(auto job, jobFrom(database, statement));
        all.push_back(std::move(job));
    }
}

Result<Phase> phaseOf(Database& database, JobId id) {
    BALMER_TRY(auto statement, database.prepare("SELECT phase FROM job WHERE id = ?"));
    BALMER_TRY(const bool found, statement.bind(id).step());
    if (!found) return fail(notThere(id));
    return jobs::parsePhase(statement.text(0)).value_or(Phase::Unknown);
}

Status checkStep(Database& database, JobId id, Phase to) {
    BALMER_TRY(const auto from, phaseOf(database, id));
    if (!jobs::canMove(from, to))
        return fail(ErrorCode::InvalidArgument, "job " + std::to_string(id) + " is " +
                                                    std::string(jobs::toString(from)) +
                                                    " and cannot become " + std::string(jobs::toString(to)));
    return {};
}

Result<bool> isRemote(Database& database, JobId id) {
    BALMER_TRY(const auto tickets, database.number("SELECT count(*) FROM job_remote WHERE job = ?", id));
    return tickets > 0;
}

Status finishOne(Database& database, JobId id, Phase phase, std::string_view time, std::string_view result,
                 const std::optional<Error>& error) {
    BALMER_TRY(const auto before, phaseOf(database, id));
    BALMER_TRY(const bool remote, isRemote(database, id));
    if (!remote || jobs::isFinal(before) || !jobs::isFinal(phase))
        BALMER_CHECK(checkStep(database, id, phase));
    std::optional<std::string> code, message, context;
    if (error) {
        code = core::toString(error->code());
        message = keptSaid(error->message());
        context = jsonOf(error->context());
    }
    return database.run("UPDATE job SET phase = ?, ended = ?, result = ?, error_code = ?, error_message = ?, "
                        "error_context = ?, progress = iif(? = 'COMPLETED', 1.0, progress) WHERE id = ?",
                        jobs::toString(phase), time, result, code, message, context, jobs::toString(phase),
                        id);
}

Status insert(Database& database, const Job& job, std::optional<JobId> id) {
    BALMER_CHECK(checkName("the kind of the job", job.spec.kind));
    BALMER_CHECK(checkName("the job's label", job.spec.label));
    BALMER_TRY(const auto notes, keptRemark("the job's note", job.spec.notes));
    if (job.remote) {
        const auto& key = job.remote->key;
        const auto isDigit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
        if (key.size() != 32 || !std::all_of(key.begin(), key.end(), isDigit))
            return fail(ErrorCode::InvalidArgument,
                        "the key of a remote job has 32 hexadecimal digits, not \"" + key.substr(0, 80) +
                            "\"");
        BALMER_TRY(const auto owner, database.number("SELECT job FROM job_remote WHERE remote_key = ?", key));
        if (owner != 0)
            return fail(ErrorCode::InvalidArgument,
                        "the key " + key + " is that of job " + std::to_string(owner) + " already");
    }
    BALMER_CHECK(database.run(
        "INSERT INTO job (id, kind, label, notes, parameters, inputs, parent, phase, created, "
        "started, ended, progress, stage, result, place, program_version, device, process) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        id, job.spec.kind, job.spec.label, notes, job.spec.parameters, jsonOf(job.spec.inputs),
        job.spec.parent, jobs::toString(job.phase), job.created, job.started, job.ended, job.progress,
        keptOfFile(job.stage), job.result, keptOfFile(job.remote ? job.remote->worker : job.place),
        keptOfFile(job.programVersion), keptOfFile(job.device), job.processToken));
    if (!job.remote) return {}; // the row below has the same key, so that lastKey() stays what it is
    return database.run(
        "INSERT INTO job_remote (job, worker, remote_key, last_event, abort_wanted, last_heard) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        database.lastKey(), job.remote->worker, job.remote->key,
        static_cast<std::int64_t>(job.remote->lastEvent), job.remote->abortWanted, job.remote->lastHeard);
}

Status insertArtefact(Database& database, JobId id, const jobs::Artefact& artefact) {
    return database.run(
        "INSERT INTO job_artefact (job, name, media_type, digest, bytes) VALUES (?, ?, ?, ?, ?)", id,
        keptOfFile(artefact.name), keptOfFile(artefact.mediaType), artefact.digest, artefact.bytes);
}

Status insertSeries(Database& database, JobId id, std::span<const jobs::SeriesPoint> points) {
    for (const auto& point : points)
        BALMER_CHECK(database.run("INSERT INTO job_series (job, name, step, value) VALUES (?, ?, ?, ?)", id,
                                  keptOfFile(point.name), point.step, point.value));
    return {};
}

Status insertLog(Database& database, JobId id, const jobs::LogLine& line) {
    return database.run("INSERT INTO job_log (job, at, text) VALUES (?, ?, ?)", id, line.time,
                        keptSaid(line.text));
}

Error interruption(const Job& job) {
    std::string doing = "waiting in the queue";
    if (job.phase == Phase::Executing) {
        doing = "executing (" + (job.stage.empty() ? "" : job.stage + ", ") +
                std::to_string(std::lround(100 * job.progress)) + " %)";
    }
    return Error(ErrorCode::Cancelled,
                 "interrupted: the program ended while this job was " + doing + "; run it again");
}

} // namespace

Result<JobId> SqliteJobStore::create(const Job& job) {
    return connections_.write([&](Database& database) -> Result<JobId> {
        BALMER_CHECK(insert(database, job, std::nullopt));
        return database.lastKey();
    });
}

Status SqliteJobStore::adopt(const Job& job) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_TRY(const auto taken, database.number("SELECT count(*) FROM job WHERE id = ?", job.id));
        if (job.id <= 0 || taken != 0)
            return fail(ErrorCode::InvalidArgument,
                        "the id " + std::to_string(job.id) + " cannot be that of another job");
        BALMER_CHECK(insert(database, job, job.id));
        for (const auto& artefact : job.artefacts)
            BALMER_CHECK(insertArtefact(database, job.id, artefact));
        return {};
    });
}

Status SqliteJobStore::start(JobId id, std::string_view time, std::string_view device,
                             std::string_view processToken) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_CHECK(checkStep(database, id, Phase::Executing));
        return database.run("UPDATE job SET phase = ?, started = ?, device = ?, process = ? WHERE id = ?",
                            jobs::toString(Phase::Executing), time, keptOfFile(device), processToken, id);
    });
}

Result<bool> SqliteJobStore::progress(JobId id, double fraction, std::string_view stage) {
    return connections_.write([&](Database& database) -> Result<bool> {
        BALMER_TRY(const auto phase, phaseOf(database, id));
        if (phase != Phase::Executing) return true;
        BALMER_CHECK(database.run("UPDATE job SET progress = ?, stage = ? WHERE id = ?",
                                  std::isnan(fraction) ? 0.0 : fraction, keptOfFile(stage), id));
        BALMER_TRY(const auto wanted, database.number("SELECT abort_requested FROM job WHERE id = ?", id));
        return wanted != 0;
    });
}

Status SqliteJobStore::finish(JobId id, Phase phase, std::string_view time, std::string_view resultJson,
                              const std::optional<Error>& error) {
    return connections_.write(
        [&](Database& database) { return finishOne(database, id, phase, time, resultJson, error); });
}

Status SqliteJobStore::addSeries(JobId id, std::span<const jobs::SeriesPoint> points) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_CHECK(phaseOf(database, id));
        return insertSeries(database, id, points);
    });
}

Status SqliteJobStore::addLog(JobId id, const jobs::LogLine& line) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_CHECK(phaseOf(database, id));
        return insertLog(database, id, line);
    });
}

Status SqliteJobStore::addArtefact(JobId id, const jobs::Artefact& artefact) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_CHECK(phaseOf(database, id));
        return insertArtefact(database, id, artefact);
    });
}

Status SqliteJobStore::requestAbort(JobId id, std::string_view time) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_TRY(const auto job, jobWith(database, id));
        if (jobs::isFinal(job.phase))
            return fail(ErrorCode::InvalidArgument, "job " + std::to_string(id) +
                                                        " has ended already: it is " +
                                                        std::string(jobs::toString(job.phase)));
        if (job.remote) return database.run("UPDATE job_remote SET abort_wanted = 1 WHERE job = ?", id);
        if (job.phase == Phase::Executing && jobs::stateOf(job.processToken) == jobs::ProcessState::Lives)
            return database.run("UPDATE job SET abort_requested = 1 WHERE id = ?", id);
        return finishOne(database, id, Phase::Aborted, time, "",
                         Error(ErrorCode::Cancelled, "aborted on request"));
    });
}

Result<Job> SqliteJobStore::get(JobId id) {
    return connections_.read([&](Database& database) { return jobWith(database, id); });
}

Result<std::vector<Job>> SqliteJobStore::list(const jobs::JobFilter& filter) {
    return connections_.read([&](Database& database) -> Result<std::vector<Job>> {
        const std::string phase(filter.phase ? jobs::toString(*filter.phase) : "");
        BALMER_TRY(auto statement,
                   database.prepare(std::string(select) + "WHERE (? = '' OR phase = ?) AND "
                                                          "(? = '' OR kind = ?) ORDER BY id DESC LIMIT ?"));
        statement.bind(phase).bind(phase).bind(filter.kind).bind(filter.kind);
        statement.bind(filter.limit > 0 ? static_cast<std::int64_t>(filter.limit) : std::int64_t{-1});
        return jobsFrom(database, statement);
    });
}

Result<std::vector<jobs::SeriesPoint>> SqliteJobStore::series(JobId id) {
    return connections_.read([&](Database& database) -> Result<std::vector<jobs::SeriesPoint>> {
        BALMER_CHECK(phaseOf(database, id));
        BALMER_TRY(auto statement,
                   database.prepare("SELECT name, step, value FROM job_series WHERE job = ? ORDER BY key"));
        statement.bind(id);
        std::vector<jobs::SeriesPoint> points;
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return points;
            points.push_back({statement.text(0), statement.number(1), statement.number(2)});
        }
    });
}

Result<std::vector<jobs::LogLine>> SqliteJobStore::log(JobId id) {
    return connections_.read([&](Database& database) -> Result<std::vector<jobs::LogLine>> {
        BALMER_CHECK(phaseOf(database, id));
        BALMER_TRY(auto statement,
                   database.prepare("SELECT at, text FROM job_log WHERE job = ? ORDER BY key"));
        statement.bind(id);
        std::vector<jobs::LogLine> lines;
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return lines;
            lines.push_back({statement.text(0), statement.text(1)});
        }
    });
}

Result<bool> SqliteJobStore::recordEvent(JobId id, const jobs::RemoteEvent& event) {
    if (jobs::isFinal(event.phase))
        return fail(ErrorCode::InvalidArgument,
                    "the end of job " + std::to_string(id) + " comes with what it made, not as a mere event");
    if (event.sequence == 0 || event.sequence > std::numeric_limits<std::int64_t>::max())
        return fail(ErrorCode::InvalidArgument, "an event of job " + std::to_string(id) +
                                                    " has a number that is none: events count from 1");
    const auto sequence = static_cast<std::int64_t>(event.sequence);
    const auto stage = keptOfFile(event.stage), started = keptOfFile(event.started),
               device = keptOfFile(event.device), version = keptOfFile(event.programVersion);
    return connections_.write([&](Database& database) -> Result<bool> {
        BALMER_TRY(const auto phase, phaseOf(database, id));
        BALMER_TRY(const bool remote, isRemote(database, id));
        if (!remote)
            return fail(ErrorCode::InvalidArgument,
                        "job " + std::to_string(id) + " does not run on a worker, so none can tell of it");
        if (jobs::isFinal(phase)) return false;
        BALMER_CHECK(database.run("UPDATE job_remote SET last_event = ?, last_heard = ? WHERE job = ? AND "
                                  "last_event < ?",
                                  sequence, connections_.now(), id, sequence));
        if (database.changed() == 0) return false;
        BALMER_CHECK(database.run(
            "UPDATE job SET phase = ?, progress = ?, stage = ?, started = iif(? = '', started, ?), "
            "device = iif(? = '', device, ?), program_version = iif(? = '', program_version, ?) WHERE id = ?",
            jobs::toString(event.phase),
            std::isnan(event.progress) ? 0.0 : std::clamp(event.progress, 0.0, 1.0), stage, started, started,
            device, device, version, version, id));
        BALMER_CHECK(insertSeries(database, id, event.points));
        for (const auto& line : event.lines)
            BALMER_CHECK(insertLog(database, id, line));
        return true;
    });
}

Result<std::vector<Job>> SqliteJobStore::listRemote() {
    return connections_.read([&](Database& database) -> Result<std::vector<Job>> {
        BALMER_TRY(auto statement,
                   database.prepare(std::string(select) +
                                    "WHERE remote_key IS NOT NULL AND phase NOT IN "
                                    "('COMPLETED', 'ERROR', 'ABORTED', 'ARCHIVED') ORDER BY id"));
        return jobsFrom(database, statement);
    });
}

Status SqliteJobStore::remove(JobId id) {
    return connections_.write([&](Database& database) -> Status {
        BALMER_TRY(const auto phase, phaseOf(database, id));
        if (!jobs::isFinal(phase))
            return fail(ErrorCode::InvalidArgument, "job " + std::to_string(id) + " is " +
                                                        std::string(jobs::toString(phase)) +
                                                        "; abort it before removing it");
        return database.run("DELETE FROM job WHERE id = ?", id);
    });
}

Result<std::vector<Job>> SqliteJobStore::markInterrupted() {
    const auto now = connections_.now();
    const auto orphans = [](Database& database) -> Result<std::vector<Job>> {
        BALMER_TRY(auto statement,
                   database.prepare(std::string(select) + "WHERE phase IN ('QUEUED', 'EXECUTING') AND "
                                                          "remote_key IS NULL ORDER BY id"));
        BALMER_TRY(auto open, jobsFrom(database, statement));
        std::erase_if(open, [](const Job& job) {
            return jobs::stateOf(job.processToken) != jobs::ProcessState::Ended;
        });
        return open;
    };
    BALMER_TRY(const auto seen, connections_.read(orphans));
    if (seen.empty()) return seen; // the common case writes nothing
    return connections_.write([&](Database& database) -> Result<std::vector<Job>> {
        BALMER_TRY(auto interrupted, orphans(database));
        for (auto& job : interrupted) {
            BALMER_CHECK(finishOne(database, job.id, Phase::Error, now, "", interruption(job)));
            BALMER_TRY(job, jobWith(database, job.id));
        }
        return interrupted;
    });
}

} // namespace balmer::store

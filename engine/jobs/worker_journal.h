// WorkerJournal: what a worker knows of the jobs that it was given; the port that the worker's server writes
// to and the store implements (store/sqlite_worker_journal.h).
//
// A job is known by its key, which its client made. Every call may come from any thread; a call that returned
// success is on the disk. Errors, everywhere: NotFound for a key that is not here, Store, Io or
// ResourceExhausted when the medium fails. Times are ISO 8601, UTC, by the worker's clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/job.h"

namespace balmer::jobs {

/// A file of a parcel, and the object that has its bytes.
struct ParcelEntry {
    std::string name;
    std::string object; ///< 64 hexadecimal digits
    std::int64_t bytes = 0;
    bool operator==(const ParcelEntry&) const = default;
};

struct WorkerJob {
    std::string key;        ///< 32 hexadecimal digits, lower case
    std::string owner;      ///< who may see it; not empty
    std::string specDigest; ///< of spec, as the client made it
    std::string spec;       ///< opaque here
    std::vector<ParcelEntry> inputs;
    Phase phase = Phase::Pending;
    double progress = 0; ///< 0 … 1
    std::string stage;
    std::string created, started, ended; ///< "" before it came to that
    int attempts = 0;                    ///< how often it began to execute
    bool cancelWanted = false;
    std::string result;               ///< JSON of the outcome, "" where there is none
    std::optional<core::Error> error; ///< in phases Error and Aborted: what happened
    std::vector<ParcelEntry> outputs;
    std::uint64_t lastEvent = 0; ///< number of its newest event
    bool released = false;       ///< its client has the result and wants nothing more
    std::string device, programVersion;
    std::string leaseUntil; ///< kept for its client until then; "": no end was set
};

struct WorkerEvent {
    RemoteEvent event;
    bool final = false; ///< the job has ended; there is one such event, the last
};

/// Events are numbered from 1 for each job and never renumbered. Those of a phase are kept as long as the
/// job, as are series points and log lines; of those that tell progress alone only the newest is kept, and
/// none once something newer is told.
class WorkerJournal {
  public:
    virtual ~WorkerJournal() = default;

    /// Takes on a job: key, owner, spec, specDigest, inputs, phase (Pending or Queued), device,
    /// programVersion and leaseUntil are kept as given, created is now, its first event tells the phase.
    /// True: new. False: known, with the same specDigest and inputs; nothing changes. Errors:
    /// InvalidArgument, "conflict: …", for a known key with other content; NotFound, as for a key that is not
    /// here, when another owner has it.
    virtual core::Result<bool> accept(const WorkerJob& job) = 0;

    /// The job if it is this owner's; "" stands for any owner.
    virtual core::Result<std::optional<WorkerJob>> find(std::string_view key, std::string_view owner) = 0;
    /// Newest first; owner "": of all; limit 0: without limit.
    virtual core::Result<std::vector<WorkerJob>> list(std::string_view owner, std::size_t limit) = 0;
    /// Those in no final phase, oldest first.
    virtual core::Result<std::vector<WorkerJob>> unfinished() = 0;

    /// One step of phase that canMove() allows, to one that is not final. Errors: InvalidArgument.
    virtual core::Status moveTo(std::string_view key, Phase phase, std::string_view stage) = 0;

    /// A further attempt begins: attempts + 1, progress 0, phase Executing, also from Executing (the process
    /// that ran the former attempt is gone). started is that of the newest attempt. Errors: InvalidArgument
    /// when the job is Pending or has ended.
    virtual core::Status beginAttempt(std::string_view key) = 0;

    /// What an executing job reports: progress and stage, new series points and log lines; device and
    /// programVersion where they are not empty. The number, phase and start of the event are not looked at.
    /// Errors: InvalidArgument when it does not execute.
    virtual core::Status note(std::string_view key, const RemoteEvent& event) = 0;

    /// Completed, Error or Aborted, with what came of it. progress becomes 1 for Completed. Errors:
    /// InvalidArgument for another phase, a step that canMove() does not allow, and the second time.
    virtual core::Status finish(std::string_view key, Phase phase, std::string_view resultJson,
                                const std::optional<core::Error>& error,
                                const std::vector<ParcelEntry>& outputs) = 0;

    /// Remembers that somebody wants it stopped. Nothing changes for a job that has ended.
    virtual core::Status wantCancel(std::string_view key) = 0;

    /// Events with a greater number, ascending, at most `limit` (0: all).
    virtual core::Result<std::vector<WorkerEvent>> eventsAfter(std::string_view key, std::uint64_t sequence,
                                                               std::size_t limit) = 0;

    /// The client has the result: its objects are in use no more, the record may go after `time`
    /// (leaseUntil). Harmless when repeated. Errors: InvalidArgument when the job has not ended.
    virtual core::Status release(std::string_view key, std::string_view time) = 0;
    /// Forgets the job and its events. Errors: InvalidArgument when it has not ended.
    virtual core::Status remove(std::string_view key) = 0;

    /// Ids of the inputs and outputs of jobs that have not ended or were not released; each once, sorted.
    virtual core::Result<std::vector<std::string>> objectsInUse() = 0;
};

} // namespace balmer::jobs

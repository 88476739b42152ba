// Job: one run of something that takes longer than a frame, and the record that stays of it.
//
// The words of the phases are those of UWS 1.1 (IVOA Recommendation 2016, §2.1.3), so that a job here, on a
// worker or behind an HTTP face is described alike. All values; no thread rule. Times are ISO 8601, UTC
// (core::formatTime).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::jobs {

enum class Phase {
    Pending,
    Queued,
    Executing,
    Completed,
    Error,
    Aborted,
    Unknown,
    Held,
    Suspended,
    Archived
};

/// "PENDING", "QUEUED" …, as UWS writes them.
std::string_view toString(Phase phase);
/// The inverse, in any case; nothing for a word that is not a phase.
std::optional<Phase> parsePhase(std::string_view word);

/// No more work will be done: Completed, Error, Aborted or Archived.
bool isFinal(Phase phase);
/// The table of allowed steps. A phase never moves to itself; a final one moves to Archived alone.
bool canMove(Phase from, Phase to);

using JobId = std::int64_t; ///< positive; given by the store, never used twice

/// What is to be run. The same spec on the same inputs gives the same result.
struct JobSpec {
    std::string kind;  ///< "import", "preprocess", "som", "learn", "score", "round", "simulate" …
    std::string label; ///< the user's short name for it; may be empty
    std::string notes; ///< the user's remarks; may be empty
    std::string parameters = "{}";   ///< one JSON object, of the kind's schema
    std::vector<std::string> inputs; ///< digests of what it reads
    std::optional<JobId> parent;     ///< the job of which this is "run again"
    bool operator==(const JobSpec&) const = default;
};

/// Something that a job left behind, addressed by the digest of its bytes.
struct Artefact {
    std::string name;      ///< what it is to the job: "model", "codebook", "report"
    std::string mediaType; ///< "application/json", "image/png" …
    std::string digest;    ///< SHA-256, 64 hexadecimal digits
    std::int64_t bytes = 0;
    bool operator==(const Artefact&) const = default;
};

/// One value that was worth watching while it grew: ("quantisation error", epoch, value).
struct SeriesPoint {
    std::string name;
    double step = 0;
    double value = 0;
    bool operator==(const SeriesPoint&) const = default;
};

struct LogLine {
    std::string time;
    std::string text;
    bool operator==(const LogLine&) const = default;
};

/// Where a remote job runs, and which of its events are known here.
struct RemoteTicket {
    std::string worker;          ///< the worker's name; also the job's place
    std::string key;             ///< 32 hexadecimal digits; the worker knows the job by it
    std::uint64_t lastEvent = 0; ///< the number of the last RemoteEvent that was applied; 0: none
    bool abortWanted = false;    ///< the user wants it stopped; the worker has yet to say that it has
    std::string lastHeard = {};  ///< when that event came, by this computer's clock; "" before the first
    bool operator==(const RemoteTicket&) const = default;
};

struct Job {
    JobId id = 0;
    JobSpec spec;
    Phase phase = Phase::Pending;
    std::string created;
    std::string started;                 ///< "" before it executes
    std::string ended;                   ///< "" before it is final
    double progress = 0;                 ///< 0 … 1
    std::string stage;                   ///< what it is doing, a word or two
    std::optional<core::Error> error;    ///< in phases Error and Aborted: what happened
    std::string result;                  ///< JSON of the outcome, "" where there is none
    std::string place = "this computer"; ///< where it runs
    std::string programVersion;
    std::string device;       ///< "cpu", "cuda:0 NVIDIA …"
    std::string processToken; ///< the process that answers for it (process_token.h); "" for a remote job
    std::vector<Artefact> artefacts;
    std::optional<RemoteTicket> remote; ///< only of a job that runs on a worker
};

/// What a worker tells of a job: the state at that moment, and what grew since the event before. Numbered
/// from 1, ascending, for each job; progress may skip numbers, because only the latest is worth telling.
struct RemoteEvent {
    std::uint64_t sequence = 0;
    Phase phase = Phase::Pending;
    double progress = 0;        ///< 0 … 1
    std::string stage;          ///< what it is doing, a word or two
    std::string started;        ///< by the worker's clock; "" before it executes
    std::string device;         ///< of the worker; "" before it executes
    std::string programVersion; ///< of the worker; "" when not told
    std::vector<SeriesPoint> points;
    std::vector<LogLine> lines;
    bool operator==(const RemoteEvent&) const = default;
};

} // namespace balmer::jobs

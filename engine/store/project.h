// Project: a folder `NAME.balmer/` with everything that Balmer keeps, opened for reading and writing, or for
// reading alone where it cannot be written.
//
// - project.sqlite: catalogue, datasets' registry and columns, label events, jobs, rounds, settings
// (SCHEMA.md)
// - datasets/: one file each, written by the dataset module
// - artefacts/: files by digest (artefact_folder.h)
//
// Owner: whoever opened it; the parts below live as long as it. Thread rule: every method of the project and
// of its parts may be called from any thread. Inside are one writing connection behind a mutex and a few
// reading ones; a reader never waits for a writer (SQLite's WAL). A write waits for the write before it and
// for its own flush to the disk, so no transaction is long: batches are small (catalogue.h), and what has a
// row for each spectrum is written in pieces that nobody sees before the last one (staged_rows.h).
// Several processes may have one project open. Every write that returned success
// survives the death of the process and of the computer (journal_mode WAL, synchronous FULL).
//
// Errors, everywhere in this module: Store when the database refuses (damaged, newer than this program),
// DeadlineExceeded when another program has been writing it for more than ten seconds, Io when a file cannot
// be read or written, ResourceExhausted when the disk is full; the parts add their own. A write that failed
// has changed nothing.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/result.h"
#include "engine/jobs/job.h"
#include "engine/jobs/job_store.h"

namespace balmer::store {

class ArtefactFolder;
class Catalogue;
class ColumnRegistry;
class DatasetRegistry;
class LabelLog;
class Origins;
class RoundArchive;
class Settings;

struct OpenOptions {
    bool create = true;                 ///< make the project where there is none; otherwise NotFound
    const core::Clock* clock = nullptr; ///< for the times of new records; the computer's own when null
};

class Project {
  public:
    /// Creates or opens; brings an older database up to this program's schema, keeping a copy of it as
    /// `project.sqlite.before-N`. Errors: NotFound; Unsupported for a database that a newer program has
    /// written; Store for a file that is not a database of Balmer; Io for a folder that cannot be written and
    /// in which there is no project. One that is there is then opened for reading: see onlyReads().
    static core::Result<std::unique_ptr<Project>> open(const std::filesystem::path& folder,
                                                       OpenOptions options = {});
    ~Project();
    Project(const Project&) = delete;
    Project& operator=(const Project&) = delete;

    /// Where the project is when nobody names one: $XDG_DATA_HOME (or ~/.local/share)/balmer/default.balmer.
    static std::filesystem::path defaultFolder();

    /// "" where it can be written; else why not: "the project P can only be read: …", the error (Io) of every
    /// write.
    const std::string& onlyReads() const;

    const std::filesystem::path& folder() const; ///< absolute
    std::filesystem::path datasetFolder() const;

    Catalogue& catalogue();
    DatasetRegistry& datasets();
    ColumnRegistry& columns();
    LabelLog& labels();
    Origins& origins();
    jobs::JobStore& jobs();
    RoundArchive& rounds();
    ArtefactFolder& artefacts();
    Settings& settings();

    /// Everything that work writes through the parts of this project on this thread is one transaction: all
    /// of it is kept when work succeeds, none of it when work fails; what work reads there, it sees. Files
    /// are none of the transaction's business. Nobody else writes meanwhile, so that work must be short and
    /// must not wait for another thread that writes. An exception takes everything back.
    core::Status together(const std::function<core::Status()>& work);

    /// The rows that the greatest transaction of this project and process has changed, those of the search's
    /// own tables too: how long a label may have had to wait.
    std::int64_t mostRowsInOneWrite() const;

    /// What SQLite's own check finds wrong with the database, rows that belong to rows which are not there,
    /// and label events that are not what was written. At most 100 sentences of each.
    core::Result<std::vector<std::string>> damage();

    /// Keeps the record of a job with the id that it has, its artefacts with it: for a project that is made
    /// of parts of another. Errors: InvalidArgument for an id that is taken.
    core::Status adopt(const jobs::Job& job);

    /// The jobs that this opening found queued or executing in a process that lives no more. They are now in
    /// phase Error: "interrupted: the program ended while this job was executing (training, 40 %)".
    const std::vector<jobs::Job>& interruptedJobs() const;

  private:
    struct Parts;
    explicit Project(std::unique_ptr<Parts> parts);
    static core::Result<std::unique_ptr<Parts>> openForWriting(const std::filesystem::path& folder,
                                                               const core::Clock& clock);
    static core::Status finishWhatOthersLeft(Parts& parts);
    std::unique_ptr<Parts> parts_;
};

} // namespace balmer::store

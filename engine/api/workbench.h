// Workbench: an open project and everything that can be done with it. The one face of the engine that app/
// uses.
//
// Owned by the program (one per open project). Every function may be called from any thread, several at once.
// Those marked (quick) take milliseconds at most and may be called from the UI thread; the others read files
// or many rows and belong on a thread of their own. Long work is a job: submitted, watched through events,
// aborted by id.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/api/neighbours.h"
#include "engine/api/observatory.h"
#include "engine/api/views.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/jobs/job.h"

namespace balmer::api {

/// Something changed. Handlers run on the thread that made the change and must return at once.
struct Event {
    enum class Kind { Job, Catalogue, Datasets, Columns, Labels, Rounds, Maps, Workers };
    Kind kind = Kind::Job;
    jobs::Job job;        ///< for Job: its present state, at most ten times a second for each job
    std::string spectrum; ///< for Labels: which
};

/// Ends the subscription when destroyed; after that the handler is not running and is not called again.
class Subscription {
  public:
    virtual ~Subscription() = default;
};

class Workbench {
  public:
    struct Options {
        bool create = true;       ///< make the project where there is none
        std::string who;          ///< the observer's name in label events; "" takes the login name
        std::size_t threads = 0;  ///< for computations; 0: all processors
        bool followRemote = true; ///< go on with the jobs that run on workers, from the opening on
    };

    /// Errors: NotFound (create is off), Io, Store (not a project, or written by a newer Balmer).
    static core::Result<std::unique_ptr<Workbench>> open(const std::filesystem::path& folder,
                                                         Options options);
    static core::Result<std::unique_ptr<Workbench>> open(const std::filesystem::path& folder);
    virtual ~Workbench() = default;

    virtual std::filesystem::path folder() const = 0;
    virtual std::string who() const = 0;

    [[nodiscard]] virtual std::unique_ptr<Subscription>
    subscribe(std::function<void(const Event&)> handler) = 0;

    // ---- Jobs
    // -------------------------------------------------------------------------------------------------
    /// The kinds that submit() and runHere() take. (quick)
    virtual std::vector<JobKind> jobKinds() const = 0;
    /// Checks the parameters and queues the job. Errors: InvalidArgument with the field's path. (quick)
    virtual core::Result<jobs::JobId> submit(jobs::JobSpec spec) = 0;
    /// The same on a worker: by name, or "auto" for the one that has the data and a free slot ("here" and ""
    /// are this computer). Errors besides: Unsupported for a kind that must run here; NotFound for another
    /// name, and for "auto" where no worker answers (which waits for the network; the others are quick).
    virtual core::Result<jobs::JobId> submit(jobs::JobSpec spec, const std::string& where) = 0;
    /// Waits until the job has ended, telling the task how it gets on; a stop of the task ends the waiting
    /// alone, with Cancelled. Returns the record in its final phase.
    virtual core::Result<jobs::Job> follow(jobs::JobId id, core::TaskContext& task) = 0;
    /// Runs the job on the calling thread, recorded like any other; returns it in its final phase, or its
    /// error.
    virtual core::Result<jobs::Job> runHere(jobs::JobSpec spec, core::TaskContext& task) = 0;
    /// (quick)
    virtual core::Status abort(jobs::JobId id) = 0;
    /// Removes a job that has ended, its log and series; what it made stays. (quick)
    virtual core::Status removeJob(jobs::JobId id) = 0;
    virtual core::Result<std::vector<jobs::Job>> jobs() = 0; ///< newest first
    virtual core::Result<jobs::Job> job(jobs::JobId id) = 0;
    /// The values that the job reported while it ran: (step, value), in order.
    virtual core::Result<std::vector<std::pair<double, double>>> series(jobs::JobId id,
                                                                        const std::string& name) = 0;
    /// Jobs that an earlier process left unfinished, found when this project was opened. (quick)
    virtual std::vector<jobs::Job> interruptedJobs() const = 0;

    // ---- Spectra
    // ----------------------------------------------------------------------------------------------
    virtual core::Result<std::vector<Collection>> collections() = 0;
    /// Rows that meet the filter ("" = all), in the order of their import. limit 0 = all.
    /// Filter: snr > 10 and class like 'A%' and label is null. Errors: InvalidArgument naming the place.
    virtual core::Result<std::vector<SpectrumRow>> spectra(const std::string& where,
                                                           std::size_t limit = 0) = 0;
    virtual core::Result<SpectrumRow> spectrumRow(const std::string& id) = 0;
    /// Reads it from its file, or from its dataset where it came as a matrix row.
    virtual core::Result<spectrum::Spectrum> loadSpectrum(const std::string& id) = 0;
    virtual core::Result<std::vector<spectrum::HeaderCard>> header(const std::string& id) = 0;

    // ---- Datasets, maps, models
    // -------------------------------------------------------------------------------
    virtual core::Result<std::vector<DatasetInfo>> datasets() = 0;
    /// One row by id, from the memory-mapped file. (quick)
    virtual core::Result<WindowRow> datasetRow(const std::string& dataset, const std::string& id) = 0;
    virtual core::Result<std::vector<MapInfo>> maps() = 0; ///< newest first
    virtual core::Result<MapContent> map(jobs::JobId job) = 0;
    virtual core::Result<std::vector<ModelInfo>> models() = 0; ///< newest first

    // ---- Labels and rounds
    // ------------------------------------------------------------------------------------
    /// Appends the event (who and when are filled in where empty) and returns it with its id, once it is on
    /// the disk. (quick)
    virtual core::Result<active::LabelEvent> label(active::LabelEvent event) = 0;
    /// Takes back the newest event of this observer that still stands; returns the event taken back.
    /// NotFound when there is none. (quick)
    virtual core::Result<active::LabelEvent> undoLabel() = 0;
    virtual core::Result<std::vector<active::LabelEvent>> labelHistory(const std::string& spectrumId) = 0;
    virtual core::Result<LabelCounts> labelCounts() = 0;       ///< (quick)
    virtual core::Result<std::vector<RoundInfo>> rounds() = 0; ///< newest first
    virtual core::Result<RoundContent> round(jobs::JobId job) = 0;
    virtual core::Result<Prediction> prediction(const std::string& dataset,
                                                const std::string& id) = 0; ///< (quick)

    // ---- Workers: of the user, not of the project
    // -------------------------------------------------------------------
    virtual core::Result<std::vector<WorkerInfo>> workers() = 0; ///< in the order of their adding (quick)
    /// Adds it, or replaces the one of this name; name, url, token and jobsAtOnce are taken. Errors:
    /// InvalidArgument. (quick)
    virtual core::Status putWorker(const WorkerInfo& worker) = 0;
    /// Errors: NotFound; InvalidArgument while jobs of this project run there. (quick)
    virtual core::Status removeWorker(const std::string& name) = 0;
    /// Connects and asks; the worker need not have been added. Errors: what is wrong, in words.
    virtual core::Result<WorkerReport> askWorker(const WorkerInfo& worker) = 0;
    /// Proves the code that `balmer-worker pair` shows, and remembers the worker's certificate.
    virtual core::Status pairWorker(const std::string& name, const std::string& code) = 0;
    /// Data that lie on the worker's side, by their path there.
    virtual core::Result<RegisteredData> registerOnWorker(const std::string& name,
                                                          const std::string& path) = 0;
    virtual void retryWorker(const std::string& name) = 0; ///< a lost connection, at once (quick)

    // ---- The net
    // ----------------------------------------------------------------------------------------------
    /// Spectra from the net; lives as long as the workbench. (quick)
    virtual Observatory& observatory() = 0;
    /// The programs beside Balmer; must end before the workbench. (quick)
    virtual std::unique_ptr<Neighbours> neighbours(Neighbours::Options options,
                                                   Neighbours::Handlers handlers) = 0;

    // ---- Settings of this project's desktop
    // -------------------------------------------------------------------
    virtual core::Result<std::string> setting(const std::string& key) = 0; ///< "" when never set (quick)
    virtual core::Status setSetting(const std::string& key, const std::string& value) = 0; ///< (quick)
};

/// Where the project is when nobody names one: balmer/default.balmer in the user's data folder (XDG).
std::filesystem::path defaultProjectFolder();

/// "0.1.0"
std::string programVersion();

} // namespace balmer::api

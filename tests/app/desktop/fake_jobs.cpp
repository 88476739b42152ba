#include "tests/app/desktop/fake_jobs.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "engine/core/clock.h"

namespace balmer::test {

using core::ErrorCode;
using survey::at;

namespace {

jobs::Job recorded(jobs::JobId id, std::string kind, std::string label, std::string parameters,
                   jobs::Phase phase, int minute, int lasts) {
    jobs::Job made;
    made.id = id;
    made.spec.kind = std::move(kind);
    made.spec.label = std::move(label);
    made.spec.parameters = std::move(parameters);
    made.phase = phase;
    made.created = made.started = at(21, 9 + minute / 60, minute % 60);
    if (jobs::isFinal(phase)) made.ended = at(21, 9 + (minute + lasts) / 60, (minute + lasts) % 60);
    made.progress = phase == jobs::Phase::Completed ? 1 : 0.4;
    made.programVersion = "0.1.0";
    made.device = "cpu";
    return made;
}

} // namespace

FakeJobs::FakeJobs(const FakeOptions& options, FakeEvents& events, FakeWorkers& workers, SlowCalls& slow)
    : events_(events), workers_(workers), slow_(slow), interrupted_(options.interrupted) {
    if (!options.jobs) return;
    using jobs::Phase;
    auto import = recorded(1, "import", "first night",
                           R"({"paths":["/survey/dr10"],"recursive":true,"collection":"LAMOST DR10"})",
                           Phase::Completed, 2, 3);
    import.result =
        R"({"imported":598,"already":2,"refused":[{"path":"/survey/dr10/broken.fits","reason":"the file ends within its header"}]})";
    auto prepare =
        recorded(2, "preprocess", "", R"({"preset":"halpha-140","name":"lamost halpha","collection":""})",
                 Phase::Completed, 8, 1);
    prepare.result = R"({"dataset":"lamost halpha","rows":600,"columns":140})";
    auto trained =
        recorded(3, "som", "first map",
                 R"({"dataset":"lamost halpha","grid":"16x12","topology":"hexagonal","epochs":20,"seed":1})",
                 Phase::Completed, 12, 2);
    trained.result = R"({"quantisation_error":1.0432,"topographic_error":0.061,"epochs":20,"seconds":84.2})";
    trained.artefacts = {{"codebook", "application/x-hdf5", std::string(64, 'a'), 107520},
                         {"quality", "application/json", std::string(64, 'b'), 1210}};
    auto failed = recorded(4, "score", "old model", R"({"model":"rf-2","dataset":"lamost halpha"})",
                           Phase::Error, 20, 1);
    failed.error = core::Error(ErrorCode::NotFound, "no model is called \"rf-2\"; `balmer learn` trains one");
    failed.error->during("scoring the dataset \"lamost halpha\"");
    auto round = recorded(
        5, "round", "round 1",
        R"({"dataset":"lamost halpha","classes":["other","single peak","double peak"],"targets":["single peak","double peak"],"batch":50,"seed":1})",
        Phase::Completed, 25, 11);
    auto aborted = recorded(
        6, "som", "far too large",
        R"({"dataset":"lamost halpha","grid":"400x400","topology":"hexagonal","epochs":10,"seed":1})",
        Phase::Aborted, 40, 4);
    auto running =
        recorded(7, "som", "finer map",
                 R"({"dataset":"lamost halpha","grid":"30x30","topology":"hexagonal","epochs":50,"seed":1})",
                 Phase::Executing, 50, 0);
    running.started = core::formatTime(core::systemClock().now() - std::chrono::seconds(97));
    running.progress = 0.61;
    running.stage = "epoch 31 of 50";
    auto waiting = recorded(8, "learn", "five folds", R"({"dataset":"lamost halpha","folds":5,"seed":1})",
                            Phase::Queued, 51, 0);
    waiting.started.clear();
    waiting.progress = 0;
    jobs_ = {import, prepare, trained, failed, round, aborted, running, waiting};
    if (options.workers < 3) return;
    const auto remote = [&](jobs::JobId id, const char* kind, const char* label, Phase phase,
                            const char* worker) {
        auto made =
            recorded(id, kind, label, R"({"dataset":"lamost halpha","seed":1})", phase, 44 + int(id), 0);
        made.place = worker;
        made.remote = jobs::RemoteTicket{worker, std::string(31, '0') + char('a' + id - 9), 3, false};
        return made;
    };
    auto far = remote(9, "som", "60 × 60, all", Phase::Executing, "kepler");
    far.started = core::formatTime(core::systemClock().now() - std::chrono::seconds(845));
    far.stage = "epoch 41 of 100";
    auto sent = remote(10, "learn", "five folds, far", Phase::Pending, "kepler");
    sent.started.clear();
    sent.progress = 0;
    sent.stage = "sending 12.0 MB of 43.1 MB";
    auto cut = remote(11, "score", "candidates", Phase::Executing, "tycho");
    cut.stage = "block 12 of 30";
    cut.remote->lastHeard = at(21, 10, 2);
    auto stopping = remote(12, "round", "round 2", Phase::Executing, "tycho");
    stopping.remote->abortWanted = true;
    jobs_.insert(jobs_.end(), {far, sent, cut, stopping});
}

std::vector<jobs::JobSpec> FakeJobs::submitted() const {
    const std::lock_guard lock(mutex_);
    return submitted_;
}

std::vector<std::string> FakeJobs::submittedTo() const {
    const std::lock_guard lock(mutex_);
    return submittedTo_;
}

core::Result<jobs::JobId> FakeJobs::submit(jobs::JobSpec spec) {
    return keep(std::move(spec), "");
}

core::Result<jobs::JobId> FakeJobs::submit(jobs::JobSpec spec, const std::string& where) {
    if (where.empty() || where == "here") return keep(std::move(spec), "");
    if (where == "auto") {
        workers_.waitWhileHeld();
        if (refuseAuto)
            return core::fail(ErrorCode::NotFound,
                              "no worker answers; look at them with `balmer worker list`");
        return keep(std::move(spec), "kepler");
    }
    const auto workers = workers_.list();
    if (std::none_of(workers->begin(), workers->end(), [&](const auto& one) { return one.name == where; }))
        return core::fail(ErrorCode::NotFound, "no worker is called \"" + where + "\"");
    return keep(std::move(spec), where);
}

core::Result<jobs::Job> FakeJobs::follow(jobs::JobId id, core::TaskContext&) {
    slow_.note("jobs.follow");
    return get(id);
}

core::Result<jobs::JobId> FakeJobs::keep(jobs::JobSpec spec, const std::string& where) {
    slow_.note("jobs.submit");
    jobs::Job made;
    {
        const std::lock_guard lock(mutex_);
        if (spec.kind == "som" && spec.parameters.find("\"0x0\"") != std::string::npos)
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters.grid: \"0x0\" has no neuron; write it as 20x20");
        if (spec.parameters.find("\"truth\":\"\"") != std::string::npos)
            return core::fail(ErrorCode::InvalidArgument,
                              "parameters.truth must be a text that is not empty, not \"\"");
        made.id = jobs_.empty() ? 1 : jobs_.back().id + 1;
        made.spec = spec;
        made.phase = where.empty() ? jobs::Phase::Queued : jobs::Phase::Pending;
        if (!where.empty()) {
            made.place = where;
            made.remote = jobs::RemoteTicket{where, std::string(31, '0') + "f", 0, false};
        }
        made.created = core::formatTime(core::systemClock().now());
        jobs_.push_back(made);
        submitted_.push_back(std::move(spec));
        submittedTo_.push_back(where);
    }
    events_.tell({api::Event::Kind::Job, made, {}});
    return made.id;
}

void FakeJobs::finish(jobs::JobId id, const std::string& result) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& job : jobs_)
            if (job.id == id) job.result = result;
    }
    advance(id, jobs::Phase::Completed, 1);
}

void FakeJobs::advance(jobs::JobId id, jobs::Phase phase, double progress) {
    jobs::Job copy;
    {
        const std::lock_guard lock(mutex_);
        for (auto& one : jobs_)
            if (one.id == id) {
                one.phase = phase;
                one.progress = progress;
                const auto now = core::formatTime(core::systemClock().now());
                if (one.started.empty()) one.started = now;
                if (jobs::isFinal(phase)) one.ended = now;
                copy = one;
            }
    }
    events_.tell({api::Event::Kind::Job, copy, {}});
}

core::Result<jobs::Job> FakeJobs::runHere(jobs::JobSpec, core::TaskContext&) {
    slow_.note("jobs.runHere");
    return core::fail(ErrorCode::Unsupported, "jobs do not run here");
}

core::Status FakeJobs::abort(jobs::JobId id) {
    slow_.note("jobs.abort");
    jobs::Job wanted;
    {
        const std::lock_guard lock(mutex_);
        for (auto& one : jobs_)
            if (one.id == id && one.remote) {
                one.remote->abortWanted = true;
                wanted = one;
            }
    }
    if (wanted.id != 0) {
        events_.tell({api::Event::Kind::Job, wanted, {}});
        return {};
    }
    advance(id, jobs::Phase::Aborted, 0.4);
    return {};
}

core::Status FakeJobs::remove(jobs::JobId id) {
    slow_.note("jobs.remove");
    const std::lock_guard lock(mutex_);
    std::erase_if(jobs_, [id](const auto& one) { return one.id == id; });
    return {};
}

core::Result<std::vector<jobs::Job>> FakeJobs::list() {
    slow_.note("jobs.list");
    const std::lock_guard lock(mutex_);
    return std::vector<jobs::Job>(jobs_.rbegin(), jobs_.rend());
}

core::Result<jobs::Job> FakeJobs::get(jobs::JobId id) {
    slow_.note("jobs.get");
    const std::lock_guard lock(mutex_);
    for (const auto& one : jobs_)
        if (one.id == id) return one;
    return core::fail(ErrorCode::NotFound, "there is no job " + std::to_string(id));
}

core::Result<std::vector<std::pair<double, double>>> FakeJobs::series(jobs::JobId, const std::string& name) {
    slow_.note("jobs.series");
    std::vector<std::pair<double, double>> points;
    const bool quantisation = name == "quantisation error";
    for (int epoch = 1; epoch <= 31; ++epoch)
        points.emplace_back(epoch, quantisation ? 1.0 + 2.2 * std::exp(-epoch / 6.0)
                                                : 0.05 + 0.3 * std::exp(-epoch / 4.0) +
                                                      0.02 * survey::noise(std::uint64_t(epoch), 9));
    return points;
}

std::vector<jobs::Job> FakeJobs::interrupted() const {
    if (!interrupted_) return {};
    const std::lock_guard lock(mutex_);
    return {jobs_.at(5)};
}

} // namespace balmer::test

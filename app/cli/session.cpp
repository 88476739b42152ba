#include "app/cli/session.h"

#include <algorithm>
#include <thread>

#include "engine/api/job_kinds.h"
#include "engine/core/amount_text.h"
#include "engine/core/json_text.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

using core::ErrorCode;
using nlohmann::json;

constexpr auto pollInterval = std::chrono::milliseconds(20);
constexpr auto abortLimit = std::chrono::seconds(15);

std::string named(jobs::JobId id) {
    return "job " + std::to_string(id);
}

std::string command(const char* verb, jobs::JobId id) {
    return "`balmer job " + std::string(verb) + " " + std::to_string(id) + "`";
}

std::string capitalised(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

/// The result of a job that has ended, or why there is none.
core::Result<json> resultOf(const jobs::Job& job) {
    if (job.phase == jobs::Phase::Completed) {
        auto result = core::parseJson<json>(job.result).value_or(json());
        if (!result.is_object()) result = json::object();
        if (job.id != 0) result["job"] = job.id;
        return result;
    }
    auto error = job.error.value_or(core::Error(ErrorCode::Internal, "the job ended without a result"));
    return core::fail(error.during((job.id != 0 ? named(job.id) + ", " : std::string()) + job.spec.kind +
                                   (job.remote ? ", at " + job.remote->worker : "")));
}

api::WorkerInfo infoOf(api::Workbench& bench, const std::string& name) {
    if (const auto workers = bench.workers().list())
        for (const auto& worker : *workers)
            if (worker.name == name) return worker;
    return {};
}

/// What Ctrl+C leaves behind.
core::Error left(const jobs::Job& job) {
    if (!job.remote) return {ErrorCode::Cancelled, named(job.id) + " goes on in the program that runs it"};
    const auto& worker = job.remote->worker;
    if (job.phase == jobs::Phase::Pending)
        return {ErrorCode::Cancelled, named(job.id) + " has not reached " + worker + " as a whole; " +
                                          command("attach", job.id) + " goes on sending it, " +
                                          command("abort", job.id) + " drops it"};
    return {ErrorCode::Cancelled, named(job.id) + " goes on at " + worker + "; " + command("attach", job.id) +
                                      " waits for it, " + command("abort", job.id) + " stops it"};
}

} // namespace

core::Result<api::Workbench*> Session::workbench(bool followRemote) {
    if (workbench_ && followRemote && !followsRemote_) workbench_.reset();
    if (!workbench_) {
        api::OpenOptions open;
        open.who = options_.who;
        open.threads = options_.threads;
        open.followRemote = followRemote;
        BALMER_TRY(workbench_,
                   api::openWorkbench(options_.project.empty() ? api::defaultProjectFolder()
                                                               : std::filesystem::path(options_.project),
                                      open));
        followsRemote_ = followRemote;
        if (const auto why = workbench_->onlyReads(); !why.empty()) console.warn(capitalised(why));
        for (const auto& job : workbench_->jobs().interrupted())
            console.warn("Job " + std::to_string(job.id) + " (" + job.spec.kind + ") was " +
                         (job.error ? job.error->message() : std::string("interrupted")));
    }
    return workbench_.get();
}

core::Result<json> Session::run(const std::string& kind, const json& parameters, const std::string& label) {
    jobs::JobSpec spec;
    spec.kind = kind;
    spec.label = label;
    spec.parameters = core::jsonText(parameters);
    return run(std::move(spec));
}

core::Result<json> Session::run(jobs::JobSpec spec) {
    BALMER_TRY(auto* const bench, workbench());
    auto task = console.task();
    const auto job = bench->jobs().runHere(std::move(spec), task);
    console.endProgress();
    if (!job) return core::fail(job.error());
    return resultOf(*job);
}

core::Result<Session::Ran> Session::run(jobs::JobSpec spec, const Place& place) {
    const auto here = [&]() -> core::Result<Ran> {
        BALMER_TRY(auto result, run(spec));
        if (!place.on.empty()) result["place"] = jobs::Job().place;
        return Ran{std::move(result), false};
    };
    if (place.here()) {
        if (place.detach || place.orHere)
            return core::fail(ErrorCode::InvalidArgument,
                              std::string(place.detach ? "--detach" : "--or-here") +
                                  " is for jobs on a worker; name one with --on");
        return here();
    }
    if (const auto* const kind = api::findJobKind(spec.kind); kind != nullptr && !kind->stays.empty())
        return core::fail(ErrorCode::InvalidArgument,
                          "--on is not for " + kind->kind + ", which " + kind->stays + "; leave it out");
    BALMER_TRY(auto* const bench, workbench(true));
    // A worker that is not there is told of before anything is written down.
    core::Status reached;
    if (place.on != "auto") {
        BALMER_TRY(const auto worker, workerNamed(*bench, place.on));
        if (const auto report = askWorker(*bench, worker); !report) reached = core::fail(report.error());
    }
    if (reached) {
        const auto id = bench->jobs().submit(spec, place.on);
        if (id && place.detach) {
            BALMER_TRY(auto result, leave(*bench, *id));
            return Ran{std::move(result), true};
        }
        if (id) {
            BALMER_TRY(auto result, attach(*id));
            return Ran{std::move(result), false};
        }
        if (place.on != "auto" || id.error().code() != ErrorCode::NotFound) return core::fail(id.error());
        reached = core::fail(id.error());
    }
    if (!place.orHere) return core::fail(reached.error());
    console.warn(capitalised(reached.error().message()) + ". The job runs on this computer.");
    return here();
}

core::Result<json> Session::attach(jobs::JobId id) {
    BALMER_TRY(auto* const bench, workbench(true));
    BALMER_TRY(const auto begun, bench->jobs().get(id));
    auto task = console.task();
    // A connection that is lost is told of once; it is tried again by itself.
    std::string told;
    core::TaskContext watching(task.stopToken(), [&](double fraction, std::string_view stage) {
        if (const auto info = begun.remote ? infoOf(*bench, begun.place) : api::WorkerInfo();
            info.link == api::WorkerInfo::Link::Lost && info.trouble != told) {
            told = info.trouble;
            console.endProgress();
            console.warn(begun.place + " is out of reach and tried again: " + told);
        }
        (void)task.checkpoint(fraction, stage);
    });
    auto job = bench->jobs().follow(id, watching);
    console.endProgress();
    if (!job && job.error().code() == ErrorCode::Cancelled && task.stopRequested()) {
        BALMER_TRY(const auto now, bench->jobs().get(id));
        if (!jobs::isFinal(now.phase)) return core::fail(left(now));
        job = now;
    }
    if (!job) return core::fail(job.error());
    BALMER_TRY(auto result, resultOf(*job));
    result["place"] = job->place;
    if (job->remote) result["sent_bytes"] = infoOf(*bench, job->remote->worker).sentBytes;
    return result;
}

core::Result<json> Session::leave(api::Workbench& bench, jobs::JobId id) {
    auto task = console.task();
    while (true) {
        BALMER_TRY(const auto job, bench.jobs().get(id));
        if (job.phase != jobs::Phase::Pending) {
            console.endProgress();
            return json{{"job", id}, {"place", job.place}, {"phase", jobs::toString(job.phase)}};
        }
        if (!task.checkpoint(job.progress, "sending to " + job.place)) return core::fail(left(job));
        if (const auto info = infoOf(bench, job.place); info.link == api::WorkerInfo::Link::Lost)
            return core::fail(ErrorCode::Remote, named(id) + " has not reached " + job.place + ": " +
                                                     info.trouble + "; " + command("attach", id) +
                                                     " goes on sending it");
        std::this_thread::sleep_for(pollInterval);
    }
}

core::Result<jobs::Job> Session::abort(jobs::JobId id) {
    BALMER_TRY(auto* bench, workbench());
    BALMER_TRY(auto job, bench->jobs().get(id));
    const bool remote = job.remote && !jobs::isFinal(job.phase);
    if (remote) {
        BALMER_TRY(bench, workbench(true));
    }
    BALMER_CHECK(bench->jobs().abort(id));
    auto task = console.task();
    const auto until = std::chrono::steady_clock::now() + abortLimit;
    while (true) {
        BALMER_TRY(job, bench->jobs().get(id));
        if (!remote || jobs::isFinal(job.phase) || std::chrono::steady_clock::now() > until) break;
        if (infoOf(*bench, job.place).link == api::WorkerInfo::Link::Lost) break;
        if (!task.checkpoint(job.progress, "stopping at " + job.place)) break;
        std::this_thread::sleep_for(pollInterval);
    }
    console.endProgress();
    return job;
}

namespace {
/// Of all the files that were to be imported none could be.
bool nothingCame(const json& result) {
    return result.contains("imported") && !result.value("refused", json::array()).empty() &&
           result["imported"] == 0 && result.value("already", 0) == 0;
}
} // namespace

core::Status runAndSay(Session& session, jobs::JobSpec spec, const Place& place, const Words& words) {
    BALMER_TRY(const auto ran, session.run(std::move(spec), place));
    session.console.result(ran.result);
    if (!ran.result.value("whole", true) || nothingCame(ran.result)) session.console.foundDamage();
    if (session.console.json()) return {};
    if (!ran.detached) {
        words(session.console, ran.result);
        return {};
    }
    const auto id = ran.result["job"].get<jobs::JobId>();
    session.console.say(capitalised(named(id)) + " is at " + ran.result["place"].get<std::string>() + "; " +
                        command("attach", id) + " waits for it.");
    return {};
}

std::string importedText(const json& result) {
    return counted(result["imported"], "spectrum", "spectra") + " imported, " +
           core::jsonText(result["already"]) + " there already, " + counted(result["refused"], "file") +
           " refused";
}

std::string refusedText(const json& refused) {
    const auto path = refused["path"].get<std::string>();
    return (path.empty() ? path : path + ": ") + refused["reason"].get<std::string>();
}

void sayWhole(Console& console, const json& result) {
    console.say(Said::lines(core::jsonText(result, 2)));
}

core::Result<api::WorkerInfo> workerNamed(api::Workbench& bench, const std::string& name) {
    BALMER_TRY(const auto workers, bench.workers().list());
    std::string all;
    for (const auto& worker : workers) {
        if (worker.name == name) return worker;
        all += (all.empty() ? "" : ", ") + worker.name;
    }
    return core::fail(ErrorCode::NotFound,
                      "no worker is called \"" + name + "\"; " +
                          (all.empty() ? "`balmer worker add NAME URL` adds one" : "there are: " + all));
}

core::Result<api::WorkerReport> askWorker(api::Workbench& bench, const api::WorkerInfo& worker) {
    auto report = bench.workers().ask(worker);
    if (!report) return core::fail(refusal(report.error()));
    return report;
}

core::Error refusal(const core::Error& error) {
    if (error.code() != ErrorCode::InvalidArgument) return error;
    core::Error same(ErrorCode::Remote, error.message());
    for (const auto& doing : error.context())
        same.during(doing);
    return same;
}

std::string notNegative(const std::string& text) {
    return text.starts_with('-') ? text + " is negative; give 0 or more" : std::string();
}

std::string counted(const json& count, std::string_view one, std::string_view many) {
    return core::countText(count.is_array() ? count.size() : count.get<std::uint64_t>(), one, many);
}

std::string shown(const json& number, int digits) {
    return number.is_number() ? core::formatFixed(number.get<double>(), digits) : std::string("—");
}

} // namespace balmer::cli

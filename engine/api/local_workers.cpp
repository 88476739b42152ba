#include "engine/api/local_workers.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include "engine/core/login_name.h"
#include "engine/workflow/parcel.h"

namespace balmer::api {

using core::ErrorCode;
using core::fail;

namespace {

WorkerInfo::Link linkFrom(remote::Link::State state) {
    switch (state) {
    case remote::Link::State::Idle:
        break;
    case remote::Link::State::Connecting:
        return WorkerInfo::Link::Connecting;
    case remote::Link::State::Connected:
        return WorkerInfo::Link::Connected;
    case remote::Link::State::Lost:
        return WorkerInfo::Link::Lost;
    }
    return WorkerInfo::Link::Idle;
}

} // namespace

LocalWorkers::LocalWorkers(workflow::Environment environment, const std::vector<workflow::JobKind>& kinds,
                           std::function<void(const jobs::JobEvent&)> onJob, std::function<void()> onLink)
    : environment_(std::move(environment)), kinds_(kinds), onJob_(std::move(onJob)),
      onLink_(std::move(onLink)), book_(remote::WorkerBook::defaultFile()) {}

LocalWorkers::~LocalWorkers() = default;

remote::WorkerProbe LocalWorkers::probe() const {
    remote::WorkerProbe::Options options;
    // Another program may stand for ssh where the user's own is a wrapper.
    if (const char* ssh = std::getenv("BALMER_SSH"); ssh != nullptr && *ssh != '\0') options.ssh = {ssh};
    options.identity = book_.file().parent_path() / "identity";
    options.software = "Balmer " BALMER_VERSION;
    options.user = core::loginName();
    return remote::WorkerProbe(std::move(options));
}

remote::RemoteJobs& LocalWorkers::remote() {
    const std::lock_guard lock(mutex_);
    if (!remote_) {
        remote::RemoteJobs::Options options;
        options.folder = environment_.project->folder() / "remote";
        options.connect = probe().options();
        remote_ = std::make_unique<remote::RemoteJobs>(
            environment_.project->jobs(), static_cast<remote::ParcelPort&>(*this), book_, std::move(options),
            onJob_, [this](const remote::Link&) { onLink_(); });
    }
    return *remote_;
}

// --------------------------------------------------------------------------------------------------------
// jobs

core::Result<const workflow::JobKind*> LocalWorkers::kindOf(const std::string& kind) const {
    const auto found =
        std::find_if(kinds_.begin(), kinds_.end(), [&](const auto& each) { return each.about.kind == kind; });
    if (found == kinds_.end())
        return fail(ErrorCode::Unsupported, "this Balmer knows no job of the kind " + kind);
    return &*found;
}

core::Result<std::string> LocalWorkers::describe(const jobs::Job& job) {
    return workflow::writeSpec(job, environment_.who);
}

core::Result<std::vector<remote::NamedFile>>
LocalWorkers::pack(const jobs::Job& job, const std::filesystem::path& folder, core::TaskContext& task) {
    BALMER_TRY(const auto* const kind, kindOf(job.spec.kind));
    BALMER_TRY(const auto files, workflow::packInputs(*environment_.project, *kind, job, folder, task));
    std::vector<remote::NamedFile> named;
    for (const auto& file : files)
        named.push_back({file.name, std::filesystem::absolute(file.path)});
    return named;
}

core::Result<bool> LocalWorkers::commit(jobs::JobId job, std::string_view resultJson,
                                        std::span<const remote::NamedFile> outputs,
                                        std::string_view endTime) {
    BALMER_TRY(const auto record, environment_.project->jobs().get(job));
    BALMER_TRY(const auto* const kind, kindOf(record.spec.kind));
    std::vector<workflow::ParcelFile> files;
    for (const auto& output : outputs)
        files.push_back({output.name, output.path});
    return workflow::commitOutputs(environment_, *kind, job, resultJson, files, endTime);
}

void LocalWorkers::follow() {
    const auto open = environment_.project->jobs().listRemote();
    if (open && !open->empty()) remote().begin();
}

core::Result<jobs::JobId> LocalWorkers::submit(jobs::JobSpec spec, const std::string& where) {
    BALMER_TRY(const auto* const kind, kindOf(spec.kind));
    BALMER_CHECK(workflow::checkTravel(*kind));
    auto worker = where;
    if (where == "auto") {
        const auto chosen = remote().choose(spec);
        if (!chosen)
            return fail(ErrorCode::NotFound,
                        "no worker answers that could run it; look at `balmer worker status`, or run "
                        "it on this computer");
        worker = *chosen;
    }
    return remote().submit(std::move(spec), worker, BALMER_VERSION);
}

core::Status LocalWorkers::abort(jobs::JobId id) {
    return remote().abort(id);
}

core::Status LocalWorkers::attach(jobs::JobId id) {
    return remote().attach(id);
}

// --------------------------------------------------------------------------------------------------------
// workers

core::Result<std::vector<WorkerInfo>> LocalWorkers::list() {
    BALMER_TRY(const auto entries, book_.all());
    BALMER_TRY(const auto open, environment_.project->jobs().listRemote());
    std::vector<remote::Link> links;
    {
        const std::lock_guard lock(mutex_);
        if (remote_) links = remote_->links();
    }
    std::vector<WorkerInfo> all;
    for (const auto& entry : entries) {
        WorkerInfo info;
        info.name = entry.name;
        info.url = entry.url;
        info.token = entry.token;
        info.paired = !entry.fingerprint.empty();
        info.jobsAtOnce = entry.jobsAtOnce;
        info.jobs = static_cast<std::size_t>(std::count_if(
            open.begin(), open.end(), [&](const auto& job) { return job.remote->worker == entry.name; }));
        const auto link = std::find_if(links.begin(), links.end(),
                                       [&](const auto& each) { return each.worker == entry.name; });
        if (link != links.end()) {
            info.link = linkFrom(link->state);
            info.trouble = link->trouble;
            info.since = link->since;
            info.sentBytes = link->sent;
            info.receivedBytes = link->received;
        }
        all.push_back(std::move(info));
    }
    return all;
}

core::Status LocalWorkers::put(const WorkerInfo& worker) {
    remote::WorkerEntry entry{worker.name, worker.url, worker.token, {}, worker.jobsAtOnce};
    // What was paired stays so while the address is the same.
    BALMER_TRY(const auto url, remote::WorkerUrl::parse(worker.url));
    if (const auto before = book_.get(worker.name); before && before->url == url.toText())
        entry.fingerprint = before->fingerprint;
    BALMER_CHECK(book_.put(entry));
    onLink_();
    return {};
}

core::Status LocalWorkers::remove(const std::string& name) {
    BALMER_TRY(const auto open, environment_.project->jobs().listRemote());
    const auto there =
        std::count_if(open.begin(), open.end(), [&](const auto& job) { return job.remote->worker == name; });
    if (there > 0)
        return fail(ErrorCode::InvalidArgument, std::to_string(there) + " job" + (there > 1 ? "s" : "") +
                                                    " of this project run at " + name +
                                                    "; wait for them or abort them first; if it is gone "
                                                    "for good, `balmer worker remove --forget` ends them");
    BALMER_CHECK(book_.remove(name));
    onLink_();
    return {};
}

core::Status LocalWorkers::forget(const std::string& name) {
    BALMER_TRY([[maybe_unused]] const auto there, book_.get(name));
    BALMER_CHECK(remote().forget(name));
    return remove(name);
}

core::Result<WorkerReport> LocalWorkers::ask(const WorkerInfo& worker) {
    remote::WorkerEntry entry{worker.name, worker.url, worker.token, {}, worker.jobsAtOnce};
    if (const auto known = book_.get(worker.name); known && known->url == worker.url)
        entry.fingerprint = known->fingerprint;
    BALMER_TRY(const auto answer, probe().ask(entry));
    WorkerReport report;
    report.software = answer.greeting.software;
    report.host = answer.greeting.name;
    report.processor = answer.greeting.processor;
    report.owner = answer.greeting.owner;
    for (const auto& capability : answer.greeting.capabilities) {
        if (capability.starts_with("kind:")) report.kinds.push_back(capability.substr(5));
        report.registersData = report.registersData || capability == "register";
    }
    report.slots = answer.greeting.limits.slots;
    report.freeSlots = answer.greeting.limits.freeSlots;
    report.storedBytes = answer.greeting.limits.usedBytes;
    report.quotaBytes = answer.greeting.limits.quotaBytes;
    report.running = answer.running;
    report.waiting = answer.waiting;
    report.objects = answer.objects;
    report.answeredMilliseconds = static_cast<double>(answer.answered.count()) / 1000;
    for (const auto& job : answer.jobs)
        report.jobs.push_back(
            {job.key, job.owner, job.kind, job.label, job.phase, job.stage, job.created, job.progress});
    return report;
}

core::Status LocalWorkers::pair(const std::string& name, const std::string& code) {
    BALMER_TRY(auto entry, book_.get(name));
    BALMER_TRY(entry.fingerprint, probe().pair(entry, code));
    BALMER_CHECK(book_.put(entry));
    onLink_();
    retry(name);
    return {};
}

core::Result<RegisteredData> LocalWorkers::registerData(const std::string& name, const std::string& path) {
    BALMER_TRY(const auto entry, book_.get(name));
    BALMER_TRY(auto made, probe().registerPath(entry, path));
    return RegisteredData{made.files, made.bytes, std::move(made.refused)};
}

void LocalWorkers::retry(const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (remote_) remote_->retryNow(name);
}

} // namespace balmer::api

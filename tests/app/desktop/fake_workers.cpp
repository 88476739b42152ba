#include "tests/app/desktop/fake_workers.h"

#include <algorithm>
#include <chrono>

#include "engine/core/clock.h"

namespace balmer::test {

using core::ErrorCode;
using survey::at;

FakeWorkers::FakeWorkers(const FakeOptions& options, FakeEvents& events, SlowCalls& slow)
    : events_(events), slow_(slow) {
    using Link = api::WorkerInfo::Link;
    const auto ago = [](int minutes) {
        return core::formatTime(core::systemClock().now() - std::chrono::minutes(minutes));
    };
    api::WorkerInfo kepler, hale, tycho, brahe;
    kepler.name = "kepler";
    kepler.url = "ssh://observer@kepler.example.org";
    kepler.link = Link::Connected;
    kepler.since = ago(42);
    kepler.jobs = 2;
    kepler.sentBytes = 12000000;
    kepler.receivedBytes = 400000;
    hale.name = "hale";
    hale.url = "unix:/run/user/1000/balmer/worker.sock";
    tycho.name = "tycho";
    tycho.url = "tls://tycho.example.org:7077";
    tycho.paired = true;
    tycho.link = Link::Lost;
    tycho.trouble = "tycho.example.org:7077 does not answer: the connection was refused; "
                    "start `balmer-worker` there, or check the address";
    tycho.since = ago(7);
    tycho.jobs = 2;
    brahe.name = "brahe";
    brahe.url = "tls://brahe.example.org:7077";
    workers_ = {kepler, hale, tycho, brahe};
    workers_.resize(std::min<std::size_t>(options.workers, 4));
}

std::vector<std::string> FakeWorkers::retried() const {
    const std::lock_guard lock(mutex_);
    return retried_;
}

void FakeWorkers::setLink(const std::string& worker, api::WorkerInfo::Link link, const std::string& trouble) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& one : workers_)
            if (one.name == worker) {
                one.link = link;
                one.trouble = trouble;
                one.since = core::formatTime(core::systemClock().now());
            }
    }
    events_.tell({api::Event::Kind::Workers, {}, {}});
}

void FakeWorkers::hold(bool hold) {
    const std::lock_guard lock(mutex_);
    held_ = hold;
    released_.notify_all();
}

void FakeWorkers::waitWhileHeld() {
    std::unique_lock lock(mutex_);
    released_.wait(lock, [this] { return !held_; });
}

core::Result<std::vector<api::WorkerInfo>> FakeWorkers::list() {
    const std::lock_guard lock(mutex_);
    return workers_;
}

core::Status FakeWorkers::put(const api::WorkerInfo& worker) {
    if (worker.name.empty() || worker.name.find(' ') != std::string::npos)
        return core::fail(ErrorCode::InvalidArgument,
                          "\"" + worker.name +
                              "\" cannot be the name of a worker; take letters, digits, "
                              "'.', '_', '-'");
    const char* const schemes[] = {"ssh://", "unix:/", "tls://", "tcp://"};
    if (std::none_of(std::begin(schemes), std::end(schemes),
                     [&](const char* scheme) { return worker.url.rfind(scheme, 0) == 0; }))
        return core::fail(ErrorCode::InvalidArgument,
                          "\"" + worker.url +
                              "\" is not an address of a worker: it has no scheme; write "
                              "ssh://[user@]host[:port], unix:/path/of/socket, "
                              "tls://host:port or tcp://127.0.0.1:port");
    {
        const std::lock_guard lock(mutex_);
        const auto found = std::find_if(workers_.begin(), workers_.end(),
                                        [&](const auto& one) { return one.name == worker.name; });
        if (found == workers_.end()) {
            workers_.push_back(worker);
        } else {
            found->url = worker.url;
            found->token = worker.token;
            found->jobsAtOnce = worker.jobsAtOnce;
        }
    }
    events_.tell({api::Event::Kind::Workers, {}, {}});
    return {};
}

core::Status FakeWorkers::remove(const std::string& name) {
    {
        const std::lock_guard lock(mutex_);
        const auto found =
            std::find_if(workers_.begin(), workers_.end(), [&](const auto& one) { return one.name == name; });
        if (found == workers_.end())
            return core::fail(ErrorCode::NotFound, "no worker is called \"" + name + "\"");
        if (found->jobs > 0)
            return core::fail(ErrorCode::InvalidArgument, std::to_string(found->jobs) +
                                                              " jobs of this project run on " + name +
                                                              "; abort them or let them end first");
        workers_.erase(found);
    }
    events_.tell({api::Event::Kind::Workers, {}, {}});
    return {};
}

core::Status FakeWorkers::forget(const std::string& name) {
    {
        const std::lock_guard lock(mutex_);
        if (std::erase_if(workers_, [&](const auto& one) { return one.name == name; }) == 0)
            return core::fail(ErrorCode::NotFound, "no worker is called \"" + name + "\"");
    }
    events_.tell({api::Event::Kind::Workers, {}, {}});
    return {};
}

core::Result<api::WorkerReport> FakeWorkers::ask(const api::WorkerInfo& worker) {
    slow_.note("workers.ask");
    ++asked;
    waitWhileHeld();
    if (refuse || worker.name == "tycho" || worker.url.find("nowhere") != std::string::npos)
        return core::fail(ErrorCode::Remote, worker.url +
                                                 " does not answer: the connection was refused; "
                                                 "start `balmer-worker` there, or check the address");
    if (worker.url.rfind("tls://", 0) == 0 && !worker.paired)
        return core::fail(ErrorCode::Remote, worker.name +
                                                 " does not know this computer; run `balmer-worker pair` "
                                                 "there and pair with the code that it shows");
    api::WorkerReport report;
    report.software = "balmer-worker 0.2.0";
    report.host = worker.name + ".example.org";
    report.processor = "AMD EPYC 7543 32-Core Processor, 64 threads";
    report.owner = "observer";
    report.kinds = {"preprocess", "som", "learn", "score", "round"};
    report.slots = 4;
    report.freeSlots = worker.jobs > 0 ? 2 : 4;
    report.storedBytes = worker.jobs > 0 ? 12400000000 : 310000000;
    report.quotaBytes = 50000000000;
    report.objects = worker.jobs > 0 ? 312 : 12;
    report.answeredMilliseconds = 34.2;
    if (worker.jobs > 0) {
        report.running = 2;
        report.waiting = 1;
        report.jobs = {{std::string(31, '0') + "a", "observer", "som", "60 × 60, all", "EXECUTING",
                        "epoch 41 of 100", at(22, 9, 53), 0.41},
                       {std::string(31, '0') + "7", "observer", "learn", "another project", "EXECUTING",
                        "fold 2 of 5", at(22, 9, 40), 0.3},
                       {std::string(31, '0') + "8", "observer", "score", "another project", "QUEUED", "",
                        at(22, 9, 41), 0}};
    }
    return report;
}

core::Status FakeWorkers::pair(const std::string& name, const std::string& code) {
    slow_.note("workers.pair");
    waitWhileHeld();
    if (code != "ABCD-EFGH-JKLM-NPQR")
        return core::fail(ErrorCode::InvalidArgument,
                          "\"" + code +
                              "\" is not a pairing code; `balmer-worker pair` shows one, four groups of "
                              "four letters and digits");
    {
        const std::lock_guard lock(mutex_);
        for (auto& one : workers_)
            if (one.name == name) one.paired = true;
    }
    events_.tell({api::Event::Kind::Workers, {}, {}});
    return {};
}

core::Result<api::RegisteredData> FakeWorkers::registerData(const std::string&, const std::string&) {
    slow_.note("workers.registerData");
    return core::fail(ErrorCode::Unsupported, "this worker takes no data by their path");
}

void FakeWorkers::retry(const std::string& name) {
    {
        const std::lock_guard lock(mutex_);
        retried_.push_back(name);
    }
    setLink(name, api::WorkerInfo::Link::Connecting);
}

} // namespace balmer::test

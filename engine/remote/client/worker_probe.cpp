#include "engine/remote/client/worker_probe.h"

#include <utility>

#include "engine/remote/client/wait_for.h"
#include "engine/remote/client/worker_client.h"

namespace balmer::remote {

using core::ErrorCode;
using core::fail;
using core::Result;

ClientSettings settingsFor(const WorkerProbe::Options& options) {
    ClientSettings settings;
    settings.connector = {options.ssh, options.identity, options.limit};
    settings.software = options.software;
    settings.user = options.user;
    settings.handshake = options.limit;
    return settings;
}

Result<WorkerReport> WorkerProbe::ask(const WorkerEntry& entry) const {
    return waitFor<WorkerReport>(
        [&](asio::any_io_executor executor) -> asio::awaitable<Result<WorkerReport>> {
            auto settings = settingsFor(options_);
            auto client = co_await WorkerClient::open(executor, entry, std::move(settings));
            if (!client) co_return fail(std::move(client).error());
            WorkerReport report;
            report.greeting = (*client)->greeting();
            const auto began = std::chrono::steady_clock::now();
            auto status = co_await (*client)->status({});
            if (!status) co_return fail(std::move(status).error());
            report.answered = std::chrono::duration_cast<std::chrono::microseconds>(
                std::chrono::steady_clock::now() - began);
            report.greeting.limits = status->limits;
            report.running = status->running;
            report.waiting = status->waiting;
            report.objects = status->objects;
            auto listed = co_await (*client)->list();
            if (!listed) co_return fail(std::move(listed).error());
            for (auto& job : *listed)
                report.jobs.push_back({job.key, job.owner, job.kind, job.label, job.phase, job.stage,
                                       job.created, job.progress});
            (*client)->close();
            co_return report;
        });
}

Result<std::string> WorkerProbe::pair(const WorkerEntry& entry, const std::string& code) const {
    if (normalisedPairingCode(code).empty())
        return fail(ErrorCode::InvalidArgument,
                    "\"" + code +
                        "\" is not a pairing code; `balmer-worker pair` shows one, "
                        "four groups of four letters and digits");
    return waitFor<std::string>([&](asio::any_io_executor executor) -> asio::awaitable<Result<std::string>> {
        auto settings = settingsFor(options_);
        settings.pairingCode = normalisedPairingCode(code);
        settings.pairingName = options_.user;
        auto client = co_await WorkerClient::open(executor, entry, std::move(settings));
        if (!client) co_return fail(std::move(client).error());
        const auto fingerprint = (*client)->fingerprint();
        (*client)->close();
        if (fingerprint.empty())
            co_return fail(ErrorCode::InvalidArgument, entry.url + " needs no pairing; only tls:// does");
        co_return fingerprint;
    });
}

Result<RegisteredData> WorkerProbe::registerPath(const WorkerEntry& entry, const std::string& path) const {
    return waitFor<RegisteredData>(
        [&](asio::any_io_executor executor) -> asio::awaitable<Result<RegisteredData>> {
            auto settings = settingsFor(options_);
            auto client = co_await WorkerClient::open(executor, entry, std::move(settings));
            if (!client) co_return fail(std::move(client).error());
            auto made = co_await (*client)->registerPath(path);
            (*client)->close();
            if (!made) co_return fail(std::move(made).error());
            co_return RegisteredData{made->files, made->bytes, std::move(made->refused)};
        });
}

} // namespace balmer::remote

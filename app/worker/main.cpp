// balmer-worker: takes jobs from other computers and runs them.

#include <algorithm>
#include <array>
#include <sstream>

#include <CLI/CLI.hpp>

#include <unistd.h>

#include "engine/api/workbench.h"
#include "engine/api/worker_program.h"
#include "engine/core/login_name.h"
#include "engine/core/standard_streams.h"
#include "engine/core/utf8.h"

namespace {

using namespace balmer;

void say(const std::string& line) {
    core::writeOutput(core::visible(line) + '\n');
}

int refuse(const core::Error& error) {
    core::writeErrors("balmer-worker: " + core::visible(error.describe()) + '\n');
    return error.code() == core::ErrorCode::InvalidArgument ? 2 : 1;
}

/// The exit status; what could not be written to standard output is a failure too.
int end(const core::Status& done) {
    const auto written = core::finishOutput();
    if (!written) (void)refuse(written.error());
    return !done ? refuse(done.error()) : written ? 0 : 1;
}

std::string ownProgram() {
    std::array<char, 4096> path{};
    const auto size = ::readlink("/proc/self/exe", path.data(), path.size() - 1);
    return size > 0 ? std::string(path.data(), static_cast<std::size_t>(size)) : "balmer-worker";
}

int serve(api::WorkerOptions options) {
    options.runner = {ownProgram(), "--run-jobs"};
    return end(api::serveWorker(options, [](const api::WorkerAddresses& at) {
        say("listening on unix:" + at.socket.string());
        if (at.tcpPort != 0) say("listening on tcp port " + std::to_string(at.tcpPort) + " (loopback)");
        if (at.tlsPort != 0)
            say("listening on tls port " + std::to_string(at.tlsPort) + ", certificate " + at.fingerprint);
    }));
}

} // namespace

int main(int count, char** words) {
    core::prepareStreams();
    CLI::App app("Balmer's worker: runs jobs that a desktop sends, and keeps their results until they are "
                 "fetched, 30 days at most",
                 "balmer-worker");
    api::WorkerOptions options;
    std::string folder, user;
    bool stdio = false, runJobs = false;
    int days = 30;
    app.set_version_flag("--version", "balmer-worker " + api::programVersion());
    app.add_option("--folder", folder, "where the worker keeps everything (default: in your data folder)");
    app.add_option("--listen-tls", options.listenTls,
                   "also listen with TLS, e.g. 0.0.0.0:7350 (pair clients with `pair`)");
    app.add_option("--listen-tcp", options.listenTcp,
                   "also listen on loopback without TLS, e.g. 127.0.0.1:7351 (needs a `token`)");
    app.add_option("--slots", options.slots, "jobs at once (default: as worker.json says, 1)")
        ->check(CLI::Range(1, 1024));
    app.add_option("--threads", options.threads,
                   "threads for each job, 0: all processors (default: as worker.json says, 0)")
        ->check(CLI::Range(0, 1024));
    app.add_option("--idle-minutes", options.idleMinutes,
                   "end after so long without client and job, 0: never (default: as worker.json says, 0; "
                   "with --stdio 10)")
        ->check(CLI::Range(0, 1'000'000));
    app.add_flag("--stdio", stdio,
                 "connect standard input and output with this user's worker, started where none runs; only "
                 "--folder and --idle-minutes go with it");
    app.add_flag("--run-jobs", runJobs, "run the jobs that a worker gives on standard input")->group("");
    auto& pair =
        *app.add_subcommand("pair", "show a code with which a client may pair in the next ten minutes");
    auto& token = *app.add_subcommand("token", "show a user's token for tcp://, made where there is none");
    token.add_option("user", user, "whose (default: yours)");
    auto& gc = *app.add_subcommand(
        "gc", "remove what no job needs, and jobs whose results were fetched or are 30 days old");
    gc.add_option("--days", days, "objects unused for so long (default: 30)")->check(CLI::Range(0, 100'000));
    app.require_subcommand(0, 1);
    app.fallthrough();
    app.footer("A file worker.json in the folder may set slots, threads, quota_gibibyte, roots, sees_all, "
               "idle_minutes.");
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& problem) {
        std::ostringstream help, wrong;
        const int status = app.exit(problem, help, wrong);
        core::writeOutput(help.str());
        core::writeErrors(core::visible(wrong.str(), core::Lines::Many));
        return std::max(status, end({}));
    }

    options.folder = std::filesystem::absolute(folder.empty() ? api::defaultWorkerFolder()
                                                              : std::filesystem::path(folder));
    if (runJobs) return end(api::runJobs());
    if (stdio)
        return end(api::relayWorker(options.folder,
                                    {ownProgram(), "--folder", options.folder.string(), "--idle-minutes",
                                     std::to_string(options.idleMinutes < 0 ? 10 : options.idleMinutes)}));
    if (pair.parsed()) {
        const auto code = api::openWorkerPairing(options.folder);
        if (!code) return refuse(code.error());
        say(*code);
        core::writeErrors("Within ten minutes, on the other computer: balmer worker pair NAME, which asks "
                          "for the code\n");
        return end({});
    }
    if (token.parsed()) {
        const auto made = api::workerToken(options.folder, user.empty() ? core::loginName() : user);
        if (!made) return refuse(made.error());
        say(*made);
        return end({});
    }
    if (gc.parsed()) {
        const auto garbage = api::collectWorkerGarbage(options.folder, days);
        if (!garbage) return refuse(garbage.error());
        say(std::to_string(garbage->objects) + " objects (" + std::to_string(garbage->bytes / 1'000'000) +
            " MB) and " + std::to_string(garbage->jobs) + " old jobs removed; " +
            std::to_string(garbage->left / 1'000'000) + " MB are left.");
        return end({});
    }
    return serve(std::move(options));
}

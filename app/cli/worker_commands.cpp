// The commands about workers: add, list, status, pair, remove, register.

#include <CLI/CLI.hpp>

#include <iostream>
#include <optional>

#include <termios.h>
#include <unistd.h>

#include "app/cli/session.h"
#include "engine/core/amount_text.h"
#include "engine/core/files.h"
#include "engine/core/standard_streams.h"
#include "engine/core/start_thread.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

using core::ErrorCode;
using nlohmann::json;

json describe(const api::WorkerInfo& worker) {
    return {{"name", worker.name},
            {"url", worker.url},
            {"paired", worker.paired},
            {"jobs_at_once", worker.jobsAtOnce},
            {"jobs", worker.jobs}};
}

json describe(const api::WorkerReport& report) {
    json jobs = json::array();
    for (const auto& job : report.jobs)
        jobs.push_back({{"key", job.key},
                        {"owner", job.owner},
                        {"kind", job.kind},
                        {"label", job.label},
                        {"phase", job.phase},
                        {"stage", job.stage},
                        {"progress", job.progress},
                        {"created", job.created}});
    return {{"software", report.software},
            {"host", report.host},
            {"processor", report.processor},
            {"owner", report.owner},
            {"kinds", report.kinds},
            {"registers_data", report.registersData},
            {"slots", report.slots},
            {"free_slots", report.freeSlots},
            {"running", report.running},
            {"waiting", report.waiting},
            {"objects", report.objects},
            {"stored_bytes", report.storedBytes},
            {"quota_bytes", report.quotaBytes},
            {"answered_ms", report.answeredMilliseconds},
            {"jobs", std::move(jobs)}};
}

std::string summary(const api::WorkerReport& report) {
    return report.software + " on " + report.host +
           (report.processor.empty() ? "" : ", " + report.processor) + "; " +
           std::to_string(report.freeSlots) + " of " + core::countText(report.slots, "slot") + " free";
}

std::string pairingAdvice(const std::string& name) {
    return "it has not been paired yet: on its side run `balmer-worker pair`, then here `balmer worker "
           "pair " +
           name + "` asks for the code";
}

/// Asks for it at the terminal, which does not show what is typed.
core::Result<std::string> askSecretly(const std::string& what) {
    core::writeErrors(what + ": ");
    termios shown{};
    ::tcgetattr(STDIN_FILENO, &shown);
    auto hidden = shown;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    std::string secret;
    std::getline(std::cin, secret);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    core::writeErrors("\n");
    return secret;
}

/// What may not stand in a command, which other users of the computer and the shell's history see.
core::Result<std::string> readSecret(const std::string& file, const std::string& what) {
    if (file.empty()) return askSecretly(what);
    constexpr std::size_t mostBytes = 4096;
    BALMER_TRY(const auto text, core::readFile(file, mostBytes));
    return text.substr(0, text.find_first_of("\r\n"));
}

core::Status add(Session& session, const api::WorkerInfo& worker, bool test) {
    BALMER_TRY(auto* const bench, session.workbench());
    json found = nullptr;
    std::string words;
    const bool tls = worker.url.starts_with("tls://");
    if (test) {
        const auto report = bench->workers().ask(worker);
        // With TLS the certificate comes by pairing, and pairing needs the name.
        if (!report && !(tls && report.error().code() == ErrorCode::InvalidArgument)) {
            // An address that cannot be is wrong use; what was refused while connecting is not.
            auto error = report.error().context().empty() ? report.error() : refusal(report.error());
            return core::fail(error.during("adding " + worker.name + "; --no-test adds it all the same"));
        }
        if (report) {
            found = describe(*report);
            words = summary(*report);
        }
    }
    BALMER_CHECK(bench->workers().put(worker));
    BALMER_TRY(const auto kept, workerNamed(*bench, worker.name));
    if (words.empty())
        words = tls && !kept.paired ? pairingAdvice(worker.name)
                                    : "it was not asked; `balmer worker status " + worker.name + "` does";
    auto result = describe(kept);
    result["found"] = std::move(found);
    session.console.result(result);
    session.console.say("Added " + worker.name + ": " + words + ".");
    return {};
}

void addAdd(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("add", "remember a worker under a name, once it has answered");
    auto worker = std::make_shared<api::WorkerInfo>();
    auto noTest = std::make_shared<bool>(false);
    auto tokenFile = std::make_shared<std::string>();
    command.add_option("name", worker->name, "what you call it")->required();
    command
        .add_option(
            "url", worker->url,
            "ssh://[user@]host[:port][/path/of/balmer-worker], unix:/path/of/socket, tls://host:port or "
            "tcp://127.0.0.1:port")
        ->required();
    command.add_option("--token-file", *tokenFile,
                       "for tcp://: a file with what `balmer-worker token` shows, or - for standard input "
                       "(default: asks for it at the terminal)");
    command.add_option("--token", worker->token, "not taken: others would see it; use --token-file")
        ->group("")
        ->each([](const std::string&) {
            throw CLI::ValidationError(
                "--token",
                "a token in a command is seen by other users and kept by the shell; write it into a "
                "file of yours and give --token-file FILE, or - for standard input");
        });
    command.add_option("--jobs", worker->jobsAtOnce, "jobs of yours that it is sent at once (default: 4)")
        ->check(CLI::Range(1, 1024));
    command.add_flag("--no-test", *noTest, "do not ask whether it answers");
    command.callback([&chosen, worker, noTest, tokenFile] {
        chosen = [worker, noTest, tokenFile](Session& session) -> core::Status {
            const bool wanted = worker->url.starts_with("tcp://") && ::isatty(STDIN_FILENO) != 0;
            if (!tokenFile->empty() || wanted) {
                BALMER_TRY(worker->token, readSecret(*tokenFile, "Token, as `balmer-worker token` shows it"));
            }
            return add(session, *worker, !*noTest);
        };
    });
}

void addWorkerList(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("list", "the workers that you have added");
    command.callback([&chosen] {
        chosen = [](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY(const auto workers, bench->workers().list());
            json all = json::array();
            std::vector<std::vector<std::string>> lines{{"NAME", "URL", "PAIRED", "JOBS OF THIS PROJECT"}};
            for (const auto& worker : workers) {
                all.push_back(describe(worker));
                lines.push_back({worker.name, worker.url,
                                 !worker.url.starts_with("tls://") ? "—"
                                 : worker.paired                   ? "yes"
                                                                   : "no",
                                 std::to_string(worker.jobs)});
            }
            session.console.result({{"workers", std::move(all)}});
            session.console.say(workers.empty()
                                    ? "No worker has been added; `balmer worker add NAME URL` does."
                                    : inColumns(lines));
            return {};
        };
    });
}

void sayReport(Console& console, const api::WorkerInfo& worker, const api::WorkerReport& report) {
    console.say(worker.name + ", " + worker.url + ": " + summary(report) + ".");
    console.say(
        "  " + core::countText(report.running, "job") + " running, " + std::to_string(report.waiting) +
        " waiting; " + core::countText(report.objects, "file") + " cached, " +
        core::bytesText(report.storedBytes) + " of " + core::bytesText(report.quotaBytes) + "; answers in " +
        core::formatFixed(report.answeredMilliseconds, 1) + " ms; you are " + report.owner + " there.");
    if (report.jobs.empty()) return;
    std::vector<std::vector<std::string>> lines{
        {"  KEY", "OWNER", "KIND", "LABEL", "PHASE", "PROGRESS", "CREATED"}};
    for (const auto& job : report.jobs)
        lines.push_back({"  " + job.key, job.owner, job.kind, job.label, job.phase,
                         core::formatFixed(100 * job.progress, 0) + " %", job.created.substr(0, 19)});
    console.say(inColumns(lines));
}

core::Status status(Session& session, const std::string& name) {
    BALMER_TRY(auto* const bench, session.workbench());
    std::vector<api::WorkerInfo> workers;
    if (name.empty()) {
        BALMER_TRY(workers, bench->workers().list());
    } else {
        BALMER_TRY(const auto worker, workerNamed(*bench, name));
        workers.push_back(worker);
    }
    if (workers.empty()) session.console.say("No worker has been added; `balmer worker add NAME URL` does.");
    std::vector<std::optional<core::Result<api::WorkerReport>>> reports(workers.size());
    core::allAtOnce(reports.size(),
                    [&](std::size_t i) { reports[i].emplace(askWorker(*bench, workers[i])); });
    json all = json::array();
    for (std::size_t i = 0; i < workers.size(); ++i) {
        const auto& report = *reports[i];
        auto object = describe(workers[i]);
        object["report"] = report ? describe(*report) : json(nullptr);
        if (report)
            sayReport(session.console, workers[i], *report);
        else if (!name.empty())
            return core::fail(report.error());
        else
            session.console.say(workers[i].name + ", " + workers[i].url + ": " + report.error().message() +
                                ".");
        if (!report)
            object["error"] = {{"code", core::toString(report.error().code())},
                               {"message", report.error().message()}};
        all.push_back(std::move(object));
    }
    session.console.result({{"workers", std::move(all)}});
    return {};
}

void addStatus(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("status", "ask a worker, or all of them, how it is");
    auto name = std::make_shared<std::string>();
    command.add_option("name", *name, "the worker (default: all)");
    command.callback(
        [&chosen, name] { chosen = [name](Session& session) { return status(session, *name); }; });
}

/// Adds `worker VERB NAME [SECOND]`.
void addVerb(
    CLI::App& parent, const std::string& verb, const std::string& help,
    const std::pair<std::string, std::string>& second, Work& chosen,
    std::function<core::Status(Session&, api::Workbench&, const std::string&, const std::string&)> work) {
    auto& command = *parent.add_subcommand(verb, help);
    auto name = std::make_shared<std::string>(), word = std::make_shared<std::string>();
    command.add_option("name", *name, "the worker")->required();
    if (!second.first.empty()) command.add_option(second.first, *word, second.second)->required();
    command.callback([&chosen, name, word, work] {
        chosen = [name, word, work](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            return work(session, *bench, *name, *word);
        };
    });
}

void addRemove(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("remove", "take a worker from the list");
    auto name = std::make_shared<std::string>();
    auto forget = std::make_shared<bool>(false);
    command.add_option("name", *name, "the worker")->required();
    command.add_flag(
        "--forget", *forget,
        "although jobs of this project have not ended there: they end here as aborted, and it is "
        "not told; for a worker that is gone for good");
    command.callback([&chosen, name, forget] {
        chosen = [name, forget](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            auto& workers = bench->workers();
            BALMER_CHECK(*forget ? workers.forget(*name) : workers.remove(*name));
            session.console.result({{"name", *name}});
            session.console.say(*name + " was removed.");
            return {};
        };
    });
}

core::Status pairWith(Session& session, const std::string& name, const std::string& file) {
    BALMER_TRY(auto* const bench, session.workbench());
    BALMER_TRY([[maybe_unused]] const auto known, workerNamed(*bench, name)); // before a code is asked for
    if (file.empty() && ::isatty(STDIN_FILENO) == 0)
        return core::fail(
            ErrorCode::InvalidArgument,
            "there is no terminal at which the code could be typed; give --code-file FILE, or - "
            "for standard input");
    BALMER_TRY(const auto code, readSecret(file, "Code, as `balmer-worker pair` shows it"));
    if (const auto paired = bench->workers().pair(name, code); !paired) {
        const auto& error = paired.error();
        return core::fail(error.context().empty() ? error : refusal(error));
    }
    session.console.result({{"name", name}, {"paired", true}});
    session.console.say("Paired with " + name + "; `balmer worker status " + name + "` asks it.");
    return {};
}

void addPair(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("pair", "prove a code once, for tls://; it is asked for");
    auto name = std::make_shared<std::string>(), file = std::make_shared<std::string>();
    command.add_option("name", *name, "the worker")->required();
    command.add_option(
        "--code-file", *file,
        "a file with what `balmer-worker pair` shows, or - for standard input (default: asks for "
        "it at the terminal)");
    command.add_option("code", "not taken: others would see it")->group("")->each([](const std::string&) {
        throw CLI::ValidationError("code",
                                   "a code in a command is seen by other users and kept by the shell; leave "
                                   "it out and type it when it is asked for, or give --code-file FILE, or - "
                                   "for standard input");
    });
    command.callback([&chosen, name, file] {
        chosen = [name, file](Session& session) { return pairWith(session, *name, *file); };
    });
}

} // namespace

void addWorkerCommands(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand(
        "worker", "computers that run jobs for you: add, list, status, pair, remove, register");
    command.require_subcommand(1);
    addAdd(command, chosen);
    addWorkerList(command, chosen);
    addStatus(command, chosen);
    addPair(command, chosen);
    addRemove(command, chosen);
    addVerb(
        command, "register", "use data that lie on the worker's side, without sending them",
        {"path", "of a file or folder there, below the roots in its worker.json"}, chosen,
        [](Session& session, api::Workbench& bench, const std::string& name,
           const std::string& path) -> core::Status {
            BALMER_TRY(const auto data, bench.workers().registerData(name, path));
            session.console.result({{"files", data.files}, {"bytes", data.bytes}, {"refused", data.refused}});
            session.console.say(core::countText(data.files, "file") + " (" + core::bytesText(data.bytes) +
                                ") at " + name +
                                " will not be sent; refused: " + std::to_string(data.refused.size()) + ".");
            for (const auto& refused : data.refused)
                session.console.say("  " + refused);
            return {};
        });
}

} // namespace balmer::cli

// balmer: everything that the desktop can do, from a shell.

#include <sstream>

#include <CLI/CLI.hpp>

#include "app/cli/job_options.h"
#include "engine/core/standard_streams.h"

namespace {

/// --json decides the form of a message about the very words that could not be parsed.
bool asksForJson(int count, char** words) {
    for (int i = 1; i < count; ++i)
        if (std::string_view(words[i]) == "--json") return true;
    return false;
}

} // namespace

int main(int count, char** words) {
    using namespace balmer;
    core::prepareStreams();
    CLI::App app("Balmer: from an archive of spectra to a trusted catalogue of rare objects", "balmer");
    cli::Options options;
    cli::Work chosen;
    app.set_version_flag("--version", "balmer " + api::programVersion());
    app.add_option("--project", options.project,
                   "the project's folder; made where there is none (default: in your data folder)")
        ->check([](const std::string& folder) {
            return folder.empty() ? std::string("--project needs a folder") : std::string();
        });
    app.add_option("--who", options.who, "the observer named in label events (default: your login name)");
    app.add_option("--threads", options.threads,
                   "threads for computations, kept in the record of a job (default: all processors)")
        ->check(CLI::Range(0, 1024));
    app.add_flag("--json", options.json, "print one JSON object; progress as JSON lines on standard error");
    app.require_subcommand(1);
    app.fallthrough();
    app.footer("Exit status: 0 done, 1 failed, 2 wrong use, 3 aborted.");
    cli::addJobCommands(app, chosen);
    cli::addQueryCommands(app, chosen);
    cli::addLabelCommands(app, chosen);
    cli::addDiscoverCommand(app, chosen);
    cli::addPlotCommand(app, chosen);
    cli::addWorkerCommands(app, chosen);
    cli::addVoCommands(app, chosen);
    cli::addTableCommands(app, chosen);
    cli::addRemainingJobCommands(app, chosen);
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& problem) {
        const auto unread = app.remaining(true);
        const bool unknown = !unread.empty() && app.get_subcommands().empty();
        if (problem.get_exit_code() == 0 && !unknown) {
            std::ostringstream help;
            app.exit(problem, help, help);
            core::writeOutput(help.str());
            return cli::Console(false).finish(cli::Done);
        }
        std::string what = problem.what();
        if (unknown)
            what = "there is no command \"" + unread.front() + "\"";
        else if (!unread.empty() && dynamic_cast<const CLI::RequiredError*>(&problem) != nullptr)
            what = "\"" + unread.front() + "\" is not known here; " + what;
        const core::Error error(
            core::ErrorCode::InvalidArgument,
            what + "; `balmer --help` shows the commands and `balmer COMMAND --help` their options");
        const cli::Console console(asksForJson(count, words));
        return console.finish(console.fail(error));
    }
    cli::Session session(options);
    core::Status done;
    try {
        done = chosen(session);
    } catch (const std::exception& exception) { // of what a program, a worker say, has written
        done = core::fail(core::ErrorCode::Internal,
                          "the command met a defect of the program: " + std::string(exception.what()));
    }
    session.console.endProgress();
    return session.console.finish(done ? cli::Done : session.console.fail(done.error()));
}

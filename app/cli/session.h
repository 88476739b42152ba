// Session: one run of the command line: the project, opened when it is first needed, and the console.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "app/cli/console.h"
#include "engine/api/workbench.h"

namespace CLI {
class App;
}

namespace balmer::cli {

struct Options {
    std::string project; ///< "": the default project
    std::string who;
    std::size_t threads = 0;
    bool json = false;
};

/// Where a job is to run, as a command's options say.
struct Place {
    std::string on;      ///< a worker's name, or "auto"; "" and "here": this computer
    bool orHere = false; ///< on this computer where the worker cannot be reached
    bool detach = false; ///< not waited for

    bool here() const { return on.empty() || on == "here"; }
};

class Session {
  public:
    explicit Session(const Options& options) : console(options.json), options_(options) {}

    Console console;

    /// Opens the project at the first call, says which jobs an earlier run left unfinished. followRemote goes
    /// on with the project's jobs on workers; a project that was opened without is opened anew.
    core::Result<api::Workbench*> workbench(bool followRemote = false);

    /// Runs the job on this computer and returns its result as JSON with "job" added.
    core::Result<nlohmann::json> run(const std::string& kind, const nlohmann::json& parameters,
                                     const std::string& label = {});
    core::Result<nlohmann::json> run(jobs::JobSpec spec);
    struct Ran {
        nlohmann::json result;
        bool detached = false; ///< result has "job", "place" and "phase" alone
    };
    /// The same where it shall run; with --on "place" is added, and "sent_bytes" where a worker ran it.
    core::Result<Ran> run(jobs::JobSpec spec, const Place& place);
    /// Waits for a job that runs on a worker. Ctrl+C leaves it there, with Cancelled.
    core::Result<nlohmann::json> attach(jobs::JobId id);
    /// Stops a job and waits until its worker has done so, as far as that answers; returns its record.
    core::Result<jobs::Job> abort(jobs::JobId id);

    const Options& options() const { return options_; }

  private:
    core::Result<nlohmann::json> leave(api::Workbench& bench, jobs::JobId id);

    const Options& options_;
    std::unique_ptr<api::Workbench> workbench_;
    bool followsRemote_ = false;
};

using Words = std::function<void(Console&, const nlohmann::json&)>;
/// Runs the job where it shall run; prints its result, as an object or in these words, or that it was sent.
core::Status runAndSay(Session& session, jobs::JobSpec spec, const Place& place, const Words& words);
/// "1 spectrum imported, 2 there already, 0 files refused", from the result of an import.
std::string importedText(const nlohmann::json& result);
/// "PATH: reason" of one that was refused; a reason that names the path itself stands alone.
std::string refusedText(const nlohmann::json& refused);
/// The words of a result that has none of its own.
void sayWhole(Console& console, const nlohmann::json& result);
/// What became of labels that were imported.
void sayLabels(Console& console, const nlohmann::json& result);
/// Where a table went and in which form; what: "row".
void sayWritten(Console& console, const nlohmann::json& result, const std::string& what);
/// Adds --on, --or-here and --detach; not offered in the help of a kind that has to stay, which refuses them
/// with its reason.
std::shared_ptr<Place> addPlaceOptions(CLI::App& command, bool offered = true);
/// Errors: NotFound, naming those that there are.
core::Result<api::WorkerInfo> workerNamed(api::Workbench& bench, const std::string& name);
/// The same, but for InvalidArgument: what a worker refuses is no wrong use of the command.
core::Error refusal(const core::Error& error);
/// Asks it. Errors: what is wrong, in words; no InvalidArgument.
core::Result<api::WorkerReport> askWorker(api::Workbench& bench, const api::WorkerInfo& worker);

/// A command's work: prints its result and returns nothing, or returns what went wrong.
using Work = std::function<core::Status(Session&)>;

/// Each adds commands to the parser; a command that is chosen puts its work into `chosen`.
void addJobCommands(CLI::App& app, Work& chosen);
void addQueryCommands(CLI::App& app, Work& chosen);
void addLabelCommands(CLI::App& app, Work& chosen);
void addDiscoverCommand(CLI::App& app, Work& chosen);
void addPlotCommand(CLI::App& app, Work& chosen);
void addWorkerCommands(CLI::App& app, Work& chosen);
void addVoCommands(CLI::App& app, Work& chosen);
/// Below the command vo.
void addSampCommands(CLI::App& vo, Work& chosen);
void addTableCommands(CLI::App& app, Work& chosen);

/// A number that may not be negative: the parser by itself reads -1 as the largest number there is. "" or
/// what is wrong.
std::string notNegative(const std::string& text);

/// "1 label", "2 labels": core::countText of a number in a result, or of the length of a list.
std::string counted(const nlohmann::json& count, std::string_view one, std::string_view many = {});
/// "0.87", "—" where there is none.
std::string shown(const nlohmann::json& number, int digits);

} // namespace balmer::cli

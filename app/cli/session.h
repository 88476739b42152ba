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

class Session {
  public:
    explicit Session(const Options& options) : console(options.json), options_(options) {}

    Console console;

    /// Opens the project at the first call, says which jobs an earlier run left unfinished.
    core::Result<api::Workbench*> workbench();

    /// Runs the job and returns its result as JSON with "job" added.
    core::Result<nlohmann::json> run(const std::string& kind, const nlohmann::json& parameters,
                                     const std::string& label = {});
    core::Result<nlohmann::json> run(jobs::JobSpec spec);

    const Options& options() const { return options_; }

  private:
    const Options& options_;
    std::unique_ptr<api::Workbench> workbench_;
};

/// A command's work: prints its result and returns nothing, or returns what went wrong.
using Work = std::function<core::Status(Session&)>;

/// Each adds commands to the parser; a command that is chosen puts its work into `chosen`.
void addJobCommands(CLI::App& app, Work& chosen);
void addQueryCommands(CLI::App& app, Work& chosen);
void addLabelCommands(CLI::App& app, Work& chosen);
void addDiscoverCommand(CLI::App& app, Work& chosen);
void addPlotCommand(CLI::App& app, Work& chosen);

/// A number that may not be negative: the parser by itself reads -1 as the largest number there is. "" or
/// what is wrong.
std::string notNegative(const std::string& text);

/// "0.87", "—" where there is none.
std::string shown(const nlohmann::json& number, int digits);

} // namespace balmer::cli

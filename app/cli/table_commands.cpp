// The command that takes columns and labels of a table: table import.

#include <CLI/CLI.hpp>

#include "app/cli/job_options.h"
#include "engine/core/json_text.h"

namespace balmer::cli {

namespace {

using nlohmann::json;

void sayTableImport(Console& console, const json& result) {
    console.say(counted(result["rows"], "row") + ", matched by the column " +
                result["id_column"].get<std::string>() + "." +
                (result["repeated"] > 0 ? " Of rows with the same id the first was taken; " +
                                              core::jsonText(result["repeated"]) + " came after one."
                                        : ""));
    if (result.contains("columns")) {
        std::string names;
        for (const auto& column : result["columns"])
            names += (names.empty() ? "" : ", ") + column["name"].get<std::string>() + " (version " +
                     core::jsonText(column["version"]) + ", " + counted(column["values"], "value") + ")";
        console.say("Columns of " + result["dataset"].get<std::string>() + ": " + names + ".");
    }
    if (result.contains("labelled")) sayLabels(console, result);
}

} // namespace

void addTableCommands(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("table", "tables of other programs: import columns and labels");
    command.require_subcommand(1);
    addJobCommand(command, chosen, "table-import", sayTableImport);
}

} // namespace balmer::cli

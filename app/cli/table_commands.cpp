// The command that takes columns and labels of a table: table import.

#include <CLI/CLI.hpp>

#include "app/cli/session.h"

namespace balmer::cli {

namespace {

using nlohmann::json;

void sayTaken(Console& console, const json& result) {
    console.say(result["rows"].dump() + " rows, matched by the column " +
                result["id_column"].get<std::string>() + "." +
                (result["repeated"] > 0 ? " Of rows with the same id the first was taken; " +
                                              result["repeated"].dump() + " came after one."
                                        : ""));
    if (result.contains("columns")) {
        std::string names;
        for (const auto& column : result["columns"])
            names += (names.empty() ? "" : ", ") + column["name"].get<std::string>() + " (version " +
                     column["version"].dump() + ", " + column["values"].dump() + " values)";
        console.say("Columns of " + result["dataset"].get<std::string>() + ": " + names + ".");
    }
    if (result.contains("labelled")) sayLabels(console, result);
}

void addImport(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand(
        "import", "what a VOTable, a FITS table or text with commas says of spectra of the project");
    auto parameters = std::make_shared<json>(json::object());
    const auto text = [&](const std::string& name, const std::string& key, const std::string& help) {
        return command.add_option_function<std::string>(
            name, [parameters, key](const std::string& value) { (*parameters)[key] = value; }, help);
    };
    text("file", "file", "the table")->required();
    text("--id-column", "id_column",
         "column with the spectrum's id (default: found by name and by what is in it)");
    command
        .add_option_function<std::vector<std::string>>(
            "--column",
            [parameters](const std::vector<std::string>& names) { (*parameters)["columns"] = names; },
            "a column to take for the dataset's rows; may be repeated; \"*\" takes all others")
        ->allow_extra_args(false);
    text("--prefix", "prefix", "put before the columns' names");
    text("--dataset", "dataset", "whose rows get the columns (default: the only one)");
    text("--labels", "label_column", "column with classes, taken as labels");
    text("--by", "who", "who gave the labels (default: you)");
    command.add_flag_callback(
        "--replace", [parameters] { (*parameters)["replace"] = true; },
        "take the table's labels also where another verdict stands, which is kept otherwise");
    command.callback([&chosen, parameters] {
        chosen = [parameters](Session& session) -> core::Status {
            BALMER_TRY(const auto result, session.run("table-import", *parameters));
            session.console.result(result);
            if (!session.console.json()) sayTaken(session.console, result);
            return {};
        };
    });
}

} // namespace

void addTableCommands(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("table", "tables of other programs: import columns and labels");
    command.require_subcommand(1);
    addImport(command, chosen);
}

} // namespace balmer::cli

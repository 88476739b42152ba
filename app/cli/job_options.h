// The command line of job kinds: options made of what a kind declares of its fields, and the commands that
// submit one job. Private to the command line.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/session.h"
#include "engine/api/job_kinds.h"

namespace balmer::cli {

/// One that this build has; the program ends where it has not.
const jobs::Kind& kindNamed(std::string_view kind);

/// An option, a switch or a positional argument for each field that the command line has, or for those named
/// in `only`. Returns what is given by them: the parameters, without defaults.
std::shared_ptr<nlohmann::json> addFieldOptions(CLI::App& command, const jobs::Kind& kind,
                                                const std::vector<std::string>& only = {});

/// The same error with options where it names fields: "--id-column" for "parameters.id_column".
core::Error withOptions(const core::Error& error, const jobs::Kind& kind);

/// The same error with the fields' plain names: "id_column" for "parameters.id_column".
core::Error withPlainNames(const core::Error& error);

/// The command of a kind below `parent`, with its fields, --label and the options of addPlaceOptions.
CLI::App& addJobCommand(CLI::App& parent, Work& chosen, std::string_view kind, Words words);

/// Commands for the kinds that have none yet; their results are printed whole.
void addRemainingJobCommands(CLI::App& app, Work& chosen);

/// "100", "500M", "2G", "1T" (powers of 1000). Errors: InvalidArgument.
core::Result<std::uint64_t> parseBytes(const std::string& text);

} // namespace balmer::cli

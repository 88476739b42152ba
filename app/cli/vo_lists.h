// Lists of spectra on the command line: which rows are meant, what is shown of them, and their retrieval.
// Private to the command line.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "app/cli/session.h"
#include "engine/api/observatory.h"

namespace balmer::cli {

/// What a user says about the rows of a list.
struct ListChoice {
    bool list = false;     ///< show them, fetch nothing
    std::string rows;      ///< "0,3,7-12"; "": all
    bool again = false;    ///< also what the project has
    bool allForms = false; ///< also further forms of one dataset
    std::size_t most = 1000;
    std::string label;
    std::shared_ptr<nlohmann::json> parameters; ///< of the job, as far as they were given
    vo::ListOptions options;
};

/// "0,3,7-12" of so many rows, counted from 0. Errors: InvalidArgument.
core::Result<std::vector<std::size_t>> parseRows(const std::string& text, std::size_t rows);

/// Shows the list or retrieves what is chosen of it; prints the result.
core::Status useList(Session& session, const api::MarkedList& list, const ListChoice& choice);

/// Where what is fetched goes, of the parameters of a job that fetches.
api::Destination destinationOf(const nlohmann::json& parameters);

/// What came of a job that fetches, in words.
void sayFetched(Console& console, const nlohmann::json& result);

} // namespace balmer::cli

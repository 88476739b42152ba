// discover: the whole way in one command, from a folder of spectra to a ranked list of candidates.

#include <CLI/CLI.hpp>

#include <algorithm>
#include <filesystem>
#include <map>

#include "app/cli/job_options.h"
#include "engine/active/label_event.h"
#include "engine/core/files.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

using nlohmann::json;

struct DiscoverOptions {
    std::string folder;
    std::shared_ptr<json> simulation; ///< parameters, as far as they were given; the seed is for all jobs
    std::size_t top = 10;

    /// With the seed where one was given.
    json seeded(json parameters) const {
        if (const auto seed = simulation->find("seed"); seed != simulation->end()) parameters["seed"] = *seed;
        return parameters;
    }
};

struct Found {
    json import, dataset, map, round, truth;
};

/// A dataset of that name with other rows belongs to an earlier run on fewer spectra; then the next name is
/// tried.
core::Result<json> preprocess(Session& session, const std::string& collection) {
    BALMER_TRY(auto* const bench, session.workbench());
    BALMER_TRY(const auto datasets, bench->datasets().list());
    for (int attempt = 1;; ++attempt) {
        const auto name = attempt == 1 ? std::string("halpha") : "halpha-" + std::to_string(attempt);
        const bool taken = std::any_of(datasets.begin(), datasets.end(),
                                       [&](const auto& dataset) { return dataset.name == name; });
        auto made = session.run("preprocess", {{"name", name}, {"collection", collection}});
        if (made || !taken || made.error().code() != core::ErrorCode::InvalidArgument) return made;
    }
}

core::Result<Found> discover(Session& session, const DiscoverOptions& options) {
    Found found;
    auto& console = session.console;
    std::filesystem::path folder = options.folder;
    if (options.folder.empty()) {
        BALMER_TRY(auto* const bench, session.workbench());
        folder = bench->folder() / "simulated-survey";
        console.say("No folder was named: simulating a survey with known truth …");
        auto parameters = *options.simulation;
        parameters["out"] = folder.string();
        BALMER_TRY(found.truth, session.run("simulate", parameters));
    }
    const auto collection =
        std::filesystem::absolute(folder / "x").parent_path().lexically_normal().filename().string();
    console.say("Importing the spectra in " + folder.string() + " …");
    BALMER_TRY(found.import,
               session.run("import",
                           {{"paths", {folder.string()}}, {"recursive", true}, {"collection", collection}}));
    console.say("  " + importedText(found.import) + ".");
    if (found.import["imported"] == 0 && found.import["already"] == 0)
        return core::fail(core::ErrorCode::NotFound,
                          "there is no spectrum that can be read in " + folder.string() +
                              (found.import["refused"].empty()
                                   ? std::string("; name a folder with spectra")
                                   : "; the first file refused: " + refusedText(found.import["refused"][0])));
    console.say("Cutting out 140 samples about Hα …");
    BALMER_TRY(found.dataset, preprocess(session, collection));
    const auto dataset = found.dataset["dataset"].get<std::string>();
    console.say("  " + counted(found.dataset["rows"], "spectrum", "spectra") + " in the dataset " + dataset +
                "; " + counted(found.dataset["refused"], "spectrum", "spectra") +
                " left out, which the window does not fit.");
    console.say("Training the map …");
    BALMER_TRY(found.map, session.run("som", options.seeded({{"dataset", dataset}, {"grid", "auto"}})));
    console.say("  " + found.map["grid"].get<std::string>() + " neurons, quantisation error " +
                shown(found.map["quantisation_error"], 3) + ", topographic error " +
                shown(found.map["topographic_error"], 3) + ".");
    console.say("Training the network …");
    BALMER_TRY(found.round, session.run("round", options.seeded({{"dataset", dataset}})));
    console.say(found.round["simulated"].get<bool>()
                    ? "  Labels are few: it learnt from simulated emission put into your own spectra as well."
                    : "  It learnt from your labels.");
    return found;
}

void sayCandidates(Console& console, const json& candidates, std::size_t most) {
    console.say("");
    if (candidates.empty())
        return console.say("No spectrum looks like an emission-line star to the network.");
    console.say("The most likely emission-line stars (of " + counted(candidates, "candidate") + "):");
    std::vector<std::vector<std::string>> rows{{"", "SPECTRUM", "LOOKS LIKE", "PROBABILITY"}};
    for (std::size_t i = 0; i < std::min(most, candidates.size()); ++i)
        rows.push_back({std::to_string(i + 1), candidates[i]["id"].get<std::string>(),
                        candidates[i]["class"].get<std::string>(), shown(candidates[i]["probability"], 3)});
    console.say(inColumns(rows));
}

/// For a simulated survey: how many of the candidates shown are what they are taken for.
core::Status sayTruth(Console& console, const std::string& file, const json& candidates, std::size_t most) {
    BALMER_TRY(const auto text, core::readFile(file));
    std::map<std::string, std::string> labels;
    for (const auto& line : core::splitList(text, '\n'))
        if (const auto cells = core::splitList(line); cells.size() > 1) labels[cells[0]] = cells[1];
    std::size_t shown = 0, stars = 0, right = 0;
    for (; shown < std::min(most, candidates.size()); ++shown) {
        const auto& label = labels[candidates[shown]["id"].get<std::string>()];
        stars += label != "other";
        right += label == candidates[shown]["class"].get<std::string>();
    }
    console.say("The simulation knows the truth. Emission-line stars among these " + std::to_string(shown) +
                ": " + std::to_string(stars) + "; with the right number of peaks: " + std::to_string(right) +
                ".");
    return {};
}

} // namespace

void addDiscoverCommand(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand(
        "discover", "the whole way at once: import, preprocess, map, network, candidates");
    auto options = std::make_shared<DiscoverOptions>();
    command.add_option("folder", options->folder, "your spectra; without one a survey is simulated");
    options->simulation = addFieldOptions(command, kindNamed("simulate"), {"spectra", "seed"});
    command.add_option("--top", options->top, "candidates to show (default: 10)")->check(notNegative);
    command.callback([&chosen, options] {
        chosen = [options](Session& session) -> core::Status {
            std::error_code error;
            if (!options->folder.empty() && !std::filesystem::exists(options->folder, error))
                return core::fail(core::ErrorCode::NotFound,
                                  "there is no folder " + options->folder + "; check the path");
            BALMER_TRY(const auto found, discover(session, *options));
            BALMER_TRY(auto* const bench, session.workbench());
            session.console.result({{"project", bench->folder().string()},
                                    {"import", found.import},
                                    {"dataset", found.dataset},
                                    {"som", found.map},
                                    {"round", found.round}});
            if (session.console.json()) return {};
            const auto candidates = found.round.value(
                std::string(active::toString(active::RoundList::Candidates)), json::array());
            sayCandidates(session.console, candidates, options->top);
            if (!found.truth.is_null())
                BALMER_CHECK(sayTruth(session.console, found.truth["truth"].get<std::string>(), candidates,
                                      options->top));
            const auto project = bench->folder().string();
            session.console.say("");
            session.console.say("Everything is in the project " + project + ":");
            session.console.say("  look:   balmer-desktop --project " + project);
            session.console.say("  list:   balmer --project " + project +
                                " list --where \"predicted <> 'other'\"");
            return {};
        };
    });
}

} // namespace balmer::cli

// The commands that run one job each: import, preprocess, dataset import and export, som, learn, score,
// round, audit, similar, simulate, run.

#include <CLI/CLI.hpp>

#include <algorithm>
#include <map>
#include <memory>

#include "app/cli/job_options.h"
#include "engine/active/label_event.h"
#include "engine/core/amount_text.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

using nlohmann::json;

std::string count(const json& number) {
    return std::to_string(number.get<std::int64_t>());
}

std::string spectra(const json& number) {
    return counted(number, "spectrum", "spectra");
}

/// "Dataset window: 3000 spectra of 140 samples"
std::string sizeText(const json& result) {
    return "Dataset " + result["dataset"].get<std::string>() + ": " + spectra(result["rows"]) + " of " +
           counted(result["columns"], "sample");
}

void sayImported(Console& console, const json& result) {
    console.say(importedText(result) + ".");
    if (result["with_warnings"] > 0)
        console.say("Of " + count(result["with_warnings"]) +
                    " something is doubtful: balmer list --where \"warning is not null\" finds them.");
    std::size_t said = 0;
    for (const auto& refused : result["refused"]) {
        if (++said > 20) {
            console.say("  … and " + std::to_string(result["refused"].size() - 20) +
                        " more; --json lists them all.");
            break;
        }
        console.say("  " + refusedText(refused));
    }
}

void sayPreprocessed(Console& console, const json& result) {
    console.say(sizeText(result) + "; " + spectra(result["refused"]) +
                " left out, which the recipe does not fit.");
}

void sayChecked(Console& console, const json& result) {
    const auto& damaged = result["damaged"];
    const auto& database = result["database"];
    const auto labelsMadeAgain = result["labels_made_again"].get<std::uint64_t>();
    console.say(
        counted(result["datasets"], "dataset") + " and " + counted(result["artefacts"], "artefact") +
        " looked at: " +
        (damaged.empty() && database.empty() && labelsMadeAgain == 0
             ? "all are what they were, and so are the labels. Of the other records SQLite's own check "
               "finds nothing wrong, which would not see a changed letter."
         : damaged.empty() && labelsMadeAgain == 0
             ? std::string("all are what they were, but the database is damaged.")
             : core::countText(damaged.size(), "is damaged or gone", "are damaged or gone") + ", " +
                   counted(result["made_again"], "was made again", "were made again") + "."));
    for (const auto& each : damaged)
        console.say("  " + each["what"].get<std::string>() + " " + each["name"].get<std::string>() + ", " +
                    each["file"].get<std::string>() + ": " +
                    (each["made_again"].get<bool>()
                         ? std::string("made again, and right now")
                         : each["trouble"].get<std::string>() + "; " + each["why_not"].get<std::string>()));
    if (std::ranges::any_of(damaged, [](const json& each) {
            return each["what"] == "dataset" && !each["made_again"].get<bool>();
        }))
        console.say("  `balmer dataset remove NAME` forgets a dataset that cannot be made again and of which "
                    "there is no copy; labels stay.");
    for (const auto& each : database)
        console.say("  the database: " + each.get<std::string>());
    if (labelsMadeAgain > 0)
        console.say("  the label that stands was made of its events again for " +
                    core::countText(labelsMadeAgain, "spectrum", "spectra"));
    if (const auto& unnamed = result["unnamed"]; !unnamed.empty())
        console.say(
            core::countText(unnamed.size(), "file that no record names:", "files that no record names:"));
    for (const auto& each : result["unnamed"])
        console.say("  " + each.get<std::string>());
}

void addDataset(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("dataset", "list datasets; bring matrices in and out; remove");
    command.require_subcommand(1);
    addJobCommand(command, chosen, "dataset-import", [](Console& console, const json& result) {
        console.say(sizeText(result) + ", " + counted(result["labels"], "label") + "." +
                    (result["labels_kept"] > 0
                         ? " Another verdict stands on for " + spectra(result["labels_kept"]) +
                               "; `balmer label import` would overrule yours."
                         : ""));
    });
    addJobCommand(command, chosen, "dataset-export", [](Console& console, const json& result) {
        console.say(spectra(result["rows"]) + " written to " + result["file"].get<std::string>() + ".");
    });
    addJobCommand(command, chosen, "dataset-remove", [](Console& console, const json& result) {
        console.say("The dataset " + result["dataset"].get<std::string>() + ", " +
                    counted(result["rows"], "row") + ", is forgotten. Its file, " +
                    result["file"].get<std::string>() +
                    ", is set aside when the project is opened next, and kept for 30 days.");
    });
    auto& list = *command.add_subcommand("list", "the datasets of the project");
    list.callback([&chosen] {
        chosen = [](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY(const auto datasets, bench->datasets().list());
            json all = json::array();
            std::vector<std::vector<std::string>> rows{
                {"NAME", "ROWS", "COLUMNS", "FROM Å", "TO Å", "CREATED"}};
            for (const auto& each : datasets) {
                all.push_back({{"dataset", each.name},
                               {"rows", each.rows},
                               {"columns", each.columns},
                               {"first_wavelength", each.firstWavelengthAngstrom},
                               {"last_wavelength", each.lastWavelengthAngstrom},
                               {"digest", each.digest},
                               {"created", each.created}});
                rows.push_back({each.name, std::to_string(each.rows), std::to_string(each.columns),
                                core::formatFixed(each.firstWavelengthAngstrom, 1),
                                core::formatFixed(each.lastWavelengthAngstrom, 1), each.created});
            }
            session.console.result({{"datasets", all}});
            session.console.say(datasets.empty() ? "There is no dataset yet; `balmer preprocess` makes one."
                                                 : inColumns(rows));
            return {};
        };
    });
}

void sayMap(Console& console, const json& result) {
    console.say("Map " + result["grid"].get<std::string>() + " of " + result["dataset"].get<std::string>() +
                " in " + shown(result["seconds"], 1) + " s: quantisation error " +
                shown(result["quantisation_error"], 4) + ", topographic error " +
                shown(result["topographic_error"], 3) + " (job " + count(result["job"]) + ").");
}

void sayLearnt(Console& console, const json& result) {
    console.say("Model " + result["model"].get<std::string>() + " from " +
                counted(result["rows"], "labelled spectrum", "labelled spectra") + " in " +
                shown(result["seconds"], 0) + " s: macro-F1 " + shown(result["macro_f1"], 3) + ", accuracy " +
                shown(result["accuracy"], 3) + ".");
    if (!result["confusion"].is_array()) return;
    std::vector<std::vector<std::string>> rows{{"true \\ predicted"}};
    const auto& classes = result["classes"];
    for (const auto& each : classes)
        rows[0].push_back(each.get<std::string>());
    for (std::size_t k = 0; k < std::min(classes.size(), result["confusion"].size()); ++k) {
        rows.push_back({classes[k].get<std::string>()});
        for (const auto& cell : result["confusion"][k])
            rows.back().push_back(count(cell));
    }
    console.say(inColumns(rows));
}

void sayScored(Console& console, const json& result) {
    console.say(spectra(result["rows"]) + " scored by " + result["model"].get<std::string>() + " in " +
                shown(result["seconds"], 1) + " s:");
    for (const auto& [name, number] : result["counts"].items())
        console.say("  " + name + ": " + count(number));
}

void sayAudit(Console& console, const json& result) {
    for (const auto& name : result["left_out"])
        console.say("\"" + name.get<std::string>() + "\" has too few labels to compare and is left out.");
    console.say("Something speaks against " + count(result["doubtful"]) + " of " +
                counted(result["labels"], "label") + " of " + result["dataset"].get<std::string>() + ":");
    std::vector<std::vector<std::string>> rows{{"ID", "LABEL", "SUGGESTED", "WITNESSES", "REASON"}};
    for (const auto& each : result["list"])
        rows.push_back({each["id"].get<std::string>(), each["label"].get<std::string>(),
                        each["suggested"].get<std::string>(), count(each["witnesses"]),
                        each["reason"].get<std::string>()});
    if (rows.size() > 1) console.say(inColumns(rows));
}

void saySimilar(Console& console, const json& result) {
    console.say("Most like " + result["like"].get<std::string>() + " among " + spectra(result["rows"]) +
                " of " + result["dataset"].get<std::string>() + ":");
    std::vector<std::vector<std::string>> rows{{"ID", "CORRELATION", "LABEL"}};
    for (const auto& each : result["list"])
        rows.push_back(
            {each["id"].get<std::string>(), shown(each["correlation"], 4), each["label"].get<std::string>()});
    console.say(inColumns(rows));
}

void sayItems(Console& console, const json& items, std::string_view title, std::size_t most) {
    console.say(std::string(title) + " (" + std::to_string(items.size()) + "):");
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min(items.size(), most); ++i)
        rows.push_back({"  " + items[i]["id"].get<std::string>(), items[i]["class"].get<std::string>(),
                        shown(items[i]["probability"], 3), items[i]["reason"].get<std::string>()});
    if (!rows.empty()) console.say(inColumns(rows));
    if (items.size() > most) console.say("  … and " + std::to_string(items.size() - most) + " more");
}

/// A round that could train nothing.
void sayFirstRound(Console& console, const json& result) {
    std::string classes;
    for (const auto& name : result["without_examples"])
        classes += (classes.empty() ? "\"" : ", \"") + name.get<std::string>() + "\"";
    console.say("Round " + count(result["round"]) + " of " + result["dataset"].get<std::string>() +
                ": nothing was trained, since there is no example yet of " + classes + ".");
    console.say("Asked of you, to find a few spectra of each class (" +
                std::to_string(result["oracle"].size()) + "):");
    for (std::size_t i = 0; i < std::min<std::size_t>(result["oracle"].size(), 10); ++i)
        console.say("  " + result["oracle"][i]["id"].get<std::string>());
    console.say(
        "Label the list (`balmer label import FILE.csv`, or in the Label place), then start the next round. "
        "A target that looks like simulated emission needs no labels to start with: --profile "
        "TARGET=single-peak, or double-peak.");
}

void sayRound(Console& console, const json& result) {
    if (!result.value("without_examples", json::array()).empty()) return sayFirstRound(console, result);
    console.say(
        "Round " + count(result["round"]) + " of " + result["dataset"].get<std::string>() + " in " +
        shown(result["seconds"], 0) + " s" +
        (result["simulated"].get<bool>() ? ", taught with simulated emission beside the labels." : "."));
    using List = active::RoundList;
    const auto say = [&](List list, std::string_view title, std::size_t most) {
        sayItems(console, result[std::string(active::toString(list))], title, most);
    };
    say(List::Oracle, "Asked of the oracle", 10);
    say(List::PerformanceEstimate, "Random sample of the predicted targets", 5);
    say(List::Candidates, "Candidates", 10);
    if (const auto compared = result.value("compared", json::object()); !compared.empty()) {
        std::string figures;
        for (const auto& [name, f1] : compared.items())
            figures += (figures.empty() ? "" : ", ") + name + " " + shown(f1, 2);
        console.say("The " + result["model_kind"].get<std::string>() +
                    " judged, by cross-validation on the labels (macro-F1: " + figures + ").");
    }
    if (result["precision"].is_number())
        console.say("Precision " + shown(result["precision"], 2) + " from " +
                    counted(result["judged"], "label") + "; above " + shown(result["precision_lower_95"], 2) +
                    " with 95 % confidence.");
    else
        console.say(
            "Label the two lists (`balmer label import FILE.csv`, or in the Label place), then start the "
            "next round.");
}

/// The means over the seeds, a line a number of labels.
void sayCurves(Console& console, const json& result) {
    struct Sum {
        double f1 = 0, recall = 0, precision = 0, seconds = 0, found = 0;
        int curves = 0;
    };
    std::map<std::int64_t, Sum> sums;
    for (const auto& curve : result["curves"])
        for (const auto& round : curve["rounds"]) {
            auto& sum = sums[round["labels"].get<std::int64_t>()];
            sum.f1 += round["f1"].get<double>();
            sum.recall += round["recall"].get<double>();
            sum.precision += round["precision"].get<double>();
            sum.seconds += round["seconds"].get<double>();
            sum.found += round["found"].get<double>();
            ++sum.curves;
        }
    std::vector<std::vector<std::string>> rows{
        {"LABELS", "FOUND", "F1", "RECALL", "PRECISION", "SECONDS", "CURVES"}};
    for (const auto& [labels, sum] : sums)
        rows.push_back({std::to_string(labels), core::formatFixed(sum.found / sum.curves, 1),
                        core::formatFixed(sum.f1 / sum.curves, 3),
                        core::formatFixed(sum.recall / sum.curves, 3),
                        core::formatFixed(sum.precision / sum.curves, 3),
                        core::formatFixed(sum.seconds / sum.curves, 1), std::to_string(sum.curves)});
    console.say(inColumns(rows));
}

void saySimulated(Console& console, const json& result) {
    console.say(spectra(result["spectra"]) + " written to " + result["out"].get<std::string>() +
                "; their truth is in " + result["truth"].get<std::string>() + ":");
    for (const auto& [name, number] : result["counts"].items())
        console.say("  " + name + ": " + count(number));
}

void addRun(CLI::App& app, Work& chosen) {
    auto& command =
        *app.add_subcommand("run", "run any job from its description: {\"kind\": …, \"parameters\": {…}}");
    auto file = std::make_shared<std::string>();
    command.add_option("spec", *file, "the description, a JSON file")->required();
    const auto place = addPlaceOptions(command);
    command.callback([&chosen, file, place] {
        chosen = [file, place](Session& session) -> core::Status {
            BALMER_TRY(const auto text, core::readFile(*file, 1 << 20));
            const auto spec = core::parseJson<json>(text).value_or(json());
            const auto refuse = [&](const std::string& what) {
                return core::fail(core::ErrorCode::InvalidArgument, *file + " " + what);
            };
            if (!spec.is_object()) return refuse("is not a JSON object {\"kind\": …, \"parameters\": {…}}");
            for (const auto& [key, value] : spec.items())
                if (key != "kind" && key != "parameters" && key != "label")
                    return refuse("has the field " + key + "; a job has kind, label and parameters");
            if (!spec.contains("kind") || !spec["kind"].is_string())
                return refuse("needs a field kind with the name of a kind of job");
            if (spec.contains("label") && !spec["label"].is_string())
                return refuse("has a label that is not text");
            jobs::JobSpec job;
            job.kind = spec["kind"].get<std::string>();
            job.label = spec.value("label", std::string());
            job.parameters = core::jsonText(spec.value("parameters", json::object()));
            return runAndSay(session, std::move(job), *place, sayWhole);
        };
    });
}

} // namespace

std::shared_ptr<Place> addPlaceOptions(CLI::App& command, bool offered) {
    auto place = std::make_shared<Place>();
    auto* const on = command.add_option(
        "--on", place->on,
        "where it runs: the name of a worker, auto for the one that suits best, or here (default)");
    on->check([](const std::string& name) {
        return name.empty() ? std::string("--on needs a name") : std::string();
    });
    auto* const orHere =
        command.add_flag("--or-here", place->orHere, "on this computer where the worker cannot be reached");
    auto* const detach =
        command.add_flag("--detach", place->detach, "return as soon as the worker has the job");
    if (!offered)
        for (auto* const option : {on, orHere, detach})
            option->group("");
    return place;
}

void addJobCommands(CLI::App& app, Work& chosen) {
    addJobCommand(app, chosen, "import", sayImported);
    addJobCommand(app, chosen, "preprocess", sayPreprocessed);
    addDataset(app, chosen);
    addJobCommand(app, chosen, "som", sayMap);
    addJobCommand(app, chosen, "learn", sayLearnt);
    addJobCommand(app, chosen, "score", sayScored);
    addJobCommand(app, chosen, "round", sayRound);
    addJobCommand(app, chosen, "active-benchmark", sayCurves);
    addJobCommand(app, chosen, "audit", sayAudit);
    addJobCommand(app, chosen, "similar", saySimilar);
    addJobCommand(app, chosen, "simulate", saySimulated);
    addRun(app, chosen);
    auto& project = *app.add_subcommand("project", "the project itself: check and repair its files");
    project.require_subcommand(1);
    addJobCommand(project, chosen, "project-check", sayChecked)
        .footer(
            "Datasets, artefacts and label events are compared byte by byte with their digests; of the other "
            "records (jobs, columns, rounds, headers) SQLite's own check looks at the structure, and a "
            "changed "
            "letter in one is not seen.\nExit status: 0 all is well or was made again, 1 damage is left or "
            "the check failed.");
}

} // namespace balmer::cli

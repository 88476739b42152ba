// The commands that run one job each: import, preprocess, dataset import and export, som, learn, score,
// round, simulate, run.

#include <CLI/CLI.hpp>

#include <cmath>
#include <memory>
#include <type_traits>

#include "app/cli/session.h"
#include "engine/core/files.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

using nlohmann::json;

/// The parameters that a command's options fill; shared with the callbacks that CLI11 keeps.
using Parameters = std::shared_ptr<json>;

template <typename T>
void option(CLI::App& command, const Parameters& into, const std::string& name, const std::string& key,
            const std::string& help, bool required = false) {
    auto* made = command.add_option_function<T>(
        name,
        [into, key, name](const T& value) {
            if constexpr (std::is_floating_point_v<T>)
                if (!std::isfinite(value)) throw CLI::ValidationError(name, "must be a finite number");
            (*into)[key] = value;
        },
        help);
    if constexpr (std::is_unsigned_v<T>) made->check(notNegative);
    if (required) made->required();
}

void listOption(CLI::App& command, const Parameters& into, const std::string& name, const std::string& key,
                const std::string& help, bool required = false) {
    auto* made = command.add_option_function<std::string>(
        name, [into, key](const std::string& value) { (*into)[key] = core::splitList(value); }, help);
    if (required) made->required();
}

void flag(CLI::App& command, const Parameters& into, const std::string& name, const std::string& key,
          bool value, const std::string& help) {
    command.add_flag_callback(
        name, [into, key, value] { (*into)[key] = value; }, help);
}

Parameters started() {
    return std::make_shared<json>(json::object());
}

std::string count(const json& number) {
    return std::to_string(number.get<std::int64_t>());
}

jobs::JobSpec specOf(const std::string& kind, const json& parameters, const std::string& label) {
    jobs::JobSpec spec;
    spec.kind = kind;
    spec.label = label;
    spec.parameters = parameters.dump(-1, ' ', false, json::error_handler_t::replace);
    return spec;
}

/// The command's callback: run the job, print its object or these words.
void onCall(CLI::App& command, Work& chosen, const std::string& kind, const Parameters& parameters,
            Words words) {
    auto label = std::make_shared<std::string>();
    command.add_option("--label", *label, "a name for this run, shown among the jobs");
    const auto place = addPlaceOptions(command);
    command.callback([&chosen, kind, parameters, words, label, place] {
        chosen = [kind, parameters, words, label, place](Session& session) -> core::Status {
            return runAndSay(session, specOf(kind, *parameters, *label), *place, words);
        };
    });
}

void addImport(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("import", "read spectra from files and folders");
    const auto parameters = started();
    option<std::vector<std::string>>(command, parameters, "paths", "paths", "files and folders", true);
    (*parameters)["recursive"] = false;
    flag(command, parameters, "--recursive,-r", "recursive", true,
         "also what lies further down in the folders");
    option<std::string>(command, parameters, "--collection", "collection", "where the spectra go");
    onCall(command, chosen, "import", parameters, [](Console& console, const json& result) {
        console.say(count(result["imported"]) + " spectra imported, " + count(result["already"]) +
                    " were there already, " + std::to_string(result["refused"].size()) + " files refused.");
        std::size_t said = 0;
        for (const auto& refused : result["refused"]) {
            if (++said > 20) {
                console.say("  … and " + std::to_string(result["refused"].size() - 20) +
                            " more; --json lists them all.");
                break;
            }
            console.say("  " + refused["path"].get<std::string>() + ": " +
                        refused["reason"].get<std::string>());
        }
    });
}

void addPreprocess(CLI::App& app, Work& chosen) {
    auto& command =
        *app.add_subcommand("preprocess", "turn spectra into a dataset: rows on one wavelength grid");
    const auto parameters = started();
    option<std::string>(command, parameters, "--preset", "preset", "the recipe (default: halpha-140)");
    option<std::string>(command, parameters, "--name", "name", "what the dataset shall be called", true);
    option<std::string>(command, parameters, "--collection", "collection", "take this collection only");
    option<std::string>(command, parameters, "--where", "where",
                        "take what meets this filter only, e.g. \"snr > 10\"");
    option<double>(command, parameters, "--blur", "blur_sigma_pixels",
                   "Gaussian blur in pixels; 0 switches it off");
    flag(command, parameters, "--bridge-masked", "bridge_masked", true, "interpolate across masked samples");
    onCall(command, chosen, "preprocess", parameters, [](Console& console, const json& result) {
        console.say("Dataset " + result["dataset"].get<std::string>() + ": " + count(result["rows"]) +
                    " spectra of " + count(result["columns"]) + " samples; " +
                    std::to_string(result["refused"].size()) + " spectra do not fit the recipe.");
    });
}

void addDataset(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("dataset", "list datasets; bring matrices in and out");
    command.require_subcommand(1);
    auto& in = *command.add_subcommand("import", "a matrix as text: id, label, then one column a wavelength");
    auto parameters = started();
    option<std::string>(in, parameters, "file", "file", "the table", true);
    option<std::string>(in, parameters, "--name", "name", "what the dataset shall be called", true);
    onCall(in, chosen, "dataset-import", parameters, [](Console& console, const json& result) {
        console.say("Dataset " + result["dataset"].get<std::string>() + ": " + count(result["rows"]) +
                    " spectra of " + count(result["columns"]) + " samples, " + count(result["labels"]) +
                    " labels." +
                    (result["labels_kept"] > 0
                         ? " " + count(result["labels_kept"]) +
                               " spectra keep another verdict; `balmer label import` would overrule yours."
                         : ""));
    });
    auto& out = *command.add_subcommand("export", "the same form, with the labels that stand now");
    parameters = started();
    option<std::string>(out, parameters, "name", "dataset", "the dataset", true);
    option<std::string>(out, parameters, "--out", "file", "the table to write", true);
    flag(out, parameters, "--no-labels", "labels", false, "without the column of labels");
    onCall(out, chosen, "dataset-export", parameters, [](Console& console, const json& result) {
        console.say(count(result["rows"]) + " spectra written to " + result["file"].get<std::string>() + ".");
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

void addSom(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("som", "train a self-organising map");
    const auto parameters = started();
    option<std::string>(command, parameters, "--dataset", "dataset", "the dataset to map", true);
    option<std::string>(command, parameters, "--grid", "grid",
                        "width x height in neurons (default: 20x20), or auto");
    option<std::string>(command, parameters, "--topology", "topology", "hexagonal (default) or rectangular");
    option<int>(command, parameters, "--epochs", "epochs", "passes over the data (default: 10)");
    option<double>(command, parameters, "--radius-start", "radius_start",
                   "neighbourhood at the start, in neurons");
    option<double>(command, parameters, "--radius-end", "radius_end", "neighbourhood at the end, in neurons");
    option<std::string>(command, parameters, "--neighbourhood", "neighbourhood",
                        "gaussian (default) or bubble");
    option<std::string>(command, parameters, "--initialisation", "initialisation",
                        "principal-plane (default) or random-rows");
    option<std::uint64_t>(command, parameters, "--seed", "seed", "of everything random (default: 1)");
    option<int>(command, parameters, "--threads", "threads",
                "does not change the result (default: all processors)");
    onCall(command, chosen, "som", parameters, [](Console& console, const json& result) {
        console.say("Map " + result["grid"].get<std::string>() + " of " +
                    result["dataset"].get<std::string>() + " in " + shown(result["seconds"], 1) +
                    " s: quantisation error " + shown(result["quantisation_error"], 4) +
                    ", topographic error " + shown(result["topographic_error"], 3) + " (job " +
                    count(result["job"]) + ").");
    });
}

void addLearn(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("learn", "train the network on the labels that stand");
    const auto parameters = started();
    option<std::string>(command, parameters, "--dataset", "dataset",
                        "the dataset whose labelled rows are learnt", true);
    listOption(command, parameters, "--classes", "classes",
               "classes to tell apart, with commas (default: all)");
    option<int>(command, parameters, "--folds", "folds",
                "parts of the cross-validation (default: 5; 0: none)");
    option<int>(command, parameters, "--epochs", "epochs", "passes over the data, at most");
    option<int>(command, parameters, "--patience", "patience", "epochs without a gain before training stops");
    option<int>(command, parameters, "--networks", "networks", "networks whose probabilities are averaged");
    flag(command, parameters, "--no-balance", "balance", false, "without SMOTE");
    option<std::uint64_t>(command, parameters, "--seed", "seed", "of everything random (default: 1)");
    option<int>(command, parameters, "--threads", "threads",
                "does not change the result (default: all processors)");
    onCall(command, chosen, "learn", parameters, [](Console& console, const json& result) {
        console.say("Model " + result["model"].get<std::string>() + " from " + count(result["rows"]) +
                    " labelled spectra in " + shown(result["seconds"], 0) + " s: macro-F1 " +
                    shown(result["macro_f1"], 3) + ", accuracy " + shown(result["accuracy"], 3) + ".");
        if (!result["confusion"].is_array()) return;
        std::vector<std::vector<std::string>> rows{{"true \\ predicted"}};
        const auto& classes = result["classes"];
        for (const auto& each : classes)
            rows[0].push_back(each.get<std::string>());
        for (std::size_t k = 0; k < classes.size(); ++k) {
            rows.push_back({classes[k].get<std::string>()});
            for (const auto& cell : result["confusion"][k])
                rows.back().push_back(count(cell));
        }
        console.say(inColumns(rows));
    });
}

void addScore(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("score", "a model's probabilities for every row of a dataset");
    const auto parameters = started();
    option<std::string>(command, parameters, "--model", "model",
                        "learn-12, round-15, a job's label, or a model's file", true);
    option<std::string>(command, parameters, "--dataset", "dataset", "the dataset to score", true);
    option<int>(command, parameters, "--threads", "threads",
                "does not change the result (default: all processors)");
    onCall(command, chosen, "score", parameters, [](Console& console, const json& result) {
        console.say(count(result["rows"]) + " spectra scored by " + result["model"].get<std::string>() +
                    " in " + shown(result["seconds"], 1) + " s:");
        for (const auto& [name, number] : result["counts"].items())
            console.say("  " + name + ": " + count(number));
    });
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

void addRound(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("round", "one round of active learning");
    const auto parameters = started();
    option<std::string>(command, parameters, "--dataset", "dataset", "the pool", true);
    listOption(command, parameters, "--classes", "classes",
               "all classes, with commas (default: other,single peak,double peak)");
    listOption(command, parameters, "--targets", "targets", "the classes that are looked for, with commas");
    option<int>(command, parameters, "--batch", "batch", "spectra to ask about (default: 100)");
    option<int>(command, parameters, "--estimate", "estimate",
                "random sample to judge the precision by (default: 30)");
    option<int>(command, parameters, "--candidates", "candidates",
                "length of the list of candidates (default: 100)");
    option<std::string>(command, parameters, "--strategy", "strategy",
                        "entropy (default), margin, least-confidence, random");
    option<std::string>(command, parameters, "--oracle", "oracle",
                        "table of truth (id, label) that answers in your place");
    option<int>(command, parameters, "--simulated", "simulated",
                "simulated rows a class while labels are few (default: 400)");
    option<int>(command, parameters, "--enough", "enough",
                "labels a class from which they are left out (default: 50)");
    option<int>(command, parameters, "--epochs", "epochs", "passes over the training rows, at most");
    option<int>(command, parameters, "--patience", "patience", "epochs without a gain before training stops");
    option<std::uint64_t>(command, parameters, "--seed", "seed", "of everything random (default: 1)");
    option<int>(command, parameters, "--threads", "threads",
                "does not change the result (default: all processors)");
    onCall(command, chosen, "round", parameters, [](Console& console, const json& result) {
        console.say(
            "Round " + count(result["round"]) + " of " + result["dataset"].get<std::string>() + " in " +
            shown(result["seconds"], 0) + " s" +
            (result["simulated"].get<bool>() ? ", taught with simulated emission beside the labels." : "."));
        sayItems(console, result["oracle"], "Asked of the oracle", 10);
        sayItems(console, result["performance_estimate"], "Random sample of the predicted targets", 5);
        sayItems(console, result["candidates"], "Candidates", 10);
        if (result["precision"].is_number())
            console.say("Precision " + shown(result["precision"], 2) + " from " + count(result["judged"]) +
                        " labels; above " + shown(result["precision_lower_95"], 2) +
                        " with 95 % confidence.");
        else
            console.say(
                "Label the two lists (`balmer label import FILE.csv`, or in the Label place), then start the "
                "next round.");
    });
}

void addSimulate(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("simulate", "write a survey with known truth as FITS files");
    const auto parameters = started();
    option<std::string>(command, parameters, "--out", "out", "folder for the files and truth.csv", true);
    option<int>(command, parameters, "--spectra", "spectra", "how many (default: 3000)");
    option<double>(command, parameters, "--targets", "targets", "fraction of emission stars (default: 0.03)");
    option<double>(command, parameters, "--double-fraction", "double_fraction",
                   "of the emission stars, with two peaks");
    option<double>(command, parameters, "--snr-minimum", "snr_minimum",
                   "lowest signal-to-noise ratio beside Hα");
    option<double>(command, parameters, "--snr-maximum", "snr_maximum", "highest");
    option<double>(command, parameters, "--ew-minimum", "equivalent_width_minimum", "of the emission, Å");
    option<double>(command, parameters, "--ew-maximum", "equivalent_width_maximum", "of the emission, Å");
    option<std::string>(command, parameters, "--form", "form",
                        "full (3700 to 9100 Å, default) or window (6400 to 6850 Å)");
    flag(command, parameters, "--no-gzip", "gzip", false, "do not compress the files");
    option<std::uint64_t>(command, parameters, "--seed", "seed", "of everything random (default: 1)");
    onCall(command, chosen, "simulate", parameters, [](Console& console, const json& result) {
        console.say(count(result["spectra"]) + " spectra written to " + result["out"].get<std::string>() +
                    "; their truth is in " + result["truth"].get<std::string>() + ":");
        for (const auto& [name, number] : result["counts"].items())
            console.say("  " + name + ": " + count(number));
    });
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
            const auto spec = json::parse(text, nullptr, false);
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
                return refuse("has a label that is no text");
            return runAndSay(session,
                             specOf(spec["kind"].get<std::string>(), spec.value("parameters", json::object()),
                                    spec.value("label", std::string())),
                             *place, sayWhole);
        };
    });
}

} // namespace

std::shared_ptr<Place> addPlaceOptions(CLI::App& command) {
    auto place = std::make_shared<Place>();
    command
        .add_option(
            "--on", place->on,
            "where it runs: the name of a worker, auto for the one that suits best, or here (default)")
        ->check([](const std::string& name) {
            return name.empty() ? std::string("--on needs a name") : std::string();
        });
    command.add_flag("--or-here", place->orHere, "on this computer where the worker cannot be reached");
    command.add_flag("--detach", place->detach, "return as soon as the worker has the job");
    return place;
}

void addJobCommands(CLI::App& app, Work& chosen) {
    addImport(app, chosen);
    addPreprocess(app, chosen);
    addDataset(app, chosen);
    addSom(app, chosen);
    addLearn(app, chosen);
    addScore(app, chosen);
    addRound(app, chosen);
    addSimulate(app, chosen);
    addRun(app, chosen);
}

} // namespace balmer::cli

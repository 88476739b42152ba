// The commands that look: list, show, export, models, jobs, job.

#include <CLI/CLI.hpp>

#include "app/cli/job_options.h"
#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/spectrum/axis.h"

namespace balmer::cli {

namespace {

using nlohmann::json;

json orNull(const std::optional<double>& value) {
    return value ? json(*value) : json(nullptr);
}

json describe(const api::SpectrumRow& row) {
    return {{"id", row.id},
            {"collection", row.collection},
            {"object", row.object},
            {"ra", row.position ? json(row.position->raDegrees) : json(nullptr)},
            {"dec", row.position ? json(row.position->decDegrees) : json(nullptr)},
            {"date", row.observed},
            {"snr", orNull(row.signalToNoise)},
            {"mag", orNull(row.magnitude)},
            {"z", orNull(row.redshift)},
            {"survey", row.survey},
            {"survey_id", row.surveyId},
            {"class", row.spectralClass},
            {"label", row.label},
            {"flags", row.flags},
            {"comment", row.comment},
            {"predicted", row.predicted},
            {"probability", orNull(row.probability)},
            {"entropy", orNull(row.entropy)},
            {"warnings", row.warnings}};
}

/// With all that the catalogue knows of the file.
json describeWhole(const api::SpectrumRow& row) {
    auto all = describe(row);
    all["file"] = row.filePath;
    all["dataset"] = row.dataset;
    all["first_wavelength_angstrom"] = row.firstWavelengthAngstrom;
    all["last_wavelength_angstrom"] = row.lastWavelengthAngstrom;
    all["samples"] = row.samples;
    all["medium"] = spectrum::toString(row.medium);
    all["unit"] = row.fluxUnit;
    all["imported"] = row.importedAt;
    return all;
}

std::string number(const std::optional<double>& value, int digits) {
    return value ? core::formatFixed(*value, digits) : std::string();
}

struct ListOptions {
    std::string where;
    std::size_t limit = 0;
};

void addList(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("list", "the spectra of the project, with labels and predictions");
    auto options = std::make_shared<ListOptions>();
    command.add_option("--where", options->where,
                       "filter, e.g. \"snr > 10 and label is null\"; label != 'x' keeps the unlabelled too");
    command
        .add_option("--limit", options->limit, "at most so many (default: 50 for people, all with --json)")
        ->check(notNegative);
    command.callback([&chosen, options] {
        chosen = [options](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            const std::size_t limit = options->limit != 0 ? options->limit : session.console.json() ? 0 : 50;
            BALMER_TRY(const auto rows, bench->spectra().list(options->where, limit));
            json all = json::array();
            std::vector<std::vector<std::string>> lines{
                {"ID", "OBJECT", "CLASS", "S/N", "DATE", "LABEL", "PREDICTED", "P"}};
            for (const auto& row : rows) {
                if (session.console.json()) all.push_back(describe(row));
                lines.push_back({row.id, row.object, row.spectralClass, number(row.signalToNoise, 1),
                                 row.observed.substr(0, 10), row.label, row.predicted,
                                 number(row.probability, 3)});
            }
            session.console.result({{"rows", std::move(all)}});
            if (rows.empty()) {
                BALMER_TRY(const auto any, bench->spectra().list({}, 1));
                session.console.say(any.empty()
                                        ? "There is no spectrum in this project yet; `balmer import` brings "
                                          "some in."
                                        : "No spectrum meets the filter; without --where all are listed.");
                return {};
            }
            session.console.say(inColumns(lines));
            if (options->limit == 0 && rows.size() == limit && limit != 0)
                session.console.say("The first " + std::to_string(limit) + "; --limit shows more.");
            return {};
        };
    });
}

void addShow(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("show", "everything that is known about one spectrum");
    auto id = std::make_shared<std::string>();
    auto header = std::make_shared<bool>(false);
    command.add_option("id", *id, "the spectrum")->required();
    command.add_flag("--header", *header, "with the whole header of its file");
    command.callback([&chosen, id, header] {
        chosen = [id, header](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY(const auto row, bench->spectra().row(*id));
            BALMER_TRY(const auto events, bench->labelling().history(*id));
            auto all = describeWhole(row);
            all["labels_given"] = events.size();
            if (*header || session.console.json()) {
                BALMER_TRY(const auto cards, bench->spectra().header(*id));
                all["header"] = json::array();
                for (const auto& card : cards)
                    all["header"].push_back(
                        {{"key", card.key}, {"value", card.value}, {"comment", card.comment}});
            }
            session.console.result(all);
            if (session.console.json()) return {};
            std::vector<std::vector<std::string>> lines;
            for (const auto& [key, value] : all.items()) {
                if (key == "unit" && value == "") lines.push_back({key, "not stated"});
                if (key == "header" || value.is_null() ||
                    (value.is_string() && value.get<std::string>().empty()))
                    continue;
                if (key == "warnings") {
                    for (const auto& warning : value)
                        lines.push_back({"warning", warning.get<std::string>()});
                    continue;
                }
                lines.push_back({key, value.is_string() ? value.get<std::string>() : core::jsonText(value)});
            }
            session.console.say(inColumns(lines));
            if (*header)
                for (const auto& card : all["header"])
                    session.console.say(card["key"].get<std::string>() + " = " +
                                        card["value"].get<std::string>());
            return {};
        };
    });
}

json describe(const jobs::Job& job) {
    json error = nullptr;
    if (job.error)
        error = {{"code", core::toString(job.error->code())},
                 {"message", job.error->message()},
                 {"context", job.error->context()}};
    return {{"id", job.id},
            {"kind", job.spec.kind},
            {"label", job.spec.label},
            {"phase", jobs::toString(job.phase)},
            {"created", job.created},
            {"started", job.started},
            {"ended", job.ended},
            {"progress", job.progress},
            {"stage", job.stage},
            {"place", job.place},
            {"parent", job.spec.parent ? json(*job.spec.parent) : json(nullptr)},
            {"last_heard", job.remote ? json(job.remote->lastHeard) : json(nullptr)},
            {"error", std::move(error)}};
}

/// "22 %"; of a job on a worker, which may be further by now, with the time at which the worker said so.
std::string progressText(const jobs::Job& job) {
    const auto progress = core::formatFixed(100 * job.progress, 0) + " %";
    if (!job.remote || jobs::isFinal(job.phase)) return progress;
    if (job.remote->lastHeard.empty()) return progress + ", not heard of yet";
    return progress + ", last heard " + job.remote->lastHeard.substr(0, 19);
}

json parsed(const std::string& text) {
    return core::parseJson<json>(text.empty() ? "{}" : text).value_or(json(text));
}

json describeWhole(const jobs::Job& job) {
    auto all = describe(job);
    all["parameters"] = parsed(job.spec.parameters);
    all["result"] = parsed(job.result);
    all["inputs"] = job.spec.inputs;
    all["seed"] = all["parameters"].is_object() ? all["parameters"].value("seed", json()) : json();
    all["program_version"] = job.programVersion;
    all["device"] = job.device;
    all["remote"] = job.remote ? json{{"worker", job.remote->worker},
                                      {"key", job.remote->key},
                                      {"last_event", job.remote->lastEvent},
                                      {"abort_wanted", job.remote->abortWanted}}
                               : json(nullptr);
    all["artefacts"] = json::array();
    for (const auto& artefact : job.artefacts)
        all["artefacts"].push_back({{"name", artefact.name},
                                    {"media_type", artefact.mediaType},
                                    {"digest", artefact.digest},
                                    {"bytes", artefact.bytes}});
    return all;
}

void addJobs(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("jobs", "what was run in this project");
    command.callback([&chosen] {
        chosen = [](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY(const auto jobs, bench->jobs().list());
            json all = json::array();
            std::vector<std::vector<std::string>> lines{
                {"ID", "KIND", "LABEL", "PLACE", "PHASE", "PROGRESS", "CREATED", "ERROR"}};
            for (const auto& job : jobs) {
                all.push_back(describe(job));
                lines.push_back({std::to_string(job.id), job.spec.kind, job.spec.label, job.place,
                                 std::string(jobs::toString(job.phase)), progressText(job),
                                 job.created.substr(0, 19), job.error ? job.error->message() : ""});
            }
            session.console.result({{"jobs", std::move(all)}});
            session.console.say(jobs.empty() ? "Nothing was run in this project yet." : inColumns(lines));
            return {};
        };
    });
}

/// Adds `job NAME ID` that opens the project itself.
CLI::App& addJobVerb(CLI::App& parent, const std::string& name, const std::string& help, Work& chosen,
                     std::function<core::Status(Session&, jobs::JobId)> work) {
    auto& command = *parent.add_subcommand(name, help);
    auto id = std::make_shared<jobs::JobId>(0);
    command.add_option("id", *id, "the job's number")->required();
    command.callback(
        [&chosen, id, work] { chosen = [id, work](Session& session) { return work(session, *id); }; });
    return command;
}

/// Adds `job NAME ID`.
CLI::App& jobCommand(CLI::App& parent, const std::string& name, const std::string& help, Work& chosen,
                     std::function<core::Status(Session&, api::Workbench&, jobs::JobId)> work) {
    return addJobVerb(parent, name, help, chosen, [work](Session& session, jobs::JobId id) -> core::Status {
        BALMER_TRY(auto* const bench, session.workbench());
        return work(session, *bench, id);
    });
}

core::Status compare(Session& session, api::Workbench& bench, jobs::JobId first, jobs::JobId second) {
    BALMER_TRY(const auto a, bench.jobs().get(first));
    BALMER_TRY(const auto b, bench.jobs().get(second));
    json differences = json::array();
    for (const auto* part : {"parameters", "result"}) {
        const auto left = parsed(part == std::string_view("parameters") ? a.spec.parameters : a.result);
        const auto right = parsed(part == std::string_view("parameters") ? b.spec.parameters : b.result);
        for (const auto& change : json::diff(left, right)) {
            const auto at = json::json_pointer(change["path"].get<std::string>());
            differences.push_back({{"field", part + change["path"].get<std::string>()},
                                   {"first", left.contains(at) ? left[at] : json(nullptr)},
                                   {"second", right.contains(at) ? right[at] : json(nullptr)}});
        }
    }
    session.console.result({{"first", first}, {"second", second}, {"differences", differences}});
    std::vector<std::vector<std::string>> lines{{"FIELD", std::to_string(first), std::to_string(second)}};
    for (const auto& each : differences)
        lines.push_back({each["field"].get<std::string>(), core::jsonText(each["first"]),
                         core::jsonText(each["second"])});
    session.console.say(differences.empty() ? "The two runs have the same parameters and results."
                                            : inColumns(lines));
    return {};
}

core::Status runAgain(Session& session, jobs::JobId id, const std::string& changes, const Place& place) {
    BALMER_TRY(auto* const bench, session.workbench());
    BALMER_TRY(const auto job, bench->jobs().get(id));
    auto parameters = parsed(job.spec.parameters);
    if (!changes.empty()) {
        const auto change = core::parseJson<json>(changes);
        if (!change || !change->is_object())
            return core::fail(core::ErrorCode::InvalidArgument,
                              "--set takes a JSON object, e.g. '{\"epochs\": 20}'");
        parameters.update(*change);
    }
    auto spec = job.spec;
    spec.parameters = core::jsonText(parameters);
    spec.inputs.clear();
    spec.parent = id;
    const auto done = runAndSay(session, std::move(spec), place, sayWhole);
    if (!done) return core::fail(withPlainNames(done.error()));
    return {};
}

core::Status sayKinds(Session& session) {
    json all = json::array();
    std::vector<std::vector<std::string>> lines{{"KIND", "COMMAND", "WHAT IT DOES"}};
    for (const auto& kind : api::jobKinds()) {
        all.push_back(
            {{"kind", kind.kind}, {"title", kind.title}, {"help", kind.help}, {"command", kind.command}});
        lines.push_back({kind.kind, kind.command.empty() ? "" : "balmer " + kind.command, kind.help});
    }
    session.console.result({{"kinds", std::move(all)}});
    session.console.say(inColumns(lines));
    return {};
}

core::Status saySchema(Session& session, const std::string& name) {
    const auto* const kind = api::findJobKind(name);
    if (kind == nullptr) {
        std::string known;
        for (const auto& each : api::jobKinds())
            known += (known.empty() ? "" : ", ") + each.kind;
        return core::fail(core::ErrorCode::InvalidArgument,
                          "there is no kind of job called \"" + name + "\"; there are: " + known);
    }
    session.console.result(core::parseJson<json>(kind->schema).value());
    session.console.say(Said::lines(kind->schema));
    return {};
}

void addSchema(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("schema", "the parameters of a kind of job, as JSON Schema");
    auto kind = std::make_shared<std::string>();
    command.add_option("kind", *kind, "the kind (without one: all kinds are listed)");
    command.callback([&chosen, kind] {
        chosen = [kind](Session& session) {
            return kind->empty() ? sayKinds(session) : saySchema(session, *kind);
        };
    });
}

void addJob(CLI::App& app, Work& chosen) {
    auto& command =
        *app.add_subcommand("job", "one job: show, attach, abort, rerun, remove, diff; schema of a kind");
    command.require_subcommand(1);
    addSchema(command, chosen);
    jobCommand(command, "show", "its parameters, result and record", chosen,
               [](Session& session, api::Workbench& bench, jobs::JobId id) -> core::Status {
                   BALMER_TRY(const auto job, bench.jobs().get(id));
                   const auto all = describeWhole(job);
                   session.console.result(all);
                   session.console.say(Said::lines(core::jsonText(all, 2)));
                   return {};
               });
    addJobVerb(command, "attach", "wait for a job on a worker, and take its result home", chosen,
               [](Session& session, jobs::JobId id) -> core::Status {
                   BALMER_TRY(const auto result, session.attach(id));
                   session.console.result(result);
                   sayWhole(session.console, result);
                   return {};
               });
    addJobVerb(command, "abort", "stop it", chosen, [](Session& session, jobs::JobId id) -> core::Status {
        BALMER_TRY(const auto job, session.abort(id));
        session.console.result({{"job", id}, {"phase", jobs::toString(job.phase)}});
        const auto name = "Job " + std::to_string(id);
        if (job.remote && !jobs::isFinal(job.phase))
            session.console.say(name + " will be stopped as soon as " + job.place +
                                " answers to this project.");
        else if (job.remote)
            session.console.say(name + " has ended: " + std::string(jobs::toString(job.phase)) + ".");
        else
            session.console.say(name + " was asked to stop.");
        return {};
    });
    jobCommand(command, "remove", "forget it; what it made stays", chosen,
               [](Session& session, api::Workbench& bench, jobs::JobId id) -> core::Status {
                   BALMER_CHECK(bench.jobs().remove(id));
                   session.console.result({{"job", id}});
                   session.console.say("Job " + std::to_string(id) + " is forgotten.");
                   return {};
               });
    auto& rerun = *command.add_subcommand("rerun", "the same again, with changed parameters where given");
    auto id = std::make_shared<jobs::JobId>(0);
    auto changes = std::make_shared<std::string>();
    rerun.add_option("id", *id, "the job's number")->required();
    rerun.add_option("--set", *changes, "changed parameters, a JSON object");
    const auto place = addPlaceOptions(rerun);
    rerun.callback([&chosen, id, changes, place] {
        chosen = [id, changes, place](Session& session) { return runAgain(session, *id, *changes, *place); };
    });

    auto& diff = *command.add_subcommand("diff", "what two runs differ in");
    auto first = std::make_shared<jobs::JobId>(0), second = std::make_shared<jobs::JobId>(0);
    diff.add_option("first", *first, "a job's number")->required();
    diff.add_option("second", *second, "another's")->required();
    diff.callback([&chosen, first, second] {
        chosen = [first, second](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            return compare(session, *bench, *first, *second);
        };
    });
}

void addModels(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("models", "the trained networks, as `score --model` takes them");
    command.callback([&chosen] {
        chosen = [](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY(const auto models, bench->models().list());
            json all = json::array();
            std::vector<std::vector<std::string>> lines{{"MODEL", "DATASET", "MACRO-F1", "CREATED"}};
            for (const auto& model : models) {
                all.push_back({{"model", model.name},
                               {"job", model.job},
                               {"dataset", model.dataset},
                               {"macro_f1", orNull(model.macroF1)},
                               {"created", model.created}});
                lines.push_back(
                    {model.name, model.dataset, number(model.macroF1, 3), model.created.substr(0, 19)});
            }
            session.console.result({{"models", std::move(all)}});
            session.console.say(models.empty()
                                    ? "There is no model yet; `balmer learn` or `balmer round` trains one."
                                    : inColumns(lines));
            return {};
        };
    });
}

} // namespace

void addQueryCommands(CLI::App& app, Work& chosen) {
    addList(app, chosen);
    addShow(app, chosen);
    addJobCommand(app, chosen, "export",
                  [](Console& console, const json& result) { sayWritten(console, result, "row"); });
    addModels(app, chosen);
    addJobs(app, chosen);
    addJob(app, chosen);
}

} // namespace balmer::cli

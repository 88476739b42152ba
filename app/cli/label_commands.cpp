// The commands about labels: give, import, export, history, undo.

#include <algorithm>

#include <CLI/CLI.hpp>

#include "app/cli/job_options.h"
#include "engine/core/json_text.h"

namespace balmer::cli {

namespace {

using nlohmann::json;

json describe(const active::LabelEvent& event) {
    return {{"event", event.id},
            {"id", event.spectrum},
            {"kind", active::toString(event.kind)},
            {"class", event.className},
            {"comment", event.comment},
            {"who", event.who},
            {"when", event.when},
            {"view", event.view},
            {"round", event.round ? json(*event.round) : json(nullptr)},
            {"supersedes", event.supersedes ? json(*event.supersedes) : json(nullptr)},
            {"act", event.act ? json(*event.act) : json(nullptr)}};
}

/// Of the event's spectrum and of these.
core::Status giveAll(Session& session, api::Workbench& bench, const active::LabelEvent& event,
                     const std::vector<std::string>& also) {
    std::vector<active::LabelEvent> events{event};
    for (const auto& id : also) {
        BALMER_TRY([[maybe_unused]] const auto row, bench.spectra().row(id));
        events.push_back(event);
        events.back().spectrum = id;
    }
    const auto number = events.size();
    BALMER_CHECK(bench.labelling().labelAll(std::move(events)));
    session.console.result({{"labelled", number}});
    session.console.say(
        counted(number, "spectrum", "spectra") + ": " +
        (event.className.empty() ? std::string(active::toString(event.kind)) : event.className) + ".");
    return {};
}

void addGive(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("give", "say what a spectrum is");
    auto event = std::make_shared<active::LabelEvent>();
    auto word = std::make_shared<std::string>();
    auto also = std::make_shared<std::vector<std::string>>();
    command.add_option("id", event->spectrum, "the spectrum")->required();
    command.add_option("class", event->className, "its class");
    command.add_option("--as", *word, "instead of a class: not-sure, bad, artefact, noteworthy, comment");
    command.add_option("--comment", event->comment, "a remark");
    command.add_option("--also", *also, "more spectra of which the same is said; one undo takes all back");
    command.callback([&chosen, event, word, also] {
        chosen = [event, word, also](Session& session) -> core::Status {
            if (!word->empty() && !event->className.empty())
                return core::fail(core::ErrorCode::InvalidArgument, "give either a class or --as, not both");
            if (word->empty() && event->className.empty())
                return core::fail(core::ErrorCode::InvalidArgument,
                                  "say what the spectrum is: name its class, which cannot be empty, or give "
                                  "--as not-sure, bad, artefact, noteworthy or comment");
            if (!word->empty()) {
                const auto kind = active::labelKindFrom(*word);
                if (!kind || *kind == active::LabelKind::Class || *kind == active::LabelKind::Undo)
                    return core::fail(core::ErrorCode::InvalidArgument,
                                      "--as takes not-sure, bad, artefact, noteworthy or comment, not \"" +
                                          *word + "\"");
                event->kind = *kind;
            }
            event->view = "command line";
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY([[maybe_unused]] const auto row, bench->spectra().row(event->spectrum));
            if (!also->empty()) return giveAll(session, *bench, *event, *also);
            BALMER_TRY(const auto stored, bench->labelling().label(*event));
            session.console.result(describe(stored));
            session.console.say(stored.spectrum + ": " + (word->empty() ? stored.className : *word) + ".");
            return {};
        };
    });
}

void addHistory(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("history", "all that was ever said about a spectrum");
    auto id = std::make_shared<std::string>();
    command.add_option("id", *id, "the spectrum")->required();
    command.callback([&chosen, id] {
        chosen = [id](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY(const auto events, bench->labelling().history(*id));
            json all = json::array();
            std::vector<std::vector<std::string>> lines{{"EVENT", "WHEN", "WHO", "WHAT", "WHERE", "COMMENT"}};
            for (const auto& event : events) {
                all.push_back(describe(event));
                lines.push_back({std::to_string(event.id), event.when, event.who,
                                 event.kind == active::LabelKind::Class
                                     ? event.className
                                     : std::string(active::toString(event.kind)),
                                 event.view, event.comment});
            }
            session.console.result({{"events", std::move(all)}});
            session.console.say(events.empty() ? "Nobody has said anything about " + *id + "."
                                               : inColumns(lines));
            return {};
        };
    });
}

void addUndo(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand(
        "undo", "take back your latest label, or all that you or an import gave at once");
    command.callback([&chosen] {
        chosen = [](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY(const auto taken, bench->labelling().undo());
            const auto& undone = taken.front();
            json result = describe(undone);
            result["taken_back"] = taken.size();
            session.console.result(result);
            session.console.say(
                "Taken back: " +
                (taken.size() > 1 ? counted(taken.size(), "label") + ", the last of them " : std::string()) +
                undone.spectrum + ", " +
                (undone.className.empty() ? std::string(active::toString(undone.kind)) : undone.className) +
                ".");
            return {};
        };
    });
}

/// "a, b, c"
std::string listed(const json& names) {
    constexpr std::size_t shown = 10;
    std::string list;
    for (std::size_t i = 0; i < std::min(shown, names.size()); ++i)
        list += (i == 0 ? "" : ", ") + names[i].get<std::string>();
    return names.size() > shown ? list + " …; --json lists them" : list;
}

} // namespace

void sayWritten(Console& console, const json& result, const std::string& what) {
    console.say(counted(result["rows"], what) + " written to " + result["file"].get<std::string>() + " as " +
                result["format"].get<std::string>() + ".");
    if (result["letters_replaced"] > 0)
        console.say(
            "In " + counted(result["letters_replaced"], "cell") +
            " letters that this form does not hold became \"?\". VOTable, CSV, JSON lines and HDF5 hold "
            "them.");
    for (const auto& each : result.value("left_out", json::array()))
        console.say("Without predictions: " + each["reason"].get<std::string>() + ".");
}

void sayLabels(Console& console, const json& result) {
    const auto spectra = [&](const char* key) { return counted(result[key], "spectrum", "spectra"); };
    console.say(counted(result["labels"], "label") + " given, " + core::jsonText(result["unchanged"]) +
                " stood already." +
                (result["replaced"] > 0 ? " Replaced: another verdict of " + spectra("replaced") + "." : "") +
                (result["kept"] > 0
                     ? " Another verdict stands on for " + spectra("kept") + "; --replace would overrule it."
                     : ""));
    const auto sayLeftOut = [&](const char* rows, const std::string& why, const char* names) {
        if (result[rows] == 0) return;
        console.say("Left out: " + counted(result[rows], "row") + " " + why +
                    (names == nullptr ? "" : ": " + listed(result[names])) + ".");
    };
    sayLeftOut("without_label", "without a label, or with a code that --map leaves out", nullptr);
    sayLeftOut("not_in_catalogue", "with a name that no spectrum of the project has", "unknown");
    sayLeftOut("not_unique", "with a name that several spectra have", "ambiguous");
    sayLeftOut("contradicting", "of spectra to which the table gives several classes", "contradicted");
}

void addLabelCommands(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand("label", "labels: give, import, export, history, undo");
    command.require_subcommand(1);
    addGive(command, chosen);
    addJobCommand(command, chosen, "label-import", sayLabels);
    addJobCommand(command, chosen, "label-export",
                  [](Console& console, const json& result) { sayWritten(console, result, "label"); });
    addHistory(command, chosen);
    addUndo(command, chosen);
}

} // namespace balmer::cli

// The commands that get spectra from the net: vo fetch, vo ssap, vo votable, vo services.

#include <CLI/CLI.hpp>

#include <memory>

#include "app/cli/job_options.h"
#include "app/cli/vo_lists.h"
#include "engine/core/amount_text.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

using core::ErrorCode;
using nlohmann::json;

struct Login {
    std::string user, passwordFile;
};

void addLogin(CLI::App& command, Login& login) {
    command.add_option("--user", login.user, "log in under this name (basic authentication, or FTP's)");
    command.add_option("--password-file", login.passwordFile, "a file whose first line is the password");
}

core::Status logIn(api::Observatory& observatory, const std::string& url, const Login& login) {
    if (login.user.empty()) {
        if (login.passwordFile.empty()) return {};
        return core::fail(ErrorCode::InvalidArgument, "--password-file needs --user");
    }
    std::string password;
    if (!login.passwordFile.empty()) {
        BALMER_TRY(const auto text, core::readFile(login.passwordFile, 64 * 1024));
        password = text.substr(0, text.find_first_of("\r\n"));
    }
    return observatory.logIn(url, login.user, password);
}

// ---- fetch

json describe(const api::TreePreview& preview) {
    json files = json::array(), skipped = json::array();
    for (const auto& file : preview.files)
        files.push_back({{"url", file.url},
                         {"path", file.path},
                         {"bytes", file.bytes ? json(*file.bytes) : json(nullptr)},
                         {"exact", file.exact}});
    for (const auto& each : preview.skipped)
        skipped.push_back({{"url", each.url}, {"why", each.why}});
    return {{"root", preview.root},           {"found", preview.files.size()}, {"files", std::move(files)},
            {"unmatched", preview.unmatched}, {"skipped", std::move(skipped)}, {"folders", preview.folders},
            {"bytes", preview.bytes},         {"unsized", preview.unsized},    {"cut", preview.cut}};
}

void warnIfNothing(Console& console, const std::string& url, const json& result) {
    if (result["found"].get<std::size_t>() > 0) return;
    const auto unmatched = result["unmatched"].get<std::size_t>();
    console.warn("Nothing was found at " + url +
                 (unmatched > 0 ? "; " + core::countText(unmatched, "file") + " left out by --match."
                                : "; open it in a browser to see whether it lists files."));
}

core::Status listTree(Session& session, api::Observatory& observatory, const api::TreeRequest& request) {
    auto task = session.console.task();
    const auto preview = observatory.preview(request, task);
    session.console.endProgress();
    if (!preview) return core::fail(preview.error());
    const auto described = describe(*preview);
    session.console.result(described);
    constexpr std::size_t shownFiles = 200;
    std::vector<std::vector<std::string>> lines;
    for (const auto& file : preview->files) {
        if (lines.size() == shownFiles) break;
        lines.push_back(
            {file.path, file.bytes ? (file.exact ? "" : "about ") + core::bytesText(*file.bytes) : "?"});
    }
    if (!lines.empty()) session.console.say(inColumns(lines));
    if (preview->files.size() > shownFiles)
        session.console.say("… and " + std::to_string(preview->files.size() - shownFiles) +
                            " more; --json lists them all.");
    for (const auto& each : preview->skipped)
        session.console.say("left out: " + each.url + ": " + each.why);
    session.console.say(
        core::countText(preview->files.size(), "file") + " in " +
        core::countText(preview->folders, "folder") + ", " + core::bytesText(preview->bytes) +
        (preview->unsized > 0
             ? " and " + core::countText(preview->unsized, "file of unknown size", "files of unknown size")
             : "") +
        "; " + core::countText(preview->unmatched, "file") + " left out by --match." +
        (preview->cut ? " There is more: a limit was reached." : ""));
    warnIfNothing(session.console, preview->root, described);
    return {};
}

struct Asked {
    api::TreeRequest request;
    api::Destination to;
};

/// What the options of the kind say.
Asked requestOf(const jobs::Kind& kind, const json& given) {
    Asked asked;
    const auto take = [&](const char* name, auto& into) {
        using Value = typename std::decay_t<decltype(into)>::value_type;
        if (const auto found = given.find(name); found != given.end()) into = found->get<Value>();
    };
    auto& request = asked.request;
    request.url = given["url"].get<std::string>();
    if (given.contains("match")) request.match = given["match"].get<std::vector<std::string>>();
    take("depth", request.depth);
    take("max_files", request.mostFiles);
    take("max_bytes", request.mostBytes);
    take("connections", request.connections);
    auto all = core::parseJson<json>(kind.defaults).value();
    all.update(given);
    asked.to = destinationOf(all);
    return asked;
}

void addFetch(CLI::App& parent, Work& chosen) {
    struct Given {
        std::shared_ptr<json> parameters;
        Login login;
        std::string label;
        bool list = false;
    };
    auto given = std::make_shared<Given>();
    const auto& kind = kindNamed("fetch");
    auto& command = *parent.add_subcommand("fetch", kind.help);
    given->parameters = addFieldOptions(command, kind);
    command.add_flag("--list", given->list, "show what there is and how large, fetch nothing");
    command.add_option("--label", given->label, "a name for this run, shown among the jobs");
    addLogin(command, given->login);
    command.callback([&chosen, &kind, given] {
        chosen = [&kind, given](Session& session) -> core::Status {
            const auto asked = requestOf(kind, *given->parameters);
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_CHECK(logIn(bench->observatory(), asked.request.url, given->login));
            if (given->list) return listTree(session, bench->observatory(), asked.request);
            BALMER_TRY(auto spec, bench->observatory().fetchJob(asked.request, asked.to));
            spec.label = given->label;
            const auto ran = session.run(std::move(spec));
            if (!ran) return core::fail(withOptions(ran.error(), kind));
            const auto& result = *ran;
            session.console.result(result);
            if (result["cut"].get<bool>())
                session.console.warn(
                    "There is more than was looked for: a limit was reached; --max-files and "
                    "--max-bytes raise it.");
            sayFetched(session.console, result);
            warnIfNothing(session.console, result["url"].get<std::string>(), result);
            return {};
        };
    });
}

// ---- lists

void addListOptions(CLI::App& command, ListChoice& choice) {
    command.add_flag("--list", choice.list, "show the rows and which of them the project has, fetch nothing");
    command.add_option("--rows", choice.rows, "these rows alone, as --list counts them: 0,3,7-12");
    command.add_flag("--again", choice.again, "also what the project has");
    command.add_flag("--all-forms", choice.allForms,
                     "also further forms (VOTable beside FITS) of one dataset");
    command.add_option("--max-spectra", choice.most, "refuse to fetch more (default: 1000)")
        ->check(CLI::Range(1, 10000000));
    command.add_option("--column", choice.options.accessColumn,
                       "the column with the addresses (default: found by utype, UCD, name or content)");
    choice.parameters = addFieldOptions(command, kindNamed("retrieve"), {"folder", "collection", "import"});
    command.add_option("--label", choice.label, "a name for this run, shown among the jobs");
}

struct Question {
    std::string service;
    std::vector<std::string> at;
    std::string positionsFile, size, band;
    std::vector<std::string> parameters;
    vo::SsapQuery query;
    std::optional<std::size_t> maxrec;
};

core::Status complete(Question& question) {
    auto& query = question.query;
    for (const auto& text : question.at) {
        BALMER_TRY(query.positions.emplace_back(), vo::parsePosition(text));
    }
    if (!question.positionsFile.empty()) {
        BALMER_TRY(const auto text, core::readFile(question.positionsFile, 64u << 20));
        auto more = vo::parsePositions(text);
        if (!more) return core::fail(more.error().during("reading " + question.positionsFile));
        query.positions.insert(query.positions.end(), more->begin(), more->end());
        if (query.positions.empty())
            return core::fail(ErrorCode::InvalidArgument,
                              question.positionsFile + " has no position; write one a line");
    }
    if (!question.size.empty()) {
        BALMER_TRY(query.diameterDegrees, vo::parseAngle(question.size));
        if (query.positions.empty())
            return core::fail(ErrorCode::InvalidArgument, "--size needs a position; give one with --pos");
    }
    if (!question.band.empty()) {
        const auto slash = question.band.find('/');
        const auto end = [&](const std::string& text, std::optional<double>& into) -> core::Status {
            if (core::trimmed(text).empty()) return {};
            into = core::parseDouble(text);
            if (into) return {};
            return core::fail(ErrorCode::InvalidArgument, "the band \"" + question.band +
                                                              "\" is not understood; write 6400/6700, in "
                                                              "ångström");
        };
        BALMER_CHECK(end(question.band.substr(0, slash), query.fromAngstrom));
        if (slash == std::string::npos)
            query.toAngstrom = query.fromAngstrom;
        else
            BALMER_CHECK(end(question.band.substr(slash + 1), query.toAngstrom));
    }
    for (const auto& text : question.parameters) {
        const auto equals = text.find('=');
        if (equals == std::string::npos)
            return core::fail(ErrorCode::InvalidArgument, "--param \"" + text + "\" must be NAME=VALUE");
        query.more.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
    query.mostRows = question.maxrec;
    return query.validate();
}

void addSsap(CLI::App& parent, Work& chosen) {
    struct Given {
        Question question;
        ListChoice choice;
        Login login;
    };
    auto given = std::make_shared<Given>();
    auto& question = given->question;
    auto& command = *parent.add_subcommand(
        "ssap", "ask a Simple Spectral Access service, fetch what it finds and import it");
    command.add_option("service", question.service, "its address, or a name of `balmer vo services`")
        ->required();
    command
        .add_option("--pos", question.at,
                    "\"RA DEC\" in degrees or sexagesimal (ICRS); may be repeated: one question each")
        ->allow_extra_args(false);
    command.add_option("--positions", question.positionsFile, "a file with one position a line");
    command.add_option(
        "--size", question.size,
        "diameter around a position: 0.1 (degrees), 5arcmin, 30arcsec (default: the service's)");
    command.add_option("--band", question.band, "FROM/TO in ångström; either may be left out");
    command.add_option("--time", question.query.time, "2014-01-01/2014-12-31 (ISO 8601)");
    command.add_option("--target", question.query.target, "an object's name, where the service knows names");
    command.add_option("--from-collection", question.query.collection, "a part of the service's archive");
    command.add_option("--format", question.query.format, "fits, votable, compliant, all, or a media type");
    command.add_option("--maxrec", question.maxrec, "rows that the service shall give at most")
        ->check(notNegative);
    command
        .add_option("--param", question.parameters,
                    "NAME=VALUE, a parameter of this service; may be repeated")
        ->allow_extra_args(false);
    addListOptions(command, given->choice);
    addLogin(command, given->login);
    command.callback([&chosen, given] {
        chosen = [given](Session& session) -> core::Status {
            BALMER_CHECK(complete(given->question));
            BALMER_TRY(auto* const bench, session.workbench());
            auto& observatory = bench->observatory();
            if (!given->login.user.empty() || !given->login.passwordFile.empty()) {
                auto url = given->question.service;
                BALMER_TRY(const auto services, observatory.services());
                for (const auto& service : services)
                    if (service.name == url) url = service.url;
                BALMER_CHECK(logIn(observatory, url, given->login));
            }
            auto task = session.console.task();
            const auto list = observatory.askSsap(given->question.service, given->question.query,
                                                  given->choice.options, task);
            session.console.endProgress();
            if (!list) return core::fail(list.error());
            return useList(session, *list, given->choice);
        };
    });
}

void addVotable(CLI::App& parent, Work& chosen) {
    struct Given {
        std::string place;
        ListChoice choice;
        Login login;
    };
    auto given = std::make_shared<Given>();
    auto& command = *parent.add_subcommand(
        "votable", "a VOTable (prepared in TOPCAT, say) whose rows say where spectra are");
    command.add_option("place", given->place, "a file, or an http, https, ftp or ftps address")->required();
    command.add_option("--base", given->choice.options.base,
                       "what relative addresses are relative to (default: the table's own address)");
    addListOptions(command, given->choice);
    addLogin(command, given->login);
    command.callback([&chosen, given] {
        chosen = [given](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_CHECK(logIn(bench->observatory(), given->place, given->login));
            auto task = session.console.task();
            const auto list = bench->observatory().readList(given->place, given->choice.options, task);
            session.console.endProgress();
            if (!list) return core::fail(list.error());
            return useList(session, *list, given->choice);
        };
    });
}

// ---- services

json describe(const vo::Service& service) {
    return {{"name", service.name}, {"url", service.url}, {"kind", service.kind}, {"remark", service.remark}};
}

void addServices(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("services", "the services that you have named: list, add, remove");
    auto& add = *command.add_subcommand("add", "name a service, or change the address of a name");
    auto service = std::make_shared<vo::Service>();
    add.add_option("name", service->name, "what you call it")->required();
    add.add_option("url", service->url, "its address")->required();
    add.add_option("--remark", service->remark, "a remark of yours");
    add.callback([&chosen, service] {
        chosen = [service](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_CHECK(bench->observatory().putService(*service));
            session.console.result(describe(*service));
            session.console.say("`balmer vo ssap " + service->name + "` asks it.");
            return {};
        };
    });
    auto& remove = *command.add_subcommand("remove", "forget a service");
    auto name = std::make_shared<std::string>();
    remove.add_option("name", *name, "its name")->required();
    remove.callback([&chosen, name] {
        chosen = [name](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_CHECK(bench->observatory().removeService(*name));
            session.console.result({{"name", *name}});
            session.console.say(*name + " is forgotten.");
            return {};
        };
    });
    auto& list = *command.add_subcommand("list", "show them");
    list.callback([&chosen] {
        chosen = [](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            BALMER_TRY(const auto services, bench->observatory().services());
            json all = json::array();
            std::vector<std::vector<std::string>> lines{{"NAME", "KIND", "URL", "REMARK"}};
            for (const auto& each : services) {
                all.push_back(describe(each));
                lines.push_back({each.name, each.kind, each.url, each.remark});
            }
            session.console.result({{"services", std::move(all)}});
            session.console.say(services.empty()
                                    ? "No service has been named; `balmer vo services add NAME URL` does."
                                    : inColumns(lines));
            return {};
        };
    });
    command.require_subcommand(1);
}

} // namespace

void addVoCommands(CLI::App& app, Work& chosen) {
    auto& command = *app.add_subcommand(
        "vo", "the Virtual Observatory: spectra from the net (fetch, ssap, votable, services), and the "
              "programs beside Balmer (samp)");
    command.require_subcommand(1);
    addFetch(command, chosen);
    addSsap(command, chosen);
    addVotable(command, chosen);
    addServices(command, chosen);
    addSampCommands(command, chosen);
}

} // namespace balmer::cli

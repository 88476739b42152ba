// The commands that speak with the programs beside Balmer: vo samp clients, vo samp send, vo samp listen.

#include <CLI/CLI.hpp>

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "app/cli/session.h"
#include "engine/api/neighbour_trust.h"
#include "engine/api/neighbours.h"
#include "engine/core/amount_text.h"
#include "engine/core/json_text.h"
#include "engine/core/text_number.h"

namespace balmer::cli {

namespace {

using api::Arrival;
using api::Delivery;
using api::NeighbourState;
using core::ErrorCode;
using nlohmann::json;

constexpr auto signalInterval = std::chrono::milliseconds(50);
/// For programs that answer before they have fetched what they were sent.
constexpr auto fetchLimit = std::chrono::seconds(5);

/// The neighbours and what they do, for one command.
class Neighbourhood {
  public:
    Neighbourhood(Session& session, api::Workbench& bench, api::Neighbours::Options options)
        : session_(session), task_(session.console.task()),
          neighbours_(bench.neighbours(std::move(options), handlers())) {}

    api::Neighbours& operator*() { return *neighbours_; }

    /// Connects and waits for the first look at the hub.
    core::Result<NeighbourState> connect() {
        neighbours_->connect();
        BALMER_CHECK(wait([this] { return neighbours_->state().hub != NeighbourState::Hub::Off; }));
        return neighbours_->state();
    }
    /// The same; no hub is an error.
    core::Result<NeighbourState> join() {
        BALMER_TRY(auto state, connect());
        if (state.hub == NeighbourState::Hub::Connected) return state;
        return core::fail(ErrorCode::NotFound, state.why);
    }

    /// All that became of a sending.
    core::Result<std::vector<Delivery>> deliveries(std::uint64_t ticket) {
        std::vector<Delivery> mine;
        BALMER_CHECK(wait([&] {
            const std::lock_guard lock(mutex_);
            for (; !deliveries_.empty(); deliveries_.pop_front())
                if (deliveries_.front().ticket == ticket) mine.push_back(std::move(deliveries_.front()));
            return !mine.empty() && mine.back().last;
        }));
        return mine;
    }

    /// What came since the last call.
    std::deque<Arrival> arrivals() {
        const std::lock_guard lock(mutex_);
        return std::exchange(arrivals_, {});
    }

    /// Until it holds. Errors: Cancelled (Ctrl+C).
    core::Status wait(const std::function<bool()>& holds) {
        while (!holds()) {
            if (task_.stopRequested()) return core::fail(ErrorCode::Cancelled, "interrupted");
            pause();
        }
        return {};
    }
    /// Until something happens, or a moment.
    void pause() {
        std::unique_lock lock(mutex_);
        happened_.wait_for(lock, signalInterval);
    }

    core::TaskContext& task() { return task_; }

  private:
    api::Neighbours::Handlers handlers() {
        api::Neighbours::Handlers made;
        made.stateChanged = [this](const NeighbourState&) { happened_.notify_all(); };
        made.delivered = [this](const Delivery& delivery) {
            const std::lock_guard lock(mutex_);
            deliveries_.push_back(delivery);
            happened_.notify_all();
        };
        made.arrived = [this](const Arrival& arrival) {
            const std::lock_guard lock(mutex_);
            arrivals_.push_back(arrival);
            happened_.notify_all();
        };
        return made;
    }

    Session& session_;
    core::TaskContext task_;
    std::mutex mutex_; ///< guards the next three
    std::condition_variable happened_;
    std::deque<Delivery> deliveries_;
    std::deque<Arrival> arrivals_;
    std::unique_ptr<api::Neighbours> neighbours_; ///< last: its handlers use the above
};

json describe(const api::Neighbour& neighbour) {
    return {{"id", neighbour.id},
            {"name", neighbour.name},
            {"description", neighbour.description},
            {"spectra", neighbour.spectra},
            {"tables", neighbour.tables},
            {"highlights", neighbour.highlights},
            {"selections", neighbour.selections},
            {"positions", neighbour.positions}};
}

std::string takes(const api::Neighbour& neighbour) {
    std::string words;
    const auto add = [&](bool does, const char* word) {
        if (does) words += (words.empty() ? "" : ", ") + std::string(word);
    };
    add(neighbour.spectra, "spectra");
    add(neighbour.tables, "tables");
    add(neighbour.highlights || neighbour.selections, "rows");
    add(neighbour.positions, "positions");
    return words.empty() ? "nothing of Balmer's" : words;
}

void addClients(CLI::App& parent, Work& chosen) {
    auto& command = *parent.add_subcommand("clients", "who is at the hub, and what they take");
    command.callback([&chosen] {
        chosen = [](Session& session) -> core::Status {
            BALMER_TRY(auto* const bench, session.workbench());
            Neighbourhood neighbourhood(session, *bench, {});
            BALMER_TRY(const auto state, neighbourhood.join());
            json all = json::array();
            std::vector<std::vector<std::string>> lines{{"NAME", "TAKES"}};
            for (const auto& each : state.neighbours) {
                all.push_back(describe(each));
                lines.push_back({each.name, takes(each)});
            }
            session.console.result({{"clients", std::move(all)}});
            session.console.say(inColumns(lines));
            return {};
        };
    });
}

// ---- send

struct Sending {
    std::string spectrum, collection, name, to;
    std::optional<std::string> where; ///< "" is a filter, too: all
    bool point = false;
};

/// The ids of those called so. Errors: NotFound, naming those that there are.
core::Result<std::vector<std::string>> neighboursNamed(const NeighbourState& state, const std::string& name) {
    std::vector<std::string> ids;
    if (name.empty()) return ids;
    std::string there;
    for (const auto& each : state.neighbours) {
        if (core::lowerCase(each.name) == core::lowerCase(name)) ids.push_back(each.id);
        there += (there.empty() ? "" : ", ") + each.name;
    }
    if (!ids.empty()) return ids;
    return core::fail(ErrorCode::NotFound, "no program at the SAMP hub is called \"" + name +
                                               "\"; there are: " + (there.empty() ? "none" : there));
}

std::string_view word(Delivery::Outcome outcome) {
    switch (outcome) {
    case Delivery::Outcome::Arrived:
        return "arrived";
    case Delivery::Outcome::Warned:
        return "warned";
    case Delivery::Outcome::Refused:
        return "refused";
    case Delivery::Outcome::Lost:
        return "lost";
    case Delivery::Outcome::NotSent:
        break;
    }
    return "not-sent";
}

bool taken(const Delivery& delivery) {
    return delivery.outcome == Delivery::Outcome::Arrived || delivery.outcome == Delivery::Outcome::Warned;
}

/// Waits for the answers, and for those who answered and have yet to fetch. What nobody took is an error.
core::Status report(Session& session, Neighbourhood& neighbourhood, std::uint64_t ticket,
                    const std::string& what, json& sent) {
    BALMER_TRY(const auto deliveries, neighbourhood.deliveries(ticket));
    std::size_t takers = 0;
    for (const auto& each : deliveries) {
        takers += taken(each);
        sent.push_back(
            {{"what", what}, {"to", each.to}, {"outcome", word(each.outcome)}, {"text", each.text}});
        if (taken(each)) session.console.say(each.to + " has " + what + ".");
    }
    if (takers == 0) return core::fail(ErrorCode::Remote, deliveries.back().text);
    for (const auto& each : deliveries)
        if (!each.text.empty()) session.console.warn(each.text);
    if (what == "the position") return {};
    const auto until = std::chrono::steady_clock::now() + fetchLimit;
    return neighbourhood.wait([&] {
        return (*neighbourhood).fetched(ticket) >= takers || std::chrono::steady_clock::now() > until;
    });
}

core::Status send(Session& session, const Sending& given) {
    const int ways = !given.spectrum.empty() + given.where.has_value() + !given.collection.empty();
    if (ways != 1)
        return core::fail(ErrorCode::InvalidArgument, "give one of --spectrum, --where and --collection");
    if (given.point && given.spectrum.empty())
        return core::fail(ErrorCode::InvalidArgument, "--point is for one spectrum; give --spectrum");
    BALMER_TRY(auto* const bench, session.workbench());
    if (!given.spectrum.empty()) {
        BALMER_TRY([[maybe_unused]] const auto row, bench->spectra().row(given.spectrum));
    }
    Neighbourhood neighbourhood(session, *bench, {});
    BALMER_TRY(const auto state, neighbourhood.join());
    BALMER_TRY(const auto to, neighboursNamed(state, given.to));
    json sent = json::array();
    if (!given.spectrum.empty()) {
        const auto ticket = (*neighbourhood).sendSpectrum(given.spectrum, to);
        BALMER_CHECK(report(session, neighbourhood, ticket, "the spectrum", sent));
    } else {
        auto table = given.collection.empty() ? api::TableChoice{*given.where, *given.where, {}}
                                              : api::collectionTable(given.collection);
        if (!given.name.empty()) table.name = given.name;
        const auto ticket = (*neighbourhood).sendTable(std::move(table), to);
        BALMER_CHECK(report(session, neighbourhood, ticket, "the table", sent));
    }
    if (given.point) {
        // The spectrum is there, whoever looks at the sky.
        const auto ticket = (*neighbourhood).pointAt(given.spectrum, to);
        if (const auto pointed = report(session, neighbourhood, ticket, "the position", sent); !pointed) {
            if (pointed.error().code() == ErrorCode::Cancelled) return pointed;
            session.console.warn(pointed.error().describe());
        }
    }
    session.console.result({{"sent", std::move(sent)}});
    return {};
}

void addSend(CLI::App& parent, Work& chosen) {
    auto given = std::make_shared<Sending>();
    auto& command = *parent.add_subcommand(
        "send", "a spectrum, or a table of spectra, to the programs at the hub that take such things");
    command.add_option("--spectrum", given->spectrum, "the id of a spectrum");
    command.add_option("--where", given->where,
                       "a table of what meets this filter, e.g. \"snr > 20\"; \"\" is all");
    command.add_option("--collection", given->collection, "a table of this collection");
    command.add_option("--name", given->name, "what the table is called there");
    command.add_option("--to", given->to, "to this program alone, as `balmer vo samp clients` names it");
    command.add_flag("--point", given->point, "also have them look at the spectrum's place in the sky");
    command.callback(
        [&chosen, given] { chosen = [given](Session& session) { return send(session, *given); }; });
}

// ---- listen

/// What came, for programs and for people.
struct Told {
    json object;
    std::string words;
    std::vector<std::string> hints = {}; ///< what can be done with it
};

struct Teller {
    Told operator()(const api::ReceivedSpectrum& came) const {
        return {{{"kind", "spectrum"},
                 {"file", came.file.string()},
                 {"name", came.name},
                 {"job", came.import > 0 ? json(came.import) : json(nullptr)}},
                "the spectrum " + came.name + ", kept as " + came.file.string()};
    }
    Told operator()(const api::ReceivedTable& came) const {
        Told told{{{"kind", "table"},
                   {"file", came.file.string()},
                   {"name", came.name},
                   {"rows", came.rows},
                   {"columns", came.columns},
                   {"id_column", came.idColumn},
                   {"matched", came.matched},
                   {"listed", came.listed},
                   {"shared", came.shared},
                   {"access_column", came.accessColumn}},
                  "the table " + came.name + " of " + core::countText(came.rows, "row") + ", kept as " +
                      came.file.string()};
        if (!came.accessColumn.empty())
            told.hints.push_back("it lists spectra: `balmer vo votable \"" + came.file.string() +
                                 "\"` fetches them");
        if (!came.idColumn.empty())
            told.hints.push_back("it names spectra of the project: `balmer table import \"" +
                                 came.file.string() + "\"` takes columns or labels");
        return told;
    }
    Told operator()(const api::ReceivedHighlight& came) const {
        return {{{"kind", "highlight"}, {"id", came.id}}, "its cursor is on " + came.id};
    }
    Told operator()(const api::ReceivedSelection& came) const {
        std::string words = "it has selected " + core::countText(came.ids.size(), "spectrum", "spectra");
        for (std::size_t i = 0; i < came.ids.size() && i < 10; ++i)
            words += (i == 0 ? ": " : ", ") + came.ids[i];
        if (came.ids.size() > 10) words += " …";
        return {{{"kind", "selection"}, {"ids", came.ids}, {"outside", came.outside}}, std::move(words)};
    }
    Told operator()(const api::ReceivedPosition& came) const {
        return {{{"kind", "position"},
                 {"ra", came.position.raDegrees},
                 {"dec", came.position.decDegrees},
                 {"id", came.id},
                 {"separation_arcsec", came.id.empty() ? json(nullptr) : json(came.separationArcsec)}},
                "it points at " + formatPosition(came.position) +
                    (came.id.empty()
                         ? std::string(", where the project has no spectrum")
                         : ": " + came.id + ", " + core::formatFixed(came.separationArcsec, 1) + "″ away")};
    }
    Told operator()(const api::ReceivedRequest& came) const {
        return {{{"kind", "request"}, {"name", came.name}},
                std::string("it wants to send ") + (came.table ? "the table " : "the spectrum ") + came.name};
    }
    Told operator()(const api::ReceiveFailure& came) const {
        return {{{"kind", "nothing"}, {"text", came.text}}, "what it sent was not taken: " + came.text};
    }
};

/// What came last, for the result: all of it has been told when it came.
struct Newest {
    static constexpr std::size_t most = 1000, mostIds = 1000000;
    std::deque<json> objects;
    std::size_t ids = 0, leftOut = 0;

    static std::size_t idsOf(const json& object) { return object.contains("ids") ? object["ids"].size() : 0; }
    void add(json object) {
        ids += idsOf(object);
        objects.push_back(std::move(object));
        while (objects.size() > most || (ids > mostIds && objects.size() > 1)) {
            ids -= idsOf(objects.front());
            objects.pop_front();
            ++leftOut;
        }
    }
};

struct Listening {
    double seconds = 0;
    bool import = false;
    std::vector<std::string> allow;
};

core::Status listen(Session& session, const Listening& given) {
    BALMER_TRY(auto* const bench, session.workbench());
    api::Neighbours::Options options;
    options.import = given.import;
    options.allow = given.allow;
    Neighbourhood neighbourhood(session, *bench, options);
    const auto begun = std::chrono::steady_clock::now();
    const auto over = [&] {
        return neighbourhood.task().stopRequested() ||
               (given.seconds > 0 &&
                std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count() >
                    given.seconds);
    };
    BALMER_TRY(auto state, neighbourhood.connect());
    const auto sayState = [&] {
        const bool connected = state.hub == NeighbourState::Hub::Connected;
        session.console.event({{"hub", connected ? "connected" : "absent"}, {"why", state.why}});
        if (connected)
            session.console.say("Listening; Ctrl+C ends it.");
        else
            session.console.warn(state.why + "; still looking");
    };
    sayState();
    Newest came;
    std::deque<jobs::JobId> imports; // that may still be under way
    const auto takeIn = [&] {
        for (const auto& arrival : neighbourhood.arrivals()) {
            auto told = std::visit(Teller(), arrival.what);
            told.object["from"] = arrival.from;
            session.console.event({{"arrived", told.object}});
            session.console.say(arrival.from + ": " + told.words);
            for (const auto& hint : told.hints)
                session.console.say("  " + hint);
            came.add(std::move(told.object));
            if (const auto* spectrum = std::get_if<api::ReceivedSpectrum>(&arrival.what);
                spectrum != nullptr && spectrum->import > 0)
                imports.push_back(spectrum->import);
            if (imports.size() > Newest::most) imports.pop_front();
        }
    };
    while (!over()) {
        takeIn();
        if (auto now = (*neighbourhood).state(); now.hub != state.hub) {
            state = std::move(now);
            sayState();
        }
        neighbourhood.pause();
    }
    (*neighbourhood).disconnect();
    takeIn();
    json imported = json::array();
    for (const auto id : imports) {
        core::TaskContext waiting; // what came is taken in, also after Ctrl+C; a second one ends at once
        BALMER_TRY(const auto job, bench->jobs().follow(id, waiting));
        auto result = core::parseJson<json>(job.result).value_or(json());
        imported.push_back({{"job", id},
                            {"phase", jobs::toString(job.phase)},
                            {"result", result.is_object() ? std::move(result) : json(nullptr)}});
        if (job.error) session.console.warn("job " + std::to_string(id) + ": " + job.error->describe());
    }
    session.console.result(
        {{"came", came.objects}, {"left_out", came.leftOut}, {"imported", std::move(imported)}});
    return {};
}

void addListen(CLI::App& parent, Work& chosen) {
    auto given = std::make_shared<Listening>();
    auto& command = *parent.add_subcommand(
        "listen", "take what the programs at the hub send: spectra, tables, rows, positions");
    command.add_option("--for", given->seconds, "so many seconds (default: until Ctrl+C)")
        ->check(CLI::Range(0.0, 1e9));
    command.add_option(
        "--allow", given->allow,
        "take what this program sends, this time; may be repeated (default: what `balmer vo samp "
        "allow` lists; rows and positions are told of all)");
    command.add_flag("--import", given->import, "read the spectra that come into the catalogue");
    command.callback(
        [&chosen, given] { chosen = [given](Session& session) { return listen(session, *given); }; });
}

// ---- allow

struct Allowing {
    std::string name;
    bool never = false, ask = false;
    std::uint64_t gibibyte = 0;
};

core::Status allow(const Session& session, const Allowing& given) {
    const api::NeighbourTrustFile file;
    if (given.name.empty() && (given.never || given.ask))
        return core::fail(ErrorCode::InvalidArgument, "--never and --ask are about a program; give its name");
    if (!given.name.empty())
        BALMER_CHECK(file.set(given.name, given.never ? api::Trust::Never
                                          : given.ask ? api::Trust::Ask
                                                      : api::Trust::Always));
    if (given.gibibyte > 0) BALMER_CHECK(file.setReceived(given.gibibyte));
    BALMER_TRY(const auto trust, file.read());
    json programs = json::object();
    std::vector<std::vector<std::string>> lines{{"PROGRAM", "MAY SEND SPECTRA AND TABLES"}};
    for (const auto& [name, each] : trust.programs) {
        programs[name] = each == api::Trust::Always ? "always" : "never";
        lines.push_back({name, each == api::Trust::Always ? "always" : "never"});
    }
    session.console.result(
        {{"programs", std::move(programs)}, {"received_gibibyte", trust.receivedGibibyte}});
    if (trust.programs.empty())
        session.console.say("No program is remembered; each is asked about.");
    else
        session.console.say(inColumns(lines));
    session.console.say("What came into a project may have " + std::to_string(trust.receivedGibibyte) +
                        " GiB together.");
    return {};
}

void addAllow(CLI::App& parent, Work& chosen) {
    auto given = std::make_shared<Allowing>();
    auto& command = *parent.add_subcommand(
        "allow", "which programs may send spectra and tables; without a name: those that are remembered");
    command.add_option("name", given->name, "the program, as `balmer vo samp clients` names it");
    auto* never = command.add_flag("--never", given->never, "take nothing from it");
    command.add_flag("--ask", given->ask, "forget what was said of it")->excludes(never);
    command
        .add_option("--received-limit", given->gibibyte,
                    "GiB that all that came into one project may have together (at first: 20)")
        ->check(CLI::Range(std::uint64_t{1}, std::uint64_t{1} << 20));
    command.callback(
        [&chosen, given] { chosen = [given](Session& session) { return allow(session, *given); }; });
}

} // namespace

void addSampCommands(CLI::App& vo, Work& chosen) {
    auto& command = *vo.add_subcommand(
        "samp", "the programs beside Balmer (TOPCAT, Aladin, SPLAT): clients, send, listen, allow");
    command.require_subcommand(1);
    addClients(command, chosen);
    addSend(command, chosen);
    addListen(command, chosen);
    addAllow(command, chosen);
}

} // namespace balmer::cli

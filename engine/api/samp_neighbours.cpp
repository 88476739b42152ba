#include "engine/api/samp_neighbours.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/api/exchanged_tables.h"
#include "engine/api/incoming_files.h"
#include "engine/api/lane.h"
#include "engine/api/outgoing_files.h"
#include "engine/api/received_table.h"
#include "engine/core/log.h"
#include "engine/core/text_number.h"
#include "engine/http/loopback_server.h"
#include "engine/io/spectrum_reader.h"
#include "engine/vo/samp/mtypes.h"
#include "engine/vo/samp/samp_link.h"

namespace balmer::api {

namespace {

using core::ErrorCode;
using vo::SampAnswer;
using vo::SampResponse;
using vo::SampSending;

/// Things that come wait for the one that is fetched.
constexpr std::size_t mostWaiting = 64;
constexpr std::uint64_t largestSpectrum = std::uint64_t{1} << 28;
constexpr std::uint64_t largestTable = std::uint64_t{1} << 32;
/// Between two steps of the cursor that are sent.
constexpr auto stepPause = std::chrono::milliseconds(100);
constexpr auto stepLimit = std::chrono::seconds(10);
/// What a receiver may take to load a spectrum, and a large table.
constexpr auto spectrumLimit = std::chrono::minutes(1);
constexpr auto tableLimit = std::chrono::minutes(5);
constexpr char cursor = 'c', selection = 's';

Neighbour neighbourFrom(const vo::SampClient& client) {
    Neighbour neighbour;
    neighbour.id = client.id;
    neighbour.name = client.name();
    neighbour.description = vo::textOr(client.metadata, "samp.description.text");
    neighbour.spectra = client.listensTo(vo::mtype::spectrumLoad);
    neighbour.tables = client.listensTo(vo::mtype::tableLoadVotable);
    neighbour.highlights = client.listensTo(vo::mtype::tableHighlightRow);
    neighbour.selections = client.listensTo(vo::mtype::tableSelectRows);
    neighbour.positions = client.listensTo(vo::mtype::pointAtSky);
    return neighbour;
}

NeighbourState stateFrom(const vo::SampState& samp) {
    NeighbourState state;
    using Hub = vo::SampState::Hub;
    state.hub = samp.hub == Hub::Connected ? NeighbourState::Hub::Connected
                : samp.hub == Hub::Absent  ? NeighbourState::Hub::Absent
                                           : NeighbourState::Hub::Off;
    state.why = samp.why;
    for (const auto& client : samp.clients)
        state.neighbours.push_back(neighbourFrom(client));
    return state;
}

/// Whether a receiver's refusal may mean that it does not have the table (any more).
bool lacksTable(const SampResponse& response) {
    const auto said =
        core::lowerCase(response.errorText + " " + response.userText + " " + response.debugText);
    return response.status == vo::SampStatus::Error && said.find("table") != std::string::npos;
}

vo::SampMessage aboutRows(char what, const ExchangedTable& table, std::vector<std::int64_t> rows) {
    if (what == cursor) return encodeRequest(vo::HighlightRow{table.id, table.url, rows.front()});
    return encodeRequest(vo::SelectRows{table.id, table.url, std::move(rows)});
}

/// "a.b/c" as the end of an address.
std::string endOfUrl(const std::string& name, const std::string& ending) {
    auto end = name;
    std::replace(end.begin(), end.end(), '/', '_');
    return end + ending;
}

} // namespace

TableChoice collectionTable(const std::string& collection) {
    TableChoice choice;
    choice.name = collection;
    choice.where = "collection = '";
    for (const char c : collection)
        choice.where += c == '\'' ? "''" : std::string(1, c);
    choice.where += '\'';
    return choice;
}

struct SampNeighbours::State {
    State(Workbench& bench, Options given, Handlers to)
        : workbench(bench), options(std::move(given)), handlers(std::move(to)), series(http::randomToken()),
          outgoing("balmer-outgoing"), incoming("balmer-incoming"), link(linkOptions(), linkHandlers()),
          watching(workbench.subscribe([this](const Event& event) {
              if (event.kind == Event::Kind::Catalogue) ++catalogue;
          })) {}
    ~State() {
        // They use the link, and it may still call while it ends.
        outgoing.end();
        incoming.end();
    }

    vo::SampLink::Options linkOptions() const {
        vo::SampLink::Options made;
        made.metadata = {{"samp.name", options.name},
                         {"samp.description.text", "Workbench for spectra: from an archive to a catalogue"}};
        for (const auto mtype : vo::requestMTypes())
            made.subscriptions.emplace_back(mtype);
        made.hub = options.hub;
        made.look = options.look;
        made.echo = options.echo;
        return made;
    }
    vo::SampLink::Handlers linkHandlers() {
        vo::SampLink::Handlers made;
        made.stateChanged = [this](const vo::SampState& state) { onState(state); };
        made.received = [this](const vo::SampReceived& message) { onReceived(message); };
        made.tooLong = [this](const std::string& why) { report({"the SAMP hub", ReceiveFailure{why}}); };
        made.answered = [this](const SampAnswer& answer) { onAnswer(answer); };
        return made;
    }

    // ---- What is told

    void report(const Delivery& delivery) {
        const std::lock_guard lock(reporting);
        if (handlers.delivered && delivery.ticket != 0) handlers.delivered(delivery);
    }
    void report(Arrival arrival) {
        const std::lock_guard lock(reporting);
        if (handlers.arrived) handlers.arrived(arrival);
    }

    void onState(const vo::SampState& samp) {
        std::set<std::string> present;
        for (const auto& each : samp.clients)
            present.insert(each.id);
        tables.keepOnly(present);
        const std::lock_guard lock(reporting);
        if (handlers.stateChanged) handlers.stateChanged(stateFrom(samp));
    }

    // ---- Sending

    /// What a message under way is, and what follows from its answers.
    struct Flight {
        std::uint64_t ticket = 0; ///< 0: not told
        std::string table;        ///< what it is about; "" for none
        bool loads = false;       ///< whoever takes it has the table
        char what = 0;            ///< cursor or selection
        std::vector<std::int64_t> rows;
        bool again = false; ///< the table was sent for the second time
    };

    struct Launch {
        Flight flight;
        SampSending sending;
    };

    /// All at once, so that none has its last answer before the others count.
    void launch(std::uint64_t ticket, std::vector<Launch> launches) {
        const std::lock_guard lock(mutex);
        if (ticket != 0) open[ticket] += launches.size();
        for (auto& [flight, sending] : launches) {
            flight.ticket = ticket;
            if (sending.offer && ticket != 0)
                sending.offer->fetched = [this, ticket] {
                    const std::lock_guard inner(fetchedMutex);
                    ++fetched[ticket];
                };
            flights.emplace(link.send(std::move(sending)), std::move(flight));
        }
    }
    /// A part of the sending has ended; whether it was the last.
    bool closes(std::uint64_t ticket) {
        const std::lock_guard lock(mutex);
        const auto found = open.find(ticket);
        if (found == open.end() || --found->second > 0) return false;
        open.erase(found);
        return true;
    }

    /// Prepares on the thread for it. The error of prepare is why there is nothing to send.
    std::uint64_t prepared(std::function<core::Result<std::vector<Launch>>(core::TaskContext&)> prepare) {
        std::uint64_t ticket = 0;
        {
            const std::lock_guard lock(mutex);
            ticket = ++lastTicket;
        }
        const auto notSent = [this, ticket](std::string because) {
            report({ticket, Delivery::Outcome::NotSent, {}, std::move(because), true});
        };
        outgoing.post(
            [this, ticket, notSent, prepare = std::move(prepare)](core::TaskContext& task) {
                const auto state = link.state();
                if (state.hub != vo::SampState::Hub::Connected)
                    return notSent(state.why.empty() ? "no SAMP hub is connected" : state.why);
                auto launches = prepare(task);
                if (!launches) return notSent(launches.error().describe());
                launch(ticket, std::move(*launches));
            },
            [notSent](const core::Error& error) { notSent(error.describe()); });
        return ticket;
    }

    core::Result<std::vector<Launch>> sendSpectrum(const std::string& id, std::vector<std::string> to) {
        BALMER_TRY(const auto file, folder.newFile(".fits"));
        BALMER_TRY(const auto description, writeSpectrumFile(workbench, id, file));
        SampSending sending;
        sending.message =
            encodeRequest(vo::LoadSpectrum{"", id, description.targetName, spectrumMeta(description)});
        sending.to = std::move(to);
        sending.limit = spectrumLimit;
        sending.offer = vo::SampOffer{file, description.format, endOfUrl(id, ".fits")};
        sending.offer->removeAfterwards = true;
        return std::vector{Launch{{}, std::move(sending)}};
    }

    SampSending tableSending(const ExchangedTable& table, std::vector<std::string> to) {
        SampSending sending;
        vo::LoadTable load;
        load.tableId = table.id;
        load.name = table.name;
        sending.message = encodeRequest(load);
        sending.to = std::move(to);
        sending.limit = tableLimit;
        sending.offer = vo::SampOffer{table.file, "application/x-votable+xml", endOfUrl(table.name, ".vot")};
        return sending;
    }

    core::Result<std::vector<Launch>> sendTable(const TableChoice& choice, std::vector<std::string> to,
                                                core::TaskContext& task) {
        BALMER_TRY(const auto rows, rowsOf(workbench, choice));
        ExchangedTable table;
        table.name = choice.name.empty() ? "spectra" : choice.name;
        BALMER_TRY(table.file, folder.newFile(".vot"));
        BALMER_CHECK(writeTableFile(workbench, rows, table.name, table.file, task));
        std::vector<std::string> ids;
        for (const auto& row : rows)
            ids.push_back(row.id);
        table.rows = std::make_shared<const std::vector<std::string>>(std::move(ids));
        table.id = "balmer-" + series + "-" + std::to_string(++tablesMade);
        tables.add(table);
        Flight flight;
        flight.table = table.id;
        flight.loads = true;
        return std::vector{Launch{std::move(flight), tableSending(table, std::move(to))}};
    }

    core::Result<std::vector<Launch>> pointAt(const std::string& id, std::vector<std::string> to) {
        BALMER_TRY(const auto row, workbench.spectra().row(id));
        if (!row.position) return core::fail(ErrorCode::NotFound, id + " has no position to point at");
        SampSending sending;
        sending.message = encodeRequest(vo::PointAtSky{row.position->raDegrees, row.position->decDegrees});
        sending.to = std::move(to);
        return std::vector{Launch{{}, std::move(sending)}};
    }

    /// One message for each table that somebody has.
    std::vector<Launch> aboutSpectra(char what, const std::set<std::string>& ids) {
        markListed();
        std::set<std::string> listeners;
        for (const auto& listener :
             link.listeners(what == cursor ? vo::mtype::tableHighlightRow : vo::mtype::tableSelectRows))
            listeners.insert(listener.id);
        std::vector<Launch> launches;
        for (auto& shared : tables.rowsOf(ids)) {
            std::erase_if(shared.holders, [&](const auto& holder) { return !listeners.contains(holder); });
            if (shared.holders.empty()) continue;
            if (what == cursor) shared.rows.resize(1);
            Launch made;
            made.sending.message = aboutRows(what, shared.table, shared.rows);
            made.sending.to = shared.holders;
            made.sending.limit = stepLimit;
            made.sending.unlessEcho = true;
            made.flight.table = shared.table.id;
            made.flight.what = what;
            made.flight.rows = shared.rows;
            launches.push_back(std::move(made));
        }
        return launches;
    }

    core::Result<std::vector<Launch>> select(const std::vector<std::string>& ids) {
        auto launches = aboutSpectra(selection, {ids.begin(), ids.end()});
        if (!launches.empty()) return launches;
        return core::fail(ErrorCode::NotFound,
                          "no neighbour has a table with these spectra; send one of them a table first");
    }

    void highlight(const std::string& id) {
        {
            const std::lock_guard lock(mutex);
            const bool waits = wanted.has_value();
            wanted = id;
            if (waits) return;
        }
        outgoing.post([this](core::TaskContext& task) {
            std::string step;
            {
                const std::lock_guard lock(mutex);
                step = std::move(*wanted);
                wanted.reset();
            }
            auto launches = aboutSpectra(cursor, {step});
            if (launches.empty()) return;
            launch(0, std::move(launches));
            std::unique_lock lock(mutex);
            pause.wait_for(lock, task.stopToken(), stepPause, [] { return false; });
        });
    }

    // ---- What became of it

    void onAnswer(const SampAnswer& answer) {
        Flight flight;
        {
            const std::lock_guard lock(mutex);
            const auto found = flights.find(answer.ticket);
            if (found == flights.end()) return;
            flight = found->second;
            if (answer.last) flights.erase(found);
        }
        Delivery delivery;
        delivery.ticket = flight.ticket;
        delivery.to = answer.clientName;
        delivery.text = answer.text;
        using From = SampAnswer::Outcome;
        using Outcome = Delivery::Outcome;
        switch (answer.outcome) {
        case From::Notified:
        case From::Echo:
            delivery.outcome = Outcome::Arrived;
            break;
        case From::Responded:
            delivery.outcome = answer.response.status == vo::SampStatus::Ok        ? Outcome::Arrived
                               : answer.response.status == vo::SampStatus::Warning ? Outcome::Warned
                                                                                   : Outcome::Refused;
            break;
        case From::Lost:
            delivery.outcome = Outcome::Lost;
            break;
        case From::NotSent:
            delivery.outcome = Outcome::NotSent;
            break;
        }
        const bool taken = delivery.outcome == Outcome::Arrived || delivery.outcome == Outcome::Warned;
        bool goesOn = false;
        if (flight.loads && taken) {
            tables.addHolder(flight.table, answer.clientId);
            if (flight.again) goesOn = repeat(flight, answer.clientId);
        } else if (flight.what != 0 && answer.outcome == From::Responded && lacksTable(answer.response)) {
            tables.removeHolder(flight.table, answer.clientId);
            if (!flight.again) goesOn = resendTable(flight, answer.clientId);
        }
        if (answer.last) delivery.last = closes(flight.ticket);
        if (!goesOn) report(delivery);
    }

    /// To one that has lost the table.
    bool resendTable(const Flight& about, const std::string& to) {
        if (!tables.mayResend(about.table, to)) return false;
        const auto table = tables.find(about.table, {});
        if (!table) return false;
        Flight flight = about;
        flight.loads = true;
        flight.again = true;
        launch(about.ticket, {{std::move(flight), tableSending(*table, {to})}});
        return true;
    }

    /// What was to be said when the table was found missing.
    bool repeat(const Flight& about, const std::string& to) {
        const auto table = tables.find(about.table, {});
        if (!table) return false;
        Launch made{about, {}};
        made.flight.loads = false;
        made.sending.message = aboutRows(about.what, *table, about.rows);
        made.sending.to = {to};
        made.sending.limit = stepLimit;
        launch(about.ticket, {std::move(made)});
        return true;
    }

    // ---- What comes

    void onReceived(const vo::SampReceived& message) {
        const auto request = decodeRequest(message.message);
        if (!request) return refuse(message, request.error());
        std::visit([&](const auto& typed) { handle(message, typed); }, *request);
    }

    void reply(const vo::SampReceived& message, SampResponse response) {
        if (!message.messageId.empty()) link.reply(message.messageId, std::move(response));
    }
    void refuse(const vo::SampReceived& message, const core::Error& error) {
        reply(message, SampResponse::error(error.describe()));
        report({message.senderName, ReceiveFailure{error.describe()}});
    }

    template <typename Request>
    void fetchLater(const vo::SampReceived& message, const Request& request) {
        if (incoming.load() >= mostWaiting)
            return refuse(
                message, {ErrorCode::ResourceExhausted, "too many things came at once; send it again later"});
        const std::lock_guard lock(mutex);
        if (!accepts) return; // disconnect() has dropped what was there
        incoming.post(
            [this, message, request](core::TaskContext& task) {
                const auto taken = fetch(message, request, task);
                if (!taken && !task.stopRequested()) refuse(message, taken.error());
            },
            [this, message](const core::Error& error) { refuse(message, error); });
    }
    /// Ends what comes in.
    void stopReceiving() {
        {
            const std::lock_guard lock(mutex);
            accepts = false;
        }
        incoming.drop();
    }
    void startReceiving() {
        const std::lock_guard lock(mutex);
        accepts = true;
    }
    void handle(const vo::SampReceived& message, const vo::LoadSpectrum& request) {
        fetchLater(message, request);
    }
    void handle(const vo::SampReceived& message, const vo::LoadTable& request) {
        fetchLater(message, request);
    }

    static core::Status discard(const std::filesystem::path& file, const core::Error& why) {
        std::error_code error;
        std::filesystem::remove(file, error);
        return core::fail(why);
    }

    core::Status fetch(const vo::SampReceived& message, const vo::LoadSpectrum& request,
                       core::TaskContext& task) {
        BALMER_TRY(auto file, fetchFile(net, request.url, workbench.folder(),
                                        nameFor(request, message.senderName), largestSpectrum, task));
        io::ReadOptions read;
        read.header = false;
        if (const auto spectra = io::readSpectra(file, read); !spectra) return discard(file, spectra.error());
        if (const auto goesOn = task.checkpoint(1, "taking the spectrum"); !goesOn)
            return discard(file, goesOn.error());
        BALMER_TRY(file, keepOneCopy(file));
        ReceivedSpectrum received{file, request.name, 0};
        if (options.import) {
            jobs::JobSpec spec;
            spec.kind = "import";
            spec.label = "from " + message.senderName;
            spec.parameters = nlohmann::json{{"paths", {file.string()}},
                                             {"origins", originsOf(request)},
                                             {"source", message.senderName}}
                                  .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
            BALMER_TRY(received.import, workbench.jobs().submit(std::move(spec)));
        }
        reply(message, SampResponse::ok());
        report({message.senderName, std::move(received)});
        return {};
    }

    core::Status fetch(const vo::SampReceived& message, const vo::LoadTable& request,
                       core::TaskContext& task) {
        BALMER_TRY(const auto file, fetchFile(net, request.url, workbench.folder(),
                                              nameFor(request, message.senderName), largestTable, task));
        auto read = readReceivedTable(workbench, file, request.name, task);
        if (!read) return discard(file, read.error());
        // A program that broadcasts a table broadcasts it again.
        BALMER_TRY(read->table.file, keepOneCopy(file));
        if (read->table.shared) {
            ExchangedTable table;
            table.id = request.tableId;
            table.url = request.url;
            table.name = request.name;
            table.rows = read->list ? rowsFrom(*read->list) : read->rows;
            table.list = std::move(read->list);
            tables.add(table);
            tables.addHolder(table.id, message.senderId);
        }
        reply(message, SampResponse::ok());
        report({message.senderName, std::move(read->table)});
        return {};
    }

    static RowIds rowsFrom(const MarkedList& list) {
        std::vector<std::string> rows;
        for (std::size_t i = 0; i < list.inProject.size(); ++i) {
            // The list leaves out rows that are empty.
            rows.resize(std::max(rows.size(), list.list.rows[i].row + 1));
            rows[list.list.rows[i].row] = list.inProject[i];
        }
        return std::make_shared<const std::vector<std::string>>(std::move(rows));
    }

    /// What the project has by now of the tables that say where spectra are.
    void markListed() {
        const std::lock_guard lock(marking);
        if (const auto now = catalogue.load(); std::exchange(marked, now) == now) return;
        for (auto& table : tables.listed()) {
            if (!workbench.observatory().mark(*table.list)) continue;
            table.rows = rowsFrom(*table.list);
            tables.setRows(table);
        }
    }

    core::Result<ExchangedTable> tableOf(const std::string& id, const std::string& url) {
        markListed();
        if (auto table = tables.find(id, url)) return std::move(*table);
        return core::fail(ErrorCode::NotFound, "no table with " +
                                                   (id.empty() ? "url=" + url : "table-id=" + id) +
                                                   " has rows that are spectra here");
    }

    void handle(const vo::SampReceived& message, const vo::HighlightRow& request) {
        // Said of tables of every program to everybody: not told where it is none of ours.
        const auto table = tableOf(request.tableId, request.url);
        if (!table) return reply(message, SampResponse::error(table.error().message()));
        const auto row = static_cast<std::size_t>(request.row);
        if (row >= table->rows->size())
            return reply(message, SampResponse::error("the table has no row " + std::to_string(row)));
        tables.addHolder(table->id, message.senderId);
        const auto& id = (*table->rows)[row];
        if (id.empty() || !workbench.spectra().row(id))
            return reply(message, SampResponse::warning("row " + std::to_string(row) +
                                                        " is no spectrum of the open project"));
        reply(message, SampResponse::ok());
        report({message.senderName, ReceivedHighlight{id}});
    }

    void handle(const vo::SampReceived& message, const vo::SelectRows& request) {
        const auto table = tableOf(request.tableId, request.url);
        if (!table) return reply(message, SampResponse::error(table.error().message()));
        tables.addHolder(table->id, message.senderId);
        ReceivedSelection received;
        std::set<std::string> seen;
        for (const auto row : request.rows) {
            const auto inside = static_cast<std::size_t>(row) < table->rows->size();
            const auto& id = inside ? (*table->rows)[static_cast<std::size_t>(row)] : std::string();
            if (id.empty())
                ++received.outside;
            else if (seen.insert(id).second)
                received.ids.push_back(id);
        }
        const auto known = knownIds(workbench, received.ids);
        if (!known) return refuse(message, known.error());
        received.outside += std::erase_if(received.ids, [&](const auto& id) { return !known->contains(id); });
        reply(message, SampResponse::ok());
        report({message.senderName, std::move(received)});
    }

    void handle(const vo::SampReceived& message, const vo::PointAtSky& request) {
        ReceivedPosition received;
        received.position = {request.raDeg >= 360 ? request.raDeg - 360 : request.raDeg, request.decDeg};
        const auto near = workbench.spectra().list("cone(" + core::formatDouble(received.position.raDegrees) +
                                                   ", " + core::formatDouble(received.position.decDegrees) +
                                                   ", " + core::formatDouble(options.radiusArcsec) + ")");
        if (!near) return refuse(message, near.error());
        for (const auto& row : *near) {
            if (!row.position) continue;
            const auto away = separationArcsec(*row.position, received.position);
            if (!received.id.empty() && away >= received.separationArcsec) continue;
            received.id = row.id;
            received.separationArcsec = away;
        }
        reply(message, received.id.empty()
                           ? SampResponse::warning("no spectrum of the open project within " +
                                                   core::formatDouble(options.radiusArcsec) + " arcsec")
                           : SampResponse::ok());
        report({message.senderName, std::move(received)});
    }

    Workbench& workbench;
    const Options options;
    const Handlers handlers;
    const std::string series; ///< in the names of this run's tables
    std::mutex reporting;     ///< one handler at a time

    std::mutex mutex; ///< guards the next
    std::condition_variable_any pause;
    std::uint64_t lastTicket = 0;
    std::map<std::uint64_t, std::size_t> open; ///< parts under way, by ticket
    std::map<std::uint64_t, Flight> flights;   ///< by the link's ticket
    bool accepts = false;                      ///< what is to be fetched
    std::optional<std::string> wanted;         ///< where the cursor is, if it waits to be sent

    mutable std::mutex fetchedMutex; ///< guards the next
    std::map<std::uint64_t, std::size_t> fetched;

    std::atomic<std::uint64_t> catalogue = 0; ///< counts its changes
    std::mutex marking;                       ///< guards the next, and the lists of tables
    std::uint64_t marked = 0;                 ///< the change that was looked at last

    ExchangedTables tables;
    http::Client net;
    OutgoingFolder folder;      ///< of `outgoing`
    std::size_t tablesMade = 0; ///< of `outgoing`

    Lane outgoing, incoming;
    vo::SampLink link; ///< its handlers use everything above
    std::unique_ptr<Subscription> watching;
};

SampNeighbours::SampNeighbours(Workbench& workbench, Options options, Handlers handlers)
    : state_(std::make_unique<State>(workbench, std::move(options), std::move(handlers))) {}
SampNeighbours::~SampNeighbours() = default;

void SampNeighbours::connect() {
    state_->startReceiving();
    state_->link.connect();
}

void SampNeighbours::disconnect() {
    state_->link.disconnect();
    state_->stopReceiving();
}

NeighbourState SampNeighbours::state() const {
    return stateFrom(state_->link.state());
}

std::uint64_t SampNeighbours::sendSpectrum(const std::string& id, std::vector<std::string> to) {
    return state_->prepared(
        [state = state_.get(), id, to = std::move(to)](auto&) { return state->sendSpectrum(id, to); });
}

std::uint64_t SampNeighbours::sendTable(TableChoice table, std::vector<std::string> to) {
    return state_->prepared([state = state_.get(), table = std::move(table), to = std::move(to)](auto& task) {
        return state->sendTable(table, to, task);
    });
}

std::uint64_t SampNeighbours::pointAt(const std::string& id, std::vector<std::string> to) {
    return state_->prepared(
        [state = state_.get(), id, to = std::move(to)](auto&) { return state->pointAt(id, to); });
}

std::uint64_t SampNeighbours::select(std::vector<std::string> ids) {
    return state_->prepared(
        [state = state_.get(), ids = std::move(ids)](auto&) { return state->select(ids); });
}

std::size_t SampNeighbours::fetched(std::uint64_t ticket) const {
    const std::lock_guard lock(state_->fetchedMutex);
    const auto found = state_->fetched.find(ticket);
    return found == state_->fetched.end() ? 0 : found->second;
}

void SampNeighbours::highlight(const std::string& id) {
    state_->highlight(id);
}

} // namespace balmer::api

#include "engine/api/samp_neighbours.h"

#include <utility>

#include "engine/api/samp_exchange.h"
#include "engine/http/loopback_server.h"

namespace balmer::api {

namespace {

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

SampExchange::SampExchange(Workbench& bench, Neighbours::Options given, Neighbours::Handlers to)
    : workbench(bench), options(std::move(given)), handlers(std::move(to)), trust(options.trustFile),
      series(http::randomToken()), outgoing("balmer-outgoing"), incoming("balmer-incoming"),
      link(linkOptions(), linkHandlers()), watching(workbench.subscribe([this](const Event& event) {
          if (event.kind == Event::Kind::Catalogue) ++catalogue;
      })) {}

SampExchange::~SampExchange() {
    // They use the link, and it may still call while it ends.
    outgoing.end();
    incoming.end();
}

vo::SampLink::Options SampExchange::linkOptions() const {
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

vo::SampLink::Handlers SampExchange::linkHandlers() {
    vo::SampLink::Handlers made;
    made.stateChanged = [this](const vo::SampState& state) { onState(state); };
    made.received = [this](const vo::SampReceived& message) { onReceived(message); };
    made.tooLong = [this](const std::string& why) { report({"the SAMP hub", ReceiveFailure{why}}); };
    made.answered = [this](const vo::SampAnswer& answer) { onAnswer(answer); };
    return made;
}

void SampExchange::report(const Delivery& delivery) {
    const std::lock_guard lock(reporting);
    if (handlers.delivered && delivery.ticket != 0) handlers.delivered(delivery);
}

void SampExchange::report(Arrival arrival) {
    const std::lock_guard lock(reporting);
    if (handlers.arrived) handlers.arrived(arrival);
}

void SampExchange::onState(const vo::SampState& samp) {
    std::set<std::string> present;
    for (const auto& each : samp.clients)
        present.insert(each.id);
    tables.keepOnly(present);
    const std::lock_guard lock(reporting);
    if (handlers.stateChanged) handlers.stateChanged(stateFrom(samp));
}

SampNeighbours::SampNeighbours(Workbench& workbench, Options options, Handlers handlers)
    : exchange_(std::make_unique<SampExchange>(workbench, std::move(options), std::move(handlers))) {}
SampNeighbours::~SampNeighbours() = default;

void SampNeighbours::connect() {
    exchange_->startReceiving();
    exchange_->link.connect();
}

void SampNeighbours::disconnect() {
    exchange_->link.disconnect();
    exchange_->stopReceiving();
}

core::Status SampNeighbours::decide(std::uint64_t request, Decision decision) {
    return exchange_->decide(request, decision);
}

core::Result<NeighbourTrust> SampNeighbours::trust() const {
    return exchange_->trust.read();
}

core::Status SampNeighbours::setTrust(const std::string& name, Trust trust) {
    return exchange_->trust.set(name, trust);
}

NeighbourState SampNeighbours::state() const {
    return stateFrom(exchange_->link.state());
}

std::uint64_t SampNeighbours::sendSpectrum(const std::string& id, std::vector<std::string> to) {
    return exchange_->prepareAndSend([exchange = exchange_.get(), id, to = std::move(to)](auto&) {
        return exchange->sendSpectrum(id, to);
    });
}

std::uint64_t SampNeighbours::sendTable(TableChoice table, std::vector<std::string> to) {
    return exchange_->prepareAndSend(
        [exchange = exchange_.get(), table = std::move(table), to = std::move(to)](auto& task) {
            return exchange->sendTable(table, to, task);
        });
}

std::uint64_t SampNeighbours::pointAt(const std::string& id, std::vector<std::string> to) {
    return exchange_->prepareAndSend(
        [exchange = exchange_.get(), id, to = std::move(to)](auto&) { return exchange->pointAt(id, to); });
}

std::uint64_t SampNeighbours::select(std::vector<std::string> ids) {
    return exchange_->prepareAndSend(
        [exchange = exchange_.get(), ids = std::move(ids)](auto&) { return exchange->select(ids); });
}

std::size_t SampNeighbours::fetched(std::uint64_t ticket) const {
    const std::lock_guard lock(exchange_->fetchedMutex);
    const auto found = exchange_->fetched.find(ticket);
    return found == exchange_->fetched.end() ? 0 : found->second;
}

void SampNeighbours::highlight(const std::string& id) {
    exchange_->highlight(id);
}

} // namespace balmer::api

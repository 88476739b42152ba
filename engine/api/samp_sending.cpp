#include "engine/api/samp_exchange.h"

#include <algorithm>
#include <utility>

#include "engine/core/text_number.h"

namespace balmer::api {

using core::ErrorCode;
using vo::SampAnswer;
using vo::SampResponse;
using vo::SampSending;

namespace {

/// Between two steps of the cursor that are sent.
constexpr auto stepPause = std::chrono::milliseconds(100);
constexpr auto stepLimit = std::chrono::seconds(10);
/// What a receiver may take to load a spectrum, and a large table.
constexpr auto spectrumLimit = std::chrono::minutes(1);
constexpr auto tableLimit = std::chrono::minutes(5);
constexpr char cursor = 'c', selection = 's';

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

void SampExchange::dispatch(std::uint64_t ticket, std::vector<Dispatch> dispatches) {
    const std::lock_guard lock(mutex);
    if (ticket != 0) open[ticket] += dispatches.size();
    for (auto& [pending, sending] : dispatches) {
        pending.ticket = ticket;
        if (sending.offer && ticket != 0)
            sending.offer->fetched = [this, ticket] {
                const std::lock_guard inner(fetchedMutex);
                ++fetched[ticket];
            };
        pendingMessages.emplace(link.send(std::move(sending)), std::move(pending));
    }
}

bool SampExchange::closes(std::uint64_t ticket) {
    const std::lock_guard lock(mutex);
    const auto found = open.find(ticket);
    if (found == open.end() || --found->second > 0) return false;
    open.erase(found);
    return true;
}

std::uint64_t
SampExchange::prepareAndSend(std::function<core::Result<std::vector<Dispatch>>(core::TaskContext&)> prepare) {
    std::uint64_t ticket = 0;
    {
        const std::lock_guard lock(mutex);
        ticket = ++lastTicket;
    }
    const auto notSent = [this, ticket](std::string because) {
        report({ticket, Delivery::Outcome::NotSent, {}, std::move(because), true});
    };
    const auto posted = outgoing.post(
        [this, ticket, notSent, prepare = std::move(prepare)](core::TaskContext& task) {
            const auto state = link.state();
            if (state.hub != vo::SampState::Hub::Connected)
                return notSent(state.why.empty() ? "no SAMP hub is connected" : state.why);
            auto dispatches = prepare(task);
            if (!dispatches) return notSent(dispatches.error().describe());
            dispatch(ticket, std::move(*dispatches));
        },
        [notSent](const core::Error& error) { notSent(error.describe()); });
    if (!posted) notSent(posted.error().describe());
    return ticket;
}

core::Result<std::vector<SampExchange::Dispatch>> SampExchange::sendSpectrum(const std::string& id,
                                                                             std::vector<std::string> to) {
    BALMER_TRY(const auto file, folder.newFile(".fits"));
    BALMER_TRY(const auto description, writeSpectrumFile(workbench, id, file));
    SampSending sending;
    sending.message =
        encodeRequest(vo::LoadSpectrum{"", id, description.targetName, spectrumMeta(description)});
    sending.to = std::move(to);
    sending.limit = spectrumLimit;
    sending.offer = vo::SampOffer{file, description.format, endOfUrl(id, ".fits")};
    sending.offer->removeAfterwards = true;
    return std::vector{Dispatch{{}, std::move(sending)}};
}

SampSending SampExchange::tableSending(const ExchangedTable& table, std::vector<std::string> to) {
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

core::Result<std::vector<SampExchange::Dispatch>>
SampExchange::sendTable(const TableChoice& choice, std::vector<std::string> to, core::TaskContext& task) {
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
    PendingMessage pending;
    pending.table = table.id;
    pending.loads = true;
    return std::vector{Dispatch{std::move(pending), tableSending(table, std::move(to))}};
}

core::Result<std::vector<SampExchange::Dispatch>> SampExchange::pointAt(const std::string& id,
                                                                        std::vector<std::string> to) {
    BALMER_TRY(const auto row, workbench.spectra().row(id));
    if (!row.position) return core::fail(ErrorCode::NotFound, id + " has no position to point at");
    SampSending sending;
    sending.message = encodeRequest(vo::PointAtSky{row.position->raDegrees, row.position->decDegrees});
    sending.to = std::move(to);
    return std::vector{Dispatch{{}, std::move(sending)}};
}

std::vector<SampExchange::Dispatch> SampExchange::aboutSpectra(char what, const std::set<std::string>& ids) {
    markListed();
    std::set<std::string> listeners;
    for (const auto& listener :
         link.listeners(what == cursor ? vo::mtype::tableHighlightRow : vo::mtype::tableSelectRows))
        listeners.insert(listener.id);
    std::vector<Dispatch> dispatches;
    for (auto& shared : tables.rowsOf(ids)) {
        std::erase_if(shared.holders, [&](const auto& holder) { return !listeners.contains(holder); });
        if (shared.holders.empty()) continue;
        if (what == cursor) shared.rows.resize(1);
        Dispatch made;
        made.sending.message = aboutRows(what, shared.table, shared.rows);
        made.sending.to = shared.holders;
        made.sending.limit = stepLimit;
        made.sending.unlessEcho = true;
        made.pending.table = shared.table.id;
        made.pending.what = what;
        made.pending.rows = shared.rows;
        dispatches.push_back(std::move(made));
    }
    return dispatches;
}

core::Result<std::vector<SampExchange::Dispatch>> SampExchange::select(const std::vector<std::string>& ids) {
    auto dispatches = aboutSpectra(selection, {ids.begin(), ids.end()});
    if (!dispatches.empty()) return dispatches;
    return core::fail(ErrorCode::NotFound,
                      "no neighbour has a table with these spectra; send one of them a table first");
}

void SampExchange::highlight(const std::string& id) {
    {
        const std::lock_guard lock(mutex);
        const bool waits = wanted.has_value();
        wanted = id;
        if (waits) return;
    }
    const auto posted = outgoing.post([this](core::TaskContext& task) {
        std::string step;
        {
            const std::lock_guard lock(mutex);
            step = std::move(*wanted);
            wanted.reset();
        }
        auto dispatches = aboutSpectra(cursor, {step});
        if (dispatches.empty()) return;
        dispatch(0, std::move(dispatches));
        std::unique_lock lock(mutex);
        pause.wait_for(lock, task.stopToken(), stepPause, [] { return false; });
    });
    if (posted) return;
    const std::lock_guard lock(mutex);
    wanted.reset();
}

void SampExchange::onAnswer(const SampAnswer& answer) {
    PendingMessage pending;
    {
        const std::lock_guard lock(mutex);
        const auto found = pendingMessages.find(answer.ticket);
        if (found == pendingMessages.end()) return;
        pending = found->second;
        if (answer.last) pendingMessages.erase(found);
    }
    Delivery delivery;
    delivery.ticket = pending.ticket;
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
    if (pending.loads && taken) {
        tables.addHolder(pending.table, answer.clientId);
        if (pending.again) goesOn = repeat(pending, answer.clientId);
    } else if (pending.what != 0 && answer.outcome == From::Responded && lacksTable(answer.response)) {
        tables.removeHolder(pending.table, answer.clientId);
        if (!pending.again) goesOn = resendTable(pending, answer.clientId);
    }
    if (answer.last) delivery.last = closes(pending.ticket);
    if (!goesOn) report(delivery);
}

bool SampExchange::resendTable(const PendingMessage& about, const std::string& to) {
    if (!tables.mayResend(about.table, to)) return false;
    const auto table = tables.find(about.table, {});
    if (!table) return false;
    PendingMessage pending = about;
    pending.loads = true;
    pending.again = true;
    dispatch(about.ticket, {{std::move(pending), tableSending(*table, {to})}});
    return true;
}

bool SampExchange::repeat(const PendingMessage& about, const std::string& to) {
    const auto table = tables.find(about.table, {});
    if (!table) return false;
    Dispatch made{about, {}};
    made.pending.loads = false;
    made.sending.message = aboutRows(about.what, *table, about.rows);
    made.sending.to = {to};
    made.sending.limit = stepLimit;
    dispatch(about.ticket, {std::move(made)});
    return true;
}

} // namespace balmer::api

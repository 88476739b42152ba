#include "engine/api/samp_exchange.h"

#include <algorithm>
#include <type_traits>
#include <utility>

#include <nlohmann/json.hpp>

#include "engine/api/incoming_files.h"
#include "engine/api/received_table.h"
#include "engine/core/file.h"
#include "engine/core/json_text.h"
#include "engine/core/text_number.h"
#include "engine/io/spectrum_reader.h"

namespace balmer::api {

using core::ErrorCode;
using vo::SampResponse;

namespace {

/// Things that come wait for the one that is fetched.
constexpr std::size_t mostWaiting = 64;
constexpr std::uint64_t largestSpectrum = std::uint64_t{1} << 28;
constexpr std::uint64_t largestTable = std::uint64_t{1} << 32;

/// Requests of which the user has not decided, in all and of one program.
constexpr std::size_t mostAsked = 64;
constexpr std::ptrdiff_t mostAskedOfOne = 8;

/// For the user of Balmer.
std::string whyNotTaken(const std::string& name, bool table, bool never) {
    return std::string("it wants to send ") + (table ? "a table" : "a spectrum") +
           (never ? ", and you take nothing from it; `balmer vo samp allow \"" + name + "\"` changes that"
                  : ", and you have not allowed it; `balmer vo samp allow \"" + name +
                        "\"` does for ever, `listen --allow` for once");
}

SampResponse notTaken() {
    auto response = SampResponse::error("the user of Balmer has not allowed that");
    response.code = "balmer.not-allowed";
    return response;
}

/// What a peer is told of a failure: never what a file holds, nor what the system says of it.
SampResponse wordsFor(const core::Error& error) {
    const auto say = [](std::string_view code, std::string_view sentence) {
        auto response = SampResponse::error(std::string(sentence));
        response.code = code;
        return response;
    };
    switch (error.code()) {
    case ErrorCode::ResourceExhausted:
        return say("balmer.too-much", "it is too large, or too much came at once; send less, or later");
    case ErrorCode::DeadlineExceeded:
        return say("balmer.too-slow", "it could not be fetched in time");
    case ErrorCode::Unsupported:
        return say("balmer.unsupported", "such an address or such a form is not taken");
    case ErrorCode::Cancelled:
        return say("balmer.stopped", "it was stopped");
    default:
        return say("balmer.not-taken", "what this leads to could not be fetched and read");
    }
}

} // namespace

void SampExchange::onReceived(const vo::SampReceived& message) {
    const auto request = decodeRequest(message.message);
    if (!request) { // which says only what the peer has sent
        reply(message, SampResponse::error(request.error().message()));
        return report({message.senderName, ReceiveFailure{request.error().describe()}});
    }
    std::visit([&](const auto& typed) { handle(message, typed); }, *request);
}

void SampExchange::reply(const vo::SampReceived& message, SampResponse response) {
    if (!message.messageId.empty()) link.reply(message.messageId, std::move(response));
}

void SampExchange::refuse(const vo::SampReceived& message, const core::Error& error) {
    reply(message, wordsFor(error));
    report({message.senderName, ReceiveFailure{error.describe()}});
}

template <typename Request>
void SampExchange::fetchLater(const vo::SampReceived& message, const Request& request) {
    if (incoming.load() >= mostWaiting)
        return refuse(message,
                      {ErrorCode::ResourceExhausted, "too many things came at once; send it again later"});
    core::Status posted;
    {
        const std::lock_guard lock(mutex);
        if (!accepts) return; // disconnect() has dropped what was there
        posted = incoming.post(
            [this, message, request](core::TaskContext& task) {
                const auto taken = fetch(message, request, task);
                if (!taken && !task.stopRequested()) refuse(message, taken.error());
            },
            [this, message](const core::Error& error) { refuse(message, error); });
    }
    if (!posted) refuse(message, posted.error());
}

void SampExchange::stopReceiving() {
    {
        const std::lock_guard lock(mutex);
        accepts = false;
        asked.clear();
    }
    incoming.drop();
}

// ---- Who may

template <typename Request>
void SampExchange::consider(const vo::SampReceived& message, const Request& request) {
    constexpr bool table = std::is_same_v<Request, vo::LoadTable>;
    const auto read = trust.read();
    if (!read) return refuse(message, read.error());
    const auto& name = message.senderName;
    const bool nameless = name.empty() || name == message.senderId;
    const auto known = nameless ? Trust::Ask : read->of(name);
    const bool now = std::any_of(options.allow.begin(), options.allow.end(), [&](const auto& each) {
        return core::lowerCase(each) == core::lowerCase(name);
    });
    if (known == Trust::Always || (known != Trust::Never && now)) return fetchLater(message, request);
    if (known == Trust::Never || !options.asks) {
        reply(message, notTaken());
        return report({name, ReceiveFailure{whyNotTaken(name, table, known == Trust::Never)}});
    }
    ReceivedRequest told{0, table, request.name, nameless};
    {
        const std::lock_guard lock(mutex);
        if (!accepts) return;
        const auto own = std::count_if(asked.begin(), asked.end(), [&](const auto& each) {
            return each.second.message.senderId == message.senderId;
        });
        if (asked.size() < mostAsked && own < mostAskedOfOne) {
            told.number = ++lastAsked;
            asked.emplace(told.number, Asked{message, request});
        }
    }
    if (told.number == 0)
        return reply(message, wordsFor({ErrorCode::ResourceExhausted, "too many requests wait"}));
    report({name, std::move(told)});
}

core::Status SampExchange::decide(std::uint64_t number, Neighbours::Decision decision) {
    std::vector<Asked> decided;
    {
        const std::lock_guard lock(mutex);
        const auto found = asked.find(number);
        if (found == asked.end()) return {};
        const auto sender = found->second.message.senderId;
        for (auto each = asked.begin(); each != asked.end();)
            if (each->second.message.senderId == sender) {
                decided.push_back(std::move(each->second));
                each = asked.erase(each);
            } else {
                ++each;
            }
    }
    const auto& from = decided.front().message;
    core::Status kept;
    if (decision != Neighbours::Decision::Once && !from.senderName.empty() &&
        from.senderName != from.senderId)
        kept = trust.set(from.senderName,
                         decision == Neighbours::Decision::Always ? Trust::Always : Trust::Never);
    for (const auto& each : decided)
        std::visit(
            [&](const auto& request) {
                if (decision == Neighbours::Decision::Never)
                    reply(each.message, notTaken());
                else
                    fetchLater(each.message, request);
            },
            each.request);
    return kept;
}

core::Result<std::uint64_t> SampExchange::receivedLimit() const {
    BALMER_TRY(const auto read, trust.read());
    return read.receivedGibibyte << 30;
}

void SampExchange::startReceiving() {
    const std::lock_guard lock(mutex);
    accepts = true;
}

void SampExchange::handle(const vo::SampReceived& message, const vo::LoadSpectrum& request) {
    consider(message, request);
}

void SampExchange::handle(const vo::SampReceived& message, const vo::LoadTable& request) {
    consider(message, request);
}

core::Status SampExchange::discard(const std::filesystem::path& file, const core::Error& why) {
    (void)core::removeFile(file);
    return core::fail(why);
}

core::Status SampExchange::fetch(const vo::SampReceived& message, const vo::LoadSpectrum& request,
                                 core::TaskContext& task) {
    BALMER_TRY(const auto limit, receivedLimit());
    BALMER_TRY(auto file, fetchFile(net, request.url, workbench.folder(),
                                    nameFor(request, message.senderName), largestSpectrum, limit, task));
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
        spec.parameters = core::jsonText(nlohmann::json{
            {"paths", {file.string()}}, {"origins", originsOf(request)}, {"source", message.senderName}});
        BALMER_TRY(received.import, workbench.jobs().submit(std::move(spec)));
    }
    reply(message, SampResponse::ok());
    report({message.senderName, std::move(received)});
    return {};
}

core::Status SampExchange::fetch(const vo::SampReceived& message, const vo::LoadTable& request,
                                 core::TaskContext& task) {
    BALMER_TRY(const auto limit, receivedLimit());
    BALMER_TRY(const auto file, fetchFile(net, request.url, workbench.folder(),
                                          nameFor(request, message.senderName), largestTable, limit, task));
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

RowIds SampExchange::rowsFrom(const MarkedList& list) {
    std::vector<std::string> rows;
    for (std::size_t i = 0; i < list.inProject.size(); ++i) {
        // The list leaves out rows that are empty.
        rows.resize(std::max(rows.size(), list.list.rows[i].row + 1));
        rows[list.list.rows[i].row] = list.inProject[i];
    }
    return std::make_shared<const std::vector<std::string>>(std::move(rows));
}

void SampExchange::markListed() {
    const std::lock_guard lock(marking);
    if (const auto now = catalogue.load(); std::exchange(marked, now) == now) return;
    for (auto& table : tables.listed()) {
        if (!workbench.observatory().mark(*table.list)) continue;
        table.rows = rowsFrom(*table.list);
        tables.setRows(table);
    }
}

core::Result<ExchangedTable> SampExchange::tableOf(const std::string& id, const std::string& url) {
    markListed();
    if (auto table = tables.find(id, url)) return std::move(*table);
    return core::fail(ErrorCode::NotFound, "no table with " + (id.empty() ? "url=" + url : "table-id=" + id) +
                                               " has rows that are spectra here");
}

void SampExchange::handle(const vo::SampReceived& message, const vo::HighlightRow& request) {
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
                                                    " is not a spectrum of the open project"));
    reply(message, SampResponse::ok());
    report({message.senderName, ReceivedHighlight{id}});
}

void SampExchange::handle(const vo::SampReceived& message, const vo::SelectRows& request) {
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

void SampExchange::handle(const vo::SampReceived& message, const vo::PointAtSky& request) {
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

} // namespace balmer::api

// SampExchange: a project's dealings with the programs at the SAMP hub: what is sent, what became of it, and
// what comes. Private to api.
//
// What is sent is prepared on `outgoing`, what comes is fetched on `incoming`; the link calls the rest on its
// own thread. Any thread may call what SampNeighbours calls.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "engine/api/exchanged_tables.h"
#include "engine/api/lane.h"
#include "engine/api/neighbour_trust.h"
#include "engine/api/neighbours.h"
#include "engine/api/outgoing_files.h"
#include "engine/api/workbench.h"
#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/vo/samp/mtypes.h"
#include "engine/vo/samp/samp_link.h"

namespace balmer::api {

struct SampExchange {
    /// The workbench must live longer.
    SampExchange(Workbench& bench, Neighbours::Options given, Neighbours::Handlers to);
    ~SampExchange();

    vo::SampLink::Options linkOptions() const;
    vo::SampLink::Handlers linkHandlers();
    void onState(const vo::SampState& samp);

    // ---- What is told
    void report(const Delivery& delivery);
    void report(Arrival arrival);

    // ---- Sending (samp_sending.cpp)
    /// What a message under way is, and what follows from its answers.
    struct PendingMessage {
        std::uint64_t ticket = 0; ///< 0: not told
        std::string table;        ///< what it is about; "" for none
        bool loads = false;       ///< whoever takes it has the table
        char what = 0;            ///< cursor or selection
        std::vector<std::int64_t> rows;
        bool again = false; ///< the table was sent for the second time
    };
    struct Dispatch {
        PendingMessage pending;
        vo::SampSending sending;
    };
    /// All at once, so that none has its last answer before the others count.
    void dispatch(std::uint64_t ticket, std::vector<Dispatch> dispatches);
    /// A part of the sending has ended; whether it was the last.
    bool closes(std::uint64_t ticket);
    /// Prepares on the thread for it. The error of prepare is why there is nothing to send.
    std::uint64_t
    prepareAndSend(std::function<core::Result<std::vector<Dispatch>>(core::TaskContext&)> prepare);
    core::Result<std::vector<Dispatch>> sendSpectrum(const std::string& id, std::vector<std::string> to);
    vo::SampSending tableSending(const ExchangedTable& table, std::vector<std::string> to);
    core::Result<std::vector<Dispatch>> sendTable(const TableChoice& choice, std::vector<std::string> to,
                                                  core::TaskContext& task);
    core::Result<std::vector<Dispatch>> pointAt(const std::string& id, std::vector<std::string> to);
    /// One message for each table that somebody has.
    std::vector<Dispatch> aboutSpectra(char what, const std::set<std::string>& ids);
    core::Result<std::vector<Dispatch>> select(const std::vector<std::string>& ids);
    void highlight(const std::string& id);

    // ---- What became of it (samp_sending.cpp)
    void onAnswer(const vo::SampAnswer& answer);
    /// To one that has lost the table.
    bool resendTable(const PendingMessage& about, const std::string& to);
    /// What was to be said when the table was found missing.
    bool repeat(const PendingMessage& about, const std::string& to);

    // ---- What comes (samp_receiving.cpp)
    void onReceived(const vo::SampReceived& message);
    void reply(const vo::SampReceived& message, vo::SampResponse response);
    void refuse(const vo::SampReceived& message, const core::Error& error);
    template <typename Request>
    void fetchLater(const vo::SampReceived& message, const Request& request);
    /// Fetches it if its sender is allowed, or asks.
    template <typename Request>
    void consider(const vo::SampReceived& message, const Request& request);
    core::Status decide(std::uint64_t number, Neighbours::Decision decision);
    core::Result<std::uint64_t> receivedLimit() const;
    /// Ends what comes in.
    void stopReceiving();
    void startReceiving();
    void handle(const vo::SampReceived& message, const vo::LoadSpectrum& request);
    void handle(const vo::SampReceived& message, const vo::LoadTable& request);
    static core::Status discard(const std::filesystem::path& file, const core::Error& why);
    core::Status fetch(const vo::SampReceived& message, const vo::LoadSpectrum& request,
                       core::TaskContext& task);
    core::Status fetch(const vo::SampReceived& message, const vo::LoadTable& request,
                       core::TaskContext& task);
    static RowIds rowsFrom(const MarkedList& list);
    /// What the project has by now of the tables that say where spectra are.
    void markListed();
    core::Result<ExchangedTable> tableOf(const std::string& id, const std::string& url);
    void handle(const vo::SampReceived& message, const vo::HighlightRow& request);
    void handle(const vo::SampReceived& message, const vo::SelectRows& request);
    void handle(const vo::SampReceived& message, const vo::PointAtSky& request);

    Workbench& workbench;
    const Neighbours::Options options;
    const Neighbours::Handlers handlers;
    const NeighbourTrustFile trust;
    const std::string series; ///< in the names of this run's tables
    std::mutex reporting;     ///< one handler at a time

    std::mutex mutex; ///< guards the next
    std::condition_variable_any pause;
    std::uint64_t lastTicket = 0;
    std::map<std::uint64_t, std::size_t> open;               ///< parts under way, by ticket
    std::map<std::uint64_t, PendingMessage> pendingMessages; ///< by the link's ticket
    bool accepts = false;                                    ///< what is to be fetched
    struct Asked {
        vo::SampReceived message;
        std::variant<vo::LoadSpectrum, vo::LoadTable> request;
    };
    std::map<std::uint64_t, Asked> asked; ///< requests of which the user has not decided, by number
    std::uint64_t lastAsked = 0;
    std::optional<std::string> wanted; ///< where the cursor is, if it waits to be sent

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

} // namespace balmer::api

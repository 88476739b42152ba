// WorkerClient: one connection to a worker, with its requests as functions. Private to remote.
//
// Kept by shared_ptr; used on the one thread of its executor. A function that is under way when the
// connection ends returns why it ended. Errors, everywhere: what the worker says (its Problem), or the end of
// the connection; closed() tells which.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/job.h"
#include "engine/jobs/worker_journal.h"
#include "engine/remote/client/connector.h"
#include "engine/remote/objects/manifest.h"
#include "engine/remote/protocol/handshake.h"
#include "engine/remote/transport/channel.h"

namespace balmer::remote {

namespace wire {
class Request;
class Response;
} // namespace wire

struct WorkerStatus {
    WorkerLimits limits;
    std::size_t running = 0, waiting = 0, objects = 0;
    std::vector<bool> present; ///< of the objects that were asked about
};
struct ListedJob {
    std::string key, owner, kind, label, phase, stage, created;
    double progress = 0;
};
struct SubmitAnswer {
    jobs::Phase phase = jobs::Phase::Pending;
    std::vector<ObjectId> missing;
};
struct RemoteResult {
    jobs::Phase phase = jobs::Phase::Unknown;
    std::string result;
    std::optional<core::Error> error;
    std::vector<jobs::ParcelEntry> outputs;
    std::string device, programVersion;
};
struct Registered {
    std::size_t files = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> refused;
};

struct ClientSettings {
    ConnectorSettings connector;
    std::string software, user;
    std::string pairingCode; ///< to pair now
    std::string pairingName;
    std::chrono::milliseconds handshake{10000};
    ChannelTiming timing;
};

class WorkerClient : public std::enable_shared_from_this<WorkerClient> {
  public:
    /// Connects and shakes hands; the connection is then served until close(), by itself.
    static asio::awaitable<core::Result<std::shared_ptr<WorkerClient>>>
    open(asio::any_io_executor executor, WorkerEntry entry, ClientSettings settings);

    const WorkerGreeting& greeting() const { return greeting_; }
    const std::string& fingerprint() const { return fingerprint_; } ///< of the worker's certificate, with tls
    bool closed() const { return channel_->closed(); }
    void close();
    /// Until the connection has ended.
    asio::awaitable<core::Error> ended();
    std::uint64_t bytesSent() const { return channel_->bytesSent(); }
    std::uint64_t bytesReceived() const { return channel_->bytesReceived(); }

    asio::awaitable<core::Result<WorkerStatus>> status(std::vector<ObjectId> objects);
    asio::awaitable<core::Result<SubmitAnswer>> submit(std::string key, std::string spec,
                                                       std::vector<jobs::ParcelEntry> inputs);
    /// The chunks that are missing.
    asio::awaitable<core::Result<std::vector<std::uint32_t>>> offer(ObjectId object, Manifest manifest);
    /// One chunk's data follow the other's: several half sent ones could use the credit up and wait for ever.
    asio::awaitable<core::Status> put(ObjectId object, std::uint32_t chunk, std::vector<std::byte> bytes);
    asio::awaitable<core::Result<Manifest>> manifest(ObjectId object);
    asio::awaitable<core::Result<std::vector<std::byte>>> get(ObjectId object, std::uint32_t chunk);
    /// handler(event, final) for each event; ends after the final one or when the handler fails.
    using EventHandler = std::function<asio::awaitable<core::Status>(jobs::RemoteEvent, bool)>;
    asio::awaitable<core::Status> watch(std::string key, std::uint64_t after, EventHandler handler);
    asio::awaitable<core::Status> cancel(std::string key);
    asio::awaitable<core::Result<RemoteResult>> result(std::string key);
    asio::awaitable<core::Status> release(std::string key);
    asio::awaitable<core::Result<std::vector<ListedJob>>> list();
    asio::awaitable<core::Result<Registered>> registerPath(std::string path);

  private:
    struct Stream_;
    WorkerClient(std::shared_ptr<Channel> channel, WorkerGreeting greeting, std::string fingerprint);
    asio::awaitable<void> serve(std::vector<std::byte> early);
    asio::awaitable<core::Status> take(Frame frame);
    asio::awaitable<core::Result<std::shared_ptr<Stream_>>> begin(const wire::Request& request);
    asio::awaitable<core::Result<wire::Response>> response(std::shared_ptr<Stream_> stream);
    asio::awaitable<core::Result<wire::Response>> call(const wire::Request& request);

    std::shared_ptr<Channel> channel_;
    WorkerGreeting greeting_;
    std::string fingerprint_;
    std::map<std::uint32_t, std::shared_ptr<Stream_>> streams_;
    std::uint32_t next_ = 1;
    std::optional<core::Error> ended_;
    Signal over_;
    Semaphore putting_;
};

} // namespace balmer::remote

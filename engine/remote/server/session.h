// Session: one client on one connection, after the handshake. Private to remote.
//
// Requests are answered as they come, several at once; what touches the disk runs on the pool. Memory is
// bounded, whatever the client does: the credit of what comes, two chunks, two answers and a page of events
// of what goes, and the requests that are not answered. Used on the thread of its channel.
#pragma once

#include <utility>

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "engine/core/result.h"
#include "engine/jobs/worker_journal.h"
#include "engine/remote/objects/object_store.h"
#include "engine/remote/server/job_runner.h"
#include "engine/remote/transport/channel.h"
#include "engine/remote/transport/offload.h"

namespace balmer::remote {

namespace wire {
class Limits;
class Request;
class Response;
class StatusRequest;
class SubmitRequest;
class OfferRequest;
class PutRequest;
class GetRequest;
class WatchRequest;
class RegisterRequest;
} // namespace wire

/// Wakes those who wait for news of a job.
class JobNotifier {
  public:
    explicit JobNotifier(asio::any_io_executor executor) : executor_(std::move(executor)) {}
    void notify(const std::string& key);
    /// Read it before looking into the journal: news since then end the waiting at once.
    std::uint64_t count() const { return count_; }
    asio::awaitable<void> wait(std::string key, std::uint64_t since);
    void notifyAll();

  private:
    asio::any_io_executor executor_;
    std::map<std::string, std::shared_ptr<Signal>> signals_;
    std::uint64_t count_ = 0; ///< of any job
};

/// What all sessions of a worker share; outlives them.
struct Services {
    NamedPool& disk;
    jobs::WorkerJournal& journal;
    ObjectStore& objects;
    JobRunner& runner;
    JobNotifier& notifier;
    /// Is this a job that the worker can run? Errors: Unsupported, InvalidArgument, Format.
    std::function<core::Status(const std::string& spec)> checkSpec;
    /// The words of a job that a list shows.
    struct Words {
        std::string kind, label;
    };
    std::function<Words(const std::string& spec)> describeSpec;
    std::function<bool(const std::string& owner)> seesAll;
    std::string programVersion;
};

class Session : public std::enable_shared_from_this<Session> {
  public:
    Session(Services& services, std::shared_ptr<Channel> channel, std::string owner);
    ~Session();

    /// Until the connection ends; says why it did.
    asio::awaitable<core::Error> run(std::vector<std::byte> early);

    const std::string& owner() const { return owner_; }
    void close(core::Error why) { channel_->close(std::move(why)); }

  private:
    struct Upload;
    asio::awaitable<core::Status> take(Frame frame);
    asio::awaitable<core::Status> takeData(Frame frame);
    asio::awaitable<void> answer(std::uint32_t stream, std::shared_ptr<wire::Request> request,
                                 std::size_t bytes);
    asio::awaitable<core::Status> respond(std::uint32_t stream, const wire::Request& request);
    asio::awaitable<core::Status> send(std::uint32_t stream, const wire::Response& response);
    asio::awaitable<core::Status> status(std::uint32_t stream, const wire::StatusRequest& request);
    asio::awaitable<core::Status> submit(std::uint32_t stream, const wire::SubmitRequest& request);
    asio::awaitable<core::Status> offer(std::uint32_t stream, const wire::OfferRequest& request);
    asio::awaitable<core::Status> manifest(std::uint32_t stream, std::string object);
    asio::awaitable<core::Status> get(std::uint32_t stream, const wire::GetRequest& request);
    asio::awaitable<core::Status> watch(std::uint32_t stream, const wire::WatchRequest& request);
    asio::awaitable<core::Status> cancel(std::uint32_t stream, std::string key);
    asio::awaitable<core::Status> result(std::uint32_t stream, std::string key);
    asio::awaitable<core::Status> release(std::uint32_t stream, std::string key);
    asio::awaitable<core::Status> list(std::uint32_t stream);
    asio::awaitable<core::Status> registerPath(std::uint32_t stream, const wire::RegisterRequest& request);
    asio::awaitable<core::Result<jobs::WorkerJob>> find(std::string key);
    void remember(std::set<ObjectId>& ids, const ObjectId& id);
    core::Status beginUpload(std::uint32_t stream, const wire::PutRequest& request);

    Services& services_;
    std::shared_ptr<Channel> channel_;
    std::string owner_;
    std::map<std::uint32_t, std::shared_ptr<Upload>> uploads_;
    std::set<std::uint32_t> open_; ///< streams that have not been answered
    std::set<ObjectId> wanted_;    ///< that jobs of this owner still lack
    std::set<ObjectId> readable_;  ///< outputs of jobs of this owner
    std::uint32_t lastStream_ = 0;
    std::size_t heldBytes_ = 0; ///< of requests that have not been answered
    Semaphore reading_;         ///< chunks of answers in memory
    Semaphore answering_;       ///< long answers in memory
    Semaphore sendingEvents_;   ///< events in memory
};

} // namespace balmer::remote

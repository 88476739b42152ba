#include "engine/remote/client/worker_client.h"

#include <algorithm>
#include <deque>
#include <set>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "engine/core/clock.h"
#include "engine/remote/client/worker_clock.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"
#include "engine/remote/transport/shake_hands.h"

namespace balmer::remote {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

constexpr std::size_t eventsHeld = 64;
constexpr std::size_t seriesAtMost = 100000;
constexpr std::size_t outputsAtMost = 10000;

jobs::RemoteEvent eventFrom(const wire::Event& message) {
    const WorkerClock clock(message.clock(), core::systemClock().now());
    jobs::RemoteEvent event;
    event.sequence = message.sequence();
    event.phase = jobs::parsePhase(message.phase()).value_or(jobs::Phase::Unknown);
    event.progress = message.progress() >= 0 ? std::min(message.progress(), 1.0) : 0; // NaN becomes 0
    event.stage = showable(message.stage(), 200);
    event.started = clock.ours(message.started());
    event.device = showable(message.device(), 200);
    event.programVersion = showable(message.program_version(), 100);
    for (const auto& point : message.points()) {
        if (event.points.size() >= seriesAtMost) break;
        event.points.push_back({showable(point.name(), 200), point.step(), point.value()});
    }
    for (const auto& line : message.lines())
        event.lines.push_back({clock.ours(line.time()), showable(line.text(), 4000)});
    return event;
}

Result<jobs::ParcelEntry> entryFrom(const wire::ParcelEntry& message) {
    jobs::ParcelEntry entry;
    if (!isParcelName(message.name()))
        return fail(ErrorCode::Protocol, "the worker names a file that it may not");
    entry.name = message.name();
    BALMER_TRY(entry.object, digestFromBytes(message.object()));
    if (message.bytes() > objectSizeLimit)
        return fail(ErrorCode::Protocol, "the worker names a file that is too large");
    entry.bytes = static_cast<std::int64_t>(message.bytes());
    return entry;
}

auto notAnswered() {
    return fail(ErrorCode::Protocol, "the worker answered something else than it was asked");
}

} // namespace

/// One request and what has come for it.
struct WorkerClient::Stream_ {
    Stream_(std::uint32_t id, const asio::any_io_executor& executor) : number(id), came(executor) {}
    std::uint32_t number;
    Signal came;
    std::optional<wire::Response> response;
    std::optional<Error> problem;
    std::vector<std::byte> data;
    std::size_t expected = 0; ///< of data
    bool dataEnded = false;
    std::deque<wire::Event> events;
};

WorkerClient::WorkerClient(std::shared_ptr<Channel> channel, WorkerGreeting greeting, std::string fingerprint)
    : channel_(std::move(channel)), greeting_(std::move(greeting)), fingerprint_(std::move(fingerprint)),
      over_(channel_->executor()), putting_(channel_->executor(), 1) {}

asio::awaitable<Result<std::shared_ptr<WorkerClient>>>
WorkerClient::open(asio::any_io_executor executor, WorkerEntry entry, ClientSettings settings) {
    auto stream = co_await connectTo(executor, entry, settings.connector, !settings.pairingCode.empty());
    if (!stream) co_return fail(std::move(stream).error());
    ClientHandshake::Settings words;
    words.software = settings.software;
    words.user = settings.user;
    words.token = entry.token;
    words.pairingCode = settings.pairingCode;
    words.pairingName = settings.pairingName;
    words.trust.binding = (*stream)->binding();
    ClientHandshake handshake(std::move(words));
    auto met = co_await shakeHands(**stream, handshake, settings.handshake);
    if (!met) co_return fail(std::move(met).error().during("shaking hands with " + entry.url));
    const auto fingerprint = (*stream)->peerFingerprint();
    const auto channel = std::make_shared<Channel>(executor, std::move(*stream), settings.timing);
    const std::shared_ptr<WorkerClient> client(new WorkerClient(channel, handshake.greeting(), fingerprint));
    const auto rest = handshake.rest();
    const auto early = std::make_shared<std::vector<std::byte>>(rest.begin(), rest.end());
    asio::co_spawn(
        executor, [client, early]() -> asio::awaitable<void> { co_await client->serve(std::move(*early)); },
        asio::detached);
    co_return client;
}

asio::awaitable<void> WorkerClient::serve(std::vector<std::byte> early) {
    const auto self = shared_from_this();
    Channel::Handler handler = [this](Frame frame) { return take(std::move(frame)); };
    ended_ = co_await channel_->run(std::move(early), std::move(handler));
    for (const auto& [number, stream] : std::exchange(streams_, {})) {
        if (!stream->problem) stream->problem = *ended_;
        stream->came.notify();
    }
    over_.notify();
}

void WorkerClient::close() {
    channel_->close(Error(ErrorCode::Cancelled, "the connection was given up"));
}

asio::awaitable<Error> WorkerClient::ended() {
    const auto self = shared_from_this();
    while (!ended_)
        co_await over_.wait();
    co_return *ended_;
}

asio::awaitable<Status> WorkerClient::take(Frame frame) {
    const auto number = frame.header.stream;
    if (frame.header.type == FrameType::Problem) {
        auto problem = decodeMessage<wire::Problem>(frame.payload);
        if (!problem) co_return fail(std::move(problem).error());
        if (number == 0) co_return fail(errorFrom(*problem));
        if (const auto found = streams_.find(number); found != streams_.end()) {
            found->second->problem = errorFrom(*problem);
            found->second->came.notify();
        }
        co_return Status();
    }
    const auto found = streams_.find(number);
    if (frame.header.type == FrameType::Data) {
        // Data of a request that was given up are dealt with, too: by forgetting them.
        channel_->consumed(frame.payload.size());
        if (found == streams_.end()) co_return Status();
        auto& stream = *found->second;
        if (frame.payload.size() > stream.expected - stream.data.size())
            co_return fail(ErrorCode::Protocol, "the worker sends more data than it announced");
        stream.data.insert(stream.data.end(), frame.payload.begin(), frame.payload.end());
        if ((frame.header.flags & flagEnd) != 0) {
            stream.dataEnded = true;
            stream.came.notify();
        }
        co_return Status();
    }
    if (frame.header.type == FrameType::Response) {
        auto message = decodeMessage<wire::Response>(frame.payload);
        if (!message) co_return fail(std::move(message).error());
        if (found == streams_.end()) co_return Status();
        if (message->has_get()) {
            if (message->get().bytes() > chunkSize)
                co_return fail(ErrorCode::Protocol, "the worker announces a chunk of more than 4 MiB");
            found->second->expected = message->get().bytes();
        }
        found->second->response = std::move(*message);
        found->second->came.notify();
        co_return Status();
    }
    if (frame.header.type == FrameType::Event) {
        auto message = decodeMessage<wire::Event>(frame.payload);
        if (!message) co_return fail(std::move(message).error());
        if (found == streams_.end()) co_return Status();
        const auto stream = found->second;
        stream->events.push_back(std::move(*message));
        stream->came.notify();
        // What is not yet heard holds up what follows.
        while (stream->events.size() >= eventsHeld && streams_.contains(number) && !channel_->closed())
            co_await stream->came.wait(std::chrono::milliseconds(100));
        co_return Status();
    }
    co_return fail(ErrorCode::Protocol, "a worker may not send requests");
}

asio::awaitable<Result<std::shared_ptr<WorkerClient::Stream_>>>
WorkerClient::begin(const wire::Request& request) {
    const auto self = shared_from_this();
    if (ended_) co_return fail(*ended_);
    const auto stream = std::make_shared<Stream_>(next_, channel_->executor());
    next_ += 2;
    auto frame = encodeFrame(FrameType::Request, 0, stream->number, request);
    if (!frame) co_return fail(std::move(frame).error());
    streams_[stream->number] = stream;
    auto sent = co_await channel_->send(std::move(*frame));
    if (!sent) {
        streams_.erase(stream->number);
        co_return fail(std::move(sent).error());
    }
    co_return stream;
}

asio::awaitable<Result<wire::Response>> WorkerClient::response(std::shared_ptr<Stream_> stream) {
    const auto self = shared_from_this();
    while (!stream->response && !stream->problem)
        co_await stream->came.wait();
    if (stream->problem) {
        streams_.erase(stream->number);
        co_return fail(*stream->problem);
    }
    co_return std::move(*stream->response);
}

asio::awaitable<Result<wire::Response>> WorkerClient::call(const wire::Request& request) {
    const auto self = shared_from_this();
    auto stream = co_await begin(request);
    if (!stream) co_return fail(std::move(stream).error());
    auto answer = co_await response(*stream);
    streams_.erase((*stream)->number);
    co_return answer;
}

// --------------------------------------------------------------------------------------------------------
// requests

asio::awaitable<Result<WorkerStatus>> WorkerClient::status(std::vector<ObjectId> objects) {
    wire::Request request;
    request.mutable_status();
    for (const auto& object : objects) {
        auto raw = digestToBytes(object);
        if (!raw) co_return fail(std::move(raw).error());
        request.mutable_status()->add_objects(*raw);
    }
    auto answer = co_await call(request);
    if (!answer) co_return fail(std::move(answer).error());
    if (!answer->has_status()) co_return notAnswered();
    const auto& message = answer->status();
    WorkerStatus status;
    status.limits = greeting_.limits;
    status.limits.quotaBytes = message.limits().store_quota();
    status.limits.usedBytes = message.limits().store_used();
    status.limits.slots = message.limits().slots();
    status.limits.freeSlots = message.limits().free_slots();
    status.running = message.running();
    status.waiting = message.waiting();
    status.objects = message.objects();
    for (std::size_t i = 0; i < objects.size(); ++i)
        status.present.push_back(bitIn(message.present(), i));
    co_return status;
}

asio::awaitable<Result<SubmitAnswer>> WorkerClient::submit(std::string key, std::string spec,
                                                           std::vector<jobs::ParcelEntry> inputs) {
    wire::Request request;
    auto& message = *request.mutable_submit();
    auto rawKey = keyToBytes(key);
    if (!rawKey) co_return fail(std::move(rawKey).error());
    message.set_key(*rawKey);
    message.set_spec(std::move(spec));
    for (const auto& entry : inputs) {
        auto raw = digestToBytes(entry.object);
        if (!raw) co_return fail(std::move(raw).error());
        auto& to = *message.add_inputs();
        to.set_name(entry.name);
        to.set_object(*raw);
        to.set_bytes(static_cast<std::uint64_t>(entry.bytes));
    }
    auto response = co_await call(request);
    if (!response) co_return fail(std::move(response).error());
    if (!response->has_submit()) co_return notAnswered();
    SubmitAnswer answer;
    answer.phase = jobs::parsePhase(response->submit().phase()).value_or(jobs::Phase::Unknown);
    for (const auto& bytes : response->submit().missing()) {
        auto id = digestFromBytes(bytes);
        if (!id) co_return fail(std::move(id).error());
        answer.missing.push_back(std::move(*id));
    }
    co_return answer;
}

asio::awaitable<Result<std::vector<std::uint32_t>>> WorkerClient::offer(ObjectId object, Manifest manifest) {
    wire::Request request;
    auto raw = digestToBytes(object);
    if (!raw) co_return fail(std::move(raw).error());
    auto& message = *request.mutable_offer();
    message.set_object(*raw);
    message.mutable_manifest()->set_bytes(manifest.size);
    auto& chunks = *message.mutable_manifest()->mutable_chunks();
    for (const auto& digest : manifest.chunks)
        chunks.append(reinterpret_cast<const char*>(digest.data()), digest.size());
    auto response = co_await call(request);
    if (!response) co_return fail(std::move(response).error());
    if (!response->has_offer()) co_return notAnswered();
    std::vector<std::uint32_t> missing;
    for (std::uint32_t i = 0; i < manifest.chunks.size(); ++i)
        if (bitIn(response->offer().missing(), i)) missing.push_back(i);
    co_return missing;
}

asio::awaitable<Status> WorkerClient::put(ObjectId object, std::uint32_t chunk,
                                          std::vector<std::byte> bytes) {
    const auto self = shared_from_this();
    wire::Request request;
    auto raw = digestToBytes(object);
    if (!raw) co_return fail(std::move(raw).error());
    request.mutable_put()->set_object(*raw);
    request.mutable_put()->set_chunk(chunk);
    request.mutable_put()->set_bytes(static_cast<std::uint32_t>(bytes.size()));
    auto place = std::make_unique<Semaphore::Permit>(co_await putting_.acquire());
    auto stream = co_await begin(request);
    if (!stream) co_return fail(std::move(stream).error());
    auto sent = co_await channel_->sendData((*stream)->number, bytes);
    if (!sent) co_return sent;
    place.reset();
    auto answer = co_await response(*stream);
    streams_.erase((*stream)->number);
    if (!answer) co_return fail(std::move(answer).error());
    co_return Status();
}

asio::awaitable<Result<Manifest>> WorkerClient::manifest(ObjectId object) {
    wire::Request request;
    auto raw = digestToBytes(object);
    if (!raw) co_return fail(std::move(raw).error());
    request.mutable_manifest()->set_object(*raw);
    auto answer = co_await call(request);
    if (!answer) co_return fail(std::move(answer).error());
    if (!answer->has_manifest()) co_return notAnswered();
    const auto& message = answer->manifest().manifest();
    Manifest made;
    made.size = message.bytes();
    if (message.chunks().size() % 32 != 0) co_return notAnswered();
    made.chunks.resize(message.chunks().size() / 32);
    for (std::size_t i = 0; i < made.chunks.size(); ++i)
        std::copy_n(reinterpret_cast<const std::byte*>(message.chunks().data()) + 32 * i, 32,
                    made.chunks[i].begin());
    auto right = check(made);
    if (!right) co_return fail(std::move(right).error());
    if (objectIdOf(made) != object)
        co_return fail(ErrorCode::Protocol, "the worker sent the manifest of another object");
    co_return made;
}

asio::awaitable<Result<std::vector<std::byte>>> WorkerClient::get(ObjectId object, std::uint32_t chunk) {
    const auto self = shared_from_this();
    wire::Request request;
    auto raw = digestToBytes(object);
    if (!raw) co_return fail(std::move(raw).error());
    request.mutable_get()->set_object(*raw);
    request.mutable_get()->set_chunk(chunk);
    auto stream = co_await begin(request);
    if (!stream) co_return fail(std::move(stream).error());
    auto answer = co_await response(*stream);
    if (!answer) co_return fail(std::move(answer).error());
    while (!(*stream)->dataEnded && !(*stream)->problem)
        co_await (*stream)->came.wait();
    streams_.erase((*stream)->number);
    if ((*stream)->problem) co_return fail(*(*stream)->problem);
    co_return std::move((*stream)->data);
}

asio::awaitable<Status> WorkerClient::watch(std::string key, std::uint64_t after, EventHandler handler) {
    const auto self = shared_from_this();
    wire::Request request;
    auto raw = keyToBytes(key);
    if (!raw) co_return fail(std::move(raw).error());
    request.mutable_watch()->set_key(*raw);
    request.mutable_watch()->set_after(after);
    auto stream = co_await begin(request);
    if (!stream) co_return fail(std::move(stream).error());
    while (true) {
        while ((*stream)->events.empty() && !(*stream)->problem)
            co_await (*stream)->came.wait();
        if ((*stream)->events.empty()) {
            streams_.erase((*stream)->number);
            co_return fail(*(*stream)->problem);
        }
        const auto message = std::move((*stream)->events.front());
        (*stream)->events.pop_front();
        auto event = eventFrom(message);
        auto done = co_await handler(std::move(event), message.final());
        if (!done || message.final()) {
            streams_.erase((*stream)->number);
            co_return done;
        }
    }
}

asio::awaitable<Status> WorkerClient::cancel(std::string key) {
    wire::Request request;
    auto raw = keyToBytes(key);
    if (!raw) co_return fail(std::move(raw).error());
    request.mutable_cancel()->set_key(*raw);
    auto answer = co_await call(request);
    if (!answer) co_return fail(std::move(answer).error());
    co_return Status();
}

asio::awaitable<Result<RemoteResult>> WorkerClient::result(std::string key) {
    wire::Request request;
    auto raw = keyToBytes(key);
    if (!raw) co_return fail(std::move(raw).error());
    request.mutable_result()->set_key(*raw);
    auto answer = co_await call(request);
    if (!answer) co_return fail(std::move(answer).error());
    if (!answer->has_result()) co_return notAnswered();
    const auto& message = answer->result();
    RemoteResult result;
    const auto phase = jobs::parsePhase(message.phase());
    if (!phase || !jobs::isFinal(*phase)) co_return notAnswered();
    result.phase = *phase;
    result.result = message.result();
    if (message.has_problem()) result.error = errorFrom(message.problem());
    result.device = showable(message.device(), 200);
    result.programVersion = showable(message.program_version(), 100);
    if (static_cast<std::size_t>(message.outputs_size()) > outputsAtMost)
        co_return fail(ErrorCode::Protocol, "the worker says that the job made more than 10 000 files");
    std::set<std::string> names;
    for (const auto& output : message.outputs()) {
        auto entry = entryFrom(output);
        if (!entry) co_return fail(std::move(entry).error());
        if (!names.insert(entry->name).second)
            co_return fail(ErrorCode::Protocol, "the worker names the file " + entry->name + " twice");
        result.outputs.push_back(std::move(*entry));
    }
    co_return result;
}

asio::awaitable<Status> WorkerClient::release(std::string key) {
    wire::Request request;
    auto raw = keyToBytes(key);
    if (!raw) co_return fail(std::move(raw).error());
    request.mutable_release()->set_key(*raw);
    auto answer = co_await call(request);
    if (!answer) co_return fail(std::move(answer).error());
    co_return Status();
}

asio::awaitable<Result<std::vector<ListedJob>>> WorkerClient::list() {
    wire::Request request;
    request.mutable_list();
    auto answer = co_await call(request);
    if (!answer) co_return fail(std::move(answer).error());
    if (!answer->has_list()) co_return notAnswered();
    std::vector<ListedJob> all;
    for (const auto& job : answer->list().jobs()) {
        auto key = keyFromBytes(job.key());
        if (!key) co_return fail(std::move(key).error());
        all.push_back({*key, showable(job.owner(), 100), showable(job.kind(), 60), showable(job.label(), 200),
                       showable(job.phase(), 20), showable(job.stage(), 100), showable(job.created(), 40),
                       job.progress() >= 0 ? std::min(job.progress(), 1.0) : 0});
    }
    co_return all;
}

asio::awaitable<Result<Registered>> WorkerClient::registerPath(std::string path) {
    wire::Request request;
    request.mutable_register_()->set_path(std::move(path));
    auto answer = co_await call(request);
    if (!answer) co_return fail(std::move(answer).error());
    if (!answer->has_register_()) co_return notAnswered();
    Registered made;
    made.files = answer->register_().files();
    made.bytes = answer->register_().bytes();
    for (const auto& each : answer->register_().refused())
        made.refused.push_back(showable(each, 500));
    co_return made;
}

} // namespace balmer::remote

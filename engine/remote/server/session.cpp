#include "engine/remote/server/session.h"

#include <algorithm>
#include <chrono>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "engine/core/clock.h"
#include "engine/core/crash_point.h"
#include "engine/core/digest.h"
#include "engine/core/log.h"
#include "engine/remote/protocol/handshake.h"
#include "engine/remote/protocol/messages.h"
#include "engine/remote/protocol/messages.pb.h"
#include "engine/remote/transport/offload.h"

namespace balmer::remote {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using jobs::Phase;

namespace {

constexpr std::size_t streamsAtMost = 64;
constexpr std::size_t jobsAtMost = 32; ///< of one owner, waiting or running
constexpr std::size_t missingAtMost = 1000;
constexpr std::size_t entriesAtMost = 10000;
constexpr std::size_t specBytesAtMost = 256u << 10;
constexpr std::size_t listedAtMost = 1000;
constexpr std::size_t eventsAtOnce = 16;
constexpr std::size_t requestBytesAtMost = 2u << 20; ///< not yet answered
constexpr std::size_t partsAtMost = 11000;           ///< of a request: 10 000 files of a parcel, and a little
constexpr auto keptAfterRelease = std::chrono::hours(24);
constexpr auto keptUnreleased = std::chrono::hours(30 * 24);

std::string later(std::chrono::hours hours) {
    return core::formatTime(core::systemClock().now() + hours);
}

Error tooMany(std::string what) {
    return Error(ErrorCode::ResourceExhausted, std::move(what));
}

Result<jobs::ParcelEntry> entryFrom(const wire::ParcelEntry& message) {
    if (!isParcelName(message.name()))
        return fail(ErrorCode::InvalidArgument, "\"" + showable(message.name(), 60) +
                                                    "\" is not a name that a file of a parcel may have");
    jobs::ParcelEntry entry;
    entry.name = message.name();
    BALMER_TRY(entry.object, digestFromBytes(message.object()));
    if (message.bytes() > objectSizeLimit)
        return fail(ErrorCode::InvalidArgument, entry.name + " is larger than 128 GiB; register it instead");
    entry.bytes = static_cast<std::int64_t>(message.bytes());
    return entry;
}

void writeEvent(const jobs::WorkerEvent& entry, wire::Event& message) {
    const auto& event = entry.event;
    message.set_sequence(event.sequence);
    message.set_phase(std::string(jobs::toString(event.phase)));
    message.set_progress(event.progress);
    message.set_stage(showable(event.stage, 200));
    message.set_started(event.started);
    message.set_device(event.device);
    message.set_program_version(event.programVersion);
    for (const auto& point : event.points) {
        auto& to = *message.add_points();
        to.set_name(showable(point.name, 200));
        to.set_step(point.step);
        to.set_value(point.value);
    }
    for (const auto& line : event.lines) {
        auto& to = *message.add_lines();
        to.set_time(line.time);
        to.set_text(showable(line.text, 4000));
    }
    message.set_final(entry.final);
    message.set_clock(core::formatTime(core::systemClock().now()));
}

} // namespace

// --------------------------------------------------------------------------------------------------------
// notifier

void JobNotifier::notify(const std::string& key) {
    ++count_;
    if (const auto found = signals_.find(key); found != signals_.end()) {
        const auto signal = found->second;
        signals_.erase(found);
        signal->notify();
    }
}

void JobNotifier::notifyAll() {
    ++count_;
    for (const auto& [key, signal] : std::exchange(signals_, {}))
        signal->notify();
}

asio::awaitable<void> JobNotifier::wait(std::string key, std::uint64_t since) {
    if (count_ != since) co_return;
    auto& place = signals_[key];
    if (!place) place = std::make_shared<Signal>(executor_);
    const auto signal = place;
    // Looked at again after a while in any case: another process may write into the journal.
    co_await signal->wait(std::chrono::seconds(5));
}

// --------------------------------------------------------------------------------------------------------
// requests

Session::Session(Services& services, std::shared_ptr<Channel> channel, std::string owner)
    : services_(services), channel_(std::move(channel)), owner_(std::move(owner)),
      reading_(channel_->executor(), 2), answering_(channel_->executor(), 2),
      sendingEvents_(channel_->executor(), 1) {}

Session::~Session() = default;

asio::awaitable<Error> Session::run(std::vector<std::byte> early) {
    const auto self = shared_from_this();
    const auto take = [self](Frame frame) { return self->take(std::move(frame)); };
    co_return co_await channel_->run(std::move(early), take);
}

asio::awaitable<Status> Session::take(Frame frame) {
    const auto stream = frame.header.stream;
    if (frame.header.type == FrameType::Data) co_return co_await takeData(std::move(frame));
    if (frame.header.type == FrameType::Problem) {
        // The client gives a stream up; on stream 0 the connection.
        if (stream != 0) co_return Status();
        auto problem = decodeMessage<wire::Problem>(frame.payload);
        co_return fail(problem ? errorFrom(*problem) : problem.error());
    }
    if (frame.header.type != FrameType::Request)
        co_return fail(ErrorCode::Protocol, "a client may not send answers");
    if (stream <= lastStream_)
        co_return fail(ErrorCode::Protocol, "the client opened stream " + std::to_string(stream) +
                                                " after stream " + std::to_string(lastStream_) +
                                                "; their numbers only grow");
    lastStream_ = stream;
    const auto size = frame.payload.size();
    if (open_.size() >= streamsAtMost || (heldBytes_ > 0 && heldBytes_ + size > requestBytesAtMost)) {
        const auto what = open_.size() >= streamsAtMost
                              ? "more than 64 requests at once; wait for answers"
                              : "more than 2 MiB of requests at once; wait for answers";
        auto refusal = encodeProblem(stream, tooMany(what), true, 1000);
        co_return co_await channel_->send(std::move(refusal));
    }
    if (partsIn(frame.payload) > partsAtMost)
        co_return fail(ErrorCode::Protocol, "a request has more than 11 000 parts");
    auto request = decodeMessage<wire::Request>(frame.payload);
    if (!request) co_return fail(std::move(request).error());
    open_.insert(stream);
    frame.payload = {};
    if (request->has_put()) {
        auto begun = beginUpload(stream, request->put());
        if (!begun) co_return begun;
        co_return Status();
    }
    const auto self = shared_from_this();
    const auto kept = std::make_shared<wire::Request>(std::move(*request));
    heldBytes_ += size;
    asio::co_spawn(
        channel_->executor(),
        [self, stream, kept, size]() -> asio::awaitable<void> { co_await self->answer(stream, kept, size); },
        asio::detached);
    co_return Status();
}

asio::awaitable<void> Session::answer(std::uint32_t stream, std::shared_ptr<wire::Request> request,
                                      std::size_t bytes) {
    const auto self = shared_from_this();
    auto done = co_await respond(stream, *request);
    if (!done && !channel_->closed()) {
        const bool retry = done.error().code() == ErrorCode::ResourceExhausted;
        const auto problem = withRoomHint(std::move(done).error());
        (void)co_await channel_->send(encodeProblem(stream, problem, retry, retry ? 5000 : 0));
    }
    open_.erase(stream);
    heldBytes_ -= bytes;
}

asio::awaitable<Status> Session::respond(std::uint32_t stream, const wire::Request& request) {
    switch (request.what_case()) {
    case wire::Request::kStatus:
        co_return co_await status(stream, request.status());
    case wire::Request::kSubmit:
        co_return co_await submit(stream, request.submit());
    case wire::Request::kOffer:
        co_return co_await offer(stream, request.offer());
    case wire::Request::kManifest:
        co_return co_await manifest(stream, request.manifest().object());
    case wire::Request::kGet:
        co_return co_await get(stream, request.get());
    case wire::Request::kWatch:
        co_return co_await watch(stream, request.watch());
    case wire::Request::kCancel:
        co_return co_await cancel(stream, request.cancel().key());
    case wire::Request::kResult:
        co_return co_await result(stream, request.result().key());
    case wire::Request::kRelease:
        co_return co_await release(stream, request.release().key());
    case wire::Request::kList:
        co_return co_await list(stream);
    case wire::Request::kRegister:
        co_return co_await registerPath(stream, request.register_());
    default:
        co_return fail(ErrorCode::Unsupported,
                       "this worker (" + services_.programVersion +
                           ") does not know that request; bring it to the desktop's version");
    }
}

asio::awaitable<Status> Session::send(std::uint32_t stream, const wire::Response& response) {
    auto frame = encodeFrame(FrameType::Response, 0, stream, response);
    if (!frame) co_return fail(std::move(frame).error());
    co_return co_await channel_->send(std::move(*frame));
}

asio::awaitable<Result<jobs::WorkerJob>> Session::find(std::string key) {
    auto digits = keyFromBytes(key);
    if (!digits) co_return fail(std::move(digits).error());
    auto foundSoon = offload(services_.disk, [&services = services_, key_ = *digits, owner = owner_] {
        return services.journal.find(key_, owner);
    });
    auto found = co_await std::move(foundSoon);
    if (!found) co_return fail(std::move(found).error());
    if (!*found) co_return fail(ErrorCode::NotFound, "the worker knows no job " + *digits);
    co_return std::move(**found);
}

asio::awaitable<Status> Session::status(std::uint32_t stream, const wire::StatusRequest& request) {
    if (static_cast<std::size_t>(request.objects_size()) > missingAtMost)
        co_return fail(ErrorCode::InvalidArgument, "asks about more than 1000 objects at once");
    std::vector<ObjectId> asked;
    for (const auto& bytes : request.objects()) {
        auto id = digestFromBytes(bytes);
        if (!id) co_return fail(std::move(id).error());
        asked.push_back(std::move(*id));
    }
    const auto response = std::make_shared<wire::Response>();
    auto doneSoon = offload(services_.disk, [&services = services_, asked, response]() -> Status {
        auto& answer = *response->mutable_status();
        BALMER_TRY(const auto usage, services.objects.usage());
        answer.set_objects(usage.whole + usage.registered);
        answer.mutable_limits()->set_store_used(usage.bytes);
        answer.mutable_limits()->set_store_quota(usage.quotaBytes);
        for (std::size_t i = 0; i < asked.size(); ++i)
            if (services.objects.has(asked[i])) setBit(*answer.mutable_present(), i);
        return {};
    });
    auto done = co_await std::move(doneSoon);
    if (!done) co_return done;
    auto& answer = *response->mutable_status();
    answer.mutable_limits()->set_slots(static_cast<unsigned>(services_.runner.slots()));
    answer.mutable_limits()->set_free_slots(static_cast<unsigned>(
        services_.runner.slots() - std::min(services_.runner.slots(), services_.runner.running())));
    answer.set_running(static_cast<unsigned>(services_.runner.running()));
    answer.set_waiting(static_cast<unsigned>(services_.runner.waiting()));
    co_return co_await send(stream, *response);
}

asio::awaitable<Status> Session::submit(std::uint32_t stream, const wire::SubmitRequest& request) {
    const auto permit = co_await answering_.acquire();
    jobs::WorkerJob job;
    auto key = keyFromBytes(request.key());
    if (!key) co_return fail(std::move(key).error());
    job.key = std::move(*key);
    job.owner = owner_;
    if (request.spec().size() > specBytesAtMost)
        co_return fail(ErrorCode::InvalidArgument, "the job's description is longer than 256 KiB");
    if (static_cast<std::size_t>(request.inputs_size()) > entriesAtMost)
        co_return fail(ErrorCode::InvalidArgument, "a parcel may have 10 000 files at most");
    job.spec = request.spec();
    job.specDigest = core::digestOf(job.spec);
    for (const auto& message : request.inputs()) {
        auto entry = entryFrom(message);
        if (!entry) co_return fail(std::move(entry).error());
        job.inputs.push_back(std::move(*entry));
    }
    job.programVersion = services_.programVersion;
    job.leaseUntil = later(keptUnreleased);

    struct Accepted {
        jobs::WorkerJob job;
        std::vector<ObjectId> missing;
        bool queued = false;
    };
    auto acceptedSoon = offload(services_.disk, [&services = services_, job]() mutable -> Result<Accepted> {
        BALMER_TRY(const auto known, services.journal.find(job.key, job.owner));
        if (!known) {
            BALMER_CHECK(services.checkSpec(job.spec));
            BALMER_TRY(const auto all, services.journal.unfinished());
            const auto open = std::count_if(all.begin(), all.end(),
                                            [&](const auto& each) { return each.owner == job.owner; });
            if (static_cast<std::size_t>(open) >= jobsAtMost)
                return fail(tooMany("the worker has " + std::to_string(open) +
                                    " jobs of yours that have not ended; this one waits its turn"));
        }
        Accepted made;
        for (const auto& entry : job.inputs)
            if (!services.objects.has(entry.object) &&
                std::find(made.missing.begin(), made.missing.end(), entry.object) == made.missing.end())
                made.missing.push_back(entry.object);
        job.phase = made.missing.empty() ? Phase::Queued : Phase::Pending;
        BALMER_TRY(const bool isNew, services.journal.accept(job));
        core::crashPoint("worker.accepted");
        BALMER_TRY(auto kept, services.journal.find(job.key, job.owner));
        if (!kept) return fail(ErrorCode::Internal, "the journal did not keep the job");
        if (kept->phase == Phase::Pending && made.missing.empty() && !kept->cancelWanted) {
            BALMER_CHECK(services.journal.moveTo(job.key, Phase::Queued, ""));
            kept->phase = Phase::Queued;
            made.queued = true;
        }
        made.queued = made.queued || (isNew && kept->phase == Phase::Queued);
        if (kept->phase != Phase::Pending) made.missing.clear();
        made.job = std::move(*kept);
        return made;
    });
    auto accepted = co_await std::move(acceptedSoon);
    if (!accepted) co_return fail(std::move(accepted).error());
    if (accepted->queued) {
        services_.notifier.notify(accepted->job.key);
        services_.runner.enqueue(accepted->job.key);
    }
    wire::Response response;
    auto& answer = *response.mutable_submit();
    answer.set_phase(std::string(jobs::toString(accepted->job.phase)));
    for (std::size_t i = 0; i < std::min(accepted->missing.size(), missingAtMost); ++i) {
        auto raw = digestToBytes(accepted->missing[i]);
        if (!raw) co_return fail(std::move(raw).error());
        answer.add_missing(*raw);
        remember(wanted_, accepted->missing[i]);
    }
    co_return co_await send(stream, response);
}

// --------------------------------------------------------------------------------------------------------
// jobs

asio::awaitable<Status> Session::watch(std::uint32_t stream, const wire::WatchRequest& request) {
    auto job = co_await find(request.key());
    if (!job) co_return fail(std::move(job).error());
    wire::Response begun;
    begun.mutable_watch();
    auto sent = co_await send(stream, begun);
    auto after = request.after();
    while (sent && !channel_->closed()) {
        auto place = std::make_unique<Semaphore::Permit>(co_await sendingEvents_.acquire());
        const auto seen = services_.notifier.count();
        auto eventsSoon = offload(services_.disk, [&services = services_, key = job->key, after] {
            return services.journal.eventsAfter(key, after, eventsAtOnce);
        });
        auto events = co_await std::move(eventsSoon);
        if (!events) co_return fail(std::move(events).error());
        for (const auto& each : *events) {
            wire::Event message;
            writeEvent(each, message);
            auto frame = encodeFrame(FrameType::Event, 0, stream, message);
            if (!frame) co_return fail(std::move(frame).error());
            sent = co_await channel_->send(std::move(*frame));
            if (!sent) co_return sent;
            after = each.event.sequence;
            if (each.final) co_return Status();
        }
        place.reset();
        if (events->empty()) co_await services_.notifier.wait(job->key, seen);
    }
    co_return sent;
}

asio::awaitable<Status> Session::cancel(std::uint32_t stream, std::string key) {
    auto job = co_await find(std::move(key));
    if (!job) co_return fail(std::move(job).error());
    auto notedSoon = offload(services_.disk, [&services = services_, key_ = job->key] {
        return services.journal.wantCancel(key_);
    });
    auto noted = co_await std::move(notedSoon);
    if (!noted) co_return noted;
    if (!jobs::isFinal(job->phase)) services_.runner.cancel(job->key);
    wire::Response response;
    response.mutable_cancel()->set_phase(std::string(jobs::toString(job->phase)));
    co_return co_await send(stream, response);
}

asio::awaitable<Status> Session::result(std::uint32_t stream, std::string key) {
    const auto permit = co_await answering_.acquire();
    auto job = co_await find(std::move(key));
    if (!job) co_return fail(std::move(job).error());
    if (!jobs::isFinal(job->phase))
        co_return fail(ErrorCode::NotFound, "the job has not ended yet; watch it");
    wire::Response response;
    auto& answer = *response.mutable_result();
    answer.set_phase(std::string(jobs::toString(job->phase)));
    answer.set_result(job->result);
    if (job->error) *answer.mutable_problem() = problemFrom(*job->error);
    answer.set_ended(job->ended);
    answer.set_device(job->device);
    answer.set_program_version(job->programVersion);
    for (const auto& entry : job->outputs) {
        auto raw = digestToBytes(entry.object);
        if (!raw) co_return fail(std::move(raw).error());
        auto& to = *answer.add_outputs();
        to.set_name(entry.name);
        to.set_object(*raw);
        to.set_bytes(static_cast<std::uint64_t>(entry.bytes));
        remember(readable_, entry.object);
    }
    co_return co_await send(stream, response);
}

asio::awaitable<Status> Session::release(std::uint32_t stream, std::string key) {
    auto job = co_await find(std::move(key));
    if (!job) co_return fail(std::move(job).error());
    auto notedSoon = offload(services_.disk, [&services = services_, key_ = job->key] {
        auto released = services.journal.release(key_, later(keptAfterRelease));
        core::crashPoint("worker.released");
        return released;
    });
    auto noted = co_await std::move(notedSoon);
    if (!noted) co_return noted;
    wire::Response response;
    response.mutable_release();
    co_return co_await send(stream, response);
}

asio::awaitable<Status> Session::list(std::uint32_t stream) {
    const auto permit = co_await answering_.acquire();
    const auto whose = services_.seesAll(owner_) ? std::string() : owner_;
    auto allSoon = offload(services_.disk, [&services = services_, whose] {
        return services.journal.list(whose, listedAtMost);
    });
    auto all = co_await std::move(allSoon);
    if (!all) co_return fail(std::move(all).error());
    wire::Response response;
    auto& answer = *response.mutable_list();
    for (const auto& job : *all) {
        auto raw = keyToBytes(job.key);
        if (!raw) co_return fail(std::move(raw).error());
        const auto words = services_.describeSpec(job.spec);
        auto& to = *answer.add_jobs();
        to.set_key(*raw);
        to.set_owner(showable(job.owner, 100));
        to.set_kind(showable(words.kind, 60));
        to.set_label(showable(words.label, 200));
        to.set_phase(std::string(jobs::toString(job.phase)));
        to.set_progress(job.progress);
        to.set_stage(showable(job.stage, 100));
        to.set_created(job.created);
    }
    co_return co_await send(stream, response);
}

} // namespace balmer::remote

#include "engine/vo/samp/samp_link.h"

#include <algorithm>

#include "engine/core/log.h"
#include "engine/core/thread_pool.h"
#include "engine/vo/samp/samp_link_state.h"

namespace balmer::vo {

namespace {

/// Calls of the hub that wait for our thread; more are refused.
constexpr std::size_t heardLimit = 256;
constexpr std::size_t heardBytesLimit = 4 * callBytes;

http::ServerResponse xmlResponse(std::string body) {
    http::ServerResponse response;
    response.contentType = "text/xml";
    response.body = std::move(body);
    return response;
}

http::ClientSettings clientSettings(const SampLink::Options& options) {
    http::ClientSettings settings;
    settings.connect = options.ping;
    return settings;
}

} // namespace

SampLink::State::State(Options given, Handlers to)
    : options(std::move(given)), handlers(std::move(to)), net(clientSettings(options)), echoes(options.echo) {
}

core::Status SampLink::State::enqueue(std::function<void()> task) {
    {
        const core::LockGuard lock(mutex);
        tasks.push_back(std::move(task));
        if (!ending && !thread.joinable()) {
            BALMER_TRY(thread, core::startThread([this] {
                           core::nameThisThread("balmer-samp");
                           run();
                       }));
        }
    }
    wake.notify_one();
    return {};
}

http::ServerResponse SampLink::State::serve(const http::ServerRequest& request) {
    if (request.path == callbackPath) {
        if (request.method == "POST") return xmlResponse(takeCall(request.body));
        http::ServerResponse response;
        response.status = 405;
        response.fields = {{"Allow", "POST"}};
        return response;
    }
    if (auto response = offers.answer(request)) return std::move(*response);
    http::ServerResponse response;
    response.status = 404;
    response.body = "There is nothing here.\n";
    return response;
}

std::string SampLink::State::takeCall(std::string_view body) {
    // Whoever cannot say the key has nothing else of his looked at, however long it is.
    const auto key = firstParameter(body);
    if (!key) return encodeFault(1, key.error().message());
    {
        const core::LockGuard lock(mutex);
        if (expectedKey.empty() || *key != expectedKey) return encodeFault(1, "wrong private key");
    }
    if (body.size() > callBytes) {
        const auto refusal = "a message of " + std::to_string(body.size() >> 20) +
                             " MiB is too long; at most " + std::to_string(callBytes >> 20) +
                             " MiB are taken: select fewer rows";
        core::log::warning("SAMP: " + refusal);
        (void)enqueue([this, refusal] {
            if (hub && handlers.tooLong) handlers.tooLong(refusal);
        });
        return encodeFault(1, refusal);
    }
    {
        const core::LockGuard lock(mutex); // only this thread adds to them
        if (heard >= heardLimit || heardBytes + body.size() > heardBytesLimit)
            return encodeFault(1, "too many messages at once; try again later");
    }
    XmlRpcLimits limits;
    limits.bytes = callBytes;
    auto call = decodeCall(body, limits);
    if (!call) return encodeFault(1, call.error().message());
    if (!call->method.starts_with("samp.client.receive"))
        return encodeFault(1, "there is no method " + call->method);
    {
        const core::LockGuard lock(mutex);
        ++heard;
        heardBytes += body.size();
        tasks.push_back([this, bytes = body.size(), call = std::move(*call)] {
            {
                const core::LockGuard inner(mutex);
                --heard;
                heardBytes -= bytes;
            }
            take(call);
        });
    }
    wake.notify_one();
    return encodeAnswer({});
}

void SampLink::State::run() {
    while (true) {
        std::function<void()> task;
        {
            core::UniqueLock lock(mutex);
            const auto ready = [this]() BALMER_REQUIRES(mutex) { return ending || !tasks.empty(); };
            if (const auto until = nextDeadline())
                wake.wait_until(lock.waitable(), *until, ready);
            else
                wake.wait(lock.waitable(), ready);
            if (ending) break;
            if (!tasks.empty()) {
                task = std::move(tasks.front());
                tasks.pop_front();
            }
        }
        if (task) task();
        if (wanted && now() >= nextLook) look();
        sendReplies(now());
        giveUpWaiting();
        offerEnds = offers.expire(now());
        publish();
    }
    wanted = false;
    leave({}, SampState::Hub::Off);
    // What was asked for and not begun is told that there is no hub.
    for (auto task = nextTask(); task; task = nextTask())
        task();
}

std::function<void()> SampLink::State::nextTask() {
    const core::LockGuard lock(mutex);
    if (tasks.empty()) return {};
    auto task = std::move(tasks.front());
    tasks.pop_front();
    return task;
}

SampLink::SampLink(Options options, Handlers handlers)
    : state_(std::make_unique<State>(std::move(options), std::move(handlers))) {}

SampLink::~SampLink() {
    state_->stop.request_stop();
    core::Thread thread;
    {
        const core::LockGuard lock(state_->mutex);
        state_->ending = true;
        std::swap(thread, state_->thread);
    }
    state_->wake.notify_one();
    if (thread.joinable())
        thread.join();
    else // it never had a thread: who waits for an answer is told here
        state_->run();
}

void SampLink::connect() {
    const auto begun = state_->enqueue([state = state_.get()] { state->connect(); });
    if (begun) return;
    SampState state;
    state.hub = SampState::Hub::Absent;
    state.why = begun.error().message();
    {
        const core::LockGuard lock(state_->mutex);
        state_->shown = state;
    }
    if (state_->handlers.stateChanged) state_->handlers.stateChanged(state);
}

void SampLink::disconnect() {
    (void)state_->enqueue([state = state_.get()] { state->disconnect(); });
}

SampState SampLink::state() const {
    const core::LockGuard lock(state_->mutex);
    return state_->shown;
}

std::vector<SampClient> SampLink::listeners(std::string_view mtype) const {
    auto clients = state().clients;
    std::erase_if(clients, [&](const SampClient& client) { return !client.listensTo(mtype); });
    return clients;
}

std::uint64_t SampLink::send(SampSending sending) {
    std::uint64_t ticket = 0;
    {
        const core::LockGuard lock(state_->mutex);
        ticket = ++state_->lastTicket;
    }
    (void)state_->enqueue([state = state_.get(), ticket, sending = std::move(sending)]() mutable {
        state->dispatch(ticket, std::move(sending));
    });
    return ticket;
}

void SampLink::reply(std::string messageId, SampResponse response) {
    (void)state_->enqueue(
        [state = state_.get(), messageId = std::move(messageId), response = std::move(response)]() mutable {
            state->respond(std::move(messageId), std::move(response));
        });
}

} // namespace balmer::vo

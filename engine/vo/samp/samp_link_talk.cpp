// What the hub says, and what is sent.
#include <algorithm>

#include "engine/core/log.h"
#include "engine/core/text_number.h"
#include "engine/vo/samp/samp_link_state.h"

namespace balmer::vo {

using core::ErrorCode;
using core::Result;

namespace {

/// The other's word, with an end like a sentence's.
std::string quoted(const std::string& text) {
    return text.empty() ? std::string("it gave no reason") : text;
}

} // namespace

void SampLink::State::take(const XmlRpcCall& call) {
    if (!hub || *call.params.front().text() != hub->privateKey()) return;
    const auto text = [&](std::size_t i) {
        return i < call.params.size() && call.params[i].text() ? *call.params[i].text() : std::string();
    };
    const auto& last = call.params.back();
    if (call.method == "samp.client.receiveResponse" && call.params.size() == 4) {
        takeResponse(text(1), text(2), decodeResponse(last));
    } else if (call.method == "samp.client.receiveNotification" && call.params.size() == 3) {
        takeMessage(text(1), {}, decodeMessage(last));
    } else if (call.method == "samp.client.receiveCall" && call.params.size() == 4) {
        takeMessage(text(1), text(2), decodeMessage(last));
    }
}

void SampLink::State::takeMessage(const std::string& sender, const std::string& id,
                                  Result<SampMessage> message) {
    if (!message) {
        core::log::debug("a message of " + nameOf(sender) + ": " + message.error().describe());
        return respond(id, SampResponse::error(message.error().message()));
    }
    if (message->mtype == pingType) return respond(id, SampResponse::ok());
    if (message->mtype.starts_with("samp.hub.")) {
        if (sender == hub->hubId()) takeEvent(*message);
        if (hub) respond(id, SampResponse::ok());
        return;
    }
    const bool understood =
        std::any_of(options.subscriptions.begin(), options.subscriptions.end(),
                    [&](const auto& mtype) { return subscriptionMatches(mtype, message->mtype); });
    if (!understood || !handlers.received)
        return respond(id, SampResponse::error("messages " + message->mtype + " are not understood here"));
    if (echoes.hears(*message, now())) return respond(id, SampResponse::ok());
    handlers.received({std::move(*message), sender, nameOf(sender), id});
}

void SampLink::State::takeEvent(const SampMessage& event) {
    const auto id = textOr(event.params, "id");
    if (event.mtype == "samp.hub.event.shutdown") {
        forget("the SAMP hub has ended", SampState::Hub::Absent);
        nextLook = now() + options.look; // it may still answer for a moment
    } else if (event.mtype == "samp.hub.disconnect") {
        wanted = false;
        hub.reset(); // there is nothing to unregister
        leave("the SAMP hub has disconnected Balmer: " + quoted(textOr(event.params, "reason")),
              SampState::Hub::Off);
    } else if (id.empty() || id == hub->selfId()) {
        return;
    } else if (event.mtype == "samp.hub.event.unregister") {
        lose(id);
        clients.erase(id);
    } else if (clients.contains(id) || clients.size() < clientLimit) {
        auto& client = clients[id];
        client.id = id;
        if (const auto* metadata = mapIn(event.params, "metadata")) client.metadata = *metadata;
        if (const auto* mtypes = mapIn(event.params, "subscriptions"))
            client.subscriptions = subscriptionsIn(*mtypes);
    }
}

void SampLink::State::takeResponse(const std::string& responder, const std::string& tag,
                                   Result<SampResponse> response) {
    const auto ticket = core::parseInteger(tag);
    const auto found = ticket ? waiting.find(static_cast<std::uint64_t>(*ticket)) : waiting.end();
    if (found == waiting.end() || found->second.from.erase(responder) == 0) return;
    SampAnswer answer{found->first, SampAnswer::Outcome::Responded, responder, nameOf(responder), {}, {}, {}};
    if (response) {
        answer.response = std::move(*response);
        if (answer.response.status != SampStatus::Ok)
            answer.text = answer.clientName + ": " + quoted(answer.response.forUser());
    } else {
        answer.response = SampResponse::error(response.error().message());
        answer.text = answer.clientName + ": " + response.error().message();
    }
    answer.last = found->second.from.empty();
    if (answer.last) finish(found);
    tell(answer);
}

void SampLink::State::tell(const SampAnswer& answer) const {
    if (handlers.answered) handlers.answered(answer);
}

void SampLink::State::finish(std::map<std::uint64_t, Awaited>::iterator awaited) {
    offers.release(awaited->second.offer);
    waiting.erase(awaited);
}

void SampLink::State::loseAll(std::uint64_t ticket, const Awaited& awaited, const std::string& because) {
    offers.release(awaited.offer);
    std::size_t left = awaited.from.size();
    for (const auto& id : awaited.from)
        tell({ticket, SampAnswer::Outcome::Lost, id, nameOf(id), {}, because, --left == 0});
}

void SampLink::State::lose(const std::string& id) {
    for (auto entry = waiting.begin(); entry != waiting.end();) {
        const auto here = entry++;
        if (here->second.from.erase(id) == 0) continue;
        const bool last = here->second.from.empty();
        const auto ticket = here->first;
        if (last) finish(here);
        tell({ticket,
              SampAnswer::Outcome::Lost,
              id,
              nameOf(id),
              {},
              nameOf(id) + " went away before it answered",
              last});
    }
}

void SampLink::State::giveUpWaiting() {
    const auto time = now();
    for (auto entry = waiting.begin(); entry != waiting.end();) {
        const auto here = entry++;
        if (here->second.until > time) continue;
        const auto node = waiting.extract(here);
        loseAll(node.key(), node.mapped(),
                "there was no answer within " +
                    core::formatDouble(std::chrono::duration<double>(node.mapped().limit).count()) + " s");
    }
}

void SampLink::State::refuse(std::uint64_t ticket, SampAnswer::Outcome outcome, std::string because,
                             const std::optional<SampOffer>& offer) const {
    if (offer) withdraw(*offer);
    tell({ticket, outcome, {}, {}, {}, std::move(because), true});
}

void SampLink::State::dispatch(std::uint64_t ticket, SampSending sending) {
    using Outcome = SampAnswer::Outcome;
    auto& message = sending.message;
    if (!hub)
        return refuse(ticket, Outcome::NotSent, why.empty() ? "no SAMP hub is connected" : why,
                      sending.offer);
    if (echoes.sends(message, now()) && sending.unlessEcho)
        return refuse(ticket, Outcome::Echo, {}, sending.offer);
    Awaited awaited{message.mtype, {}, sending.limit, now() + sending.limit, {}};
    if (sending.offer) {
        awaited.offer = offers.add(std::move(*sending.offer), now());
        message.params.insert_or_assign("url", server->url() + awaited.offer);
    }

    std::vector<SampAnswer> answers;
    const auto reached = [&](const std::string& id) {
        if (sending.notify)
            answers.push_back({ticket, Outcome::Notified, id, nameOf(id), {}, {}, false});
        else
            awaited.from.insert(id);
    };
    const auto refused = [&](const std::string& id, const core::Error& error) {
        if (error.code() != ErrorCode::Remote) nextLook = now(); // is the hub still there?
        answers.push_back(
            {ticket, Outcome::NotSent, id, id.empty() ? id : nameOf(id), {}, error.message(), false});
    };
    const auto tag = std::to_string(ticket);
    if (sending.to.empty()) {
        const auto all =
            sending.notify ? hub->notifyAll(message, task()) : hub->callAll(tag, message, task());
        if (!all) {
            refused({}, all.error());
        } else {
            for (const auto& id : *all)
                reached(id);
        }
    } else {
        for (const auto& id : sending.to) {
            const auto sent =
                sending.notify ? hub->notify(id, message, task()) : hub->call(id, tag, message, task());
            if (sent) {
                reached(id);
            } else {
                refused(id, sent.error());
            }
        }
    }
    if (answers.empty() && awaited.from.empty())
        answers.push_back({ticket,
                           Outcome::NotSent,
                           {},
                           {},
                           {},
                           "no program at the SAMP hub listens to " + message.mtype,
                           false});
    if (awaited.from.empty()) {
        answers.back().last = true;
        offers.release(awaited.offer);
    } else {
        waiting.emplace(ticket, std::move(awaited));
    }
    for (const auto& answer : answers)
        tell(answer);
}

void SampLink::State::respond(std::string messageId, SampResponse response) {
    if (messageId.empty() || !hub) return;
    replies.push_back({now() + replyDelay, std::move(messageId), std::move(response)});
}

void SampLink::State::sendReplies(Time upTo) {
    while (hub && !replies.empty() && replies.front().due <= upTo) {
        const auto reply = std::move(replies.front());
        replies.pop_front();
        const auto sent = hub->reply(reply.messageId, reply.response, task());
        if (sent) continue;
        core::log::debug("a reply over SAMP: " + sent.error().describe());
        if (sent.error().code() != ErrorCode::Remote) nextLook = now();
    }
}

} // namespace balmer::vo

#include "engine/vo/samp/hub_client.h"

#include <utility>

#include "engine/vo/samp/xml_rpc.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using core::TaskContext;

/// What a void function gives back differs between hubs and does not matter.
Status done(const Result<SampValue>& answer) {
    if (!answer) return fail(answer.error());
    return {};
}

tl::unexpected<core::Error> strange(std::string_view function) {
    return fail(ErrorCode::Protocol,
                "the SAMP hub answered " + std::string(function) + " with something else than SAMP 1.3 says");
}

Result<std::vector<std::string>> idsIn(const Result<SampValue>& answer, std::string_view function) {
    if (!answer) return fail(answer.error());
    std::vector<std::string> ids;
    if (const auto* list = answer->list()) {
        for (const auto& item : *list)
            if (item.text()) ids.push_back(*item.text());
    } else if (const auto* map = answer->map()) {
        for (const auto& [id, item] : *map)
            ids.push_back(id);
    } else {
        return strange(function);
    }
    return ids;
}

} // namespace

Result<SampValue> HubClient::ask(std::string_view function, std::vector<SampValue> params,
                                 const TaskContext& task) {
    http::Request request;
    request.url = lock_.hubUrl;
    request.method = "POST";
    request.fields = {{"Content-Type", "text/xml"}};
    request.body = encodeCall({std::string(function), std::move(params)});
    request.limitBytes = XmlRpcLimits().bytes;
    request.redirects = 0;
    request.limit = limit_;
    auto answer = http_->send(request, task);
    if (!answer) {
        auto error = std::move(answer.error());
        if (error.code() == ErrorCode::Remote) error = core::Error(ErrorCode::Protocol, error.message());
        return fail(std::move(error.during("asking the SAMP hub at " + lock_.hubUrl)));
    }
    if (!answer->succeeded())
        return fail(ErrorCode::Protocol, "the SAMP hub at " + lock_.hubUrl + " answered " +
                                             std::string(function) + " with HTTP status " +
                                             std::to_string(answer->status));
    return decodeAnswer(answer->body);
}

Result<SampValue> HubClient::askRegistered(std::string_view function, std::vector<SampValue> params,
                                           const TaskContext& task) {
    params.insert(params.begin(), SampValue(privateKey_));
    return ask(function, std::move(params), task);
}

Status HubClient::ping(const TaskContext& task) {
    return done(ask("samp.hub.ping", {}, task));
}

Status HubClient::registerSelf(const TaskContext& task) {
    BALMER_TRY(const auto answer, ask("samp.hub.register", {lock_.secret}, task));
    const auto* map = answer.map();
    if (!map) return strange("samp.hub.register");
    hubId_ = textOr(*map, "samp.hub-id");
    selfId_ = textOr(*map, "samp.self-id");
    privateKey_ = textOr(*map, "samp.private-key");
    if (hubId_.empty() || selfId_.empty() || privateKey_.empty()) return strange("samp.hub.register");
    return {};
}

Status HubClient::unregister(const TaskContext& task) {
    return done(askRegistered("samp.hub.unregister", {}, task));
}

Status HubClient::setCallback(const std::string& url, const TaskContext& task) {
    return done(askRegistered("samp.hub.setXmlrpcCallback", {url}, task));
}

Status HubClient::declareMetadata(const SampMap& metadata, const TaskContext& task) {
    return done(askRegistered("samp.hub.declareMetadata", {metadata}, task));
}

Status HubClient::declareSubscriptions(const std::vector<std::string>& mtypes, const TaskContext& task) {
    SampMap map;
    for (const auto& mtype : mtypes)
        map.emplace(mtype, SampMap());
    return done(askRegistered("samp.hub.declareSubscriptions", {std::move(map)}, task));
}

Result<SampMap> HubClient::metadataOf(const std::string& client, const TaskContext& task) {
    BALMER_TRY(const auto answer, askRegistered("samp.hub.getMetadata", {client}, task));
    return answer.map() ? *answer.map() : SampMap();
}

Result<std::vector<std::string>> HubClient::subscriptionsOf(const std::string& client,
                                                            const TaskContext& task) {
    BALMER_TRY(const auto answer, askRegistered("samp.hub.getSubscriptions", {client}, task));
    return answer.map() ? subscriptionsIn(*answer.map()) : std::vector<std::string>();
}

Result<std::vector<std::string>> HubClient::registeredClients(const TaskContext& task) {
    constexpr auto function = "samp.hub.getRegisteredClients";
    return idsIn(askRegistered(function, {}, task), function);
}

Status HubClient::notify(const std::string& client, const SampMessage& message, const TaskContext& task) {
    return done(askRegistered("samp.hub.notify", {client, encodeMessage(message)}, task));
}

Result<std::vector<std::string>> HubClient::notifyAll(const SampMessage& message, const TaskContext& task) {
    constexpr auto function = "samp.hub.notifyAll";
    return idsIn(askRegistered(function, {encodeMessage(message)}, task), function);
}

Status HubClient::call(const std::string& client, const std::string& tag, const SampMessage& message,
                       const TaskContext& task) {
    return done(askRegistered("samp.hub.call", {client, tag, encodeMessage(message)}, task));
}

Result<std::vector<std::string>> HubClient::callAll(const std::string& tag, const SampMessage& message,
                                                    const TaskContext& task) {
    constexpr auto function = "samp.hub.callAll";
    return idsIn(askRegistered(function, {tag, encodeMessage(message)}, task), function);
}

Result<SampResponse> HubClient::callAndWait(const std::string& client, const SampMessage& message,
                                            std::chrono::seconds timeout, const TaskContext& task) {
    auto patient = *this; // the hub's own answer comes after the client's
    patient.limit_ += timeout;
    BALMER_TRY(const auto answer,
               patient.askRegistered("samp.hub.callAndWait",
                                     {client, encodeMessage(message), std::to_string(timeout.count())},
                                     task));
    return decodeResponse(answer);
}

Status HubClient::reply(const std::string& messageId, const SampResponse& response, const TaskContext& task) {
    return done(askRegistered("samp.hub.reply", {messageId, encodeResponse(response)}, task));
}

std::vector<std::string> subscriptionsIn(const SampMap& map) {
    std::vector<std::string> mtypes;
    mtypes.reserve(map.size());
    for (const auto& [mtype, annotations] : map)
        mtypes.push_back(mtype);
    return mtypes;
}

} // namespace balmer::vo

// HubClient: the functions of a SAMP hub (IVOA SAMP 1.3 §3.11, standard profile §4). Private to the module.
//
// One owner; each function waits for the hub's answer on the calling thread. Errors, everywhere: Remote with
// the hub's words where it refuses (a fault); any other code where it cannot be reached or does not speak
// XML-RPC.
#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/http/client.h"
#include "engine/vo/samp/lock_file.h"
#include "engine/vo/samp/samp_message.h"

namespace balmer::vo {

class HubClient {
  public:
    /// http must outlive it. limit: to wait for one answer.
    HubClient(http::Client& http, SampLock lock, std::chrono::milliseconds limit)
        : http_(&http), lock_(std::move(lock)), limit_(limit) {}

    const SampLock& lock() const { return lock_; }
    void setLimit(std::chrono::milliseconds limit) { limit_ = limit; }

    core::Status ping(const core::TaskContext& task);
    /// samp.hub.register; the functions below need it.
    core::Status registerSelf(const core::TaskContext& task);
    const std::string& hubId() const { return hubId_; }
    const std::string& selfId() const { return selfId_; }
    const std::string& privateKey() const { return privateKey_; }
    core::Status unregister(const core::TaskContext& task);

    core::Status setCallback(const std::string& url, const core::TaskContext& task);
    core::Status declareMetadata(const SampMap& metadata, const core::TaskContext& task);
    core::Status declareSubscriptions(const std::vector<std::string>& mtypes, const core::TaskContext& task);

    core::Result<SampMap> metadataOf(const std::string& client, const core::TaskContext& task);
    core::Result<std::vector<std::string>> subscriptionsOf(const std::string& client,
                                                           const core::TaskContext& task);
    /// Ids of all but ourselves.
    core::Result<std::vector<std::string>> registeredClients(const core::TaskContext& task);

    core::Status notify(const std::string& client, const SampMessage& message, const core::TaskContext& task);
    /// Ids of those whom it reaches.
    core::Result<std::vector<std::string>> notifyAll(const SampMessage& message,
                                                     const core::TaskContext& task);
    /// The response comes to the callback under the tag.
    core::Status call(const std::string& client, const std::string& tag, const SampMessage& message,
                      const core::TaskContext& task);
    core::Result<std::vector<std::string>> callAll(const std::string& tag, const SampMessage& message,
                                                   const core::TaskContext& task);
    /// The response, waited for on this thread. Errors: also Remote where there is none in time.
    core::Result<SampResponse> callAndWait(const std::string& client, const SampMessage& message,
                                           std::chrono::seconds timeout, const core::TaskContext& task);
    core::Status reply(const std::string& messageId, const SampResponse& response,
                       const core::TaskContext& task);

  private:
    core::Result<SampValue> ask(std::string_view function, std::vector<SampValue> params,
                                const core::TaskContext& task);
    /// With the private key as the first parameter.
    core::Result<SampValue> askRegistered(std::string_view function, std::vector<SampValue> params,
                                          const core::TaskContext& task);

    http::Client* http_;
    SampLock lock_;
    std::chrono::milliseconds limit_;
    std::string hubId_, selfId_, privateKey_;
};

/// The keys of a map of subscriptions.
std::vector<std::string> subscriptionsIn(const SampMap& map);

} // namespace balmer::vo

// What the tests of the link to a SAMP hub share: a hub, and a link with what its handlers were told.
#pragma once

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "engine/http/client.h"
#include "engine/vo/samp/hub_client.h"
#include "engine/vo/samp/lock_file.h"
#include "engine/vo/samp/mtypes.h"
#include "engine/vo/samp/samp_link.h"
#include "tests/support/samp_hub.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

namespace balmer::vo {

using test::eventually;
using test::SampHub;
using Outcome = SampAnswer::Outcome;

constexpr const char* highlight = "table.highlight.row";

/// A link and what its handlers were told.
class Desk {
  public:
    explicit Desk(const std::string& hub, std::string name = "Balmer", SampLink::Options options = {}) {
        options.hub = hub;
        options.look = std::chrono::milliseconds(30);
        options.echo = std::chrono::hours(1);
        options.metadata = {{"samp.name", std::move(name)}, {"samp.description.text", "under test"}};
        for (const auto mtype : requestMTypes())
            options.subscriptions.emplace_back(mtype);
        SampLink::Handlers handlers;
        handlers.stateChanged = [this](const SampState& state) {
            const std::lock_guard lock(mutex_);
            states_.push_back(state);
        };
        handlers.received = [this](const SampReceived& received) {
            const std::lock_guard lock(mutex_);
            received_.push_back(received);
        };
        handlers.tooLong = [this](const std::string& why) {
            const std::lock_guard lock(mutex_);
            tooLong_.push_back(why);
        };
        handlers.answered = [this](const SampAnswer& answer) {
            const std::lock_guard lock(mutex_);
            answers_.push_back(answer);
        };
        link_ = std::make_unique<SampLink>(std::move(options), std::move(handlers));
    }
    ~Desk() { end(); }

    SampLink& link() { return *link_; }
    void end() { link_.reset(); }

    bool becomes(SampState::Hub hub) {
        return eventually([&] { return link_->state().hub == hub; });
    }
    bool connects() {
        link_->connect();
        return becomes(SampState::Hub::Connected);
    }
    bool sees(const std::string& name) {
        return eventually([&] { return !idOf(name).empty(); });
    }
    std::string idOf(const std::string& name) {
        for (const auto& client : link_->state().clients)
            if (client.name() == name && !client.subscriptions.empty()) return client.id;
        return {};
    }

    std::vector<SampState> states() {
        const std::lock_guard lock(mutex_);
        return states_;
    }
    std::vector<SampReceived> received() {
        const std::lock_guard lock(mutex_);
        return received_;
    }
    std::vector<std::string> tooLong() {
        const std::lock_guard lock(mutex_);
        return tooLong_;
    }
    std::vector<SampReceived> waitForReceived(std::size_t count) {
        EXPECT_TRUE(eventually([&] { return received().size() >= count; }));
        return received();
    }
    /// All answers for the ticket, once the last is there.
    std::vector<SampAnswer> answers(std::uint64_t ticket) {
        std::vector<SampAnswer> mine;
        EXPECT_TRUE(eventually([&] {
            const std::lock_guard lock(mutex_);
            mine.clear();
            for (const auto& answer : answers_)
                if (answer.ticket == ticket) mine.push_back(answer);
            return !mine.empty() && mine.back().last;
        }));
        EXPECT_EQ(std::count_if(mine.begin(), mine.end(), [](const auto& answer) { return answer.last; }), 1);
        return mine;
    }
    SampAnswer answer(std::uint64_t ticket) {
        const auto all = answers(ticket);
        EXPECT_EQ(all.size(), 1u);
        return all.empty() ? SampAnswer() : all.front();
    }

  private:
    std::mutex mutex_;
    std::vector<SampState> states_;
    std::vector<SampReceived> received_;
    std::vector<std::string> tooLong_;
    std::vector<SampAnswer> answers_;
    std::unique_ptr<SampLink> link_;
};

inline SampSending sending(const SampRequest& request, std::vector<std::string> to = {}) {
    SampSending sending;
    sending.message = encodeRequest(request);
    sending.to = std::move(to);
    return sending;
}

inline SampSending highlightOf(std::int64_t row, std::vector<std::string> to = {}) {
    return sending(HighlightRow{"t", "", row}, std::move(to));
}

/// The end may come before the hub's own answer to the call has.
inline bool isUndone(const SampAnswer& answer) {
    return answer.outcome == Outcome::Lost || answer.outcome == Outcome::NotSent;
}

/// What comes back for these bytes, whatever they are.
inline std::string postBytes(const std::string& url, std::string bytes) {
    http::Client client;
    http::Request request;
    request.url = url;
    request.method = "POST";
    request.body = std::move(bytes);
    const auto answer = client.send(request, {});
    return answer ? answer->body : answer.error().describe();
}

inline core::Result<http::Answer> get(const std::string& url) {
    http::Client client;
    http::Request request;
    request.url = url;
    return client.send(request, {});
}

class SampLinkTest : public testing::Test {
  protected:
    std::filesystem::path lock() const { return folder / "lock"; }
    std::string setting() const { return "std-lockurl:file://" + lock().string(); }
    void openHub() { hub = std::make_unique<SampHub>(lock()); }

    test::TemporaryFolder folder;
    std::unique_ptr<SampHub> hub;
};

} // namespace balmer::vo

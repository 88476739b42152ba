// Files that are offered, messages that come, and others at the hub that do not behave.
#include "tests/engine/vo/samp/samp_desk.h"

namespace balmer::vo {
namespace {

TEST_F(SampLinkTest, AnOfferedFileIsServedUntilAnsweredAndThenForItsTime) {
    openHub();
    const std::string content = "SIMPLE  =                    T";
    ASSERT_TRUE(core::writeFile(folder / "s 1.fits", content));
    std::mutex mutex;
    std::string url, fetched, type;
    const auto fetch = [&](const std::string&, const SampMessage& message) -> std::optional<SampResponse> {
        const auto answer = get(textOr(message.params, "url"));
        const std::lock_guard guard(mutex);
        url = textOr(message.params, "url");
        fetched = answer ? answer->body : answer.error().describe();
        type = answer ? answer->contentType : "";
        return SampResponse::ok();
    };
    const auto splat = hub->addNeighbour("splat", {"spectrum.load.ssa-generic"}, fetch);
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    auto load = sending(LoadSpectrum{"", "s1", "star", {}}, {splat});
    load.offer =
        SampOffer{folder / "s 1.fits", "application/fits", "s 1.fits", std::chrono::minutes(10), true};
    EXPECT_EQ(desk.answer(desk.link().send(load)).outcome, Outcome::Responded);
    EXPECT_EQ(fetched, content);
    EXPECT_EQ(type, "application/fits");
    EXPECT_TRUE(url.starts_with("http://127.0.0.1:")) << url;
    EXPECT_TRUE(url.ends_with("/s%201.fits")) << url;
    EXPECT_EQ(get(url).value().status, 200u) << "it is kept for ten minutes";
    auto guessed = url;
    guessed[guessed.rfind('/') - 1] = guessed[guessed.rfind('/') - 1] == '0' ? '1' : '0';
    EXPECT_EQ(get(guessed).value().status, 404u);
    EXPECT_EQ(get(url.substr(0, url.find('/', 8))).value().status, 404u);
    EXPECT_EQ(get(url.substr(0, url.find('/', 8)) + "/../" + (folder / "lock").string()).value().status,
              404u);
    desk.link().disconnect();
    ASSERT_TRUE(desk.becomes(SampState::Hub::Off));
    EXPECT_FALSE(std::filesystem::exists(folder / "s 1.fits")) << "it was lent to be removed";
}

TEST_F(SampLinkTest, AnOfferWithoutTimeEndsWithTheLastAnswer) {
    openHub();
    ASSERT_TRUE(core::writeFile(folder / "t.vot", "<VOTABLE/>"));
    std::mutex mutex;
    std::condition_variable changed;
    bool mayAnswer = false;
    std::string url;
    const auto slow =
        hub->addNeighbour("slow", {"table.load.votable"},
                          [&](const std::string&, const SampMessage& message) -> std::optional<SampResponse> {
                              std::unique_lock guard(mutex);
                              url = textOr(message.params, "url");
                              changed.notify_all();
                              changed.wait(guard, [&] { return mayAnswer; });
                              return SampResponse::ok();
                          });
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    auto load = sending(LoadTable{LoadTable::Format::Votable, "", "t", "stars"}, {slow});
    load.offer =
        SampOffer{folder / "t.vot", "application/x-votable+xml", "t.vot", std::chrono::milliseconds(0), true};
    const auto ticket = desk.link().send(load);
    {
        std::unique_lock guard(mutex);
        changed.wait(guard, [&] { return !url.empty(); });
        EXPECT_EQ(get(url).value().body, "<VOTABLE/>");
        mayAnswer = true;
        changed.notify_all();
    }
    EXPECT_EQ(desk.answer(ticket).outcome, Outcome::Responded);
    EXPECT_TRUE(eventually([&] { return get(url).value().status == 404; }));
    EXPECT_FALSE(std::filesystem::exists(folder / "t.vot"));

    ASSERT_TRUE(core::writeFile(folder / "u.vot", "<VOTABLE/>"));
    load.offer->file = folder / "u.vot";
    load.to = {"nobody"};
    EXPECT_EQ(desk.answer(desk.link().send(load)).outcome, Outcome::NotSent);
    EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(folder / "u.vot"); }));
}

TEST_F(SampLinkTest, MessagesArriveAndAreAnswered) {
    openHub();
    const auto topcat = hub->addNeighbour("topcat", {highlight});
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    hub->notifyFrom(topcat, encodeRequest(HighlightRow{"theirs", "", 3}));
    const auto first = desk.waitForReceived(1).front();
    EXPECT_EQ(first.senderId, topcat);
    EXPECT_EQ(first.senderName, "topcat");
    EXPECT_EQ(first.messageId, "");
    EXPECT_EQ(std::get<HighlightRow>(decodeRequest(first.message).value()).row, 3);

    std::thread answering([&] {
        const auto received = desk.waitForReceived(2);
        if (received.size() == 2) desk.link().reply(received[1].messageId, SampResponse::warning("too big"));
    });
    const auto response =
        hub->callFrom(topcat, encodeRequest(LoadTable{LoadTable::Format::Votable, "file:///t.vot", "t", ""}));
    answering.join();
    ASSERT_TRUE(response);
    EXPECT_EQ(*response, SampResponse::warning("too big"));
    const auto ping = hub->callFrom(topcat, {"samp.app.ping", {}, {}});
    ASSERT_TRUE(ping);
    EXPECT_EQ(ping->status, SampStatus::Ok);
    EXPECT_EQ(desk.received().size(), 2u);
}

TEST_F(SampLinkTest, ALargeSelectionArrivesAndWhatIsTooLongIsTold) {
    openHub();
    const auto topcat = hub->addNeighbour("topcat", {});
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    SelectRows select{"t", "", {}};
    for (std::int64_t row = 0; row < 300000; ++row)
        select.rows.push_back(row * 7);
    hub->notifyFrom(topcat, encodeRequest(select));
    const auto received = desk.waitForReceived(1);
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(std::get<SelectRows>(decodeRequest(received[0].message).value()).rows, select.rows);

    hub->notifyFrom(topcat, {highlight, {{"row", std::string(17 << 20, '1')}}, {}});
    ASSERT_TRUE(eventually([&] { return !desk.tooLong().empty(); }));
    EXPECT_NE(desk.tooLong().front().find("17 MiB"), std::string::npos) << desk.tooLong().front();
    EXPECT_EQ(desk.received().size(), 1u);
}

TEST_F(SampLinkTest, CallsWaitNoLongerThanTheirBytesAllow) {
    openHub();
    const auto topcat = hub->addNeighbour("topcat", {});
    std::mutex busy;
    std::unique_lock held(busy);
    std::atomic<std::size_t> taken = 0;
    SampLink::Options options;
    options.hub = setting();
    options.subscriptions = {"x.y"};
    SampLink::Handlers handlers;
    handlers.received = [&](const auto&) {
        const std::lock_guard lock(busy);
        ++taken;
    };
    SampLink link(std::move(options), std::move(handlers));
    link.connect();
    ASSERT_TRUE(eventually([&] { return link.state().hub == SampState::Hub::Connected; }));
    const auto self = hub->clients().front();
    const auto post = [&] {
        const SampMap message =
            encodeMessage({"x.y", {{"texts", SampList(15, std::string(1 << 20, 'x'))}}, {}});
        return SampHub::post(self.callback, {"samp.client.receiveNotification", {self.key, topcat, message}});
    };
    // One is being taken, four wait: 64 MiB.
    std::size_t accepted = 0;
    auto answer = post();
    for (; answer && accepted < 8; answer = post())
        ++accepted;
    held.unlock();
    EXPECT_LE(accepted, 5u);
    EXPECT_GE(accepted, 4u);
    ASSERT_FALSE(answer);
    EXPECT_NE(answer.error().message().find("too many messages"), std::string::npos);
    EXPECT_TRUE(eventually([&] { return taken == accepted; }));
    EXPECT_TRUE(post()) << "there is room again";
}

TEST_F(SampLinkTest, SubscriptionsOfWhichNoEventToldAreSeen) {
    openHub();
    const auto topcat = hub->addNeighbour("topcat", {});
    const auto aladin = hub->addNeighbour("aladin", {"coord.pointAt.sky"});
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    EXPECT_TRUE(desk.link().listeners(highlight).empty());
    hub->subscribeSilently(topcat, {highlight});
    hub->subscribeSilently(aladin, {"image.load.fits"});
    EXPECT_TRUE(eventually([&] { return desk.link().listeners(highlight).size() == 1; }));
    EXPECT_TRUE(eventually([&] { return desk.link().listeners("image.load.fits").size() == 1; }));
    EXPECT_TRUE(desk.link().listeners("coord.pointAt.sky").empty());
}

TEST_F(SampLinkTest, ACallMayWaitForItsResponse) {
    openHub();
    const auto topcat = hub->addNeighbour(
        "topcat", {highlight}, [](const auto&, const auto&) { return SampResponse::warning("no such row"); });
    const auto silent = hub->addNeighbour(
        "silent", {highlight}, [](const auto&, const auto&) { return std::optional<SampResponse>(); });
    http::Client http;
    HubClient client(http, readLock(lock()).value(), std::chrono::seconds(20));
    ASSERT_TRUE(client.registerSelf({}));
    const auto message = highlightOf(3).message;
    EXPECT_EQ(client.callAndWait(topcat, message, std::chrono::seconds(60), {}).value(),
              SampResponse::warning("no such row"));
    const auto none = client.callAndWait(silent, message, std::chrono::seconds(0), {});
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), core::ErrorCode::Remote) << test::why(none);
}

TEST_F(SampLinkTest, WhatTheOtherSendsBackIsNoNews) {
    openHub();
    const auto topcat = hub->addNeighbour("topcat", {highlight, "table.select.rowList"});
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    (void)desk.answer(desk.link().send(highlightOf(5)));
    hub->notifyFrom(topcat, highlightOf(5).message); // an echo
    const auto called = hub->callFrom(topcat, highlightOf(5).message);
    ASSERT_TRUE(called) << "an echo is answered, too";
    EXPECT_EQ(called->status, SampStatus::Ok);
    hub->notifyFrom(topcat, highlightOf(6).message);
    const auto received = desk.waitForReceived(1);
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(received[0].message, highlightOf(6).message);

    auto following = highlightOf(6); // the table here has moved to 6, and says so
    following.unlessEcho = true;
    EXPECT_EQ(desk.answer(desk.link().send(following)).outcome, Outcome::Echo);
    following = highlightOf(7);
    following.unlessEcho = true;
    EXPECT_EQ(desk.answer(desk.link().send(following)).outcome, Outcome::Responded);
    EXPECT_EQ(desk.answer(desk.link().send(highlightOf(7))).outcome, Outcome::Responded)
        << "asked for by the user";
}

TEST_F(SampLinkTest, OnlyTheHubIsBelieved) {
    openHub();
    const auto topcat = hub->addNeighbour("topcat", {highlight});
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    const auto self = hub->clients().front();
    const SampMap row = encodeMessage(highlightOf(1).message);
    const auto refused = [&](const std::string& callback, const XmlRpcCall& call) {
        return !SampHub::post(callback, call).has_value();
    };
    const std::string notification = "samp.client.receiveNotification";
    EXPECT_TRUE(refused(self.callback, {notification, {"wrong key", topcat, row}}));
    EXPECT_TRUE(refused(self.callback, {notification, {SampMap(), topcat, row}}));
    // Without the key nothing else is looked at: it could not be read.
    auto unreadable = encodeCall({notification, {"wrong key", topcat, row}});
    unreadable.resize(unreadable.size() - 20);
    EXPECT_NE(postBytes(self.callback, unreadable).find("wrong private key"), std::string::npos);
    unreadable = encodeCall({notification, {self.key, topcat, row}});
    unreadable.resize(unreadable.size() - 20);
    EXPECT_NE(postBytes(self.callback, unreadable).find("not well-formed"), std::string::npos);
    EXPECT_TRUE(refused(self.callback, {notification, {}}));
    EXPECT_TRUE(refused(self.callback, {"system.listMethods", {self.key}}));
    EXPECT_TRUE(refused(self.callback + "x", {notification, {self.key, topcat, row}}));
    EXPECT_EQ(get(self.callback).value().status, 405u);
    // Calls of another shape are taken and dropped.
    EXPECT_FALSE(refused(self.callback, {notification, {self.key}}));
    EXPECT_FALSE(refused(self.callback, {notification, {self.key, topcat, "no message"}}));
    EXPECT_FALSE(refused(self.callback, {"samp.client.receiveResponse", {self.key, topcat, "77", row}}));
    EXPECT_FALSE(refused(self.callback, {"samp.client.receiveResponse", {self.key, topcat, "x", row}}));
    // A neighbour cannot speak for the hub.
    hub->notifyFrom(topcat, {"samp.hub.event.shutdown", {}, {}});
    hub->notifyFrom(topcat, {"samp.hub.disconnect", {{"reason", "false"}}, {}});
    hub->notifyFrom(topcat, highlightOf(2).message);
    const auto received = desk.waitForReceived(1);
    ASSERT_EQ(received.size(), 1u);
    EXPECT_EQ(received[0].message, highlightOf(2).message);
    EXPECT_EQ(desk.link().state().hub, SampState::Hub::Connected);
    for (const auto& state : desk.states())
        EXPECT_FALSE(state.hub == SampState::Hub::Off && !state.why.empty()) << state.why;
}

TEST_F(SampLinkTest, AResponseOfSomebodyElseIsNotTaken) {
    openHub();
    const auto never = [](const auto&, const auto&) { return std::optional<SampResponse>(); };
    const auto silent = hub->addNeighbour("silent", {highlight}, never);
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    auto waiting = highlightOf(1, {silent});
    waiting.limit = std::chrono::milliseconds(300);
    const auto ticket = desk.link().send(waiting);
    ASSERT_TRUE(eventually([&] { return std::ranges::count(hub->called(), "samp.hub.call") == 1; }));
    const auto self = hub->clients().front();
    ASSERT_TRUE(SampHub::post(
        self.callback, {"samp.client.receiveResponse",
                        {self.key, "another", std::to_string(ticket), encodeResponse(SampResponse::ok())}}));
    EXPECT_EQ(desk.answer(ticket).outcome, Outcome::Lost);
}

TEST_F(SampLinkTest, TwoLinksTalkToEachOther) {
    openHub();
    Desk one(setting(), "One"), two(setting(), "Two");
    ASSERT_TRUE(one.connects());
    ASSERT_TRUE(two.connects());
    ASSERT_TRUE(one.sees("Two"));
    ASSERT_TRUE(two.sees("One"));
    ASSERT_TRUE(core::writeFile(folder / "s.fits", "spectrum"));
    auto load = sending(LoadSpectrum{"", "s", "star", spectrumMeta({})});
    load.offer = SampOffer{folder / "s.fits", "application/fits", "s.fits", std::chrono::minutes(1), false};
    const auto there = one.link().send(load);
    const auto received = two.waitForReceived(1);
    ASSERT_EQ(received.size(), 1u);
    const auto request = decodeRequest(received[0].message);
    ASSERT_TRUE(request) << test::why(request);
    EXPECT_EQ(get(std::get<LoadSpectrum>(*request).url).value().body, "spectrum");
    EXPECT_EQ(std::get<LoadSpectrum>(*request).metaText("access.format"), "application/fits");
    two.link().reply(received[0].messageId, SampResponse::ok());
    EXPECT_EQ(one.answer(there).outcome, Outcome::Responded);

    const auto back = two.link().send(highlightOf(9));
    const auto row = one.waitForReceived(1);
    ASSERT_EQ(row.size(), 1u);
    EXPECT_EQ(row[0].senderName, "Two");
    one.link().reply(row[0].messageId, SampResponse::error("no such table"));
    EXPECT_EQ(two.answer(back).text, "One: no such table");
    one.end();
    EXPECT_TRUE(eventually([&] { return two.link().listeners(highlight).empty(); }));
}

TEST_F(SampLinkTest, AHubThatHangsBlocksNobody) {
    test::ScriptedServer hanging([](const test::ScriptedServer::Peer& peer, const std::string&) {
        peer.hold();
        return false;
    });
    ASSERT_TRUE(core::writeFile(
        lock(), "samp.secret=s\nsamp.hub.xmlrpc.url=http://127.0.0.1:" + std::to_string(hanging.port()) +
                    "/\nsamp.profile.version=1.3\n"));
    SampLink::Options options;
    options.ping = std::chrono::milliseconds(100);
    Desk desk(setting(), "Balmer", options);
    desk.link().connect();
    EXPECT_TRUE(
        eventually([&] { return desk.link().state().why.find("does not answer") != std::string::npos; }));
    EXPECT_EQ(desk.answer(desk.link().send(highlightOf(1))).outcome, Outcome::NotSent);

    SampLink::Options patient;
    patient.ping = std::chrono::hours(1);
    Desk stopped(setting(), "Balmer", patient);
    stopped.link().connect();
    EXPECT_TRUE(stopped.link().listeners(highlight).empty());
    const auto ticket = stopped.link().send(highlightOf(1));
    stopped.end(); // while it waits for the ping
    EXPECT_EQ(ticket, 1u);
}

TEST_F(SampLinkTest, WhatIsUnderWayAtTheEndIsTold) {
    openHub();
    const auto never = [](const auto&, const auto&) { return std::optional<SampResponse>(); };
    const auto silent = hub->addNeighbour("silent", {highlight}, never);
    ASSERT_TRUE(core::writeFile(folder / "t.vot", "<VOTABLE/>"));
    std::vector<SampAnswer> answers;
    SampLink::Options options;
    options.hub = setting();
    SampLink::Handlers handlers;
    handlers.answered = [&](const SampAnswer& answer) { answers.push_back(answer); };
    auto link = std::make_unique<SampLink>(options, handlers);
    link->connect();
    ASSERT_TRUE(eventually([&] { return link->state().hub == SampState::Hub::Connected; }));
    auto load = highlightOf(1, {silent});
    load.offer = SampOffer{folder / "t.vot", "text/xml", "t.vot", std::chrono::minutes(1), true};
    link->send(load);
    ASSERT_TRUE(eventually([&] { return std::ranges::count(hub->called(), "samp.hub.call") == 1; }));
    link.reset();
    ASSERT_EQ(answers.size(), 1u);
    EXPECT_TRUE(isUndone(answers[0]));
    EXPECT_FALSE(std::filesystem::exists(folder / "t.vot"));
    EXPECT_TRUE(hub->clients().empty());
}

} // namespace
} // namespace balmer::vo

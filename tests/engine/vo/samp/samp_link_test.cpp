#include "engine/vo/samp/samp_link.h"

#include "engine/core/start_thread.h"
#include "tests/engine/vo/samp/samp_desk.h"

namespace balmer::vo {
namespace {

TEST_F(SampLinkTest, DoesNothingBeforeItIsAsked) {
    openHub();
    Desk desk(setting());
    EXPECT_EQ(desk.link().state(), SampState());
    EXPECT_EQ(desk.answer(desk.link().send(highlightOf(1))).outcome, Outcome::NotSent);
    desk.end();
    EXPECT_TRUE(hub->called().empty());
}

TEST_F(SampLinkTest, WithoutAThreadItSaysSoAndTheNextTimeTriesAgain) {
    openHub();
    Desk desk(setting());
    {
        const core::FewThreads none(0);
        desk.link().connect();
        EXPECT_NE(desk.link().state().why.find("no further thread"), std::string::npos)
            << desk.link().state().why;
    }
    EXPECT_TRUE(desk.connects());
}

TEST_F(SampLinkTest, RegistersAndKnowsWhoListens) {
    openHub();
    hub->addNeighbour("topcat", {"table.load.*", highlight});
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    const std::vector<std::string> order{"samp.hub.register", "samp.hub.setXmlrpcCallback",
                                         "samp.hub.declareMetadata", "samp.hub.declareSubscriptions"};
    EXPECT_EQ(hub->called(), order);
    ASSERT_EQ(hub->clients().size(), 1u);
    const auto self = hub->clients().front();
    EXPECT_EQ(self.name, "Balmer");
    EXPECT_EQ(desk.link().state().selfId, self.id);
    for (const std::string mtype :
         {highlight, "samp.app.ping", "samp.hub.event.shutdown", "samp.hub.disconnect"})
        EXPECT_NE(std::find(self.mtypes.begin(), self.mtypes.end(), mtype), self.mtypes.end()) << mtype;

    EXPECT_EQ(desk.link().listeners("table.load.votable").size(), 1u);
    EXPECT_EQ(desk.link().listeners("spectrum.load.ssa-generic").size(), 0u);
    const auto splat = hub->addNeighbour("splat", {"spectrum.load.ssa-generic"});
    ASSERT_TRUE(desk.sees("splat"));
    const auto listeners = desk.link().listeners("spectrum.load.ssa-generic");
    ASSERT_EQ(listeners.size(), 1u);
    EXPECT_EQ(listeners.front().id, splat);
    hub->removeNeighbour(splat);
    EXPECT_TRUE(eventually([&] { return desk.link().listeners("spectrum.load.ssa-generic").empty(); }));

    desk.link().disconnect();
    ASSERT_TRUE(desk.becomes(SampState::Hub::Off));
    EXPECT_TRUE(hub->clients().empty());
    ASSERT_TRUE(desk.connects());
    EXPECT_EQ(hub->clients().size(), 1u);
    desk.end();
    EXPECT_TRUE(hub->clients().empty());
}

TEST_F(SampLinkTest, AHubMayComeLaterAndGoAndComeAgain) {
    Desk desk(setting());
    desk.link().connect();
    ASSERT_TRUE(desk.becomes(SampState::Hub::Absent));
    EXPECT_TRUE(eventually([&] { return desk.link().state().why.find("no SAMP hub is running") == 0; }));
    openHub();
    hub->addNeighbour("topcat", {highlight});
    ASSERT_TRUE(desk.becomes(SampState::Hub::Connected));
    ASSERT_TRUE(desk.sees("topcat"));
    hub->quit();
    ASSERT_TRUE(desk.becomes(SampState::Hub::Absent));
    EXPECT_TRUE(desk.link().state().clients.empty());
    openHub();
    ASSERT_TRUE(desk.becomes(SampState::Hub::Connected));
    EXPECT_FALSE(desk.link().state().hubUrl.empty());
}

TEST_F(SampLinkTest, AStaleLockIsNoHubAndIsLeftAlone) {
    openHub();
    hub->vanish();
    const auto before = core::readFile(lock());
    ASSERT_TRUE(before);
    Desk desk(setting());
    desk.link().connect();
    EXPECT_TRUE(eventually([&] {
        return desk.link().state().why.find("names a SAMP hub that does not answer") != std::string::npos;
    }));
    EXPECT_EQ(desk.link().state().hub, SampState::Hub::Absent);
    EXPECT_EQ(core::readFile(lock()).value(), *before);
    openHub();
    EXPECT_TRUE(desk.becomes(SampState::Hub::Connected));
}

TEST_F(SampLinkTest, AHubThatVanishesIsMissed) {
    openHub();
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    hub->vanish();
    EXPECT_TRUE(desk.becomes(SampState::Hub::Absent));
    EXPECT_NE(desk.link().state().why, "");
}

TEST_F(SampLinkTest, AHubThatForgotUsIsJoinedAgainOnce) {
    openHub();
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    const auto first = hub->clients().front().id;
    hub->refuse("samp.hub.getRegisteredClients", "Unknown private key");
    ASSERT_TRUE(desk.becomes(SampState::Hub::Absent));
    hub->refuse("samp.hub.getRegisteredClients", "");
    ASSERT_TRUE(desk.becomes(SampState::Hub::Connected));
    ASSERT_EQ(hub->clients().size(), 1u) << "the old registration is still there";
    EXPECT_NE(hub->clients().front().id, first);
}

TEST_F(SampLinkTest, AHubThatRefusesIsTold) {
    openHub();
    hub->refuse("samp.hub.register", "Bad password");
    Desk desk(setting());
    desk.link().connect();
    EXPECT_TRUE(
        eventually([&] { return desk.link().state().why.find("Bad password") != std::string::npos; }));
    EXPECT_EQ(desk.link().state().hub, SampState::Hub::Absent);
}

TEST_F(SampLinkTest, WhoIsTurnedOutStaysOut) {
    openHub();
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    hub->disconnect("Balmer", "not wanted");
    ASSERT_TRUE(desk.becomes(SampState::Hub::Off));
    EXPECT_NE(desk.link().state().why.find("not wanted"), std::string::npos);
    // Were it to look again, this would find it: the answer comes after any look.
    EXPECT_EQ(desk.answer(desk.link().send(highlightOf(1))).outcome, Outcome::NotSent);
    EXPECT_TRUE(hub->clients().empty());
    EXPECT_TRUE(desk.connects());
}

TEST_F(SampLinkTest, ACallToAllHasAnAnswerOfEach) {
    openHub();
    hub->addNeighbour("good", {highlight}, [](const auto&, const auto& message) {
        return SampResponse::ok({{"got", textOr(message.params, "row")}});
    });
    hub->addNeighbour("wary", {"table.*"},
                      [](const auto&, const auto&) { return SampResponse::warning("no such window"); });
    hub->addNeighbour("bad", {"*"},
                      [](const auto&, const auto&) { return SampResponse::error("no table t"); });
    hub->addNeighbour("deaf", {"table.load.votable"});
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    const auto answers = desk.answers(desk.link().send(highlightOf(7)));
    ASSERT_EQ(answers.size(), 3u);
    std::map<std::string, SampAnswer> by;
    for (const auto& answer : answers)
        by[answer.clientName] = answer;
    EXPECT_EQ(by["good"].outcome, Outcome::Responded);
    EXPECT_EQ(by["good"].text, "");
    EXPECT_EQ(textOr(by["good"].response.result, "got"), "7");
    EXPECT_EQ(by["wary"].response.status, SampStatus::Warning);
    EXPECT_EQ(by["wary"].text, "wary: no such window");
    EXPECT_EQ(by["bad"].response.status, SampStatus::Error);
    EXPECT_EQ(by["bad"].text, "bad: no table t");
}

TEST_F(SampLinkTest, OneIsCalledAndAnotherRefused) {
    openHub();
    const auto listener = hub->addNeighbour("listener", {highlight});
    const auto deaf = hub->addNeighbour("deaf", {"table.load.votable"});
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    const auto answers = desk.answers(desk.link().send(highlightOf(1, {listener, deaf, "nobody"})));
    ASSERT_EQ(answers.size(), 3u);
    EXPECT_EQ(answers[0].outcome, Outcome::NotSent);
    EXPECT_EQ(answers[0].text, "Client deaf is not subscribed to table.highlight.row");
    EXPECT_EQ(answers[1].outcome, Outcome::NotSent);
    EXPECT_EQ(answers[2].outcome, Outcome::Responded);
    EXPECT_EQ(answers[2].clientId, listener);
    EXPECT_EQ(desk.link().state().hub, SampState::Hub::Connected);
}

TEST_F(SampLinkTest, ANotificationReachesThoseWhoListen) {
    openHub();
    std::mutex mutex;
    std::vector<std::string> rows;
    const auto remember = [&](const std::string&, const SampMessage& message) {
        const std::lock_guard guard(mutex);
        rows.push_back(textOr(message.params, "row"));
        return std::optional<SampResponse>();
    };
    const auto one = hub->addNeighbour("one", {highlight}, remember);
    hub->addNeighbour("two", {highlight}, remember);
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    auto all = highlightOf(1);
    all.notify = true;
    const auto answers = desk.answers(desk.link().send(all));
    ASSERT_EQ(answers.size(), 2u);
    EXPECT_EQ(answers[0].outcome, Outcome::Notified);
    auto single = highlightOf(2, {one});
    single.notify = true;
    EXPECT_EQ(desk.answer(desk.link().send(single)).clientName, "one");
    EXPECT_TRUE(eventually([&] {
        const std::lock_guard guard(mutex);
        return rows == std::vector<std::string>{"1", "1", "2"};
    }));
    const auto nobody = desk.answer(desk.link().send(sending(LoadSpectrum{"file:///s.fits", "", "", {}})));
    EXPECT_EQ(nobody.outcome, Outcome::NotSent);
    EXPECT_NE(nobody.text.find("spectrum.load.ssa-generic"), std::string::npos);
}

TEST_F(SampLinkTest, WhoDoesNotAnswerIsGivenUp) {
    openHub();
    const auto never = [](const auto&, const auto&) { return std::optional<SampResponse>(); };
    const auto silent = hub->addNeighbour("silent", {highlight}, never);
    const auto leaving = hub->addNeighbour("leaving", {highlight}, never);
    Desk desk(setting());
    ASSERT_TRUE(desk.connects());
    auto short_ = highlightOf(1, {silent});
    short_.limit = std::chrono::milliseconds(100);
    const auto late = desk.answer(desk.link().send(short_));
    EXPECT_EQ(late.outcome, Outcome::Lost);
    EXPECT_NE(late.text.find("0.1 s"), std::string::npos) << late.text;

    const auto left = desk.link().send(highlightOf(2, {leaving}));
    EXPECT_TRUE(eventually([&] { return std::ranges::count(hub->called(), "samp.hub.call") == 2; }));
    hub->removeNeighbour(leaving);
    EXPECT_NE(desk.answer(left).text.find("leaving went away"), std::string::npos);

    const auto hubless = desk.link().send(highlightOf(3, {silent}));
    EXPECT_TRUE(eventually([&] { return std::ranges::count(hub->called(), "samp.hub.call") == 3; }));
    hub->quit();
    EXPECT_TRUE(isUndone(desk.answer(hubless)));
    EXPECT_EQ(desk.answer(desk.link().send(highlightOf(4))).outcome, Outcome::NotSent);
}

} // namespace
} // namespace balmer::vo

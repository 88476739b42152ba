// Who may send things into a project: asked once, for ever or never; remembered for the user, and taken back.
#include "engine/api/neighbour_trust.h"

#include <gmock/gmock.h>

#include "engine/vo/samp/file_url.h"
#include "tests/engine/api/neighbours_fixture.h"
#include "tests/support/made_up_spectrum.h"

namespace balmer::api {
namespace {

using core::ErrorCode;
using test::eventually;
using testing::HasSubstr;
using Decision = Neighbours::Decision;

struct Consent : NeighboursTest {
    void rejoin(bool asking) {
        neighbours.reset();
        allow = {};
        asks = asking;
        join();
    }
    vo::LoadSpectrum spectrum() {
        EXPECT_TRUE(core::writeFile(folder / "new.txt", test::spectrumText(3)));
        vo::LoadSpectrum load;
        load.url = vo::urlOfFile(folder / "new.txt");
        load.name = "new";
        return load;
    }
    bool anythingCame() const { return std::filesystem::exists(bench->folder() / "received"); }
};

TEST_F(Consent, WithoutAnyoneToAskNothingIsTakenOfWhoIsNotAllowed) {
    rejoin(false);
    const Program stranger(hub, "stranger");
    ASSERT_TRUE(sees(stranger));
    const auto answer = call(stranger, spectrum());
    EXPECT_EQ(answer.code, "balmer.not-allowed");
    EXPECT_THAT(next<ReceiveFailure>().text, HasSubstr("balmer vo samp allow \"stranger\""));
    EXPECT_FALSE(anythingCame()) << "nor is it fetched";
    EXPECT_EQ(call(stranger, vo::PointAtSky{10, 20}).status, vo::SampStatus::Ok) << "which keeps nothing";
    ASSERT_TRUE(trust().set("STRANGER", Trust::Always));
    EXPECT_EQ(call(stranger, spectrum()).status, vo::SampStatus::Ok)
        << "allowed meanwhile, in another program";
}

TEST_F(Consent, TheUserIsAskedOnceForEverOrNever) {
    rejoin(true);
    const Program splat(hub, "SPLAT");
    ASSERT_TRUE(sees(splat));
    hub.notifyFrom(splat.id(), encodeRequest(spectrum()));
    const auto first = next<ReceivedRequest>();
    EXPECT_FALSE(first.table);
    EXPECT_EQ(first.name, "new");
    EXPECT_FALSE(anythingCame());
    ASSERT_TRUE(neighbours->decide(first.number, Decision::Once));
    next<ReceivedSpectrum>();
    EXPECT_EQ(trust().read()->of("splat"), Trust::Ask) << "once is not remembered";

    hub.notifyFrom(splat.id(), encodeRequest(spectrum()));
    const auto second = next<ReceivedRequest>(2);
    ASSERT_TRUE(neighbours->decide(second.number, Decision::Always));
    next<ReceivedSpectrum>(2);
    EXPECT_EQ(trust().read()->of("splat"), Trust::Always);
    EXPECT_EQ(call(splat, spectrum()).status, vo::SampStatus::Ok) << "not asked again";

    ASSERT_TRUE(trust().set("SPLAT", Trust::Ask)); // taken back
    hub.notifyFrom(splat.id(), encodeRequest(spectrum()));
    const auto third = next<ReceivedRequest>(3);
    ASSERT_TRUE(neighbours->decide(third.number, Decision::Never));
    EXPECT_EQ(call(splat, spectrum()).code, "balmer.not-allowed");
    EXPECT_EQ(came<ReceivedRequest>().size(), 3u) << "nobody is asked about it";
    ASSERT_TRUE(neighbours->decide(third.number, Decision::Once)) << "too late";
    EXPECT_EQ(came<ReceivedSpectrum>().size(), 3u);
}

TEST_F(Consent, AFloodOfRequestsIsAFewOfThem) {
    rejoin(true);
    const Program many(hub, "many"), other(hub, "other");
    ASSERT_TRUE(sees(many) && sees(other));
    for (int i = 0; i < 100; ++i)
        hub.notifyFrom(many.id(), encodeRequest(spectrum()));
    hub.notifyFrom(other.id(), encodeRequest(spectrum()));
    ASSERT_TRUE(eventually([&] { return came<ReceivedRequest>().size() == 9; })) << "eight, and another's";
    ASSERT_TRUE(neighbours->decide(came<ReceivedRequest>().front().number, Decision::Never));
    call(many, vo::PointAtSky{10, 20}); // said after them
    EXPECT_EQ(came<ReceivedRequest>().size(), 9u);
    EXPECT_FALSE(anythingCame());
}

TEST(NeighbourTrust, IsKeptAndReadAnew) {
    const test::TemporaryFolder folder;
    const NeighbourTrustFile file(folder / "n" / "neighbours.json");
    ASSERT_TRUE(file.read());
    EXPECT_EQ(file.read()->receivedGibibyte, 20u);
    ASSERT_TRUE(file.set("topcat", Trust::Always));
    ASSERT_TRUE(file.set("aladin", Trust::Never));
    ASSERT_TRUE(file.setReceived(3));
    const auto read = file.read();
    EXPECT_EQ(read->of("TOPCAT"), Trust::Always);
    EXPECT_EQ(read->of("Aladin"), Trust::Never);
    EXPECT_EQ(read->of("other"), Trust::Ask);
    EXPECT_EQ(read->receivedGibibyte, 3u);
    ASSERT_TRUE(file.set("Topcat", Trust::Ask));
    EXPECT_EQ(file.read()->programs.size(), 1u);
    for (const std::string name : {"", " ", "a\nb", "\x1b[2J"})
        EXPECT_EQ(file.set(name, Trust::Always).error().code(), ErrorCode::InvalidArgument) << name;
    EXPECT_FALSE(file.setReceived(0));
}

TEST(NeighbourTrust, WhatIsNotAsItWasWrittenAllowsNobody) {
    const test::TemporaryFolder folder;
    for (const char* text : {"[]", "{\"programs\": {\"a\": 1}}", "{\"programs\": []}",
                             "{\"received_gibibyte\": 0}", "{\"received_gibibyte\": \"x\"}", "{"}) {
        ASSERT_TRUE(core::writeFile(folder / "neighbours.json", text));
        const auto read = NeighbourTrustFile(folder / "neighbours.json").read();
        ASSERT_FALSE(read) << text;
        EXPECT_EQ(read.error().code(), ErrorCode::Format) << text;
    }
}

} // namespace
} // namespace balmer::api

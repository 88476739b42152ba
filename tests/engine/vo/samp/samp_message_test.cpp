#include "engine/vo/samp/samp_message.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "engine/vo/samp/echo_guard.h"
#include "engine/vo/samp/mtypes.h"
#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using test::why;

TEST(SampMessage, KeepsKeysThatItDoesNotKnow) {
    // As astropy sends one.
    const SampValue given(SampMap{{"samp.mtype", "coord.pointAt.sky"},
                                  {"samp.params", SampMap{{"ra", "1"}, {"dec", "2"}}},
                                  {"host", "127.0.0.1"},
                                  {"user", "unknown"}});
    const auto message = decodeMessage(given);
    ASSERT_TRUE(message) << why(message);
    EXPECT_EQ(message->mtype, "coord.pointAt.sky");
    EXPECT_EQ(textOr(message->others, "host"), "127.0.0.1");
    EXPECT_EQ(SampValue(encodeMessage(*message)), given);
}

TEST(SampMessage, MayLackParamsButNotItsMType) {
    EXPECT_EQ(decodeMessage(SampMap{{"samp.mtype", "samp.app.ping"}}).value().params, SampMap());
    EXPECT_FALSE(decodeMessage("samp.app.ping"));
    EXPECT_FALSE(decodeMessage(SampMap{{"samp.params", SampMap()}}));
    EXPECT_FALSE(decodeMessage(SampMap{{"samp.mtype", SampMap()}}));
    EXPECT_FALSE(decodeMessage(SampMap{{"samp.mtype", "a.b"}, {"samp.params", "x"}}));
}

TEST(SampResponse, AWarningShowsItsText) {
    // TOPCAT's answer to coord.pointAt.sky without an open window of the sky.
    const auto response = decodeResponse(
        SampMap{{"samp.status", "samp.warning"},
                {"samp.result", SampMap()},
                {"samp.error", SampMap{{"samp.errortxt", "No sky position activation action configured"}}}});
    ASSERT_TRUE(response) << why(response);
    EXPECT_EQ(response->status, SampStatus::Warning);
    EXPECT_EQ(response->forUser(), "No sky position activation action configured");
}

TEST(SampResponse, IsReadAsItWasWritten) {
    for (const auto& response :
         {SampResponse::ok(), SampResponse::ok({{"ra", "1.5"}}), SampResponse::warning("half done"),
          SampResponse{SampStatus::Error, {}, "short", "long", "trace", "7"}}) {
        const auto again = decodeResponse(encodeResponse(response));
        ASSERT_TRUE(again) << why(again);
        EXPECT_EQ(*again, response);
    }
    EXPECT_FALSE(decodeResponse("samp.ok"));
    EXPECT_FALSE(decodeResponse(SampMap{{"samp.status", "fine"}}));
    EXPECT_EQ((SampResponse{SampStatus::Error, {}, "short", "long", {}, {}}.forUser()), "short: long");
}

TEST(SampClient, ListensByWildcardsToo) {
    EXPECT_TRUE(subscriptionMatches("table.load.votable", "table.load.votable"));
    EXPECT_TRUE(subscriptionMatches("table.load.*", "table.load.votable"));
    EXPECT_TRUE(subscriptionMatches("*", "x"));
    EXPECT_FALSE(subscriptionMatches("table.load.*", "table.loads"));
    EXPECT_FALSE(subscriptionMatches("table.load.*", "table.load"));
    EXPECT_FALSE(subscriptionMatches("table.load.fits", "table.load.votable"));
    EXPECT_FALSE(subscriptionMatches("", "x"));
    const SampClient client{"c1", {{"samp.name", "topcat"}}, {"table.load.*"}};
    EXPECT_TRUE(client.listensTo("table.load.fits"));
    EXPECT_FALSE(client.listensTo("spectrum.load.ssa-generic"));
    EXPECT_EQ(client.name(), "topcat");
    EXPECT_EQ((SampClient{"c1", {}, {}}.name()), "c1");
}

TEST(Requests, AreReadAsTheyWereWritten) {
    const std::vector<SampRequest> all{
        LoadSpectrum{"http://127.0.0.1:1/s.fits", "s1", "HD 1", {{"Access.Format", "application/fits"}}},
        LoadTable{LoadTable::Format::Votable, "http://127.0.0.1:1/t.vot", "t1", "stars"},
        LoadTable{LoadTable::Format::Fits, "file:///t.fits", "", ""},
        HighlightRow{"t1", "", 7},
        SelectRows{"", "http://127.0.0.1:1/t.vot", {0, 5, 3}},
        SelectRows{"t1", "", {}},
        PointAtSky{57.3, -24.125}};
    for (const auto& request : all) {
        const auto again = decodeRequest(encodeRequest(request));
        ASSERT_TRUE(again) << why(again);
        EXPECT_EQ(*again, request);
        const auto mtypes = requestMTypes();
        EXPECT_NE(std::find(mtypes.begin(), mtypes.end(), encodeRequest(request).mtype), mtypes.end());
    }
}

TEST(Requests, AWrongOneNamesWhatIsWrong) {
    const auto complaint = [](std::string_view mtype, SampMap params) {
        const auto request = decodeRequest({std::string(mtype), std::move(params), {}});
        return request ? "none" : request.error().message();
    };
    const auto has = [](const std::string& text, const char* part) {
        return text.find(part) != std::string::npos;
    };
    EXPECT_TRUE(has(complaint("table.highlight.row", {{"row", "1"}}), "table-id"));
    EXPECT_TRUE(has(complaint("table.highlight.row", {{"table-id", "t"}, {"row", "-1"}}), "row"));
    EXPECT_TRUE(has(complaint("table.highlight.row", {{"table-id", "t"}, {"row", "x"}}), "row"));
    EXPECT_TRUE(has(complaint("table.highlight.row", {{"table-id", "t"}}), "row"));
    EXPECT_TRUE(has(complaint("table.select.rowList", {{"table-id", "t"}, {"row-list", "1"}}), "row-list"));
    EXPECT_TRUE(has(complaint("table.select.rowList", {{"table-id", "t"}, {"row-list", SampList{SampMap()}}}),
                    "row-list"));
    EXPECT_TRUE(has(complaint("spectrum.load.ssa-generic", {}), "url"));
    EXPECT_TRUE(has(complaint("table.load.votable", {{"url", SampList()}}), "url"));
    EXPECT_TRUE(has(complaint("coord.pointAt.sky", {{"ra", "nan"}, {"dec", "0"}}), "ra"));
    EXPECT_TRUE(has(complaint("coord.pointAt.sky", {{"ra", "10"}, {"dec", "91"}}), "dec"));
    const auto other = decodeRequest({"image.load.fits", {}, {}});
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code(), ErrorCode::Unsupported);
}

TEST(Requests, ANegativeRightAscensionIsTurnedRound) {
    const auto request = decodeRequest({"coord.pointAt.sky", {{"ra", "-10"}, {"dec", "0"}}, {}});
    ASSERT_TRUE(request) << why(request);
    EXPECT_EQ(std::get<PointAtSky>(*request), (PointAtSky{350, 0}));
}

TEST(Requests, ASpectrumAlwaysHasItsFormat) {
    const auto bare = encodeRequest(LoadSpectrum{"http://h/s.fits", "", "", {}});
    EXPECT_EQ(textOr(*mapIn(bare.params, "meta"), "Access.Format"), "application/fits");
    const auto named = encodeRequest(
        LoadSpectrum{"http://h/s.xml", "", "", {{"ssa:access.format", "application/x-votable+xml"}}});
    EXPECT_FALSE(mapIn(named.params, "meta")->contains("Access.Format"));

    const auto meta =
        spectrumMeta({"application/fits", "HD 1", "WAVE", "FLUX", "ERR", "Angstrom", "erg/s/cm2"});
    EXPECT_EQ(textOr(meta, "vox:spectrum_axes"), "WAVE FLUX ERR");
    EXPECT_EQ(textOr(meta, "vox:spectrum_units"), "Angstrom erg/s/cm2");
    EXPECT_EQ((LoadSpectrum{"", "", "", meta}.metaText("ssa:target.name")), "HD 1");
    EXPECT_EQ((LoadSpectrum{"", "", "", {}}.metaText("Target.Name")), "");
}

TEST(EchoGuard, ARowThatComesBackIsAnEcho) {
    EchoGuard guard(std::chrono::seconds(2));
    const EchoGuard::Time start{};
    const auto row = [](std::int64_t number, std::string table = "t") {
        return encodeRequest(HighlightRow{std::move(table), "", number});
    };
    EXPECT_FALSE(guard.sends(row(5), start));
    EXPECT_FALSE(guard.sends(row(6), start));
    EXPECT_TRUE(guard.hears(row(5), start + std::chrono::seconds(1))) << "the first of two, late";
    EXPECT_TRUE(guard.hears(row(6), start + std::chrono::seconds(1)));
    EXPECT_FALSE(guard.hears(row(5, "other"), start + std::chrono::seconds(1)));
    EXPECT_FALSE(guard.hears(row(5), start + std::chrono::seconds(3))) << "chosen again by the user";
    EXPECT_TRUE(guard.sends(row(5), start + std::chrono::seconds(3)));
}

TEST(EchoGuard, AUserWhoGoesToAndFroIsNoEcho) {
    const auto row = [](std::int64_t number) { return encodeRequest(HighlightRow{"t", "", number}); };
    EchoGuard guard;
    const EchoGuard::Time now{};
    for (const auto number : {1, 2, 1, 2})
        EXPECT_FALSE(guard.sends(row(number), now)) << "here, row " << number;
    EXPECT_FALSE(guard.hears(row(3), now));
    for (const auto number : {1, 2, 1})
        EXPECT_FALSE(guard.hears(row(number), now)) << "there, row " << number;
    EXPECT_TRUE(guard.sends(row(1), now)) << "following is an echo";
    EXPECT_FALSE(guard.sends(row(2), now));
    EXPECT_FALSE(guard.sends(row(1), now)) << "going back is none";
}

TEST(EchoGuard, ASelectionIsTheSameInAnyOrderAndAPointingInFewerDigits) {
    EchoGuard guard;
    const EchoGuard::Time now{};
    EXPECT_FALSE(guard.sends(encodeRequest(SelectRows{"t", "http://a", {3, 1}}), now));
    EXPECT_TRUE(guard.hears(encodeRequest(SelectRows{"t", "", {1, 3}}), now));
    EXPECT_FALSE(guard.hears(encodeRequest(SelectRows{"t", "", {1}}), now));
    EXPECT_FALSE(guard.sends(encodeRequest(PointAtSky{57.300000001, 24}), now));
    EXPECT_TRUE(guard.hears(encodeRequest(PointAtSky{57.3, 24}), now));
}

TEST(EchoGuard, WhatIsLoadedIsNeverAnEcho) {
    EchoGuard guard;
    const auto table = encodeRequest(LoadTable{LoadTable::Format::Votable, "http://h/t", "t", ""});
    EXPECT_FALSE(guard.sends(table, {}));
    EXPECT_FALSE(guard.hears(table, {}));
    EXPECT_FALSE(guard.sends({"samp.app.ping", {}, {}}, {}));
    EXPECT_FALSE(guard.hears({"samp.app.ping", {}, {}}, {}));
}

} // namespace
} // namespace balmer::vo

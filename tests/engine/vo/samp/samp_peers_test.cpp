// The link with the programs that astronomers have: the hubs of JSAMP and astropy, their clients, STILTS,
// and TOPCAT on a screen of its own.
#include <algorithm>
#include <map>
#include <mutex>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/http/client.h"
#include "engine/vo/samp/hub_client.h"
#include "engine/vo/samp/lock_file.h"
#include "engine/vo/samp/mtypes.h"
#include "engine/vo/samp/samp_link.h"
#include "tests/support/peer_process.h"
#include "tests/support/samp_hub.h"
#include "tests/support/test_support.h"
#include "tests/support/topcat.h"

namespace balmer::vo {
namespace {

using test::eventually;
using test::PeerProcess;
using Outcome = SampAnswer::Outcome;
using nlohmann::json;

const std::string java = "/usr/bin/java";
const std::string jsampJar = "/usr/share/java/jsamp.jar";
const std::string python = "/usr/bin/python3";

constexpr std::string_view table = R"(<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results"><TABLE>
<FIELD ID="ra" name="ra" datatype="double" unit="deg" ucd="pos.eq.ra;meta.main"/>
<FIELD ID="dec" name="dec" datatype="double" unit="deg" ucd="pos.eq.dec;meta.main"/>
<FIELD ID="obsid" name="obsid" datatype="long"/>
<DATA><TABLEDATA>
<TR><TD>10</TD><TD>-5</TD><TD>0</TD></TR>
<TR><TD>12.5</TD><TD>-2.5</TD><TD>1</TD></TR>
<TR><TD>15</TD><TD>0</TD><TD>2</TD></TR>
<TR><TD>17.5</TD><TD>2.5</TD><TD>3</TD></TR>
<TR><TD>20</TD><TD>5</TD><TD>4</TD></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>
)";
constexpr std::string_view spectrumTable = R"(<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">
<RESOURCE type="results"><TABLE>
<FIELD name="WAVE" datatype="double" unit="Angstrom" ucd="em.wl"/>
<FIELD name="FLUX" datatype="double" ucd="phot.flux.density"/>
<DATA><TABLEDATA>
<TR><TD>6560</TD><TD>1</TD></TR>
<TR><TD>6562.8</TD><TD>2.5</TD></TR>
<TR><TD>6565</TD><TD>1</TD></TR>
</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>
)";

std::string contentOf(const std::string& url) {
    http::Client client;
    http::Request request;
    request.url = url;
    const auto answer = client.send(request, {});
    return answer ? answer->body : answer.error().describe();
}

/// A hub, the link, and whoever else a test starts. The handler answers what comes.
class PeersTest : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        const bool jsamp = std::string(GetParam()) == "jsamp";
        const auto missing = test::missingPackages(
            {{jsamp ? jsampJar : "/usr/bin/samp_hub", jsamp ? "jsamp" : "astropy-utils"},
             {jsampJar, "jsamp"},
             {java, "default-jre-headless"},
             {"/usr/lib/python3/dist-packages/astropy", "python3-astropy"},
             {"/usr/bin/stilts", "stilts"},
             {"/usr/bin/setpriv", "util-linux"}});
        if (!missing.empty()) GTEST_SKIP() << missing;
        ASSERT_TRUE(core::writeFile(folder / "t.vot", table));
        ASSERT_TRUE(core::writeFile(folder / "s.vot", spectrumTable));
        startHub();
        openLink();
    }
    void TearDown() override {
        link.reset();
        peers.clear();
        hub.reset();
    }

    void startHub() {
        const auto lock = (folder / "lock").string();
        std::vector<std::string> command{"/usr/bin/samp_hub", "-d", "127.0.0.1", "-f", lock, "-w"};
        std::map<std::string, std::string> variables{{"HOME", folder.path().string()}, {"SAMP_HUB", ""}};
        if (std::string(GetParam()) == "jsamp") {
            command = {java,
                       "-Djava.awt.headless=true",
                       "-Djsamp.localhost=127.0.0.1",
                       "-Duser.home=" + folder.path().string(),
                       "-jar",
                       jsampJar,
                       "hub",
                       "-mode",
                       "no-gui",
                       "-profiles",
                       "std"};
            variables["SAMP_HUB"] = setting();
        } else {
            command.insert(command.begin(), {"/usr/bin/env", "-u", "SAMP_HUB"});
            variables.erase("SAMP_HUB");
        }
        hub = std::make_unique<PeerProcess>(command, variables, folder / "hub.log");
    }

    void openLink() {
        SampLink::Options options;
        options.hub = setting();
        options.look = std::chrono::milliseconds(200);
        options.metadata = {{"samp.name", "Balmer"}};
        for (const auto mtype : requestMTypes())
            options.subscriptions.emplace_back(mtype);
        SampLink::Handlers handlers;
        handlers.received = [this](const SampReceived& message) {
            const auto url = textOr(message.message.params, "url");
            const auto content = url.starts_with("http:") ? contentOf(url) : std::string();
            if (!message.messageId.empty()) {
                const bool points = message.message.mtype == mtype::pointAtSky;
                link->reply(message.messageId, points ? SampResponse::warning("there is no map of the sky")
                                                      : SampResponse::ok());
            }
            const std::lock_guard lock(mutex);
            received.push_back(message);
            contents.push_back(content);
        };
        handlers.answered = [this](const SampAnswer& answer) {
            const std::lock_guard lock(mutex);
            answers.push_back(answer);
        };
        link = std::make_unique<SampLink>(std::move(options), std::move(handlers));
        link->connect();
        ASSERT_TRUE(eventually([&] { return link->state().hub == SampState::Hub::Connected; }))
            << link->state().why << hub->log();
    }

    PeerProcess& start(std::vector<std::string> command, std::map<std::string, std::string> variables = {}) {
        variables.emplace("SAMP_HUB", setting());
        variables.emplace("HOME", folder.path().string());
        peers.push_back(std::make_unique<PeerProcess>(
            command, variables, folder / ("peer" + std::to_string(peers.size()) + ".log")));
        return *peers.back();
    }
    PeerProcess& startNeighbour(std::vector<std::string> arguments) {
        std::vector<std::string> command{
            python, (test::sourceRoot() / "tests/engine/vo/samp/astropy_neighbour.py").string()};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return start(std::move(command));
    }
    PeerProcess& startJsamp(std::vector<std::string> arguments) {
        std::vector<std::string> command{java,
                                         "-Djava.awt.headless=true",
                                         "-Djsamp.localhost=127.0.0.1",
                                         "-Duser.home=" + folder.path().string(),
                                         "-jar",
                                         jsampJar};
        command.insert(command.end(), arguments.begin(), arguments.end());
        return start(std::move(command));
    }

    std::string setting() const { return "std-lockurl:file://" + (folder / "lock").string(); }
    bool listens(std::string_view mtype, const std::string& name) {
        return eventually([&] {
            const auto listeners = link->listeners(mtype);
            return std::ranges::any_of(listeners, [&](const auto& client) { return client.name() == name; });
        });
    }

    SampSending sending(const SampRequest& request) const {
        SampSending sending;
        sending.message = encodeRequest(request);
        return sending;
    }
    SampSending spectrumSending() const {
        SpectrumDescription description;
        description.format = "application/x-votable+xml";
        description.targetName = "HD 1 & Co";
        auto load = sending(LoadSpectrum{"", "s1", "HD 1 & Co", spectrumMeta(description)});
        load.offer =
            SampOffer{folder / "s.vot", description.format, "s 1.vot", std::chrono::minutes(1), false};
        return load;
    }
    SampSending tableSending() const {
        auto load = sending(LoadTable{LoadTable::Format::Votable, "", "tab-A", "stars"});
        load.offer =
            SampOffer{folder / "t.vot", "application/x-votable+xml", "t.vot", std::chrono::minutes(1), false};
        return load;
    }
    /// The answers for the ticket when the last is there.
    std::vector<SampAnswer> answersFor(std::uint64_t ticket) {
        std::vector<SampAnswer> mine;
        EXPECT_TRUE(eventually([&] {
            const std::lock_guard lock(mutex);
            mine.clear();
            for (const auto& answer : answers)
                if (answer.ticket == ticket) mine.push_back(answer);
            return !mine.empty() && mine.back().last;
        }));
        return mine;
    }
    SampAnswer sendAndWait(SampSending what) {
        const auto all = answersFor(link->send(std::move(what)));
        EXPECT_EQ(all.size(), 1u);
        return all.empty() ? SampAnswer() : all.front();
    }
    /// The nth message of this type that came.
    std::optional<SampReceived> came(std::string_view mtype, std::size_t nth = 0,
                                     std::chrono::seconds limit = std::chrono::minutes(1)) {
        std::optional<SampReceived> found;
        const auto until = std::chrono::steady_clock::now() + limit;
        (void)eventually([&] {
            if (std::chrono::steady_clock::now() > until) return true;
            const std::lock_guard lock(mutex);
            std::size_t seen = 0;
            for (const auto& message : received)
                if (message.message.mtype == mtype && seen++ == nth) found = message;
            return found.has_value();
        });
        return found;
    }

    test::TemporaryFolder folder;
    std::unique_ptr<PeerProcess> hub;
    std::vector<std::unique_ptr<PeerProcess>> peers;
    std::mutex mutex;
    std::vector<SampReceived> received;
    std::vector<std::string> contents; ///< of what http urls led to, fetched before the answer
    std::vector<SampAnswer> answers;
    std::unique_ptr<SampLink> link;
};

/// The lines of JSON in a log.
std::vector<json> linesOf(const std::string& log) {
    std::vector<json> lines;
    for (std::size_t from = 0; from < log.size();) {
        const auto end = std::min(log.find('\n', from), log.size());
        auto line = json::parse(log.substr(from, end - from), nullptr, false);
        if (line.is_object()) lines.push_back(std::move(line));
        from = end + 1;
    }
    return lines;
}

TEST_P(PeersTest, AstropyReadsTheSpectrumAndTheTableThatWeSend) {
    auto& neighbour = startNeighbour({"listen"});
    ASSERT_TRUE(listens(mtype::pointAtSky, "Neighbour")) << neighbour.log();
    ASSERT_TRUE(eventually([&] { return neighbour.says("ready"); }));

    const auto spectrum = sendAndWait(spectrumSending());
    EXPECT_EQ(spectrum.outcome, Outcome::Responded) << spectrum.text;
    EXPECT_EQ(spectrum.clientName, "Neighbour");
    EXPECT_EQ(spectrum.response.status, SampStatus::Ok) << spectrum.text;
    EXPECT_EQ(textOr(spectrum.response.result, "seen"), "yes");
    const auto sent = sendAndWait(tableSending());
    EXPECT_EQ(sent.response.status, SampStatus::Ok) << sent.text;
    EXPECT_EQ(sendAndWait(sending(SelectRows{"tab-A", "", {1, 3}})).response.status, SampStatus::Ok);
    auto row = sending(HighlightRow{"tab-A", "", 2});
    row.notify = true;
    EXPECT_EQ(sendAndWait(row).outcome, Outcome::Notified);
    // What cannot be read is answered with an error, which has a text.
    auto broken = sending(LoadTable{LoadTable::Format::Votable, "http://127.0.0.1:9/none", "b", ""});
    const auto failed = sendAndWait(broken);
    EXPECT_EQ(failed.response.status, SampStatus::Error);
    EXPECT_NE(failed.text, "");

    ASSERT_TRUE(eventually([&] { return linesOf(neighbour.log()).size() >= 5; })) << neighbour.log();
    std::map<std::string, json> said;
    for (const auto& line : linesOf(neighbour.log()))
        if (!line.contains("problem")) said[line["mtype"]] = line;
    const auto& seen = said["spectrum.load.ssa-generic"];
    EXPECT_EQ(seen["columns"], json({"WAVE", "FLUX"}));
    EXPECT_EQ(seen["rows"], 3);
    EXPECT_EQ(seen["params"]["name"], "HD 1 & Co");
    EXPECT_EQ(seen["params"]["meta"]["Access.Format"], "application/x-votable+xml");
    EXPECT_EQ(said["table.load.votable"]["columns"], json({"ra", "dec", "obsid"}));
    EXPECT_EQ(said["table.load.votable"]["rows"], 5);
    EXPECT_EQ(said["table.select.rowList"]["params"]["row-list"], json({"1", "3"}));
    EXPECT_EQ(said["table.highlight.row"]["params"]["row"], "2");
}

TEST_P(PeersTest, ACallMayWaitForItsResponse) {
    http::Client http;
    HubClient client(http, readLock(folder / "lock").value(), std::chrono::seconds(20));
    ASSERT_TRUE(client.registerSelf({}));
    const auto response = client.callAndWait(link->state().selfId, encodeRequest(PointAtSky{57.3, 24.1}),
                                             std::chrono::seconds(30), {});
    ASSERT_TRUE(response) << test::why(response) << hub->log();
    EXPECT_EQ(*response, SampResponse::warning("there is no map of the sky"));
    EXPECT_TRUE(client.unregister({}));
}

TEST_P(PeersTest, WhatAstropySendsArrivesAndIsAnswered) {
    const auto message = [](const char* mtype, json params) {
        return json{{"samp.mtype", mtype}, {"samp.params", std::move(params)}}.dump();
    };
    auto& neighbour = startNeighbour(
        {"send", "Balmer",
         message("spectrum.load.ssa-generic", {{"url", "file://" + (folder / "s.vot").string()},
                                               {"name", "HD 1 & Co"},
                                               {"meta", {{"Access.Format", "application/x-votable+xml"}}}}),
         message("table.load.votable", {{"url", "file://" + (folder / "t.vot").string()}, {"table-id", "x"}}),
         message("table.select.rowList", {{"table-id", "x"}, {"row-list", {"0", "4"}}}),
         message("coord.pointAt.sky", {{"ra", "57.3"}, {"dec", "24.1"}}),
         message("table.highlight.row", {{"table-id", "x"}, {"row", "3"}})});
    const auto spectrum = came(mtype::spectrumLoad);
    ASSERT_TRUE(spectrum) << neighbour.log();
    EXPECT_EQ(spectrum->senderName, "Neighbour");
    const auto request = decodeRequest(spectrum->message);
    ASSERT_TRUE(request) << test::why(request);
    EXPECT_EQ(std::get<LoadSpectrum>(*request).name, "HD 1 & Co");
    EXPECT_EQ(std::get<LoadSpectrum>(*request).metaText("Access.Format"), "application/x-votable+xml");
    ASSERT_TRUE(came(mtype::tableLoadVotable));
    const auto rows = came(mtype::tableSelectRows);
    ASSERT_TRUE(rows);
    EXPECT_EQ(decodeRequest(rows->message).value(), SampRequest(SelectRows{"x", "", {0, 4}}));
    ASSERT_TRUE(came(mtype::tableHighlightRow)); // its notification is the echo of its call
    ASSERT_TRUE(eventually([&] { return !neighbour.running(); }));
    const auto responses = linesOf(neighbour.log());
    ASSERT_EQ(responses.size(), 5u) << neighbour.log();
    EXPECT_EQ(responses[0]["samp.status"], "samp.ok");
    EXPECT_EQ(responses[3]["samp.status"], "samp.warning");
    EXPECT_EQ(responses[3]["samp.error"]["samp.errortxt"], "there is no map of the sky");
}

TEST_P(PeersTest, JsampSnoopsWhatWeSend) {
    auto& snooper = startJsamp({"snooper", "-clientname", "SPLAT-like", "-mtype", "spectrum.load.ssa-generic",
                                "-mtype", "table.load.votable"});
    ASSERT_TRUE(listens(mtype::tableLoadVotable, "SPLAT-like")) << snooper.log();
    const auto spectrum = sendAndWait(spectrumSending());
    EXPECT_EQ(spectrum.outcome, Outcome::Responded) << spectrum.text;
    const auto sent = sendAndWait(tableSending());
    EXPECT_EQ(sent.outcome, Outcome::Responded) << sent.text;
    ASSERT_TRUE(eventually([&] { return snooper.says("t.vot"); })) << snooper.log();
    for (const auto* text : {"\"Access.Format\": \"application/x-votable+xml\"", "HD 1 & Co",
                             "vox:spectrum_axes", "/s%201.vot", "tab-A"})
        EXPECT_TRUE(snooper.says(text)) << text << snooper.log();
}

TEST_P(PeersTest, JsampAndStiltsSendAndWeAnswer) {
    auto& sender = startJsamp({"messagesender", "-mtype", "spectrum.load.ssa-generic", "-mode", "sync",
                               "-targetname", "Balmer", "-param", "url", "file:///s.fits", "-param", "name",
                               "demo", "-param", "meta", R"({"Access.Format":"application/fits"})"});
    const auto spectrum = came(mtype::spectrumLoad);
    ASSERT_TRUE(spectrum) << sender.log();
    const auto request = decodeRequest(spectrum->message);
    ASSERT_TRUE(request) << test::why(request);
    EXPECT_EQ(std::get<LoadSpectrum>(*request).url, "file:///s.fits");
    EXPECT_EQ(std::get<LoadSpectrum>(*request).metaText("access.format"), "application/fits");
    ASSERT_TRUE(eventually([&] { return !sender.running(); }));
    EXPECT_TRUE(sender.says("samp.ok")) << sender.log();

    auto& stilts =
        start({java, "-Djava.awt.headless=true", "-Djsamp.localhost=127.0.0.1",
               "-Duser.home=" + folder.path().string(), "-classpath", "/usr/share/java/starlink-ttools.jar",
               "uk.ac.starlink.ttools.Stilts", "tpipe", "in=" + (folder / "t.vot").string(), "omode=samp"});
    const auto loaded = came(mtype::tableLoadVotable);
    ASSERT_TRUE(loaded) << stilts.log();
    const auto content = contents.back();
    EXPECT_NE(content.find("<VOTABLE"), std::string::npos) << content.substr(0, 300);
    EXPECT_NE(content.find("obsid"), std::string::npos) << content.substr(0, 300);
}

TEST_P(PeersTest, AHubThatIsKilledAndStartedAgainIsFoundAgain) {
    EXPECT_EQ(link->state().hub, SampState::Hub::Connected);
    hub->kill();
    ASSERT_TRUE(eventually([&] { return link->state().hub == SampState::Hub::Absent; }));
    EXPECT_TRUE(std::filesystem::exists(folder / "lock")) << "the lock is the hub's";
    startHub();
    ASSERT_TRUE(eventually([&] { return link->state().hub == SampState::Hub::Connected; })) << hub->log();
    hub->stop();
    ASSERT_TRUE(eventually([&] { return link->state().hub == SampState::Hub::Absent; }));
    EXPECT_NE(link->state().why, "");
}

INSTANTIATE_TEST_SUITE_P(Hubs, PeersTest, testing::Values("jsamp", "astropy"),
                         [](const auto& hub) { return std::string(hub.param); });

/// TOPCAT, driven by its mouse.
class TopcatTest : public PeersTest {
  protected:
    void SetUp() override {
        if (const auto missing = test::Topcat::missing(); !missing.empty()) GTEST_SKIP() << missing;
        PeersTest::SetUp();
    }
};

TEST_P(TopcatTest, ARowHighlightedThereShowsHereAndTheReverse) {
    test::Topcat topcat(folder.path(), setting());
    ASSERT_TRUE(topcat.ready()) << topcat.log();
    ASSERT_TRUE(listens(mtype::tableHighlightRow, "topcat")) << topcat.log();
    const auto loaded = sendAndWait(tableSending());
    ASSERT_EQ(loaded.response.status, SampStatus::Ok) << loaded.text;
    ASSERT_TRUE(topcat.browse());

    // From here to there: the row changes its colour, and the others do not.
    const auto highlighted = sendAndWait(sending(HighlightRow{"tab-A", "", 1}));
    EXPECT_EQ(highlighted.response.status, SampStatus::Ok) << highlighted.text;
    EXPECT_TRUE(eventually([&] { return topcat.highlighted(1); }));
    EXPECT_FALSE(topcat.highlighted(0));
    EXPECT_FALSE(topcat.highlighted(2));
    const auto selected = sendAndWait(sending(SelectRows{"tab-A", "", {0, 4}}));
    EXPECT_EQ(selected.response.status, SampStatus::Ok) << selected.text;
    const auto unknown = sendAndWait(sending(HighlightRow{"no such table", "", 1}));
    EXPECT_EQ(unknown.response.status, SampStatus::Error);
    EXPECT_NE(unknown.text.find("topcat: "), std::string::npos) << unknown.text;

    // From there to here: the user switches "Send row index" on and clicks on a row.
    ASSERT_TRUE(topcat.openActions());
    ASSERT_TRUE(topcat.sendRowIndex()) << "TOPCAT's windows may look different from those of version 4.8.7";
    topcat.click(3);
    const auto row = came(mtype::tableHighlightRow);
    ASSERT_TRUE(row);
    EXPECT_EQ(row->senderName, "topcat");
    const auto request = decodeRequest(row->message);
    ASSERT_TRUE(request) << test::why(request);
    EXPECT_EQ(std::get<HighlightRow>(*request).tableId, "tab-A");
    EXPECT_EQ(std::get<HighlightRow>(*request).row, 3);

    // What we highlight does not come back.
    EXPECT_EQ(sendAndWait(sending(HighlightRow{"tab-A", "", 0})).response.status, SampStatus::Ok);
    topcat.click(2);
    const auto next = came(mtype::tableHighlightRow, 1);
    ASSERT_TRUE(next);
    EXPECT_EQ(std::get<HighlightRow>(decodeRequest(next->message).value()).row, 2);
}

INSTANTIATE_TEST_SUITE_P(Hubs, TopcatTest, testing::Values("jsamp"),
                         [](const auto& hub) { return std::string(hub.param); });

} // namespace
} // namespace balmer::vo

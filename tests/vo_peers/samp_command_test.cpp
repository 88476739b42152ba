// The command line and the programs that astronomers have, at the hubs of JSAMP and of astropy: what is sent
// is read there, what they send is taken in here.
#include "tests/support/balmer_session.h"
#include "tests/support/made_up_spectrum.h"

#include <csignal>
#include <cstdlib>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/support/peer_process.h"
#include "tests/support/samp_hub.h"

namespace balmer::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string java = "/usr/bin/java";
const std::string jsampJar = "/usr/share/java/jsamp.jar";
const std::string python = "/usr/bin/python3";

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

class SampCommand : public testing::TestWithParam<const char*> {
  protected:
    void SetUp() override {
        const bool jsamp = std::string(GetParam()) == "jsamp";
        const auto missing =
            missingPackages({{jsamp ? jsampJar : "/usr/bin/samp_hub", jsamp ? "jsamp" : "astropy-utils"},
                             {jsampJar, "jsamp"},
                             {java, "default-jre-headless"},
                             {"/usr/lib/python3/dist-packages/astropy", "python3-astropy"},
                             {"/usr/bin/stilts", "stilts"},
                             {"/usr/bin/setpriv", "util-linux"}});
        if (!missing.empty()) GTEST_SKIP() << missing;
        if (jsamp) {
            hub_ = start(withJava({"-jar", jsampJar, "hub", "-mode", "no-gui", "-profiles", "std"}), "hub");
        } else {
            hub_ = start({"/usr/bin/env", "-u", "SAMP_HUB", "/usr/bin/samp_hub", "-d", "127.0.0.1", "-f",
                          (session_ / "lock").string(), "-w"},
                         "hub");
        }
        ::setenv("SAMP_HUB", setting().c_str(), 1);
        std::filesystem::create_directories(session_ / "stars");
        for (int i = 0; i < 3; ++i)
            session_.write("stars/s" + std::to_string(i) + ".txt", spectrumText(i, 300));
        session_.succeed({"import", (session_ / "stars").string()});
        ASSERT_TRUE(eventually([&] {
            return session_.run({"vo", "samp", "clients"}).exitStatus == 0;
        })) << hub_->log();
    }
    void TearDown() override { ::unsetenv("SAMP_HUB"); }

    std::string setting() const { return "std-lockurl:file://" + (session_ / "lock").string(); }
    std::vector<std::string> withJava(const std::vector<std::string>& words) const {
        std::vector<std::string> command{java, "-Djava.awt.headless=true", "-Djsamp.localhost=127.0.0.1",
                                         "-Duser.home=" + session_.folder().string()};
        command.insert(command.end(), words.begin(), words.end());
        return command;
    }
    std::unique_ptr<PeerProcess> start(const std::vector<std::string>& command,
                                       const std::string& name) const {
        return std::make_unique<PeerProcess>(
            command,
            std::map<std::string, std::string>{{"SAMP_HUB", setting()}, {"HOME", session_.folder().string()}},
            session_ / (name + ".log"));
    }
    std::unique_ptr<PeerProcess> startAstropy(const std::vector<std::string>& words) const {
        std::vector<std::string> command{
            python, (sourceRoot() / "tests/engine/vo/samp/astropy_neighbour.py").string()};
        command.insert(command.end(), words.begin(), words.end());
        return start(command, "astropy");
    }
    /// Is at the hub, and takes this ("spectra", "tables").
    bool isThere(const std::string& name, const char* takes) const {
        return eventually([&] {
            const auto listed = session_.run({"vo", "samp", "clients"}).json();
            if (!listed.is_object() || !listed.contains("clients")) return false;
            return std::ranges::any_of(listed["clients"], [&](const auto& each) {
                return each["name"] == name && each[takes] == true;
            });
        });
    }

    BalmerSession session_;
    std::unique_ptr<PeerProcess> hub_;
};

TEST_P(SampCommand, AstropyReadsWhatIsSent) {
    const auto neighbour = startAstropy({"listen"});
    ASSERT_TRUE(isThere("Neighbour", "positions")) << neighbour->log();
    const auto spectrum = session_.succeed({"vo", "samp", "send", "--spectrum", "s1", "--to", "Neighbour"});
    EXPECT_EQ(spectrum["sent"][0]["outcome"], "arrived") << spectrum.dump();
    const auto table = session_.succeed({"vo", "samp", "send", "--collection", "stars"});
    EXPECT_EQ(table["sent"][0]["outcome"], "arrived") << table.dump();
    const auto some =
        session_.succeed({"vo", "samp", "send", "--where", "id in ('s0', 's2')", "--name", "two"});
    EXPECT_EQ(some["sent"][0]["to"], "Neighbour");

    const auto lines = linesOf(neighbour->log());
    ASSERT_EQ(lines.size(), 3u) << neighbour->log();
    EXPECT_EQ(lines[0]["columns"], json({"WAVE", "FLUX"}));
    EXPECT_EQ(lines[0]["rows"], 300);
    EXPECT_EQ(lines[0]["params"]["spectrum-id"], "s1");
    EXPECT_EQ(lines[0]["params"]["meta"]["Access.Format"], "application/fits");
    EXPECT_EQ(lines[1]["rows"], 3);
    EXPECT_EQ(lines[1]["columns"][0], "id");
    EXPECT_EQ(lines[1]["params"]["name"], "stars");
    EXPECT_EQ(lines[2]["rows"], 2);
    EXPECT_EQ(lines[2]["params"]["name"], "two");
    EXPECT_NE(lines[2]["params"]["table-id"], lines[1]["params"]["table-id"]);
}

TEST_P(SampCommand, JsampSnoopsWhatIsSent) {
    const auto snooper = start(withJava({"-jar", jsampJar, "snooper", "-clientname", "SPLAT-like", "-mtype",
                                         "spectrum.load.ssa-generic"}),
                               "snooper");
    ASSERT_TRUE(isThere("SPLAT-like", "spectra")) << snooper->log();
    EXPECT_EQ(session_.succeed({"vo", "samp", "send", "--spectrum", "s2"})["sent"][0]["to"], "SPLAT-like");
    ASSERT_TRUE(eventually([&] { return snooper->says("s2.fits"); })) << snooper->log();
    for (const auto* text :
         {"\"Access.Format\": \"application/fits\"", "\"vox:spectrum_axes\": \"WAVE FLUX\""})
        EXPECT_TRUE(snooper->says(text)) << text << snooper->log();
}

TEST_P(SampCommand, WhatOthersSendIsTakenIn) {
    session_.write("new.txt", spectrumText(9, 300));
    session_.write("t.vot",
                   "<VOTABLE version=\"1.4\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.3\"><RESOURCE><TABLE>"
                   "<FIELD name=\"ew\" datatype=\"double\"/><FIELD name=\"star\" datatype=\"char\" "
                   "arraysize=\"*\"/><DATA><TABLEDATA><TR><TD>2</TD><TD>s1</TD></TR><TR><TD>3</TD><TD>s0</TD>"
                   "</TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>");
    BackgroundProcess listener(
        session_.command({"vo", "samp", "listen", "--import", "--allow", "Neighbour", "--allow", "STILTS"}));
    ASSERT_TRUE(isThere("Balmer", "spectra"));
    const auto message = [](const char* mtype, json params) {
        return json{{"samp.mtype", mtype}, {"samp.params", std::move(params)}}.dump();
    };
    const auto url = [&](const char* name) { return "file://" + (session_ / name).string(); };
    const auto astropy = startAstropy(
        {"send", "Balmer",
         message(
             "spectrum.load.ssa-generic",
             {{"url", url("new.txt")}, {"name", "new star"}, {"meta", {{"Access.Format", "text/plain"}}}}),
         message("spectrum.load.ssa-generic", {{"url", url("t.vot")}, {"meta", json::object()}}),
         message("table.load.votable", {{"url", url("t.vot")}, {"table-id", "x"}, {"name", "widths"}}),
         message("table.highlight.row", {{"table-id", "x"}, {"row", "1"}}),
         message("table.select.rowList", {{"table-id", "x"}, {"row-list", {"0", "1"}}})});
    ASSERT_TRUE(eventually([&] { return !astropy->running(); })) << astropy->log();
    const auto responses = linesOf(astropy->log());
    ASSERT_EQ(responses.size(), 5u) << astropy->log();
    for (const auto i : {0u, 2u, 3u, 4u})
        EXPECT_EQ(responses[i]["samp.status"], "samp.ok") << responses[i].dump();
    EXPECT_EQ(responses[1]["samp.status"], "samp.error") << "a table of widths is not a spectrum";

    const auto jsamp = start(
        withJava({"-jar", jsampJar, "messagesender", "-mtype", "spectrum.load.ssa-generic", "-mode", "sync",
                  "-targetname", "Balmer", "-param", "url", url("stars/s2.txt"), "-param", "name", "again"}),
        "jsamp");
    ASSERT_TRUE(eventually([&] { return !jsamp->running(); })) << jsamp->log();
    EXPECT_TRUE(jsamp->says("balmer.not-allowed")) << "nobody has allowed it\n" << jsamp->log();
    // STILTS serves the table itself, and ends when it was fetched.
    const auto stilts =
        start(withJava({"-classpath", "/usr/share/java/starlink-ttools.jar", "uk.ac.starlink.ttools.Stilts",
                        "tpipe", "in=" + (session_ / "t.vot").string(), "omode=samp"}),
              "stilts");
    ASSERT_TRUE(eventually([&] { return !stilts->running(); })) << stilts->log();

    listener.signal(SIGINT);
    const auto ended = listener.wait(std::chrono::seconds(120));
    ASSERT_EQ(ended.exitStatus, 0) << ended.describe();
    const auto result = ended.json();
    std::map<std::string, std::vector<json>> came;
    for (const auto& each : result["came"])
        came[each["kind"]].push_back(each);
    ASSERT_EQ(came["spectrum"].size(), 1u) << result.dump();
    EXPECT_EQ(came["spectrum"][0]["from"], "Neighbour");
    EXPECT_EQ(came["nothing"].size(), 2u) << "a table without a spectral axis; what was not allowed";
    ASSERT_EQ(came["table"].size(), 2u) << stilts->log() << result.dump();
    for (const auto& table : came["table"]) {
        EXPECT_EQ(table["rows"], 2);
        EXPECT_EQ(table["id_column"], "star");
        EXPECT_EQ(table["matched"], 2);
    }
    ASSERT_EQ(came["highlight"].size(), 1u);
    EXPECT_EQ(came["highlight"][0]["id"], "s0");
    ASSERT_GE(came["selection"].size(), 1u);
    EXPECT_EQ(came["selection"][0]["ids"], json({"s1", "s0"}));
    EXPECT_EQ(result["imported"][0]["result"]["imported"], 1);
    EXPECT_EQ(session_.rows().size(), 4u);
}

INSTANTIATE_TEST_SUITE_P(Hubs, SampCommand, testing::Values("jsamp", "astropy"),
                         [](const auto& hub) { return std::string(hub.param); });

} // namespace
} // namespace balmer::test

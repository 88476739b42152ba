// Spectra from the net, as a user gets them: vo ssap, vo votable, vo fetch, vo services, against an archive
// on this computer.
#include "tests/support/balmer_session.h"
#include "tests/support/made_up_spectrum.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "tests/support/served_pages.h"

namespace balmer::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Vo : public testing::Test {
  protected:
    Vo() {
        // The list of services is the user's: here, the test's.
        ::setenv("XDG_CONFIG_HOME", (session_ / "config").string().c_str(), 1);
        for (int i = 0; i < 4; ++i)
            archive_.put("/data/s" + std::to_string(i) + ".txt", {spectrumText(i)});
        archive_.put("/ssap", {answer(), "application/x-votable+xml"});
    }
    ~Vo() override { ::unsetenv("XDG_CONFIG_HOME"); }

    /// Four spectra (of which the last is another form of the third) and a row without an address.
    static std::string answer(const std::string& status = "OVERFLOW") {
        const auto field = [](const std::string& name, const std::string& utype, const std::string& type) {
            return "<FIELD name=\"" + name + "\" utype=\"ssa:" + utype + "\" " + type + "/>";
        };
        const std::string text = "datatype=\"char\" arraysize=\"*\"", number = "datatype=\"double\"";
        const std::string formats[] = {"text/plain", "text/plain", "text/plain", "text/csv", ""};
        std::string rows;
        for (int i = 0; i < 5; ++i) {
            const auto n = std::to_string(i);
            rows += "<TR><TD>" + (i < 4 ? "data/s" + n + ".txt" : std::string()) + "</TD><TD>ivo://x/" +
                    std::to_string(std::min(i, 2)) + "</TD><TD>Star " + n + "</TD><TD>10." + n +
                    " 20</TD><TD>6.5e-7</TD><TD>" + formats[i] + "</TD></TR>";
        }
        return "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\"><TABLE>" +
               field("accref", "Access.Reference", text) + field("did", "Curation.PublisherDID", text) +
               field("title", "DataID.Title", text) +
               field("pos", "Char.SpatialAxis.Coverage.Location.Value",
                     "datatype=\"double\" arraysize=\"2\"") +
               field("from", "Char.SpectralAxis.Coverage.Bounds.Start", number) +
               field("format", "Access.Format", text) + "<DATA><TABLEDATA>" + rows +
               "</TABLEDATA></DATA></TABLE><INFO name=\"QUERY_STATUS\" value=\"" + status +
               "\">first come first served</INFO></RESOURCE></VOTABLE>";
    }

    std::string service() const { return archive_.url("/ssap"); }

    ServedPages archive_;
    BalmerSession session_;
};

TEST_F(Vo, SsapListsWhatThereIsAndFetchesNothing) {
    const auto list = session_.succeed(
        {"vo", "ssap", service(), "--list", "--pos", "10.1 20", "--size", "5arcmin", "--band", "6400/6700"});
    EXPECT_EQ(list["found"], 5) << list.dump();
    EXPECT_EQ(list["overflow"], true);
    EXPECT_EQ(list["message"], "first come first served");
    EXPECT_EQ(list["columns"]["access"]["name"], "accref");
    const auto& row = list["rows"][1];
    EXPECT_EQ(row["url"], archive_.url("/data/s1.txt"));
    EXPECT_EQ(row["title"], "Star 1");
    EXPECT_DOUBLE_EQ(row["ra"].get<double>(), 10.1);
    EXPECT_NEAR(row["first_wavelength"].get<double>(), 6500, 1e-6);
    EXPECT_TRUE(row["in_project"].is_null());
    EXPECT_EQ(list["rows"][3]["stands_for_it"], 2);
    EXPECT_THAT(list["rows"][4]["trouble"].get<std::string>(), HasSubstr("no address"));
    EXPECT_EQ(archive_.asked("/data/"), 0u);
    EXPECT_EQ(archive_.asked("/ssap?REQUEST=queryData&POS=10.1%2C20&SIZE=0.0833"), 1u);
    EXPECT_TRUE(session_.rows().empty());
}

TEST_F(Vo, SsapFetchesImportsAndKnowsNextTimeWhatTheProjectHas) {
    const auto first = session_.succeed({"vo", "ssap", service(), "--rows", "1"});
    EXPECT_EQ(first["fetched"], 1) << first.dump();
    EXPECT_EQ(first["imported"], 1);
    const auto all = session_.succeed({"vo", "ssap", service(), "--collection", "net"});
    EXPECT_EQ(all["had_before"], 1) << all.dump();
    EXPECT_EQ(all["other_forms"], 1);
    EXPECT_EQ(all["unfetchable"].size(), 1u);
    EXPECT_EQ(all["fetched"], 2);
    EXPECT_EQ(all["imported"], 2);
    const auto rows = session_.rows();
    EXPECT_EQ(rows.size(), 3u);
    EXPECT_TRUE(rows.contains("s0"));

    const auto asked = archive_.asked("/data/");
    const auto again = session_.succeed({"vo", "ssap", service()});
    EXPECT_EQ(again["chosen"], 0) << again.dump();
    EXPECT_EQ(archive_.asked("/data/"), asked);
    const auto list = session_.succeed({"vo", "ssap", service(), "--list"});
    EXPECT_EQ(list["rows"][0]["in_project"], "s0");
    EXPECT_EQ(list["rows"][3]["in_project"], "s2") << "the same dataset in another form";
    const auto forced = session_.succeed({"vo", "ssap", service(), "--again", "--rows", "0-1"});
    EXPECT_EQ(forced["already_here"], 2);
    EXPECT_EQ(archive_.asked("/data/"), asked) << "and still nothing is fetched twice";
    // What was fetched has its job, which can be looked at like any other.
    const auto jobs = session_.succeed({"jobs"});
    EXPECT_EQ(jobs["jobs"][0]["kind"], "retrieve") << jobs.dump();
}

TEST_F(Vo, SsapRefusesMoreThanIsAllowed) {
    const auto error = session_.fail({"vo", "ssap", service(), "--max-spectra", "2"});
    EXPECT_EQ(error["code"], "invalid-argument");
    EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("3 spectra would be fetched"));
    EXPECT_EQ(archive_.asked("/data/"), 0u);
}

TEST_F(Vo, ARefusalOfTheServiceIsShown) {
    archive_.put("/ssap", {answer("ERROR"), "text/xml"});
    const auto error = session_.fail({"vo", "ssap", service()});
    EXPECT_EQ(error["code"], "remote");
    EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("first come first served"));
}

TEST_F(Vo, WrongWordsAreWrongUse) {
    for (const std::vector<std::string>& words : {std::vector<std::string>{"--pos", "north"},
                                                  {"--size", "1"},
                                                  {"--pos", "1 2", "--size", "5 parsec"},
                                                  {"--band", "red"},
                                                  {"--time", "yesterday"},
                                                  {"--rows", "9"},
                                                  {"--rows", "3-1"},
                                                  {"--param", "x"},
                                                  {"--password-file", "/nowhere"},
                                                  {"--column", "nowhere"},
                                                  {"--maxrec", "-1"}}) {
        std::vector<std::string> command{"vo", "ssap", service()};
        command.insert(command.end(), words.begin(), words.end());
        const auto run = session_.run(command);
        EXPECT_EQ(run.exitStatus, 2) << joined(words) << ": " << run.describe();
    }
    EXPECT_EQ(session_.run({"vo", "ssap", "no such service"}).exitStatus, 1);
    EXPECT_EQ(session_.run({"vo", "fetch", "gopher://x.org/"}).exitStatus, 2);
}

TEST_F(Vo, ServicesAreKeptByName) {
    session_.succeed({"vo", "services", "add", "mine", service(), "--remark", "a test"});
    const auto list = session_.succeed({"vo", "services", "list"});
    ASSERT_EQ(list["services"].size(), 1u);
    EXPECT_EQ(list["services"][0]["url"], service());
    EXPECT_EQ(session_.succeed({"vo", "ssap", "mine", "--list"})["found"], 5);
    session_.succeed({"vo", "services", "remove", "mine"});
    EXPECT_EQ(session_.fail({"vo", "ssap", "mine"})["code"], "not-found");
}

TEST_F(Vo, AVotableOfTopcatsIsASourceOfSpectra) {
    const auto table = [&](const std::string& columns, const std::string& row) {
        return session_
            .write("list.vot",
                   "<VOTABLE version=\"1.1\" xmlns=\"http://www.ivoa.net/xml/VOTable/v1.1\"><RESOURCE>"
                   "<TABLE>" +
                       columns + "<DATA><TABLEDATA>" + row +
                       "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>")
            .string();
    };
    const auto field = [](const std::string& name) {
        return "<FIELD name=\"" + name + "\" datatype=\"char\" arraysize=\"*\"/>";
    };
    const auto two = table(field("one_accref") + field("two_accref"),
                           "<TR><TD>" + archive_.url("/data/s0.txt") + "</TD><TD>s1.txt</TD></TR>");
    const auto error = session_.fail({"vo", "votable", two});
    EXPECT_EQ(error["code"], "invalid-argument");
    EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("one_accref, two_accref"));
    const auto seen = session_.succeed({"vo", "votable", two, "--list"});
    EXPECT_EQ(seen["address_columns"].size(), 2u);

    const auto one = session_.succeed({"vo", "votable", two, "--column", "one_accref"});
    EXPECT_EQ(one["imported"], 1) << one.dump();
    EXPECT_EQ(std::filesystem::path(one["folder"].get<std::string>()).filename(), "list");
    const auto relative = session_.succeed({"vo", "votable", two, "--column", "two_accref", "--base",
                                            archive_.url("/data/"), "--to", (session_ / "here").string()});
    EXPECT_EQ(relative["imported"], 1) << relative.dump();
    EXPECT_TRUE(std::filesystem::exists(session_ / "here/s1.txt"));
    archive_.put("/lists/x.vot", {answer("OK"), "text/xml"});
    EXPECT_EQ(session_.succeed({"vo", "votable", archive_.url("/lists/x.vot"), "--list"})["rows"][0]["url"],
              archive_.url("/lists/data/s0.txt"));
    EXPECT_EQ(session_.fail({"vo", "votable", (session_ / "none.vot").string()})["code"], "not-found");
}

TEST_F(Vo, AFolderOnTheNetIsSeenBeforeItIsFetched) {
    archive_.put("/data/", {"<html><pre><a href=\"s0.txt\">s0.txt</a> <a href=\"s1.txt\">s1.txt</a> "
                            "<a href=\"readme\">readme</a></pre></html>",
                            "text/html"});
    archive_.put("/data/readme", {"read me", "text/plain"});
    const auto preview =
        session_.succeed({"vo", "fetch", archive_.url("/data/"), "--list", "--match", "*.txt"});
    EXPECT_EQ(preview["found"], 2) << preview.dump();
    EXPECT_EQ(preview["unmatched"], 1);
    EXPECT_EQ(preview["files"][0]["path"], "s0.txt");
    EXPECT_EQ(archive_.asked("/data/s"), 0u);
    EXPECT_TRUE(session_.rows().empty());

    const auto fetched = session_.succeed({"vo", "fetch", archive_.url("/data/"), "--to",
                                           (session_ / "down").string(), "--label", "the night"});
    EXPECT_EQ(fetched["fetched"], 3) << fetched.dump();
    EXPECT_EQ(fetched["imported"], 2);
    EXPECT_TRUE(std::filesystem::exists(session_ / "down/readme"));
    const auto again =
        session_.succeed({"vo", "fetch", archive_.url("/data/"), "--to", (session_ / "down").string()});
    EXPECT_EQ(again["fetched"], 0);
    EXPECT_EQ(again["already_here"], 3);
    const auto capped = session_.succeed({"vo", "fetch", archive_.url("/data/"), "--to",
                                          (session_ / "few").string(), "--max-files", "1", "--no-import"});
    EXPECT_EQ(capped["fetched"], 1) << capped.dump();
    EXPECT_EQ(capped["cut"], true);
    EXPECT_EQ(session_.fail({"vo", "fetch", archive_.url("/gone/")})["code"], "not-found");
}

TEST_F(Vo, CtrlCIsHeardWhileTheNetIsSilent) {
    const ScriptedServer silent([](const ScriptedServer::Peer& peer, const std::string&) {
        peer.hold();
        return false;
    });
    for (const std::vector<std::string>& words : {std::vector<std::string>{"vo", "ssap", silent.url("/ssap")},
                                                  {"vo", "votable", silent.url("/x.vot")},
                                                  {"vo", "fetch", silent.url("/data/"), "--list"},
                                                  {"vo", "fetch", silent.url("/data/")}}) {
        const auto asked = silent.requests().size();
        BackgroundProcess balmer(session_.command(words));
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (silent.requests().size() == asked && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        balmer.signal(SIGINT);
        const auto ended = balmer.wait(std::chrono::seconds(30));
        EXPECT_EQ(ended.exitStatus, 3) << joined(words) << ": " << ended.describe();
    }
}

TEST_F(Vo, KilledHalfWayAndStartedAgainItFetchesNothingTwice) {
    // The first two come; the third hangs until the program is killed.
    std::atomic<bool> slow = true;
    const ScriptedServer server([&](const ScriptedServer::Peer& peer, const std::string& head) {
        const auto path = pathOf(head);
        if (path.starts_with("/ssap"))
            return peer.answer("200 OK", answer("OK"), "Content-Type: text/xml\r\n");
        if (path == "/data/s2.txt" && slow) {
            peer.hold();
            return false;
        }
        return peer.answer("200 OK", spectrumText(path[7] - '0'), "Content-Type: text/plain\r\n");
    });
    const std::vector<std::string> words{"vo", "ssap", server.url("/ssap")};
    {
        BackgroundProcess balmer(session_.command(words));
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        const auto journal = [&] {
            std::string text;
            for (const auto& entry : std::filesystem::recursive_directory_iterator(session_.project()))
                if (entry.path().filename() == ".balmer-download.jsonl")
                    text = core::readFile(entry.path()).value_or("");
            return text;
        };
        while (std::chrono::steady_clock::now() < until &&
               (server.count("GET /data/s2.txt") == 0 || journal().find("s0.txt") == std::string::npos ||
                journal().find("s1.txt") == std::string::npos))
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        balmer.kill();
        balmer.wait(std::chrono::seconds(30));
    }
    EXPECT_TRUE(session_.rows().empty()) << "it was killed before the import";
    slow = false;
    const auto again = session_.succeed(words);
    EXPECT_EQ(again["fetched"], 1) << again.dump();
    EXPECT_EQ(again["already_here"], 2);
    EXPECT_EQ(again["imported"], 3);
    EXPECT_EQ(server.count("GET /data/s0.txt"), 1u);
    EXPECT_EQ(server.count("GET /data/s1.txt"), 1u);
}

TEST_F(Vo, SaysThatNothingWasFound) {
    archive_.put("/data/", {"<html><a href='mailto:a@b'>nothing here</a></html>", "text/html"});
    archive_.put("/data/lost.fits", {"<html><a href='s0.txt'>it has moved</a></html>", "text/html"});
    auto url = archive_.url("/data/");
    url.insert(7, "eva:geheim@");
    for (std::vector<std::string> words : {std::vector<std::string>{}, {"--list"}}) {
        words.insert(words.begin(), {"vo", "fetch", url});
        const auto run = session_.run(words);
        EXPECT_EQ(run.exitStatus, 0) << run.describe();
        EXPECT_THAT(run.describe(), HasSubstr("Nothing was found at " + archive_.url("/data/")));
        EXPECT_EQ(run.describe().find("geheim"), std::string::npos) << run.describe();
    }
    EXPECT_THAT(session_.fail({"vo", "fetch", archive_.url("/data/lost.fits")})["message"].get<std::string>(),
                HasSubstr("an HTML page where a file was expected"));
}

TEST_F(Vo, APasswordReachesTheServerAndNothingElse) {
    archive_.put("/data/s0.txt", {"who are you?", "text/plain", "401 Unauthorized",
                                  "WWW-Authenticate: Basic realm=\"x\"\r\n"});
    auto url = archive_.url("/data/s0.txt");
    url.insert(7, "eva:geheim@");
    const auto run = session_.run({"vo", "fetch", url});
    EXPECT_NE(run.exitStatus, 0);
    EXPECT_EQ(run.describe().find("geheim"), std::string::npos) << run.describe();
    const auto jobs = session_.succeed({"jobs"});
    EXPECT_EQ(jobs.dump().find("geheim"), std::string::npos);
}

} // namespace
} // namespace balmer::test

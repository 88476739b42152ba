// The programs beside Balmer, as a user meets them on the command line: vo samp clients, send, listen; and
// table import.
#include "tests/support/balmer_session.h"
#include "tests/support/made_up_spectrum.h"

#include <csignal>
#include <cstdlib>
#include <mutex>

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "engine/http/client.h"
#include "engine/vo/samp/file_url.h"
#include "engine/vo/samp/mtypes.h"
#include "tests/support/samp_hub.h"

namespace balmer::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;
namespace mtype = vo::mtype;

class Samp : public testing::Test {
  protected:
    Samp() : hub_(session_ / "lock") {
        ::setenv("SAMP_HUB", hub_.setting().c_str(), 1);
        std::filesystem::create_directories(session_ / "stars");
        for (int i = 0; i < 3; ++i)
            session_.write("stars/s" + std::to_string(i) + ".txt", spectrumText(i, 300));
        session_.succeed({"import", (session_ / "stars").string()});
        topcat_ = hub_.addNeighbour(
            "topcat", {"table.*"}, [this](const std::string&, const auto& message) { return take(message); });
    }
    ~Samp() override { ::unsetenv("SAMP_HUB"); }

    vo::SampResponse take(const vo::SampMessage& message) {
        http::Client client;
        http::Request request;
        request.url = vo::textOr(message.params, "url");
        const auto fetched = client.send(request, {});
        const std::lock_guard lock(mutex_);
        messages_.push_back(message);
        return fetched && fetched->succeeded() ? vo::SampResponse::ok()
                                               : vo::SampResponse::error(why(fetched));
    }
    std::vector<vo::SampMessage> messages() {
        const std::lock_guard lock(mutex_);
        return messages_;
    }
    /// Listens, and knows that the hub knows.
    std::unique_ptr<BackgroundProcess> listen(const std::vector<std::string>& options) {
        std::vector<std::string> words{"vo", "samp", "listen"};
        words.insert(words.end(), options.begin(), options.end());
        auto process = std::make_unique<BackgroundProcess>(session_.command(words));
        EXPECT_TRUE(
            eventually([&] { return !hub_.clients().empty() && !hub_.clients().front().mtypes.empty(); }));
        return process;
    }
    vo::SampResponse call(const vo::SampRequest& request) {
        const auto response = hub_.callFrom(topcat_, encodeRequest(request));
        EXPECT_TRUE(response);
        return response.value_or(vo::SampResponse());
    }
    static json ended(BackgroundProcess& process) {
        process.signal(SIGINT);
        const auto result = process.wait(std::chrono::seconds(120));
        EXPECT_EQ(result.exitStatus, 0) << result.describe();
        return result.json();
    }

    BalmerSession session_;
    SampHub hub_;
    std::string topcat_;
    std::mutex mutex_;
    std::vector<vo::SampMessage> messages_;
};

TEST_F(Samp, ClientsAreListed) {
    const auto listed = session_.succeed({"vo", "samp", "clients"});
    json topcat;
    for (const auto& each : listed["clients"])
        if (each["name"] == "topcat") topcat = each;
    EXPECT_EQ(topcat["tables"], true) << listed.dump();
    EXPECT_EQ(topcat["spectra"], false);
    hub_.quit();
    const auto error = session_.fail({"vo", "samp", "clients"});
    EXPECT_EQ(error["code"], "not-found");
    EXPECT_THAT(error["message"].get<std::string>(), HasSubstr("no SAMP hub is running"));
}

TEST_F(Samp, ATableIsSentToWhoTakesTables) {
    const auto sent = session_.succeed({"vo", "samp", "send", "--collection", "stars", "--to", "TOPCAT"});
    EXPECT_EQ(sent["sent"].size(), 1u);
    EXPECT_EQ(sent["sent"][0]["to"], "topcat");
    EXPECT_EQ(sent["sent"][0]["outcome"], "arrived");
    ASSERT_EQ(messages().size(), 1u);
    const auto load = std::get<vo::LoadTable>(decodeRequest(messages()[0]).value());
    EXPECT_EQ(load.name, "stars");
    EXPECT_EQ(session_.succeed({"vo", "samp", "send", "--where", "id like 's%'"})["sent"][0]["outcome"],
              "arrived");

    EXPECT_EQ(session_.succeed({"vo", "samp", "send", "--where", "", "--name", "all"})["sent"][0]["outcome"],
              "arrived");

    const auto nobody = session_.fail({"vo", "samp", "send", "--spectrum", "s1"});
    EXPECT_EQ(nobody["code"], "remote");
    EXPECT_THAT(nobody["message"].get<std::string>(), HasSubstr("listens to spectrum.load.ssa-generic"));
    const auto unknown = session_.fail({"vo", "samp", "send", "--spectrum", "s1", "--to", "SPLAT"});
    EXPECT_THAT(unknown["message"].get<std::string>(), HasSubstr("there are: "));
    EXPECT_EQ(session_.fail({"vo", "samp", "send", "--spectrum", "nobody"})["code"], "not-found");
    for (const std::vector<std::string>& words : {std::vector<std::string>{},
                                                  {"--spectrum", "s1", "--where", "snr > 1"},
                                                  {"--where", "snr > 1", "--point"}}) {
        std::vector<std::string> all{"vo", "samp", "send"};
        all.insert(all.end(), words.begin(), words.end());
        EXPECT_EQ(session_.run(all).exitStatus, 2) << joined(all);
    }
}

TEST_F(Samp, WhatComesIsTakenInUntilItIsEnded) {
    const auto process = listen({"--import", "--allow", "TOPCAT"});
    session_.write("new.txt", spectrumText(7, 300));
    vo::LoadSpectrum load;
    load.url = vo::urlOfFile(session_ / "new.txt");
    load.name = "new star";
    EXPECT_EQ(call(load).status, vo::SampStatus::Ok);
    session_.write("t.csv", "id,ew\ns1,2.5\ns2,3\n");
    EXPECT_EQ(
        call(vo::LoadTable{vo::LoadTable::Format::Votable, vo::urlOfFile(session_ / "t.csv"), "t", "widths"})
            .status,
        vo::SampStatus::Ok);
    EXPECT_EQ(call(vo::HighlightRow{"t", "", 1}).status, vo::SampStatus::Ok);
    const auto result = ended(*process);
    ASSERT_EQ(result["came"].size(), 3u) << result.dump();
    EXPECT_EQ(result["came"][0]["kind"], "spectrum");
    EXPECT_EQ(result["came"][0]["from"], "topcat");
    EXPECT_EQ(result["came"][1]["id_column"], "id");
    EXPECT_EQ(result["came"][1]["matched"], 2);
    EXPECT_EQ(result["came"][2]["id"], "s2");
    EXPECT_EQ(result["imported"][0]["result"]["imported"], 1) << result.dump();
    EXPECT_EQ(session_.rows("collection = 'topcat'").size(), 1u);
    EXPECT_TRUE(hub_.clients().empty()) << "it has said goodbye";

    // What came is used afterwards.
    const auto file = result["came"][1]["file"].get<std::string>();
    session_.succeed({"preprocess", "--name", "d"});
    session_.succeed({"label", "give", "s1", "--as", "bad"});
    const std::vector<std::string> labels{"table", "import", file, "--labels", "ew", "--by", "Cat"};
    const auto kept = session_.succeed(labels);
    EXPECT_EQ(kept["labelled"], 1) << kept.dump();
    EXPECT_EQ(kept["kept"], 1);
    auto all = labels;
    all.emplace_back("--replace");
    EXPECT_EQ(session_.succeed(all)["replaced"], 1);
    const auto taken = session_.succeed({"table", "import", file, "--column", "ew", "--dataset", "d"});
    EXPECT_EQ(taken["columns"][0]["values"], 2) << taken.dump();
    EXPECT_EQ(session_.rows("ew > 2.7").size(), 1u);
}

TEST_F(Samp, WhoIsAllowedIsListedAndTakenBack) {
    ::setenv("XDG_CONFIG_HOME", (session_ / "config").c_str(), 1);
    session_.write("new.txt", spectrumText(7, 300));
    vo::LoadSpectrum load;
    load.url = vo::urlOfFile(session_ / "new.txt");
    {
        const auto process = listen({});
        EXPECT_EQ(call(load).code, "balmer.not-allowed");
        const auto result = ended(*process);
        ASSERT_EQ(result["came"].size(), 1u);
        EXPECT_THAT(result["came"][0]["text"].get<std::string>(), HasSubstr("vo samp allow \"topcat\""));
    }
    EXPECT_TRUE(session_.succeed({"vo", "samp", "allow"})["programs"].empty());
    session_.succeed({"vo", "samp", "allow", "TOPCAT"});
    EXPECT_EQ(session_.succeed({"vo", "samp", "allow"})["programs"]["topcat"], "always");
    {
        const auto process = listen({});
        EXPECT_EQ(call(load).status, vo::SampStatus::Ok);
        EXPECT_EQ(ended(*process)["came"][0]["kind"], "spectrum");
    }
    EXPECT_EQ(session_.succeed({"vo", "samp", "allow", "topcat", "--never"})["programs"]["topcat"], "never");
    EXPECT_TRUE(session_.succeed({"vo", "samp", "allow", "topcat", "--ask"})["programs"].empty());
    EXPECT_EQ(session_.succeed({"vo", "samp", "allow", "--received-limit", "5"})["received_gibibyte"], 5);
    EXPECT_EQ(session_.run({"vo", "samp", "allow", "--never"}).exitStatus, 2);
    ::unsetenv("XDG_CONFIG_HOME");
}

TEST_F(Samp, OfMuchThatComesTheNewestIsInTheResult) {
    const auto process = listen({});
    for (int i = 0; i <= 1005; ++i) {
        const vo::PointAtSky point{i / 10.0, 20};
        // Not more at once than wait.
        if (i % 100 == 5)
            call(point);
        else
            hub_.notifyFrom(topcat_, encodeRequest(point));
    }
    const auto result = ended(*process);
    ASSERT_EQ(result["came"].size(), 1000u);
    EXPECT_EQ(result["left_out"], 6);
    EXPECT_EQ(result["came"][0]["ra"], 0.6);
    EXPECT_EQ(result["came"][999]["ra"], 100.5);
}

TEST_F(Samp, ListeningEndsByItselfAndLeavesTheCatalogueAlone) {
    const auto result = session_.succeed({"vo", "samp", "listen", "--for", "0.2"});
    EXPECT_TRUE(result["came"].empty());
    hub_.quit();
    EXPECT_TRUE(session_.succeed({"vo", "samp", "listen", "--for", "0.2"})["came"].empty())
        << "a hub may still come";
    EXPECT_EQ(session_.rows().size(), 3u);
}

} // namespace
} // namespace balmer::test

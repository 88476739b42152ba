// Jobs on a worker by each way in: the same results as here, little sent twice, and one clear line where it
// cannot be.
#include "tests/end_to_end/remote_home.h"

#include <algorithm>
#include <fstream>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

using nlohmann::json;

TEST(Remote, SendsNoDataTwice) {
    RemoteHome home;
    BalmerSession session;
    importMatrix(session, 500);
    home.add(session, Way::Unix);
    const auto run = [&](const char* seed) {
        return session.succeed(
            {"som", "--dataset", "m", "--grid", "5x5", "--epochs", "2", "--seed", seed, "--on", "lab"});
    };
    const auto first = run("1"), second = run("2");
    EXPECT_GT(first.value("sent_bytes", 0), 500 * 140 * 4) << "the matrix itself is sent once";
    EXPECT_LT(second.value("sent_bytes", 1 << 30), 64 << 10);
}

TEST(Remote, IsAJobLikeAnyOtherWithItsPlace) {
    RemoteHome home;
    BalmerSession session;
    importMatrix(session, 40);
    home.add(session, Way::Unix);
    session.write(
        "spec.json",
        R"({"kind": "som", "label": "from a file", "parameters": {"dataset": "m", "grid": "4x4"}})");
    const auto result = session.succeed({"run", (session / "spec.json").string(), "--on", "auto"});
    EXPECT_EQ(result.value("place", ""), "lab") << "the only one that there is";

    const auto job = session.succeed({"job", "show", result["job"].dump()});
    EXPECT_EQ(job.value("place", ""), "lab");
    EXPECT_EQ(job.value("phase", ""), "COMPLETED");
    EXPECT_EQ(job["remote"].value("worker", ""), "lab");
    EXPECT_EQ(job["remote"].value("key", "").size(), 32u) << job.dump();
    const auto asked = session.succeed({"worker", "status", "lab"})["workers"][0]["report"];
    for (const char* key :
         {"software", "host", "processor", "slots", "free_slots", "objects", "stored_bytes", "kinds"})
        EXPECT_TRUE(asked.contains(key)) << key << " is not in " << asked.dump();
    const auto& jobs = asked["jobs"];
    EXPECT_TRUE(std::any_of(jobs.begin(), jobs.end(), [&](const json& each) {
        return each.value("key", "") == job["remote"].value("key", "-") &&
               each.value("phase", "") == "COMPLETED";
    })) << asked.dump();

    const auto again = session.succeed({"job", "rerun", result["job"].dump(), "--on", "lab"});
    EXPECT_EQ(comparable(again).value("codebook_digest", "one"), result.value("codebook_digest", "two"));
    EXPECT_EQ(session.succeed({"worker", "list"})["workers"][0].value("jobs", -1), 0);
    session.succeed({"worker", "remove", "lab"});
    EXPECT_TRUE(session.succeed({"worker", "list"})["workers"].empty());
}

TEST(Remote, MayBeLeftAndWaitedForLater) {
    RemoteHome home;
    BalmerSession session;
    importMatrix(session, 40);
    home.add(session, Way::Unix);
    const auto here = session.succeed({"som", "--dataset", "m", "--grid", "4x4"});
    const auto sent = session.succeed({"som", "--dataset", "m", "--grid", "4x4", "--on", "lab", "--detach"});
    EXPECT_EQ(sent.value("place", ""), "lab");
    EXPECT_FALSE(sent.value("phase", "PENDING") == "PENDING") << sent.dump();
    // Nobody listens to the worker now: what is known is as old as it says.
    const auto listed = session.succeed({"jobs"})["jobs"][0];
    EXPECT_EQ(listed["id"], sent["job"]);
    EXPECT_EQ(listed.value("last_heard", "").substr(0, 2), "20") << listed.dump();
    auto words = session.command({"jobs"});
    words.erase(std::find(words.begin(), words.end(), "--json"));
    const auto shown = runProcess(words, std::chrono::minutes(1));
    EXPECT_NE(shown.standardOutput.find("last heard " + listed.value("last_heard", "?").substr(0, 19)),
              std::string::npos)
        << shown.describe();
    const auto result = session.succeed({"job", "attach", sent["job"].dump()});
    EXPECT_EQ(result.value("codebook_digest", "one"), here.value("codebook_digest", "two"));
    EXPECT_EQ(comparable(session.succeed({"job", "attach", sent["job"].dump()})), comparable(result))
        << "one that has ended is told again";
}

TEST(Remote, WithoutAWorkerSaysSoOrRunsHere) {
    RemoteHome home;
    BalmerSession session;
    importMatrix(session, 40);
    const std::vector<std::string> som{"som", "--dataset", "m", "--grid", "4x4", "--on", "auto"};
    EXPECT_EQ(session.run(som).exitStatus, 1);
    EXPECT_EQ(session.fail(som).value("code", ""), "not-found");
    auto orHere = som;
    orHere.push_back("--or-here");
    EXPECT_EQ(session.succeed(orHere).value("place", ""), "this computer");
    EXPECT_EQ(session.fail({"som", "--dataset", "m", "--detach"}).value("code", ""), "invalid-argument");
}

void expectOneClearLine(const BalmerSession& session, const std::vector<std::string>& arguments,
                        const std::string& words) {
    auto command = session.command(arguments);
    command.erase(std::find(command.begin(), command.end(), "--json"));
    const auto result = runProcess(command, std::chrono::minutes(10));
    EXPECT_EQ(result.exitStatus, 1) << result.describe();
    EXPECT_EQ(std::count(result.standardError.begin(), result.standardError.end(), '\n'), 1)
        << result.describe();
    EXPECT_NE(result.standardError.find(words), std::string::npos) << result.describe();
}

/// Workers that cannot be used, each for a reason of its own, and one that can: "good".
class RemoteTrouble : public ::testing::Test {
  protected:
    RemoteTrouble() {
        importMatrix(session, 40);
        home.startWorker();
        tcp = "tcp://127.0.0.1:" + std::to_string(home.worker().tcpPort());
        const auto token = home.ask({"token"});
        wrongToken = std::string(token[0] == '0' ? "1" : "0") + token.substr(1);
        wrongFile = home.fileWith(wrongToken).string();
        session.succeed({"worker", "add", "wrong", tcp, "--token-file", wrongFile, "--no-test"});
        session.succeed(
            {"worker", "add", "unpaired", "tls://127.0.0.1:" + std::to_string(home.worker().tlsPort())});
        session.succeed(
            {"worker", "add", "silent", "unix:" + (home.folder() / "nothing").string(), "--no-test"});
        session.succeed({"worker", "add", "good", "unix:" + home.worker().socket()});
    }

    RemoteHome home;
    BalmerSession session;
    std::string tcp, wrongToken, wrongFile;
};

TEST_F(RemoteTrouble, OfAJobIsSaidInOneLine) {
    const auto som = [](const std::string& worker) {
        return std::vector<std::string>{"som", "--dataset", "m", "--grid", "4x4", "--on", worker};
    };
    expectOneClearLine(session, som("wrong"), "token");
    expectOneClearLine(session, som("unpaired"), "balmer-worker pair");
    expectOneClearLine(session, som("unknown"), "no worker is called \"unknown\"");
    expectOneClearLine(session, som("silent"), "no worker listens");
    const auto stays =
        session.run({"dataset", "export", "m", "--out", (session / "x.csv").string(), "--on", "good"});
    EXPECT_EQ(stays.exitStatus, 2) << stays.describe();
    EXPECT_NE(stays.describe().find("this computer"), std::string::npos) << stays.describe();
    const auto jobs = session.succeed({"jobs"});
    for (const auto& job : jobs["jobs"])
        EXPECT_EQ(job.value("place", ""), "this computer") << "nothing was submitted: " << job.dump();
}

TEST_F(RemoteTrouble, OfTheWorkerIsSaidInOneLine) {
    expectOneClearLine(session, {"worker", "add", "x", tcp, "--token-file", wrongFile}, "token");
    const auto shown = session.run({"worker", "add", "x", tcp, "--token", wrongToken});
    EXPECT_EQ(shown.exitStatus, 2) << "other users would see it";
    EXPECT_NE(shown.describe().find("--token-file"), std::string::npos) << shown.describe();
    expectOneClearLine(session, {"worker", "status", "silent"}, "no worker listens");
    const auto code = session.write("code", "AAAA-AAAA-AAAA-AAAA\n").string();
    expectOneClearLine(session, {"worker", "pair", "unpaired", "--code-file", code}, "code");
    expectOneClearLine(session, {"worker", "pair", "nobody", "--code-file", code}, "nobody");
    const auto seen = session.run({"worker", "pair", "unpaired", "AAAA-AAAA-AAAA-AAAA"});
    EXPECT_EQ(seen.exitStatus, 2) << "other users would see it";
    EXPECT_NE(seen.describe().find("--code-file"), std::string::npos) << seen.describe();
    EXPECT_EQ(session.fail({"worker", "add", "x", "http://somewhere"}).value("code", ""), "invalid-argument");
    EXPECT_EQ(session.succeed({"worker", "list"})["workers"].size(), 4u) << "what failed was not added";
    EXPECT_EQ(session.succeed({"worker", "status"})["workers"].size(), 4u)
        << "those out of reach are listed, too";
}

TEST(Remote, UsesDataThatLieThere) {
    RemoteHome home;
    BalmerSession session;
    importMatrix(session, 500);
    std::filesystem::create_directories(home.workerFolder());
    const auto archive = home.folder() / "archive";
    std::filesystem::create_directories(archive);
    std::ofstream(home.workerFolder() / "worker.json") << json{{"roots", {archive.string()}}}.dump();
    for (const auto& entry : std::filesystem::directory_iterator(session.project() / "datasets"))
        std::filesystem::copy(entry.path(), archive / entry.path().filename());
    home.add(session, Way::Unix);
    const auto registered = session.succeed({"worker", "register", "lab", archive.string()});
    EXPECT_GE(registered.value("files", 0), 1) << registered.dump();
    const auto result =
        session.succeed({"som", "--dataset", "m", "--grid", "5x5", "--epochs", "2", "--on", "lab"});
    EXPECT_LT(result.value("sent_bytes", 1 << 30), 64 << 10) << "the matrix was there already";
    EXPECT_EQ(
        session.fail({"worker", "register", "lab", home.folder().string()}).value("message", "").empty(),
        false);
}

} // namespace
} // namespace balmer::test

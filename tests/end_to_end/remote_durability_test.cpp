// kill -9 of either side while a job runs on a worker: the job ends once, with its result at home.
#include "tests/end_to_end/remote_home.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

using nlohmann::json;

constexpr auto patience = std::chrono::seconds(240);

/// A map that takes some seconds.
std::vector<std::string> longMap(const std::string& epochs) {
    return {"som", "--dataset", "m", "--grid", "30x30", "--epochs", epochs, "--seed", "1", "--on", "lab"};
}

void prepare(RemoteHome& home, const BalmerSession& session) {
    importMatrix(session, 1000);
    home.add(session, Way::Unix);
}

std::size_t mapsOf(const BalmerSession& session) {
    std::size_t maps = 0;
    const auto jobs = session.succeed({"jobs"});
    for (const auto& job : jobs["jobs"])
        maps += job.value("kind", "") == "som";
    return maps;
}

/// Waits until the worker says so of its only job.
void waitForPhaseAtWorker(const BalmerSession& session, const std::string& phase) {
    const auto until = std::chrono::steady_clock::now() + patience;
    json jobs;
    while (std::chrono::steady_clock::now() < until) {
        jobs = session.succeed({"worker", "status", "lab"})["workers"][0]["report"]["jobs"];
        if (jobs.size() == 1 && jobs[0].value("phase", "") == phase) return;
        if (jobs.size() == 1 && ended(jobs[0])) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    FAIL() << jobs.dump() << " never was " << phase;
}

TEST(RemoteKilled, TheWorkerBeginsItsJobsAnew) {
    RemoteHome home;
    BalmerSession session;
    prepare(home, session);
    BackgroundProcess following(session.command(longMap("400")));
    waitForPhase(session, "EXECUTING");
    home.restartWorker();
    const auto result = following.wait(patience);
    ASSERT_EQ(result.exitStatus, 0) << result.describe();
    EXPECT_EQ(result.json().value("epochs", 0), 400);
    EXPECT_EQ(waitForPhase(session, "COMPLETED").value("place", ""), "lab");
    EXPECT_EQ(mapsOf(session), 1u);
    EXPECT_EQ(session.succeed({"worker", "status", "lab"})["workers"][0]["report"]["jobs"].size(), 1u);
}

TEST(RemoteKilled, TheCommandLineTakesTheResultHomeLater) {
    RemoteHome home;
    BalmerSession session;
    prepare(home, session);
    BackgroundProcess following(session.command(longMap("400")));
    const auto job = waitForPhase(session, "EXECUTING");
    following.kill();
    EXPECT_EQ(following.wait(patience).signal, 9);
    waitForPhaseAtWorker(session, "COMPLETED");
    EXPECT_EQ(waitForPhase(session, "EXECUTING").value("id", 0), job.value("id", -1))
        << "looking at the jobs connects to no worker, so that the last thing heard stands";
    const auto result = session.succeed({"job", "attach", job["id"].dump()});
    EXPECT_EQ(result.value("epochs", 0), 400);
    EXPECT_EQ(waitForPhase(session, "COMPLETED").value("id", 0), job.value("id", -1));
    EXPECT_EQ(mapsOf(session), 1u);
}

TEST(RemoteInterrupted, TheJobGoesOnUntilItIsAborted) {
    RemoteHome home;
    BalmerSession session;
    prepare(home, session);
    BackgroundProcess following(session.command(longMap("10000")));
    const auto job = waitForPhase(session, "EXECUTING");
    following.signal(SIGINT);
    const auto left = following.wait(std::chrono::minutes(10));
    EXPECT_EQ(left.exitStatus, 3) << left.describe();
    for (const char* words : {"goes on at lab", "balmer job attach", "balmer job abort"})
        EXPECT_NE(left.standardOutput.find(words), std::string::npos) << words << "\n" << left.describe();
    waitForPhaseAtWorker(session, "EXECUTING");

    const auto aborted = session.succeed({"job", "abort", job["id"].dump()});
    EXPECT_EQ(aborted.value("phase", ""), "ABORTED");
    waitForPhase(session, "ABORTED");
    waitForPhaseAtWorker(session, "ABORTED");
    EXPECT_EQ(session.run({"job", "attach", job["id"].dump()}).exitStatus, 3);
}

} // namespace
} // namespace balmer::test

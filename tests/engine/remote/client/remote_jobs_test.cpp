#include "engine/remote/client/remote_jobs.h"

#include <fstream>
#include <future>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/remote/objects/manifest.h"
#include "tests/engine/remote/client/cutting_proxy.h"
#include "tests/engine/remote/client/worker_with_home.h"
#include "tests/support/test_support.h"

namespace balmer::test {
namespace {

using jobs::Phase;
using nlohmann::json;
using ::testing::HasSubstr;

std::string changed(std::string bytes, int add) {
    for (char& byte : bytes)
        byte = static_cast<char>(byte + add);
    return bytes;
}

class RemoteJobs : public ::testing::Test {
  protected:
    TemporaryFolder folder_;
    std::unique_ptr<RunningWorker> worker_;
    Home home_{folder_ / "home"};

    void start(const RunningWorker::Options& options = {}) {
        worker_.reset();
        worker_ = std::make_unique<RunningWorker>(folder_ / "worker", options);
    }
    void expectCopied(jobs::JobId id, int add) {
        const auto job = home_.wait(id);
        EXPECT_EQ(job.phase, Phase::Completed) << (job.error ? job.error->describe() : "");
        std::map<std::string, std::string> expected;
        for (const auto& [name, bytes] : home_.inputs)
            expected[name] = changed(bytes, add);
        EXPECT_EQ(home_.takeOutputs(id), expected);
        EXPECT_EQ(home_.commits(id), 1);
    }
};

TEST_F(RemoteJobs, RunOverAUnixSocket) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    expectCopied(home_.submit({{"do", "copy"}, {"add", 3}}), 3);
}

TEST_F(RemoteJobs, RunOverTcpWithTheToken) {
    start({.tcp = true});
    const auto token = remote::workerToken(worker_->folder(), "tester");
    ASSERT_TRUE(token) << why(token);
    home_.addWorker("lab", worker_->tcpUrl(), *token);
    expectCopied(home_.submit({{"do", "copy"}, {"add", 1}}), 1);
}

TEST_F(RemoteJobs, RunOverTlsOncePaired) {
    start({.tls = true});
    const auto code = remote::openPairing(worker_->folder());
    ASSERT_TRUE(code) << why(code);
    remote::WorkerEntry entry{"lab", worker_->tlsUrl(), {}, {}, 4};
    const auto fingerprint = remote::WorkerProbe(home_.connect()).pair(entry, *code);
    ASSERT_TRUE(fingerprint) << why(fingerprint);
    EXPECT_EQ(*fingerprint, remote::workerFingerprint(worker_->folder()).value_or(""));
    entry.fingerprint = *fingerprint;
    ASSERT_TRUE(home_.book().put(entry));
    expectCopied(home_.submit({{"do", "copy"}, {"add", 2}}), 2);
}

TEST_F(RemoteJobs, CarryFilesOfSeveralChunksAndEmptyOnes) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    home_.inputs = {{"big", noise(9'000'000)}, {"empty", ""}, {"exact", noise(remote::chunkSize, 2)}};
    expectCopied(home_.submit({{"do", "copy"}, {"add", 0}}), 0);
}

TEST_F(RemoteJobs, MoreDataThanTheCreditAndMoreWordsThanAFrameHolds) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    home_.inputs = {{"first", noise(5 * remote::chunkSize)}, {"second", noise(4 * remote::chunkSize, 2)}};
    const auto id = home_.submit({{"do", "copy"}, {"add", 1}, {"lines", 30000}});
    expectCopied(id, 1);
    EXPECT_EQ(home_.store().log(id)->size(), 30000u);
}

TEST_F(RemoteJobs, SecondRunSendsNoData) {
    start();
    CuttingProxy proxy(folder_ / "proxy", worker_->socket());
    home_.addWorker("lab", "unix:" + (folder_ / "proxy").string());
    home_.inputs["data"] = noise(5'000'000);
    expectCopied(home_.submit({{"do", "copy"}, {"add", 1}}), 1);
    const auto first = proxy.passed(Direction::ToWorker);
    EXPECT_GT(first, 5'000'000u);
    expectCopied(home_.submit({{"do", "copy"}, {"add", 2}}), 2);
    EXPECT_LT(proxy.passed(Direction::ToWorker) - first, 65536u);
}

TEST_F(RemoteJobs, TellProgressSeriesAndLog) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    const auto id = home_.submit({{"do", "copy"}, {"sleep_ms", 400}, {"lines", 20}});
    const auto job = home_.wait(id);
    EXPECT_EQ(job.phase, Phase::Completed);
    EXPECT_EQ(job.place, "lab");
    EXPECT_FALSE(job.started.empty());
    const auto series = home_.store().series(id);
    ASSERT_TRUE(series);
    ASSERT_EQ(series->size(), 20u);
    EXPECT_EQ((*series)[7], (jobs::SeriesPoint{"loss", 7, 3.5}));
    const auto log = home_.store().log(id);
    ASSERT_TRUE(log);
    EXPECT_EQ(log->size(), 20u);
}

TEST_F(RemoteJobs, LongResultComesWhole) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    const auto id = home_.submit({{"do", "copy"}, {"result_bytes", 2'000'000}});
    const auto job = home_.wait(id);
    EXPECT_EQ(job.phase, Phase::Completed);
    EXPECT_GT(job.result.size(), 2'000'000u);
    EXPECT_EQ(home_.takeOutputs(id).size(), home_.inputs.size());
}

TEST_F(RemoteJobs, FailureComesHomeInItsOwnWords) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    const auto job = home_.wait(home_.submit({{"do", "fail"}}));
    EXPECT_EQ(job.phase, Phase::Error);
    ASSERT_TRUE(job.error);
    EXPECT_EQ(job.error->code(), core::ErrorCode::Format);
    EXPECT_THAT(job.error->describe(), HasSubstr("the data are no good"));
}

TEST_F(RemoteJobs, ProcessThatDiesFailsItsJobAlone) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    const auto other = home_.submit({{"do", "copy"}, {"sleep_ms", 300}});
    const auto job = home_.wait(home_.submit({{"do", "die"}}));
    EXPECT_EQ(job.phase, Phase::Error);
    ASSERT_TRUE(job.error);
    EXPECT_THAT(job.error->describe(), HasSubstr("signal 9"));
    expectCopied(other, 0);
}

TEST_F(RemoteJobs, AbortReachesWhatRunsAndWhatWaits) {
    start({.slots = 1});
    home_.addWorker("lab", worker_->unixUrl());
    const auto running = home_.submit({{"do", "wait"}});
    while (home_.store().get(running)->phase != Phase::Executing)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const auto waiting = home_.submit({{"do", "copy"}});
    ASSERT_TRUE(home_.remote().abort(waiting));
    EXPECT_EQ(home_.wait(waiting).phase, Phase::Aborted);
    ASSERT_TRUE(home_.remote().abort(running));
    EXPECT_EQ(home_.wait(running).phase, Phase::Aborted);
}

TEST_F(RemoteJobs, JobThatNoWorkerHasSeenCanBeAbortedWithoutIt) {
    home_.addWorker("lab", "unix:" + (folder_ / "nobody").string());
    const auto id = home_.submit({{"do", "copy"}});
    ASSERT_TRUE(home_.remote().abort(id));
    EXPECT_EQ(home_.wait(id).phase, Phase::Aborted);
}

TEST_F(RemoteJobs, UnreachableIsNotFailed) {
    start();
    CuttingProxy proxy(folder_ / "proxy", worker_->socket());
    proxy.plugIn(false);
    home_.addWorker("lab", "unix:" + (folder_ / "proxy").string());
    const auto id = home_.submit({{"do", "copy"}, {"add", 5}});
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    const auto links = home_.remote().links();
    ASSERT_EQ(links.size(), 1u);
    EXPECT_EQ(links[0].state, remote::Link::State::Lost);
    EXPECT_FALSE(links[0].trouble.empty());
    EXPECT_EQ(home_.store().get(id)->phase, Phase::Pending);
    proxy.plugIn(true);
    expectCopied(id, 5);
}

TEST_F(RemoteJobs, CablePulledWhileItRunsAndPluggedInAgain) {
    start();
    CuttingProxy proxy(folder_ / "proxy", worker_->socket());
    home_.addWorker("lab", "unix:" + (folder_ / "proxy").string());
    const auto id = home_.submit({{"do", "copy"}, {"add", 5}, {"sleep_ms", 500}, {"lines", 5}});
    while (home_.store().get(id)->phase != Phase::Executing)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    proxy.plugIn(false);
    std::this_thread::sleep_for(std::chrono::milliseconds(700)); // it ends meanwhile
    EXPECT_EQ(home_.store().get(id)->phase, Phase::Executing);
    proxy.plugIn(true);
    expectCopied(id, 5);
    EXPECT_EQ(home_.store().log(id)->size(), 5u);
}

TEST_F(RemoteJobs, GoOnAfterTheProgramWasStartedAgain) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    const auto id = home_.submit({{"do", "copy"}, {"add", 9}, {"sleep_ms", 300}});
    while (home_.store().get(id)->phase != Phase::Executing)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    home_.restart();
    EXPECT_EQ(home_.store().get(id)->phase, Phase::Executing);
    expectCopied(id, 9);
}

TEST_F(RemoteJobs, GoOnAfterTheWorkerWasStartedAgain) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    const auto trace = (folder_ / "trace").string();
    const auto id = home_.submit({{"do", "copy"}, {"add", 4}, {"sleep_ms", 400}, {"trace", trace}});
    while (home_.store().get(id)->phase != Phase::Executing)
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    start();
    expectCopied(id, 4);
    std::ifstream in(trace);
    EXPECT_EQ(std::count(std::istreambuf_iterator<char>(in), {}, '\n'), 2) << "begun once by each worker";
}

TEST_F(RemoteJobs, MoreThanTheWorkerHasSlotsAllEnd) {
    start({.slots = 3});
    home_.addWorker("lab", worker_->unixUrl());
    std::vector<jobs::JobId> ids;
    for (int i = 0; i < 40; ++i)
        ids.push_back(home_.submit({{"do", "copy"}, {"add", i}}));
    for (int i = 0; i < 40; ++i)
        expectCopied(ids[static_cast<std::size_t>(i)], i);
}

TEST_F(RemoteJobs, EqualOutputsOfSeveralJobsAllComeHome) {
    start({.slots = 4});
    home_.addWorker("lab", worker_->unixUrl());
    std::vector<jobs::JobId> ids;
    for (int i = 0; i < 40; ++i)
        ids.push_back(home_.submit({{"do", "copy"}, {"add", 1}}));
    for (const auto id : ids)
        expectCopied(id, 1);
}

TEST_F(RemoteJobs, UnknownKindIsTheJobsError) {
    start();
    home_.addWorker("lab", worker_->unixUrl());
    const auto job = home_.wait(home_.submit({{"kind", "telepathy"}}));
    EXPECT_EQ(job.phase, Phase::Error);
    ASSERT_TRUE(job.error);
    EXPECT_EQ(job.error->code(), core::ErrorCode::Unsupported);
    EXPECT_THAT(job.error->describe(), HasSubstr("telepathy"));
}

TEST_F(RemoteJobs, ChosenWorkerIsTheOneThatHasTheData) {
    start();
    RunningWorker other(folder_ / "other", {.slots = 8});
    home_.addWorker("lab", worker_->unixUrl());
    home_.addWorker("other", other.unixUrl());
    home_.inputs["data"] = noise(200'000);
    jobs::JobSpec spec;
    spec.kind = "test";
    spec.parameters = json{{"do", "copy"}}.dump();
    EXPECT_EQ(home_.remote().choose(spec), "other") << "it has more free slots";
    expectCopied(home_.submit({{"do", "copy"}}, "lab"), 0);
    EXPECT_EQ(home_.remote().choose(spec), "lab") << "the data are there";
}

TEST_F(RemoteJobs, AJobGoesWhereItCanBeginAtOnceEvenWhenItsDataAreElsewhere) {
    start({.slots = 1});
    RunningWorker other(folder_ / "other", {.slots = 1});
    home_.addWorker("lab", worker_->unixUrl());
    home_.addWorker("other", other.unixUrl());
    home_.inputs["data"] = noise(200'000);
    expectCopied(home_.submit({{"do", "copy"}}, "lab"), 0);
    jobs::JobSpec spec;
    spec.kind = "test";
    spec.parameters = json{{"do", "copy"}}.dump();
    ASSERT_EQ(home_.remote().choose(spec), "lab");
    // Even before the worker has heard of the job, its slot is taken.
    const auto first = home_.submit({{"do", "wait"}}, "lab");
    EXPECT_EQ(home_.remote().choose(spec), "other");
    const auto second = home_.submit({{"do", "wait"}}, "other");
    EXPECT_EQ(home_.remote().choose(spec), "lab") << "neither is free, but here the data are";
    for (const auto id : {first, second}) {
        EXPECT_TRUE(home_.remote().abort(id));
        EXPECT_EQ(home_.wait(id).phase, Phase::Aborted);
    }
}

TEST_F(RemoteJobs, NoWorkerThatAnswersIsNoChoice) {
    home_.addWorker("lab", "unix:" + (folder_ / "nobody").string());
    jobs::JobSpec spec;
    spec.kind = "test";
    EXPECT_EQ(home_.remote().choose(spec), std::nullopt);
}

TEST_F(RemoteJobs, ProbeSaysWhatIsThereOrWhatIsWrong) {
    start({.tcp = true, .tls = true});
    const remote::WorkerProbe probe(home_.connect());
    const auto report = probe.ask({"lab", worker_->unixUrl(), {}, {}, 4});
    ASSERT_TRUE(report) << why(report);
    EXPECT_EQ(report->greeting.limits.slots, 2u);
    EXPECT_THAT(report->greeting.capabilities, ::testing::Contains("kind:test"));
    const auto said = [&](const std::string& url, const std::string& token = {}) {
        const auto answer = probe.ask({"lab", url, token, {}, 4});
        return answer ? std::string("it answered") : answer.error().describe();
    };
    EXPECT_THAT(said("unix:" + (folder_ / "nobody").string()), HasSubstr("no worker listens"));
    EXPECT_THAT(said("tcp://127.0.0.1:1", std::string(64, '0')), HasSubstr("no worker listens"));
    EXPECT_THAT(said(worker_->tcpUrl()), HasSubstr("token"));
    EXPECT_THAT(said(worker_->tcpUrl(), std::string(64, '0')), HasSubstr("token"));
    EXPECT_THAT(said(worker_->tlsUrl()), HasSubstr("pair"));
    EXPECT_THAT(said("tls://127.0.0.1:" + std::to_string(worker_->tcpPort())), HasSubstr("pair"));
}

TEST_F(RemoteJobs, WrongPairingCodeOpensNothing) {
    start({.tls = true});
    ASSERT_TRUE(remote::openPairing(worker_->folder()));
    const remote::WorkerProbe probe(home_.connect());
    const remote::WorkerEntry entry{"lab", worker_->tlsUrl(), {}, {}, 4};
    const auto wrong = probe.pair(entry, "AAAA-AAAA-AAAA-AAAA");
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().describe(), HasSubstr("code"));
}

TEST_F(RemoteJobs, AStrangersWrongCodesDoNotKeepTwoFromBeingPaired) {
    start({.tls = true});
    const auto code = remote::openPairing(worker_->folder());
    ASSERT_TRUE(code);
    const remote::WorkerProbe probe(home_.connect());
    const remote::WorkerEntry entry{"lab", worker_->tlsUrl(), {}, {}, 4};
    for (int i = 0; i < 6; ++i)
        EXPECT_FALSE(probe.pair(entry, "AAAA-AAAA-AAAA-AAAA"));
    const auto paired = probe.pair(entry, *code);
    EXPECT_TRUE(paired) << why(paired);
    EXPECT_FALSE(probe.pair(entry, *code)) << "once";
}

TEST_F(RemoteJobs, UserSeesOnlyOwnJobsUnlessTheConfigurationSaysOtherwise) {
    start({.tcp = true, .seesAll = {"boss"}});
    home_.addWorker("lab", worker_->unixUrl());
    expectCopied(home_.submit({{"do", "copy"}}), 0);
    const remote::WorkerProbe probe(home_.connect());
    const auto jobsSeenBy = [&](const std::string& user) {
        const auto token = remote::workerToken(worker_->folder(), user);
        const auto report = probe.ask({"lab", worker_->tcpUrl(), *token, {}, 4});
        EXPECT_TRUE(report) << why(report);
        return report ? report->jobs.size() : 99;
    };
    EXPECT_EQ(jobsSeenBy("stranger"), 0u);
    EXPECT_EQ(jobsSeenBy("boss"), 1u);
}

TEST_F(RemoteJobs, RegisteredDataAreNotSent) {
    const auto archive = folder_ / "archive";
    std::filesystem::create_directories(archive);
    const auto bytes = noise(3'000'000, 5);
    std::ofstream(archive / "set.h5", std::ios::binary) << bytes;
    start({.roots = {archive}});
    CuttingProxy proxy(folder_ / "proxy", worker_->socket());
    home_.addWorker("lab", "unix:" + (folder_ / "proxy").string());
    const remote::WorkerProbe probe(home_.connect());
    const auto entry = *home_.book().get("lab");
    const auto made = probe.registerPath(entry, archive.string());
    ASSERT_TRUE(made) << why(made);
    EXPECT_EQ(made->files, 1u);
    EXPECT_EQ(made->bytes, 3'000'000u);
    home_.inputs["data"] = bytes;
    expectCopied(home_.submit({{"do", "copy"}, {"add", 1}}), 1);
    EXPECT_LT(proxy.passed(Direction::ToWorker), 65536u);
    for (const auto* path : {"/etc/passwd", "/etc"}) {
        const auto outside = probe.registerPath(entry, path);
        ASSERT_FALSE(outside);
        EXPECT_EQ(outside.error().code(), core::ErrorCode::InvalidArgument);
        EXPECT_THAT(outside.error().describe(), ::testing::HasSubstr(std::string(path) + " is not below"))
            << "and not what lies there";
    }
}

TEST_F(RemoteJobs, EndHereWhenTheirWorkerIsForgotten) {
    start({.slots = 4});
    home_.addWorker("lab", worker_->unixUrl());
    home_.addWorker("other", worker_->unixUrl());
    const auto stays = home_.submit({{"do", "wait"}}, "other");
    for (const bool gone : {false, true}) {
        const auto id = home_.submit({{"do", "wait"}});
        while (home_.store().get(id)->phase != Phase::Executing)
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        if (gone) worker_.reset();
        const auto key = home_.store().get(id)->remote->key;
        ASSERT_TRUE(home_.remote().forget("lab"));
        const auto job = home_.wait(id);
        EXPECT_EQ(job.phase, Phase::Aborted);
        ASSERT_TRUE(job.error);
        EXPECT_THAT(job.error->describe(), ::testing::HasSubstr("lab, was forgotten"));
        for (int i = 0; i < 3000 && std::filesystem::exists(home_.remoteFolder() / key); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        EXPECT_FALSE(std::filesystem::exists(home_.remoteFolder() / key));
    }
    EXPECT_EQ(home_.store().get(stays)->phase, Phase::Executing);
}

} // namespace
} // namespace balmer::test

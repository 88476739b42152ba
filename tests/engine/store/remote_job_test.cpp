#include "engine/jobs/process_token.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using core::ErrorCode;
using jobs::Job;
using jobs::Phase;
using jobs::RemoteEvent;

namespace {

struct RemoteJobs : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<Project> project = test::openProject(folder / "a.balmer");
    jobs::JobStore& store = project->jobs();

    static Job remoteJob(char digit = 'a') {
        Job job;
        job.spec.kind = "som";
        job.phase = Phase::Pending;
        job.created = "2026-01-01T00:00:00.000Z";
        job.remote = jobs::RemoteTicket{"big-machine", std::string(32, digit)};
        return job;
    }
    static RemoteEvent event(std::uint64_t sequence, Phase phase, double progress = 0) {
        RemoteEvent made;
        made.sequence = sequence;
        made.phase = phase;
        made.progress = progress;
        return made;
    }
};

} // namespace

TEST_F(RemoteJobs, ATicketIsKeptAndTheWorkerIsThePlace) {
    const auto id = store.create(remoteJob()).value();
    const auto kept = store.get(id).value();
    ASSERT_TRUE(kept.remote);
    EXPECT_EQ(*kept.remote, *remoteJob().remote);
    EXPECT_EQ(kept.place, "big-machine");
    Job here;
    here.phase = Phase::Queued;
    EXPECT_FALSE(store.get(store.create(here).value())->remote);
}

TEST_F(RemoteJobs, AKeyIsThatOfOneJob) {
    const auto first = store.create(remoteJob()).value();
    const auto again = store.create(remoteJob());
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().code(), ErrorCode::InvalidArgument);
    EXPECT_NE(again.error().message().find("job " + std::to_string(first)), std::string::npos);
    EXPECT_EQ(store.list({})->size(), 1u) << "nothing is left of the refused one";
    for (const std::string& wrong : {std::string(), std::string(31, 'a'), std::string(32, 'A')}) {
        auto job = remoteJob();
        job.remote->key = wrong;
        EXPECT_EQ(store.create(job).error().code(), ErrorCode::InvalidArgument) << wrong;
    }
}

TEST_F(RemoteJobs, AnEventIsHeardOnceWithAllThatItTells) {
    const auto id = store.create(remoteJob()).value();
    EXPECT_TRUE(store.recordEvent(id, event(1, Phase::Queued)).value());
    auto told = event(4, Phase::Executing, 0.25); // 2 and 3 were progress that no longer matters
    told.stage = "training";
    told.started = "2026-01-02T00:00:00.000Z";
    told.device = "cuda:0";
    told.programVersion = "9.9";
    told.points = {{"error", 1, 0.5}};
    told.lines = {{"2026-01-02T00:00:01.000Z", "hello"}};
    EXPECT_TRUE(store.recordEvent(id, told).value());
    EXPECT_FALSE(store.recordEvent(id, told).value());
    EXPECT_FALSE(store.recordEvent(id, event(3, Phase::Queued)).value());
    EXPECT_TRUE(store.recordEvent(id, event(5, Phase::Executing, 0.5)).value());
    const auto job = store.get(id).value();
    EXPECT_EQ(job.phase, Phase::Executing);
    EXPECT_EQ(job.progress, 0.5);
    EXPECT_EQ(job.started, "2026-01-02T00:00:00.000Z") << "an empty text changes nothing";
    EXPECT_EQ(job.device, "cuda:0");
    EXPECT_EQ(job.programVersion, "9.9");
    EXPECT_EQ(job.remote->lastEvent, 5u);
    EXPECT_EQ(job.remote->lastHeard.size(), std::string("2026-01-02T00:00:00.000Z").size());
    EXPECT_EQ(store.series(id)->size(), 1u);
    EXPECT_EQ(store.log(id)->size(), 1u);
    EXPECT_TRUE(store.recordEvent(id, event(6, Phase::Queued)).value()) << "the worker began it anew";
    EXPECT_EQ(store.get(id)->phase, Phase::Queued);
}

TEST_F(RemoteJobs, WhatIsNoNewsOfARemoteJobIsRefused) {
    const auto id = store.create(remoteJob()).value();
    EXPECT_EQ(store.recordEvent(id, event(1, Phase::Completed)).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(store.recordEvent(id, event(0, Phase::Queued)).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(store.recordEvent(id, event(std::uint64_t{1} << 63, Phase::Queued)).error().code(),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(store.recordEvent(99, event(1, Phase::Queued)).error().code(), ErrorCode::NotFound);
    Job here;
    here.phase = Phase::Queued;
    EXPECT_EQ(store.recordEvent(store.create(here).value(), event(1, Phase::Queued)).error().code(),
              ErrorCode::InvalidArgument);
    EXPECT_EQ(store.get(id)->remote->lastEvent, 0u);
}

TEST_F(RemoteJobs, TheEndMayComeFromAnyPhaseAndIsTheEnd) {
    const auto id = store.create(remoteJob()).value();
    ASSERT_TRUE(store.finish(id, Phase::Completed, "2026-01-03T00:00:00.000Z", "{}", {}));
    EXPECT_EQ(store.get(id)->phase, Phase::Completed);
    EXPECT_FALSE(store.recordEvent(id, event(9, Phase::Executing)).value());
    EXPECT_FALSE(store.finish(id, Phase::Error, "", "", {}));
    EXPECT_EQ(store.get(id)->phase, Phase::Completed);
}

TEST_F(RemoteJobs, AnAbortIsAWishUntilTheWorkerAnswers) {
    const auto id = store.create(remoteJob()).value();
    ASSERT_TRUE(store.requestAbort(id, ""));
    auto job = store.get(id).value();
    EXPECT_EQ(job.phase, Phase::Pending);
    EXPECT_TRUE(job.remote->abortWanted);
    ASSERT_TRUE(store.finish(id, Phase::Aborted, "", "", core::Error(ErrorCode::Cancelled, "aborted")));
    EXPECT_EQ(store.requestAbort(id, "").error().code(), ErrorCode::InvalidArgument);
}

TEST_F(RemoteJobs, ThoseThatHaveNotEndedAreListedOldestFirst) {
    const auto first = store.create(remoteJob('1')).value();
    const auto ended = store.create(remoteJob('2')).value();
    Job here;
    here.phase = Phase::Queued;
    here.processToken = jobs::thisProcessToken();
    ASSERT_TRUE(store.create(here));
    const auto last = store.create(remoteJob('3')).value();
    ASSERT_TRUE(store.finish(ended, Phase::Error, "", "", core::Error(ErrorCode::Remote, "no")));
    const auto open = store.listRemote().value();
    ASSERT_EQ(open.size(), 2u);
    EXPECT_EQ(open[0].id, first);
    EXPECT_EQ(open[1].id, last);
    ASSERT_TRUE(store.remove(ended));
    EXPECT_TRUE(store.create(remoteJob('2'))) << "its key went with it";
}

TEST_F(RemoteJobs, AreNeverInterruptedByTheEndOfTheProgram) {
    auto job = remoteJob();
    job.phase = Phase::Executing;
    job.processToken = jobs::thisProcessToken() + "0"; // a process that lives no more
    const auto id = store.create(job).value();
    const auto again = test::openProject(folder / "a.balmer");
    EXPECT_TRUE(again->interruptedJobs().empty());
    EXPECT_EQ(again->jobs().get(id)->phase, Phase::Executing);
    EXPECT_EQ(again->jobs().listRemote()->size(), 1u);
}

TEST_F(RemoteJobs, AnAdoptedJobHasTheIdThatItHad) {
    Job job;
    job.id = 12;
    job.spec.kind = "learn";
    job.phase = Phase::Completed;
    job.artefacts = {{"model", "x/y", std::string(64, 'b'), 3}};
    ASSERT_TRUE(project->adopt(job));
    EXPECT_EQ(store.get(12)->artefacts, job.artefacts);
    EXPECT_EQ(project->adopt(job).error().code(), ErrorCode::InvalidArgument);
    EXPECT_GT(store.create(remoteJob()).value(), 12);
}

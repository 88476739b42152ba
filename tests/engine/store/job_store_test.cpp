#include <sys/wait.h>
#include <unistd.h>

#include <limits>

#include "engine/jobs/process_token.h"
#include "engine/jobs/queue.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using core::ErrorCode;
using jobs::Job;
using jobs::Phase;

namespace {

struct JobStoreTest : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<Project> project = test::openProject(folder / "a.balmer");
    jobs::JobStore& store = project->jobs();

    static Job queuedJob(const std::string& kind = "som") {
        Job job;
        job.spec.kind = kind;
        job.phase = Phase::Queued;
        job.created = "2026-01-01T00:00:00.000Z";
        job.processToken = jobs::thisProcessToken();
        return job;
    }
    static std::string deadToken() { return jobs::thisProcessToken() + "0"; }
};

} // namespace

TEST_F(JobStoreTest, KeepsEveryFieldOfAJob) {
    Job job = queuedJob();
    job.spec.label = "first map";
    job.spec.notes = "20 × 20";
    job.spec.parameters = R"({"grid":"20x20"})";
    job.spec.inputs = {"ab", "cd\"e"};
    job.spec.parent = 7;
    job.programVersion = "0.1";
    job.device = "cpu";
    const auto id = store.create(job);
    ASSERT_TRUE(id) << test::why(id);
    ASSERT_TRUE(store.start(*id, "2026-01-01T00:00:01.000Z", "cuda:0", jobs::thisProcessToken()));
    EXPECT_FALSE(store.progress(*id, 0.5, "training").value());
    ASSERT_TRUE(store.addSeries(*id, std::vector<jobs::SeriesPoint>{{"error", 1, 0.5}, {"error", 2, 0.25}}));
    ASSERT_TRUE(store.addLog(*id, {"2026-01-01T00:00:02.000Z", "epoch 2"}));
    const jobs::Artefact artefact{"codebook", "application/octet-stream", std::string(64, 'a'), 1600};
    ASSERT_TRUE(store.addArtefact(*id, artefact));
    auto error = core::Error(ErrorCode::Format, "no HDU");
    error.during("reading a").during("importing b");
    auto kept = store.get(*id).value();
    EXPECT_EQ(kept.spec, job.spec);
    EXPECT_EQ(kept.phase, Phase::Executing);
    EXPECT_EQ(kept.device, "cuda:0");
    EXPECT_EQ(kept.progress, 0.5);
    EXPECT_EQ(kept.stage, "training");
    EXPECT_EQ(kept.artefacts, std::vector{artefact});
    ASSERT_TRUE(store.finish(*id, Phase::Error, "2026-01-01T00:00:03.000Z", "", error));
    kept = store.get(*id).value();
    EXPECT_EQ(kept.phase, Phase::Error);
    EXPECT_EQ(kept.started, "2026-01-01T00:00:01.000Z");
    EXPECT_EQ(kept.ended, "2026-01-01T00:00:03.000Z");
    EXPECT_EQ(kept.progress, 0.5);
    ASSERT_TRUE(kept.error);
    EXPECT_EQ(kept.error->code(), ErrorCode::Format);
    EXPECT_EQ(kept.error->context(), error.context());
    EXPECT_EQ(store.series(*id).value(),
              (std::vector<jobs::SeriesPoint>{{"error", 1, 0.5}, {"error", 2, 0.25}}));
    EXPECT_EQ(store.log(*id)->front().text, "epoch 2");
}

TEST_F(JobStoreTest, RefusesStepsThatThePhasesDoNotAllow) {
    const auto id = store.create(queuedJob()).value();
    EXPECT_EQ(store.finish(id, Phase::Completed, "", "{}", {}).error().code(), ErrorCode::InvalidArgument);
    ASSERT_TRUE(store.start(id, "", "", jobs::thisProcessToken()));
    EXPECT_FALSE(store.start(id, "", "", jobs::thisProcessToken()));
    EXPECT_FALSE(store.remove(id));
    ASSERT_TRUE(store.finish(id, Phase::Completed, "", "{}", {}));
    EXPECT_EQ(store.get(id)->progress, 1);
    EXPECT_FALSE(store.finish(id, Phase::Aborted, "", "", {}));
    EXPECT_EQ(store.get(999).error().code(), ErrorCode::NotFound);
    EXPECT_EQ(store.addLog(999, {}).error().code(), ErrorCode::NotFound);
    EXPECT_EQ(store.series(999).error().code(), ErrorCode::NotFound);
}

TEST_F(JobStoreTest, ListsNewestFirstAndNeverGivesAnIdTwice) {
    const auto first = store.create(queuedJob("import")).value();
    const auto second = store.create(queuedJob()).value();
    EXPECT_EQ(store.list({})->front().id, second);
    EXPECT_EQ(store.list({.kind = "import"})->size(), 1u);
    EXPECT_EQ(store.list({.phase = Phase::Executing})->size(), 0u);
    EXPECT_EQ(store.list({.limit = 1})->size(), 1u);
    ASSERT_TRUE(store.requestAbort(second, ""));
    ASSERT_TRUE(store.addLog(second, {"", "x"}));
    ASSERT_TRUE(store.remove(second));
    EXPECT_EQ(store.get(second).error().code(), ErrorCode::NotFound);
    EXPECT_GT(store.create(queuedJob()).value(), second);
    EXPECT_TRUE(store.get(first));
}

TEST_F(JobStoreTest, AbortAsksALivingProcessAndActsForADeadOne) {
    const auto living = store.create(queuedJob()).value();
    ASSERT_TRUE(store.start(living, "", "", jobs::thisProcessToken()));
    ASSERT_TRUE(store.requestAbort(living, ""));
    EXPECT_EQ(store.get(living)->phase, Phase::Executing);
    EXPECT_TRUE(store.progress(living, 0.1, "x").value());
    const auto dead = store.create(queuedJob()).value();
    ASSERT_TRUE(store.start(dead, "", "", deadToken()));
    ASSERT_TRUE(store.requestAbort(dead, "2026-01-01T00:00:09.000Z"));
    EXPECT_EQ(store.get(dead)->phase, Phase::Aborted);
    EXPECT_EQ(store.get(dead)->ended, "2026-01-01T00:00:09.000Z");
    EXPECT_EQ(store.requestAbort(dead, "").error().code(), ErrorCode::InvalidArgument);
    EXPECT_TRUE(store.progress(dead, 0.2, "x").value()); // whoever still runs it should stop
}

TEST_F(JobStoreTest, TheNextOpeningNamesTheJobsOfDeadProcesses) {
    const auto executing = store.create(queuedJob()).value();
    ASSERT_TRUE(store.start(executing, "", "", deadToken()));
    ASSERT_TRUE(store.progress(executing, 0.4, "training"));
    auto job = queuedJob();
    job.processToken = deadToken();
    const auto queued = store.create(job).value();
    const auto mine = store.create(queuedJob()).value();
    EXPECT_TRUE(project->interruptedJobs().empty());

    const auto second = test::openProject(folder / "a.balmer");
    ASSERT_EQ(second->interruptedJobs().size(), 2u);
    const auto& interrupted = second->interruptedJobs().front();
    EXPECT_EQ(interrupted.id, executing);
    EXPECT_EQ(interrupted.phase, Phase::Error);
    ASSERT_TRUE(interrupted.error);
    EXPECT_EQ(interrupted.error->message(),
              "interrupted: the program ended while this job was executing (training, 40 %); run it again");
    EXPECT_EQ(second->interruptedJobs().back().id, queued);
    EXPECT_EQ(store.get(mine)->phase, Phase::Queued);                               // its process lives
    EXPECT_TRUE(test::openProject(folder / "a.balmer")->interruptedJobs().empty()); // told once
}

TEST_F(JobStoreTest, AQueueOnTheProjectKeepsItsRecords) {
    jobs::JobId id = 0;
    {
        jobs::JobQueue queue(
            store,
            {{"count",
              [](const Job&, core::TaskContext& task, jobs::JobNotes& notes) -> core::Result<jobs::Outcome> {
                  notes.log("began");
                  BALMER_CHECK(task.checkpoint(0.5, "half"));
                  task.report("error", 1, 0.5);
                  return jobs::Outcome{R"({"n":1})", {{"model", "x/y", std::string(64, 'b'), 3}}};
              }}});
        jobs::JobSpec spec;
        spec.kind = "count";
        const auto job = queue.runHere(spec);
        ASSERT_TRUE(job) << test::why(job);
        id = job->id;
    }
    const auto job = test::openProject(folder / "a.balmer")->jobs().get(id);
    ASSERT_TRUE(job) << test::why(job);
    EXPECT_EQ(job->phase, Phase::Completed);
    EXPECT_EQ(job->result, R"({"n":1})");
    EXPECT_EQ(job->artefacts.size(), 1u);
    EXPECT_EQ(store.series(id)->size(), 1u);
    EXPECT_EQ(store.log(id)->size(), 1u);
}

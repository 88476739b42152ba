#include "engine/jobs/queue.h"

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>

#include "tests/engine/jobs/memory_job_store.h"
#include "tests/support/test_support.h"

using namespace balmer;
using namespace balmer::jobs;
using core::ErrorCode;
using test::MemoryJobStore;

namespace {

JobSpec specOf(std::string kind) {
    JobSpec spec;
    spec.kind = std::move(kind);
    return spec;
}

/// Opens once; whoever waits goes on.
class Gate {
  public:
    void open() { promise_.set_value(); }
    void wait() { future_.wait(); }

  private:
    std::promise<void> promise_;
    std::shared_future<void> future_ = promise_.get_future().share();
};

/// Collects the events; the queue's destruction delivers the last of them.
struct Listener {
    std::mutex mutex;
    std::vector<JobEvent> events;
    void operator()(const JobEvent& event) {
        const std::lock_guard lock(mutex);
        events.push_back(event);
    }
    std::vector<Phase> phasesOf(JobId id) {
        const std::lock_guard lock(mutex);
        std::vector<Phase> phases;
        for (const auto& event : events)
            if (event.kind == JobEvent::Kind::Phase && event.job.id == id) phases.push_back(event.job.phase);
        return phases;
    }
};

Runner counting(int steps) {
    return [steps](const Job&, core::TaskContext& task, JobNotes&) -> core::Result<Outcome> {
        for (int i = 0; i < steps; ++i)
            BALMER_CHECK(task.checkpoint(double(i) / steps, "counting"));
        return Outcome{R"({"steps":)" + std::to_string(steps) + "}", {}};
    };
}

/// Says that it runs, then makes checkpoints until it is stopped.
Runner untilStopped(Gate& begun) {
    return [&begun](const Job&, core::TaskContext& task, JobNotes&) -> core::Result<Outcome> {
        begun.open();
        while (true) {
            BALMER_CHECK(task.checkpoint(0.5, "waiting"));
            std::this_thread::yield();
        }
    };
}

} // namespace

TEST(JobQueue, RunsAJobThroughItsPhases) {
    MemoryJobStore store;
    Listener listener;
    JobId id = 0;
    {
        JobQueue queue(store, {{"count", counting(3)}}, {.programVersion = "1.2", .device = "cpu"});
        const auto listening = queue.subscribe(std::ref(listener));
        auto spec = specOf("count");
        spec.parameters = R"({"n":3})";
        const auto submitted = queue.submit(spec);
        ASSERT_TRUE(submitted) << test::why(submitted);
        id = *submitted;
        const auto job = queue.wait(id);
        ASSERT_TRUE(job) << test::why(job);
        EXPECT_EQ(job->phase, Phase::Completed);
        EXPECT_EQ(job->result, R"({"steps":3})");
        EXPECT_EQ(job->progress, 1);
        EXPECT_EQ(job->spec, spec);
        EXPECT_EQ(job->programVersion, "1.2");
        EXPECT_FALSE(job->error);
        EXPECT_LE(job->created, job->started);
        EXPECT_LE(job->started, job->ended);
        (void)queue.runHere(specOf("count")); // its events come later, so the first job's have all been told
        while (listener.phasesOf(id).size() < 3)
            std::this_thread::yield();
    }
    EXPECT_EQ(listener.phasesOf(id), (std::vector{Phase::Queued, Phase::Executing, Phase::Completed}));
}

TEST(JobQueue, RefusesAKindWithoutARunner) {
    MemoryJobStore store;
    JobQueue queue(store, {{"count", counting(1)}, {"som", counting(1)}});
    const auto refused = queue.submit(specOf("sum"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::InvalidArgument);
    EXPECT_NE(refused.error().message().find("count, som"), std::string::npos) << refused.error().message();
    EXPECT_TRUE(store.list({})->empty());
}

TEST(JobQueue, AJobThatTheStoreDoesNotTakeIsNotRun) {
    MemoryJobStore store;
    store.failCreate = true;
    std::atomic<int> runs = 0;
    {
        JobQueue queue(store,
                       {{"count", [&](const Job&, core::TaskContext&, JobNotes&) -> core::Result<Outcome> {
                             ++runs;
                             return Outcome{};
                         }}});
        EXPECT_EQ(queue.submit(specOf("count")).error().code(), ErrorCode::ResourceExhausted);
    }
    EXPECT_EQ(runs, 0);
}

TEST(JobQueue, AJobWhoseRecordAnotherProgramHoldsUpIsKeptLater) {
    MemoryJobStore store;
    JobQueue queue(store,
                   {{"count", [&](const Job&, core::TaskContext& task, JobNotes&) -> core::Result<Outcome> {
                         store.refusals = 1;
                         task.report("error", 1, 0.5);
                         store.refusals = 4;
                         return Outcome{"{}", {}};
                     }}});
    store.refusals = 2;
    const auto id = queue.submit(specOf("count")).value();
    const auto job = queue.wait(id);
    ASSERT_TRUE(job) << test::why(job);
    EXPECT_EQ(job->phase, Phase::Completed);
}

TEST(JobQueue, LosesNoPointOfASeriesWhileAnotherProgramWrites) {
    MemoryJobStore store;
    JobQueue queue(store,
                   {{"count", [&](const Job&, core::TaskContext& task, JobNotes&) -> core::Result<Outcome> {
                         store.refusals = 1;
                         for (int i = 0; i < 3; ++i)
                             task.report("error", i, 0.5);
                         return Outcome{"{}", {}};
                     }}});
    const auto job = queue.runHere(specOf("count"));
    ASSERT_TRUE(job) << test::why(job);
    EXPECT_EQ(store.series(job->id)->size(), 3u);
}

TEST(JobQueue, EndsWhileAnotherProgramHoldsUpARecord) {
    MemoryJobStore store;
    Gate begun;
    JobQueue queue(store, {{"count", [&](const Job&, core::TaskContext&, JobNotes&) -> core::Result<Outcome> {
                                store.refusals = 1'000'000;
                                begun.open();
                                return Outcome{"{}", {}};
                            }}});
    (void)queue.submit(specOf("count"));
    begun.wait();
}

TEST(JobQueue, KeepsARunnersErrorWithItsContext) {
    MemoryJobStore store;
    JobQueue queue(store, {{"bad", [](const Job&, core::TaskContext&, JobNotes&) -> core::Result<Outcome> {
                                auto error = core::Error(ErrorCode::Format, "no HDU 2");
                                return core::fail(error.during("reading a.fits"));
                            }}});
    const auto job = queue.wait(queue.submit(specOf("bad")).value());
    ASSERT_TRUE(job && job->error);
    EXPECT_EQ(job->phase, Phase::Error);
    EXPECT_EQ(job->error->code(), ErrorCode::Format);
    EXPECT_EQ(job->error->describe(), "no HDU 2 (while reading a.fits)");
}

TEST(JobQueue, AnExceptionOfARunnerIsAnInternalErrorAndTheNextJobRuns) {
    MemoryJobStore store;
    JobQueue queue(
        store, {{"throw",
                 [](const Job&, core::TaskContext&, JobNotes&) -> core::Result<Outcome> {
                     throw std::runtime_error("vector out of range");
                 }},
                {"odd", [](const Job&, core::TaskContext&, JobNotes&) -> core::Result<Outcome> { throw 7; }},
                {"count", counting(1)}});
    const auto thrown = queue.wait(queue.submit(specOf("throw")).value());
    EXPECT_EQ(thrown->phase, Phase::Error);
    EXPECT_EQ(thrown->error->code(), ErrorCode::Internal);
    EXPECT_NE(thrown->error->message().find("vector out of range"), std::string::npos);
    EXPECT_EQ(queue.wait(queue.submit(specOf("odd")).value())->error->code(), ErrorCode::Internal);
    EXPECT_EQ(queue.wait(queue.submit(specOf("count")).value())->phase, Phase::Completed);
}

TEST(JobQueue, AbortsAnExecutingJobAtItsNextCheckpointAndAQueuedOneAtOnce) {
    MemoryJobStore store;
    Gate begun;
    std::atomic<int> counted = 0;
    JobQueue queue(store, {{"endless", untilStopped(begun)},
                           {"count", [&](const Job&, core::TaskContext&, JobNotes&) -> core::Result<Outcome> {
                                ++counted;
                                return Outcome{};
                            }}});
    const auto first = queue.submit(specOf("endless")).value();
    const auto second = queue.submit(specOf("count")).value();
    begun.wait();
    ASSERT_TRUE(queue.abort(second));
    EXPECT_EQ(store.get(second)->phase, Phase::Aborted); // while the first still runs
    EXPECT_EQ(store.get(first)->phase, Phase::Executing);
    ASSERT_TRUE(queue.abort(first));
    const auto job = queue.wait(first);
    EXPECT_EQ(job->phase, Phase::Aborted);
    EXPECT_EQ(job->error->code(), ErrorCode::Cancelled);
    EXPECT_EQ(queue.wait(second)->phase, Phase::Aborted);
    EXPECT_EQ(counted, 0);
    EXPECT_EQ(queue.abort(first).error().code(), ErrorCode::InvalidArgument); // it has ended
    EXPECT_EQ(queue.abort(999).error().code(), ErrorCode::NotFound);
}

TEST(JobQueue, StopsAJobThatAnotherProcessWantsStopped) {
    MemoryJobStore store;
    Gate begun;
    auto tick = std::chrono::steady_clock::time_point{};
    // Each look at the clock is a second later, so that every checkpoint reaches the store.
    JobQueue queue(store, {{"endless", untilStopped(begun)}},
                   {.ticks = [&] { return tick += std::chrono::seconds(1); }});
    const auto id = queue.submit(specOf("endless")).value();
    begun.wait();
    ASSERT_TRUE(store.requestAbort(id, ""));
    EXPECT_EQ(queue.wait(id)->phase, Phase::Aborted);
}

TEST(JobQueue, ClosingAbortsWhatRunsAndWhatWaits) {
    MemoryJobStore store;
    Gate begun;
    JobId running = 0, waiting = 0;
    {
        JobQueue queue(store, {{"endless", untilStopped(begun)}});
        running = queue.submit(specOf("endless")).value();
        waiting = queue.submit(specOf("endless")).value();
        begun.wait();
    }
    EXPECT_EQ(store.get(running)->phase, Phase::Aborted);
    EXPECT_EQ(store.get(running)->error->message(), "the program was closed");
    EXPECT_EQ(store.get(waiting)->phase, Phase::Aborted);
    EXPECT_NE(store.get(waiting)->error->message().find("closed"), std::string::npos);
}

TEST(JobQueue, TellsProgressAtMostTenTimesASecondButTheFirstAndTheLast) {
    MemoryJobStore store;
    Listener listener;
    std::atomic<int> milliseconds = 0;
    {
        JobQueue queue(store,
                       {{"slow",
                         [&](const Job&, core::TaskContext& task, JobNotes&) -> core::Result<Outcome> {
                             for (int i = 0; i < 1000; ++i) { // one second, a step a millisecond
                                 milliseconds = i;
                                 BALMER_CHECK(task.checkpoint(i / 1000.0, "stepping"));
                                 if (i % 10 == 0) task.report("error", i, 1.0 / (i + 1));
                             }
                             return Outcome{};
                         }}},
                       {.ticks = [&] {
                           return std::chrono::steady_clock::time_point{} +
                                  std::chrono::milliseconds(milliseconds.load());
                       }});
        const auto listening = queue.subscribe(std::ref(listener));
        const auto id = queue.submit(specOf("slow")).value();
        ASSERT_EQ(queue.wait(id)->phase, Phase::Completed);
        while (listener.phasesOf(id).size() < 3)
            std::this_thread::yield();
        EXPECT_EQ(store.series(id)->size(), 100u);
    }
    std::vector<JobEvent> progress;
    for (const auto& event : listener.events)
        if (event.kind == JobEvent::Kind::Progress) progress.push_back(event);
    ASSERT_GE(progress.size(), 2u);
    EXPECT_LE(progress.size(), 11u);
    EXPECT_EQ(progress.front().job.progress, 0);
    EXPECT_EQ(progress.back().job.progress, 0.999);
    std::vector<SeriesPoint> points;
    for (const auto& event : progress)
        points.insert(points.end(), event.points.begin(), event.points.end());
    EXPECT_EQ(points.size(), 100u); // none is lost between the events
    EXPECT_EQ(listener.events.back().job.phase, Phase::Completed);
}

TEST(JobQueue, AnUnsubscribedObserverHearsNothingMore) {
    MemoryJobStore store;
    JobQueue queue(store, {{"count", counting(2)}});
    std::atomic<int> heard = 0;
    Listener other;
    const auto stays = queue.subscribe(std::ref(other));
    {
        const auto listening = queue.subscribe([&](const JobEvent&) { ++heard; });
        const auto id = queue.submit(specOf("count")).value();
        (void)queue.wait(id);
        while (other.phasesOf(id).size() < 3)
            std::this_thread::yield();
    }
    const int before = heard;
    EXPECT_GE(before, 1);
    const auto id = queue.submit(specOf("count")).value();
    (void)queue.wait(id);
    while (other.phasesOf(id).size() < 3)
        std::this_thread::yield();
    EXPECT_EQ(heard, before);
}

TEST(JobQueue, AnObserverMayUnsubscribeItselfAndMayThrow) {
    MemoryJobStore store;
    JobQueue queue(store, {{"count", counting(1)}});
    std::atomic<int> heard = 0;
    Subscription once;
    std::mutex setting;
    {
        const std::lock_guard lock(setting);
        once = queue.subscribe([&](const JobEvent&) {
            const std::lock_guard inner(setting);
            ++heard;
            once = Subscription();
        });
    }
    const auto throwing =
        queue.subscribe([](const JobEvent&) { throw std::runtime_error("an observer's defect"); });
    Listener other;
    const auto listening = queue.subscribe(std::ref(other));
    const auto id = queue.submit(specOf("count")).value();
    while (other.phasesOf(id).size() < 3)
        std::this_thread::yield();
    EXPECT_EQ(heard, 1);
}

TEST(JobQueue, RunsHereOnTheCallersThreadWithTheSameRecord) {
    MemoryJobStore store;
    std::thread::id ran;
    JobQueue queue(
        store,
        {{"here", [&](const Job& job, core::TaskContext& task, JobNotes& notes) -> core::Result<Outcome> {
              ran = std::this_thread::get_id();
              EXPECT_EQ(job.phase, Phase::Executing);
              notes.log("began");
              notes.artefact({"codebook", "application/octet-stream", std::string(64, 'a'), 8});
              BALMER_CHECK(task.checkpoint(0.25, "training"));
              task.report("quantisation error", 1, 0.5);
              return Outcome{"{}", {{"model", "application/json", std::string(64, 'b'), 2}}};
          }}});
    std::vector<std::string> stages;
    std::vector<double> values;
    const auto job = queue.runHere(
        specOf("here"), {}, [&](double, std::string_view stage) { stages.emplace_back(stage); },
        [&](std::string_view, double, double value) { values.push_back(value); });
    ASSERT_TRUE(job) << test::why(job);
    EXPECT_EQ(ran, std::this_thread::get_id());
    EXPECT_EQ(job->phase, Phase::Completed);
    EXPECT_EQ(stages, std::vector<std::string>{"training"});
    EXPECT_EQ(values, std::vector{0.5});
    ASSERT_EQ(job->artefacts.size(), 2u);
    EXPECT_EQ(job->artefacts[1].name, "model");
    EXPECT_EQ(store.log(job->id)->front().text, "began");
    EXPECT_EQ(store.series(job->id)->front(), (SeriesPoint{"quantisation error", 1, 0.5}));
}

TEST(JobQueue, RunsHereUntilItsCallerSaysStop) {
    MemoryJobStore store;
    Gate begun;
    JobQueue queue(store, {{"endless", untilStopped(begun)}});
    std::stop_source stop;
    std::thread stopper([&] {
        begun.wait();
        stop.request_stop();
    });
    const auto job = queue.runHere(specOf("endless"), stop.get_token());
    stopper.join();
    ASSERT_TRUE(job) << test::why(job);
    EXPECT_EQ(job->phase, Phase::Aborted);
    EXPECT_EQ(job->error->message(), "aborted on request");
}

TEST(JobQueue, RunsManyJobsOnceEachInOrder) {
    MemoryJobStore store;
    std::mutex mutex;
    std::vector<JobId> order;
    JobQueue queue(store,
                   {{"count", [&](const Job& job, core::TaskContext&, JobNotes&) -> core::Result<Outcome> {
                         const std::lock_guard lock(mutex);
                         order.push_back(job.id);
                         return Outcome{};
                     }}});
    std::vector<JobId> submitted;
    for (int i = 0; i < 300; ++i)
        submitted.push_back(queue.submit(specOf("count")).value());
    for (const auto id : submitted)
        EXPECT_EQ(queue.wait(id)->phase, Phase::Completed);
    EXPECT_EQ(order, submitted);
}

TEST(JobQueue, SeveralThreadsSubmitToSeveralExecutors) {
    MemoryJobStore store;
    std::atomic<int> runs = 0;
    {
        JobQueue queue(store,
                       {{"count",
                         [&](const Job&, core::TaskContext&, JobNotes&) -> core::Result<Outcome> {
                             ++runs;
                             return Outcome{};
                         }}},
                       {.threads = 3});
        std::vector<std::thread> submitters;
        for (int t = 0; t < 4; ++t)
            submitters.emplace_back([&] {
                for (int i = 0; i < 50; ++i)
                    EXPECT_EQ(queue.wait(queue.submit(specOf("count")).value())->phase, Phase::Completed);
            });
        for (auto& thread : submitters)
            thread.join();
    }
    EXPECT_EQ(runs, 200);
}

TEST(JobQueue, ForgetsFinalJobsAlone) {
    MemoryJobStore store;
    Gate begun;
    JobQueue queue(store, {{"endless", untilStopped(begun)}});
    const auto id = queue.submit(specOf("endless")).value();
    begun.wait();
    EXPECT_FALSE(queue.remove(id));
    ASSERT_TRUE(queue.abort(id));
    (void)queue.wait(id);
    EXPECT_TRUE(queue.remove(id));
    EXPECT_EQ(store.get(id).error().code(), ErrorCode::NotFound);
}

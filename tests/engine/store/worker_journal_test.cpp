#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <thread>

#include "engine/store/connections.h"
#include "engine/store/migration.h"
#include "engine/store/sqlite_worker_journal.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using core::ErrorCode;
using jobs::Phase;
using jobs::RemoteEvent;
using jobs::WorkerJob;
namespace fs = std::filesystem;

namespace {

std::string keyOf(int number) {
    auto key = std::to_string(number);
    return std::string(32 - key.size(), '0') + key;
}

WorkerJob sampleJob(int number = 1, const std::string& owner = "anna") {
    WorkerJob job;
    job.key = keyOf(number);
    job.owner = owner;
    job.specDigest = std::string(64, 'd');
    job.spec = R"({"kind":"som"})";
    job.inputs = {{"parcel.json", std::string(64, 'a'), 10},
                  {"data.h5", std::string(64, 'b'), 5'000'000'000}};
    return job;
}

RemoteEvent progressOf(double fraction) {
    RemoteEvent event;
    event.progress = fraction;
    event.stage = "training";
    return event;
}

struct WorkerJournalTest : testing::Test {
    test::TemporaryFolder folder;
    fs::path file = folder / "worker" / "journal.sqlite";
    test::SteppingClock clock;
    std::unique_ptr<jobs::WorkerJournal> opened = open();
    jobs::WorkerJournal* journal = opened.get();

    std::unique_ptr<jobs::WorkerJournal> open() const {
        auto result = openWorkerJournal(file, clock);
        if (!result) throw std::runtime_error(result.error().describe());
        return std::move(*result);
    }
    void reopen() {
        opened.reset();
        opened = open();
        journal = opened.get();
    }
    std::string execute(int number = 1) {
        EXPECT_TRUE(journal->accept(sampleJob(number)).value());
        EXPECT_TRUE(journal->moveTo(keyOf(number), Phase::Queued, "waiting"));
        EXPECT_TRUE(journal->beginAttempt(keyOf(number)));
        return keyOf(number);
    }
    std::vector<std::uint64_t> numbersAfter(const std::string& key, std::uint64_t sequence = 0) {
        std::vector<std::uint64_t> numbers;
        const auto events = journal->eventsAfter(key, sequence, 0);
        EXPECT_TRUE(events) << test::why(events);
        for (const auto& event : events.value_or(std::vector<jobs::WorkerEvent>{}))
            numbers.push_back(event.event.sequence);
        return numbers;
    }
};

using Numbers = std::vector<std::uint64_t>;

} // namespace

TEST_F(WorkerJournalTest, KeepsEveryFieldOverARestart) {
    auto job = sampleJob();
    job.stage = "waiting for data";
    job.device = "cpu";
    job.programVersion = "0.1.0";
    job.leaseUntil = "2026-12-01T00:00:00.000Z";
    EXPECT_TRUE(journal->accept(job).value());
    ASSERT_TRUE(journal->moveTo(job.key, Phase::Queued, "waiting"));
    ASSERT_TRUE(journal->wantCancel(job.key));
    ASSERT_TRUE(journal->beginAttempt(job.key));
    auto event = progressOf(0.5);
    event.device = "cuda:0";
    event.points = {{"error", 1, 0.5}, {"error", 2, std::numeric_limits<double>::quiet_NaN()}};
    event.lines = {{"2026-01-01T00:00:02.000Z", "epoch \"2\"\n"}};
    ASSERT_TRUE(journal->note(job.key, event));
    auto error = core::Error(ErrorCode::Format, "no HDU");
    error.during("reading a").during("importing b");
    const std::vector<jobs::ParcelEntry> outputs{{"result.json", std::string(64, 'c'), 3}};
    ASSERT_TRUE(journal->finish(job.key, Phase::Error, "{}", error, outputs));
    ASSERT_TRUE(journal->release(job.key, "2026-12-02T00:00:00.000Z"));
    reopen();
    const auto kept = journal->find(job.key, "").value().value();
    EXPECT_EQ(kept.key, job.key);
    EXPECT_EQ(kept.owner, "anna");
    EXPECT_EQ(kept.specDigest, job.specDigest);
    EXPECT_EQ(kept.spec, job.spec);
    EXPECT_EQ(kept.inputs, job.inputs);
    EXPECT_EQ(kept.outputs, outputs);
    EXPECT_EQ(kept.phase, Phase::Error);
    EXPECT_EQ(kept.progress, 0.5);
    EXPECT_EQ(kept.stage, "training");
    EXPECT_LT(kept.created, kept.started);
    EXPECT_LT(kept.started, kept.ended);
    EXPECT_EQ(kept.attempts, 1);
    EXPECT_TRUE(kept.cancelWanted);
    EXPECT_EQ(kept.result, "{}");
    EXPECT_EQ(kept.error->describe(), error.describe());
    EXPECT_EQ(kept.error->code(), ErrorCode::Format);
    EXPECT_EQ(kept.lastEvent, 5u);
    EXPECT_TRUE(kept.released);
    EXPECT_EQ(kept.device, "cuda:0");
    EXPECT_EQ(kept.programVersion, "0.1.0");
    EXPECT_EQ(kept.leaseUntil, "2026-12-02T00:00:00.000Z");

    const auto events = journal->eventsAfter(job.key, 0, 0).value();
    ASSERT_EQ(events.size(), 5u);
    const Phase phases[] = {Phase::Pending, Phase::Queued, Phase::Executing, Phase::Executing, Phase::Error};
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_EQ(events[i].event.sequence, i + 1);
        EXPECT_EQ(events[i].event.phase, phases[i]);
        EXPECT_EQ(events[i].final, i == 4);
        EXPECT_EQ(events[i].event.points.size(), i == 3 ? 2u : 0u);
    }
    EXPECT_EQ(events[0].event.stage, "waiting for data");
    EXPECT_EQ(events[0].event.started, "");
    EXPECT_EQ(events[2].event.device, "cpu");
    EXPECT_EQ(events[3].event.device, "cuda:0");
    EXPECT_EQ(events[3].event.started, kept.started);
    EXPECT_EQ(events[3].event.points[0], event.points[0]);
    EXPECT_TRUE(std::isnan(events[3].event.points[1].value));
    EXPECT_EQ(events[3].event.lines, event.lines);
    EXPECT_EQ(journal->eventsAfter(job.key, 1, 2)->size(), 2u);
    EXPECT_EQ(numbersAfter(job.key, 3), (Numbers{4, 5}));
    EXPECT_EQ(numbersAfter(job.key, 5), Numbers{});
    EXPECT_EQ(numbersAfter(job.key, std::numeric_limits<std::uint64_t>::max()), Numbers{});
}

TEST_F(WorkerJournalTest, AcceptsTheSameJobOnce) {
    EXPECT_TRUE(journal->accept(sampleJob()).value());
    for (int i = 0; i < 1000; ++i)
        ASSERT_FALSE(journal->accept(sampleJob()).value());
    reopen();
    EXPECT_FALSE(journal->accept(sampleJob()).value());
    auto queued = sampleJob();
    queued.phase = Phase::Queued; // what the worker made of it is no part of the content
    EXPECT_FALSE(journal->accept(queued).value());
    EXPECT_EQ(journal->find(keyOf(1), "anna").value()->phase, Phase::Pending);
    EXPECT_EQ(journal->list("", 0)->size(), 1u);
    EXPECT_EQ(numbersAfter(keyOf(1)), Numbers{1});

    std::vector<WorkerJob> others(5, sampleJob());
    others[0].specDigest[3] = 'e';
    others[1].inputs.pop_back();
    others[2].inputs[1].object[0] = 'c';
    others[3].inputs[0].name = "other.json";
    std::swap(others[4].inputs[0], others[4].inputs[1]);
    for (const auto& other : others) {
        const auto refused = journal->accept(other);
        ASSERT_FALSE(refused);
        EXPECT_EQ(refused.error().code(), ErrorCode::InvalidArgument);
        EXPECT_EQ(refused.error().message().rfind("conflict", 0), 0u) << test::why(refused);
    }
    EXPECT_EQ(journal->find(keyOf(1), "")->value().inputs, sampleJob().inputs);
}

TEST_F(WorkerJournalTest, RefusesWhatIsNoJob) {
    std::vector<WorkerJob> bad(7, sampleJob());
    bad[0].key = "";
    bad[1].key[0] = 'X';
    bad[2].key += "0";
    bad[3].owner = "";
    bad[4].phase = Phase::Executing;
    bad[5].inputs[1].object = "../x";
    bad[6].inputs[0].bytes = -1;
    for (const auto& job : bad)
        EXPECT_EQ(journal->accept(job).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->list("", 0)->size(), 0u); // the whole of a bad job is undone
}

TEST_F(WorkerJournalTest, TellsAnotherOwnerNothing) {
    ASSERT_TRUE(journal->accept(sampleJob(1, "anna")));
    ASSERT_TRUE(journal->accept(sampleJob(2, "bert")));
    EXPECT_TRUE(journal->find(keyOf(1), "anna")->has_value());
    EXPECT_FALSE(journal->find(keyOf(1), "bert")->has_value());
    EXPECT_FALSE(journal->find(keyOf(3), "bert")->has_value());
    EXPECT_TRUE(journal->find(keyOf(1), "")->has_value());
    ASSERT_EQ(journal->list("bert", 0)->size(), 1u);
    EXPECT_EQ(journal->list("bert", 0)->front().key, keyOf(2));
    EXPECT_EQ(journal->list("' OR '' = '", 0)->size(), 0u);
    // The refusal is the one for a key that nobody has.
    const auto taken = journal->accept(sampleJob(1, "bert"));
    const auto unknown = journal->wantCancel(keyOf(3));
    ASSERT_FALSE(taken || unknown);
    EXPECT_EQ(taken.error().code(), ErrorCode::NotFound);
    auto said = taken.error().message();
    said.replace(said.find(keyOf(1)), 32, keyOf(3));
    EXPECT_EQ(said, unknown.error().message());
    auto other = sampleJob(1, "bert");
    other.specDigest = "other";
    EXPECT_EQ(journal->accept(other).error().message(), taken.error().message());
    EXPECT_EQ(journal->find(keyOf(1), "")->value().owner, "anna");
}

TEST_F(WorkerJournalTest, ListsNewestFirst) {
    for (int i = 1; i <= 5; ++i)
        ASSERT_TRUE(journal->accept(sampleJob(i)));
    ASSERT_TRUE(journal->finish(keyOf(3), Phase::Aborted, "", std::nullopt, {}));
    const auto newest = journal->list("", 2).value();
    ASSERT_EQ(newest.size(), 2u);
    EXPECT_EQ(newest[0].key, keyOf(5));
    EXPECT_EQ(newest[1].key, keyOf(4));
    const auto open = journal->unfinished().value();
    ASSERT_EQ(open.size(), 4u);
    EXPECT_EQ(open[0].key, keyOf(1));
    EXPECT_EQ(open[2].key, keyOf(4));
}

TEST_F(WorkerJournalTest, KeepsOfProgressTheNewestAlone) {
    const auto key = execute();
    for (int i = 0; i < 10; ++i)
        ASSERT_TRUE(journal->note(key, progressOf(i / 10.0)));
    EXPECT_EQ(numbersAfter(key), (Numbers{1, 2, 3, 13}));
    EXPECT_EQ(journal->eventsAfter(key, 5, 0)->front().event.progress, 0.9);
    reopen();
    auto withPoint = progressOf(0.95);
    withPoint.points = {{"error", 1, 2}};
    ASSERT_TRUE(journal->note(key, withPoint));
    EXPECT_EQ(numbersAfter(key), (Numbers{1, 2, 3, 14}));
    ASSERT_TRUE(journal->note(key, progressOf(0.96)));
    auto withLine = progressOf(0.97);
    withLine.lines = {{"", "nearly there"}};
    ASSERT_TRUE(journal->note(key, withLine));
    ASSERT_TRUE(journal->note(key, progressOf(0.98)));
    EXPECT_EQ(numbersAfter(key), (Numbers{1, 2, 3, 14, 16, 17}));
    reopen();
    ASSERT_TRUE(journal->finish(key, Phase::Completed, R"({"map":1})", std::nullopt, {}));
    EXPECT_EQ(numbersAfter(key), (Numbers{1, 2, 3, 14, 16, 18}));
    EXPECT_EQ(journal->find(key, "")->value().progress, 1.0);
    EXPECT_EQ(journal->find(key, "")->value().lastEvent, 18u);
    // Fractions that are none.
    const auto other = execute(2);
    for (const double odd : {-1.0, 7.0, std::numeric_limits<double>::quiet_NaN()}) {
        ASSERT_TRUE(journal->note(other, progressOf(odd)));
        const auto progress = journal->find(other, "")->value().progress;
        EXPECT_TRUE(progress >= 0 && progress <= 1) << odd;
    }
}

TEST_F(WorkerJournalTest, TakesOnlyAllowedSteps) {
    const auto key = keyOf(1);
    ASSERT_TRUE(journal->accept(sampleJob()));
    EXPECT_EQ(journal->beginAttempt(key).error().code(),
              ErrorCode::InvalidArgument); // its inputs are not here
    EXPECT_EQ(journal->note(key, progressOf(0.1)).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->moveTo(key, Phase::Pending, "").error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->moveTo(key, Phase::Executing, "").error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->finish(key, Phase::Completed, "", {}, {}).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->finish(key, Phase::Queued, "", {}, {}).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->release(key, "").error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->remove(key).error().code(), ErrorCode::InvalidArgument);
    ASSERT_TRUE(journal->moveTo(key, Phase::Queued, ""));
    EXPECT_EQ(journal->moveTo(key, Phase::Completed, "").error().code(), ErrorCode::InvalidArgument);
    ASSERT_TRUE(journal->beginAttempt(key));
    EXPECT_EQ(numbersAfter(key), (Numbers{1, 2, 3})); // a refused step tells nothing
    EXPECT_EQ(journal->finish(key, Phase::Completed, "", {}, {{"x", "no id", 1}}).error().code(),
              ErrorCode::InvalidArgument);
    ASSERT_TRUE(journal->finish(key, Phase::Completed, "1", {}, {}));
    for (const auto phase : {Phase::Completed, Phase::Error, Phase::Aborted, Phase::Archived})
        EXPECT_EQ(journal->finish(key, phase, "2", {}, {}).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->beginAttempt(key).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(journal->moveTo(key, Phase::Queued, "").error().code(), ErrorCode::InvalidArgument);
    EXPECT_TRUE(journal->wantCancel(key));
    EXPECT_FALSE(journal->find(key, "")->value().cancelWanted); // it came too late
    EXPECT_EQ(journal->find(key, "")->value().result, "1");
    EXPECT_EQ(numbersAfter(key), (Numbers{1, 2, 3, 4}));
    for (const auto& unknown : {keyOf(9), std::string("x"), std::string()}) {
        EXPECT_EQ(journal->moveTo(unknown, Phase::Queued, "").error().code(), ErrorCode::NotFound);
        EXPECT_EQ(journal->eventsAfter(unknown, 0, 0).error().code(), ErrorCode::NotFound);
        EXPECT_EQ(journal->remove(unknown).error().code(), ErrorCode::NotFound);
        EXPECT_FALSE(journal->find(unknown, "")->has_value());
    }
}

TEST_F(WorkerJournalTest, CountsAttempts) {
    const auto key = execute();
    ASSERT_TRUE(journal->note(key, progressOf(0.7)));
    const auto first = journal->find(key, "")->value().started;
    reopen(); // the process that ran it was killed
    ASSERT_EQ(journal->unfinished()->size(), 1u);
    ASSERT_TRUE(journal->beginAttempt(key));
    const auto job = journal->find(key, "")->value();
    EXPECT_EQ(job.attempts, 2);
    EXPECT_EQ(job.progress, 0);
    EXPECT_GT(job.started, first);
    EXPECT_EQ(numbersAfter(key), (Numbers{1, 2, 3, 5}));
}

TEST_F(WorkerJournalTest, KnowsWhichObjectsAreInUse) {
    const auto key = execute();
    auto other = sampleJob(2);
    other.inputs = {{"x", std::string(64, 'b'), 1}, {"y", std::string(64, 'f'), 1}};
    ASSERT_TRUE(journal->accept(other));
    const auto ids = [](std::string_view letters) {
        std::vector<std::string> all;
        for (const char letter : letters)
            all.emplace_back(64, letter);
        return all;
    };
    EXPECT_EQ(journal->objectsInUse().value(), ids("abf"));
    ASSERT_TRUE(journal->finish(key, Phase::Completed, "", {}, {{"out", std::string(64, 'c'), 1}}));
    EXPECT_EQ(journal->objectsInUse().value(), ids("abcf"));
    ASSERT_TRUE(journal->release(key, "2028"));
    EXPECT_EQ(journal->find(key, "")->value().leaseUntil, "2028");
    ASSERT_TRUE(journal->release(key, "2028"));
    EXPECT_EQ(journal->objectsInUse().value(), ids("bf"));
    reopen();
    ASSERT_TRUE(journal->remove(key));
    EXPECT_FALSE(journal->find(key, "")->has_value());
    EXPECT_EQ(journal->eventsAfter(key, 0, 0).error().code(), ErrorCode::NotFound);
    EXPECT_EQ(journal->objectsInUse().value(), ids("bf"));
    ASSERT_TRUE(journal->finish(keyOf(2), Phase::Aborted, "", {}, {}));
    ASSERT_TRUE(journal->remove(keyOf(2)));
    EXPECT_TRUE(journal->objectsInUse()->empty());
}

TEST_F(WorkerJournalTest, IsWrittenByManyThreads) {
    constexpr int jobs = 3, threadsEach = 2, notes = 20;
    for (int i = 0; i < jobs; ++i)
        execute(i);
    std::vector<std::thread> threads;
    std::atomic<int> failures{0};
    for (int t = 0; t < jobs * threadsEach; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < notes; ++i) {
                auto event = progressOf(0.5);
                event.points = {{"t" + std::to_string(t), double(i), 0}};
                if (!journal->note(keyOf(t % jobs), event) || !journal->eventsAfter(keyOf(t % jobs), 0, 5) ||
                    !journal->list("anna", 2))
                    ++failures;
            }
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(failures, 0);
    for (int i = 0; i < jobs; ++i) {
        Numbers expected(3 + threadsEach * notes);
        for (std::size_t n = 0; n < expected.size(); ++n)
            expected[n] = n + 1;
        EXPECT_EQ(numbersAfter(keyOf(i)), expected);
    }
}

TEST_F(WorkerJournalTest, LosesNothingToAKill) {
    const auto key = execute();
    std::uint64_t last = 3;
    std::size_t acknowledged = 0;
    for (int round = 0; round < 8; ++round) {
        opened.reset();
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const auto child = ::fork();
        if (child == 0) {
            const auto own = openWorkerJournal(file);
            for (int i = 0; own; ++i) {
                auto event = progressOf(0.1);
                if (i % 2 == 0) event.lines = {{std::to_string(round), std::to_string(i)}};
                if (!(*own)->note(key, event)) break;
                if (::write(ends[1], &i, sizeof i) != sizeof i) break;
            }
            ::_exit(1);
        }
        ::close(ends[1]);
        int said = -1, number = -1;
        while (said < 5 + 3 * round && ::read(ends[0], &number, sizeof number) == sizeof number)
            said = number;
        ::kill(child, SIGKILL);
        while (::read(ends[0], &number, sizeof number) == sizeof number)
            said = number;
        ::close(ends[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status));
        acknowledged += static_cast<std::size_t>(said) + 1;
        opened = open();
        journal = opened.get();
        std::set<std::string> lines;
        std::uint64_t before = 0;
        const auto events = journal->eventsAfter(key, 0, 0);
        ASSERT_TRUE(events) << test::why(events);
        for (const auto& event : *events) {
            EXPECT_GT(event.event.sequence, before); // none twice
            before = event.event.sequence;
            for (const auto& line : event.event.lines)
                if (line.time == std::to_string(round)) lines.insert(line.text);
        }
        for (int i = 0; i <= said; i += 2)
            EXPECT_TRUE(lines.contains(std::to_string(i))) << round << ": " << i;
        const auto counted = journal->find(key, "")->value().lastEvent;
        EXPECT_GE(counted, last + static_cast<std::uint64_t>(said) + 1);
        EXPECT_LE(counted,
                  last + static_cast<std::uint64_t>(said) + 3); // what was under way may be there, too
        last = counted;
    }
    EXPECT_GE(acknowledged, 100u);
}

TEST_F(WorkerJournalTest, AWriteThatDoesNotFitChangesNothing) {
    const auto key = execute();
    opened.reset();
    const auto size = fs::file_size(file);
    const auto child = ::fork();
    if (child == 0) {
        ::signal(SIGXFSZ, SIG_IGN);
        int refused = 0;
        for (rlim_t more = 0; more <= 40; more += 4) {
            const rlimit limit{size + more * 1024, RLIM_INFINITY};
            ::setrlimit(RLIMIT_FSIZE, &limit);
            const auto own = openWorkerJournal(file, clock);
            if (!own) ::_exit(2);
            for (int i = 0; i < 4; ++i) {
                const auto before = (*own)->find(key, "");
                auto event = progressOf(0.1);
                event.lines = {{"", std::string(6000, 'x')}};
                const auto noted = (*own)->note(key, event);
                const auto after = (*own)->find(key, "");
                if (!before || !after) ::_exit(3);
                if (after->value().lastEvent != before->value().lastEvent + (noted ? 1 : 0)) ::_exit(4);
                if ((*own)->eventsAfter(key, before->value().lastEvent, 0)->size() != (noted ? 1u : 0u))
                    ::_exit(5);
                refused += noted ? 0 : 1;
            }
        }
        ::_exit(refused > 5 ? 0 : 6);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    reopen();
    EXPECT_TRUE(journal->note(key, progressOf(0.9)));
}

TEST_F(WorkerJournalTest, IsADatabaseOfItsOwnKind) {
    EXPECT_EQ(fs::status(file.parent_path()).permissions() & fs::perms::mask, fs::perms::owner_all);
    opened.reset();
    {
        const auto database = Database::open(file, true).value()->number("PRAGMA application_id").value();
        EXPECT_EQ(database, workerJournalMark);
        EXPECT_FALSE(fs::exists(file.string() + "-wal"));
    }
    // Neither is the other.
    test::openProject(folder / "a.balmer").reset();
    EXPECT_EQ(openWorkerJournal(folder / "a.balmer" / "project.sqlite").error().code(), ErrorCode::Store);
    fs::create_directory(folder / "b.balmer");
    fs::copy_file(file, folder / "b.balmer" / "project.sqlite");
    EXPECT_EQ(Project::open(folder / "b.balmer").error().code(), ErrorCode::Store);
    // A newer program's, and no database at all.
    ASSERT_TRUE((*Database::open(file, true))->script("PRAGMA user_version = 1000"));
    EXPECT_EQ(openWorkerJournal(file).error().code(), ErrorCode::Unsupported);
    std::ofstream(folder / "text") << std::string(5000, 'x');
    EXPECT_EQ(openWorkerJournal(folder / "text").error().code(), ErrorCode::Store);
    EXPECT_FALSE(openWorkerJournal(folder / "text" / "below"));
    int expected = 0;
    for (const auto& step : workerMigrations())
        EXPECT_EQ(step.number, ++expected) << step.name;
}

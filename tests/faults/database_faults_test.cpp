// Whatever SQLite is refused by the disk, by a full one or by a lock: what a user asks for ends in words,
// nothing that was there is lost, and asked for again it gives the same. After a loss of power every label
// that was acknowledged is there.
#include <set>

#include <sqlite3.h>

#include "engine/api/workbench.h"
#include "engine/store/label_log.h"
#include "tests/faults/faulty_database.h"
#include "tests/faults/workplace.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;
using core::Status;
using DatabaseFault = FaultyDatabase::Fault;

class DatabaseFaults : public WithWorkplaces {
  protected:
    core::Status carryOut(const fs::path& project, const Act& act) {
        BALMER_TRY(const auto place, Workplace::open(project));
        return act.carryOut(*place);
    }
    /// Opens the project and carries the act out, with this fault.
    core::Status under(DatabaseFault fault, std::size_t at, bool forEver, const fs::path& project,
                       const Act& act) {
        faulty_.refuse(fault, at, forEver);
        auto ended = carryOut(project, act);
        faulty_.obey();
        return ended;
    }
    /// At as many places as there are, from the first to the last.
    void atEachCall(DatabaseFault fault, bool forEver, std::size_t few) {
        for (const auto& act : acts()) {
            SCOPED_TRACE(act.name);
            const auto good = expected(act);
            const auto untouched = copyOfBase();
            const auto ended = under(fault, SIZE_MAX, false, untouched, act);
            const auto calls = faulty_.calls();
            expectWhole(untouched, act, ended, good);
            for (const auto at : placesOf(calls, few)) {
                SCOPED_TRACE("call " + std::to_string(at) + " of " + std::to_string(calls));
                const auto copy = copyOfBase();
                const auto faulted = under(fault, at, forEver, copy, act);
                ++faults_;
                expectWhole(copy, act, faulted, good);
                if (HasFailure()) return;
            }
        }
        RecordProperty("database_faults", faults_);
    }

    FaultyDatabase faulty_;
    int faults_ = 0;
};

TEST_F(DatabaseFaults, ADiskThatFailsOnce) {
    atEachCall(DatabaseFault::Io, false, 5);
}
TEST_F(DatabaseFaults, ADiskThatFailsForGood) {
    atEachCall(DatabaseFault::Io, true, 5);
}
TEST_F(DatabaseFaults, AFullDisk) {
    atEachCall(DatabaseFault::Full, true, 4);
}
TEST_F(DatabaseFaults, SomebodyElsesLock) {
    atEachCall(DatabaseFault::Busy, false, 4);
}

TEST_F(DatabaseFaults, SomebodyElsesLockForGood) {
    atEachCall(DatabaseFault::Busy, true, 4);
}

TEST_F(DatabaseFaults, AProgramThatWritesForEverStopsNoReader) {
    for (const auto& act : acts()) {
        SCOPED_TRACE(act.name);
        const auto good = expected(act);
        std::size_t calls = 0;
        for (std::size_t turn = 0; turn == 0 || (turn < 6 && calls > 0); ++turn) {
            const auto copy = copyOfBase();
            Status ended;
            {
                const auto onlooker = store::Project::open(copy); // it has made the log's index
                ASSERT_TRUE(onlooker) << why(onlooker);
                const auto at = turn == 0 ? SIZE_MAX : (turn - 1) * (calls - 1) / 4;
                faulty_.refuse(DatabaseFault::Writer, at, true);
                ended = carryOut(copy, act);
                if (turn == 0) calls = faulty_.calls();
                EXPECT_EQ(ended.has_value(), turn == 0);
                if (!ended) {
                    EXPECT_EQ(ended.error().code(), core::ErrorCode::DeadlineExceeded);
                }
                EXPECT_LE(faulty_.waited(), std::chrono::seconds(calls == 1 ? 10 : 50)) << "call " << at;
                expectBase(contentOf(copy, act));
                faulty_.obey();
            }
            expectWhole(copy, act, ended, good);
            if (HasFailure()) return;
        }
    }
}

TEST_F(DatabaseFaults, WhatAnEndedActLeftUnderALockIsTakenBackByWhateverIsWrittenNext) {
    const auto copy = copyOfBase();
    const auto opened = store::Project::open(copy);
    ASSERT_TRUE(opened) << why(opened);
    auto& log = (*opened)->labels();
    const auto before = log.classes().value();
    const auto eventOf = [](const std::string& spectrum) {
        active::LabelEvent event;
        event.spectrum = spectrum;
        event.className = "of the act";
        event.who = "somebody";
        return event;
    };
    {
        auto act = log.beginAct();
        ASSERT_TRUE(act) << why(act);
        for (const char* const spectrum : {"star-7", "star-8"})
            ASSERT_TRUE(act->append(eventOf(spectrum)));
        faulty_.refuse(DatabaseFault::Writer, 0, true);
    }
    EXPECT_GT(faulty_.calls(), 0u);
    EXPECT_NE(log.classes().value(), before) << "nothing can be written now";
    EXPECT_FALSE(log.append(eventOf("star-9")));
    faulty_.obey();
    auto own = eventOf("star-9");
    own.className = "own";
    ASSERT_TRUE(log.append(own));
    auto expected = before;
    expected["star-9"] = "own";
    EXPECT_EQ(log.classes().value(), expected);
}

TEST_F(DatabaseFaults, TheFacesOfAProjectReadOnAndExportWhileAnotherProgramWritesForEver) {
    const auto copy = copyOfBase();
    sqlite3* other = nullptr;
    ASSERT_EQ(sqlite3_open((copy / "project.sqlite").c_str(), &other), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(other, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
    {
        const auto opened = api::openWorkbench(copy);
        ASSERT_TRUE(opened) << why(opened);
        auto& bench = **opened;
        EXPECT_EQ(bench.onlyReads(), "");
        EXPECT_EQ(bench.spectra().list("", 0)->size(), 15u);
        EXPECT_EQ(bench.spectra().row("star-1")->label, "a");
        EXPECT_EQ(bench.datasets().list()->size(), 2u);
        EXPECT_EQ(bench.maps().list()->size(), 1u);
        EXPECT_EQ(bench.labelling().history("star-1")->size(), 1u);
        EXPECT_GT(bench.labelling().counts()->total, 0u);
        EXPECT_GT(bench.jobs().list()->size(), 3u);

        const auto refused = [&](const auto& result) {
            EXPECT_FALSE(result);
            if (!result) {
                EXPECT_EQ(result.error().code(), core::ErrorCode::DeadlineExceeded) << why(result);
            }
        };
        active::LabelEvent event;
        event.spectrum = "star-2";
        event.className = "b";
        refused(bench.labelling().label(event));
        refused(bench.labelling().undo());
        refused(bench.settings().set("test.new", "after"));
        const auto spec = [](const std::string& kind, const nlohmann::json& parameters) {
            jobs::JobSpec made;
            made.kind = kind;
            made.parameters = parameters.dump();
            return made;
        };
        refused(bench.jobs().submit(spec("som", {{"dataset", "m"}, {"grid", "2x1"}})));
        core::TaskContext task;
        for (const std::string kind : {"export", "label-export", "dataset-export"}) {
            const auto file = folder_ / (kind + ".csv");
            nlohmann::json parameters{{"file", file.string()}};
            if (kind == "dataset-export") parameters["dataset"] = "m";
            const auto done = bench.jobs().runHere(spec(kind, parameters), task);
            ASSERT_TRUE(done) << why(done);
            EXPECT_EQ(done->phase, jobs::Phase::Completed) << (done->error ? done->error->describe() : "");
            EXPECT_GT(fs::file_size(file), 10u) << kind;
        }
    }
    sqlite3_close(other);
    expectBase(contentOf(copy, acts().front()));
}

TEST_F(DatabaseFaults, ALossOfPowerTakesNoLabelThatWasAcknowledged) {
    core::RandomStream random(20);
    const auto project = copyOfBase();
    auto acknowledged = store::Project::open(project).value()->labels().classes().value();
    struct Left {
        fs::path folder;
        std::map<std::string, std::string> acknowledged;
        std::string underway;
    };
    std::vector<Left> all;
    std::string underway;
    std::size_t changes = 0, next = 0;
    const std::size_t losses = fewOrMany<std::size_t>(40, 3000);
    const std::size_t apart = fewOrMany<std::size_t>(24, 8);
    const auto check = [&] {
        for (const auto& left : all) {
            SCOPED_TRACE(left.folder.filename().string() + ", while " + left.underway + " was under way");
            const auto opened = store::Project::open(left.folder);
            ASSERT_TRUE(opened) << why(opened);
            const auto damage = (*opened)->damage();
            ASSERT_TRUE(damage) << why(damage);
            EXPECT_EQ(*damage, std::vector<std::string>());
            const auto classes = (*opened)->labels().classes();
            ASSERT_TRUE(classes) << why(classes);
            for (const auto& [id, className] : left.acknowledged) {
                const auto found = classes->find(id);
                EXPECT_TRUE(found != classes->end() && (found->second == className || id == left.underway))
                    << id << " was acknowledged as " << className;
            }
            if (testing::Test::HasFailure()) return;
            fs::remove_all(left.folder);
        }
        all.clear();
    };
    const auto perhapsLose = [&] {
        if (changes++ < next) return;
        next = changes + random.below(apart);
        all.push_back({folder_ / ("left-" + std::to_string(changes)), acknowledged, underway});
        faulty_.losePower(project, all.back().folder, random);
    };
    std::size_t lost = 0;
    for (int turn = 0; lost < losses; ++turn) {
        faulty_.beforeEachChange(perhapsLose);
        {
            const auto place = Workplace::open(project);
            ASSERT_TRUE(place) << why(place);
            for (int i = 0; i < 12; ++i) {
                active::LabelEvent event;
                event.spectrum = underway = "row-" + std::to_string(i);
                event.className = "turn-" + std::to_string(turn);
                event.who = "tester";
                ASSERT_TRUE((*place)->project().labels().append(event));
                acknowledged[event.spectrum] = event.className;
                underway.clear();
            }
            // So that pages are moved from the log, too.
            ASSERT_TRUE((*place)->run("dataset-import", {{"file", (folder_ / "n.csv").string()},
                                                         {"name", "n" + std::to_string(turn)}}));
        } // the log is emptied
        lost += all.size();
        faulty_.beforeEachChange({});
        check();
        if (HasFailure()) return;
    }
    RecordProperty("losses_of_power", static_cast<int>(lost));
}

} // namespace
} // namespace balmer::test

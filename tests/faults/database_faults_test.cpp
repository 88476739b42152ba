// Whatever SQLite is refused by the disk, by a full one or by a lock: what a user asks for ends in words,
// nothing that was there is lost, and asked for again it gives the same. After a loss of power every label
// that was acknowledged is there.
#include <set>

#include "engine/store/label_log.h"
#include "tests/faults/faulty_database.h"
#include "tests/faults/workplace.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;
using Fault = FaultyDatabase::Fault;

class DatabaseFaults : public WithWorkplaces {
  protected:
    core::Status carryOut(const fs::path& project, const Act& act) {
        BALMER_TRY(const auto place, Workplace::open(project));
        return act.carryOut(*place);
    }
    /// Opens the project and carries the act out, with this fault.
    core::Status under(Fault fault, std::size_t at, bool forEver, const fs::path& project, const Act& act) {
        faulty_.refuse(fault, at, forEver);
        auto ended = carryOut(project, act);
        faulty_.obey();
        return ended;
    }
    /// At as many places as there are, from the first to the last.
    void atEachCall(Fault fault, bool forEver, std::size_t few) {
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
    atEachCall(Fault::Io, false, 5);
}
TEST_F(DatabaseFaults, ADiskThatFailsForGood) {
    atEachCall(Fault::Io, true, 5);
}
TEST_F(DatabaseFaults, AFullDisk) {
    atEachCall(Fault::Full, true, 4);
}
TEST_F(DatabaseFaults, SomebodyElsesLock) {
    atEachCall(Fault::Busy, false, 4);
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

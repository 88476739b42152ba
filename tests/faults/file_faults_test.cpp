// Whatever call on a file fails, once or for ever, or however little room there is: what a user asks for ends
// in words, nothing that was there is lost, and asked for again on a good disk it gives the same.
#include "engine/core/disk.h"
#include "tests/faults/workplace.h"
#include "tests/support/faulty_disk.h"

namespace balmer::test {
namespace {

class FileFaults : public WithWorkplaces {
  protected:
    /// Opens the project and carries the act out on this disk.
    core::Status on(core::Disk& disk, const std::filesystem::path& project, const Act& act) {
        const core::DiskInUse inUse(disk);
        BALMER_TRY(const auto place, Workplace::open(project));
        return act.carryOut(*place);
    }
};

TEST_F(FileFaults, WhateverCallIsRefusedNothingIsLostAndTheActCanBeDoneAgain) {
    std::size_t refusals = 0;
    for (const auto& act : acts()) {
        SCOPED_TRACE(act.name);
        const auto good = expected(act);
        RefusingDisk counting(SIZE_MAX);
        {
            const auto copy = copyOfBase();
            expectWhole(copy, act, on(counting, copy, act), good);
        }
        for (const auto at : placesOf(counting.calls(), 5))
            for (const bool forEver : {false, true}) {
                SCOPED_TRACE("call " + std::to_string(at) + (forEver ? " and all after it" : ""));
                const auto copy = copyOfBase();
                RefusingDisk refusing(at, EIO, forEver);
                const auto ended = on(refusing, copy, act);
                refusals += refusing.refused();
                expectWhole(copy, act, ended, good);
                if (HasFailure()) return;
            }
    }
    RecordProperty("file_faults", static_cast<int>(refusals));
}

TEST_F(FileFaults, HoweverLittleRoomThereIs) {
    for (const auto& act : acts()) {
        SCOPED_TRACE(act.name);
        const auto good = expected(act);
        for (const std::size_t room : {0, 1, 100, 1000, 5000}) {
            SCOPED_TRACE("room for " + std::to_string(room) + " bytes");
            const auto copy = copyOfBase();
            FullDisk full(room);
            expectWhole(copy, act, on(full, copy, act), good);
            if (HasFailure()) return;
        }
    }
}

} // namespace
} // namespace balmer::test

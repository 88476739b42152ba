#include "tests/faults/faulty_database.h"

#include <sqlite3.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

namespace balmer::test {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t sector = 512;
using Sector = std::string;

/// What of a file is not flushed.
struct Unflushed {
    std::map<std::int64_t, std::vector<Sector>>
        sectors;                       ///< as they were one after the other; the first is flushed
    std::vector<std::int64_t> lengths; ///< likewise
};

enum class Call { Look, Write, Lock, Begin };

} // namespace

struct FaultyDatabase::State {
    sqlite3_vfs own{};
    sqlite3_vfs* real = nullptr;

    mutable std::mutex mutex;
    bool armed = false;
    Fault fault = Fault::Io;
    std::size_t at = 0, calls = 0;
    bool forEver = false;
    std::chrono::microseconds waited{};
    std::function<void()> hook;
    std::map<std::string, Unflushed> unflushed;
    std::map<std::string, std::string>
        removed; ///< files whose removal may not be on the disk, and what was in them

    bool refuses(Call call) {
        const std::lock_guard lock(mutex);
        if (!armed) return false;
        if (fault == Fault::Full && call != Call::Write) return false;
        if (fault == Fault::Busy && call != Call::Lock && call != Call::Begin) return false;
        if (fault == Fault::Writer && call != Call::Begin) return false;
        const auto number = calls++;
        const bool refused = forEver ? number >= at : number == at;
        if (refused) errno = fault == Fault::Full ? ENOSPC : fault == Fault::Io ? EIO : EAGAIN;
        return refused;
    }
    int code(int ofIo) const {
        return fault == Fault::Full ? SQLITE_FULL : fault == Fault::Io ? ofIo : SQLITE_BUSY;
    }
    void wait(std::chrono::microseconds time) {
        const std::lock_guard lock(mutex);
        waited += time;
    }
    void change() {
        std::function<void()> now;
        {
            const std::lock_guard lock(mutex);
            now = hook;
        }
        if (now) now();
    }
};

namespace {

using State = FaultyDatabase::State;

/// What SQLite sees; the real file lies behind it in the same memory.
struct Through {
    sqlite3_file base{};
    State* state = nullptr;
    std::string path; ///< "" for one without a name

    sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
    const sqlite3_io_methods& methods() { return *real()->pMethods; }
};
Through& of(sqlite3_file* file) {
    return *reinterpret_cast<Through*>(file);
}
State& stateOf(sqlite3_vfs* vfs) {
    return *static_cast<State*>(vfs->pAppData);
}
sqlite3_vfs& realOf(sqlite3_vfs* vfs) {
    return *stateOf(vfs).real;
}

std::int64_t lengthOf(Through& file) {
    sqlite3_int64 length = 0;
    return file.methods().xFileSize(file.real(), &length) == SQLITE_OK ? length : 0;
}
Sector sectorOf(Through& file, std::int64_t number) {
    Sector bytes(sector, '\0');
    (void)file.methods().xRead(file.real(), bytes.data(), sector, number * sector); // zeros behind the end
    return bytes;
}
/// The sectors as they are now are one of the states that may be left.
void note(Through& file, std::int64_t from, std::int64_t to) {
    if (file.path.empty()) return;
    std::vector<std::pair<std::int64_t, Sector>> now;
    for (std::int64_t number = from / sector; number * sector < to; ++number)
        now.emplace_back(number, sectorOf(file, number));
    const auto length = lengthOf(file);
    const std::lock_guard lock(file.state->mutex);
    auto& unflushed = file.state->unflushed[file.path];
    for (auto& [number, bytes] : now) {
        auto& versions = unflushed.sectors[number];
        if (versions.empty() || versions.back() != bytes) versions.push_back(std::move(bytes));
    }
    if (unflushed.lengths.empty() || unflushed.lengths.back() != length) unflushed.lengths.push_back(length);
}

int closeFile(sqlite3_file* file) {
    auto& through = of(file);
    const int code = through.methods().xClose(through.real());
    through.~Through();
    return code;
}
int readFile(sqlite3_file* file, void* bytes, int count, sqlite3_int64 at) {
    auto& through = of(file);
    if (through.state->refuses(Call::Look)) return through.state->code(SQLITE_IOERR_READ);
    return through.methods().xRead(through.real(), bytes, count, at);
}
int writeFile(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 at) {
    auto& through = of(file);
    through.state->change();
    if (through.state->refuses(Call::Write)) return through.state->code(SQLITE_IOERR_WRITE);
    note(through, at, at + count);
    const int code = through.methods().xWrite(through.real(), bytes, count, at);
    note(through, at, at + count);
    return code;
}
int truncateFile(sqlite3_file* file, sqlite3_int64 length) {
    auto& through = of(file);
    through.state->change();
    if (through.state->refuses(Call::Write)) return through.state->code(SQLITE_IOERR_TRUNCATE);
    const auto before = lengthOf(through);
    note(through, std::min<std::int64_t>(length, before), before);
    const int code = through.methods().xTruncate(through.real(), length);
    note(through, length, length);
    return code;
}
int syncFile(sqlite3_file* file, int flags) {
    auto& through = of(file);
    through.state->change();
    if (through.state->refuses(Call::Write)) return through.state->code(SQLITE_IOERR_FSYNC);
    const int code = through.methods().xSync(through.real(), flags);
    if (code == SQLITE_OK) {
        const std::lock_guard lock(through.state->mutex);
        through.state->unflushed.erase(through.path);
        through.state->removed.erase(through.path);
    }
    return code;
}
int fileSize(sqlite3_file* file, sqlite3_int64* length) {
    auto& through = of(file);
    if (through.state->refuses(Call::Look)) return through.state->code(SQLITE_IOERR_FSTAT);
    return through.methods().xFileSize(through.real(), length);
}
int lockFile(sqlite3_file* file, int level) {
    auto& through = of(file);
    if (through.state->refuses(Call::Lock)) return through.state->code(SQLITE_IOERR_LOCK);
    return through.methods().xLock(through.real(), level);
}
int unlockFile(sqlite3_file* file, int level) {
    return of(file).methods().xUnlock(of(file).real(), level);
}
int checkReservedLock(sqlite3_file* file, int* held) {
    return of(file).methods().xCheckReservedLock(of(file).real(), held);
}
int fileControl(sqlite3_file* file, int what, void* with) {
    return of(file).methods().xFileControl(of(file).real(), what, with);
}
int sectorSize(sqlite3_file* file) {
    return of(file).methods().xSectorSize(of(file).real());
}
int deviceCharacteristics(sqlite3_file* file) {
    return of(file).methods().xDeviceCharacteristics(of(file).real());
}
int shmMap(sqlite3_file* file, int page, int size, int extend, void volatile** memory) {
    auto& through = of(file);
    if (through.state->refuses(extend != 0 ? Call::Write : Call::Look))
        return through.state->code(SQLITE_IOERR_SHMMAP);
    return through.methods().xShmMap(through.real(), page, size, extend, memory);
}
int shmLock(sqlite3_file* file, int offset, int count, int flags) {
    auto& through = of(file);
    // The first of the locks on the log is the one of who writes.
    const bool begins = offset == 0 && (flags & SQLITE_SHM_EXCLUSIVE) != 0;
    if ((flags & SQLITE_SHM_LOCK) != 0 && through.state->refuses(begins ? Call::Begin : Call::Lock))
        return through.state->code(SQLITE_IOERR_SHMLOCK);
    return through.methods().xShmLock(through.real(), offset, count, flags);
}
void shmBarrier(sqlite3_file* file) {
    of(file).methods().xShmBarrier(of(file).real());
}
int shmUnmap(sqlite3_file* file, int removeIt) {
    return of(file).methods().xShmUnmap(of(file).real(), removeIt);
}

const sqlite3_io_methods throughMethods = {2,
                                           closeFile,
                                           readFile,
                                           writeFile,
                                           truncateFile,
                                           syncFile,
                                           fileSize,
                                           lockFile,
                                           unlockFile,
                                           checkReservedLock,
                                           fileControl,
                                           sectorSize,
                                           deviceCharacteristics,
                                           shmMap,
                                           shmLock,
                                           shmBarrier,
                                           shmUnmap,
                                           nullptr,
                                           nullptr};

int openFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* got) {
    auto& state = stateOf(vfs);
    file->pMethods = nullptr; // nothing is to be closed where it fails
    if (state.refuses(Call::Look)) return SQLITE_CANTOPEN;
    auto& through = *::new (static_cast<void*>(file)) Through;
    through.state = &state;
    if (name != nullptr) through.path = name;
    const int code = state.real->xOpen(state.real, name, through.real(), flags, got);
    if (code != SQLITE_OK) {
        through.~Through();
        file->pMethods = nullptr;
        return code;
    }
    through.base.pMethods = &throughMethods;
    return code;
}
int deleteFile(sqlite3_vfs* vfs, const char* name, int syncFolder) {
    auto& state = stateOf(vfs);
    state.change();
    if (state.refuses(Call::Write)) return state.code(SQLITE_IOERR_DELETE);
    std::string content;
    if (std::ifstream in(name, std::ios::binary); in) content.assign(std::istreambuf_iterator<char>(in), {});
    const int code = state.real->xDelete(state.real, name, syncFolder);
    if (code != SQLITE_OK) return code;
    const std::lock_guard lock(state.mutex);
    state.unflushed.erase(name);
    if (syncFolder == 0) state.removed[name] = std::move(content);
    return code;
}
int access(sqlite3_vfs* vfs, const char* name, int flags, int* result) {
    auto& state = stateOf(vfs);
    if (state.refuses(Call::Look)) return state.code(SQLITE_IOERR_ACCESS);
    return state.real->xAccess(state.real, name, flags, result);
}
int fullPathname(sqlite3_vfs* vfs, const char* name, int room, char* path) {
    return realOf(vfs).xFullPathname(&realOf(vfs), name, room, path);
}
int randomness(sqlite3_vfs* vfs, int count, char* bytes) {
    return realOf(vfs).xRandomness(&realOf(vfs), count, bytes);
}
int sleepNot(sqlite3_vfs* vfs, int microseconds) {
    stateOf(vfs).wait(std::chrono::microseconds(microseconds));
    return microseconds;
}
int currentTime(sqlite3_vfs* vfs, double* time) {
    return realOf(vfs).xCurrentTime(&realOf(vfs), time);
}
int currentTimeInt64(sqlite3_vfs* vfs, sqlite3_int64* time) {
    return realOf(vfs).xCurrentTimeInt64(&realOf(vfs), time);
}
int lastError(sqlite3_vfs*, int, char*) {
    return errno;
}

} // namespace

FaultyDatabase::FaultyDatabase() : state_(std::make_unique<State>()) {
    auto& own = state_->own;
    state_->real = sqlite3_vfs_find(nullptr);
    own.iVersion = 2;
    own.szOsFile = static_cast<int>(sizeof(Through)) + state_->real->szOsFile;
    own.mxPathname = state_->real->mxPathname;
    own.zName = "balmer-faulty";
    own.pAppData = state_.get();
    own.xOpen = openFile;
    own.xDelete = deleteFile;
    own.xAccess = access;
    own.xFullPathname = fullPathname;
    own.xRandomness = randomness;
    own.xSleep = sleepNot;
    own.xCurrentTime = currentTime;
    own.xGetLastError = lastError;
    own.xCurrentTimeInt64 = currentTimeInt64;
    sqlite3_vfs_register(&own, 1);
}

FaultyDatabase::~FaultyDatabase() {
    sqlite3_vfs_unregister(&state_->own);
}

void FaultyDatabase::refuse(Fault fault, std::size_t at, bool forEver) {
    const std::lock_guard lock(state_->mutex);
    state_->fault = fault;
    state_->at = at;
    state_->forEver = forEver;
    state_->calls = 0;
    state_->waited = {};
    state_->armed = true;
}
void FaultyDatabase::obey() {
    const std::lock_guard lock(state_->mutex);
    state_->armed = false;
}
std::size_t FaultyDatabase::calls() const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls;
}
bool FaultyDatabase::refused() const {
    const std::lock_guard lock(state_->mutex);
    return state_->calls > state_->at;
}
std::chrono::milliseconds FaultyDatabase::waited() const {
    const std::lock_guard lock(state_->mutex);
    return std::chrono::duration_cast<std::chrono::milliseconds>(state_->waited);
}
void FaultyDatabase::beforeEachChange(std::function<void()> hook) {
    const std::lock_guard lock(state_->mutex);
    state_->hook = std::move(hook);
}

void FaultyDatabase::losePower(const fs::path& folder, const fs::path& into, core::RandomStream& random) {
    const auto inThere = [&](const std::string& path) {
        return into / fs::path(path).lexically_relative(folder);
    };
    const auto isIn = [&](const std::string& path) { return fs::path(path).parent_path() == folder; };
    fs::copy(folder, into, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    for (const auto& each : fs::directory_iterator(folder))
        if (each.path().native().ends_with("-shm")) fs::remove(into / each.path().filename());

    const std::lock_guard lock(state_->mutex);
    const std::int64_t together = random.below(2) == 0 ? 1 : 8; // sectors that are written whole
    for (const auto& [path, unflushed] : state_->unflushed) {
        if (!isIn(path) || !fs::exists(inThere(path))) continue;
        std::fstream file(inThere(path), std::ios::in | std::ios::out | std::ios::binary);
        std::int64_t place = -1;
        std::size_t which = 0;
        for (const auto& [number, versions] : unflushed.sectors) {
            // Those of one large sector are all old, all new, or all in between.
            if (number / together != place) which = static_cast<std::size_t>(random.below(1000));
            place = number / together;
            const auto chosen = together == 1 ? which % versions.size() : which * versions.size() / 1000;
            file.seekp(number * sector);
            file.write(versions[chosen].data(), sector);
        }
        file.close();
        fs::resize_file(inThere(path), static_cast<std::uintmax_t>(
                                           unflushed.lengths[random.below(unflushed.lengths.size())]));
    }
    for (const auto& [path, content] : state_->removed)
        if (isIn(path) && !fs::exists(inThere(path)) && random.below(2) == 0)
            std::ofstream(inThere(path), std::ios::binary) << content;
}

} // namespace balmer::test

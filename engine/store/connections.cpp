#include "engine/store/connections.h"

#include <sqlite3.h>
#include <sys/statvfs.h>

#include <cctype>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <thread>

#include "engine/core/file.h"
#include "engine/core/files.h"
#include "engine/core/log.h"
#include "engine/core/pending_file.h"
#include "engine/core/stop_scope.h"
#include "engine/store/label_seals.h"
#include "engine/store/migration.h"
#include "engine/store/network_disk.h"
#include "engine/store/schema_check.h"
#include "engine/store/sql_functions.h"

namespace balmer::store {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {
constexpr std::size_t statementsInStock = 64;

constexpr int operationsBetweenLooks = 2000;
/// Operations that one statement may take in any case, and beside it for each byte of the file: reading every
/// row in some order takes a tenth of it.
constexpr std::int64_t leastWork = 100'000'000, workOfByte = 25;
constexpr std::int64_t memoryAtMost = std::int64_t{2} << 30; ///< of SQLite in this process

/// What no project needs more of.
constexpr std::pair<int, int> limits[] = {
    {SQLITE_LIMIT_LENGTH, 256 << 20},         // bytes of a text or a row
    {SQLITE_LIMIT_SQL_LENGTH, 4 << 20},       // bytes
    {SQLITE_LIMIT_COLUMN, 300},               //
    {SQLITE_LIMIT_EXPR_DEPTH, 1000},          // a filter of 400 comparisons
    {SQLITE_LIMIT_COMPOUND_SELECT, 20},       //
    {SQLITE_LIMIT_VDBE_OP, 1'000'000},        //
    {SQLITE_LIMIT_FUNCTION_ARG, 50},          //
    {SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000}, //
    {SQLITE_LIMIT_TRIGGER_DEPTH, 20},         //
    {SQLITE_LIMIT_WORKER_THREADS, 0},         //
    {SQLITE_LIMIT_ATTACHED, 0},               // but for a copy that is being made
};

/// With the log beside it.
std::int64_t bytesOf(const std::filesystem::path& file) {
    std::int64_t bytes = 0;
    for (const auto* ending : {"", "-wal"}) {
        std::error_code error;
        const auto some = std::filesystem::file_size(file.string() + ending, error);
        if (!error) bytes += static_cast<std::int64_t>(some);
    }
    return bytes;
}
} // namespace

// ----------------------------------------------------------------------------------------------------
// Statement

Statement::Statement(Database& database, sqlite3_stmt* statement, std::string sql)
    : database_(&database), statement_(statement), sql_(std::move(sql)) {}

Statement::Statement(Statement&& other) noexcept
    : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)),
      sql_(std::move(other.sql_)), held_(std::move(other.held_)), next_(other.next_),
      failure_(other.failure_) {}

Statement::~Statement() {
    if (statement_ != nullptr) database_->recycle(sql_, statement_);
}

Statement& Statement::bind(std::int64_t value) {
    if (const int code = sqlite3_bind_int64(statement_, next_++, value); failure_ == SQLITE_OK)
        failure_ = code;
    return *this;
}

Statement& Statement::bind(double value) {
    if (const int code = sqlite3_bind_double(statement_, next_++, value); failure_ == SQLITE_OK)
        failure_ = code;
    return *this;
}

Statement& Statement::bind(std::string_view text) {
    const int code = sqlite3_bind_text64(statement_, next_++, text.data() ? text.data() : "", text.size(),
                                         SQLITE_TRANSIENT, SQLITE_UTF8);
    if (failure_ == SQLITE_OK) failure_ = code;
    return *this;
}

Statement& Statement::bind(std::span<const std::byte> bytes) {
    const int code = bytes.empty() ? sqlite3_bind_zeroblob(statement_, next_++, 0)
                                   : sqlite3_bind_blob64(statement_, next_++, bytes.data(), bytes.size(),
                                                         SQLITE_TRANSIENT);
    if (failure_ == SQLITE_OK) failure_ = code;
    return *this;
}

Statement& Statement::bind(std::nullptr_t) {
    if (const int code = sqlite3_bind_null(statement_, next_++); failure_ == SQLITE_OK) failure_ = code;
    return *this;
}

Statement& Statement::bind(const std::shared_ptr<const ColumnValues>& values) {
    held_.push_back(values);
    const int code = sqlite3_bind_pointer(statement_, next_++, const_cast<ColumnValues*>(values.get()),
                                          columnPointer, nullptr);
    if (failure_ == SQLITE_OK) failure_ = code;
    return *this;
}

Statement& Statement::bind(const FilterValue& value) {
    return std::visit([this](const auto& held) -> Statement& { return bind(held); }, value);
}

Result<bool> Statement::step() {
    if (failure_ != SQLITE_OK) return fail(database_->errorFor(failure_));
    database_->looks_ = &looks_;
    const int code = sqlite3_step(statement_);
    database_->looks_ = nullptr;
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    auto error = database_->errorFor(code);
    sqlite3_reset(statement_); // ends what the failed step holds open
    return fail(std::move(error));
}

void Statement::reset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
    held_.clear();
    next_ = 1;
    failure_ = SQLITE_OK;
    looks_ = 0;
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}
std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(statement_, column);
}
double Statement::number(int column) const {
    return isNull(column) ? std::nan("") : sqlite3_column_double(statement_, column);
}

std::string Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    return text ? std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)))
                : std::string();
}

std::span<const std::byte> Statement::blob(int column) const {
    const auto* bytes = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
    return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<double> Statement::optionalNumber(int column) const {
    if (isNull(column)) return std::nullopt;
    return sqlite3_column_double(statement_, column);
}

std::optional<std::int64_t> Statement::optionalInteger(int column) const {
    if (isNull(column)) return std::nullopt;
    return integer(column);
}

// -----------------------------------------------------------------------------------------------------
// Database

std::string headerDamage(const std::filesystem::path& file) {
    constexpr std::size_t version = 18; // of who may write it: 1 or 2
    const auto header = core::readBeginning(file, 100);
    if (!header || header->size() <= version || static_cast<unsigned char>((*header)[version]) <= 2)
        return {};
    return "the header of " + file.string() +
           " is damaged: it forbids to write; put back a copy of the project, or try "
           "`sqlite3 project.sqlite .recover`";
}

Result<std::unique_ptr<Database>> Database::openWith(const std::string& name, int flags,
                                                     const std::filesystem::path& file) {
    sqlite3* handle = nullptr;
    static const auto memory = sqlite3_hard_heap_limit64(memoryAtMost);
    (void)memory;
    // SQLite would wait in a pipe for somebody who writes.
    for (const char* beside : {"", "-journal"}) {
        std::error_code absent;
        auto named = file;
        named += beside;
        const auto what = std::filesystem::status(named, absent).type();
        if (what == std::filesystem::file_type::fifo || what == std::filesystem::file_type::socket ||
            what == std::filesystem::file_type::character)
            return fail(ErrorCode::Store,
                        named.string() + " is a pipe, a socket or a device, and no database; move it away");
    }
    // NOMUTEX: the loan of the connection is the mutex.
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    std::unique_ptr<Database> database(new Database(handle, file));
    if (handle == nullptr)
        return fail(ErrorCode::ResourceExhausted, "there was not enough memory to open " + file.string());
    if (code != SQLITE_OK) return fail(database->errorFor(code));
    sqlite3_extended_result_codes(handle, 1);
    database->waitAtMost(patience);
    // A project may come from somebody else: its schema runs none of our functions, and cannot be tampered
    // with.
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    for (const auto& [limit, value] : limits)
        sqlite3_limit(handle, limit, value);
    sqlite3_progress_handler(
        handle, operationsBetweenLooks,
        [](void* watched) { return static_cast<Database*>(watched)->look() ? 1 : 0; }, database.get());
    // A file that another program makes shorter is an error and no signal.
    if (const int added = addFunctions(handle); added != SQLITE_OK) return fail(database->errorFor(added));
    BALMER_CHECK(
        database->script("PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;"
                         "PRAGMA cache_size = -16000; PRAGMA recursive_triggers = ON;"
                         "PRAGMA cell_size_check = ON; PRAGMA mmap_size = 0;"));
    return database;
}

bool Database::look() {
    if (looks_ != nullptr && ++*looks_ > mostLooks_) { // or the file has grown
        mostLooks_ = (leastWork + workOfByte * bytesOf(file_)) / operationsBetweenLooks;
        tooMuch_ = *looks_ > mostLooks_;
        if (tooMuch_) return true;
    }
    // What writes is short, and taken back as a whole by its own.
    return onlyReads_ && core::StopScope::stopRequested();
}

Result<std::unique_ptr<Database>> Database::open(const std::filesystem::path& file, bool forWriting) {
    BALMER_TRY(auto database,
               openWith(file.string(), SQLITE_OPEN_READWRITE | (forWriting ? SQLITE_OPEN_CREATE : 0), file));
    if (!forWriting) BALMER_CHECK(database->script("PRAGMA query_only = ON"));
    database->onlyReads_ = !forWriting;
    // What it may not write, SQLite opens for reading without a word.
    if (forWriting && sqlite3_db_readonly(database->handle_, "main") == 1) {
        if (auto damage = headerDamage(file); !damage.empty()) return fail(ErrorCode::Io, std::move(damage));
        return fail(database->errorFor(SQLITE_READONLY));
    }
    return database;
}

Result<std::unique_ptr<Database>> Database::openAsItIs(const std::filesystem::path& file, bool unchanging) {
    std::string name = "file:";
    for (const char letter : file.string()) {
        constexpr std::string_view digits = "0123456789abcdef";
        const auto byte = static_cast<unsigned char>(letter);
        name += std::isalnum(byte) != 0 || letter == '/'
                    ? std::string(1, letter)
                    : std::string{'%', digits[byte >> 4], digits[byte & 15]};
    }
    name += unchanging ? "?mode=ro&immutable=1" : "?mode=ro";
    BALMER_TRY(auto database, openWith(name, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, file));
    database->onlyReads_ = true;
    return database;
}

Database::~Database() {
    for (auto& [sql, statement] : stock_)
        sqlite3_finalize(statement);
    sqlite3_close(handle_);
}

Result<Statement> Database::prepare(std::string_view sql) {
    std::string key(sql);
    if (const auto found = stock_.find(key); found != stock_.end()) {
        auto* statement = found->second;
        stock_.erase(found);
        return Statement(*this, statement, std::move(key));
    }
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return fail(errorFor(code));
    return Statement(*this, statement, std::move(key));
}

void Database::recycle(const std::string& sql, sqlite3_stmt* statement) {
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    try {
        if (stock_.size() < statementsInStock) {
            stock_.emplace(sql, statement);
            return;
        }
    } catch (const std::bad_alloc&) { // it is prepared anew when it is wanted
    }
    sqlite3_finalize(statement);
}

Status Database::script(std::string_view sql) {
    std::int64_t looks = 0;
    looks_ = &looks;
    const int code = sqlite3_exec(handle_, std::string(sql).c_str(), nullptr, nullptr, nullptr);
    looks_ = nullptr;
    if (code != SQLITE_OK) return fail(errorFor(code));
    return {};
}

void Database::waitAtMost(std::chrono::nanoseconds time) {
    constexpr std::chrono::milliseconds moment{500};
    const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(time);
    sqlite3_busy_timeout(handle_, static_cast<int>(std::max(moment, whole).count()));
}
bool Database::inTransaction() const {
    return sqlite3_get_autocommit(handle_) == 0;
}
bool Database::lastFailureWasBusy() const {
    return (sqlite3_errcode(handle_) & 0xff) == SQLITE_BUSY;
}
std::int64_t Database::lastKey() const {
    return sqlite3_last_insert_rowid(handle_);
}
std::int64_t Database::changed() const {
    return sqlite3_changes64(handle_);
}

std::int64_t Database::changedInAll() const {
    return sqlite3_total_changes64(handle_);
}

void Database::checkpointByHand() {
    // The hook takes the place of SQLite's own checkpoint.
    sqlite3_wal_hook(
        handle_,
        [](void* pages, sqlite3*, const char*, int count) {
            *static_cast<int*>(pages) = count;
            return SQLITE_OK;
        },
        &logPages_);
}

Status Database::checkpoint() {
    const int code = sqlite3_wal_checkpoint_v2(handle_, nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
    if (code != SQLITE_OK) return fail(errorFor(code));
    return {};
}

Status Database::copyTo(const std::filesystem::path& copy) {
    auto beside = copy;
    beside += ".part";
    BALMER_CHECK(core::removeFile(beside));
    sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 1);
    const auto copied = run("VACUUM INTO ?", beside.string());
    sqlite3_limit(handle_, SQLITE_LIMIT_ATTACHED, 0);
    BALMER_CHECK(copied);
    return core::renameFile(beside, copy);
}

Error Database::errorFor(int code) const {
    const auto name = file_.string();
    const std::string said = handle_ ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
    // For an error of input and output SQLite keeps what the system said.
    const int system = handle_ && ((code & 0xff) == SQLITE_IOERR || (code & 0xff) == SQLITE_CANTOPEN)
                           ? sqlite3_system_errno(handle_)
                           : 0;
    if (system == ENOSPC || system == EDQUOT || system == EROFS || system == EMFILE || system == ENFILE)
        return core::systemError("write", file_, system);
    switch (code & 0xff) {
    case SQLITE_FULL:
        return Error(ErrorCode::ResourceExhausted,
                     "the disk with " + name + " is full; make room there and try again");
    case SQLITE_NOMEM:
    case SQLITE_TOOBIG:
        return Error(ErrorCode::ResourceExhausted, "this is too much for the memory: " + said);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL: // locks that come and go too often
        return Error(ErrorCode::DeadlineExceeded,
                     "another program has been writing " + name +
                         " for more than ten seconds; try again when it is done");
    case SQLITE_CORRUPT:
        return Error(ErrorCode::Store,
                     "the database " + name + " is damaged (" + said +
                         "); put back a copy of the project, or try `sqlite3 project.sqlite .recover`");
    case SQLITE_NOTADB:
        return Error(ErrorCode::Store,
                     name + " is not a database; name another project, or move that file away");
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return Error(ErrorCode::Io, "cannot open " + name + " for writing; may you write in its folder?");
    case SQLITE_IOERR:
        return Error(ErrorCode::Io,
                     "cannot read or write " + name + " (" + said + "); is its disk still there?");
    case SQLITE_INTERRUPT:
        if (std::exchange(tooMuch_, false))
            return Error(
                ErrorCode::Store,
                "a question to the database " + name +
                    " takes more work than a file of its size should ask for; it may be damaged: see "
                    "`balmer project check`, or put back a copy of the project");
        return Error(ErrorCode::Cancelled, "the work on " + name + " was interrupted");
    default:
        return Error(ErrorCode::Store, "the database " + name + " refused: " + said);
    }
}

// --------------------------------------------------------------------------------------------------
// Connections

namespace {

/// Changing it needs the file for itself for a moment, and SQLite does not wait for that by its own patience.
Status use(Database& database, Connections::Journal journal) {
    const auto giveUp = std::chrono::steady_clock::now() + patience;
    while (true) {
        const auto done = database.run(journal == Connections::Journal::Log ? "PRAGMA journal_mode = WAL"
                                                                            : "PRAGMA journal_mode = DELETE");
        if (done || !database.lastFailureWasBusy() || std::chrono::steady_clock::now() > giveUp) return done;
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

/// What SQLite keeps beside a database that is written.
constexpr const char* logs[] = {"-wal", "-journal"};

std::filesystem::path withEnding(std::filesystem::path file, const char* ending) {
    file += ending;
    return file;
}

bool hasLog(const std::filesystem::path& file) {
    return std::ranges::any_of(logs, [&](const char* ending) {
        std::error_code error;
        const auto bytes = std::filesystem::file_size(withEnding(file, ending), error);
        return !error && bytes > 0;
    });
}

bool onDiskThatOnlyReads(const std::filesystem::path& file) {
    struct statvfs disk {};
    return ::statvfs(file.c_str(), &disk) == 0 && (disk.f_flag & ST_RDONLY) != 0;
}

/// Errors: Store where somebody wrote it meanwhile.
Result<core::TemporaryFolder> copyWithLog(const std::filesystem::path& file) {
    const auto stamps = [&] {
        std::vector<core::FileStamp> all;
        for (const auto* ending : {"", logs[0], logs[1]}) {
            const auto opened = core::File::open(withEnding(file, ending), core::File::Use::Read);
            all.push_back(opened ? opened->stamp().value_or(core::FileStamp{}) : core::FileStamp{});
        }
        return all;
    };
    for (int tries = 0; tries < 3; ++tries) {
        const auto before = stamps();
        std::uintmax_t bytes = 0;
        for (const auto& stamp : before)
            bytes += stamp.size;
        BALMER_TRY(auto folder, core::TemporaryFolder::make(bytes));
        for (const auto* ending : {"", logs[0], logs[1]}) {
            const auto from = withEnding(file, ending);
            std::error_code error;
            if (*ending != '\0' && !std::filesystem::exists(from, error)) continue;
            BALMER_TRY(auto copy, core::PendingFile::beside(folder.path() / from.filename(), 0600));
            BALMER_CHECK(copy.copyFrom(from));
            BALMER_CHECK(copy.publish());
        }
        if (stamps() == before) return folder;
    }
    return fail(ErrorCode::Store,
                "another program is writing " + file.string() + "; try again when it is done");
}

} // namespace

thread_local bool Connections::InPassing::now = false;

Connections::Journal Connections::journalFor(const std::filesystem::path& file) {
    if (!isOnNetworkDisk(file.parent_path())) return Journal::Log;
    core::log::info(file.string() +
                    " lies on a network's disk: readers wait for writers there, and a project on a "
                    "disk of this computer is quicker");
    return Journal::Rollback;
}

Result<std::unique_ptr<Connections>> Connections::open(const std::filesystem::path& file,
                                                       const core::Clock& clock, Journal journal) {
    std::unique_ptr<Connections> connections(new Connections(file, clock));
    BALMER_TRY(connections->writer_, Database::open(file, true));
    auto& writer = *connections->writer_;
    BALMER_CHECK(checkOrigin(writer, migrations()));
    BALMER_CHECK(checkSchema(writer, migrations()));
    BALMER_CHECK(use(writer, journal));
    BALMER_CHECK(migrate(writer, migrations()));
    writer.checkpointByHand();
    return connections;
}

Result<std::unique_ptr<Connections>>
Connections::openForReading(const std::filesystem::path& file, const core::Clock& clock, std::string reason) {
    std::unique_ptr<Connections> connections(new Connections(file, clock));
    connections->onlyReads_ = std::move(reason);
    const auto isNewest = [&](Reading reading) -> Result<bool> {
        connections->reading_ = reading;
        BALMER_TRY(const auto database, connections->openReader());
        BALMER_CHECK(checkOrigin(*database, migrations()));
        BALMER_CHECK(checkSchema(*database, migrations()));
        BALMER_TRY(const auto version, database->number("PRAGMA user_version"));
        return version == migrations().back().number;
    };
    // With a log that another process keeps, or that needs nothing beside it.
    if (const auto newest = isNewest(Reading::AsItIs); newest && *newest) return connections;
    if (onDiskThatOnlyReads(file) && !hasLog(file))
        if (const auto newest = isNewest(Reading::Unchanging); newest && *newest) return connections;
    BALMER_TRY(connections->copy_, copyWithLog(file));
    connections->file_ = connections->copy_->path() / file.filename();
    BALMER_TRY(const auto copy, Database::open(connections->file_, true));
    BALMER_CHECK(checkOrigin(*copy, migrations()));
    BALMER_CHECK(checkSchema(*copy, migrations()));
    BALMER_CHECK(migrate(*copy, migrations(), projectMark, Before::Drop));
    BALMER_CHECK(copy->run("BEGIN"));
    BALMER_CHECK(sealEvents(*copy));
    BALMER_CHECK(copy->run("COMMIT"));
    BALMER_TRY([[maybe_unused]] const bool newest, isNewest(Reading::Beside));
    core::log::info(file.string() + " is read from a copy, as its log or its schema asks for");
    return connections;
}

Result<std::unique_ptr<Database>> Connections::openReader() const {
    return reading_ == Reading::Beside ? Database::open(file_, false)
                                       : Database::openAsItIs(file_, reading_ == Reading::Unchanging);
}

void Connections::checkpoint() {
    if (!checkpointing_.try_lock()) return;
    checkpointAlone();
    checkpointing_.unlock();
}

void Connections::checkpointAlone() {
    if (!checkpointer_) {
        auto opened = Database::open(file_, false);
        if (!opened) return; // tried again at a later write
        checkpointer_ = std::move(*opened);
    }
    (void)checkpointer_->checkpoint(); // what a reader still needs or a full disk does not take, later
}

Result<Connections::Loan> Connections::borrow() {
    std::unique_ptr<Database> database;
    {
        core::UniqueLock lock(lending_);
        returned_.wait(lock.waitable(), [&]() BALMER_REQUIRES(lending_) {
            return !idle_.empty() || readers_ < readersAtMost;
        });
        if (!idle_.empty()) {
            database = std::move(idle_.back());
            idle_.pop_back();
        } else {
            ++readers_;
        }
    }
    if (!database) {
        auto opened = openReader();
        if (!opened) {
            {
                const core::LockGuard lock(lending_);
                --readers_;
            }
            returned_.notify_one();
            return fail(std::move(opened).error());
        }
        database = std::move(*opened);
    }
    return Loan(database.release(), [this](Database* lent) {
        {
            const core::LockGuard lock(lending_);
            idle_.emplace_back(lent);
        }
        returned_.notify_one();
    });
}

} // namespace balmer::store

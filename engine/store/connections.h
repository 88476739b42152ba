// Connections: the project's database file and who may use it when. Private to the store.
//
// A Database is one SQLite connection; it is used by one thread at a time, the one that borrowed it here.
// There is one for writing, behind a mutex, and up to four for reading. A Statement belongs to the thread
// that prepared it.
//
// A file may be damaged or come from somebody else: no statement goes on without end (the work of one is
// bounded by the size of the file), one that only reads ends when its thread is told to stop
// (core::StopScope), and limits keep what is read from filling the memory.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <unordered_map>
#include <vector>

#include "engine/core/clock.h"
#include "engine/core/mutex.h"
#include "engine/core/result.h"
#include "engine/core/temporary_folder.h"
#include "engine/store/filter_expression.h"

struct sqlite3;
struct sqlite3_stmt;

namespace balmer::store {

class Database;

constexpr std::chrono::seconds patience{10}; ///< how long one process waits for another's write

/// What a changed byte in the header of a database file does unsaid, as a sentence: SQLite only reads it
/// then. Empty: nothing, or the file cannot be read.
std::string headerDamage(const std::filesystem::path& file);

/// A prepared statement with its bound values. Goes back to its database's stock when it is destroyed.
class Statement {
  public:
    Statement(Statement&& other) noexcept;
    Statement& operator=(Statement&&) = delete;
    ~Statement();

    /// The next '?' gets this value.
    Statement& bind(std::int64_t value);
    Statement& bind(int value) { return bind(std::int64_t{value}); }
    Statement& bind(double value); ///< NaN becomes NULL
    Statement& bind(std::string_view text);
    Statement& bind(const char* text) { return bind(std::string_view(text)); }
    Statement& bind(const std::string& text) { return bind(std::string_view(text)); }
    Statement& bind(std::span<const std::byte> bytes);
    Statement& bind(std::nullptr_t);
    Statement& bind(const std::shared_ptr<const ColumnValues>& values);
    Statement& bind(const FilterValue& value);
    template <typename T>
    Statement& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bind(nullptr);
    }

    /// True: there is a row. Errors: the database's, of a bind too; Cancelled; Store where it is more work
    /// than a file of this size can ask for.
    core::Result<bool> step();
    /// Ready for the next values.
    void reset();

    bool isNull(int column) const;
    std::int64_t integer(int column) const;
    double number(int column) const; ///< NaN for NULL
    std::string text(int column) const;
    std::span<const std::byte> blob(int column) const; ///< until the next step
    std::optional<double> optionalNumber(int column) const;
    std::optional<std::int64_t> optionalInteger(int column) const;

  private:
    friend class Database;
    Statement(Database& database, sqlite3_stmt* statement, std::string sql);
    Database* database_;
    sqlite3_stmt* statement_;
    std::string sql_;
    std::vector<std::shared_ptr<const ColumnValues>> held_; ///< as long as the statement may read them
    int next_ = 1;
    int failure_ = 0;
    std::int64_t looks_ = 0; ///< of Database::look() at its work
};

class Database {
  public:
    static core::Result<std::unique_ptr<Database>> open(const std::filesystem::path& file, bool forWriting);
    /// Writes nothing, not even beside it. unchanging: nobody else can write it either, so that no lock and
    /// no log is looked at.
    static core::Result<std::unique_ptr<Database>> openAsItIs(const std::filesystem::path& file,
                                                              bool unchanging);
    ~Database();
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    core::Result<Statement> prepare(std::string_view sql);
    /// Prepares, binds and runs to the end.
    template <typename... Values>
    core::Status run(std::string_view sql, const Values&... values) {
        BALMER_TRY(auto statement, prepare(sql));
        (statement.bind(values), ...);
        while (true) {
            BALMER_TRY(const bool row, statement.step());
            if (!row) return {};
        }
    }
    /// The first column of the first row as a whole number; 0 when there is no row.
    template <typename... Values>
    core::Result<std::int64_t> number(std::string_view sql, const Values&... values) {
        BALMER_TRY(auto statement, prepare(sql));
        (statement.bind(values), ...);
        BALMER_TRY(const bool row, statement.step());
        return row ? statement.integer(0) : 0;
    }
    /// Several statements with no values.
    core::Status script(std::string_view sql);

    /// For locks of others; a moment in any case.
    void waitAtMost(std::chrono::nanoseconds time);
    bool inTransaction() const;
    bool lastFailureWasBusy() const; ///< another connection held what the last call needed
    std::int64_t lastKey() const;
    /// Rows that the last statement changed.
    std::int64_t changed() const;
    /// Rows that all statements changed since the database was opened.
    std::int64_t changedInAll() const;
    /// From now on a commit moves no page of the write-ahead log into the database; logPages() says when it
    /// is time to.
    void checkpointByHand();
    int logPages() const { return logPages_; } ///< in the write-ahead log after the last commit
    /// Moves what it can of the write-ahead log into the database, while others write.
    core::Status checkpoint();
    const std::filesystem::path& file() const { return file_; }
    /// A consistent copy, complete or not there. Errors: Io, Store.
    core::Status copyTo(const std::filesystem::path& copy);

    /// The sentence for a code of SQLite.
    core::Error errorFor(int code) const;

  private:
    friend class Statement;
    Database(sqlite3* handle, std::filesystem::path file) : handle_(handle), file_(std::move(file)) {}
    static core::Result<std::unique_ptr<Database>> openWith(const std::string& name, int flags,
                                                            const std::filesystem::path& file);
    void recycle(const std::string& sql, sqlite3_stmt* statement);
    /// Called as a statement works; true ends it.
    bool look();

    sqlite3* handle_;
    std::filesystem::path file_;
    int logPages_ = 0;
    bool onlyReads_ = false;
    std::int64_t mostLooks_ = 0;    ///< as the size of the file was when it was last asked for
    std::int64_t* looks_ = nullptr; ///< of what is running
    mutable bool tooMuch_ = false;  ///< it was ended for that; told once
    std::unordered_multimap<std::string, sqlite3_stmt*> stock_;
};

/// Serves its waiters in the order in which they came: a label waits for one batch of an import, not for
/// several.
class BALMER_CAPABILITY("mutex") FairMutex {
  public:
    void lock() BALMER_ACQUIRE() BALMER_NOT_ANALYSED {
        core::UniqueLock guard(mutex_);
        const auto ticket = next_++;
        turn_.wait(guard.waitable(), [&]() BALMER_REQUIRES(mutex_) { return ticket == serving_; });
    }
    void unlock() BALMER_RELEASE() BALMER_NOT_ANALYSED {
        {
            const core::LockGuard guard(mutex_);
            ++serving_;
        }
        turn_.notify_all();
    }

  private:
    core::Mutex mutex_;
    std::condition_variable turn_;
    std::uint64_t next_ BALMER_GUARDED_BY(mutex_) = 0, serving_ BALMER_GUARDED_BY(mutex_) = 0;
};

class Connections {
  public:
    /// Log: the write-ahead log, with which nobody waits for a writer; Rollback: a journal that also works
    /// where several computers share the disk, with which a write waits for readers and they for it.
    enum class Journal { Log, Rollback };
    /// Rollback on a network's disk, which is said in the log.
    static Journal journalFor(const std::filesystem::path& file);
    /// Creates or opens the file, brings it up to the newest schema.
    static core::Result<std::unique_ptr<Connections>> open(const std::filesystem::path& file,
                                                           const core::Clock& clock, Journal journal);
    /// Opens a file that cannot be written, for its reason: a sentence. Where a log was left that must be
    /// replayed, or the schema is an older one, a copy in a temporary folder is read. Errors: those of open;
    /// ResourceExhausted where there is no room for the copy.
    static core::Result<std::unique_ptr<Connections>>
    openForReading(const std::filesystem::path& file, const core::Clock& clock, std::string reason);
    /// Why every write fails; "" where they do not.
    const std::string& onlyReads() const { return onlyReads_; }

    std::string now() const { return core::formatTime(clock_.now()); }

    /// work(Database&) returns a Result or Status; everything that it writes is kept if it succeeds, nothing
    /// if not. It may call read and write: what it calls belongs to its transaction, and a write that fails
    /// in there leaves nothing of its own.
    template <typename Work>
    std::invoke_result_t<Work, Database&> write(Work work) {
        if (!onlyReads_.empty()) return core::fail(core::ErrorCode::Io, onlyReads_);
        if (writesHere()) {
            // A failure may have ended the transaction; a savepoint would then begin one of its own.
            if (!writer_->inTransaction())
                return core::fail(core::ErrorCode::Store, "an earlier step of this change failed");
            return bracketed("SAVEPOINT step", "ROLLBACK TO step; RELEASE step", "RELEASE step", work);
        }
        auto result = alone(work);
        if (checkpointDue_) checkpoint();
        return result;
    }

    /// While it lives, a write of this thread that another program keeps from its turn fails at once: for
    /// what can as well be done later.
    class InPassing {
      public:
        InPassing() { now = true; }
        ~InPassing() { now = false; }
        InPassing(const InPassing&) = delete;
        InPassing& operator=(const InPassing&) = delete;

      private:
        friend class Connections;
        static thread_local bool now;
    };

    /// The rows that the greatest transaction so far has changed, those of the search's own tables too.
    std::int64_t mostRowsInOneWrite() const { return mostRows_; }

    /// work(Database&) sees one state of the database, whatever others write meanwhile; within a write, what
    /// that has written. It must not call read again, except within a write.
    template <typename Work>
    std::invoke_result_t<Work, Database&> read(Work work) {
        if (writesHere()) return work(*writer_);
        BALMER_TRY(const auto reader, borrow());
        BALMER_CHECK(reader->run("BEGIN"));
        auto result = work(*reader);
        (void)reader->run("ROLLBACK");
        return result;
    }

  private:
    using Loan = std::unique_ptr<Database, std::function<void(Database*)>>;
    Connections(std::filesystem::path file, const core::Clock& clock)
        : clock_(clock), file_(std::move(file)) {
        idle_.reserve(readersAtMost); // what is lent comes back without needing memory
    }
    core::Result<std::unique_ptr<Database>> openReader() const;
    core::Result<Loan> borrow();
    /// Runs on the thread of a write that is over, so that nobody's write waits for it.
    void checkpoint() BALMER_EXCLUDES(checkpointing_);
    void checkpointAlone() BALMER_REQUIRES(checkpointing_);

    template <typename Work>
    std::invoke_result_t<Work, Database&> alone(Work& work) {
        const auto asked = std::chrono::steady_clock::now();
        const core::LockGuard lock(writing_);
        const Ownership ours(owner_);
        // Who waited here for others that waited for another program has done his waiting.
        writer_->waitAtMost(InPassing::now ? std::chrono::seconds(0)
                                           : patience - (std::chrono::steady_clock::now() - asked));
        const auto before = writer_->changedInAll();
        auto result = bracketed("BEGIN IMMEDIATE", "ROLLBACK", "COMMIT", work);
        mostRows_ = std::max<std::int64_t>(mostRows_, writer_->changedInAll() - before);
        checkpointDue_ = writer_->logPages() >= pagesInLog;
        return result;
    }

    /// Says which thread writes, until it is destroyed.
    class Ownership {
      public:
        explicit Ownership(std::atomic<std::thread::id>& owner) : owner_(owner) {
            owner_ = std::this_thread::get_id();
        }
        ~Ownership() { owner_ = std::thread::id(); }

      private:
        std::atomic<std::thread::id>& owner_;
    };
    bool writesHere() const { return owner_ == std::this_thread::get_id(); }

    struct Drop {
        Database& database;
        const char* statement;
        bool kept = false;
        ~Drop() {
            if (!kept) (void)database.script(statement);
        }
    };
    template <typename Work>
    std::invoke_result_t<Work, Database&> bracketed(const char* begin, const char* drop, const char* keep,
                                                    Work& work) {
        BALMER_CHECK(writer_->script(begin));
        Drop unless{*writer_, drop};
        auto result = work(*writer_);
        if (!result) return result;
        BALMER_CHECK(writer_->script(keep));
        unless.kept = true;
        return result;
    }

    static constexpr std::size_t readersAtMost = 4;
    static constexpr int pagesInLog = 1000; ///< then the write-ahead log is emptied; as SQLite does

    const core::Clock& clock_;
    std::filesystem::path file_;
    std::string onlyReads_;
    enum class Reading { Beside, AsItIs, Unchanging } reading_ = Reading::Beside;
    std::optional<core::TemporaryFolder> copy_; ///< with file_
    FairMutex writing_;
    std::atomic<std::thread::id> owner_; ///< of writing_
    std::unique_ptr<Database> writer_;   ///< null where nothing is written
    std::atomic<std::int64_t> mostRows_ = 0;
    std::atomic<bool> checkpointDue_ = false;
    core::Mutex checkpointing_; ///< one thread at a time
    std::unique_ptr<Database> checkpointer_ BALMER_GUARDED_BY(checkpointing_);
    core::Mutex lending_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Database>> idle_ BALMER_GUARDED_BY(lending_);
    std::size_t readers_ BALMER_GUARDED_BY(lending_) = 0;
};

} // namespace balmer::store

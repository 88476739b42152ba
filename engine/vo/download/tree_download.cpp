#include "engine/vo/download/tree_download.h"

#include <algorithm>
#include <atomic>

#include "engine/core/file.h"
#include "engine/core/mutex.h"
#include "engine/core/text_number.h"
#include "engine/http/download.h"
#include "engine/http/url.h"
#include "engine/vo/download/download_journal.h"
#include "engine/vo/download/fetch_crew.h"

namespace balmer::vo {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

namespace fs = std::filesystem;

bool isNamedHtml(const fs::path& path) {
    const auto ending = core::lowerCase(path.extension().string());
    return ending == ".html" || ending == ".htm" || ending == ".xhtml";
}

/// The bytes that a download may still fetch, shared out among its files. Several threads.
class Allowance {
  public:
    explicit Allowance(std::uint64_t limit) : limit_(limit) {}

    /// Reserves bytes for a file; false where so many are not left. 0: nobody knows how many; then false
    /// where hardly anything is left.
    bool reserve(std::uint64_t bytes) {
        const core::LockGuard lock(mutex_);
        const auto least = std::max(limit_ / 64, std::min(limit_, fewBytes));
        if (left() == 0 || left() < (bytes > 0 ? bytes : least)) return false;
        reserved_ += bytes;
        return true;
    }
    /// reserved: for this file; taken from first.
    Status spend(std::uint64_t bytes, std::uint64_t& reserved) {
        const core::LockGuard lock(mutex_);
        const auto own = std::min(bytes, reserved);
        if (bytes - own > left())
            return fail(ErrorCode::ResourceExhausted, "the limit of " + std::to_string(limit_) +
                                                          " bytes is reached; raise it to have the rest");
        reserved -= own;
        reserved_ -= own;
        spent_ += bytes;
        return {};
    }
    void release(std::uint64_t reserved) {
        const core::LockGuard lock(mutex_);
        reserved_ -= reserved;
    }
    /// What a file with so much reserved can have at most.
    std::uint64_t mostFor(std::uint64_t reserved) const {
        const core::LockGuard lock(mutex_);
        return reserved + left();
    }
    std::uint64_t spent() const {
        const core::LockGuard lock(mutex_);
        return spent_;
    }

  private:
    /// Never below 0.
    std::uint64_t left() const BALMER_REQUIRES(mutex_) { return limit_ - spent_ - reserved_; }

    static constexpr std::uint64_t fewBytes = 64 * 1024;

    const std::uint64_t limit_;
    mutable core::Mutex mutex_;
    std::uint64_t spent_ BALMER_GUARDED_BY(mutex_) = 0, reserved_ BALMER_GUARDED_BY(mutex_) = 0;
};

/// What the threads of a download share.
class Fetching {
  public:
    Fetching(http::Client& client, const TreeListing& listing, const fs::path& target,
             const TreeDownloadOptions& options, DownloadJournal& journal)
        : client_(client), listing_(listing), target_(target), options_(options), journal_(journal),
          allowance_(options.limitBytes) {
        report_.files.resize(listing.files.size());
        for (std::size_t i = 0; i < listing.files.size(); ++i)
            report_.files[i].file = listing.files[i];
    }

    void work(core::TaskContext& own) {
        for (;;) {
            const auto i = next_++;
            if (i >= report_.files.size() || own.stopRequested()) return;
            auto& outcome = report_.files[i]; // this thread's own from here on
            fetch(outcome, own);
            ++done_;
        }
    }

    void tell(core::TaskContext& task, const CrewNote& note) const {
        const auto all = report_.files.size();
        const auto done = std::min<std::size_t>(done_, all);
        double fraction = all > 0 ? static_cast<double>(done) / static_cast<double>(all) : 1;
        if (listing_.unsized == 0 && listing_.bytes > 0)
            fraction = std::min(1.0, static_cast<double>(here_) / static_cast<double>(listing_.bytes));
        auto stage = note.get();
        if (stage.empty())
            stage = "fetching " + std::to_string(std::min(done + 1, all)) + " of " + std::to_string(all) +
                    " files";
        static_cast<void>(task.checkpoint(fraction, stage));
    }

    TreeReport finish() {
        report_.bytesFetched = allowance_.spent();
        for (const auto& outcome : report_.files) {
            report_.fetched += outcome.state == FileOutcome::State::Fetched;
            report_.alreadyHere += outcome.state == FileOutcome::State::AlreadyHere;
            report_.failed += outcome.state == FileOutcome::State::Failed;
            report_.notTried += outcome.state == FileOutcome::State::NotTried;
        }
        return std::move(report_);
    }

  private:
    void fetch(FileOutcome& outcome, core::TaskContext& own) {
        if (const auto entry = journal_.finished(outcome.file.url)) {
            std::error_code error;
            const auto path = target_ / entry->path;
            if (fs::is_regular_file(path, error) && fs::file_size(path, error) == entry->bytes && !error) {
                auto traces = path; // of a run that ended just after it said that the file is finished
                traces += http::fromEnding;
                (void)core::removeFile(traces); // it is only in the way
                outcome.state = FileOutcome::State::AlreadyHere;
                outcome.file.path = entry->path;
                outcome.bytes = entry->bytes;
                outcome.sha256 = entry->sha256;
                here_ += entry->bytes;
                return;
            }
        }
        if (const core::LockGuard lock(mutex_); failuresInRow_ >= options_.failuresInRow) {
            outcome.why = "not tried, since " + std::to_string(failuresInRow_) +
                          " files in a row failed: " + lastFailure_;
            return;
        }
        // A size that a page shows is within some per cent.
        std::uint64_t wanted = outcome.file.bytes.value_or(0);
        if (!outcome.file.exact) wanted -= wanted / 16;
        const auto here = sizeOfPart(outcome);
        std::uint64_t reserved = wanted - std::min(wanted, here);
        if (!allowance_.reserve(reserved)) {
            outcome.why = "not tried, since the limit of " + std::to_string(options_.limitBytes) +
                          " bytes leaves no room for it";
            return;
        }
        const auto result = download(outcome, here, reserved, own);
        allowance_.release(reserved);
        const core::LockGuard lock(mutex_);
        if (result) {
            failuresInRow_ = 0;
            return;
        }
        if (result.error().code() == ErrorCode::Cancelled) return;
        outcome.state = FileOutcome::State::Failed;
        outcome.why = result.error().describe();
        lastFailure_ = outcome.why;
        failuresInRow_ = http::worthAnotherTry(result.error()) ? failuresInRow_ + 1 : 0;
        static_cast<void>(
            journal_.addFailure(outcome.file.url, outcome.why)); // for the log; the report has it too
    }

    /// Bytes that an earlier call has left of it.
    std::uint64_t sizeOfPart(const FileOutcome& outcome) const {
        auto part = target_ / outcome.file.path;
        part += http::partEnding;
        std::error_code error;
        const auto size = fs::file_size(part, error);
        return error ? 0 : size;
    }

    Status download(FileOutcome& outcome, std::uint64_t here, std::uint64_t& reserved,
                    core::TaskContext& own) {
        const auto path = target_ / outcome.file.path;
        BALMER_CHECK(core::makeFolders(path.parent_path()));
        http::Request request;
        request.url = outcome.file.url;
        request.user = options_.user;
        request.password = options_.password;
        std::uint64_t counted = 0;
        http::DownloadOptions options;
        options.limitBytes = std::min(options_.fileLimitBytes, here + allowance_.mostFor(reserved));
        options.spend = [&](std::size_t bytes) { return allowance_.spend(bytes, reserved); };
        options.mayBeHtml = isNamedHtml(path);
        options.retry = options_.retry;
        options.committed = [&](const http::Downloaded& file) {
            return journal_.add({outcome.file.url,
                                 outcome.file.path,
                                 file.bytes,
                                 file.sha256,
                                 file.etag,
                                 file.lastModified,
                                 {}});
        };
        options.progress = [&](std::uint64_t bytes) {
            here_ += bytes - counted; // wraps where a file begins again, and so counts back
            counted = bytes;
        };
        BALMER_TRY(const auto file, http::download(client_, request, path, options, own));
        outcome.state = FileOutcome::State::Fetched;
        outcome.bytes = file.bytes;
        outcome.sha256 = file.sha256;
        return {};
    }

    http::Client& client_;
    const TreeListing& listing_;
    const fs::path& target_;
    const TreeDownloadOptions& options_;
    DownloadJournal& journal_;
    Allowance allowance_;

    TreeReport report_;
    std::atomic<std::size_t> next_{0}, done_{0};
    std::atomic<std::uint64_t> here_{0};
    core::Mutex mutex_;
    std::size_t failuresInRow_ BALMER_GUARDED_BY(mutex_) = 0;
    std::string lastFailure_ BALMER_GUARDED_BY(mutex_);
};

} // namespace

Result<TreeReport> downloadTree(http::Client& client, const TreeListing& listing, const fs::path& target,
                                const TreeDownloadOptions& options, core::TaskContext& task) {
    BALMER_TRY(auto journal, DownloadJournal::open(target));
    Fetching fetching(client, listing, target, options, journal);
    CrewNote note;
    const auto threads = std::clamp(options.connections, 1u, 4u);
    BALMER_CHECK(runCrew(
        threads, task, note, [&](core::TaskContext& own) { fetching.work(own); },
        [&] { fetching.tell(task, note); }));
    return fetching.finish();
}

} // namespace balmer::vo

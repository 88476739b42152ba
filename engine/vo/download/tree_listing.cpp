#include "engine/vo/download/tree_listing.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <set>

#include "engine/core/digest.h"
#include "engine/core/mutex.h"
#include "engine/core/text_number.h"
#include "engine/http/url.h"
#include "engine/vo/download/fetch_crew.h"
#include "engine/vo/download/index_page.h"
#include "engine/vo/download/safe_path.h"

namespace balmer::vo {

using core::Error;
using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;
using http::Url;

namespace {

namespace fs = std::filesystem;

constexpr std::size_t mostSkipped = 100000;
constexpr std::size_t sniffed = 1024;

/// What a folder showed.
struct Shown {
    bool isFolder = true; ///< false: it is a file
    Url url;              ///< after redirects
    IndexPage page;
    std::vector<SkippedEntry> skipped;
    std::optional<std::uint64_t> bytes; ///< of a file
};

struct Folder {
    Url url;
    unsigned depth = 0;
    const Folder* parent = nullptr;
    core::Digest32 listing{}; ///< of names and remarks: equal listings are perhaps the same folder
    std::size_t entries = 0;
    bool dated = false;
    std::string firstFile{};
};

/// Two ways of writing one address are one key.
std::string keyOf(const Url& url) {
    std::string key = url.origin();
    for (std::size_t at = 0; at < url.path.size();) {
        const auto next = std::min(url.path.find('/', at + 1), url.path.size());
        key += '/' + http::percentEncode(http::percentDecode(url.path.substr(at + 1, next - at - 1)));
        at = next;
    }
    return key;
}

Url folderOf(Url url) {
    url.path.erase(url.path.rfind('/') + 1);
    url.query.reset();
    return url;
}

/// "spec.fits", but not "data", "dr2.1", "index.html" or "list.php".
bool namesAFile(const Url& url) {
    const auto name = core::lowerCase(http::percentDecode(url.path.substr(url.path.rfind('/') + 1)));
    const auto dot = name.rfind('.');
    if (dot == std::string::npos) return false;
    const auto ending = name.substr(dot + 1);
    for (const auto* page : {"html", "htm", "xhtml", "shtml", "php", "asp", "aspx", "jsp", "cgi", "pl", "py"})
        if (ending == page) return false;
    return std::ranges::any_of(ending, [](char c) { return c >= 'a' && c <= 'z'; });
}

class Walk {
  public:
    Walk(http::Client& client, const TreeRequest& request) : client_(client), request_(request) {}

    /// Not analysed: before, between and after the crews, nobody else is there.
    Result<TreeListing> run(core::TaskContext& task) BALMER_NOT_ANALYSED {
        BALMER_TRY(Url start, http::parseUrl(request_.url));
        if (start.user.empty()) {
            start.user = request_.user;
            start.password = request_.password;
        }
        login_ = {start.user, start.password};
        start.user.clear();
        start.password.clear();
        BALMER_CHECK(task.checkpoint(0, "reading " + start.text()));
        BALMER_TRY(Shown first, show(start, task, true));
        if (first.url.origin() != start.origin() && !login_.first.empty())
            return fail(ErrorCode::InvalidArgument,
                        start.text() + " leads to another server, " + first.url.origin() +
                            ", which is not told the password; give its own address");
        root_ = folderOf(first.url);
        listing_.root = root_.text();
        if (!first.isFolder) return oneFile(start, first);

        visited_.insert(keyOf(root_));
        folders_.push_back({root_});
        take(folders_.back(), std::move(first), task);

        until_ = std::chrono::steady_clock::now() + request_.limits.time;
        CrewNote note;
        const auto threads = std::clamp(request_.connections, 1u, 4u);
        const auto tick = [&] { tell(task, note); };
        BALMER_CHECK(runCrew(
            threads, task, note, [&](core::TaskContext& own) { readFolders(own); }, tick));
        sortAndName();
        BALMER_CHECK(runCrew(
            threads, task, note, [&](core::TaskContext& own) { askSizes(own); }, tick));
        for (const auto& file : listing_.files) {
            listing_.bytes += file.bytes.value_or(0);
            listing_.unsized += !file.bytes;
        }
        return std::move(listing_);
    }

  private:
    http::Request requestFor(const Url& url) const {
        http::Request request;
        request.url = url.text();
        request.user = login_.first;
        request.password = login_.second;
        request.limitBytes = request_.limits.pageBytes;
        return request;
    }

    // ----------------------------------------------------------------------------------------------------
    // one folder

    Result<Shown> show(const Url& url, core::TaskContext& task, bool mayBeFile) {
        return url.scheme.starts_with("ftp") ? showFtp(url, task, mayBeFile) : showHttp(url, task, mayBeFile);
    }

    Result<Shown> showHttp(const Url& url, core::TaskContext& task, bool mayBeFile) {
        auto request = requestFor(url);
        request.fields = {{"Accept", "text/html, */*;q=0.5"}};
        const bool fileWanted = mayBeFile && namesAFile(url);
        std::string page;
        std::optional<http::Answer> data; // no page: its header, and the rest is not fetched
        http::Answer header;
        const http::Receiver receiver{
            [&](const http::Answer& answer) {
                header = answer;
                page.clear();
                data.reset();
                return Status();
            },
            [&](std::span<const std::byte> piece) -> Status {
                page.append(reinterpret_cast<const char*>(piece.data()), piece.size());
                if (header.hasContent() && page.size() >= sniffed && !isPage(header, page, fileWanted)) {
                    data = header;
                    return fail(ErrorCode::Format, "not a page");
                }
                return {};
            }};
        auto answer =
            http::withRetries(client_, request.url, request_.retry, task, [&]() -> Result<http::Answer> {
                auto sent = client_.send(request, receiver, task);
                if (data) return *data;
                return sent;
            });
        if (!answer) {
            // A file longer than a page may be, told by its header alone.
            const bool longFile =
                answer.error().code() == ErrorCode::ResourceExhausted && mayBeFile && page.empty();
            if (!longFile) return fail(std::move(answer).error());
            request.method = "HEAD";
            answer = http::sendWithRetries(client_, request, request_.retry, task);
            if (!answer) return fail(std::move(answer).error());
            data = *answer;
        }
        if (!answer->hasContent()) return fail(http::statusError(*answer));
        Shown shown;
        BALMER_TRY(shown.url, http::parseUrl(answer->finalUrl));
        if (shown.url.scheme.starts_with("ftp"))
            return fail(ErrorCode::Unsupported,
                        url.text() + " leads to " + answer->finalUrl + "; give that address itself");
        if (data || !isPage(*answer, page, fileWanted)) {
            if (!mayBeFile) return fail(ErrorCode::Format, url.text() + " is not a page that lists a folder");
            shown.isFolder = false;
            shown.bytes = answer->contentLength;
            if (!shown.bytes && !data) shown.bytes = page.size();
            return shown;
        }
        if (fileWanted && shown.url.path != url.path + '/')
            return fail(ErrorCode::Format,
                        url.text() + " sends an HTML page where a file was expected; open it in a browser to "
                                     "see what it says, or end the address with / if it is a folder");
        shown.page = parseIndexPage(page, shown.url, root_.host.empty() ? folderOf(shown.url) : root_,
                                    mostIndexEntries, task.stopToken());
        return shown;
    }

    /// fileWanted: then the server's word that it is HTML does not count for what is not markup.
    static bool isPage(const http::Answer& answer, std::string_view beginning, bool fileWanted) {
        return http::looksLikeHtml(beginning, answer.contentType) ||
               (!fileWanted && (answer.contentType.starts_with("text/html") ||
                                answer.contentType.starts_with("application/xhtml")));
    }

    Result<Shown> showFtp(const Url& url, core::TaskContext& task, bool mayBeFile) {
        Url folder = url;
        if (!folder.path.ends_with('/')) folder.path += '/';
        std::vector<http::FtpEntry> entries;
        const auto request = requestFor(folder);
        const auto listed =
            http::withRetries(client_, request.url, request_.retry, task, [&]() -> Result<http::Answer> {
                BALMER_TRY(entries, client_.listFtpFolder(request, mostIndexEntries + 1, task));
                http::Answer done;
                done.status = 200;
                return done;
            });
        Shown shown;
        if (!listed) {
            if (listed.error().code() != ErrorCode::NotFound || !mayBeFile || url.path.ends_with('/'))
                return fail(listed.error());
            auto question = requestFor(url);
            question.method = "HEAD";
            BALMER_TRY(const auto answer, http::sendWithRetries(client_, question, request_.retry, task));
            shown.isFolder = false;
            shown.url = url;
            shown.bytes = answer.contentLength;
            return shown;
        }
        shown.url = folder;
        shown.page.cut = entries.size() > mostIndexEntries;
        for (const auto& entry : entries) {
            Url below = folder;
            below.path += http::percentEncode(entry.name);
            if (entry.kind == http::FtpEntry::Kind::File)
                shown.page.entries.push_back({below, false, entry.bytes, std::to_string(entry.bytes)});
            else if (entry.kind == http::FtpEntry::Kind::Folder)
                shown.page.entries.push_back({(below.path += '/', below), true, std::nullopt, {}});
            else
                shown.skipped.push_back(
                    {below.text(), entry.kind == http::FtpEntry::Kind::Link
                                       ? "a symbolic link; give its address itself to have it"
                                       : "neither a file nor a folder"});
        }
        return shown;
    }

    TreeListing oneFile(const Url& start, const Shown& shown) BALMER_REQUIRES(mutex_) {
        RemoteFile file{start.text(), "download", shown.bytes, shown.bytes.has_value()};
        for (const Url& url : {start, shown.url}) {
            const auto name = safeName(http::percentDecode(url.path.substr(url.path.rfind('/') + 1)));
            if (!name) continue;
            file.path = *name;
            break;
        }
        listing_.bytes = shown.bytes.value_or(0);
        listing_.unsized = shown.bytes ? 0 : 1;
        listing_.files = {std::move(file)};
        return std::move(listing_);
    }

    // ----------------------------------------------------------------------------------------------------
    // all folders

    void readFolders(core::TaskContext& own) {
        for (;;) {
            Folder* folder = nullptr;
            {
                core::UniqueLock lock(mutex_);
                // Who has nothing to do waits for those who may find something.
                while (waiting_.empty() && busy_ > 0 && !own.stopRequested())
                    changed_.wait_for(lock.waitable(), std::chrono::milliseconds(100));
                if (waiting_.empty() || own.stopRequested()) return;
                if (std::chrono::steady_clock::now() >= until_) {
                    waiting_.clear();
                    return cutAt("its folders took more than " +
                                 std::to_string(
                                     std::chrono::ceil<std::chrono::minutes>(request_.limits.time).count()) +
                                 " minutes to read; begin further down, or raise the limit");
                }
                folder = waiting_.front();
                waiting_.pop_front();
                ++busy_;
            }
            read(*folder, own);
            {
                const core::LockGuard lock(mutex_);
                --busy_;
            }
            changed_.notify_all();
        }
    }

    void read(Folder& folder, core::TaskContext& own) {
        auto shown = show(folder.url, own, false);
        if (!shown) {
            if (shown.error().code() != ErrorCode::Cancelled) skip(folder.url, shown.error().message());
            return;
        }
        if (!segmentsBelow(shown->url, root_))
            return skip(folder.url, "leads out of the folder, to " + shown->url.text());
        const auto key = keyOf(folderOf(shown->url));
        if (key != keyOf(folder.url)) {
            const core::LockGuard lock(mutex_);
            if (!visited_.insert(key).second)
                return skipLocked(folder.url, "leads to " + shown->url.text() + ", which is read anyway");
        }
        folder.url = folderOf(shown->url);
        take(folder, std::move(*shown), own);
    }

    void take(Folder& folder, Shown shown, core::TaskContext& own) {
        core::Hasher hasher;
        for (const auto& entry : shown.page.entries) {
            const auto below = segmentsBelow(entry.url, folder.url);
            if (!below) continue; // a link to elsewhere in the tree
            for (const auto& segment : *below)
                hasher.update(segment + '/');
            hasher.update((entry.folder ? "|" : "|file|") + entry.remark + '\n');
            folder.dated = folder.dated || !entry.remark.empty();
            ++folder.entries;
            if (!entry.folder && folder.firstFile.empty()) folder.firstFile = entry.url.text();
        }
        folder.listing = hasher.finishBytes();
        if (const auto* above = sameAbove(folder, own))
            return skip(folder.url, "shows the same as " + above->url.text() + " above it: a loop");

        const core::LockGuard lock(mutex_);
        ++listing_.folders;
        listing_.cut = listing_.cut || shown.page.cut;
        for (auto& skipped : shown.skipped)
            skipLocked(std::move(skipped));
        if (shown.page.withQuery > 0)
            skipLocked(folder.url,
                       std::to_string(shown.page.withQuery) + " of its links hold a query and are left out");
        for (const auto& entry : shown.page.entries) {
            if (full_) break;
            auto key = keyOf(entry.url);
            if (visited_.contains(key)) continue;
            if (entry.folder && folders_.size() >= request_.limits.folders) {
                cutAt("more than " + std::to_string(request_.limits.folders) +
                      " folders; begin further down, or raise the limit");
                continue;
            }
            addressBytes_ += key.size();
            if (addressBytes_ > request_.limits.addressBytes) {
                takeNoMore();
                break;
            }
            visited_.insert(std::move(key));
            const auto path = safeRelativePath(entry.url, root_);
            if (!path)
                skipLocked(entry.url, path.error().message());
            else if (entry.folder)
                addFolder(entry, folder);
            else
                addFile(entry, *path);
        }
        changed_.notify_all();
    }

    /// The folder above this one that it is itself, reached by a link on the server. An equal listing is no
    /// proof (0 to 9 within each of 0 to 9): the first file must be the same by its tag or time too. Where no
    /// file tells, one step must have led from an equal listing to an equal listing three times in a row.
    const Folder* sameAbove(const Folder& folder, core::TaskContext& own) {
        std::vector<const Folder*> equal;
        for (const Folder* above = folder.parent; above && folder.entries > 0; above = above->parent) {
            if (folder.listing != above->listing) continue;
            if (!folder.firstFile.empty()) {
                const auto same = haveTheSameFile(folder, *above, own);
                if (same && *same) return above;
                if (same) continue;
            }
            equal.push_back(above);
        }
        if (equal.size() < 3 || folder.entries == 1) return nullptr;
        std::string_view lower = folder.url.path, step;
        for (const auto* above : {equal[0], equal[1], equal[2]}) {
            const std::string_view upper = above->url.path;
            if (!lower.starts_with(upper) || (!step.empty() && lower.substr(upper.size()) != step))
                return nullptr;
            step = lower.substr(upper.size());
            lower = upper;
        }
        return equal[0];
    }

    /// None where nothing tells.
    std::optional<bool> haveTheSameFile(const Folder& folder, const Folder& above, core::TaskContext& own) {
        const auto ask = [&](const std::string& url) -> std::optional<http::Answer> {
            http::Request request;
            request.url = url;
            request.method = "HEAD";
            request.user = login_.first;
            request.password = login_.second;
            auto answer = http::sendWithRetries(client_, request, request_.retry, own);
            if (!answer || !answer->hasContent()) return std::nullopt;
            return *answer;
        };
        const auto one = ask(folder.firstFile), other = ask(above.firstFile);
        if (!one || !other) return std::nullopt;
        if (one->contentLength != other->contentLength || one->lastModified != other->lastModified ||
            one->etag != other->etag)
            return false;
        if (one->lastModified.empty() && one->etag.empty() && !folder.dated) return std::nullopt;
        return true;
    }

    /// Once.
    void cutAt(std::string why) BALMER_REQUIRES(mutex_) {
        listing_.cut = true;
        if (said_) return;
        said_ = true;
        skipLocked(root_, std::move(why));
    }

    void addFolder(const IndexEntry& entry, const Folder& parent) BALMER_REQUIRES(mutex_) {
        if (parent.depth >= request_.limits.depth)
            return skipLocked(entry.url,
                              "lies deeper than " + std::to_string(request_.limits.depth) + " folders");
        folders_.push_back({entry.url, parent.depth + 1, &parent});
        waiting_.push_back(&folders_.back());
    }

    void addFile(const IndexEntry& entry, const fs::path& path) BALMER_REQUIRES(mutex_) {
        const auto bytes = entry.bytesAbout.value_or(0);
        if (listing_.files.size() >= request_.limits.files ||
            bytes > request_.limits.bytes - std::min(found_, request_.limits.bytes)) {
            return takeNoMore();
        }
        found_ += bytes;
        listing_.files.push_back(
            {entry.url.text(), path, entry.bytesAbout, entry.url.scheme.starts_with("ftp")});
    }

    void takeNoMore() BALMER_REQUIRES(mutex_) {
        listing_.cut = full_ = true;
        waiting_.clear();
    }

    void skip(const Url& url, std::string why) {
        const core::LockGuard lock(mutex_);
        skipLocked(url, std::move(why));
    }
    void skipLocked(const Url& url, std::string why) BALMER_REQUIRES(mutex_) {
        skipLocked({url.text(), std::move(why)});
    }
    void skipLocked(SkippedEntry entry) BALMER_REQUIRES(mutex_) {
        if (listing_.skipped.size() < mostSkipped)
            listing_.skipped.push_back(std::move(entry));
        else
            listing_.cut = true;
    }

    // ----------------------------------------------------------------------------------------------------
    // all files

    void sortAndName() BALMER_NOT_ANALYSED { // between the crews
        auto& files = listing_.files;
        std::ranges::sort(files, {}, &RemoteFile::url);
        std::ranges::sort(listing_.skipped, {}, &SkippedEntry::url);
        std::set<fs::path> taken;
        for (const auto& file : files)
            for (auto folder = file.path.parent_path(); !folder.empty(); folder = folder.parent_path())
                if (!taken.insert(folder).second) break;
        for (auto& file : files) {
            const auto wanted = file.path;
            for (int number = 2; !taken.insert(file.path).second; ++number) {
                file.path = wanted;
                file.path.replace_filename(wanted.stem().string() + " (" + std::to_string(number) + ")" +
                                           wanted.extension().string());
            }
        }
    }

    /// Not analysed: the list of files stays as it is, and each file is one thread's.
    void askSizes(core::TaskContext& own) BALMER_NOT_ANALYSED {
        for (;;) {
            const auto i = next_++;
            if (i >= listing_.files.size() || own.stopRequested()) return;
            auto& file = listing_.files[i]; // this thread's own from here on
            if (file.bytes || asked_++ >= request_.limits.sizeQuestions) continue;
            http::Request request;
            request.url = file.url;
            request.method = "HEAD";
            request.user = login_.first;
            request.password = login_.second;
            const auto answer = http::sendWithRetries(client_, request, request_.retry, own);
            if (!answer || !answer->hasContent() || !answer->contentLength) continue;
            file.bytes = answer->contentLength;
            file.exact = true;
        }
    }

    void tell(core::TaskContext& task, const CrewNote& note) {
        auto stage = note.get();
        if (stage.empty()) {
            const core::LockGuard lock(mutex_);
            stage = "found " + std::to_string(listing_.files.size()) + " files in " +
                    std::to_string(listing_.folders) + " folders";
        }
        static_cast<void>(task.checkpoint(0, stage));
    }

    http::Client& client_;
    const TreeRequest& request_;
    std::pair<std::string, std::string> login_;
    Url root_;

    core::Mutex mutex_;
    std::condition_variable changed_;
    TreeListing listing_ BALMER_GUARDED_BY(mutex_);
    std::set<std::string> visited_ BALMER_GUARDED_BY(mutex_);
    std::deque<Folder> folders_ BALMER_GUARDED_BY(mutex_); ///< stay where they are
    std::deque<Folder*> waiting_ BALMER_GUARDED_BY(mutex_);
    unsigned busy_ BALMER_GUARDED_BY(mutex_) = 0;
    std::uint64_t found_ BALMER_GUARDED_BY(mutex_) = 0;
    std::size_t addressBytes_ BALMER_GUARDED_BY(mutex_) = 0;
    std::chrono::steady_clock::time_point until_; ///< when no further folder is read
    bool full_ BALMER_GUARDED_BY(mutex_) = false, said_ BALMER_GUARDED_BY(mutex_) = false;
    std::atomic<std::size_t> next_{0}, asked_{0};
};

} // namespace

Result<TreeListing> listTree(http::Client& client, const TreeRequest& request, core::TaskContext& task) {
    return Walk(client, request).run(task);
}

} // namespace balmer::vo

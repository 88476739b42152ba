#include "engine/vo/download/download_journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include <nlohmann/json.hpp>

#include "engine/core/clock.h"
#include "engine/core/mutex.h"

namespace balmer::vo {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

namespace {

using Json = nlohmann::json;
namespace fs = std::filesystem;

constexpr std::size_t longestLine = 1 << 20;

std::string textOf(const Json& line, const char* key) {
    const auto found = line.find(key);
    return found != line.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<JournalEntry> parseEntry(const std::string& text) {
    if (text.size() > longestLine) return std::nullopt;
    const auto line = Json::parse(text, nullptr, false);
    if (!line.is_object()) return std::nullopt;
    const auto bytes = line.find("bytes");
    JournalEntry entry{textOf(line, "url"),    textOf(line, "path"), 0,
                       textOf(line, "sha256"), textOf(line, "etag"), textOf(line, "lastModified"),
                       textOf(line, "at")};
    if (entry.url.empty() || entry.path.empty() || bytes == line.end() || !bytes->is_number_unsigned())
        return std::nullopt;
    entry.bytes = bytes->get<std::uint64_t>();
    return entry;
}

} // namespace

struct DownloadJournal::State {
    fs::path file;
    int handle = -1;
    bool torn = false; ///< the last line has perhaps no end
    mutable core::Mutex mutex;
    std::map<std::string, JournalEntry, std::less<>> entries BALMER_GUARDED_BY(mutex);

    ~State() {
        if (handle >= 0) ::close(handle);
    }

    core::Error systemError(std::string_view what) const {
        return {ErrorCode::Io, "cannot " + std::string(what) + " " + file.string() + ": " +
                                   std::strerror(errno) + "; is there space, and may you write there?"};
    }

    Status append(const Json& line) {
        const std::string text =
            (torn ? "\n" : "") + line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
        torn = true;
        for (std::string_view rest = text; !rest.empty();) {
            const auto written = ::write(handle, rest.data(), rest.size());
            if (written < 0 && errno == EINTR) continue;
            if (written < 0) return fail(systemError("write"));
            rest.remove_prefix(static_cast<std::size_t>(written));
        }
        torn = false;
        if (::fdatasync(handle) != 0) return fail(systemError("finish writing"));
        return {};
    }
};

Result<DownloadJournal> DownloadJournal::open(const fs::path& folder) {
    auto state = std::make_unique<State>();
    state->file = folder / journalName;
    std::error_code error;
    fs::create_directories(folder, error);
    if (error)
        return fail(ErrorCode::Io, "cannot make the folder " + folder.string() + ": " + error.message());
    state->handle = ::open(state->file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (state->handle < 0) return fail(state->systemError("open"));
    if (::flock(state->handle, LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorCode::InvalidArgument, "another download works in " + folder.string() +
                                                    "; wait for it, or choose another folder");

    std::ifstream in(state->file, std::ios::binary);
    bool whole = true;
    for (std::string line; std::getline(in, line);) {
        whole = !in.eof(); // else the last line has no end
        if (!whole) break;
        if (auto entry = parseEntry(line)) {
            const core::LockGuard lock(state->mutex);
            state->entries.insert_or_assign(entry->url, *entry);
        }
    }
    if (!whole && ::write(state->handle, "\n", 1) != 1) return fail(state->systemError("write"));
    return DownloadJournal(std::move(state));
}

DownloadJournal::DownloadJournal(std::unique_ptr<State> state) : state_(std::move(state)) {}
DownloadJournal::DownloadJournal(DownloadJournal&&) noexcept = default;
DownloadJournal& DownloadJournal::operator=(DownloadJournal&&) noexcept = default;
DownloadJournal::~DownloadJournal() = default;

std::optional<JournalEntry> DownloadJournal::finished(std::string_view url) const {
    const core::LockGuard lock(state_->mutex);
    const auto found = state_->entries.find(url);
    if (found == state_->entries.end()) return std::nullopt;
    return found->second;
}

std::vector<JournalEntry> DownloadJournal::entries() const {
    const core::LockGuard lock(state_->mutex);
    std::vector<JournalEntry> all;
    for (const auto& [url, entry] : state_->entries)
        all.push_back(entry);
    return all;
}

Status DownloadJournal::add(JournalEntry entry) {
    const core::LockGuard lock(state_->mutex);
    if (entry.at.empty()) entry.at = core::formatTime(core::systemClock().now());
    BALMER_CHECK(state_->append({{"at", entry.at},
                                 {"url", entry.url},
                                 {"path", entry.path.string()},
                                 {"bytes", entry.bytes},
                                 {"sha256", entry.sha256},
                                 {"etag", entry.etag},
                                 {"lastModified", entry.lastModified}}));
    state_->entries.insert_or_assign(entry.url, entry);
    return {};
}

Status DownloadJournal::addFailure(std::string_view url, std::string_view why) {
    const core::LockGuard lock(state_->mutex);
    return state_->append({{"at", core::formatTime(core::systemClock().now())},
                           {"url", std::string(url)},
                           {"failed", std::string(why)}});
}

} // namespace balmer::vo

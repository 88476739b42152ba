#include "engine/vo/download/download_journal.h"

#include <map>
#include <optional>

#include <nlohmann/json.hpp>

#include "engine/core/clock.h"
#include "engine/core/file.h"
#include "engine/core/files.h"
#include "engine/core/json_text.h"
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
    const auto parsed = core::parseJson<Json>(text);
    if (!parsed || !parsed->is_object()) return std::nullopt;
    const auto& line = *parsed;
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
    std::optional<core::File> journal; ///< locked
    bool torn = false;                 ///< the last line has perhaps no end
    mutable core::Mutex mutex;
    std::map<std::string, JournalEntry, std::less<>> entries BALMER_GUARDED_BY(mutex);

    Status append(const Json& line) {
        const std::string text = (torn ? "\n" : "") + core::jsonText(line) + "\n";
        torn = true;
        BALMER_CHECK(journal->write(text));
        torn = false;
        return journal->flush();
    }
};

Result<DownloadJournal> DownloadJournal::open(const fs::path& folder) {
    auto state = std::make_unique<State>();
    state->file = folder / journalName;
    BALMER_CHECK(core::makeFolders(folder));
    BALMER_TRY(state->journal,
               core::File::open(state->file, core::File::Use::Append, core::File::Links::Refuse, 0644));
    if (!state->journal->tryLock())
        return fail(ErrorCode::InvalidArgument, "another download works in " + folder.string() +
                                                    "; wait for it, or choose another folder");

    BALMER_TRY(const auto text, core::readFile(state->file));
    bool whole = true;
    for (std::string_view rest = text; !rest.empty() && whole;) {
        const auto end = rest.find('\n');
        whole = end != std::string_view::npos; // else the last line has no end
        if (!whole) break;
        if (auto entry = parseEntry(std::string(rest.substr(0, end)))) {
            const core::LockGuard lock(state->mutex);
            state->entries.insert_or_assign(entry->url, *entry);
        }
        rest.remove_prefix(end + 1);
    }
    if (!whole) BALMER_CHECK(state->journal->write(std::string_view("\n")));
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

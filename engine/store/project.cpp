#include "engine/store/project.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <iterator>
#include <optional>

#include "engine/core/amount_text.h"
#include "engine/core/file.h"
#include "engine/core/folder_lock.h"
#include "engine/core/log.h"
#include "engine/core/pending_file.h"
#include "engine/core/user_folders.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/catalogue.h"
#include "engine/store/column_registry.h"
#include "engine/store/connections.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/label_seals.h"
#include "engine/store/leftovers.h"
#include "engine/store/origins.h"
#include "engine/store/round_archive.h"
#include "engine/store/settings.h"
#include "engine/store/sqlite_job_store.h"
#include "engine/store/staged_rows.h"

namespace balmer::store {

using core::ErrorCode;
using core::fail;
using core::Result;
namespace fs = std::filesystem;

namespace {
fs::path databaseOf(const fs::path& folder) {
    return folder / "project.sqlite";
}
} // namespace

struct Project::Parts {
    Parts(fs::path where, std::unique_ptr<Connections> opened)
        : folder(std::move(where)), connections(std::move(opened)), artefacts(folder / "artefacts") {}
    ~Parts() {
        if (!dropsLogs) return;
        const auto file = databaseOf(folder);
        connections.reset();
        inUse.reset();
        if (const auto alone = core::FolderLock::tryAlone(folder)) dropEmptyLogs(file);
    }
    Parts(const Parts&) = delete;
    Parts& operator=(const Parts&) = delete;

    fs::path folder;
    std::unique_ptr<Connections> connections;
    ColumnRegistry columns{*connections};
    Catalogue catalogue{*connections, columns};
    DatasetRegistry datasets{*connections};
    LabelLog labels{*connections};
    Origins origins{*connections};
    SqliteJobStore jobs{*connections};
    RoundArchive rounds{*connections};
    ArtefactFolder artefacts;
    Settings settings{*connections};
    std::vector<jobs::Job> interrupted;
    std::optional<core::FolderLock> inUse; ///< shared by all processes that have the project open
    bool dropsLogs = false;                ///< it is only read, and had no log beside it when it was opened
};

namespace {

bool refusesWriting(const core::Error& error) {
    return error.code() == ErrorCode::Io || error.code() == ErrorCode::ResourceExhausted;
}

/// What a label or the record of a job may need beside the database. With less, some of it would fit and some
/// not: a project is read then, so that at least all exports can be made.
constexpr std::uintmax_t leastRoom = std::uintmax_t{1} << 20;

bool hasRoom(const fs::path& folder) {
    struct statvfs disk {};
    if (::statvfs(folder.c_str(), &disk) != 0 || disk.f_blocks == 0) return true; // it does not say
    const std::uintmax_t blocks = ::geteuid() == 0 ? disk.f_bfree : disk.f_bavail;
    return blocks * disk.f_frsize >= leastRoom;
}

std::string whyOnlyRead(const fs::path& folder, const core::Error& error) {
    struct statvfs disk {};
    std::string why = error.message();
    if (::statvfs(folder.c_str(), &disk) == 0 && (disk.f_flag & ST_RDONLY) != 0)
        why = "its disk takes no changes; copy it to another one to change it";
    else if (error.code() == ErrorCode::ResourceExhausted)
        why = "there is no space left on its disk, or almost none; make room there and open it again";
    else if (::access(folder.c_str(), W_OK) != 0)
        why = "you may not write in its folder; check who owns it and its mode";
    return "the project " + folder.string() + " can only be read: " + why;
}

void sayLeftovers(const Swept& swept, const fs::path& folder) {
    if (swept.setAside > 0)
        core::log::info(core::countText(swept.setAside, "file", "files") + " in " + folder.string() +
                        " that no record names: set aside in its folder leftovers, to go in 30 days");
    if (swept.removed > 0)
        core::log::info("what was set aside in " + (folder / "leftovers").string() +
                        " more than 30 days ago was removed");
}

} // namespace

Project::Project(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Project::~Project() = default;

Result<std::unique_ptr<Project>> Project::open(const fs::path& folder, OpenOptions options) {
    if (folder.empty())
        return fail(ErrorCode::InvalidArgument, "a project needs a folder; name one, such as survey.balmer");
    std::error_code error;
    auto where = fs::absolute(folder, error).lexically_normal();
    if (!where.has_filename()) where = where.parent_path(); // "x.balmer/"
    if (fs::exists(where, error) && !fs::is_directory(where, error))
        return fail(ErrorCode::Io,
                    where.string() + " is a file, but a project is a folder; choose another name");
    const auto file = databaseOf(where);
    if (!options.create && !fs::exists(file, error))
        return fail(ErrorCode::NotFound, "there is no project in " + where.string() +
                                             "; check the path, or import spectra to make one");
    const auto& clock = options.clock ? *options.clock : core::systemClock();
    const bool hadLogs = hasLogFiles(file);
    auto parts = openForWriting(where, clock);
    if (!parts && refusesWriting(parts.error()) && fs::exists(file, error)) {
        BALMER_TRY(auto connections,
                   Connections::openForReading(file, clock, whyOnlyRead(where, parts.error())));
        parts = std::make_unique<Parts>(where, std::move(connections));
        (*parts)->inUse = core::FolderLock::shared(where);
        (*parts)->dropsLogs = !hadLogs;
    }
    if (!parts) return fail(std::move(parts).error());
    return std::unique_ptr<Project>(new Project(std::move(*parts)));
}

core::Status Project::finishWhatOthersLeft(Parts& parts) {
    BALMER_TRY(parts.interrupted, parts.jobs.markInterrupted());
    BALMER_CHECK(dropAbandoned(*parts.connections));
    BALMER_CHECK(parts.labels.sealOlder());
    return parts.labels.takeBackAbandoned();
}

Result<std::unique_ptr<Project::Parts>> Project::openForWriting(const fs::path& where,
                                                                const core::Clock& clock) {
    std::error_code error;
    if (fs::exists(databaseOf(where), error) && !hasRoom(where)) {
        for (const auto& folder : {where, where / "datasets", where / "artefacts"})
            (void)core::sweepPending(folder); // it may be what fills the disk
        if (!hasRoom(where))
            return fail(ErrorCode::ResourceExhausted,
                        "less than 1 MB is free on the disk with " + where.string() + "; make room there");
    }
    for (const auto& part : {where / "datasets", where / "artefacts"})
        BALMER_CHECK(core::makeFolders(part));
    const auto file = databaseOf(where);
    // Held from before anything is made in there: who finds it free finds no half-made things.
    auto alone = core::FolderLock::tryAlone(where);
    auto inUse = alone ? std::nullopt : core::FolderLock::shared(where);
    BALMER_TRY(auto connections, Connections::open(file, clock, Connections::journalFor(file)));
    auto parts = std::make_unique<Parts>(where, std::move(connections));
    if (const auto finished = finishWhatOthersLeft(*parts); !finished) {
        if (finished.error().code() != ErrorCode::DeadlineExceeded) return fail(finished.error());
        core::log::warning("what ended programs left undone in " + where.string() +
                           " is for the next opening: " + finished.error().message());
    }
    std::size_t swept = 0;
    for (const auto& folder : {where, where / "datasets", where / "artefacts"})
        swept += core::sweepPending(folder).size();
    if (swept > 0)
        core::log::info(std::to_string(swept) + " unfinished files that ended programs left in " +
                        where.string() + " were removed");
    if (alone) {
        BALMER_TRY(const auto leftovers,
                   sweepLeftovers(*parts->connections, where, parts->connections->now()));
        sayLeftovers(leftovers, where);
        alone->share();
        parts->inUse = std::move(alone);
    } else {
        parts->inUse = std::move(inUse);
    }
    return parts;
}

fs::path Project::defaultFolder() {
    return core::dataFolder() / "default.balmer";
}

const std::string& Project::onlyReads() const {
    return parts_->connections->onlyReads();
}
const fs::path& Project::folder() const {
    return parts_->folder;
}
fs::path Project::datasetFolder() const {
    return parts_->folder / "datasets";
}
Catalogue& Project::catalogue() {
    return parts_->catalogue;
}
DatasetRegistry& Project::datasets() {
    return parts_->datasets;
}
ColumnRegistry& Project::columns() {
    return parts_->columns;
}
LabelLog& Project::labels() {
    return parts_->labels;
}
Origins& Project::origins() {
    return parts_->origins;
}
jobs::JobStore& Project::jobs() {
    return parts_->jobs;
}
RoundArchive& Project::rounds() {
    return parts_->rounds;
}
ArtefactFolder& Project::artefacts() {
    return parts_->artefacts;
}
Settings& Project::settings() {
    return parts_->settings;
}
core::Status Project::together(const std::function<core::Status()>& work) {
    return parts_->connections->write([&](Database&) { return work(); });
}
std::int64_t Project::mostRowsInOneWrite() const {
    return parts_->connections->mostRowsInOneWrite();
}
core::Result<std::vector<std::string>> Project::damage() {
    const auto file = databaseOf(parts_->folder);
    return parts_->connections->read([&](Database& database) -> Result<std::vector<std::string>> {
        std::vector<std::string> found;
        if (auto header = headerDamage(file); !header.empty()) found.push_back(std::move(header));
        BALMER_TRY(auto pages, database.prepare("PRAGMA integrity_check(100)"));
        while (true) {
            BALMER_TRY(const bool more, pages.step());
            if (!more) break;
            if (pages.text(0) != "ok") found.push_back(pages.text(0));
        }
        BALMER_TRY(auto keys, database.prepare("PRAGMA foreign_key_check"));
        while (true) {
            BALMER_TRY(const bool more, keys.step());
            if (!more) break;
            found.push_back("row " + keys.text(1) + " of " + keys.text(0) + " belongs to a row of " +
                            keys.text(2) + " that is not there");
        }
        BALMER_TRY(auto broken, brokenSeals(database, 100));
        std::move(broken.begin(), broken.end(), std::back_inserter(found));
        return found;
    });
}
core::Status Project::adopt(const jobs::Job& job) {
    return parts_->jobs.adopt(job);
}
const std::vector<jobs::Job>& Project::interruptedJobs() const {
    return parts_->interrupted;
}

} // namespace balmer::store

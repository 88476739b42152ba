#include "engine/store/leftovers.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/core/file.h"
#include "engine/store/connections.h"

namespace balmer::store {

using core::Result;
namespace fs = std::filesystem;

namespace {

constexpr int daysKept = 30;

bool isHexadecimal(std::string_view text, std::size_t digits) {
    return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// NAME-0123456789ab.h5
bool isDatasetName(std::string_view name) {
    constexpr std::string_view ending = ".h5";
    if (!name.ends_with(ending)) return false;
    name.remove_suffix(ending.size());
    const auto dash = name.rfind('-');
    return dash != std::string_view::npos && isHexadecimal(name.substr(dash + 1), 12);
}

/// ab/ab…: the digest, under its first two digits.
bool isArtefactPlace(const fs::path& file) {
    const auto name = file.filename().string();
    return isHexadecimal(name, 64) && file.parent_path().filename().string() == name.substr(0, 2);
}

/// "2026-11-30" as days since 1970; nothing for another text.
std::optional<int> dayOf(std::string_view date) {
    if (date.size() != 10 || date[4] != '-' || date[7] != '-') return std::nullopt;
    int year = 0;
    unsigned month = 0, day = 0;
    const auto read = [&](std::size_t from, std::size_t count, auto& value) {
        const auto* const end = date.data() + from + count;
        return std::from_chars(date.data() + from, end, value).ptr == end;
    };
    if (!read(0, 4, year) || !read(5, 2, month) || !read(8, 2, day)) return std::nullopt;
    const std::chrono::year_month_day named{std::chrono::year(year), std::chrono::month(month),
                                            std::chrono::day(day)};
    if (!named.ok()) return std::nullopt;
    return std::chrono::sys_days(named).time_since_epoch().count();
}

/// A link would lead out of the project, into somebody else's files.
bool isFolderItself(const fs::path& path) {
    std::error_code error;
    return fs::is_directory(fs::symlink_status(path, error));
}

struct Named {
    std::set<std::string> datasets; ///< files, relative to the project
    std::set<std::string> digests;
};

Result<Named> namedIn(Database& database) {
    Named named;
    const auto collect = [&](std::string_view sql, std::set<std::string>& into) -> core::Status {
        BALMER_TRY(auto rows, database.prepare(sql));
        while (true) {
            BALMER_TRY(const bool row, rows.step());
            if (!row) return {};
            into.insert(rows.text(0));
        }
    };
    BALMER_CHECK(collect("SELECT file FROM dataset", named.datasets));
    BALMER_CHECK(collect("SELECT digest FROM job_artefact UNION SELECT model FROM dataset_column UNION "
                         "SELECT model FROM round",
                         named.digests));
    return named;
}

std::vector<fs::path> unnamedIn(const fs::path& folder, const Named& named) {
    std::vector<fs::path> found;
    for (const auto* part : {"datasets", "artefacts"}) {
        std::error_code error;
        if (!isFolderItself(folder / part)) continue;
        for (fs::recursive_directory_iterator each(folder / part, error), end; !error && each != end;
             each.increment(error)) {
            std::error_code unknown;
            const auto& path = each->path();
            if (each->is_symlink(unknown) || !each->is_regular_file(unknown)) continue;
            const bool unused =
                std::string_view(part) == "datasets"
                    ? path.parent_path() == folder / part && isDatasetName(path.filename().string()) &&
                          !named.datasets.contains(path.lexically_relative(folder).string())
                    : isArtefactPlace(path) && !named.digests.contains(path.filename().string());
            if (unused) found.push_back(path);
        }
    }
    return found;
}

} // namespace

Result<Swept> sweepLeftovers(Connections& connections, const fs::path& folder, std::string_view now) {
    BALMER_TRY(const auto named, connections.read([](Database& database) { return namedIn(database); }));
    Swept swept;
    const auto today = now.substr(0, 10);
    const auto aside = folder / "leftovers";
    std::error_code error;
    if (fs::exists(fs::symlink_status(aside, error)) && !isFolderItself(aside)) return swept;
    for (const auto& file : unnamedIn(folder, named)) {
        const auto place = aside / today / file.lexically_relative(folder);
        if (core::makeFolders(place.parent_path()) && core::renameFile(file, place)) ++swept.setAside;
    }
    std::vector<fs::path> old;
    for (fs::directory_iterator each(aside, error), end; !error && each != end; each.increment(error)) {
        const auto day = dayOf(each->path().filename().string()), last = dayOf(today);
        if (day && last && *last - *day > daysKept && isFolderItself(each->path()))
            old.push_back(each->path());
    }
    for (const auto& each : old)
        if (core::removeTree(each)) ++swept.removed;
    return swept;
}

bool hasLogFiles(const fs::path& database) {
    std::error_code error;
    return fs::exists(database.string() + "-wal", error) || fs::exists(database.string() + "-shm", error);
}

void dropEmptyLogs(const fs::path& database) {
    std::error_code error;
    const auto bytes = fs::file_size(database.string() + "-wal", error);
    if (!error && bytes > 0) return;
    for (const auto* ending : {"-wal", "-shm"})
        (void)core::removeFile(database.string() + ending);
}

} // namespace balmer::store

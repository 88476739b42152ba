#include "engine/store/project.h"

#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <thread>

#include "engine/core/files.h"
#include "engine/store/column_registry.h"
#include "engine/store/connections.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/migration.h"
#include "engine/store/origins.h"
#include "engine/store/round_archive.h"
#include "engine/store/settings.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using core::ErrorCode;
namespace fs = std::filesystem;

namespace {

active::LabelEvent labelOf(const std::string& spectrum) {
    active::LabelEvent event;
    event.spectrum = spectrum;
    event.className = "x";
    return event;
}

void runSql(const fs::path& file, const std::string& sql) {
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
    char* message = nullptr;
    EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &message), SQLITE_OK)
        << (message ? message : "");
    sqlite3_free(message);
    sqlite3_close(handle);
}

std::string read(const fs::path& file) {
    return core::readFile(file).value();
}

} // namespace

TEST(Project, IsMadeWhereThereIsNoneAndOpensAgain) {
    test::TemporaryFolder folder;
    {
        const auto project = Project::open(folder / "deep" / "survey.balmer/");
        ASSERT_TRUE(project) << test::why(project);
        EXPECT_EQ((*project)->folder(), folder / "deep" / "survey.balmer");
        EXPECT_TRUE(fs::is_directory((*project)->datasetFolder()));
        ASSERT_TRUE((*project)->catalogue().add(std::vector{test::sampleSpectrum("a")}));
        for (const auto& entry : fs::directory_iterator((*project)->folder()))
            EXPECT_EQ(entry.path().string().find(".before-"), std::string::npos) << entry.path();
    }
    const auto again = Project::open(folder / "deep" / "survey.balmer", {.create = false});
    ASSERT_TRUE(again) << test::why(again);
    EXPECT_EQ((*again)->catalogue().count({}).value(), 1);
}

TEST(Project, IsNotMadeWhenItOnlyShouldBeOpened) {
    test::TemporaryFolder folder;
    const auto missing = Project::open(folder / "none.balmer", {.create = false});
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().code(), ErrorCode::NotFound);
    EXPECT_FALSE(fs::exists(folder / "none.balmer"));
    EXPECT_EQ(Project::open("").error().code(), ErrorCode::InvalidArgument);
}

TEST(Project, TimesComeFromTheClockItWasGiven) {
    test::TemporaryFolder folder;
    const test::SteppingClock clock;
    const auto project = Project::open(folder / "a.balmer", {.clock = &clock});
    ASSERT_TRUE(project) << test::why(project);
    ASSERT_TRUE((*project)->labels().append(labelOf("a")));
    EXPECT_EQ((*project)->labels().of("a")->front().when.substr(0, 10), "2020-09-13");
}

TEST(ProjectFailures, AFileOrAFolderThatCannotBeWrittenIsNamed) {
    test::TemporaryFolder folder;
    std::ofstream(folder / "file") << "x";
    const auto file = Project::open(folder / "file");
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code(), ErrorCode::Io);
    EXPECT_NE(file.error().message().find("is a file"), std::string::npos);
    const auto system = Project::open("/proc/survey.balmer");
    ASSERT_FALSE(system);
    EXPECT_EQ(system.error().code(), ErrorCode::Io);
    EXPECT_NE(system.error().message().find("/proc/survey.balmer"), std::string::npos);
    if (::geteuid() == 0) return; // root may write everywhere
    fs::create_directory(folder / "read-only");
    fs::permissions(folder / "read-only", fs::perms::owner_read | fs::perms::owner_exec);
    EXPECT_EQ(Project::open(folder / "read-only" / "a.balmer").error().code(), ErrorCode::Io);
    EXPECT_EQ(Project::open(folder / "read-only").error().code(), ErrorCode::Io);
}

TEST(ProjectFailures, WhatIsNoDatabaseOfBalmerIsRefusedAndLeftAlone) {
    test::TemporaryFolder folder;
    const auto refused = [&](const std::string& name) {
        const auto file = folder / name / "project.sqlite";
        const auto before = read(file);
        const auto project = Project::open(folder / name);
        EXPECT_EQ(read(file), before);
        return project ? ErrorCode::Internal : project.error().code();
    };
    fs::create_directory(folder / "text");
    std::ofstream(folder / "text" / "project.sqlite") << std::string(5000, 'x');
    EXPECT_EQ(refused("text"), ErrorCode::Store);
    fs::create_directory(folder / "other");
    runSql(folder / "other" / "project.sqlite", "CREATE TABLE t (x); INSERT INTO t VALUES (1)");
    EXPECT_EQ(refused("other"), ErrorCode::Store);
    for (const char* pipe : {"project.sqlite", "project.sqlite-journal"}) {
        const auto place = folder / (std::string("pipe ") + pipe);
        test::openProject(place).reset();
        fs::remove(place / pipe);
        ASSERT_EQ(::mkfifo((place / pipe).c_str(), 0600), 0);
        const auto piped = Project::open(place); // and nobody writes into it
        ASSERT_FALSE(piped);
        EXPECT_NE(piped.error().message().find(std::string(pipe) + " is a pipe"), std::string::npos)
            << piped.error().message();
    }
    test::openProject(folder / "newer").reset();
    runSql(folder / "newer" / "project.sqlite", "PRAGMA user_version = 99");
    EXPECT_EQ(refused("newer"), ErrorCode::Unsupported);
    const auto newer = Project::open(folder / "newer");
    EXPECT_NE(newer.error().message().find("newer Balmer (schema 99"), std::string::npos)
        << newer.error().message();
}

TEST(ProjectFailures, ADamagedDatabaseIsAnErrorNotACrash) {
    test::TemporaryFolder folder;
    {
        const auto project = test::openProject(folder / "a.balmer");
        for (int batch = 0; batch < 5; ++batch) {
            std::vector<NewSpectrum> items;
            for (int i = 0; i < 100; ++i)
                items.push_back(test::sampleSpectrum(std::to_string(batch * 100 + i)));
            ASSERT_TRUE(project->catalogue().add(items));
        }
    }
    const auto file = folder / "a.balmer" / "project.sqlite";
    const auto whole = read(file);
    int damaged = 0;
    for (std::size_t page = 0; page * 4096 < whole.size(); page += 7) {
        auto bytes = whole;
        for (std::size_t i = page * 4096 + 8; i < std::min(bytes.size(), (page + 3) * 4096); ++i)
            bytes[i] = static_cast<char>(i * 131 + page);
        std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
        fs::remove(file.string() + "-wal");
        fs::remove(file.string() + "-shm");
        const auto project = Project::open(folder / "a.balmer");
        if (!project) {
            ++damaged;
            EXPECT_TRUE(project.error().code() == ErrorCode::Store ||
                        project.error().code() == ErrorCode::Unsupported)
                << project.error().describe();
            continue;
        }
        const auto list = (*project)->catalogue().list({});
        const auto search = (*project)->catalogue().ids({.search = "lamost"});
        const auto near = (*project)->catalogue().near({301.15, 32.22}, 1);
        const auto added = (*project)->catalogue().add(std::vector{test::sampleSpectrum("new")});
        if (!list || !search || !near || !added) ++damaged;
        if (!list) {
            EXPECT_EQ(list.error().code(), ErrorCode::Store) << list.error().describe();
        }
    }
    EXPECT_GT(damaged, 0);
    auto header = whole;
    header[18] = 19; // only read, says SQLite
    std::ofstream(file, std::ios::binary | std::ios::trunc) << header;
    {
        const auto only = Project::open(folder / "a.balmer");
        ASSERT_TRUE(only) << only.error().describe();
        EXPECT_NE((*only)->onlyReads().find("is damaged: it forbids to write"), std::string::npos)
            << (*only)->onlyReads();
        EXPECT_TRUE((*only)->catalogue().list({}));
        EXPECT_EQ((*only)->damage().value().size(), 1U);
    }
    std::ofstream(file, std::ios::binary | std::ios::trunc) << whole.substr(0, whole.size() / 2);
    const auto half = Project::open(folder / "a.balmer");
    if (half) {
        EXPECT_FALSE((*half)->catalogue().list({}));
    }
}

namespace {
/// Lets each connection opened meanwhile grow the database to so many pages: what a full disk looks like.
struct FullDisk {
    FullDisk() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&FullDisk::limit)); }
    ~FullDisk() { sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&FullDisk::limit)); }
    static int limit(sqlite3* handle, const char**, const void*) {
        return sqlite3_exec(handle, "PRAGMA max_page_count = 90", nullptr, nullptr, nullptr);
    }
};
} // namespace

TEST(ProjectFailures, AFullDiskIsASentenceAndAnUnchangedProject) {
    test::TemporaryFolder folder;
    const FullDisk full;
    const auto project = test::openProject(folder / "a.balmer");
    std::int64_t kept = 0;
    while (kept < 100'000) {
        std::vector<NewSpectrum> items;
        for (int i = 0; i < 100; ++i)
            items.push_back(test::sampleSpectrum(std::to_string(kept + i)));
        const auto added = project->catalogue().add(items);
        if (!added) {
            EXPECT_EQ(added.error().code(), ErrorCode::ResourceExhausted) << added.error().describe();
            EXPECT_NE(added.error().message().find("full"), std::string::npos);
            break;
        }
        kept += 100;
    }
    EXPECT_LT(kept, 100'000);
    EXPECT_EQ(project->catalogue().count({}).value(), kept);
    EXPECT_EQ(project->catalogue().ids({.search = "lamost"})->size(), static_cast<std::size_t>(kept));
}

TEST(ProjectSharing, ProcessesThatMakeItAtOnceAllSucceed) {
    test::TemporaryFolder folder;
    std::vector<pid_t> children;
    for (int i = 0; i < 4; ++i) {
        const auto child = ::fork();
        if (child == 0) {
            auto project = Project::open(folder / "a.balmer");
            if (!project) ::_exit(2);
            const auto added =
                (*project)->catalogue().add(std::vector{test::sampleSpectrum(std::to_string(i))});
            ::_exit(added ? 0 : 3);
        }
        children.push_back(child);
    }
    for (const auto child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
    }
    EXPECT_EQ(test::openProject(folder / "a.balmer")->catalogue().count({}).value(), 4);
}

TEST(ProjectSharing, OneProcessLabelsWhileAnotherImports) {
    test::TemporaryFolder folder;
    test::openProject(folder / "a.balmer").reset();
    const auto child = ::fork();
    if (child == 0) {
        auto project = Project::open(folder / "a.balmer");
        if (!project) ::_exit(2);
        for (int batch = 0; batch < 20; ++batch) {
            std::vector<NewSpectrum> items;
            for (int i = 0; i < 100; ++i)
                items.push_back(test::sampleSpectrum(std::to_string(batch * 100 + i)));
            if (!(*project)->catalogue().add(items)) ::_exit(3);
        }
        ::_exit(0);
    }
    {
        const auto project = test::openProject(folder / "a.balmer");
        for (int i = 0; i < 100; ++i) {
            const auto id = project->labels().append(labelOf(std::to_string(i)));
            EXPECT_TRUE(id) << test::why(id);
            EXPECT_TRUE(project->catalogue().count({.where = "label = 'x'"}));
        }
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << WEXITSTATUS(status);
        EXPECT_EQ(project->catalogue().count({}).value(), 2000);
        EXPECT_EQ(project->catalogue().count({.where = "label = 'x'"}).value(), 100);
    }
}

TEST(Migrations, AreNumberedFromOneWithoutGaps) {
    int expected = 0;
    for (const auto& step : migrations())
        EXPECT_EQ(step.number, ++expected) << step.name;
    EXPECT_GE(expected, 1);
}

TEST(Migrations, KeepACopyAndTakeEachStepWholeOrNotAtAll) {
    test::TemporaryFolder folder;
    test::openProject(folder / "a.balmer")->labels().append(labelOf("a")).value();
    const auto file = folder / "a.balmer" / "project.sqlite";
    std::vector<Migration> steps(migrations().begin(), migrations().end());
    const int first = steps.back().number + 1;
    steps.push_back({first, "good", "CREATE TABLE good (x); INSERT INTO good VALUES (1);"});
    steps.push_back({first + 1, "bad", "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1);"});
    const auto database = Database::open(file, true);
    ASSERT_TRUE(database) << test::why(database);
    const auto migrated = migrate(**database, steps);
    ASSERT_FALSE(migrated);
    EXPECT_NE(migrated.error().describe().find("bad"), std::string::npos);
    EXPECT_EQ((*database)->number("PRAGMA user_version").value(), first);
    EXPECT_EQ((*database)->number("SELECT count(*) FROM good").value(), 1);
    EXPECT_EQ((*database)->number("SELECT count(*) FROM sqlite_schema WHERE name = 'half'").value(), 0);
    EXPECT_EQ((*database)->number("SELECT count(*) FROM label_event").value(), 1);
    const auto copy = Database::open(file.string() + ".before-" + std::to_string(first), false);
    ASSERT_TRUE(copy) << test::why(copy);
    EXPECT_EQ((*copy)->number("PRAGMA user_version").value(), first - 1);
    EXPECT_EQ((*copy)->number("SELECT count(*) FROM label_event").value(), 1);
    EXPECT_EQ(Project::open(folder / "a.balmer").error().code(),
              ErrorCode::Unsupported); // written by a newer program now
}

TEST(StoredProjects, OneOfTheFirstSchemaOpens) {
    test::TemporaryFolder folder;
    fs::create_directory(folder / "old.balmer");
    runSql(folder / "old.balmer" / "project.sqlite",
           read(test::sourceRoot() / "tests" / "engine" / "store" / "fixtures" / "project_v1.sql"));
    const auto project = Project::open(folder / "old.balmer");
    ASSERT_TRUE(project) << test::why(project);
    EXPECT_EQ((*project)->catalogue().count({}).value(), 2);
    EXPECT_EQ((*project)->catalogue().find("b")->label, "double");
    EXPECT_EQ((*project)->catalogue().ids({.search = "hd 1906*"})->size(), 2u);
    EXPECT_EQ((*project)->catalogue().near({301.15, 32.22}, 1)->size(), 2u);
    EXPECT_EQ((*project)->catalogue().header("a")->size(), 3u);
    EXPECT_EQ((*project)->catalogue().ids({.where = "h-140.entropy > 0.5"}).value(),
              std::vector<std::string>{"b"});
    EXPECT_EQ((*project)->labels().current("b")->className, "double");
    EXPECT_EQ((*project)->rounds().latest("h-140").value()->items.size(), 1u);
    EXPECT_EQ((*project)->settings().get("observer").value(), "eva");
    ASSERT_EQ((*project)->jobs().list({})->size(), 1u);
    EXPECT_EQ((*project)->jobs().list({})->front().phase, jobs::Phase::Completed);
    // Brought up to date, with a copy of what it was.
    EXPECT_TRUE(fs::exists(folder / "old.balmer" / "project.sqlite.before-2"));
    EXPECT_TRUE((*project)->jobs().listRemote()->empty());
    jobs::Job job;
    job.remote = jobs::RemoteTicket{"big-machine", std::string(32, '0')};
    EXPECT_TRUE((*project)->jobs().create(job));
    EXPECT_EQ((*project)->jobs().listRemote()->size(), 1u);
}

TEST(StoredProjects, OneOfTheSecondSchemaOpens) {
    test::TemporaryFolder folder;
    fs::create_directory(folder / "old.balmer");
    runSql(folder / "old.balmer" / "project.sqlite",
           read(test::sourceRoot() / "tests" / "engine" / "store" / "fixtures" / "project_v2.sql"));
    const auto project = Project::open(folder / "old.balmer");
    ASSERT_TRUE(project) << test::why(project);
    EXPECT_EQ((*project)->catalogue().count({}).value(), 2);
    const auto remote = (*project)->jobs().listRemote();
    ASSERT_EQ(remote->size(), 1u);
    EXPECT_EQ(*remote->front().remote, (jobs::RemoteTicket{"big-machine", std::string(32, 'e'), 7, true}));
    EXPECT_EQ(remote->front().phase, jobs::Phase::Executing);
    // Brought up to date, with a copy of what it was.
    EXPECT_TRUE(fs::exists(folder / "old.balmer" / "project.sqlite.before-3"));
    EXPECT_TRUE((*project)->origins().of("a")->empty());
    const auto key = (*project)->catalogue().find("a")->rowId;
    EXPECT_TRUE((*project)->origins().add(key, std::vector<Origin>{{"http://archive.example.org/a.fits"}}));
}

TEST(StoredProjects, OneOfTheThirdSchemaOpens) {
    test::TemporaryFolder folder;
    fs::create_directory(folder / "old.balmer");
    runSql(folder / "old.balmer" / "project.sqlite",
           read(test::sourceRoot() / "tests" / "engine" / "store" / "fixtures" / "project_v3.sql"));
    const auto project = Project::open(folder / "old.balmer");
    ASSERT_TRUE(project) << test::why(project);
    EXPECT_EQ((*project)->catalogue().count({}).value(), 2);
    const std::vector<std::string> addresses{"http://archive.example.org/a.fits", "ivo://example.org/a"};
    EXPECT_EQ((*project)->origins().spectraFrom(addresses).value(), (std::vector<std::string>{"a", "a"}));
    // Brought up to date, with a copy of what it was.
    EXPECT_TRUE(fs::exists(folder / "old.balmer" / "project.sqlite.before-4"));
    EXPECT_FALSE((*project)->labels().of("b")->front().act);
    ASSERT_TRUE((*project)->labels().appendAll(std::vector{labelOf("a"), labelOf("b")}));
    EXPECT_EQ((*project)->labels().takeBack("")->size(), 2u);
    EXPECT_EQ((*project)->labels().current("b")->className, "double");
}

TEST(StoredProjects, OneOfTheFourthSchemaOpens) {
    test::TemporaryFolder folder;
    fs::create_directory(folder / "old.balmer");
    runSql(folder / "old.balmer" / "project.sqlite",
           read(test::sourceRoot() / "tests" / "engine" / "store" / "fixtures" / "project_v4.sql"));
    const auto project = Project::open(folder / "old.balmer");
    ASSERT_TRUE(project) << test::why(project);
    EXPECT_EQ((*project)->labels().takeBack("eva")->size(), 2u);
    EXPECT_EQ((*project)->labels().current("b")->className, "double");
    // Brought up to date, with a copy of what it was.
    EXPECT_TRUE(fs::exists(folder / "old.balmer" / "project.sqlite.before-5"));
    EXPECT_EQ((*project)->columns().values("h-140", "entropy").value(), (std::vector{0.25, 0.75}));
    EXPECT_EQ((*project)->jobs().listRemote()->front().remote->lastHeard, "");
    EXPECT_EQ((*project)->datasets().ids("h-140")->size(), 2u);
    EXPECT_EQ((*project)->rounds().latest("h-140").value()->items.size(), 1u);
}

TEST(StoredProjects, OneOfTheFifthSchemaOpens) {
    test::TemporaryFolder folder;
    fs::create_directory(folder / "old.balmer");
    runSql(folder / "old.balmer" / "project.sqlite",
           read(test::sourceRoot() / "tests" / "engine" / "store" / "fixtures" / "project_v5.sql"));
    runSql(folder / "old.balmer" / "project.sqlite", "UPDATE job SET seed = 42 WHERE id = 1");
    const auto project = Project::open(folder / "old.balmer");
    ASSERT_TRUE(project) << test::why(project);
    EXPECT_TRUE(fs::exists(folder / "old.balmer" / "project.sqlite.before-6"));
    EXPECT_EQ((*project)->jobs().get(1)->spec.parameters, R"({"seed":42})") << "one that stood beside them";
    EXPECT_EQ((*project)->jobs().get(2)->spec.parameters, "{}");
    EXPECT_EQ((*project)->columns().values("h-140", "entropy").value(), (std::vector{0.25, 0.75}));
    EXPECT_EQ((*project)->rounds().latest("h-140").value()->items.size(), 1u);
    EXPECT_EQ((*project)->jobs().listRemote()->front().remote->lastHeard, "2026-01-02T03:04:05.000Z");
}

TEST(StoredProjects, OneOfTheSeventhSchemaOpens) {
    test::TemporaryFolder folder;
    fs::create_directory(folder / "old.balmer");
    runSql(folder / "old.balmer" / "project.sqlite",
           read(test::sourceRoot() / "tests" / "engine" / "store" / "fixtures" / "project_v7.sql"));
    const auto project = Project::open(folder / "old.balmer");
    ASSERT_TRUE(project) << test::why(project);
    EXPECT_EQ((*project)->labels().takeBack("eva")->size(), 2u);
    EXPECT_EQ((*project)->jobs().listRemote()->front().remote->lastHeard, "2026-01-02T03:04:05.000Z");
}

TEST(StoredProjects, OneOfTheEighthSchemaOpens) {
    test::TemporaryFolder folder;
    fs::create_directory(folder / "old.balmer");
    runSql(folder / "old.balmer" / "project.sqlite",
           read(test::sourceRoot() / "tests" / "engine" / "store" / "fixtures" / "project_v8.sql"));
    const auto project = Project::open(folder / "old.balmer");
    ASSERT_TRUE(project) << test::why(project);
    EXPECT_TRUE(fs::exists(folder / "old.balmer" / "project.sqlite.before-9"));
    EXPECT_EQ((*project)->datasets().get("h-140")->fileDigest, "f1");
    // Its labels are sealed as they are; a dataset made of it again has the order that it had.
    EXPECT_TRUE((*project)->damage()->empty());
    EXPECT_EQ((*project)->jobs().get(3)->spec.parameters, R"({"name":"h-140","order":"import"})");
    EXPECT_EQ((*project)->jobs().get(1)->spec.parameters, "{}");
    EXPECT_EQ((*project)->labels().takeBack("eva")->size(), 2u);
    EXPECT_TRUE((*project)->damage()->empty());
}

TEST(StoredProjects, OneOfTheNinthSchemaOpens) {
    test::TemporaryFolder folder;
    fs::create_directory(folder / "old.balmer");
    runSql(folder / "old.balmer" / "project.sqlite",
           read(test::sourceRoot() / "tests" / "engine" / "store" / "fixtures" / "project_v9.sql"));
    const auto project = Project::open(folder / "old.balmer");
    ASSERT_TRUE(project) << test::why(project);
    EXPECT_TRUE((*project)->damage()->empty());
    EXPECT_EQ((*project)->labels().list({})->size(), 3u);
    EXPECT_EQ((*project)->labels().takeBack("eva")->size(), 2u);
    EXPECT_TRUE((*project)->damage()->empty());
}

TEST(Together, AFailureInTheMiddleLeavesNothing) {
    test::TemporaryFolder folder;
    const auto project = test::openProject(folder / "a.balmer");
    const auto failed = project->together([&]() -> core::Status {
        BALMER_CHECK(project->labels().append(labelOf("a")));
        BALMER_CHECK(project->settings().set("observer", "eva"));
        jobs::Job job;
        BALMER_CHECK(project->jobs().create(job));
        return core::fail(ErrorCode::Format, "no");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message(), "no");
    EXPECT_TRUE(project->labels().list({})->empty());
    EXPECT_FALSE(project->settings().get("observer").value());
    EXPECT_TRUE(project->jobs().list({})->empty());
    EXPECT_THROW((void)project->together([&]() -> core::Status {
        BALMER_CHECK(project->labels().append(labelOf("a")));
        throw std::runtime_error("out");
    }),
                 std::runtime_error);
    EXPECT_TRUE(project->labels().list({})->empty());
    EXPECT_TRUE(project->labels().append(labelOf("b"))) << "and the project goes on";
}

TEST(Together, WhatWasWrittenIsReadBackBeforeAnybodyElseSeesIt) {
    test::TemporaryFolder folder;
    const auto project = test::openProject(folder / "a.balmer");
    const auto done = project->together([&]() -> core::Status {
        BALMER_CHECK(project->labels().append(labelOf("a")));
        EXPECT_EQ(project->labels().current("a")->className, "x");
        // A step that fails leaves nothing of its own; what went before stays.
        EXPECT_FALSE(project->labels().appendAll(std::vector{labelOf("b"), labelOf("")}));
        EXPECT_EQ(project->labels().list({})->size(), 1u);
        std::size_t seenElsewhere = 99;
        std::thread([&] { seenElsewhere = project->labels().list({})->size(); }).join();
        EXPECT_EQ(seenElsewhere, 0u);
        return project->together([&] { return project->settings().set("deeper", "1"); });
    });
    ASSERT_TRUE(done) << test::why(done);
    EXPECT_EQ(project->labels().list({})->size(), 1u);
    EXPECT_EQ(project->settings().get("deeper").value(), "1");
}

TEST(Together, AnotherThreadsWriteWaitsAndIsNoPartOfIt) {
    test::TemporaryFolder folder;
    const auto project = test::openProject(folder / "a.balmer");
    std::thread other;
    const auto failed = project->together([&]() -> core::Status {
        BALMER_CHECK(project->labels().append(labelOf("a")));
        other = std::thread([&] { EXPECT_TRUE(project->labels().append(labelOf("b"))); });
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return core::fail(ErrorCode::Format, "no");
    });
    other.join();
    EXPECT_FALSE(failed);
    ASSERT_EQ(project->labels().list({})->size(), 1u);
    EXPECT_EQ(project->labels().list({})->front().spectrum, "b");
}

TEST(StoredProjects, TheFixtureCanBeMadeAgain) {
    const char* target =
        std::getenv("BALMER_WRITE_FIXTURE"); // then: sqlite3 project.sqlite .dump > project_vN.sql
    if (target == nullptr)
        GTEST_SKIP() << "set BALMER_WRITE_FIXTURE to a folder to write the project of the fixture";
    const auto project = test::openProject(target);
    ASSERT_TRUE(project->catalogue().add(std::vector{test::sampleSpectrum("a"), test::sampleSpectrum("b")}));
    DatasetRecord dataset;
    dataset.name = "h-140";
    dataset.digest = "d1";
    dataset.rows = 2;
    ASSERT_TRUE(project->datasets().add(dataset, std::vector<std::string>{"a", "b"}));
    ASSERT_TRUE(project->columns().add({.dataset = "h-140", .name = "entropy"}, std::vector{0.25, 0.75}));
    auto event = labelOf("b");
    event.className = "double";
    ASSERT_TRUE(project->labels().append(event));
    std::vector both{labelOf("a"), labelOf("b")};
    for (auto& each : both)
        each.who = "eva";
    ASSERT_TRUE(project->labels().appendAll(both));
    RoundRecord round;
    round.dataset = "h-140";
    round.classes = {"other", "double"};
    round.items = {{active::RoundList::Oracle, 1, "a", "double", 0.5, 0.9, "not sure"}};
    ASSERT_TRUE(project->rounds().add(round));
    jobs::Job job;
    job.spec.kind = "som";
    job.phase = jobs::Phase::Completed;
    ASSERT_TRUE(project->jobs().create(job));
    job.phase = jobs::Phase::Executing;
    job.remote = jobs::RemoteTicket{"big-machine", std::string(32, 'e'), 7, true, "2026-01-02T03:04:05.000Z"};
    ASSERT_TRUE(project->jobs().create(job));
    ASSERT_TRUE(project->settings().set("observer", "eva"));
    ASSERT_TRUE(project->origins().add(project->catalogue().find("a")->rowId,
                                       std::vector<Origin>{{"http://archive.example.org/a.fits", "a service"},
                                                           {"ivo://example.org/a", "a service"}}));
}

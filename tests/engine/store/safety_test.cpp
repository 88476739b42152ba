// What a project from somebody else, a disk of the network, or a killed program may bring along.

#include <fstream>
#include <map>
#include <thread>

#include <gmock/gmock.h>

#include "engine/core/clock.h"
#include "engine/core/pending_file.h"
#include "engine/core/stop_scope.h"
#include "engine/store/catalogue.h"
#include "engine/store/column_registry.h"
#include "engine/store/connections.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/kept_text.h"
#include "engine/store/label_log.h"
#include "engine/store/network_disk.h"
#include "engine/store/origins.h"
#include "engine/store/round_archive.h"
#include "engine/store/settings.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using core::ErrorCode;
using testing::HasSubstr;
namespace fs = std::filesystem;

namespace {

active::LabelEvent labelOf(const std::string& spectrum, const std::string& className = "x") {
    active::LabelEvent event;
    event.spectrum = spectrum;
    event.className = className;
    return event;
}

void change(const fs::path& project, const std::string& sql) {
    const auto database = Database::open(project / "project.sqlite", true);
    ASSERT_TRUE(database) << test::why(database);
    const auto changed = (*database)->script(sql);
    ASSERT_TRUE(changed) << test::why(changed);
}

} // namespace

TEST(ForeignProjects, WithMoreThanBalmerMakesAreRefusedByName) {
    for (const auto& [name, sql] : std::map<std::string, std::string>{
             {"hider",
              "CREATE TRIGGER hider AFTER INSERT ON label_current BEGIN UPDATE label_current SET class = "
              "'other'; END"},
             {"endless", "CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) "
                         "SELECT i FROM n"},
             {"more", "CREATE TABLE more (x)"},
             {"setting", "DROP TABLE setting; CREATE VIEW setting AS SELECT 'a' AS key, x'00' AS value"},
             {"round", "ALTER TABLE round ADD COLUMN more TEXT"},
             {"job_log", "DROP TABLE job_log"},
             {"nothing", ""}}) {
        test::TemporaryFolder folder;
        test::openProject(folder / "a.balmer")->labels().append(labelOf("a")).value();
        change(folder / "a.balmer", sql);
        const auto opened = Project::open(folder / "a.balmer");
        EXPECT_EQ(opened.has_value(), sql.empty()) << name;
        if (opened) continue;
        EXPECT_EQ(opened.error().code(), ErrorCode::Store);
        EXPECT_THAT(opened.error().message(), HasSubstr("\"" + name + "\""));
        EXPECT_THAT(opened.error().message(), HasSubstr("copy of the project"));
    }
}

TEST(ForeignProjects, HaveNoPatternsOfAnyLength) {
    test::TemporaryFolder folder;
    const auto project = test::openProject(folder / "a.balmer");
    project->catalogue().add(std::vector{test::sampleSpectrum("1")}).value();
    EXPECT_TRUE(project->catalogue().count({.where = "id like '" + std::string(900, '%') + "'"}));
    EXPECT_FALSE(project->catalogue().count({.where = "id like '" + std::string(2000, '%') + "'"}));
}

namespace {
constexpr const char* endless =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
}

TEST(Statements, EndThoughTheirWorkDoesNot) {
    test::TemporaryFolder folder;
    const auto database = Database::open(folder / "a.sqlite", true);
    ASSERT_TRUE(database) << test::why(database);
    const auto asked = (*database)->number(endless);
    ASSERT_FALSE(asked);
    EXPECT_EQ(asked.error().code(), ErrorCode::Store);
    EXPECT_THAT(asked.error().message(), HasSubstr("more work than a file of its size"));
    EXPECT_FALSE((*database)->script(std::string("CREATE TABLE t (x); INSERT INTO t ") + endless));
    EXPECT_EQ((*database)->number("SELECT 7").value(), 7) << "and the next one is done";
}

TEST(Statements, ThatReadEndWhenTheirThreadIsToldToStopAndThoseThatWriteAreDone) {
    test::TemporaryFolder folder;
    const auto project = test::openProject(folder / "a.balmer");
    project->catalogue().add(std::vector{test::sampleSpectrum("1")}).value();
    const auto reader = Database::open(folder / "a.balmer" / "project.sqlite", false);
    const auto writer = Database::open(folder / "a.sqlite", true);
    std::stop_source stop;
    stop.request_stop();
    {
        const core::StopScope scope(stop.get_token());
        EXPECT_EQ((*reader)->number(endless).error().code(), ErrorCode::Cancelled);
        EXPECT_EQ((*writer)->number(endless).error().code(), ErrorCode::Store);
        EXPECT_TRUE(project->labels().append(labelOf("1")));
        const core::NoStopScope whole;
        EXPECT_EQ((*reader)->number(endless).error().code(), ErrorCode::Store);
    }
    EXPECT_EQ(project->labels().list({})->size(), 1u);
    EXPECT_EQ((*reader)->number(endless).error().code(), ErrorCode::Store) << "outside the scope";

    std::stop_source later;
    std::thread stopping([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
        later.request_stop();
    });
    const core::StopScope scope(later.get_token());
    while (!later.stop_requested())
        EXPECT_FALSE((*reader)->number(endless));
    stopping.join();
}

TEST(Statements, AreLimited) {
    test::TemporaryFolder folder;
    const auto database = Database::open(folder / "a.sqlite", true);
    auto& sql = **database;
    EXPECT_EQ(sql.number("SELECT length(zeroblob(300000000))").error().code(), ErrorCode::ResourceExhausted);
    EXPECT_FALSE(sql.script("ATTACH ':memory:' AS other"));
    EXPECT_TRUE(sql.copyTo(folder / "copy.sqlite")) << "which attaches for itself";
    EXPECT_FALSE(sql.script("ATTACH ':memory:' AS other"));
    std::string wide = "CREATE TABLE wide (c0", compound = "SELECT 1";
    for (int i = 1; i < 400; ++i)
        wide += ", c" + std::to_string(i);
    for (int i = 1; i < 100; ++i)
        compound += " UNION ALL SELECT 1";
    EXPECT_FALSE(sql.script(wide + ")"));
    EXPECT_FALSE(sql.script(compound));
    EXPECT_TRUE(sql.script("CREATE VIEW seen AS SELECT 1"));
    EXPECT_FALSE(sql.number("SELECT * FROM seen")) << "no view is asked";
    EXPECT_EQ(sql.number("PRAGMA cell_size_check").value(), 1);
    EXPECT_EQ(sql.number("PRAGMA trusted_schema").value(), 0);
    EXPECT_FALSE(sql.script("PRAGMA writable_schema = ON; DELETE FROM sqlite_schema"));
}

TEST(KeptText, NamesAreShortAndHaveNoMarks) {
    EXPECT_TRUE(checkName("the class", "Hα, double – Doppelgipfel 双峰"));
    for (const std::string name :
         {"a\tb", "a\x1b[2J", "a\u202Eb", "a\u2066b", "a\u200Fb", "a\u061Cb", "a\u0085b", "a\xff"})
        EXPECT_EQ(checkName("the class", name).error().code(), ErrorCode::InvalidArgument) << name;
    EXPECT_TRUE(checkName("the class", std::string(mostNameBytes, 'x')));
    const auto longer = checkName("the class", std::string(120'000, 'x'));
    EXPECT_THAT(longer.error().message(), HasSubstr("has 120000 bytes"));
    EXPECT_LT(longer.error().message().size(), 300u);
    EXPECT_EQ(keptRemark("the comment", "two\nlines\u202E\x07").value(), "two\nlines");
    EXPECT_FALSE(keptRemark("the comment", std::string(mostRemarkBytes + 1, 'x')));
    EXPECT_EQ(keptOfFile("a\n\u202Eb\xff"), "ab\uFFFD");
    EXPECT_EQ(keptOfFile(std::string(mostNameBytes - 1, 'x') + "é").size(), mostNameBytes - 1);
}

TEST(KeptText, IsAskedAtEachWrite) {
    test::TemporaryFolder folder;
    const auto project = test::openProject(folder / "a.balmer");
    const std::string bad = "a\u202Eb", endless(120'000, 'x');
    EXPECT_FALSE(project->labels().append(labelOf("a", endless)));
    EXPECT_EQ(project->labels().append(labelOf("a", bad)).has_value(), true); // tidied, as any class is
    EXPECT_EQ(project->labels().current("a")->className, "ab");
    auto remark = labelOf("a");
    remark.comment = endless;
    EXPECT_FALSE(project->labels().append(remark));
    for (const auto& name : {bad, endless}) {
        DatasetRecord record;
        record.name = name;
        EXPECT_FALSE(project->datasets().add(record, {}));
        jobs::Job job;
        job.spec.kind = "som";
        job.spec.label = name;
        EXPECT_FALSE(project->jobs().create(job));
    }
    for (const auto& name : {bad, endless}) {
        EXPECT_FALSE(project->labels().append(labelOf(name)))
            << "a spectrum that the catalogue does not know";
        auto shown = labelOf("a");
        shown.model = name;
        EXPECT_FALSE(project->labels().append(shown));
        EXPECT_FALSE(project->settings().set(name, "x"));
        jobs::Job job;
        job.spec.kind = name;
        EXPECT_FALSE(project->jobs().create(job));
        DatasetRecord rows;
        rows.name = "rows" + std::to_string(name.size());
        rows.rows = 1;
        EXPECT_FALSE(project->datasets().add(rows, std::vector{name}));
    }
    DatasetRecord dataset;
    dataset.name = "d";
    dataset.rows = 1;
    ASSERT_TRUE(project->datasets().add(dataset, std::vector<std::string>{"a"}));
    for (const auto& name : {bad, endless}) {
        EXPECT_FALSE(project->columns().add({.dataset = "d", .name = name}, std::vector{0.5}));
        EXPECT_FALSE(project->columns().add({.dataset = "d", .name = "p", .model = name}, std::vector{0.5}));
        RoundRecord round;
        round.dataset = "d";
        round.classes = {"star"};
        round.items = {{active::RoundList::Oracle, 1, "a", name, 0.5, 0.9, ""}};
        EXPECT_FALSE(project->rounds().add(round));
        round.items.front().predicted = "star";
        round.model = name;
        EXPECT_FALSE(project->rounds().add(round));
    }
    EXPECT_FALSE(project->settings().set("big", std::string(2 << 20, 'x')));
    ASSERT_TRUE(project->settings().set("view", "snr > 3\u202E"));
    EXPECT_EQ(project->settings().get("view").value(), "snr > 3");
    // What a job's program says, a worker's too, is kept without the marks.
    jobs::Job job;
    job.spec.kind = "som";
    job.spec.notes = "first\x1b[2J\nsecond";
    job.phase = jobs::Phase::Executing;
    job.device = bad;
    const auto id = project->jobs().create(job).value();
    EXPECT_EQ(project->jobs().get(id)->spec.notes, "first[2J\nsecond");
    EXPECT_EQ(project->jobs().get(id)->device, "ab");
    ASSERT_TRUE(project->jobs().addLog(id, {"", "line\x1b]0;x\u202E"}));
    EXPECT_EQ(project->jobs().log(id)->front().text, "line]0;x");
    ASSERT_TRUE(project->jobs().addArtefact(id, {bad, "text/plain", "d", 1}));
    EXPECT_EQ(project->jobs().get(id)->artefacts.front().name, "ab");
    ASSERT_TRUE(project->jobs().finish(id, jobs::Phase::Error, "", "", core::Error(ErrorCode::Io, bad)));
    EXPECT_EQ(project->jobs().get(id)->error->message(), "ab");
    job.spec.notes = endless;
    EXPECT_FALSE(project->jobs().create(job));

    auto item = test::sampleSpectrum("3");
    item.metadata.header = {{"NOTE", "x\u202Ey", "\x1b[2J"}};
    item.metadata.id = bad;
    item.metadata.object = endless;
    item.collection = bad;
    const auto kept = project->catalogue().add(std::vector{item}).value();
    EXPECT_EQ(kept.front().id, "ab");
    EXPECT_EQ(project->catalogue().find("ab")->object.size(), mostNameBytes);
    EXPECT_EQ(project->catalogue().find("ab")->collection, "ab");
    EXPECT_EQ(project->catalogue().header("ab")->front().value, "xy");
    EXPECT_EQ(project->catalogue().header("ab")->front().comment, "[2J");
    EXPECT_FALSE(project->origins().add(kept.front().rowId, std::vector<Origin>{{"http://a\u202Eb"}}));
    EXPECT_FALSE(project->origins().add(kept.front().rowId, std::vector<Origin>{{endless}}));
}

TEST(NetworkDisks, AreKnownAndUseNoLogInSharedMemory) {
    EXPECT_TRUE(isNetworkFileSystem(0x6969));
    EXPECT_TRUE(isNetworkFileSystem(0xff534d42));
    EXPECT_TRUE(isNetworkFileSystem(0x65735546));
    EXPECT_FALSE(isNetworkFileSystem(0xef53)); // ext4
    EXPECT_FALSE(isOnNetworkDisk("/proc"));

    test::TemporaryFolder folder;
    const auto file = folder / "project.sqlite";
    test::openProject(folder.path()).reset(); // it had a log
    auto opened = Connections::open(file, core::systemClock(), Connections::Journal::Rollback);
    ASSERT_TRUE(opened) << test::why(opened);
    auto& connections = **opened;
    const auto mode = connections.read([](Database& database) -> core::Result<std::string> {
        BALMER_TRY(auto row, database.prepare("PRAGMA journal_mode"));
        BALMER_CHECK(row.step());
        return row.text(0);
    });
    EXPECT_EQ(mode.value(), "delete");
    EXPECT_FALSE(fs::exists(file.string() + "-shm"));
    // Readers and a writer wait for one another, and all of them come through.
    std::thread writer([&] {
        for (int i = 0; i < 20; ++i)
            EXPECT_TRUE(connections.write([&](Database& database) {
                return database.run("INSERT OR REPLACE INTO setting (key, value) VALUES (?, x'00')",
                                    std::to_string(i));
            }));
    });
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(connections.read(
            [](Database& database) { return database.number("SELECT count(*) FROM setting"); }));
    writer.join();
    EXPECT_EQ(
        connections.read([](Database& database) { return database.number("SELECT count(*) FROM setting"); })
            .value(),
        20);
}

TEST(Leftovers, OfEndedProgramsAreSweptWhenTheProjectIsOpened) {
    test::TemporaryFolder folder;
    test::openProject(folder / "a.balmer").reset();
    const auto places = {folder / "a.balmer", folder / "a.balmer" / "datasets",
                         folder / "a.balmer" / "artefacts"};
    for (const auto& place : places)
        std::ofstream(place / "x.part-1-1") << "half";
    const auto ours = core::PendingFile::beside(folder / "a.balmer" / "datasets" / "y");
    ASSERT_TRUE(ours);
    test::openProject(folder / "a.balmer").reset();
    for (const auto& place : places)
        EXPECT_FALSE(fs::exists(place / "x.part-1-1")) << place;
    EXPECT_TRUE(fs::exists(ours->path())); // whose writer lives
}

namespace {
void put(const fs::path& file) {
    fs::create_directories(file.parent_path());
    std::ofstream(file) << "x";
}

class Calendar : public core::Clock {
  public:
    core::TimePoint now() const override { return core::TimePoint{} + std::chrono::days(days); }
    int days = 20'000;
};
} // namespace

TEST(Leftovers, ThatNoRecordNamesAreSetAsideAndGoAMonthLater) {
    test::TemporaryFolder folder;
    const auto home = folder / "a.balmer";
    Calendar calendar;
    const auto open = [&] { return Project::open(home, {.clock = &calendar}).value(); };
    const std::string named(64, 'a'), unnamed(64, 'b');
    {
        const auto project = open();
        DatasetRecord record;
        record.name = "d";
        record.file = "datasets/d-0123456789ab.h5";
        ASSERT_TRUE(project->datasets().add(record, {}));
        jobs::Job job;
        job.spec.kind = "som";
        const auto id = project->jobs().create(job).value();
        ASSERT_TRUE(project->jobs().addArtefact(id, {"map", "application/json", named, 1}));
        put(home / "datasets" / "d-0123456789ab.h5");
        put(home / "datasets" / "d-0123456789ac.h5");
        put(home / "datasets" / "my own.h5");
        put(home / "artefacts" / "aa" / named);
        put(home / "artefacts" / "bb" / unnamed);
        put(home / "artefacts" / "bb" / "notes.txt");
        // Another process may be about to name them.
        open();
        EXPECT_TRUE(fs::exists(home / "artefacts" / "bb" / unnamed));
    }
    open();
    EXPECT_TRUE(fs::exists(home / "datasets" / "d-0123456789ab.h5"));
    EXPECT_TRUE(fs::exists(home / "datasets" / "my own.h5")) << "no name that Balmer gives";
    EXPECT_TRUE(fs::exists(home / "artefacts" / "aa" / named));
    EXPECT_TRUE(fs::exists(home / "artefacts" / "bb" / "notes.txt"));
    EXPECT_FALSE(fs::exists(home / "datasets" / "d-0123456789ac.h5"));
    EXPECT_FALSE(fs::exists(home / "artefacts" / "bb" / unnamed));
    const auto aside = home / "leftovers" / "2024-10-04";
    EXPECT_TRUE(fs::exists(aside / "datasets" / "d-0123456789ac.h5"));
    EXPECT_TRUE(fs::exists(aside / "artefacts" / "bb" / unnamed));
    put(home / "leftovers" / "mine" / "x");
    put(folder / "elsewhere" / "2001-01-01" / "x");
    fs::create_directory_symlink(folder / "elsewhere" / "2001-01-01", home / "leftovers" / "2002-02-02");
    calendar.days += 30;
    open();
    EXPECT_TRUE(fs::exists(aside / "artefacts" / "bb" / unnamed));
    calendar.days += 1;
    open();
    EXPECT_FALSE(fs::exists(aside));
    EXPECT_TRUE(fs::exists(home / "leftovers" / "mine" / "x"));
    // A project from somebody else may have links in there.
    fs::remove_all(home / "leftovers");
    fs::create_directory_symlink(folder / "elsewhere", home / "leftovers");
    put(home / "datasets" / "e-0123456789ac.h5");
    open();
    EXPECT_TRUE(fs::exists(folder / "elsewhere" / "2001-01-01" / "x"));
    EXPECT_TRUE(fs::exists(home / "datasets" / "e-0123456789ac.h5"));
    fs::rename(home / "datasets", folder / "theirs");
    fs::create_directory_symlink(folder / "theirs", home / "datasets");
    fs::remove(home / "leftovers");
    open();
    EXPECT_TRUE(fs::exists(folder / "theirs" / "e-0123456789ac.h5"));
}

#include "engine/store/label_log.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <map>
#include <set>
#include <thread>

#include "engine/core/random_stream.h"
#include "engine/store/catalogue.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using active::LabelEvent;
using active::LabelKind;
using core::ErrorCode;

namespace {

LabelEvent eventOf(const std::string& spectrum, LabelKind kind, const std::string& className = "") {
    LabelEvent event;
    event.spectrum = spectrum;
    event.kind = kind;
    event.className = className;
    event.who = "eva";
    return event;
}

struct LabelLogTest : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<Project> project = test::openProject(folder / "a.balmer");
    LabelLog& labels = project->labels();

    std::int64_t append(const LabelEvent& event) {
        const auto id = labels.append(event);
        EXPECT_TRUE(id) << test::why(id);
        return id ? *id : 0;
    }
};

} // namespace

TEST_F(LabelLogTest, KeepsEveryFieldOfAnEvent) {
    auto event = eventOf("a", LabelKind::Class, "double");
    event.comment = "split core";
    event.when = "2026-03-01T10:00:00.000Z";
    event.view = "panel";
    event.model = "0123";
    event.round = 3;
    event.list = active::RoundList::Candidates;
    event.id = append(event);
    EXPECT_GT(event.id, 0);
    EXPECT_EQ(labels.of("a").value(), std::vector{event});
    auto second = eventOf("a", LabelKind::Class, "single");
    second.supersedes = event.id;
    second.id = append(second);
    EXPECT_GT(second.id, event.id);
    const auto both = labels.of("a").value();
    ASSERT_EQ(both.size(), 2u);
    EXPECT_EQ(both[1].supersedes, event.id);
    EXPECT_EQ(both[1].when.size(), 24u); // now, where none was given
    EXPECT_TRUE(labels.of("b")->empty());
}

TEST_F(LabelLogTest, RefusesEventsWithoutSense) {
    const auto refused = [&](const LabelEvent& event) {
        const auto id = labels.append(event);
        return !id && id.error().code() == ErrorCode::InvalidArgument;
    };
    EXPECT_TRUE(refused(eventOf("", LabelKind::Bad)));
    EXPECT_TRUE(refused(eventOf("a", LabelKind::Class)));
    EXPECT_TRUE(refused(eventOf("a", LabelKind::Bad, "double")));
    const auto other = append(eventOf("b", LabelKind::Bad));
    auto foreign = eventOf("a", LabelKind::Undo);
    foreign.supersedes = other; // an event of another spectrum
    EXPECT_TRUE(refused(foreign));
    foreign.supersedes = 999;
    EXPECT_TRUE(refused(foreign));
    EXPECT_TRUE(labels.of("a")->empty());
}

TEST_F(LabelLogTest, AListOfLabelsGoesInWholeOrNotAtAll) {
    const auto ids = labels.appendAll(
        std::vector{eventOf("a", LabelKind::Class, "x"), eventOf("b", LabelKind::Class, "y")});
    ASSERT_TRUE(ids) << test::why(ids);
    EXPECT_EQ(ids->size(), 2u);
    EXPECT_FALSE(
        labels.appendAll(std::vector{eventOf("c", LabelKind::Class, "x"), eventOf("d", LabelKind::Class)}));
    EXPECT_EQ(labels.list({})->size(), 2u);
    EXPECT_EQ(labels.classes().value(), (std::map<std::string, std::string>{{"a", "x"}, {"b", "y"}}));
}

TEST_F(LabelLogTest, ClassesAreOneNameHoweverTheyAreWritten) {
    append(eventOf("a", LabelKind::Class, " double peak\n"));
    append(eventOf("b", LabelKind::Class, "e\xcc\x81toile"));
    append(eventOf("c", LabelKind::Class, "\xc3\xa9toile "));
    EXPECT_EQ(labels.classes().value(),
              (std::map<std::string, std::string>{
                  {"a", "double peak"}, {"b", "\xc3\xa9toile"}, {"c", "\xc3\xa9toile"}}));
    for (const auto* bad : {"\xe9toile", "  ", "\n"})
        EXPECT_EQ(labels.append(eventOf("d", LabelKind::Class, bad)).error().code(),
                  ErrorCode::InvalidArgument);
    EXPECT_TRUE(labels.of("d")->empty());
}

TEST_F(LabelLogTest, AListOfLabelsIsTakenBackAsOne) {
    append(eventOf("a", LabelKind::Class, "single"));
    ASSERT_TRUE(labels.appendAll(
        std::vector{eventOf("a", LabelKind::Class, "x"), eventOf("b", LabelKind::Class, "y")}));
    append(eventOf("b", LabelKind::Bad));
    auto others = eventOf("c", LabelKind::Bad);
    others.who = "jan";
    append(others);

    EXPECT_EQ(labels.takeBack("eva")->size(), 1u); // bad of b
    EXPECT_EQ(labels.classes()->at("b"), "y");
    const auto taken = labels.takeBack("eva", "command line");
    ASSERT_TRUE(taken) << test::why(taken);
    ASSERT_EQ(taken->size(), 2u);
    EXPECT_EQ(taken->front().className, "y");
    EXPECT_EQ(labels.classes().value(), (std::map<std::string, std::string>{{"a", "single"}}));
    const auto history = labels.of("a").value();
    ASSERT_EQ(history.size(), 3u);
    EXPECT_EQ(history[1].act, taken->front().act);
    EXPECT_EQ(history[2].supersedes, history[1].id);
    EXPECT_EQ(history[2].view, "command line");

    EXPECT_EQ(labels.takeBack("eva")->front().className, "single");
    EXPECT_EQ(labels.takeBack("eva").error().code(), ErrorCode::NotFound);
    EXPECT_TRUE(labels.current("c")->bad);
}

TEST_F(LabelLogTest, WhatOfAListWasTakenBackStaysSo) {
    ASSERT_TRUE(labels.appendAll(
        std::vector{eventOf("a", LabelKind::Class, "x"), eventOf("b", LabelKind::Class, "y")}));
    auto undo = eventOf("a", LabelKind::Undo);
    undo.supersedes = labels.of("a")->front().id;
    append(undo);
    const auto taken = labels.takeBack("eva");
    ASSERT_TRUE(taken) << test::why(taken);
    EXPECT_EQ(taken->size(), 1u);
    EXPECT_TRUE(labels.classes()->empty());
    EXPECT_FALSE(labels.takeBack("eva"));
}

TEST_F(LabelLogTest, AnActThatIsNotFinishedIsTakenBack) {
    append(eventOf("a", LabelKind::Class, "single"));
    std::vector<LabelEvent> many;
    for (std::size_t i = 0; i < 2 * LabelLog::inOneWrite + 1; ++i)
        many.push_back(eventOf(i == 0 ? "a" : "s" + std::to_string(i), LabelKind::Class, "x"));
    {
        auto act = labels.beginAct();
        ASSERT_TRUE(act) << test::why(act);
        ASSERT_TRUE(act->appendAll(many));
        EXPECT_EQ(labels.classes()->size(), many.size());
        EXPECT_EQ(labels.takeBack("eva")->front().className, "single") << "what is still given is left alone";
        append(eventOf("a", LabelKind::Class, "single"));
    }
    EXPECT_EQ(labels.classes().value(), (std::map<std::string, std::string>{{"a", "single"}}));
    {
        auto act = labels.beginAct();
        ASSERT_TRUE(act && act->appendAll(many) && act->finish());
    }
    EXPECT_EQ(labels.classes()->size(), many.size());
    EXPECT_EQ(labels.takeBack("eva")->size(), many.size());
    EXPECT_LE(project->mostRowsInOneWrite(), 500);
}

TEST_F(LabelLogTest, AnActOfAProcessThatDiedIsTakenBackAtTheNextOpening) {
    append(eventOf("kept", LabelKind::Class, "y"));
    const auto child = ::fork();
    if (child == 0) {
        auto own = Project::open(folder / "a.balmer");
        if (!own) ::_exit(2);
        std::vector<LabelEvent> many;
        for (std::size_t i = 0; i < 2 * LabelLog::inOneWrite; ++i)
            many.push_back(eventOf("s" + std::to_string(i), LabelKind::Class, "x"));
        auto act = (*own)->labels().beginAct();
        ::_exit(act && act->appendAll(many) ? 0 : 3); // and its end takes nothing back
    }
    ASSERT_GT(child, 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    EXPECT_EQ(labels.classes()->size(), 201U);
    const auto again = test::openProject(folder / "a.balmer");
    EXPECT_EQ(again->labels().classes().value(), (std::map<std::string, std::string>{{"kept", "y"}}));
    EXPECT_EQ(again->labels().of("s0")->back().kind, LabelKind::Undo);
    EXPECT_EQ(again->labels().takeBack("eva")->front().spectrum, "kept") << "nothing is left open";
}

TEST_F(LabelLogTest, FiltersEvents) {
    auto event = eventOf("a", LabelKind::Class, "x");
    event.when = "2026-01-01T00:00:00.000Z";
    event.round = 1;
    const auto first = append(event);
    event.spectrum = "b";
    event.who = "jan";
    event.when = "2026-02-01T00:00:00.000Z";
    event.round = 2;
    append(event);
    event.kind = LabelKind::Skip;
    event.className.clear();
    event.when = "2026-03-01T00:00:00.000Z";
    const auto last = append(event);
    EXPECT_EQ(labels.list({.spectrum = "b"})->size(), 2u);
    EXPECT_EQ(labels.list({.who = "eva"})->size(), 1u);
    EXPECT_EQ(labels.list({.kind = LabelKind::Skip})->front().id, last);
    EXPECT_EQ(labels.list({.round = 2})->size(), 2u);
    EXPECT_EQ(labels.list({.until = "2026-02-15"})->size(), 2u);
    EXPECT_EQ(labels.list({.after = first})->size(), 2u);
    const auto newest = labels.list({.limit = 2}).value();
    ASSERT_EQ(newest.size(), 2u);
    EXPECT_LT(newest[0].id, newest[1].id);
    EXPECT_EQ(newest[1].id, last);
    EXPECT_EQ(labels.currentAll("2026-01-15")->size(), 1u);
    EXPECT_EQ(labels.currentAll()->size(), 2u);
    EXPECT_EQ(labels.counts().value(), (std::map<std::string, std::int64_t>{{"x", 2}}));
}

TEST_F(LabelLogTest, WhatStandsAgreesWithThePureFunction) {
    core::RandomStream random(11);
    const std::vector<std::string> spectra = {"a", "b", "c", "d"};
    std::vector<NewSpectrum> catalogued;
    for (const auto& id : spectra)
        catalogued.push_back(test::sampleSpectrum(id));
    ASSERT_TRUE(project->catalogue().add(catalogued));
    std::map<std::string, std::vector<LabelEvent>> given;
    for (int i = 0; i < 200; ++i) {
        const auto& id = spectra[random.below(spectra.size())];
        auto event = eventOf(id, static_cast<LabelKind>(random.below(8)));
        if (event.kind == LabelKind::Class) event.className = random.below(2) ? "x" : "y";
        if (random.below(4) == 0) event.comment = "c" + std::to_string(i);
        if (auto& before = given[id]; event.kind == LabelKind::Undo && !before.empty() && random.below(2))
            event.supersedes = before[random.below(before.size())].id;
        event.when = "2026-01-01T00:00:00.000Z";
        event.id = append(event);
        given[id].push_back(event);
        const auto expected = active::currentLabel(given[id]);
        ASSERT_EQ(labels.current(id).value(), expected) << "after event " << i;
        const auto record = project->catalogue().find(id).value();
        ASSERT_EQ(record.label, expected.className) << "after event " << i;
        ASSERT_EQ(record.flags.find("noteworthy") != std::string::npos, expected.noteworthy);
        ASSERT_EQ(record.flags.find("bad") != std::string::npos, expected.bad);
        ASSERT_EQ(record.flags.find("not-sure") != std::string::npos, expected.notSure);
        ASSERT_EQ(record.flags.find("artefact") != std::string::npos, expected.artefact);
    }
    std::map<std::string, std::string> expectedClasses;
    const auto standing = labels.currentAll().value();
    for (const auto& [spectrum, label] : standing) {
        EXPECT_EQ(label, active::currentLabel(given[spectrum]));
        if (label.hasClass()) expectedClasses[spectrum] = label.className;
    }
    EXPECT_EQ(labels.classes().value(), expectedClasses);
}

TEST_F(LabelLogTest, TheDatabaseItselfRefusesToChangeAnEvent) {
    append(eventOf("a", LabelKind::Class, "x"));
    sqlite3* handle = nullptr;
    ASSERT_EQ(sqlite3_open((folder / "a.balmer" / "project.sqlite").c_str(), &handle), SQLITE_OK);
    for (const char* sql : {"UPDATE label_event SET class = 'y'", "DELETE FROM label_event",
                            "INSERT OR REPLACE INTO label_event SELECT * FROM label_event"})
        EXPECT_NE(sqlite3_exec(handle, sql, nullptr, nullptr, nullptr), SQLITE_OK) << sql;
    sqlite3_close(handle);
    EXPECT_EQ(labels.of("a")->size(), 1u);
}

TEST_F(LabelLogTest, ManyThreadsAppendAndReadAtOnce) {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 10; ++i) {
                EXPECT_TRUE(
                    labels.append(eventOf("s" + std::to_string(t), LabelKind::Class, std::to_string(i))));
                EXPECT_EQ(labels.current("s" + std::to_string(t))->className, std::to_string(i));
            }
        });
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 25; ++i)
                EXPECT_TRUE(labels.currentAll());
        });
    for (auto& thread : threads)
        thread.join();
    EXPECT_EQ(labels.list({})->size(), 40u);
}

TEST(LabelDurability, NoAcknowledgedLabelIsLostWhenTheProcessIsKilled) {
    test::TemporaryFolder folder;
    const auto where = folder / "a.balmer";
    core::RandomStream random(5);
    std::set<std::int64_t> acknowledged;
    for (int kill = 0; kill < 6; ++kill) {
        int fromChild[2];
        ASSERT_EQ(::pipe(fromChild), 0);
        const auto child = ::fork();
        if (child == 0) {
            ::close(fromChild[0]);
            auto project = Project::open(where);
            if (!project) ::_exit(2);
            for (int i = 0;; ++i) {
                const auto id =
                    (*project)->labels().append(eventOf("s" + std::to_string(i % 50), LabelKind::Class, "x"));
                if (!id || ::write(fromChild[1], &*id, sizeof *id) != sizeof *id) ::_exit(3);
            }
        }
        ASSERT_GT(child, 0);
        ::close(fromChild[1]);
        // Kill it after so many labels, and so many microseconds into the next one.
        const auto labelsBefore = 1 + random.below(60);
        std::int64_t id = 0;
        std::size_t seen = 0;
        while (seen < labelsBefore && ::read(fromChild[0], &id, sizeof id) == sizeof id) {
            acknowledged.insert(id);
            ++seen;
        }
        EXPECT_EQ(seen, labelsBefore);
        ::usleep(static_cast<useconds_t>(random.below(3000)));
        ::kill(child, SIGKILL);
        while (::read(fromChild[0], &id, sizeof id) == sizeof id)
            acknowledged.insert(id);
        ::close(fromChild[0]);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself with " << WEXITSTATUS(status);

        const auto project = test::openProject(where);
        std::set<std::int64_t> kept;
        const auto events = project->labels().list({}).value();
        for (const auto& event : events)
            kept.insert(event.id);
        for (const auto wanted : acknowledged)
            ASSERT_TRUE(kept.contains(wanted)) << "label " << wanted << " is lost";
        // What stands was written together with the events.
        const auto standing = project->labels().currentAll().value();
        for (const auto& [spectrum, label] : standing)
            ASSERT_EQ(project->labels().classes()->at(spectrum), label.className);
    }
    EXPECT_GT(acknowledged.size(), 6u);
}

// What the chain of digests over label events finds: a changed byte, a row that is gone, a label that stands
// otherwise than its events say.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "engine/store/connections.h"
#include "engine/store/label_log.h"
#include "tests/engine/store/store_samples.h"

namespace balmer::store {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

active::LabelEvent eventOf(const std::string& spectrum, const std::string& className) {
    active::LabelEvent event;
    event.spectrum = spectrum;
    event.className = className;
    event.who = "eva";
    event.comment = "as seen by eye";
    event.round = 3;
    return event;
}

struct LabelSeals : testing::Test {
    test::TemporaryFolder folder;
    fs::path file = folder / "a.balmer" / "project.sqlite";

    void give() const {
        const auto project = test::openProject(folder / "a.balmer");
        for (int i = 0; i < 5; ++i)
            ASSERT_TRUE(project->labels().append(eventOf("s" + std::to_string(i), "doublepeak")));
        ASSERT_TRUE(
            project->labels().appendAll(std::vector{eventOf("s0", "single"), eventOf("s9", "other")}));
        ASSERT_TRUE(project->labels().takeBack("eva"));
        EXPECT_THAT(project->damage().value(), IsEmpty());
    }
    /// Past the triggers, as a disk does it.
    void change(const std::string& sql) const { change(sql, file); }
    static void change(const std::string& sql, const fs::path& where) {
        const auto database = Database::open(where, true);
        ASSERT_TRUE(database) << test::why(database);
        const auto changed = (*database)->script(sql);
        ASSERT_TRUE(changed) << test::why(changed);
    }
    std::vector<std::string> damage() const {
        return test::openProject(folder / "a.balmer")->damage().value();
    }
};

constexpr const char* without =
    "DROP TRIGGER label_event_is_never_changed; DROP TRIGGER label_event_is_never_deleted;";
constexpr const char* with = "CREATE TRIGGER label_event_is_never_changed BEFORE UPDATE ON "
                             "label_event\nBEGIN\n    SELECT RAISE (ABORT, "
                             "'label events are never changed');\nEND;"
                             "CREATE TRIGGER label_event_is_never_deleted BEFORE DELETE ON "
                             "label_event\nBEGIN\n    SELECT RAISE (ABORT, "
                             "'label events are never deleted');\nEND;";

TEST_F(LabelSeals, NameTheEventWhoseFieldChanged) {
    give();
    for (const auto* field :
         {"class = 'doubleqeak'", "spectrum = 's8'", "who = 'evb'", "at = 'x'", "view = 'x'", "comment = ''",
          "round = NULL", "round = 2", "kind = 'bad'", "model = 'x'", "act = 7"}) {
        test::TemporaryFolder copy;
        fs::create_directory(copy / "a.balmer");
        fs::copy_file(file, copy / "a.balmer" / "project.sqlite");
        change(std::string(without) + "UPDATE label_event SET " + field + " WHERE id = 3;" + with,
               copy / "a.balmer" / "project.sqlite");
        const auto found = test::openProject(copy / "a.balmer")->damage().value();
        ASSERT_EQ(found.size(), 1u) << field;
        EXPECT_THAT(found.front(), HasSubstr("label 3")) << field;
    }
}

TEST_F(LabelSeals, FindAnEventThatIsGoneAndASealThatIs) {
    give();
    change(std::string(without) + "PRAGMA foreign_keys = OFF; DELETE FROM label_event WHERE id = 5;" + with);
    EXPECT_THAT(damage(), testing::Contains("label 5 is gone"));
    change("DELETE FROM label_seal WHERE event = 2");
    EXPECT_THAT(damage(), testing::Contains("label 2 has lost its seal"));
}

TEST_F(LabelSeals, AByteThatChangedInTheFileIsFoundThoughTheDatabaseIsWhole) {
    give();
    std::string bytes;
    {
        std::ifstream in(file, std::ios::binary);
        bytes.assign(std::istreambuf_iterator<char>(in), {});
    }
    // The events' own table has the comment beside the class.
    const auto at = bytes.find("classdoublepeakas seen by eye");
    ASSERT_NE(at, std::string::npos);
    bytes[at + 5] = 'D';
    std::ofstream(file, std::ios::binary) << bytes;
    const auto project = test::openProject(folder / "a.balmer");
    EXPECT_EQ(project->labels().list({})->size(), 9u) << "nobody else sees it";
    ASSERT_EQ(project->damage()->size(), 1u);
    EXPECT_THAT(project->damage()->front(), HasSubstr("is not what was written"));
    EXPECT_EQ(project->labels().wrongCurrent()->size(), 1u) << "it stood otherwise";
}

TEST_F(LabelSeals, WhatStandsIsMadeOfTheEventsAgain) {
    give();
    change("UPDATE label_current SET class = 'wrong' WHERE spectrum = 's1'; DELETE FROM label_current WHERE "
           "spectrum = 's2'; INSERT INTO label_current VALUES ('nobody', 'x', '', '', 1)");
    const auto project = test::openProject(folder / "a.balmer");
    EXPECT_THAT(project->labels().wrongCurrent().value(),
                testing::UnorderedElementsAre("s1", "s2", "nobody"));
    EXPECT_THAT(project->damage().value(), IsEmpty());
    ASSERT_TRUE(project->labels().makeCurrent());
    EXPECT_THAT(project->labels().wrongCurrent().value(), IsEmpty());
    EXPECT_EQ(project->labels().classes()->at("s1"), "doublepeak");
    EXPECT_FALSE(project->labels().classes()->contains("nobody"));
}

TEST_F(LabelSeals, AnOlderProjectIsSealedWhenItIsOpened) {
    give();
    change("DELETE FROM label_seal");
    const auto project = test::openProject(folder / "a.balmer");
    EXPECT_THAT(project->damage().value(), IsEmpty());
    ASSERT_TRUE(project->labels().append(eventOf("s1", "single")));
    EXPECT_THAT(project->damage().value(), IsEmpty());
}

} // namespace
} // namespace balmer::store

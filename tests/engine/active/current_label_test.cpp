#include "engine/active/current_label.h"

#include <vector>

#include "tests/support/test_support.h"

namespace balmer::active {
namespace {

struct History : testing::Test {
    std::int64_t add(LabelKind kind, const std::string& text = {},
                     std::optional<std::int64_t> supersedes = {}) {
        LabelEvent event;
        event.id = static_cast<std::int64_t>(events.size()) + 100;
        event.spectrum = "spec-1";
        event.kind = kind;
        (kind == LabelKind::Class ? event.className : event.comment) = text;
        event.supersedes = supersedes;
        events.push_back(event);
        return event.id;
    }
    CurrentLabel now() const { return currentLabel(events); }
    std::vector<LabelEvent> events;
};

TEST_F(History, NothingSaidMeansNothing) {
    EXPECT_EQ(now(), CurrentLabel{});
}

TEST_F(History, TheLatestVerdictStandsAlone) {
    add(LabelKind::Class, "emission");
    add(LabelKind::NotSure);
    EXPECT_TRUE(now().notSure);
    EXPECT_FALSE(now().trains());
    add(LabelKind::Class, "double peak");
    EXPECT_EQ(now().className, "double peak");
    EXPECT_FALSE(now().notSure);
    EXPECT_TRUE(now().trains());
    EXPECT_EQ(now().verdict->id, 102);
}

TEST_F(History, OnlyAClassEntersTraining) {
    for (const auto kind : {LabelKind::NotSure, LabelKind::Bad, LabelKind::Artefact, LabelKind::Skip,
                            LabelKind::Noteworthy, LabelKind::Comment}) {
        events.clear();
        add(kind, "text");
        EXPECT_FALSE(now().trains()) << toString(kind);
    }
}

TEST_F(History, NoteworthyAndCommentLiveBesideTheVerdict) {
    add(LabelKind::Noteworthy);
    add(LabelKind::Comment, "wide wings");
    add(LabelKind::Class, "emission");
    EXPECT_TRUE(now().noteworthy);
    EXPECT_EQ(now().comment, "wide wings");
    EXPECT_EQ(now().className, "emission");
    add(LabelKind::Comment, "");
    EXPECT_EQ(now().comment, "");
}

TEST_F(History, SkipChangesNoVerdict) {
    add(LabelKind::Skip);
    EXPECT_TRUE(now().skipped);
    EXPECT_FALSE(now().judged());
    add(LabelKind::Class, "absorption");
    EXPECT_FALSE(now().skipped);
    add(LabelKind::Skip);
    EXPECT_EQ(now().className, "absorption");
    EXPECT_FALSE(now().skipped);
}

TEST_F(History, UndoRestoresWhatWasBefore) {
    add(LabelKind::Class, "emission");
    add(LabelKind::Noteworthy);
    const CurrentLabel before = now();
    const auto bad = add(LabelKind::Bad);
    add(LabelKind::Undo, "", bad);
    CurrentLabel after = now();
    EXPECT_EQ(after.lastEvent->kind, LabelKind::Undo);
    after.lastEvent = before.lastEvent;
    EXPECT_EQ(after, before);
}

TEST_F(History, UndoWithoutATargetWalksBackwards) {
    add(LabelKind::Class, "a");
    add(LabelKind::Class, "b");
    add(LabelKind::Undo);
    EXPECT_EQ(now().className, "a");
    add(LabelKind::Undo);
    EXPECT_FALSE(now().hasClass());
    add(LabelKind::Undo);
    EXPECT_FALSE(now().hasClass());
}

TEST_F(History, AnUndoCanBeUndone) {
    const auto a = add(LabelKind::Class, "a");
    const auto undo = add(LabelKind::Undo, "", a);
    EXPECT_FALSE(now().hasClass());
    const auto redo = add(LabelKind::Undo, "", undo);
    EXPECT_EQ(now().className, "a");
    add(LabelKind::Undo, "", redo);
    EXPECT_FALSE(now().hasClass());
}

TEST_F(History, AnUndoOfSomethingUnknownOrUndoneDoesNothing) {
    const auto a = add(LabelKind::Class, "a");
    add(LabelKind::Class, "b");
    add(LabelKind::Undo, "", 999);
    EXPECT_EQ(now().className, "b");
    add(LabelKind::Undo, "", a);
    add(LabelKind::Undo, "", a);
    EXPECT_EQ(now().className, "b");
}

TEST(LabelWords, ReadBackAsWhatTheyWere) {
    for (int i = 0; i < 8; ++i) {
        const auto kind = static_cast<LabelKind>(i);
        EXPECT_EQ(labelKindFrom(toString(kind)), kind);
    }
    for (const auto list : roundLists)
        EXPECT_EQ(roundListFrom(toString(list)), list);
    EXPECT_FALSE(labelKindFrom("Class"));
    EXPECT_FALSE(roundListFrom(""));
    EXPECT_EQ(toString(RoundList::PerformanceEstimate), "performance_estimate");
    // Stored by earlier versions.
    EXPECT_EQ(roundListFrom("performance-estimate"), RoundList::PerformanceEstimate);
}

} // namespace
} // namespace balmer::active

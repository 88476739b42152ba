#include "engine/store/catalogue.h"

#include <sqlite3.h>

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "engine/store/round_archive.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using core::ErrorCode;
using test::sampleSpectrum;

namespace {

struct CatalogueTest : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<Project> project = test::openProject(folder / "a.balmer");
    Catalogue& catalogue = project->catalogue();

    std::vector<AddOutcome> add(const std::vector<NewSpectrum>& batch) {
        auto outcomes = catalogue.add(batch);
        EXPECT_TRUE(outcomes) << test::why(outcomes);
        return outcomes ? *outcomes : std::vector<AddOutcome>();
    }
    std::vector<std::string> ids(const CatalogueQuery& query) {
        const auto found = catalogue.ids(query);
        EXPECT_TRUE(found) << test::why(found);
        return found ? *found : std::vector<std::string>();
    }
};

using Ids = std::vector<std::string>;

} // namespace

TEST_F(CatalogueTest, GivesBackWhatWasAdded) {
    const auto item = sampleSpectrum("spec-55859-F5902_sp01-001");
    const auto outcome = add({item}).front();
    EXPECT_TRUE(outcome.added);
    EXPECT_EQ(outcome.id, item.metadata.id);
    const auto found = catalogue.find(item.metadata.id);
    ASSERT_TRUE(found) << test::why(found);
    EXPECT_EQ(found->rowId, outcome.rowId);
    EXPECT_EQ(found->collection, "lamost");
    EXPECT_EQ(found->object, "HD 190603");
    EXPECT_EQ(found->position, item.metadata.position);
    EXPECT_EQ(found->mjd, 55990.25);
    EXPECT_EQ(found->signalToNoise, 10);
    EXPECT_FALSE(found->magnitude);
    EXPECT_FALSE(found->redshift);
    EXPECT_EQ(found->spectralClass, "STAR A1V");
    EXPECT_EQ(found->medium, spectrum::Medium::Vacuum);
    EXPECT_EQ(found->firstWavelength, 3700.5);
    EXPECT_EQ(found->samples, 3909);
    EXPECT_EQ(found->filePath, item.filePath);
    EXPECT_EQ(found->contentDigest, item.contentDigest);
    EXPECT_EQ(found->warnings, item.metadata.warnings);
    EXPECT_EQ(found->importedAt.size(), 24u);
    EXPECT_EQ(catalogue.header(item.metadata.id).value(), item.metadata.header);
    EXPECT_EQ(catalogue.find("other").error().code(), ErrorCode::NotFound);
}

TEST_F(CatalogueTest, TheSameContentIsNotAddedAgain) {
    auto item = sampleSpectrum("a");
    const auto first = add({item, item});
    EXPECT_TRUE(first[0].added);
    EXPECT_FALSE(first[1].added); // within one batch
    item.collection = "other";
    item.metadata.id = "renamed";
    const auto again = add({item}).front();
    EXPECT_FALSE(again.added);
    EXPECT_EQ(again.id, "a");
    EXPECT_EQ(again.collection, "lamost");
    EXPECT_EQ(catalogue.count({}).value(), 1);
    item.part = 1; // another spectrum of the same file
    EXPECT_TRUE(add({item}).front().added);
}

TEST_F(CatalogueTest, FollowsAFileThatMovedButNotACopy) {
    const auto write = [](const std::filesystem::path& file) { std::ofstream(file) << "x"; };
    auto item = sampleSpectrum("a");
    item.filePath = folder / "first.fits";
    write(item.filePath);
    add({item});
    item.filePath = folder / "second.fits";
    write(item.filePath);
    add({item});
    EXPECT_EQ(catalogue.find("a")->filePath, folder / "first.fits");
    std::filesystem::remove(folder / "first.fits");
    add({item});
    EXPECT_EQ(catalogue.find("a")->filePath, folder / "second.fits");
}

namespace {
/// A spectrum that wishes for the id and has content of its own.
NewSpectrum other(const std::string& id, int content) {
    auto made = sampleSpectrum(id);
    made.contentDigest = core::digestOf(id + std::to_string(content));
    return made;
}
std::string withContent(const NewSpectrum& spectrum) {
    return spectrum.metadata.id + "~" + spectrum.contentDigest.substr(0, 8);
}
} // namespace

TEST_F(CatalogueTest, IdsDoNotDependOnTheOrderOfImport) {
    auto first = other("sun", 1), second = other("sun", 2), third = other("sun", 3), row = other("sun", 1);
    first.metadata.object = "Sol";
    row.part = 7;
    const auto alone = sampleSpectrum("moon");
    std::vector<NewSpectrum> batch{first, second, third, row, alone};
    std::set<std::string> expected{withContent(first), withContent(second), withContent(third),
                                   withContent(first) + "-7", "moon"};
    std::vector<std::size_t> order{0, 1, 2, 3};
    do {
        test::TemporaryFolder elsewhere;
        const auto made = test::openProject(elsewhere / "b.balmer");
        ASSERT_TRUE(made->catalogue().add(std::vector{alone}));
        for (const auto i : order) {
            const auto outcomes = made->catalogue().add(std::vector{batch[i]});
            ASSERT_TRUE(outcomes) << test::why(outcomes);
        }
        const auto records = made->catalogue().list({}).value();
        EXPECT_EQ(records.size(), expected.size());
        for (const auto& record : records)
            EXPECT_TRUE(expected.contains(record.id)) << record.id;
        EXPECT_EQ(made->catalogue().find(withContent(first))->object, "Sol");
        EXPECT_EQ(made->catalogue().find(withContent(first))->contentDigest, first.contentDigest);
    } while (std::ranges::next_permutation(order).found);
    // In one batch too, and what is told is what stands at its end.
    const auto outcomes = add(batch);
    EXPECT_EQ(outcomes[0].id, withContent(first));
    EXPECT_EQ(outcomes[1].id, withContent(second));
    EXPECT_FALSE(catalogue.find("sun"));
    EXPECT_EQ(add({first})[0].id, withContent(first)) << "the same content comes again";
}

TEST_F(CatalogueTest, ARenamedSpectrumIsFoundByItsNewName) {
    auto first = other("sun", 1), second = other("sun", 2);
    first.metadata.header = {{"OBSERVER", "Fraunhofer", ""}};
    add({first});
    const auto key = catalogue.find("sun")->rowId;
    add({second});
    EXPECT_EQ(ids({.search = withContent(first)}), Ids{withContent(first)});
    EXPECT_EQ(ids({.search = "fraunhofer"}), Ids{withContent(first)});
    EXPECT_EQ(ids({.search = "sun"}).size(), 2u);
    EXPECT_EQ(catalogue.find(withContent(first))->rowId, key);
    EXPECT_EQ(catalogue.header(withContent(first))->front().value, "Fraunhofer");
}

TEST_F(CatalogueTest, ASpectrumThatSomethingNamesKeepsItsId) {
    active::LabelEvent label;
    label.className = "star";
    const auto names = std::map<std::string, std::function<void()>>{
        {"labelled",
         [&] {
             label.spectrum = "labelled";
             EXPECT_TRUE(project->labels().append(label));
         }},
        {"row",
         [&] {
             DatasetRecord record;
             record.name = "d";
             record.rows = 1;
             EXPECT_TRUE(project->datasets().add(record, std::vector<std::string>{"row"}));
         }},
        {"listed", [&] {
             RoundRecord round;
             round.dataset = "d";
             round.classes = {"star"};
             round.items = {{active::RoundList::Oracle, 1, "listed", "star", 0.5, 0.9, ""}};
             EXPECT_TRUE(project->rounds().add(round));
         }}};
    for (const auto* name : {"labelled", "row", "listed"}) {
        const auto first = other(name, 1), second = other(name, 2);
        add({first});
        names.at(name)();
        EXPECT_EQ(add({second})[0].id, withContent(second));
        EXPECT_EQ(catalogue.find(name)->contentDigest, first.contentDigest);
    }
    EXPECT_EQ(catalogue.find("labelled")->label, "star");
    EXPECT_EQ(catalogue.find(withContent(other("labelled", 2)))->label, "");
}

TEST_F(CatalogueTest, WhatNamesAnIdThatSeveralShareIsRefused) {
    add({other("sun", 1), other("sun", 2)});
    active::LabelEvent label;
    label.spectrum = "sun";
    label.className = "star";
    const auto refused = project->labels().append(label);
    ASSERT_FALSE(refused) << "as the key that goes down while another of that name is imported";
    EXPECT_EQ(refused.error().code(), ErrorCode::InvalidArgument);
    EXPECT_NE(refused.error().message().find(withContent(other("sun", 1))), std::string::npos);
    DatasetRecord record;
    record.name = "d";
    record.rows = 1;
    EXPECT_FALSE(project->datasets().add(record, std::vector<std::string>{"sun"}));
    label.spectrum = withContent(other("sun", 2));
    EXPECT_TRUE(project->labels().append(label));
    label.spectrum = "nobody's";
    EXPECT_TRUE(project->labels().append(label));
}

TEST_F(CatalogueTest, OlderNumbersStayAndNamesMadeToBeInTheWayAreGoneRound) {
    // As an older Balmer left it.
    add({other("sun", 1)});
    auto numbered = other("sun", 2);
    numbered.metadata.id = "sun~2";
    numbered.keepsId = true;
    add({numbered});
    const auto third = other("sun", 3);
    EXPECT_EQ(add({third})[0].id, withContent(third));
    EXPECT_EQ(catalogue.find("sun")->contentDigest, other("sun", 1).contentDigest);
    EXPECT_EQ(catalogue.find("sun~2")->contentDigest, other("sun", 2).contentDigest);

    const auto late = other("moon", 1);
    auto inTheWay = other("moon", 2), more = other("moon", 3);
    inTheWay.metadata.id = withContent(late);
    more.metadata.id = "moon~" + late.contentDigest;
    add({inTheWay, more, other("moon", 4)});
    const auto id = add({late})[0].id;
    EXPECT_EQ(catalogue.find(id)->contentDigest, late.contentDigest);
    EXPECT_EQ(catalogue.count({}).value(), 7);
}

TEST_F(CatalogueTest, APartOfAnotherProjectKeepsItsIdOrIsRefused) {
    auto part = other("sun", 1);
    part.keepsId = true;
    add({other("sun", 2), other("sun", 3)});
    EXPECT_EQ(add({part})[0].id, "sun");
    auto twice = other("sun", 4);
    twice.keepsId = true;
    EXPECT_FALSE(catalogue.add(std::vector{twice}));
}

TEST_F(CatalogueTest, ABatchWithABadItemChangesNothing) {
    auto bad = sampleSpectrum("b");
    bad.contentDigest.clear();
    const auto refused = catalogue.add(std::vector{sampleSpectrum("a"), bad});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(catalogue.count({}).value(), 0);
    EXPECT_TRUE(catalogue.collections()->empty());
    EXPECT_FALSE(catalogue.add(std::vector{sampleSpectrum("")}));
}

TEST_F(CatalogueTest, TextThatIsNoUtf8IsMendedNotRefused) {
    auto item = sampleSpectrum("caf\xE9");
    item.metadata.object = std::string("HD\0 1", 5);
    item.metadata.header = {{"OBJECT",
                             "Ond\xF8"
                             "ejov\x01",
                             "\xC0\x80"}};
    const auto outcome = add({item}).front();
    EXPECT_EQ(outcome.id, "caf\xEF\xBF\xBD");
    const auto cards = catalogue.header(outcome.id);
    ASSERT_TRUE(cards) << test::why(cards);
    EXPECT_EQ(cards->front().value, "Ond\xEF\xBF\xBD"
                                    "ejov");
    EXPECT_EQ(cards->front().comment, "\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_F(CatalogueTest, SearchesIdsObjectsAndHeaders) {
    auto other = sampleSpectrum("spec-2");
    other.metadata.object = "Vega";
    other.metadata.header = {{"OBSERVER", "Škoda", ""}};
    add({sampleSpectrum("spec-1"), other});
    EXPECT_EQ(ids({.search = "hd 1906*"}), Ids{"spec-1"});
    EXPECT_EQ(ids({.search = "vega"}), Ids{"spec-2"});
    EXPECT_EQ(ids({.search = "skoda"}), Ids{"spec-2"});
    EXPECT_EQ(ids({.search = "o'neil"}), Ids{"spec-1"});
    EXPECT_EQ(ids({.search = "123456"}), (Ids{"spec-1", "spec-2"}));
    EXPECT_EQ(ids({.search = "spec-2"}), Ids{"spec-2"});
    EXPECT_EQ(ids({.search = "hd vega"}), Ids{});
    EXPECT_EQ(ids({.search = "\" OR * NEAR( :"}),
              Ids{}); // FTS5's own syntax is only words: "OR" and "NEAR" occur nowhere
    EXPECT_EQ(ids({.search = "* --"}), (Ids{"spec-1", "spec-2"})); // no word at all: no restriction
}

TEST_F(CatalogueTest, SortsLimitsAndCounts) {
    auto noSnr = sampleSpectrum("d");
    noSnr.metadata.signalToNoise.reset();
    noSnr.collection = "other";
    add({sampleSpectrum("a", 30), sampleSpectrum("b", 10), sampleSpectrum("c", 20), noSnr});
    EXPECT_EQ(ids({.sort = "snr"}), (Ids{"b", "c", "a", "d"}));
    EXPECT_EQ(ids({.sort = "-snr"}), (Ids{"a", "c", "b", "d"})); // those without stay at the end
    EXPECT_EQ(ids({.sort = "-snr", .limit = 2, .offset = 1}), (Ids{"c", "b"}));
    EXPECT_EQ(ids({.offset = 3}), Ids{"d"});
    EXPECT_EQ(ids({.collection = "other"}), Ids{"d"});
    EXPECT_EQ(ids({.collection = "none"}), Ids{});
    EXPECT_EQ(catalogue.count({.where = "snr >= 20"}).value(), 2);
    const auto keys = catalogue.rowIds({.sort = "-snr"}).value();
    const std::vector<std::int64_t> wanted = {keys[2], 999, keys[0]};
    const auto records = catalogue.records(wanted).value();
    ASSERT_EQ(records.size(), 2u);
    EXPECT_EQ(records[0].id, "b");
    EXPECT_EQ(records[1].id, "a");
    const auto wrong = catalogue.list({.sort = "brightness"});
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(catalogue.collections()->size(), 2u);
    EXPECT_EQ(catalogue.collections()->front().spectra, 3);
}

TEST_F(CatalogueTest, FindsPositionsAcrossZeroAndAtThePole) {
    const auto at = [](const std::string& id, double ra, double dec) {
        auto item = sampleSpectrum(id);
        item.metadata.position = spectrum::SkyPosition{ra, dec};
        return item;
    };
    add({at("west", 359.9995, 10), at("east", 0.0005, 10), at("far", 0.5, 10), at("pole", 120, 89.9999),
         at("across", 300, 89.9999)});
    const auto near = [&](double ra, double dec, double radius) {
        Ids found;
        const auto records = catalogue.near({ra, dec}, radius).value();
        for (const auto& record : records)
            found.push_back(record.id);
        return found;
    };
    EXPECT_EQ(near(0.0004, 10, 5), (Ids{"east", "west"}));
    EXPECT_EQ(near(359.9996, 10, 5), (Ids{"west", "east"}));
    EXPECT_EQ(near(120, 90, 1), (Ids{"pole", "across"}));
    EXPECT_EQ(near(0.5, 10, 0.001), Ids{"far"});
    EXPECT_EQ(near(180, -45, 100), Ids{});
    EXPECT_FALSE(catalogue.near({0, 95}, 1));
    EXPECT_FALSE(catalogue.near({0, 0}, -1));
}

TEST_F(CatalogueTest, ShowsTheLabelThatStands) {
    add({sampleSpectrum("a"), sampleSpectrum("b")});
    active::LabelEvent event;
    event.spectrum = "a";
    event.className = "double";
    ASSERT_TRUE(project->labels().append(event));
    event.kind = active::LabelKind::Noteworthy;
    event.className.clear();
    ASSERT_TRUE(project->labels().append(event));
    EXPECT_EQ(catalogue.find("a")->label, "double");
    EXPECT_EQ(catalogue.find("a")->flags, "noteworthy");
    EXPECT_EQ(catalogue.find("b")->label, "");
    EXPECT_EQ(ids({.where = "label is null"}), Ids{"b"});
}

TEST_F(CatalogueTest, FindsContentWithoutReadingTheFile) {
    const auto item = sampleSpectrum("a");
    add({item});
    EXPECT_EQ(catalogue.findContent(item.contentDigest, 0).value()->id, "a");
    EXPECT_FALSE(catalogue.findContent(item.contentDigest, 1).value());
}

// ------------------------------------------------------------------------------------------- faults of the
// database

namespace {

/// Fails SQLite's n-th look at its progress handler on the connection that writes, the first one of a file
/// that is opened while this object lives; from arm() on.
class FaultAt {
  public:
    FaultAt() { sqlite3_auto_extension(reinterpret_cast<void (*)()>(&FaultAt::see)); }
    ~FaultAt() {
        sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&FaultAt::see));
        writer = nullptr;
        left = -1;
    }
    /// In the place of the handler that the store has there.
    static void arm() {
        sqlite3_progress_handler(
            writer, 20, [](void*) { return left >= 0 && left-- == 0 ? 1 : 0; }, nullptr);
    }
    static inline long left = -1; ///< looks before the fault; negative: none

  private:
    static inline sqlite3* writer = nullptr;
    static int see(sqlite3* handle, const char**, const void*) {
        const auto* const file = sqlite3_db_filename(handle, "main");
        if (writer == nullptr && file != nullptr && *file != '\0') writer = handle;
        return SQLITE_OK;
    }
};

} // namespace

TEST(CatalogueFaults, ABatchIsThereWholeOrNotAtAllWhereverItFails) {
    test::TemporaryFolder folder;
    const FaultAt faults;
    const auto project = test::openProject(folder / "a.balmer");
    FaultAt::arm();
    std::size_t expected = 0;
    int failures = 0;
    for (long at = 0;; ++at) {
        ASSERT_LT(at, 20'000);
        std::vector<NewSpectrum> batch;
        for (int i = 0; i < 5; ++i)
            batch.push_back(sampleSpectrum(std::to_string(at) + "-" + std::to_string(i)));
        FaultAt::left = at;
        const auto added = project->catalogue().add(batch);
        const bool untouched = FaultAt::left >= 0;
        FaultAt::left = -1;
        if (added)
            expected += 5; // SQLite may have done without the step that was interrupted
        else
            ++failures;
        ASSERT_EQ(project->catalogue().count({}).value(), static_cast<std::int64_t>(expected))
            << "interrupted at " << at;
        ASSERT_EQ(project->catalogue().ids({.search = "lamost"})->size(), expected)
            << "interrupted at " << at;
        ASSERT_EQ(project->catalogue().near({301.15, 32.22}, 10)->size(), expected)
            << "interrupted at " << at;
        if (untouched) { // the whole batch went through before the fault's turn came
            ASSERT_TRUE(added) << at << ": " << test::why(added);
            break;
        }
    }
    EXPECT_GT(failures, 5);
}

#include "engine/store/filter_expression.h"

#include <cmath>

#include "engine/store/column_registry.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "tests/engine/store/store_samples.h"

using namespace balmer;
using namespace balmer::store;
using core::ErrorCode;
using Ids = std::vector<std::string>;

namespace {

/// Four spectra: a and b in a dataset "h-140" with columns; b and c labelled.
struct FilterTest : testing::Test {
    test::TemporaryFolder folder;
    std::unique_ptr<Project> project = test::openProject(folder / "a.balmer");

    void SetUp() override {
        std::vector<NewSpectrum> batch;
        for (int i = 0; i < 4; ++i) {
            batch.push_back(test::sampleSpectrum(std::string(1, static_cast<char>('a' + i)), 10.0 * (i + 1)));
            batch.back().metadata.spectralClass = i < 2 ? "STAR A1V" : "GALAXY";
        }
        batch[3].metadata.signalToNoise.reset();
        batch[3].metadata.survey = "SDSS";
        batch[3].metadata.object = "it's";
        ASSERT_TRUE(project->catalogue().add(batch));
        label("b", active::LabelKind::Class, "0");
        label("c", active::LabelKind::Class, "double");
        label("c", active::LabelKind::Noteworthy, "");
        label("d", active::LabelKind::Bad, "");
        DatasetRecord dataset;
        dataset.name = "h-140";
        dataset.digest = "d1";
        dataset.rows = 3;
        ASSERT_TRUE(project->datasets().add(dataset, Ids{"a", "b", "not in the catalogue"}));
        const double none = std::nan("");
        ASSERT_TRUE(
            project->columns().add({.dataset = "h-140", .name = "entropy"}, std::vector{0.25, 0.75, 0.5}));
        ASSERT_TRUE(project->columns().add({.dataset = "h-140",
                                            .name = "predicted",
                                            .kind = ColumnKind::Category,
                                            .categories = {"single", "double"}},
                                           std::vector{1.0, none, 0.0}));
    }
    void label(const std::string& id, active::LabelKind kind, const std::string& className) {
        active::LabelEvent event;
        event.spectrum = id;
        event.kind = kind;
        event.className = className;
        ASSERT_TRUE(project->labels().append(event));
    }
    Ids where(const std::string& expression) {
        const auto found = project->catalogue().ids({.where = expression});
        EXPECT_TRUE(found) << expression << ": " << test::why(found);
        return found ? *found : Ids{"failed"};
    }
    std::string refusal(const std::string& expression) {
        const auto found = project->catalogue().ids({.where = expression});
        if (found) return "accepted";
        EXPECT_EQ(found.error().code(), ErrorCode::InvalidArgument) << expression;
        return found.error().message();
    }
};

} // namespace

TEST_F(FilterTest, ComparesNumbersAndTexts) {
    EXPECT_EQ(where("snr > 10"), (Ids{"b", "c"}));
    EXPECT_EQ(where("snr >= 1e1 and snr <= 20.0"), (Ids{"a", "b"}));
    EXPECT_EQ(where("snr != 10"), (Ids{"b", "c"}));
    EXPECT_EQ(where("SNR == 10"), Ids{"a"});
    EXPECT_EQ(where("dec > -5 and ra<302"), (Ids{"a", "b", "c", "d"}));
    EXPECT_EQ(where("id = 'a' or id = 'c'"), (Ids{"a", "c"}));
    EXPECT_EQ(where("object = 'it''s'"), Ids{"d"});
    EXPECT_EQ(where("class like 'star a%'"), (Ids{"a", "b"}));
    EXPECT_EQ(where("class not like '%A1%'"), (Ids{"c", "d"}));
    EXPECT_EQ(where("survey in ('SDSS', 'DESI')"), Ids{"d"});
    EXPECT_EQ(where("snr not in (10, 20)"), (Ids{"c", "d"}));
    EXPECT_EQ(where("snr between 15 and 25"), Ids{"b"});
    EXPECT_EQ(where("date > '2012' and date < '2013'"), (Ids{"a", "b", "c", "d"}));
    EXPECT_EQ(where("collection = 'lamost' and survey <> 'SDSS'"), (Ids{"a", "b", "c"}));
}

TEST_F(FilterTest, AbsentValuesAreFalseAndNotTurnsThemRound) {
    EXPECT_EQ(where("snr is null"), Ids{"d"});
    EXPECT_EQ(where("snr is not null"), (Ids{"a", "b", "c"}));
    EXPECT_EQ(where("unit is null"), (Ids{"a", "b", "c", "d"})); // an empty text
    EXPECT_EQ(where("not snr > 10"), (Ids{"a", "d"}));
    EXPECT_EQ(where("not (snr > 10 or id = 'a')"), Ids{"d"});
    EXPECT_EQ(where("not not snr = 10"), Ids{"a"});
    EXPECT_EQ(where("snr > 5 and snr < 15 or id = 'd'"), (Ids{"a", "d"}));
}

TEST_F(FilterTest, UnequalTextsAreAllOthersThoseWithoutOneToo) {
    for (const auto* other : {"label != 'double'", "label <> 'double'", "not label = 'double'"})
        EXPECT_EQ(where(other), (Ids{"a", "b", "d"})) << other;
    for (const auto* other : {"predicted != 'double'", "not predicted = 'double'"})
        EXPECT_EQ(where(other), (Ids{"b", "c", "d"})) << other;
    EXPECT_EQ(where("unit != 'Jy'"), (Ids{"a", "b", "c", "d"}));
    EXPECT_EQ(where("flag != 'bad'"), (Ids{"a", "b", "c"}));
    EXPECT_EQ(where("not flag = 'bad'"), (Ids{"a", "b", "c"}));
    EXPECT_EQ(where("not label != 'double'"), Ids{"c"});
}

TEST_F(FilterTest, FindsWarningsOfTheImport) {
    auto clean = test::sampleSpectrum("clean");
    clean.metadata.warnings.clear();
    auto twice = test::sampleSpectrum("twice");
    twice.metadata.warnings = {"the mask is missing", "no \"date\""};
    ASSERT_TRUE(project->catalogue().add(std::vector{clean, twice}));
    EXPECT_EQ(where("warning is null"), Ids{"clean"});
    EXPECT_EQ(where("warning is not null"), (Ids{"a", "b", "c", "d", "twice"}));
    EXPECT_EQ(where("warning like '%\"date\"'"), Ids{"twice"});
}

TEST_F(FilterTest, ClassesInOtherLettersAreTheSameWordAndIdsAreWhatTheyAre) {
    ASSERT_TRUE(project->catalogue().add(std::vector{test::sampleSpectrum("e\xcc\x81")}));
    EXPECT_EQ(where("id = 'e\xcc\x81'"), Ids{"e\xcc\x81"});
    EXPECT_EQ(where("id = '\xc3\xa9'"), Ids{});
    label("a", active::LabelKind::Class, "e\xcc\x81toile");
    label("d", active::LabelKind::Class, " \xc3\xa9toile");
    EXPECT_EQ(where("label = 'e\xcc\x81toile'"), (Ids{"a", "d"}));
    EXPECT_EQ(where("label = '\xc3\xa9toile'"), (Ids{"a", "d"}));
}

TEST_F(FilterTest, KnowsLabelsAndFlags) {
    EXPECT_EQ(where("label = 'double'"), Ids{"c"});
    EXPECT_EQ(where("label = 0"), Ids{"b"}); // classes may be numbers
    EXPECT_EQ(where("label is null"), (Ids{"a", "d"}));
    EXPECT_EQ(where("not label is null"), (Ids{"b", "c"}));
    EXPECT_EQ(where("flag = 'bad'"), Ids{"d"});
    EXPECT_EQ(where("flag in ('bad', 'noteworthy')"), (Ids{"c", "d"}));
    EXPECT_EQ(where("flag is null"), (Ids{"a", "b"}));
    EXPECT_EQ(where("flag = 'note'"), Ids{}); // a whole word or nothing
}

TEST_F(FilterTest, KnowsColumnsOfDatasets) {
    EXPECT_EQ(where("entropy > 0.5"), Ids{"b"});
    EXPECT_EQ(where("h-140.entropy < 0.5"), Ids{"a"});
    EXPECT_EQ(where("\"h-140\".\"predicted\" = 'double'"), Ids{"a"});
    EXPECT_EQ(where("predicted is null"), (Ids{"b", "c", "d"}));
    ASSERT_TRUE(project->columns().add({.dataset = "h-140", .name = "entropy"}, std::vector{0.9, 0.1, 0.5}));
    EXPECT_EQ(where("entropy > 0.5"), Ids{"a"}); // the latest version
    EXPECT_EQ(project->catalogue().ids({.sort = "-entropy"}).value(), (Ids{"a", "b", "c", "d"}));
    EXPECT_EQ(project->catalogue().ids({.sort = "h-140.entropy"}).value(), (Ids{"b", "a", "c", "d"}));
    DatasetRecord second;
    second.name = "other";
    second.digest = "d2";
    second.rows = 1;
    ASSERT_TRUE(project->datasets().add(second, Ids{"a"}));
    ASSERT_TRUE(project->columns().add({.dataset = "other", .name = "entropy"}, std::vector{0.0}));
    EXPECT_NE(refusal("entropy > 0").find("h-140.entropy"), std::string::npos);
}

TEST_F(FilterTest, SearchesTextAndSky) {
    EXPECT_EQ(where("matches('hd 1906*') and snr > 10"), (Ids{"b", "c"}));
    EXPECT_EQ(where("cone(301.15, 32.22, 1) and id = 'a'"), Ids{"a"});
    EXPECT_EQ(where("not cone(301.15, 32.22, 1)"), Ids{});
    EXPECT_EQ(where("cone(0, -90, 3600)"), Ids{});
}

TEST_F(FilterTest, ErrorsNameThePositionAndWhatWouldBeRight) {
    EXPECT_NE(refusal("snr > 10 and brightness = 2").find("position 14"), std::string::npos);
    EXPECT_NE(refusal("brightness = 2").find("snr, mag"), std::string::npos);
    EXPECT_NE(refusal("snr >").find("the end"), std::string::npos);
    EXPECT_NE(refusal("snr > 'ten'").find("is a number"), std::string::npos);
    EXPECT_NE(refusal("snr ~ 3").find("position 5"), std::string::npos);
    EXPECT_NE(refusal("id = 'a").find("quote"), std::string::npos);
    EXPECT_NE(refusal("(snr > 1").find("\")\""), std::string::npos);
    for (const std::string bad : {"snr",
                                  "snr > 1 snr < 2",
                                  "snr > 1)",
                                  "and",
                                  "id like 3",
                                  "snr like '1%'",
                                  "snr in ()",
                                  "snr between 1",
                                  "is null",
                                  "not",
                                  "snr is 3",
                                  "1 < snr",
                                  "matches('')",
                                  "matches(3)",
                                  "cone(1,2)",
                                  "cone(1, 95, 3)",
                                  "nowhere.entropy > 1",
                                  "h-140.nothing > 1",
                                  "snr > 1; DROP TABLE spectrum",
                                  "snr > 1e999",
                                  "id = \"a\"",
                                  "snr > 1.2.3",
                                  "h-140."})
        EXPECT_NE(refusal(bad), "accepted") << bad;
}

TEST_F(FilterTest, HostileLengthsAreRefusedWithASentence) {
    EXPECT_NE(refusal(std::string(5000, '(') + "snr > 1" + std::string(5000, ')')), "accepted");
    std::string chain = "snr > 1";
    for (int i = 0; i < 1000; ++i)
        chain += " or snr > 1";
    EXPECT_NE(refusal(chain), "accepted");
    std::string most = "snr > 1";
    for (int i = 1; i < 400; ++i)
        most += i % 2 ? " or snr > 1" : " and snr > 1";
    EXPECT_EQ(where(most), (Ids{"a", "b", "c"}));
    std::string deep = "snr > 1";
    for (int i = 0; i < 90; ++i)
        deep = (i % 2 ? "not (" : "(") + deep + ")";
    EXPECT_NE(refusal(std::string(200, '(') + deep), "accepted");
}

TEST(SearchQuery, QuotesEveryWord) {
    EXPECT_EQ(searchQuery("hd 1906*"), "\"hd\" \"1906\"*");
    EXPECT_EQ(searchQuery("  a\"b  "), "\"a\"\"b\"");
    EXPECT_EQ(searchQuery(" - * "), "");
    EXPECT_EQ(searchQuery(""), "");
}

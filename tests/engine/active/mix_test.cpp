#include "engine/active/mix.h"

#include <gmock/gmock.h>

#include <limits>
#include <set>

#include "engine/core/random_stream.h"
#include "tests/engine/active/pool_of_rows.h"

namespace balmer::active {
namespace {

using test::rowsIn;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<double> sharesOf(const Mix& mix) {
    std::vector<double> shares;
    for (const auto& part : mix.parts)
        shares.push_back(part.share);
    return shares;
}

std::string refusal(std::string_view text) {
    const auto mix = parseMix(text);
    return mix ? "it is understood" : mix.error().message();
}

TEST(ParseMix, WeighsSharesAgainstTheirSum) {
    EXPECT_THAT(sharesOf(parseMix("margin").value()), ElementsAre(1));
    EXPECT_THAT(sharesOf(parseMix(" margin , random:3 ").value()), ElementsAre(0.25, 0.75));
    const auto mix = parseMix("most-likely:0.5,diverse:margin:0.3,random:0.2").value();
    EXPECT_THAT(sharesOf(mix), ElementsAre(0.5, 0.3, 0.2));
    EXPECT_EQ(mix.parts[1].strategy->name, "margin");
    EXPECT_TRUE(mix.parts[1].diverse);
    EXPECT_FALSE(mix.parts[2].diverse);
    EXPECT_TRUE(mix.needsProbabilities() && mix.needsEmbedding());
    EXPECT_FALSE(mix.needsCommittee());
}

TEST(ParseMix, RefusesInWords) {
    EXPECT_THAT(refusal("magic"), HasSubstr("\"magic\"; use entropy, margin"));
    for (const std::string share : {"0", "-1", "nan", "inf", "much", ""})
        EXPECT_THAT(refusal("margin:" + share), HasSubstr("the share of margin is \"" + share + "\""));
    EXPECT_THAT(refusal("margin,entropy,margin:2"), HasSubstr("margin is named twice"));
    EXPECT_THAT(refusal("margin,"), HasSubstr("no name"));
    EXPECT_THAT(refusal(""), HasSubstr("name a query strategy"));
    EXPECT_THAT(refusal("diverse"), HasSubstr("diverse:entropy"));
    EXPECT_THAT(refusal("diverse:diverse:entropy"), HasSubstr("diverse:entropy"));
    EXPECT_THAT(refusal("margin:0.5:0.5"), HasSubstr("commas"));
    EXPECT_THAT(refusal("cold-start,margin"), HasSubstr("a mix by itself"));
    EXPECT_THAT(refusal("margin:1e308,entropy:1e308"), HasSubstr("too large"));
}

TEST(ParseMix, ReadsBackWhatIsWritten) {
    for (const std::string text :
         {"entropy", "diverse:entropy", "cold-start", "most-likely:0.5,margin:0.3,random:0.2"})
        EXPECT_EQ(toString(parseMix(text).value()), text);
    for (const std::string text : {"entropy,margin,random", "entropy:7,margin:11,random:13,diverse:cover"}) {
        const auto mix = parseMix(text).value();
        EXPECT_EQ(parseMix(toString(mix)).value(), mix) << text;
        EXPECT_EQ(toString(parseMix(toString(mix)).value()), toString(mix)) << text;
    }
    EXPECT_EQ(parseMix("cold-start").value(), coldStart());
    EXPECT_EQ(parseMix("typical:0.3,core-set:0.3,anomalous:0.4").value(), coldStart());
    EXPECT_FALSE(coldStart().needsProbabilities());
}

/// Row r belongs to the target with probability r/100; its place is r, too.
struct Ladder {
    core::FloatMatrix probabilities{100, 3}, embedding{100, 1};
    std::vector<int> targets{1};
    std::vector<std::size_t> labelled;

    Ladder() {
        for (std::size_t r = 0; r < 100; ++r) {
            probabilities(r, 1) = static_cast<float>(r) / 100;
            probabilities(r, 0) = 1 - probabilities(r, 1);
            embedding(r, 0) = static_cast<float>(r);
        }
    }
    StrategyInput input() const {
        return {.probabilities = probabilities.view(),
                .embedding = embedding.view(),
                .labelled = labelled,
                .classes = test::threeClasses,
                .targets = targets};
    }
    std::vector<Pick> picks(std::string_view mix, std::size_t count) const {
        core::TaskContext task;
        const auto picked = rankMix(parseMix(mix).value(), input(), count, task);
        EXPECT_TRUE(picked) << test::why(picked);
        return picked ? *picked : std::vector<Pick>{};
    }
};

/// The part that chose each pick, by its reason: l(ikely), d(oubt), r(andom), a(nomalous).
std::string partsOf(const std::vector<Pick>& picks) {
    std::string parts;
    for (const auto& pick : picks)
        parts += pick.reason.starts_with("among the likeliest")             ? 'l'
                 : pick.reason.starts_with("drawn at random")               ? 'r'
                 : pick.reason.find("from the middle") != std::string::npos ? 'a'
                                                                            : 'd';
    return parts;
}

TEST(RankMix, SharesTheQuestionsAndInterleavesThem) {
    const Ladder ladder;
    const auto picks = ladder.picks("most-likely:0.5,margin:0.3,random:0.2", 10);
    EXPECT_EQ(partsOf(picks), "ldrlldlrdl");
    EXPECT_EQ(picks[0].row, 99u);
    EXPECT_EQ(picks[1].row, 50u);
    EXPECT_EQ(std::set(picks.begin(), picks.end(), [](auto& a, auto& b) { return a.row < b.row; }).size(),
              10u);
    // Whatever the order in which they are named, the largest share comes first.
    EXPECT_EQ(partsOf(ladder.picks("random:0.2,margin:0.3,most-likely:0.5", 10)), "ldrlldlrdl");
    // Quotas 3.5, 2.1 and 1.4: the remainder goes to the first.
    EXPECT_EQ(partsOf(ladder.picks("most-likely:0.5,margin:0.3,random:0.2", 7)), "ldlrldl");
    // Of equal remainders the part that is named first gets it.
    EXPECT_EQ(partsOf(ladder.picks("margin,most-likely", 3)), "dld");
}

TEST(RankMix, TakesNoRowTwiceWherePartsWantTheSame) {
    const Ladder ladder;
    // Doubt is largest in the middle by each formula.
    const auto picks = ladder.picks("entropy,margin,least-confidence", 9);
    auto rows = rowsIn(picks);
    std::ranges::sort(rows);
    EXPECT_THAT(rows, ElementsAre(46, 47, 48, 49, 50, 51, 52, 53, 54));
}

TEST(RankMix, FillsUpWhereAPartHasTooFew) {
    Ladder ladder;
    for (std::size_t r = 2; r < 100; ++r)
        ladder.embedding(r, 0) = std::numeric_limits<float>::quiet_NaN();
    EXPECT_EQ(partsOf(ladder.picks("anomalous:0.6,most-likely:0.3,margin:0.1", 20)).size(), 20u);
    const auto parts = partsOf(ladder.picks("anomalous:0.6,most-likely:0.3,margin:0.1", 20));
    EXPECT_EQ(std::ranges::count(parts, 'a'), 2);
    // 6 and 2 of their own, and three quarters and a quarter of the ten that are missing.
    EXPECT_EQ(std::ranges::count(parts, 'l'), 6 + 8);
    EXPECT_EQ(std::ranges::count(parts, 'd'), 2 + 2);
    EXPECT_EQ(ladder.picks("anomalous:0.6,most-likely:0.4", 1000).size(), 100u);
    EXPECT_EQ(ladder.picks("anomalous", 1000).size(), 2u);
}

TEST(RankMix, CountsWhatOnePartChoseAsLabelledForTheNext) {
    const Ladder ladder;
    // The likeliest is row 99; from there row 0 is farthest, and then the middle.
    EXPECT_THAT(rowsIn(ladder.picks("most-likely:1,core-set:2", 3)), ElementsAre(0, 99, 49));
}

TEST(RankMix, OfOneStrategyIsThatStrategy) {
    Ladder ladder;
    ladder.labelled = {50, 3};
    for (const auto& strategy : strategies())
        if (!strategy.needsCommittee) {
            EXPECT_EQ(ladder.picks(strategy.name, 15), test::picked(strategy.name, ladder.input(), 15))
                << strategy.name;
        }
}

TEST(RankMix, SaysWhichPartsLackWhat) {
    Ladder ladder;
    auto input = ladder.input();
    input.probabilities = {};
    core::TaskContext task;
    const auto refused = rankMix(parseMix("entropy,anomalous,committee,most-likely").value(), input, 5, task);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), core::ErrorCode::InvalidArgument);
    EXPECT_EQ(
        refused.error().message(),
        "entropy needs class probabilities, which are there once a model is trained; committee needs the "
        "predictions of two models or more; most-likely needs class probabilities, which are there once a "
        "model is trained; what is there now is enough for core-set, typical, cover, anomalous or random");
    input = ladder.input();
    input.embedding = {};
    EXPECT_THAT(rankMix(parseMix("diverse:entropy").value(), input, 5, task).error().message(),
                HasSubstr("diverse:entropy needs an embedding"));
}

TEST(RankMix, StopsWhenAsked) {
    const Ladder ladder;
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), {});
    EXPECT_EQ(rankMix(coldStart(), ladder.input(), 5, stopped).error().code(), core::ErrorCode::Cancelled);
}

TEST(Diverse, SpreadsOutTheFirstFiveTimesAsMany) {
    const Ladder ladder;
    // The ten likeliest are 99 … 90: from 99 the farthest is 90.
    const auto picks = ladder.picks("diverse:most-likely", 2);
    EXPECT_THAT(rowsIn(picks), ElementsAre(99, 90));
    EXPECT_THAT(picks[0].reason, HasSubstr("probability 0.990; the first of the first 10"));
    EXPECT_THAT(picks[1].reason,
                HasSubstr("probability 0.900; of the first 10 it is 9.00 from those before it"));
    EXPECT_THAT(rowsIn(ladder.picks("diverse:most-likely", 3)), ElementsAre(99, 85, 92));
}

TEST(ColdStart, MeetsARareClassThatStandsApart) {
    // One in a hundred lies eight deviations from the others, among twenty features of noise.
    core::FloatMatrix points(2000, 20);
    core::RandomStream random(6);
    for (std::size_t r = 0; r < points.rows(); ++r) {
        for (std::size_t f = 0; f < 20; ++f)
            points(r, f) = static_cast<float>(random.normal(0, 1 / std::sqrt(1.0 + static_cast<double>(f))));
        if (r % 100 == 0) points(r, 1) += 6;
    }
    for (const std::uint64_t seed : {1u, 2u, 3u}) {
        core::TaskContext task;
        const auto picks = rankMix(coldStart(), {.embedding = points.view(), .seed = seed}, 10, task);
        ASSERT_TRUE(picks) << test::why(picks);
        EXPECT_EQ(picks->size(), 10u);
        EXPECT_GE(std::ranges::count_if(*picks, [](const Pick& pick) { return pick.row % 100 == 0; }), 4);
        EXPECT_GE(std::ranges::count_if(*picks, [](const Pick& pick) { return pick.row % 100 != 0; }), 2);
    }
}

} // namespace
} // namespace balmer::active

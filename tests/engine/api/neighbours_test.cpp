// A project and its neighbours at a SAMP hub of this process: who is there, and what goes to them.
#include "engine/api/workbench.h"

#include <span>

#include <gmock/gmock.h>

#include "engine/io/spectrum_reader.h"
#include "engine/io/votable.h"
#include "engine/vo/samp/mtypes.h"
#include "tests/engine/api/neighbours_fixture.h"
#include "tests/support/test_support.h"

namespace balmer::api {
namespace {

using test::eventually;
using testing::HasSubstr;
using vo::SampResponse;
namespace mtype = vo::mtype;
using Outcome = Delivery::Outcome;

TEST_F(NeighboursTest, TheyAreListedWithWhatTheyTake) {
    const Program splat(hub, "SPLAT", {"spectrum.load.ssa-generic"});
    const Program topcat(hub, "topcat", {"table.*", "coord.pointAt.sky"});
    ASSERT_TRUE(sees(splat) && sees(topcat));
    for (const auto& each : neighbours->state().neighbours) {
        if (each.name == "SPLAT") {
            EXPECT_TRUE(each.spectra && !each.tables && !each.positions);
        } else if (each.name == "topcat") {
            EXPECT_TRUE(!each.spectra && each.tables && each.highlights && each.selections && each.positions);
        }
    }
    hub.quit();
    ASSERT_TRUE(eventually([&] { return neighbours->state().hub == NeighbourState::Hub::Absent; }));
    EXPECT_EQ(one(neighbours->sendSpectrum("s1")).outcome, Outcome::NotSent);
    neighbours->disconnect();
    EXPECT_TRUE(eventually([&] { return neighbours->state().hub == NeighbourState::Hub::Off; }));
}

TEST_F(NeighboursTest, ASpectrumGoesAsAPlainTableWithItsMeta) {
    const Program splat(hub, "SPLAT", {"spectrum.load.ssa-generic"});
    const Program other(hub, "other", {"spectrum.load.ssa-generic"});
    ASSERT_TRUE(sees(splat) && sees(other));
    const auto ticket = neighbours->sendSpectrum("s1", {splat.id()});
    const auto delivery = one(ticket);
    EXPECT_EQ(delivery.outcome, Outcome::Arrived) << delivery.text;
    EXPECT_EQ(delivery.to, "SPLAT");
    const auto sent = splat.of(mtype::spectrumLoad);
    ASSERT_EQ(sent.size(), 1u);
    EXPECT_TRUE(other.of(mtype::spectrumLoad).empty());
    const auto& load = std::get<vo::LoadSpectrum>(sent[0]);
    EXPECT_EQ(load.spectrumId, "s1");
    EXPECT_EQ(load.name, "Star & 1");
    EXPECT_EQ(load.metaText("Access.Format"), "application/fits");
    EXPECT_EQ(load.metaText("Target.Name"), "Star & 1");
    EXPECT_EQ(load.metaText("vox:spectrum_axes"), "WAVE FLUX ERR");
    EXPECT_EQ(load.metaText("vox:spectrum_units"), "Angstrom Jy");
    const auto content = splat.content(0);
    const auto spectra = io::readSpectra(std::as_bytes(std::span(content)), "s1.fits");
    ASSERT_TRUE(spectra) << test::why(spectra);
    EXPECT_EQ(spectra->front().metadata.rule, "spectrum-table");
    const auto here = bench->spectra().load("s1");
    ASSERT_TRUE(here);
    EXPECT_EQ(spectra->front().flux, here->flux);
    EXPECT_EQ(spectra->front().axis.wavelengthAngstrom().back(), here->axis.wavelengthAngstrom().back());
    EXPECT_TRUE(eventually([&] { return neighbours->fetched(ticket) == 1; }));

    const auto none = one(neighbours->sendSpectrum("nobody"));
    EXPECT_EQ(none.outcome, Outcome::NotSent);
    EXPECT_THAT(none.text, HasSubstr("nobody"));
}

TEST_F(NeighboursTest, ATableGoesAsAVotableThatPlots) {
    const Program topcat(hub, "topcat");
    ASSERT_TRUE(sees(topcat));
    active::LabelEvent event;
    event.spectrum = "s2";
    event.className = "Be <shell>\x01";
    ASSERT_TRUE(bench->labelling().label(event));
    const auto ticket = neighbours->sendTable(collectionTable("stars"));
    EXPECT_EQ(one(ticket).outcome, Outcome::Arrived);
    EXPECT_TRUE(eventually([&] { return neighbours->fetched(ticket) == 1; }));
    const auto load = std::get<vo::LoadTable>(topcat.of(mtype::tableLoadVotable).at(0));
    EXPECT_EQ(load.name, "stars");
    const auto content = topcat.content(0);
    const auto document = io::parseVotable(std::as_bytes(std::span(content)));
    ASSERT_TRUE(document) << test::why(document);
    const auto& table = *document->tables().front();
    ASSERT_EQ(table.rows, 4u);
    const auto ra = table.fieldByUcd("pos.eq.ra"), dec = table.fieldByUcd("pos.eq.dec");
    ASSERT_TRUE(ra && dec);
    EXPECT_EQ(table.fields[*ra].unit, "deg");
    for (std::size_t row = 0; row < 4; ++row) {
        const auto id = table.text(row, *table.field("id"));
        EXPECT_EQ(table.number(row, *ra), 10 + (id[1] - '0')) << id;
        EXPECT_EQ(table.number(row, *dec), 20);
        EXPECT_EQ(table.text(row, *table.field("label")), id == "s2" ? "Be <shell>" : "");
        EXPECT_EQ(table.text(row, *table.field("accref")), "http://x.org/all");
        EXPECT_FALSE(table.number(row, *table.field("snr")));
    }
    // A filter and a selection do as well; what is not there is said.
    EXPECT_EQ(one(neighbours->sendTable({"two", "", {"s3", "gone", "s0"}})).outcome, Outcome::Arrived);
    EXPECT_EQ(one(neighbours->sendTable({"be", "label is not null", {}})).outcome, Outcome::Arrived);
    const auto two = topcat.content(1);
    EXPECT_LT(two.find("s3"), two.find("s0")) << "in the order that was asked for";
    EXPECT_EQ(two.find("s2"), std::string::npos);
    EXPECT_THAT(one(neighbours->sendTable({"", "snr > 1e9", {}})).text,
                HasSubstr("no spectrum of the project"));
    EXPECT_THAT(one(neighbours->sendTable({"", "snr >", {}})).text, HasSubstr("expected"));
}

TEST_F(NeighboursTest, RowsAreSpectraBothWays) {
    const Program topcat(hub, "topcat");
    const Program other(hub, "other");
    ASSERT_TRUE(sees(topcat) && sees(other));
    EXPECT_THAT(one(neighbours->select({"s1"})).text, HasSubstr("send one of them a table first"));
    ASSERT_EQ(one(neighbours->sendTable({"mine", "", {"s3", "s1", "s0"}}, {topcat.id()})).outcome,
              Outcome::Arrived);
    const auto table = tableIdAt(topcat);

    // Here to there: to those who have the table, by its rows.
    neighbours->highlight("s1");
    ASSERT_TRUE(topcat.gets(mtype::tableHighlightRow, 1));
    EXPECT_EQ(std::get<vo::HighlightRow>(topcat.of(mtype::tableHighlightRow)[0]),
              (vo::HighlightRow{table, "", 1}));
    EXPECT_EQ(one(neighbours->select({"s0", "s2", "s3"})).outcome, Outcome::Arrived);
    EXPECT_EQ(std::get<vo::SelectRows>(topcat.of(mtype::tableSelectRows).at(0)).rows,
              (std::vector<std::int64_t>{0, 2}));
    EXPECT_EQ(one(neighbours->select({})).outcome, Outcome::Arrived);
    EXPECT_TRUE(std::get<vo::SelectRows>(topcat.of(mtype::tableSelectRows).at(1)).rows.empty());
    EXPECT_TRUE(other.of(mtype::tableHighlightRow).empty());
    EXPECT_TRUE(other.of(mtype::tableSelectRows).empty());

    // There to here.
    EXPECT_EQ(call(topcat, vo::HighlightRow{table, "", 2}).status, vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedHighlight>().id, "s0");
    EXPECT_EQ(call(topcat, vo::SelectRows{table, "", {2, 1}}).status, vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedSelection>().ids, (std::vector<std::string>{"s0", "s1"}));

    // What the neighbour said is not said back to it, the next step is.
    neighbours->highlight("s0");
    stepsAreSent();
    neighbours->highlight("s3");
    ASSERT_TRUE(topcat.gets(mtype::tableHighlightRow, 2));
    EXPECT_EQ(std::get<vo::HighlightRow>(topcat.of(mtype::tableHighlightRow)[1]).row, 0);

    // What is none of ours is answered, and told to nobody.
    EXPECT_EQ(call(topcat, vo::HighlightRow{"theirs", "", 2}).status, vo::SampStatus::Error);
    EXPECT_EQ(call(topcat, vo::HighlightRow{table, "", 7}).status, vo::SampStatus::Error);
    EXPECT_EQ(came<ReceivedHighlight>().size(), 1u);
    EXPECT_TRUE(came<ReceiveFailure>().empty());
}

TEST_F(NeighboursTest, WhoHasLostATableIsSentItAgainOnce) {
    Program topcat(hub, "topcat");
    ASSERT_TRUE(sees(topcat));
    ASSERT_EQ(one(neighbours->sendTable({"mine", "", {"s3", "s1", "s0"}})).outcome, Outcome::Arrived);
    const auto refusal = SampResponse::error("No table with table-id=" + tableIdAt(topcat));
    topcat.answer(mtype::tableSelectRows, {refusal});
    const auto delivery = one(neighbours->select({"s1"}));
    EXPECT_EQ(delivery.outcome, Outcome::Arrived) << delivery.text;
    ASSERT_EQ(topcat.of(mtype::tableLoadVotable).size(), 2u);
    EXPECT_EQ(tableIdAt(topcat, 1), tableIdAt(topcat, 0));
    EXPECT_EQ(topcat.content(1), topcat.content(0)) << "the same rows";
    EXPECT_EQ(topcat.of(mtype::tableSelectRows).size(), 2u);

    topcat.answer(mtype::tableSelectRows, {refusal});
    EXPECT_EQ(one(neighbours->select({"s0"})).outcome, Outcome::Refused);
    EXPECT_EQ(topcat.of(mtype::tableLoadVotable).size(), 2u) << "not a third time";
    EXPECT_EQ(one(neighbours->select({"s3"})).outcome, Outcome::NotSent) << "it has the table no more";
}

TEST_F(NeighboursTest, PositionsGoAndCome) {
    const Program aladin(hub, "Aladin", {"coord.pointAt.sky", "table.load.votable"});
    ASSERT_TRUE(sees(aladin));
    EXPECT_EQ(one(neighbours->pointAt("s2")).outcome, Outcome::Arrived);
    EXPECT_EQ(std::get<vo::PointAtSky>(aladin.of(mtype::pointAtSky).at(0)), (vo::PointAtSky{12, 20}));
    EXPECT_EQ(call(aladin, vo::PointAtSky{13.001, 20.001}).status, vo::SampStatus::Ok);
    const auto near = next<ReceivedPosition>();
    EXPECT_EQ(near.id, "s3");
    EXPECT_NEAR(near.separationArcsec, 4.94, 0.02);
    const auto far = call(aladin, vo::PointAtSky{13.1, 20});
    EXPECT_EQ(far.status, vo::SampStatus::Warning);
    EXPECT_THAT(far.errorText, HasSubstr("10 arcsec"));
    EXPECT_EQ(next<ReceivedPosition>(2).id, "");
}

TEST_F(NeighboursTest, EndingWhileThingsAreUnderWayEnds) {
    const Program topcat(hub, "topcat");
    ASSERT_TRUE(sees(topcat));
    for (int i = 0; i < 20; ++i) {
        neighbours->sendTable(collectionTable("stars"));
        neighbours->highlight("s" + std::to_string(i % 4));
        neighbours->select({"s1"});
    }
    neighbours.reset();
    EXPECT_TRUE(hub.clients().empty());
}

} // namespace
} // namespace balmer::api

// What comes to a project from its neighbours at a SAMP hub: spectra and tables are kept, and their rows
// known.
#include "engine/api/workbench.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/vo/samp/file_url.h"
#include "engine/vo/samp/mtypes.h"
#include "tests/engine/api/neighbours_fixture.h"
#include "tests/support/made_up_spectrum.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

namespace balmer::api {
namespace {

using nlohmann::json;
using test::eventually;
using testing::ElementsAre;
namespace mtype = vo::mtype;
using Outcome = Delivery::Outcome;

TEST_F(NeighboursTest, ASpectrumThatComesIsKeptAndImported) {
    const Program splat(hub, "SPLAT/VO");
    ASSERT_TRUE(sees(splat));
    ASSERT_TRUE(core::writeFile(folder / "new.txt", test::spectrumText(3)));
    vo::LoadSpectrum load;
    load.url = vo::urlOfFile(folder / "new.txt");
    load.name = "HD 1/a & Co";
    load.meta = {{"Access.Format", "text/plain"},
                 {"ssa:DataID.DatasetID", "ivo://x/new"},
                 {"Access.Reference", "http://127.0.0.1:7/new"}};
    EXPECT_EQ(call(splat, load).status, vo::SampStatus::Ok);
    const auto first = next<ReceivedSpectrum>();
    EXPECT_EQ(first.file, bench->folder() / "received" / "SPLAT_VO" / "HD 1_a & Co.txt") << first.file;
    ASSERT_GT(first.import, 0);
    core::TaskContext task;
    const auto job = bench->jobs().follow(first.import, task);
    ASSERT_TRUE(job && job->phase == jobs::Phase::Completed) << test::why(job);
    const auto rows = bench->spectra().list("collection = 'SPLAT_VO'");
    ASSERT_TRUE(rows && rows->size() == 1u);
    EXPECT_EQ(bench->observatory().addresses({rows->front().id}).value(),
              std::vector<std::string>{"ivo://x/new"})
        << "an address of this computer says nothing tomorrow";

    // The same again is the same file; another of the same name has a number.
    EXPECT_EQ(call(splat, load).status, vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedSpectrum>(2).file, first.file);
    ASSERT_TRUE(core::writeFile(folder / "new.txt", test::spectrumText(4)));
    EXPECT_EQ(call(splat, load).status, vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedSpectrum>(3).file.filename(), "HD 1_a & Co-2.txt");

    // What is not a spectrum is refused, and nothing stays of it.
    ASSERT_TRUE(core::writeFile(folder / "page.html", "<html><body>Log in</body></html>"));
    load.url = vo::urlOfFile(folder / "page.html");
    load.name = "page";
    EXPECT_EQ(call(splat, load).status, vo::SampStatus::Error);
    // A program that names a file of this computer learns nothing of what it holds.
    ASSERT_TRUE(core::writeFile(folder / "secret.txt", "sesame-4711 is the password\n"));
    load.url = vo::urlOfFile(folder / "secret.txt");
    const auto unread = call(splat, load);
    EXPECT_EQ(unread.code, "balmer.not-taken");
    EXPECT_EQ(unread.forUser().find("sesame"), std::string::npos) << unread.forUser();
    load.url = vo::urlOfFile(folder / "not there.txt");
    EXPECT_EQ(call(splat, load), unread) << "nor whether it is there";
    for (const auto* url : {"file:///nowhere/x.fits", "file:///", "file:///dev/zero", "gopher://x/", "x"}) {
        load.url = url;
        EXPECT_EQ(call(splat, load).status, vo::SampStatus::Error) << url;
    }
    EXPECT_EQ(came<ReceiveFailure>().size(), 8u);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(first.file.parent_path()))
        files += entry.is_regular_file();
    EXPECT_EQ(files, 2u);
}

TEST_F(NeighboursTest, ATableThatComesIsKeptAndItsRowsAreKnown) {
    const Program topcat(hub, "topcat");
    ASSERT_TRUE(sees(topcat));
    const std::string table =
        "<VOTABLE><RESOURCE><TABLE><FIELD name=\"ew\" datatype=\"double\"/><FIELD name=\"star\" "
        "datatype=\"char\" arraysize=\"*\"/><FIELD name=\"ref\" utype=\"ssa:Access.Reference\" "
        "datatype=\"char\" arraysize=\"*\"/><DATA><TABLEDATA><TR><TD>1</TD><TD>s3</TD><TD>http://x.org/3</TD>"
        "</TR><TR><TD>2</TD><TD>else</TD><TD>http://x.org/4</TD></TR><TR><TD>3</TD><TD>s1</TD><TD/></TR>"
        "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    ASSERT_TRUE(core::writeFile(folder / "t 1.vot", table));
    const auto url = vo::urlOfFile(folder / "t 1.vot");
    EXPECT_EQ(call(topcat, vo::LoadTable{vo::LoadTable::Format::Votable, url, "tc-1", ""}).status,
              vo::SampStatus::Ok);
    const auto came_ = next<ReceivedTable>();
    EXPECT_EQ(came_.file, bench->folder() / "received" / "topcat" / "t 1.vot");
    EXPECT_EQ(came_.rows, 3u);
    EXPECT_THAT(came_.columns, ElementsAre("ew", "star", "ref"));
    EXPECT_EQ(came_.idColumn, "star");
    EXPECT_EQ(came_.matched, 2u);
    EXPECT_EQ(came_.accessColumn, "ref");
    // It can be used, as a list and by its columns.
    core::TaskContext task;
    EXPECT_EQ(bench->observatory().readList(came_.file.string(), {}, task)->list.rows.size(), 3u);
    const auto taken = run("table-import", {{"file", came_.file.string()}, {"label_column", "ref"}});
    EXPECT_EQ(json::parse(taken.result)["labels"], 1);
    EXPECT_EQ(json::parse(taken.result)["unknown"], json::array({"else"}));

    // Rows of it, by its id and by its url.
    EXPECT_EQ(call(topcat, vo::HighlightRow{"tc-1", "", 2}).status, vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedHighlight>().id, "s1");
    EXPECT_EQ(call(topcat, vo::HighlightRow{"", url, 0}).status, vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedHighlight>(2).id, "s3");
    EXPECT_EQ(call(topcat, vo::HighlightRow{"tc-1", "", 1}).status, vo::SampStatus::Warning);
    EXPECT_EQ(call(topcat, vo::SelectRows{"tc-1", "", {0, 1, 2}}).status, vo::SampStatus::Ok);
    const auto selected = next<ReceivedSelection>();
    EXPECT_THAT(selected.ids, ElementsAre("s3", "s1"));
    EXPECT_EQ(selected.outside, 1u);
    EXPECT_EQ(call(topcat, vo::HighlightRow{"tc-1", "", 0}).status, vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedHighlight>(3).id, "s3");
    neighbours->highlight("s3");
    stepsAreSent();
    neighbours->highlight("s1");
    ASSERT_TRUE(topcat.gets(mtype::tableHighlightRow, 1));
    EXPECT_EQ(std::get<vo::HighlightRow>(topcat.of(mtype::tableHighlightRow)[0]),
              (vo::HighlightRow{"tc-1", url, 2}));
    EXPECT_EQ(came_.shared, true);

    // The same again is the same file.
    EXPECT_EQ(call(topcat, vo::LoadTable{vo::LoadTable::Format::Votable, url, "tc-1", ""}).status,
              vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedTable>(2).file, came_.file);
    ASSERT_TRUE(core::writeFile(folder / "t 1.vot", table + "<!-- another -->"));
    EXPECT_EQ(call(topcat, vo::LoadTable{vo::LoadTable::Format::Votable, url, "tc-1", ""}).status,
              vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedTable>(3).file.filename(), "t 1-2.vot");

    ASSERT_TRUE(core::writeFile(folder / "bad.vot", "<VOTABLE><RESOURCE>"));
    EXPECT_EQ(call(topcat, vo::LoadTable{vo::LoadTable::Format::Votable, vo::urlOfFile(folder / "bad.vot"),
                                         "tc-2", ""})
                  .status,
              vo::SampStatus::Error);
    EXPECT_FALSE(std::filesystem::exists(bench->folder() / "received" / "topcat" / "bad.vot"));
}

TEST_F(NeighboursTest, RowsThatSayWhereSpectraAreAreKnownOnceTheyWereFetched) {
    const Program topcat(hub, "topcat");
    ASSERT_TRUE(sees(topcat));
    ASSERT_TRUE(core::writeFile(
        folder / "list.vot",
        "<VOTABLE><RESOURCE><TABLE><FIELD name=\"ref\" utype=\"ssa:Access.Reference\" datatype=\"char\" "
        "arraysize=\"*\"/><DATA><TABLEDATA><TR><TD>http://x.org/a</TD></TR><TR><TD>http://x.org/b</TD></TR>"
        "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>"));
    EXPECT_EQ(call(topcat, vo::LoadTable{vo::LoadTable::Format::Votable, vo::urlOfFile(folder / "list.vot"),
                                         "tc-l", ""})
                  .status,
              vo::SampStatus::Ok);
    const auto list = next<ReceivedTable>();
    EXPECT_EQ(list.idColumn, "");
    EXPECT_EQ(list.accessColumn, "ref");
    EXPECT_EQ(list.listed, 0u);
    EXPECT_EQ(call(topcat, vo::HighlightRow{"tc-l", "", 0}).status, vo::SampStatus::Warning);

    ASSERT_TRUE(core::writeFile(folder / "fetched.vot", star(7)));
    run("import", {{"paths", {(folder / "fetched.vot").string()}}, {"origins", {"http://x.org/b"}}});
    // What an import has added is told on a thread of its own.
    EXPECT_TRUE(test::eventually([&] {
        return call(topcat, vo::HighlightRow{"tc-l", "", 1}).status == vo::SampStatus::Ok;
    }));
    const auto id = next<ReceivedHighlight>().id;
    EXPECT_EQ(bench->observatory().addresses({id}).value(), std::vector<std::string>{"http://x.org/b"});
    EXPECT_EQ(one(neighbours->select({id})).outcome, Outcome::Arrived);
    EXPECT_EQ(std::get<vo::SelectRows>(topcat.of(mtype::tableSelectRows).at(0)).rows,
              std::vector<std::int64_t>{1});
}

TEST_F(NeighboursTest, ATableOfVeryManyRowsIsKeptAndItsRowsAreNotShared) {
    const Program topcat(hub, "topcat");
    ASSERT_TRUE(sees(topcat));
    std::string text = "id\ns1\n";
    for (int i = 0; i < 1000000; ++i)
        text += "x\n";
    ASSERT_TRUE(core::writeFile(folder / "many.csv", text));
    EXPECT_EQ(call(topcat, vo::LoadTable{vo::LoadTable::Format::Votable, vo::urlOfFile(folder / "many.csv"),
                                         "tc-m", ""})
                  .status,
              vo::SampStatus::Ok);
    const auto many = next<ReceivedTable>();
    EXPECT_EQ(many.rows, 1000001u);
    EXPECT_EQ(many.idColumn, "id");
    EXPECT_FALSE(many.shared);
    EXPECT_EQ(call(topcat, vo::HighlightRow{"tc-m", "", 0}).status, vo::SampStatus::Error);
}

TEST_F(NeighboursTest, AfterDisconnectingNothingIsTaken) {
    const Program splat(hub, "SPLAT");
    ASSERT_TRUE(sees(splat));
    // A sender that has begun and does not go on, and one that waits behind it.
    test::ScriptedServer slow([](const auto& peer, const std::string&) {
        peer.hold();
        return false;
    });
    vo::LoadSpectrum load;
    load.url = slow.url("/s.fits");
    hub.notifyFrom(splat.id(), encodeRequest(load));
    ASSERT_TRUE(core::writeFile(folder / "new.txt", test::spectrumText(3)));
    load.url = vo::urlOfFile(folder / "new.txt");
    load.name = "waits";
    hub.notifyFrom(splat.id(), encodeRequest(load));
    // Said after them, and taken at once: they are there.
    call(splat, vo::PointAtSky{10, 20});
    ASSERT_TRUE(eventually([&] { return slow.count("GET /s.fits") == 1; }));
    neighbours->disconnect();
    ASSERT_TRUE(eventually([&] { return neighbours->state().hub == NeighbourState::Hub::Off; }));

    neighbours->connect();
    ASSERT_TRUE(sees(splat));
    load.name = "after";
    EXPECT_EQ(call(splat, load).status, vo::SampStatus::Ok);
    EXPECT_EQ(next<ReceivedSpectrum>().name, "after");
    EXPECT_TRUE(came<ReceiveFailure>().empty());
    EXPECT_FALSE(std::filesystem::exists(bench->folder() / "received" / "SPLAT" / "waits.txt"));
}

TEST_F(NeighboursTest, WithoutImportASpectrumIsKeptOnly) {
    neighbours.reset();
    join(false);
    const Program splat(hub, "SPLAT");
    ASSERT_TRUE(sees(splat));
    ASSERT_TRUE(core::writeFile(folder / "new.txt", test::spectrumText(3)));
    vo::LoadSpectrum load;
    load.url = vo::urlOfFile(folder / "new.txt");
    EXPECT_EQ(call(splat, load).status, vo::SampStatus::Ok);
    const auto came_ = next<ReceivedSpectrum>();
    EXPECT_EQ(came_.import, 0);
    EXPECT_EQ(came_.file.filename(), "new.txt");
    EXPECT_EQ(bench->spectra().list("")->size(), 4u);
}

} // namespace
} // namespace balmer::api

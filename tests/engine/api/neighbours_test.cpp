// A project and its neighbours at a SAMP hub of this process.
#include "engine/api/workbench.h"

#include <mutex>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/http/client.h"
#include "engine/io/spectrum_reader.h"
#include "engine/io/votable.h"
#include "engine/vo/samp/file_url.h"
#include "engine/vo/samp/mtypes.h"
#include "tests/support/made_up_spectrum.h"
#include "tests/support/samp_hub.h"
#include "tests/support/scripted_server.h"
#include "tests/support/test_support.h"

namespace balmer::api {
namespace {

using nlohmann::json;
using test::eventually;
using test::SampHub;
using testing::ElementsAre;
using testing::HasSubstr;
using vo::SampMessage;
using vo::SampResponse;
namespace mtype = vo::mtype;
using Outcome = Delivery::Outcome;

/// A program at the hub that fetches what it is sent, and answers as it is told to.
class Program {
  public:
    Program(SampHub& hub, const std::string& name,
            const std::vector<std::string>& mtypes = {"spectrum.load.*", "table.*", "coord.pointAt.sky"}) {
        // The hub may still be delivering to it at the end.
        id_ = hub.addNeighbour(name, mtypes,
                               [memory = memory_](const std::string&, const SampMessage& message) {
                                   return memory->take(message);
                               });
    }

    const std::string& id() const { return id_; }
    /// The answer to the next messages of this type; as often as there are answers.
    void answer(std::string_view type, std::vector<SampResponse> responses) {
        const std::lock_guard lock(memory_->mutex);
        memory_->answers[std::string(type)] = std::move(responses);
    }
    std::vector<vo::SampRequest> of(std::string_view type) const {
        const std::lock_guard lock(memory_->mutex);
        std::vector<vo::SampRequest> found;
        for (const auto& message : memory_->messages)
            if (message.mtype == type) found.push_back(decodeRequest(message).value());
        return found;
    }
    bool gets(std::string_view type, std::size_t number) const {
        return eventually([&] { return of(type).size() >= number; });
    }
    /// What was behind the nth URL.
    std::string content(std::size_t n) const {
        const std::lock_guard lock(memory_->mutex);
        return memory_->contents.at(n);
    }

  private:
    struct Memory {
        std::mutex mutex;
        std::vector<SampMessage> messages;
        std::vector<std::string> contents;
        std::map<std::string, std::vector<SampResponse>> answers;

        std::optional<SampResponse> take(const SampMessage& message) {
            std::string content;
            if (const auto url = vo::textOr(message.params, "url"); url.starts_with("http:")) {
                http::Client client;
                http::Request request;
                request.url = url;
                const auto fetched = client.send(request, {});
                content = fetched ? fetched->body : fetched.error().describe();
            }
            const std::lock_guard lock(mutex);
            messages.push_back(message);
            if (!content.empty()) contents.push_back(content);
            auto& next = answers[message.mtype];
            if (next.empty()) return SampResponse::ok();
            auto response = next.front();
            next.erase(next.begin());
            return response;
        }
    };
    std::shared_ptr<Memory> memory_ = std::make_shared<Memory>();
    std::string id_;
};

class NeighboursTest : public testing::Test {
  protected:
    NeighboursTest() : hub(folder / "lock") {}
    void SetUp() override {
        auto opened = openWorkbench(folder / "test.balmer", OpenOptions{true, "tester", 2, true});
        ASSERT_TRUE(opened) << test::why(opened);
        bench = std::move(*opened);
        // Text spectra have no positions; a FITS header has.
        std::filesystem::create_directories(folder / "stars");
        for (int i = 0; i < 4; ++i)
            ASSERT_TRUE(core::writeFile(folder / "stars" / ("s" + std::to_string(i) + ".vot"), star(i)));
        run("import",
            {{"paths", {(folder / "stars").string()}}, {"origins", json::array({"http://x.org/all"})}});
        ASSERT_EQ(bench->spectra().list("")->size(), 4u);
        join();
    }
    void TearDown() override {
        neighbours.reset();
        bench.reset();
    }

    /// A spectrum at (10 + i, 20).
    static std::string star(int i) {
        std::string rows;
        for (int k = 0; k < 40; ++k)
            rows += "<TR><TD>" + std::to_string(6540 + k) + "</TD><TD>" + std::to_string(5 + (i * k) % 7) +
                    "</TD><TD>0.5</TD></TR>";
        return "<VOTABLE version=\"1.4\"><RESOURCE><TABLE><PARAM name=\"TargetPos\" "
               "utype=\"spec:Target.Pos\" datatype=\"double\" arraysize=\"2\" value=\"" +
               std::to_string(10 + i) +
               " 20\"/><PARAM name=\"t\" utype=\"spec:Target.Name\" datatype=\"char\" arraysize=\"*\" "
               "value=\"Star &amp; " +
               std::to_string(i) +
               "\"/><FIELD name=\"WAVE\" unit=\"Angstrom\" ucd=\"em.wl\" datatype=\"double\"/><FIELD "
               "name=\"FLUX\" unit=\"Jy\" ucd=\"phot.flux.density\" datatype=\"double\"/><FIELD name=\"ERR\" "
               "ucd=\"stat.error;phot.flux.density\" datatype=\"double\"/><DATA><TABLEDATA>" +
               rows + "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
    }

    jobs::Job run(const std::string& kind, const json& parameters) {
        core::TaskContext task;
        jobs::JobSpec spec;
        spec.kind = kind;
        spec.parameters = parameters.dump();
        const auto job = bench->jobs().runHere(spec, task);
        EXPECT_TRUE(job && job->phase == jobs::Phase::Completed) << test::why(job);
        return job ? *job : jobs::Job();
    }

    void join(bool import = true) {
        Neighbours::Options options;
        options.hub = hub.setting();
        options.look = std::chrono::milliseconds(50);
        options.echo = std::chrono::hours(1);
        options.import = import;
        Neighbours::Handlers handlers;
        handlers.delivered = [this](const Delivery& delivery) {
            const std::lock_guard lock(mutex);
            deliveries.push_back(delivery);
        };
        handlers.arrived = [this](const Arrival& arrival) {
            const std::lock_guard lock(mutex);
            arrivals.push_back(arrival);
        };
        neighbours = bench->neighbours(options, handlers);
        neighbours->connect();
        ASSERT_TRUE(eventually([&] { return neighbours->state().hub == NeighbourState::Hub::Connected; }));
    }
    /// Sees the program and what it takes.
    bool sees(const Program& program) {
        return eventually([&] {
            for (const auto& each : neighbours->state().neighbours)
                if (each.id == program.id() && (each.tables || each.spectra)) return true;
            return false;
        });
    }

    /// All that became of a ticket.
    std::vector<Delivery> became(std::uint64_t ticket) {
        std::vector<Delivery> mine;
        EXPECT_TRUE(eventually([&] {
            const std::lock_guard lock(mutex);
            mine.clear();
            for (const auto& each : deliveries)
                if (each.ticket == ticket) mine.push_back(each);
            return !mine.empty() && mine.back().last;
        }));
        return mine;
    }
    Delivery one(std::uint64_t ticket) {
        const auto all = became(ticket);
        EXPECT_EQ(all.size(), 1u);
        return all.empty() ? Delivery() : all.front();
    }
    template <typename What>
    std::vector<What> came() {
        const std::lock_guard lock(mutex);
        std::vector<What> found;
        for (const auto& each : arrivals)
            if (const auto* what = std::get_if<What>(&each.what)) found.push_back(*what);
        return found;
    }
    template <typename What>
    What next(std::size_t number = 1) {
        EXPECT_TRUE(eventually([&] { return came<What>().size() >= number; }));
        const auto all = came<What>();
        return all.size() < number ? What() : all[number - 1];
    }

    /// What was highlighted is on its way: it is not overtaken by the next.
    void stepsAreSent() { one(neighbours->sendSpectrum("nobody")); }

    SampResponse call(const Program& from, const vo::SampRequest& request) {
        const auto response = hub.callFrom(from.id(), encodeRequest(request));
        EXPECT_TRUE(response);
        return response.value_or(SampResponse());
    }
    std::string tableIdAt(const Program& program, std::size_t n = 0) {
        return std::get<vo::LoadTable>(program.of(mtype::tableLoadVotable).at(n)).tableId;
    }

    test::TemporaryFolder folder;
    SampHub hub;
    std::unique_ptr<Workbench> bench;
    std::mutex mutex; ///< guards the next two
    std::vector<Delivery> deliveries;
    std::vector<Arrival> arrivals;
    std::unique_ptr<Neighbours> neighbours;
};

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

    // What is no spectrum is refused, and nothing stays of it.
    ASSERT_TRUE(core::writeFile(folder / "page.html", "<html><body>Log in</body></html>"));
    load.url = vo::urlOfFile(folder / "page.html");
    load.name = "page";
    EXPECT_EQ(call(splat, load).status, vo::SampStatus::Error);
    for (const auto* url : {"file:///nowhere/x.fits", "file:///", "file:///dev/zero", "gopher://x/", "x"}) {
        load.url = url;
        EXPECT_EQ(call(splat, load).status, vo::SampStatus::Error) << url;
    }
    EXPECT_EQ(came<ReceiveFailure>().size(), 6u);
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
    EXPECT_EQ(call(topcat, vo::HighlightRow{"tc-l", "", 1}).status, vo::SampStatus::Ok);
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

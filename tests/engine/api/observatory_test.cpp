// The observatory of a workbench, against an archive on this computer: what a desktop asks and submits.
#include "engine/api/observatory.h"

#include <cstdlib>

#include <gmock/gmock.h>

#include "engine/api/workbench.h"
#include "tests/support/served_pages.h"
#include "tests/support/test_support.h"

namespace balmer::api {
namespace {

using core::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ObservatoryTest : public testing::Test {
  protected:
    ObservatoryTest() {
        ::setenv("XDG_CONFIG_HOME", (folder_ / "config").string().c_str(), 1);
        OpenOptions options;
        options.who = "tester";
        auto opened = openWorkbench(folder_ / "test.balmer", options);
        EXPECT_TRUE(opened) << test::why(opened);
        bench_ = *std::move(opened);
        std::string text;
        for (int i = 0; i < 60; ++i)
            text += std::to_string(6500 + i) + " 1\n";
        server_.put("/data/a.txt", {text});
        server_.put(
            "/ssap",
            {"<VOTABLE version=\"1.4\"><RESOURCE><TABLE><FIELD name=\"accref\" datatype=\"char\" "
             "arraysize=\"*\"/><FIELD name=\"pubdid\" datatype=\"char\" arraysize=\"*\"/><DATA><TABLEDATA>"
             "<TR><TD>data/a.txt</TD><TD>ivo://x/a</TD></TR><TR><TD>data/b.txt</TD><TD/></TR>"
             "<TR><TD/><TD/></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>",
             "text/xml"});
        server_.put("/data/",
                    {"<html><a href=\"a.txt\">a.txt</a><a href=\"b.txt\">b.txt</a></html>", "text/html"});
    }
    ~ObservatoryTest() override { ::unsetenv("XDG_CONFIG_HOME"); }

    Observatory& net() { return bench_->observatory(); }
    jobs::Job run(const core::Result<jobs::JobSpec>& spec) {
        EXPECT_TRUE(spec) << test::why(spec);
        if (!spec) return {};
        const auto job = bench_->jobs().runHere(*spec, task_);
        EXPECT_TRUE(job) << test::why(job);
        return job.value_or(jobs::Job());
    }

    test::TemporaryFolder folder_;
    test::ServedPages server_;
    std::unique_ptr<Workbench> bench_;
    core::TaskContext task_;
};

TEST_F(ObservatoryTest, AListIsMarkedWithWhatTheProjectHas) {
    auto list = net().askSsap(server_.url("/ssap"), {}, {}, task_);
    ASSERT_TRUE(list) << test::why(list);
    EXPECT_THAT(list->inProject, ElementsAre("", "", ""));
    EXPECT_THAT(list->standsFor, ElementsAre(0, 1, 2));
    const auto job = run(net().retrieveJob(list->list, {0}, {}));
    EXPECT_EQ(job.phase, jobs::Phase::Completed) << (job.error ? job.error->describe() : "");
    ASSERT_TRUE(net().mark(*list));
    EXPECT_THAT(list->inProject, ElementsAre("a", "", ""));
    // By the publisher's identifier, too, when the address has changed.
    list->list.rows[0].url = "http://mirror.example.org/a.txt";
    ASSERT_TRUE(net().mark(*list));
    EXPECT_EQ(list->inProject[0], "a");
    EXPECT_EQ(bench_->spectra().list("")->size(), 1u);
}

TEST_F(ObservatoryTest, AnIdentifierThatSeveralSpectraShareMarksNoneOfThem) {
    auto list = net().askSsap(server_.url("/ssap"), {}, {}, task_);
    ASSERT_TRUE(list) << test::why(list);
    run(net().retrieveJob(list->list, {0}, {}));
    list->list.rows[1].publisherDid = "ivo://x/a"; // the other arm
    ASSERT_TRUE(net().mark(*list));
    EXPECT_THAT(list->inProject, ElementsAre("a", "", ""));
    list->list.rows[1].format = "application/fits"; // another form of the same
    ASSERT_TRUE(net().mark(*list));
    EXPECT_THAT(list->inProject, ElementsAre("a", "a", ""));
}

TEST_F(ObservatoryTest, AServiceIsKnownByItsName) {
    ASSERT_TRUE(net().putService({"mine", server_.url("/ssap")}));
    EXPECT_EQ(net().services()->size(), 1u);
    EXPECT_EQ(net().askSsap("mine", {}, {}, task_)->list.rows.size(), 3u);
    EXPECT_EQ(net().askSsap("yours", {}, {}, task_).error().code(), ErrorCode::NotFound);
    ASSERT_TRUE(net().removeService("mine"));
    EXPECT_TRUE(net().services()->empty());
}

TEST_F(ObservatoryTest, RowsThatCannotBeFetchedAreRefused) {
    const auto list = net().readList(server_.url("/ssap"), {}, task_);
    ASSERT_TRUE(list) << test::why(list);
    EXPECT_EQ(net().retrieveJob(list->list, {2}, {}).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(net().retrieveJob(list->list, {3}, {}).error().code(), ErrorCode::InvalidArgument);
    EXPECT_EQ(net().retrieveJob(list->list, {}, {}).error().code(), ErrorCode::InvalidArgument);
}

TEST_F(ObservatoryTest, APreviewFetchesNothing) {
    TreeRequest request;
    request.url = server_.url("/data/");
    request.match = {"a*"};
    const auto preview = net().preview(request, task_);
    ASSERT_TRUE(preview) << test::why(preview);
    ASSERT_EQ(preview->files.size(), 1u);
    EXPECT_EQ(preview->files[0].path, "a.txt");
    EXPECT_EQ(preview->unmatched, 1u);
    EXPECT_EQ(server_.asked("/data/a"), 0u);
    const auto job = run(net().fetchJob(request, {}));
    EXPECT_EQ(job.phase, jobs::Phase::Completed) << (job.error ? job.error->describe() : "");
    EXPECT_EQ(bench_->spectra().list("")->size(), 1u);
}

TEST_F(ObservatoryTest, ALoginIsRememberedAndKeptOutOfWhatIsKept) {
    TreeRequest request;
    request.url = server_.url("/data/");
    request.url.insert(7, "eva:geheim@");
    const auto spec = net().fetchJob(request, {});
    ASSERT_TRUE(spec) << test::why(spec);
    EXPECT_THAT(spec->parameters, Not(HasSubstr("geheim")));
    EXPECT_THAT(spec->parameters, HasSubstr(server_.url("/data/")));
}

TEST_F(ObservatoryTest, QuestionsStopWhenTheyAreAskedTo) {
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext stopped(stop.get_token(), {});
    TreeRequest request;
    request.url = server_.url("/data/");
    EXPECT_EQ(net().preview(request, stopped).error().code(), ErrorCode::Cancelled);
    EXPECT_EQ(net().askSsap(server_.url("/ssap"), {}, {}, stopped).error().code(), ErrorCode::Cancelled);
    EXPECT_EQ(net().readList(server_.url("/ssap"), {}, stopped).error().code(), ErrorCode::Cancelled);
}

} // namespace
} // namespace balmer::api

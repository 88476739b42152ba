// Asking services on this computer: joined answers, refusals in their several dresses, lists from files.
#include "engine/vo/ssap/ssap_client.h"

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "tests/support/served_pages.h"
#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using testing::ElementsAre;
using testing::HasSubstr;

std::string answer(const std::vector<std::string>& addresses, const std::string& infos = "") {
    std::string rows;
    for (const auto& each : addresses)
        rows += "<TR><TD>" + each + "</TD></TR>";
    return "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\">" + infos +
           "<TABLE><FIELD name=\"accref\" datatype=\"char\" arraysize=\"*\"/><DATA><TABLEDATA>" + rows +
           "</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>";
}

const std::string refusal =
    "<VOTABLE version=\"1.4\"><RESOURCE type=\"results\"><INFO name=\"QUERY_STATUS\" value=\"ERROR\">no such "
    "band</INFO></RESOURCE></VOTABLE>";

class SsapClient : public testing::Test {
  protected:
    core::Result<SpectrumList> ask(const SsapQuery& query = {}, const std::string& path = "/ssap") {
        core::TaskContext task;
        return askSsap(client_, server_.url(path), query, options_, task);
    }
    core::Error refused(const std::string& path = "/ssap") {
        const auto list = ask({}, path);
        EXPECT_FALSE(list);
        return list ? core::Error(ErrorCode::Internal, "it succeeded") : list.error();
    }
    static std::vector<std::string> urls(const SpectrumList& list) {
        std::vector<std::string> all;
        for (const auto& each : list.rows)
            all.push_back(each.url);
        return all;
    }

    test::ServedPages server_;
    http::Client client_;
    AskOptions options_ = [] {
        AskOptions options;
        options.retry.tries = 1;
        return options;
    }();
};

TEST_F(SsapClient, RelativeAddressesAreResolvedAfterARedirect) {
    server_.put("/ssap", {"", "text/plain", "302 Found", "Location: /other/place?x=1\r\n"});
    server_.put("/other/place", {answer({"a.fits"}), "text/xml"});
    const auto list = ask();
    ASSERT_TRUE(list) << test::why(list);
    EXPECT_THAT(urls(*list), ElementsAre(server_.url("/other/a.fits")));
    EXPECT_EQ(list->source, server_.url("/ssap"));
}

TEST_F(SsapClient, AnswersAtSeveralPositionsAreJoined) {
    server_.put("/ssap?REQUEST=queryData&POS=10%2C20", {answer({"a", "b", "b"}), "text/xml"});
    server_.put("/ssap?REQUEST=queryData&POS=11%2C20",
                {answer({"b", "c"}, "<INFO name=\"QUERY_STATUS\" value=\"OVERFLOW\"/>"), "text/xml"});
    SsapQuery query;
    query.positions = {{10, 20}, {11, 20}};
    const auto list = ask(query);
    ASSERT_TRUE(list) << test::why(list);
    EXPECT_THAT(urls(*list),
                ElementsAre(server_.url("/a"), server_.url("/b"), server_.url("/b"), server_.url("/c")));
    for (std::size_t i = 0; i < list->rows.size(); ++i)
        EXPECT_EQ(list->rows[i].row, i);
    EXPECT_TRUE(list->overflow) << "of one answer is of all";
}

TEST_F(SsapClient, OneQuestionThatFailsDoesNotSpoilTheOthers) {
    server_.put("/ssap?REQUEST=queryData&POS=10%2C20", {refusal, "text/xml"});
    server_.put("/ssap?REQUEST=queryData&POS=11%2C20", {answer({"c"}), "text/xml"});
    SsapQuery query;
    query.positions = {{10, 20}, {11, 20}};
    const auto list = ask(query);
    ASSERT_TRUE(list) << test::why(list);
    EXPECT_THAT(urls(*list), ElementsAre(server_.url("/c")));
    ASSERT_EQ(list->failures.size(), 1u);
    EXPECT_THAT(list->failures[0], HasSubstr("no such band"));
    query.positions.pop_back();
    EXPECT_THAT(ask(query).error().message(), HasSubstr("no such band")) << "when all fail it is an error";
}

TEST_F(SsapClient, ARefusalIsToldWhateverItsStatus) {
    for (const char* status : {"200 OK", "400 Bad Request", "500 Oops"}) {
        server_.put("/ssap", {refusal, "text/xml", status});
        const auto error = refused();
        EXPECT_EQ(error.code(), ErrorCode::Remote) << status;
        EXPECT_THAT(error.message(), HasSubstr("no such band")) << status;
        EXPECT_THAT(error.describe(), HasSubstr(server_.url("/ssap")));
    }
}

TEST_F(SsapClient, APageForPeopleIsNoAnswer) {
    server_.put("/ssap",
                {"<!DOCTYPE html><html><body><h1>Welcome to the archive</h1></body></html>", "text/html"});
    const auto error = refused();
    EXPECT_EQ(error.code(), ErrorCode::Format);
    EXPECT_THAT(error.message(), HasSubstr("Welcome to the archive"));
    EXPECT_EQ(refused("/nowhere").code(), ErrorCode::NotFound);
}

TEST_F(SsapClient, AServiceThatIsNotThereIsAnError) {
    std::string gone;
    {
        test::ServedPages other;
        gone = other.url("/ssap");
    }
    core::TaskContext task;
    const auto list = askSsap(client_, gone, {}, options_, task);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code(), ErrorCode::Remote) << list.error().describe();
}

TEST_F(SsapClient, AnAnswerMayBeTooLong) {
    server_.put("/ssap", {answer(std::vector<std::string>(1000, "a")), "text/xml"});
    options_.limitBytes = 1000;
    EXPECT_EQ(refused().code(), ErrorCode::ResourceExhausted);
}

TEST_F(SsapClient, AskingStopsWhenItIsAskedTo) {
    std::stop_source stop;
    stop.request_stop();
    core::TaskContext task(stop.get_token(), {});
    const auto list = askSsap(client_, server_.url("/ssap"), {}, options_, task);
    ASSERT_FALSE(list);
    EXPECT_EQ(list.error().code(), ErrorCode::Cancelled);
}

TEST_F(SsapClient, ListsComeFromFilesAndAddresses) {
    test::TemporaryFolder folder;
    ASSERT_TRUE(core::writeFile(folder / "list.vot", answer({"http://x.org/1"})));
    core::TaskContext task;
    const auto file = loadSpectrumList(client_, (folder / "list.vot").string(), options_, task);
    ASSERT_TRUE(file) << test::why(file);
    EXPECT_THAT(urls(*file), ElementsAre("http://x.org/1"));
    EXPECT_EQ(file->source, (folder / "list.vot").string());

    server_.put("/tables/list.vot", {answer({"../1.fits"}), "text/xml"});
    const auto fetched = loadSpectrumList(client_, server_.url("/tables/list.vot"), options_, task);
    ASSERT_TRUE(fetched) << test::why(fetched);
    EXPECT_THAT(urls(*fetched), ElementsAre(server_.url("/1.fits")));

    const auto none = loadSpectrumList(client_, (folder / "none.vot").string(), options_, task);
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), ErrorCode::NotFound);
}

} // namespace
} // namespace balmer::vo

// The list of services, which a user may edit by hand.
#include "engine/vo/ssap/service_book.h"

#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "tests/support/test_support.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

class ServiceBookTest : public testing::Test {
  protected:
    test::TemporaryFolder folder_;
    ServiceBook book_{folder_ / "balmer" / "services.json"};
};

TEST_F(ServiceBookTest, IsEmptyBeforeThereIsAFile) {
    const auto all = book_.all();
    ASSERT_TRUE(all) << test::why(all);
    EXPECT_TRUE(all->empty());
    const auto none = book_.get("ondrejov");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code(), ErrorCode::NotFound);
    EXPECT_THAT(none.error().message(), HasSubstr("services add"));
}

TEST_F(ServiceBookTest, KeepsReplacesAndForgets) {
    ASSERT_TRUE(book_.put({"ondrejov", "http://a.example.org/ssap?"}));
    ASSERT_TRUE(book_.put({"LAMOST DR10", "https://b.example.org/ssap", "ssap", "northern"}));
    ASSERT_TRUE(book_.put({"ondrejov", "http://c.example.org/ssap"}));
    const auto all = book_.all();
    ASSERT_TRUE(all) << test::why(all);
    EXPECT_EQ(*all,
              (std::vector<Service>{{"ondrejov", "http://c.example.org/ssap"},
                                    {"LAMOST DR10", "https://b.example.org/ssap", "ssap", "northern"}}));
    EXPECT_EQ(book_.get("LAMOST DR10")->remark, "northern");
    ASSERT_TRUE(book_.remove("ondrejov"));
    EXPECT_EQ(book_.remove("ondrejov").error().code(), ErrorCode::NotFound);
    EXPECT_THAT(book_.get("x").error().message(), HasSubstr("LAMOST DR10"));
}

TEST_F(ServiceBookTest, ProcessesThatAddAtOnceLoseNothing) {
    constexpr int each = 20;
    std::vector<pid_t> children;
    for (const std::string who : {"a", "b", "c"}) {
        const auto child = ::fork();
        if (child == 0) {
            for (int i = 0; i < each; ++i)
                if (!book_.put({who + std::to_string(i), "http://" + who + ".example.org/ssap?"})) ::_exit(1);
            ::_exit(0);
        }
        children.push_back(child);
    }
    for (const auto child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
    EXPECT_EQ(book_.all()->size(), 3u * each);
}

TEST_F(ServiceBookTest, WhatAUserWroteByHandStays) {
    std::filesystem::create_directories(book_.file().parent_path());
    ASSERT_TRUE(core::writeFile(book_.file(), R"({"mine": 1, "services": [
        {"name": "a", "url": "http://a.example.org/q", "note to self": "slow on Mondays"}]})"));
    ASSERT_TRUE(book_.put({"a", "http://b.example.org/q"}));
    const auto text = core::readFile(book_.file());
    ASSERT_TRUE(text);
    EXPECT_THAT(*text, HasSubstr("slow on Mondays"));
    EXPECT_THAT(*text, HasSubstr("\"mine\": 1"));
    EXPECT_EQ(book_.get("a")->url, "http://b.example.org/q");
}

TEST_F(ServiceBookTest, ADamagedFileIsNamedAndLeftAsItIs) {
    std::filesystem::create_directories(book_.file().parent_path());
    for (const char* text : {"{", "[]", R"({"services": 1})", R"({"services": [{"name": "a"}]})"}) {
        ASSERT_TRUE(core::writeFile(book_.file(), text));
        const auto all = book_.all();
        ASSERT_FALSE(all) << text;
        EXPECT_EQ(all.error().code(), ErrorCode::Format);
        EXPECT_THAT(all.error().message(), HasSubstr("services.json"));
        EXPECT_FALSE(book_.put({"b", "http://b.example.org/q"}));
        EXPECT_EQ(core::readFile(book_.file()).value(), text);
    }
}

TEST_F(ServiceBookTest, RefusesWhatIsNoService) {
    for (const Service& service :
         {Service{"", "http://a.example.org/"}, Service{"a://b", "http://a.example.org/"},
          Service{"a\nb", "http://a.example.org/"}, Service{"a", "ftp://a.example.org/"}, Service{"a", "a"},
          Service{"a", "http://eva:secret@a.example.org/"}, Service{"a", "http://a.example.org/", "tap"}}) {
        const auto done = book_.put(service);
        ASSERT_FALSE(done) << service.name << " " << service.url;
        EXPECT_EQ(done.error().code(), ErrorCode::InvalidArgument);
    }
    EXPECT_FALSE(std::filesystem::exists(book_.file()));
}

} // namespace
} // namespace balmer::vo

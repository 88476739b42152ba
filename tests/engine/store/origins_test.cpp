// Where spectra came from: noted once, found by address, kept with the project.
#include "engine/store/origins.h"

#include <gmock/gmock.h>

#include "tests/engine/store/store_samples.h"

namespace balmer::store {
namespace {

using testing::ElementsAre;

class OriginsTest : public testing::Test {
  protected:
    std::int64_t add(const std::string& id) {
        const auto added = project_->catalogue().add(std::vector{test::sampleSpectrum(id)});
        EXPECT_TRUE(added) << test::why(added);
        return added ? added->front().rowId : 0;
    }
    std::vector<std::string> from(const std::vector<std::string>& addresses) {
        return project_->origins().spectraFrom(addresses).value();
    }

    test::TemporaryFolder folder_;
    std::unique_ptr<Project> project_ = test::openProject(folder_ / "a.balmer");
};

TEST_F(OriginsTest, AreFoundByAddressInTheOrderAsked) {
    const auto a = add("a"), b = add("b");
    ASSERT_TRUE(
        project_->origins().add(a, std::vector<Origin>{{"http://x.org/a", "http://x.org/q"}, {"ivo://x/a"}}));
    ASSERT_TRUE(project_->origins().add(b, std::vector<Origin>{{"http://x.org/b"}}));
    EXPECT_THAT(from({"http://x.org/b", "http://x.org/none", "ivo://x/a", ""}),
                ElementsAre("b", "", "a", ""));
    EXPECT_TRUE(from({}).empty());
    const auto origins = project_->origins().of("a");
    ASSERT_TRUE(origins);
    ASSERT_EQ(origins->size(), 2u);
    EXPECT_EQ((*origins)[0].address, "http://x.org/a");
    EXPECT_EQ((*origins)[0].source, "http://x.org/q");
    EXPECT_FALSE((*origins)[0].at.empty());
    EXPECT_TRUE(project_->origins().of("none")->empty());
}

TEST_F(OriginsTest, ArePartOfWhatIsWrittenTogether) {
    const auto a = add("a");
    const auto failed = project_->together([&]() -> core::Status {
        BALMER_CHECK(project_->origins().add(a, std::vector<Origin>{{"http://x.org/a"}}));
        return core::fail(core::ErrorCode::Format, "no");
    });
    EXPECT_FALSE(failed);
    EXPECT_THAT(from({"http://x.org/a"}), ElementsAre(""));
}

TEST_F(OriginsTest, NotedAgainStayAsTheyAre) {
    const auto a = add("a");
    ASSERT_TRUE(project_->origins().add(a, std::vector<Origin>{{"http://x.org/a", "first"}}));
    ASSERT_TRUE(project_->origins().add(a, std::vector<Origin>{{"http://x.org/a", "second"}}));
    const auto origins = project_->origins().of("a");
    ASSERT_EQ(origins->size(), 1u);
    EXPECT_EQ(origins->front().source, "first");
}

TEST_F(OriginsTest, OneAddressMayGiveSeveralSpectra) {
    const auto a = add("a"), b = add("b");
    ASSERT_TRUE(project_->origins().add(b, std::vector<Origin>{{"http://x.org/both"}}));
    ASSERT_TRUE(project_->origins().add(a, std::vector<Origin>{{"http://x.org/both"}}));
    EXPECT_THAT(from({"http://x.org/both"}), ElementsAre("a")) << "the first imported";
}

TEST_F(OriginsTest, RefusesWhatLeadsNowhere) {
    const auto a = add("a");
    const auto empty = project_->origins().add(a, std::vector<Origin>{{"http://x.org/a"}, {""}});
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().code(), core::ErrorCode::InvalidArgument);
    EXPECT_THAT(from({"http://x.org/a"}), ElementsAre("")) << "all or nothing";
    EXPECT_FALSE(project_->origins().add(a + 100, std::vector<Origin>{{"http://x.org/a"}}));
}

TEST_F(OriginsTest, AreThereWhenTheProjectIsOpenedAgain) {
    const auto a = add("a");
    ASSERT_TRUE(project_->origins().add(a, std::vector<Origin>{{"http://x.org/a"}}));
    project_.reset();
    project_ = test::openProject(folder_ / "a.balmer");
    EXPECT_THAT(from({"http://x.org/a"}), ElementsAre("a"));
}

} // namespace
} // namespace balmer::store

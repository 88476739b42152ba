// What a job uses is what its record names: changed files are found when they are used, and what is not a
// number is not kept.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include <gmock/gmock.h>

#include "engine/core/files.h"
#include "engine/core/pending_file.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/dataset_registry.h"
#include "engine/workflow/scores.h"
#include "engine/workflow/spectrum_source.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::test {
namespace {

using core::ErrorCode;
using testing::HasSubstr;

struct Trust : ProjectWithJobs {
    Trust() {
        succeed("dataset-import", {{"file", write("m.csv", matrix(40, {"a", "b"}))}, {"name", "m"}});
        file_ = project_->folder() / project_->datasets().get("m")->file;
    }
    /// Where the fluxes of this row lie in the file.
    std::size_t offsetOfRow(std::size_t row) const {
        const auto dataset = dataset::Dataset::open(file_);
        const auto flux = std::as_bytes(dataset->flux().row(row));
        const auto content = core::readFile(file_).value();
        return content.find({reinterpret_cast<const char*>(flux.data()), flux.size()});
    }
    void overwrite(std::size_t offset, std::string_view bytes) const {
        const auto file = core::File::open(file_, core::File::Use::ReadWrite);
        ASSERT_TRUE(file && file->writeAt(offset, std::as_bytes(std::span(bytes))));
    }
    std::filesystem::path file_;
};

TEST_F(Trust, AChangedByteOfADatasetIsFoundWhenItIsUsed) {
    succeed("som", {{"dataset", "m"}, {"grid", "2x2"}});
    const auto offset = offsetOfRow(17);
    ASSERT_NE(offset, std::string::npos);
    const auto before = core::readFile(file_).value();
    overwrite(offset, std::string(1, static_cast<char>(before[offset] ^ 1)));
    const auto error = fail("som", {{"dataset", "m"}, {"grid", "2x2"}});
    EXPECT_EQ(error.code(), ErrorCode::Format);
    EXPECT_THAT(error.message(), HasSubstr(file_.filename().string()));
    EXPECT_THAT(error.message(), HasSubstr("balmer project check"));
    overwrite(offset, before.substr(offset, 1));
    succeed("som", {{"dataset", "m"}, {"grid", "2x2"}});
}

TEST_F(Trust, ADatasetInAnothersPlaceIsFound) {
    succeed("dataset-import", {{"file", write("n.csv", matrix(44, {"a", "b"}))}, {"name", "n"}});
    const auto other = project_->folder() / project_->datasets().get("n")->file;
    ASSERT_TRUE(core::replaceFile(file_, core::readFile(other).value()));
    EXPECT_EQ(fail("som", {{"dataset", "m"}, {"grid", "2x2"}}).code(), ErrorCode::Format);
}

TEST_F(Trust, AnArtefactInAnothersPlaceIsFoundAndMadeAgainByItsJob) {
    const auto map = job("som", {{"dataset", "m"}, {"grid", "2x2"}});
    const auto& digest = map.artefacts.front().digest;
    const auto file = project_->artefacts().path(digest);
    ASSERT_TRUE(file) << why(file);
    ASSERT_TRUE(core::replaceFile(*file, "another"));
    const auto changed = project_->artefacts().read(digest);
    ASSERT_FALSE(changed);
    EXPECT_EQ(changed.error().code(), ErrorCode::Format);
    EXPECT_EQ(job("som", {{"dataset", "m"}, {"grid", "2x2"}}).artefacts.front().digest, digest);
    EXPECT_TRUE(project_->artefacts().read(digest));
}

TEST_F(Trust, ProbabilitiesThatAreNotNumbersAreNotKept) {
    const auto dataset = workflow::openDataset(*project_, "m");
    ASSERT_TRUE(dataset) << why(dataset);
    core::FloatMatrix probabilities(dataset->rows(), 2);
    for (std::size_t row = 0; row < probabilities.rows(); ++row)
        for (std::size_t k = 0; k < 2; ++k)
            probabilities(row, k) = 0.5F;
    const auto keep = [&] {
        return workflow::keepScores(*project_, "m", {"a", "b"}, dataset->flux(), probabilities.view(), 1, "");
    };
    probabilities(3, 1) = std::nanf("");
    const auto kept = keep();
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code(), ErrorCode::Format);
    EXPECT_THAT(kept.error().message(), HasSubstr("1 row"));
    EXPECT_TRUE(project_->columns().list("m").value().empty());
}

TEST_F(Trust, RowsThatCannotBeScoredAreLeftOutAndAtLeastOneMustBe) {
    core::FloatMatrix flux(2, 3), probabilities(2, 2);
    for (std::size_t k = 0; k < 2; ++k)
        probabilities(0, k) = probabilities(1, k) = std::nanf("");
    const auto kept =
        workflow::keepScores(*project_, "m", {"a", "b"}, flux.view(), probabilities.view(), 1, "");
    ASSERT_FALSE(kept);
    EXPECT_EQ(kept.error().code(), ErrorCode::InvalidArgument);
}

} // namespace
} // namespace balmer::test

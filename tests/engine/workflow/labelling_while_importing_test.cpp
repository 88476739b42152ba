#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <vector>

#include "engine/store/catalogue.h"
#include "engine/store/dataset_registry.h"
#include "engine/store/label_log.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::workflow {
namespace {

using LabellingWhileImporting = test::ProjectWithJobs;

/// id, label of every fifth row, three fluxes.
std::string narrowMatrix(std::size_t rows) {
    std::string text = "id,label,6500,6501,6502\n";
    for (std::size_t row = 0; row < rows; ++row)
        text += "row-" + std::to_string(row) + (row % 5 == 0 ? ",single" : ",") + ",1," +
                std::to_string(row % 97) + ",3\n";
    return text;
}

/// Labels until it is told to stop, one after the other; how long each took, in seconds.
std::vector<double> labelUntil(const std::atomic<bool>& enough, store::LabelLog& labels) {
    std::vector<double> seconds;
    while (!enough) {
        active::LabelEvent event;
        event.spectrum = "mine-" + std::to_string(seconds.size());
        event.className = "double";
        event.who = "eva";
        const auto began = std::chrono::steady_clock::now();
        const auto id = labels.append(event);
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
        EXPECT_TRUE(id) << test::why(id);
    }
    return seconds;
}

TEST_F(LabellingWhileImporting, NoImportHoldsALabelUpForLong) {
    constexpr std::size_t rows = 50'000;
    const auto file = write("wide.csv", narrowMatrix(rows));
    std::atomic<bool> imported = false;
    std::vector<double> seconds;
    std::thread labelling([&] { seconds = labelUntil(imported, project_->labels()); });
    const auto result = succeed("dataset-import", {{"file", file}, {"name", "wide"}});
    imported = true;
    labelling.join();

    EXPECT_EQ(result["entered"], rows);
    EXPECT_EQ(result["labels"], rows / 5);
    EXPECT_EQ(project_->catalogue().count({}).value(), rows);
    EXPECT_EQ(project_->datasets().ids("wide")->size(), rows);
    std::sort(seconds.begin(), seconds.end());
    ASSERT_FALSE(seconds.empty());
    std::printf(
        "%zu labels beside %zu rows: half within %.1f ms, 99 %% within %.1f ms, the longest %.1f ms\n",
        seconds.size(), rows, 1e3 * seconds[seconds.size() / 2], 1e3 * seconds[seconds.size() * 99 / 100],
        1e3 * seconds.back());
    // What a label waits for is one transaction, and the greatest is small whatever is imported.
    EXPECT_LE(project_->mostRowsInOneWrite(), 1'000);
}

} // namespace
} // namespace balmer::workflow

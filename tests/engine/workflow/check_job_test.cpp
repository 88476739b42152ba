// A project whose files are changed by one byte each, taken away, or added to.
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "engine/core/digest.h"
#include "engine/store/artefact_folder.h"
#include "engine/store/dataset_registry.h"
#include "tests/engine/workflow/project_with_jobs.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;

struct CheckJob : ProjectWithJobs {
    /// The file has another byte there.
    static void change(const fs::path& file, std::uintmax_t at) {
        std::fstream stream(file, std::ios::binary | std::ios::in | std::ios::out);
        stream.seekg(static_cast<std::streamoff>(at));
        const auto before = static_cast<char>(stream.get());
        stream.seekp(static_cast<std::streamoff>(at));
        stream.put(static_cast<char>(before ^ 1));
    }
    nlohmann::json check(bool repair = false) { return succeed("project-check", {{"repair", repair}}); }
};

TEST_F(CheckJob, FindsOneChangedByteInEachKindOfFileAndMakesItAgain) {
    succeed("dataset-import", {{"file", write("m.csv", matrix(60, {"a", "b"}))}, {"name", "m"}});
    const auto mapped = job("som", {{"dataset", "m"}, {"grid", "3x3"}});
    ASSERT_FALSE(mapped.artefacts.empty());
    const auto whole = check();
    EXPECT_EQ(whole["datasets"], 1);
    EXPECT_EQ(whole["artefacts"], mapped.artefacts.size());
    EXPECT_EQ(whole["damaged"], nlohmann::json::array()) << whole.dump(1);
    EXPECT_EQ(whole["database"], nlohmann::json::array());
    EXPECT_EQ(whole["unnamed"], nlohmann::json::array());
    EXPECT_EQ(whole["whole"], true);

    const auto record = project_->datasets().get("m").value();
    const auto table = project_->folder() / record.file;
    const auto map = project_->artefacts().place(mapped.artefacts.front().digest);
    // Wherever it is: also among names and attributes, which the digest of the rows does not cover.
    const auto size = fs::file_size(table);
    for (const auto at : {std::uintmax_t{0}, size / 3, size / 2, size - 1}) {
        change(table, at);
        const auto found = check();
        ASSERT_EQ(found["damaged"].size(), 1u) << at;
        EXPECT_EQ(found["damaged"][0]["name"], "m");
        EXPECT_EQ(found["whole"], false);
        change(table, at);
    }
    change(table, size / 2);
    change(map, fs::file_size(map) / 2);
    EXPECT_EQ(check()["damaged"].size(), 2u);

    const auto repaired = check(true);
    EXPECT_EQ(repaired["made_again"], 2) << repaired.dump(1);
    EXPECT_EQ(repaired["whole"], true);
    EXPECT_EQ(check()["damaged"], nlohmann::json::array());
    EXPECT_EQ(core::digestOfFile(map).value(), mapped.artefacts.front().digest);
    EXPECT_EQ(project_->datasets().get("m")->digest, record.digest);
}

TEST_F(CheckJob, SaysWhatCannotBeMadeAgainAndWhichFilesNobodyNames) {
    const auto source = write("m.csv", matrix(12, {"a", "b"}));
    succeed("dataset-import", {{"file", source}, {"name", "m"}});
    fs::remove(project_->folder() / project_->datasets().get("m")->file);
    std::ofstream(project_->datasetFolder() / "stray.h5") << "x";
    write("m.csv", matrix(13, {"a", "b"}));
    const auto found = check(true);
    ASSERT_EQ(found["damaged"].size(), 1u);
    EXPECT_EQ(found["made_again"], 0);
    EXPECT_EQ(found["whole"], false);
    EXPECT_THAT(found["damaged"][0]["why_not"].get<std::string>(), testing::HasSubstr("has changed since"));
    EXPECT_EQ(found["unnamed"], (nlohmann::json{"datasets/stray.h5"}));
    write("m.csv", matrix(12, {"a", "b"}));
    EXPECT_EQ(check(true)["made_again"], 1);
    EXPECT_EQ(check()["damaged"], nlohmann::json::array());
}

} // namespace
} // namespace balmer::test

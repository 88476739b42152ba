// kill -9 at any moment: no label that was acknowledged is lost, and the next start says what was
// interrupted.
#include "tests/support/balmer_session.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

TEST(Killed, WhileItLabelsLosesNoLabelThatWasAcknowledged) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(60, {})).string(), "--name", "m"});
    std::map<std::string, std::string> acknowledged;
    for (int turn = 0; turn < 12; ++turn) {
        std::string table = "id,label\n";
        for (int row = 0; row < 60; ++row)
            table += "row-" + std::to_string(row) + ",class-" + std::to_string(turn) + "-" +
                     std::to_string(row % 3) + "\n";
        const auto file = session.write("labels.csv", table);
        BackgroundProcess labelling(session.command({"label", "import", file.string()}));
        ASSERT_TRUE(labelling.started());
        // Every third is left alone; the others are killed earlier or later.
        if (turn % 3 != 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5 + 11 * turn));
            labelling.kill();
        }
        const auto result = labelling.wait(std::chrono::minutes(10));
        if (turn % 3 == 0) {
            ASSERT_EQ(result.exitStatus, 0) << result.describe();
        }

        const auto rows = session.rows();
        ASSERT_EQ(rows.size(), 60u) << "the project could not be read after turn " << turn;
        std::map<std::string, std::string> standing;
        for (const auto& [id, row] : rows)
            standing[id] = row.value("label", "");
        if (result.exitStatus == 0) {
            for (const auto& [id, label] : standing)
                EXPECT_EQ(label.rfind("class-" + std::to_string(turn) + "-", 0), 0u)
                    << id << " has " << label << " after turn " << turn;
            acknowledged = standing;
        } else {
            // A killed import may have come through or not, but what stood before is never gone.
            for (const auto& [id, label] : standing)
                EXPECT_TRUE(label == acknowledged[id] ||
                            label.rfind("class-" + std::to_string(turn) + "-", 0) == 0)
                    << id << " has " << label << " after turn " << turn << ", and " << acknowledged[id]
                    << " was acknowledged";
            acknowledged = standing;
        }
    }
}

TEST(Killed, WhileItImportsLabelsLeavesAllOrNone) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(250, {})).string(), "--name", "m"});
    const auto table = [&](const std::string& label) {
        std::string text = "id,label\n";
        for (int row = 0; row < 250; ++row)
            text += "row-" + std::to_string(row) + "," + label + "\n";
        return session.write(label + ".csv", text).string();
    };
    const auto labels = [&] {
        std::set<std::string> standing;
        for (const auto& [id, row] : session.rows())
            standing.insert(row.value("label", ""));
        return standing;
    };
    const auto killedAt = [&](const std::string& place, const std::vector<std::string>& arguments) {
        BackgroundProcess process(session.command(arguments), {{"BALMER_CRASH_AT", place}});
        EXPECT_NE(process.wait(std::chrono::minutes(10)).signal, 0) << place;
    };
    session.succeed({"label", "import", table("first")});
    killedAt("labels.some-given", {"label", "import", table("second")});
    EXPECT_EQ(labels(), std::set<std::string>{"first"});
    EXPECT_EQ(session.succeed({"label", "import", table("second")})["labels"], 250);
    killedAt("labels.some-taken-back", {"label", "undo"});
    EXPECT_EQ(labels(), std::set<std::string>{"first"});
    session.succeed({"label", "undo"});
    EXPECT_EQ(labels(), std::set<std::string>{""});
}

TEST(Killed, BetweenSingleLabelsLosesNoneOfThem) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(24, {})).string(), "--name", "m"});
    std::set<std::string> given;
    for (int row = 0; row < 24; ++row) {
        const std::string id = "row-" + std::to_string(row);
        BackgroundProcess labelling(session.command({"label", "give", id, "double peak"}));
        if (row % 2 != 0) {
            std::this_thread::sleep_for(std::chrono::milliseconds(3 * row));
            labelling.kill();
        }
        if (labelling.wait(std::chrono::minutes(10)).exitStatus == 0) given.insert(id);
    }
    EXPECT_GE(given.size(), 12u);
    const auto rows = session.rows();
    ASSERT_EQ(rows.size(), 24u);
    for (const auto& id : given)
        EXPECT_EQ(rows.at(id).value("label", ""), "double peak") << id;
    for (const auto& [id, row] : rows) {
        const auto label = row.value("label", "");
        EXPECT_TRUE(label.empty() || label == "double peak") << id << " has " << label;
    }
}

TEST(Killed, WhileAJobRunsItsRecordSaysSoAtTheNextStart) {
    BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(2000, {"a", "b"})).string(), "--name", "m"});
    BackgroundProcess training(
        session.command({"som", "--dataset", "m", "--grid", "30x30", "--epochs", "5000", "--seed", "1"}));
    ASSERT_TRUE(training.started());
    // Until another process sees it executing.
    bool executing = false;
    for (int attempt = 0; attempt < 100 && !executing; ++attempt) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        const auto jobs = session.run({"jobs"}).json();
        if (!jobs.is_object() || !jobs.contains("jobs")) continue;
        for (const auto& job : jobs["jobs"])
            executing |= job.value("phase", "") == "EXECUTING";
    }
    ASSERT_TRUE(executing) << "the job was never seen at work";
    training.kill();
    EXPECT_EQ(training.wait(std::chrono::minutes(10)).signal, 9);

    const auto jobs = session.succeed({"jobs"});
    bool found = false;
    for (const auto& job : jobs["jobs"]) {
        if (job.value("kind", "") != "som") continue;
        found = true;
        EXPECT_EQ(job.value("phase", ""), "ERROR") << job.dump();
        EXPECT_NE(job["error"].dump().find("interrupted"), std::string::npos) << job.dump();
    }
    EXPECT_TRUE(found);
    session.succeed({"som", "--dataset", "m", "--grid", "4x4", "--epochs", "2"});
}

TEST(ProjectCheck, ADamagedDatasetIsLeftOutOfAnExportAndCanBeRemoved) {
    namespace fs = std::filesystem;
    const BalmerSession session;
    const auto table = session.write("m.csv", lineMatrix(30, {"a", "b"})).string();
    session.succeed({"dataset", "import", table, "--name", "m"});
    session.succeed({"learn", "--dataset", "m", "--classifier", "trees", "--folds", "2", "--seed", "1"});
    session.succeed({"score", "--dataset", "m", "--model", "learn-2"});
    const auto out = (session / "catalogue.csv").string();
    EXPECT_EQ(session.succeed({"export", "--out", out})["whole"], true);
    for (const auto& each : fs::directory_iterator(session.project() / "datasets"))
        std::ofstream(each.path()) << "rubbish";
    const auto exported = session.run({"export", "--out", out});
    EXPECT_EQ(exported.exitStatus, 1) << exported.describe();
    EXPECT_EQ(exported.json()["rows"], 30) << exported.describe();
    EXPECT_EQ(exported.json()["left_out"][0]["dataset"], "m") << exported.describe();
    const auto asked = session.run({"dataset", "remove", "m"});
    EXPECT_EQ(asked.exitStatus, 2) << asked.describe();
    EXPECT_NE(asked.standardOutput.find("--yes"), std::string::npos) << asked.describe();
    session.succeed({"dataset", "remove", "m", "--yes"});
    EXPECT_EQ(session.succeed({"export", "--out", out})["whole"], true);
    EXPECT_EQ(session.succeed({"label", "export", "--out", out})["rows"], 30);
    EXPECT_TRUE(fs::is_empty(session.project() / "datasets")) << "its file is set aside";
    EXPECT_EQ(session.succeed({"models"})["models"].size(), 1u);
}

TEST(ProjectCheck, NamesAChangedByteOfEachKindOfFileAndMakesItAgain) {
    namespace fs = std::filesystem;
    const BalmerSession session;
    session.succeed(
        {"dataset", "import", session.write("m.csv", lineMatrix(60, {"a", "b"})).string(), "--name", "m"});
    session.succeed({"som", "--dataset", "m", "--grid", "3x3", "--epochs", "2"});
    const auto check = [&](bool repair, int exit = 0) {
        auto command = session.command({"project", "check"});
        command.erase(std::find(command.begin(), command.end(), "--json"));
        if (repair) command.emplace_back("--repair");
        const auto result = runProcess(command);
        EXPECT_EQ(result.exitStatus, exit) << result.describe();
        return result.standardOutput;
    };
    EXPECT_NE(check(false).find("all are what they were"), std::string::npos);
    int files = 0;
    for (const auto* part : {"artefacts", "datasets"})
        for (const auto& each : fs::recursive_directory_iterator(session.project() / part)) {
            if (!each.is_regular_file()) continue;
            ++files;
            std::fstream file(each.path(), std::ios::in | std::ios::out | std::ios::binary);
            file.seekg(static_cast<std::streamoff>(each.file_size() / 2));
            const int byte = file.get();
            file.seekp(static_cast<std::streamoff>(each.file_size() / 2));
            file.put(static_cast<char>(byte ^ 1));
            file.close();
            EXPECT_NE(check(false, 1).find(each.path().filename().string()), std::string::npos)
                << each.path();
            EXPECT_NE(check(true).find("made again"), std::string::npos) << each.path();
            EXPECT_NE(check(false).find("all are what they were"), std::string::npos) << each.path();
        }
    EXPECT_EQ(files, 2);
    auto command = session.command({"project", "check", "--help"});
    EXPECT_NE(runProcess(command).standardOutput.find("1 damage is left"), std::string::npos);
    // A letter of a label, which SQLite's own check does not see.
    session.succeed({"label", "give", "row-1", "doublepeak"});
    const auto database = session.project() / "project.sqlite";
    std::ifstream in(database, std::ios::binary);
    std::string bytes(std::istreambuf_iterator<char>(in), {});
    const auto at = bytes.find("classdoublepeak");
    ASSERT_NE(at, std::string::npos);
    std::fstream(database, std::ios::in | std::ios::out | std::ios::binary)
        .seekp(static_cast<std::streamoff>(at + 5))
        .put('D');
    EXPECT_NE(check(false, 1).find("is not what was written"), std::string::npos);
    EXPECT_NE(check(true, 1).find("is not what was written"), std::string::npos);
}

} // namespace
} // namespace balmer::test

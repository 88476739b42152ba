// kill -9 of the desktop: a label that the window has shown as given is in the project, and the next start
// says which job was interrupted.
#include "tests/support/balmer_session.h"

#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

namespace balmer::test {
namespace {

using Lines = std::vector<std::vector<std::string>>;

/// The whole lines of a report, split at tabs.
Lines linesOf(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::stringstream all;
    all << in.rdbuf();
    std::string text = all.str();
    text.resize(text.find_last_of('\n') == std::string::npos ? 0 : text.find_last_of('\n') + 1);
    std::istringstream whole(text);
    Lines lines;
    for (std::string line; std::getline(whole, line);) {
        std::istringstream words(line);
        lines.emplace_back();
        for (std::string word; std::getline(words, word, '\t');)
            lines.back().push_back(word);
    }
    return lines;
}

bool reaches(const std::filesystem::path& report, std::size_t lines) {
    for (int attempt = 0; attempt < 6000; ++attempt) {
        if (linesOf(report).size() >= lines) return true;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return false;
}

struct DrivenDesktop : BalmerSession {
    explicit DrivenDesktop(std::size_t rows) {
        succeed({"dataset", "import", write("m.csv", lineMatrix(rows, {})).string(), "--name", "m"});
    }
    std::vector<std::string> desktop(const std::string& what, const std::string& last) const {
        return {BALMER_DRIVEN_DESKTOP, what, project().string(), last};
    }
};

TEST(KilledDesktop, LosesNoLabelThatItHasShownAsGiven) {
    const DrivenDesktop session(200);
    const auto round = runProcess(session.desktop("round", "m"));
    ASSERT_EQ(round.exitStatus, 0) << round.describe();
    std::map<std::string, std::string> given;
    for (int turn = 0; turn < 4; ++turn) {
        const auto report = session / ("report-" + std::to_string(turn));
        BackgroundProcess desktop(session.desktop("label", report.string()));
        ASSERT_TRUE(desktop.started());
        // Now after a label was shown as given, now after the next key was pressed.
        const bool reached = reaches(report, std::size_t(9 + 7 * turn));
        desktop.kill();
        const auto end = desktop.wait(std::chrono::minutes(10));
        ASSERT_TRUE(reached) << end.describe();
        EXPECT_EQ(end.signal, 9) << end.describe();

        std::string underway;
        for (const auto& line : linesOf(report)) {
            ASSERT_EQ(line.size(), 3u);
            EXPECT_FALSE(given.contains(line[1])) << line[1] << " was put before the observer again";
            if (line[0] == "given") given[line[1]] = line[2];
            underway = line[0] == "press" ? line[1] : std::string();
        }
        std::size_t standing = 0;
        for (const auto& [id, row] : session.rows()) {
            const auto label = row.value("label", "");
            if (const auto known = given.find(id); known != given.end()) {
                EXPECT_EQ(label, known->second) << id << " after turn " << turn;
                ++standing;
            } else if (id == underway) {
                // On the disk, but not yet shown as given: it stands from now on.
                if (!label.empty()) given[id] = label;
            } else {
                EXPECT_EQ(label, "") << id << " was never pressed";
            }
        }
        EXPECT_GE(standing, std::size_t(4 * (turn + 1)));
    }
}

TEST(KilledDesktop, WhileAJobRunsTheNextStartSaysWhichWasInterrupted) {
    const DrivenDesktop session(2000);
    const auto report = session / "training";
    BackgroundProcess desktop(session.desktop("train", report.string()));
    ASSERT_TRUE(desktop.started());
    const bool reached = reaches(report, 1);
    desktop.kill();
    const auto end = desktop.wait(std::chrono::minutes(10));
    ASSERT_TRUE(reached) << end.describe();
    EXPECT_EQ(end.signal, 9);

    const auto next = runProcess(session.desktop("look", (session / "next").string()));
    ASSERT_EQ(next.exitStatus, 0) << next.describe();
    const auto said = linesOf(session / "next");
    ASSERT_EQ(said.size(), 3u);
    EXPECT_NE(said[0].back().find("long training"), std::string::npos) << said[0].back();
    EXPECT_NE(said[0].back().find("interrupted"), std::string::npos) << said[0].back();
    EXPECT_EQ(said[1].back(), "error");
    EXPECT_NE(said[2].back().find("nterrupted"), std::string::npos) << said[2].back();

    // Said once: the start after that has nothing more to tell.
    const auto later = runProcess(session.desktop("look", (session / "later").string()));
    ASSERT_EQ(later.exitStatus, 0) << later.describe();
    EXPECT_EQ(linesOf(session / "later").front().size(), 1u);
}

} // namespace
} // namespace balmer::test

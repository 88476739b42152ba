// The whole loop in the real window by keys alone: each label falls on the star that was on the screen.
#include <fstream>
#include <map>
#include <sstream>

#include <gmock/gmock.h>

#include "tests/support/balmer_session.h"
#include "tests/support/network.h"

namespace balmer::test {
namespace {

TEST(DesktopLoop, ByKeysAloneEachLabelFallsOnTheStarThatWasOnTheScreen) {
    BALMER_NEEDS_NETWORK();
    const BalmerSession session;
    session.succeed({"simulate", "--out", (session / "survey").string(), "--spectra", "300", "--targets",
                     "0.1", "--form", "window", "--seed", "3"});
    const auto report = session / "report", labels = session / "labels.csv";
    const auto done = runProcess({BALMER_DRIVEN_DESKTOP, "loop", session.project().string(), report.string(),
                                  (session / "survey").string(), labels.string()},
                                 std::chrono::minutes(10));
    ASSERT_EQ(done.exitStatus, 0) << done.describe();

    std::map<std::string, std::string> expected; // as they were on the screen when the key was pressed
    std::vector<std::string> pressed;
    std::size_t undone = 0, rounds = 0;
    std::ifstream lines(report);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string what, first, second;
        std::getline(words, what, '\t');
        std::getline(words, first, '\t');
        std::getline(words, second, '\t');
        if (what == "press") {
            expected[first] = second;
            pressed.push_back(first);
        } else if (what == "undone") {
            expected.erase(pressed.back());
            pressed.pop_back();
            ++undone;
        } else if (what == "ready") {
            ++rounds;
            std::cout << "round " << first << " was ready after " << second << " s\n";
        }
    }
    EXPECT_EQ(undone, 5u);
    EXPECT_EQ(rounds, 3u);
    EXPECT_GE(expected.size(), 45u);
    for (const auto& [id, row] : session.rows()) {
        const auto found = expected.find(id);
        EXPECT_EQ(row.value("label", ""), found == expected.end() ? "" : found->second) << id;
    }
    std::ifstream exported(labels);
    std::size_t count = 0;
    for (std::string line; std::getline(exported, line);)
        ++count;
    EXPECT_EQ(count, expected.size() + 1) << "a line each, and the title line";
    const auto jobs = session.succeed({"jobs"});
    EXPECT_THAT(jobs.dump(), testing::HasSubstr("audit"));
    EXPECT_THAT(jobs.dump(), testing::HasSubstr("first questions")) << "before the network has learnt";
}

} // namespace
} // namespace balmer::test

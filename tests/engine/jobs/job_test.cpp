#include "engine/jobs/job.h"

#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include <gtest/gtest.h>

#include "engine/jobs/process_token.h"

using namespace balmer::jobs;

namespace {
constexpr std::array all = {Phase::Pending,   Phase::Queued,  Phase::Executing, Phase::Completed,
                            Phase::Error,     Phase::Aborted, Phase::Unknown,   Phase::Held,
                            Phase::Suspended, Phase::Archived};
}

TEST(Phase, WordsReadBackInAnyCase) {
    for (const auto phase : all)
        EXPECT_EQ(parsePhase(toString(phase)), phase);
    EXPECT_EQ(parsePhase("executing"), Phase::Executing);
    EXPECT_EQ(toString(Phase::Error), "ERROR");
    EXPECT_FALSE(parsePhase("running"));
    EXPECT_FALSE(parsePhase(""));
}

TEST(Phase, FinalOnesMoveToArchivedAlone) {
    for (const auto from : all)
        for (const auto to : all) {
            if (from == to || (isFinal(from) && to != Phase::Archived)) {
                EXPECT_FALSE(canMove(from, to)) << toString(from) << " to " << toString(to);
            }
        }
    EXPECT_TRUE(canMove(Phase::Completed, Phase::Archived));
}

TEST(Phase, TheCommonWayIsAllowedAndItsBackwardStepsAreNot) {
    EXPECT_TRUE(canMove(Phase::Pending, Phase::Queued));
    EXPECT_TRUE(canMove(Phase::Queued, Phase::Executing));
    EXPECT_TRUE(canMove(Phase::Executing, Phase::Completed));
    EXPECT_TRUE(canMove(Phase::Queued, Phase::Aborted));
    EXPECT_FALSE(canMove(Phase::Executing, Phase::Queued));
    EXPECT_FALSE(canMove(Phase::Queued, Phase::Completed));
    EXPECT_FALSE(canMove(Phase::Pending, Phase::Executing));
}

TEST(ProcessToken, ThisProcessLives) {
    EXPECT_EQ(stateOf(thisProcessToken()), ProcessState::Lives);
}

TEST(ProcessToken, AChildIsAnotherProcessAndEndsWhenItDies) {
    int fromChild[2];
    ASSERT_EQ(::pipe(fromChild), 0);
    const auto child = ::fork();
    if (child == 0) {
        const auto token = thisProcessToken();
        const auto written = ::write(fromChild[1], token.data(), token.size());
        ::_exit(written > 0 ? 0 : 1);
    }
    ASSERT_GT(child, 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ::close(fromChild[1]);
    std::array<char, 512> buffer{};
    const auto length = ::read(fromChild[0], buffer.data(), buffer.size());
    ::close(fromChild[0]);
    ASSERT_GT(length, 0);
    const std::string token(buffer.data(), static_cast<std::size_t>(length));
    EXPECT_NE(token, thisProcessToken());
    EXPECT_EQ(stateOf(token), ProcessState::Ended);
}

TEST(ProcessToken, AnotherStartTimeOrBootMeansEnded) {
    EXPECT_EQ(stateOf(thisProcessToken() + "9"), ProcessState::Ended);
    auto otherBoot = thisProcessToken();
    otherBoot.insert(otherBoot.find('|') + 1, "x");
    EXPECT_EQ(stateOf(otherBoot), ProcessState::Ended);
}

TEST(ProcessToken, OfAnotherHostOrOfNobodyCannotBeTold) {
    EXPECT_EQ(stateOf("other-" + thisProcessToken()), ProcessState::CannotTell);
    EXPECT_EQ(stateOf(""), ProcessState::CannotTell);
    EXPECT_EQ(stateOf("||||"), ProcessState::CannotTell);
}

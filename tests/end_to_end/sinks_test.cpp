// What the command line writes: nothing of a stranger's steers the terminal, and nothing is lost in silence.
#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/balmer_session.h"

namespace balmer::test {
namespace {

/// What a shell says of a line: b is balmer on the session's project, $W a folder.
ProcessResult shell(const BalmerSession& session, const std::string& line) {
    return runProcess({"/bin/sh", "-c",
                       "W='" + (session / "worker").string() + "'; b() { '" BALMER_COMMAND "' --project '" +
                           session.project().string() + "' \"$@\"; }; " + line});
}

constexpr auto hostile = "\x1b]0;title\x07\u202estar";

TEST(Sinks, NothingOfAStrangersSteersTheTerminal) {
    const BalmerSession session;
    const auto file = session.write("m.csv", std::string("id,6519,6520\n\"") + hostile + "\",0.2,0.1\n");
    session.fail({"dataset", "import", file.string(), "--name", "m"}); // such a name is not kept
    const std::string refused = "b dataset import '" + file.string() + "' --name m";
    for (const std::string& line :
         {refused, std::string("b list"), std::string("b show nobody\u202e\x1b[2J"),
          std::string("b list --json"), std::string("b list --where 'x\x1b = 1'")}) {
        const auto result = shell(session, line);
        const auto all = result.standardOutput + result.standardError;
        EXPECT_FALSE(all.empty()) << line;
        for (const char* steering : {"\x1b", "\x07", "\u202e"})
            EXPECT_EQ(all.find(steering), std::string::npos) << line << "\n" << result.describe();
    }
    EXPECT_NE(shell(session, "b show nobody\u202e").standardError.find("nobody\\u202e"), std::string::npos);
}

TEST(Sinks, AFullStandardOutputIsAFailure) {
    const BalmerSession session;
    session.succeed({"list"});
    for (const char* line : {"b list > /dev/full", "b list --json > /dev/full", "b --help > /dev/full",
                             "b list --help > /dev/full", "b --version > /dev/full", "b list >&-",
                             "'" BALMER_WORKER_COMMAND "' --help > /dev/full",
                             "'" BALMER_WORKER_COMMAND "' --folder \"$W\" gc > /dev/full"}) {
        const auto result = shell(session, line);
        EXPECT_EQ(result.exitStatus, 1) << line << "\n" << result.describe();
        EXPECT_NE(result.standardError.find("cannot write standard output"), std::string::npos)
            << line << "\n"
            << result.describe();
    }
}

TEST(Sinks, AReaderThatGoesAwayIsNoFailure) {
    const BalmerSession session;
    session.succeed({"list"});
    for (const std::string program : {"b list", "b --help", "'" BALMER_WORKER_COMMAND "' --help"}) {
        // The reader is gone before the first byte comes.
        const auto result = shell(session, "{ sleep 0.3; " + program + "; echo $? >&2; } | true");
        EXPECT_EQ(result.standardError, "0\n") << program << "\n" << result.describe();
    }
}

} // namespace
} // namespace balmer::test

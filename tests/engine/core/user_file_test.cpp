#include "engine/core/user_file.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "tests/support/test_support.h"

using namespace balmer;
using core::ErrorCode;
using core::Result;
using core::UserFile;

namespace {

bool addLines(const UserFile& file, int lines) {
    for (int i = 0; i < lines; ++i)
        if (!file.change([](std::string text) -> Result<std::string> { return text + "line\n"; }))
            return false;
    return true;
}

} // namespace

TEST(UserFile, ThreadsAndProcessesThatChangeItAtOnceLoseNothing) {
    test::TemporaryFolder folder;
    const UserFile file(folder / "balmer" / "list");
    EXPECT_EQ(file.read().value(), "") << "none is there yet";
    std::vector<pid_t> children;
    for (int i = 0; i < 2; ++i) {
        children.push_back(::fork());
        if (children.back() == 0) ::_exit(addLines(file, 20) ? 0 : 1);
    }
    std::thread other([&] { EXPECT_TRUE(addLines(file, 20)); });
    EXPECT_TRUE(addLines(file, 20));
    other.join();
    for (const auto child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    }
    const auto text = file.read().value();
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 80);
}

TEST(UserFile, IsTheUsersAloneAndStaysAsItWasWhenAChangeFails) {
    test::TemporaryFolder folder;
    const UserFile file(folder / "list");
    ASSERT_TRUE(file.change([](const std::string&) -> Result<std::string> { return std::string("token"); }));
    struct stat found {};
    ASSERT_EQ(::stat(file.path().c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777u, 0600u);
    const auto failed = file.change([](const std::string& text) -> Result<std::string> {
        EXPECT_EQ(text, "token");
        return core::fail(ErrorCode::NotFound, "no such entry");
    });
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().message(), "no such entry");
    EXPECT_EQ(file.read().value(), "token");
}

#include "engine/core/user_file.h"

#include <pwd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "engine/core/files.h"
#include "engine/core/user_folders.h"
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

/// Sets a variable, or takes it away, until it ends.
class Variable {
  public:
    Variable(const char* name, const char* value) : name_(name) {
        if (const char* const before = std::getenv(name)) before_ = before;
        value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
    }
    ~Variable() { before_ ? ::setenv(name_, before_->c_str(), 1) : ::unsetenv(name_); }
    Variable(const Variable&) = delete;
    Variable& operator=(const Variable&) = delete;

  private:
    const char* name_;
    std::optional<std::string> before_;
};

TEST(UserFolders, WithoutHomeTheListOfUsersSaysWhere) {
    const passwd* const user = ::getpwuid(::geteuid());
    ASSERT_NE(user, nullptr);
    const std::filesystem::path home = user->pw_dir;
    for (const char* wrong : {static_cast<const char*>(nullptr), "", "relative"}) {
        const Variable noHome("HOME", wrong), noConfig("XDG_CONFIG_HOME", wrong),
            noData("XDG_DATA_HOME", wrong);
        EXPECT_EQ(core::homeFolder(), home);
        EXPECT_EQ(UserFile::inConfiguration("workers.json"), home / ".config/balmer/workers.json");
        EXPECT_EQ(core::dataFolder(), home / ".local/share/balmer");
    }
    const Variable elsewhere("HOME", "/else"), config("XDG_CONFIG_HOME", "/conf"),
        data("XDG_DATA_HOME", "/data");
    EXPECT_EQ(core::configurationFolder(), "/conf/balmer");
    EXPECT_EQ(core::dataFolder(), "/data/balmer");
    EXPECT_EQ(core::homeFolder(), "/else");
}

TEST(UserFolders, AUserWithoutAHomeHasNoneElsewhere) {
    EXPECT_EXIT(
        {
            ::unsetenv("HOME");
            ::unsetenv("XDG_CONFIG_HOME");
            if (::geteuid() == 0 && ::setuid(54321) != 0) ::_exit(2);
            ::_exit(::getpwuid(::geteuid()) != nullptr ||
                            core::configurationFolder() == "/nonexistent/.config/balmer"
                        ? 0
                        : 1);
        },
        testing::ExitedWithCode(0), "");
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

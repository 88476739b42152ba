// "-", pipes, devices and links as inputs and outputs of the command line.
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "tests/support/balmer_session.h"

namespace balmer::test {
namespace {

class Pipes : public testing::Test {
  protected:
    void SetUp() override {
        session_.succeed({"dataset", "import", session_.write("m.csv", lineMatrix(6, {"a", "b"})).string(),
                          "--name", "m"});
        const auto rows = session_.succeed({"label", "export", "--out", (session_ / "l.csv").string()});
        ASSERT_EQ(rows["rows"], 6);
    }

    /// What bash says of a line: b is balmer on the session's project, in the session's folder.
    ProcessResult shell(const std::string& line) const {
        return runProcess({"/bin/bash", "-c",
                           "cd '" + session_.folder().string() + "'; b() { '" BALMER_COMMAND "' --project '" +
                               session_.project().string() + "' \"$@\"; }; " + line});
    }
    std::string said(const std::string& line) const {
        const auto result = shell(line);
        EXPECT_EQ(result.exitStatus, 0) << line << "\n" << result.describe();
        return result.standardOutput;
    }

    BalmerSession session_;
};

TEST_F(Pipes, StandardOutputGetsTheTableAndNothingElse) {
    const auto labels = said("cat l.csv");
    EXPECT_EQ(said("b label export --out -"), labels);
    EXPECT_EQ(said("b label export --out - --json"), labels) << "the result goes to standard error";
    EXPECT_EQ(said("b label export --out - --format jsonl").substr(0, 6), "{\"id\":");
    EXPECT_EQ(said("b export --out - --format tsv").substr(0, 10), "id\tobject\t");
    EXPECT_EQ(said("b dataset export m --out -").substr(0, 9), "id,label,");
    EXPECT_EQ(said("b label export --out /dev/stdout"), labels);
    EXPECT_FALSE(std::filesystem::exists(session_ / "-"));
    EXPECT_EQ(shell("b label export --out - | head -1; exit ${PIPESTATUS[0]}").exitStatus, 0);
    EXPECT_EQ(shell("b label export --out - > /dev/full").exitStatus, 1);
}

TEST_F(Pipes, StandardInputAndPipesAreRead) {
    const auto json = [&](const std::string& line) {
        return nlohmann::json::parse(said(line), nullptr, false);
    };
    for (const char* way : {"- < l.csv", "<(cat l.csv)", "/dev/stdin < l.csv"}) {
        const auto labels = json(std::string("b --json label import ") + way);
        EXPECT_EQ(
            labels.value("unchanged", 0) + labels.value("labels", 0) + labels.value("not_in_catalogue", 0), 6)
            << way << labels.dump();
    }
    // The column of names is looked for first, so that the table is read twice.
    std::string spectrum;
    for (int i = 0; i < 140; ++i)
        spectrum += std::to_string(6500 + i) + " 1." + std::to_string(i) + "\n";
    session_.succeed({"import", session_.write("star1.txt", spectrum).string()});
    const auto id = session_.rows().begin()->first;
    session_.write("t.csv", "name,class\n" + id + ",double\n");
    for (const char* way : {"b --json table import - --labels class < t.csv",
                            "b --json table import <(cat t.csv) --labels class",
                            "mkfifo fifo; (cat t.csv > fifo) & b --json table import fifo --labels class"})
        EXPECT_EQ(json(way).value("rows", 0), 1) << way;
}

TEST_F(Pipes, WhatIsNoFileIsCalledWhatItIsAndEndsTheCommandAtOnce) {
    const auto bound = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    (session_ / "sock").string().copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(bound, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    const auto refused = [&](const std::string& command, const std::string& what) {
        const auto result = shell("ulimit -f 1000; timeout 20 " + command); // of 512 bytes each
        EXPECT_EQ(result.exitStatus, 1) << command << "\n" << result.describe();
        EXPECT_NE((result.standardOutput + result.standardError).find(what + ", not a file; name a file"),
                  std::string::npos)
            << command << "\n"
            << result.describe();
    };
    session_.write("b", "#!/bin/bash\nexec '" BALMER_COMMAND "' --project '" + session_.project().string() +
                            "' \"$@\"\n");
    ASSERT_EQ(shell("chmod +x b; mkfifo quiet").exitStatus, 0);
    const std::string zero = "/dev/zero is a device";
    for (const char* command :
         {"./b dataset import /dev/zero --name z", "./b label import /dev/zero",
          "./b table import /dev/zero --labels class", "./b import /dev/zero", "./b run /dev/zero"})
        refused(command, zero);
    refused("./b label import - < /dev/zero", "standard input is a device");
    for (const char* command :
         {"./b dataset import sock --name z", "./b label import sock", "./b import sock", "./b run sock"})
        refused(command, "sock is a socket");
    refused("./b import quiet", "quiet is a pipe");
    ::close(bound);
}

TEST_F(Pipes, NothingButARegularFileIsReplaced) {
    const auto kind = [](const std::filesystem::path& path) {
        struct stat seen {};
        return ::lstat(path.c_str(), &seen) == 0 ? seen.st_mode & S_IFMT : 0;
    };
    // The device: /dev/null itself, as whoever runs this; root could replace it.
    said("b export --out /dev/null && b label export --out /dev/null");
    EXPECT_EQ(kind("/dev/null"), mode_t{S_IFCHR});
    // A link to a device, a FIFO, a link to a file, a link that leads nowhere, a folder.
    said("ln -s /dev/null null && b export --out null && mkfifo pipe && (cat pipe > got) & "
         "sleep 0.2; b label export --out pipe; wait; cmp got l.csv");
    EXPECT_EQ(kind(session_ / "null"), mode_t{S_IFLNK});
    EXPECT_EQ(kind(session_ / "pipe"), mode_t{S_IFIFO});
    said("echo old > real.csv; chmod 640 real.csv; ln -s real.csv link.csv; b label export --out link.csv; "
         "cmp "
         "real.csv l.csv");
    EXPECT_EQ(kind(session_ / "link.csv"), mode_t{S_IFLNK});
    EXPECT_EQ(said("stat -c %a real.csv"), "640\n");
    said("ln -s new.csv ahead.csv; b label export --out ahead.csv; cmp new.csv l.csv");
    EXPECT_EQ(kind(session_ / "ahead.csv"), mode_t{S_IFLNK});
    EXPECT_EQ(shell("mkdir folder.csv; b label export --out folder.csv").exitStatus, 1);
    EXPECT_EQ(kind(session_ / "folder.csv"), mode_t{S_IFDIR});
}

} // namespace
} // namespace balmer::test

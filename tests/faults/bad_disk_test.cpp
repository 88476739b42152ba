// A project on a disk that is full or can only be read: what is there is still seen, and what cannot be
// written is said. The disks are small ones in memory, seen by this process and its children alone.
#include "tests/support/balmer_session.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>

#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "engine/api/workbench.h"
#include "engine/store/label_log.h"
#include "engine/store/project.h"

namespace balmer::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BadDisk : public testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "only root may mount a disk";
        if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
            GTEST_SKIP() << "no disk can be mounted here: " << std::strerror(errno);
        fs::create_directory(disk_);
        if (::mount("tmpfs", disk_.c_str(), "tmpfs", 0, "size=24m") != 0)
            GTEST_SKIP() << "no disk can be mounted here: " << std::strerror(errno);
        mounted_ = true;
        std::ofstream(folder_ / "m.csv") << lineMatrix(12, {"a", "b"});
        balmer({"dataset", "import", (folder_ / "m.csv").string(), "--name", "m"});
        balmer({"som", "--dataset", "m", "--grid", "3x3"});
        balmer({"label", "give", "row-0", "star"});
    }
    void TearDown() override {
        if (mounted_) ::umount2(disk_.c_str(), MNT_DETACH);
    }

    ProcessResult run(const std::vector<std::string>& words) const {
        std::vector<std::string> command{BALMER_COMMAND, "--project", (disk_ / "p.balmer").string(),
                                         "--json"};
        command.insert(command.end(), words.begin(), words.end());
        return runProcess(command);
    }
    nlohmann::json balmer(const std::vector<std::string>& words) const {
        const auto result = run(words);
        EXPECT_EQ(result.exitStatus, 0) << joined(words) << "\n" << result.describe();
        return result.json();
    }

    void makeReadOnly() {
        ASSERT_EQ(::mount(nullptr, disk_.c_str(), nullptr, MS_REMOUNT | MS_RDONLY, nullptr), 0);
    }
    void fill() {
        std::ofstream rest(disk_ / "rest", std::ios::binary);
        const std::string piece(4096, 'x');
        while (rest.write(piece.data(), static_cast<std::streamsize>(piece.size())).flush()) {
        }
    }

    /// All that reads works and says why nothing is written; what writes says it as its error.
    void onlyReads(const std::string& why) {
        const auto listed = run({"list"});
        EXPECT_EQ(listed.json()["rows"].size(), 12u) << listed.describe();
        EXPECT_THAT(listed.standardError, HasSubstr(why));
        EXPECT_THAT(listed.standardError, HasSubstr("can only be read"));
        EXPECT_EQ(balmer({"show", "row-0"})["label"], "star");
        EXPECT_EQ(balmer({"jobs"})["jobs"].size(), 2u);
        const auto table = folder_ / "labels.csv";
        EXPECT_FALSE(balmer({"label", "export", "--out", table.string()}).contains("job"));
        EXPECT_GT(fs::file_size(table), 10u);
        const auto nowhere = run({"label", "export", "--out", (folder_ / "no" / "labels.csv").string()});
        EXPECT_EQ(nowhere.exitStatus, 1);
        EXPECT_EQ(nowhere.json()["error"]["context"].dump().find("job 0"), std::string::npos)
            << "there is no such job: " << nowhere.describe();
#ifdef BALMER_DESKTOP_COMMAND
        balmer({"plot", "row-0", "--out", (folder_ / "row.png").string()});
        EXPECT_GT(fs::file_size(folder_ / "row.png"), 1000u);
        const auto pictures = runProcess({BALMER_DESKTOP_COMMAND, "--project", (disk_ / "p.balmer").string(),
                                          "--pictures", (folder_ / "pictures").string()});
        EXPECT_EQ(pictures.exitStatus, 0) << pictures.describe();
#endif
        for (const std::vector<std::string>& words :
             {std::vector<std::string>{"label", "give", "row-1", "star"},
              {"dataset", "import", (folder_ / "m.csv").string(), "--name", "n"}}) {
            const auto refused = run(words);
            EXPECT_EQ(refused.exitStatus, 1) << refused.describe();
            EXPECT_THAT(refused.json()["error"]["message"].get<std::string>(), HasSubstr("can only be read"));
        }
    }

    /// Each kind of export to another disk, one after the other.
    void exportAll(api::Jobs& jobs) {
        const auto before = jobs.list()->size();
        core::TaskContext task;
        std::size_t number = 0;
        for (const auto& [kind, parameters] : std::map<std::string, nlohmann::json>{
                 {"label-export", {}}, {"export", {}}, {"dataset-export", {{"dataset", "m"}}}}) {
            auto given = parameters.is_null() ? nlohmann::json::object() : parameters;
            const auto file = folder_ / ("out" + std::to_string(++number) + ".csv");
            given["file"] = file.string();
            jobs::JobSpec spec;
            spec.kind = kind;
            spec.parameters = given.dump();
            const auto id = jobs.submit(spec, "here");
            ASSERT_TRUE(id) << why(id);
            const auto done = jobs.follow(*id, task);
            ASSERT_TRUE(done) << why(done);
            EXPECT_EQ(done->phase, jobs::Phase::Completed) << (done->error ? done->error->describe() : "");
            EXPECT_GT(fs::file_size(file), 10u) << kind;
            EXPECT_EQ(jobs.list()->front().id, *id);
            EXPECT_EQ(jobs.list()->size(), before + number);
            EXPECT_TRUE(jobs.series(*id, "none"));
        }
    }

    TemporaryFolder folder_;
    fs::path disk_ = folder_ / "disk";
    bool mounted_ = false;
};

TEST_F(BadDisk, ThatCanOnlyBeReadIsRead) {
    makeReadOnly();
    onlyReads("its disk takes no changes");
}

TEST_F(BadDisk, ThatIsFullIsRead) {
    fill();
    onlyReads("no space left");
    for (const auto* ending : {"-wal", "-shm"})
        EXPECT_FALSE(fs::exists((disk_ / "p.balmer" / "project.sqlite").string() + ending)) << ending;
}

TEST_F(BadDisk, ThatHasRoomForATraceOnlyIsRead) {
    fill();
    for (const std::uintmax_t room : {72, 200}) { // kibibytes: it could be opened, and no job be noted
        fs::resize_file(disk_ / "rest", fs::file_size(disk_ / "rest") - room * 1024);
        onlyReads("no space left");
    }
    // What a killed program left there is no reason: it is swept.
    const auto half = disk_ / "p.balmer" / "datasets" / "m.h5.part-999999-1";
    fs::rename(disk_ / "rest", half);
    EXPECT_EQ(run({"list"}).standardError.find("can only be read"), std::string::npos);
    EXPECT_FALSE(fs::exists(half));
}

TEST_F(BadDisk, ItsExportsAreJobsOfTheWindowToo) {
    makeReadOnly();
    const auto opened = api::openWorkbench(disk_ / "p.balmer");
    ASSERT_TRUE(opened) << why(opened);
    auto& jobs = (*opened)->jobs();
    const auto before = jobs.list()->size();
    exportAll(jobs);
    ASSERT_TRUE(jobs.remove(jobs.list()->front().id));
    EXPECT_EQ(jobs.list()->size(), before + 2);
    jobs::JobSpec map;
    map.kind = "som";
    map.parameters = R"({"dataset":"m","grid":"3x3"})";
    const auto refused = jobs.submit(map, "here");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("can only be read"));
    const auto kept = jobs.list()->back();
    EXPECT_EQ(jobs.get(kept.id)->spec.kind, kept.spec.kind);
    EXPECT_FALSE(jobs.remove(kept.id));
}

TEST_F(BadDisk, ThatFillsUpWhileTheWindowIsOpenKeepsNoExportBack) {
    const auto opened = api::openWorkbench(disk_ / "p.balmer");
    ASSERT_TRUE(opened) << why(opened);
    fill();
    exportAll((*opened)->jobs());
    jobs::JobSpec map;
    map.kind = "som";
    map.parameters = R"({"dataset":"m","grid":"3x3"})";
    const auto refused = (*opened)->jobs().submit(map, "here");
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), HasSubstr("full"));
}

TEST_F(BadDisk, ALogThatWasLeftThereIsReadToo) {
    // As after a cut of the power: the last label is in the log alone.
    const auto child = ::fork();
    if (child == 0) {
        const auto project = store::Project::open(disk_ / "p.balmer");
        active::LabelEvent event;
        event.spectrum = "row-2";
        event.kind = active::LabelKind::Class;
        event.className = "star";
        event.who = "tester";
        ::_exit(project && (*project)->labels().append(event) ? 0 : 1);
    }
    int status = 1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    ASSERT_GT(fs::file_size(disk_ / "p.balmer" / "project.sqlite-wal"), 0u);
    fs::remove(disk_ / "p.balmer" / "project.sqlite-shm");
    makeReadOnly();
    onlyReads("its disk takes no changes");
    EXPECT_EQ(balmer({"show", "row-2"})["label"], "star");
}

} // namespace
} // namespace balmer::test

#include "tests/engine/remote/client/worker_with_home.h"

#include <fstream>
#include <iterator>
#include <random>
#include <utility>

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "engine/core/digest.h"
#include "engine/core/files.h"
#include "engine/store/sqlite_worker_journal.h"
#include "tests/support/test_support.h"

namespace balmer::test {

using nlohmann::json;

RunningWorker::RunningWorker(std::filesystem::path folder, Options options) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
    auto journal = store::openWorkerJournal(folder_ / "journal.sqlite");
    if (!journal) throw std::runtime_error(journal.error().describe());
    journal_ = std::move(*journal);
    remote::WorkerSettings settings;
    settings.folder = folder_;
    settings.config.slots = options.slots;
    settings.config.quotaGibibyte = options.quotaGibibyte;
    settings.config.roots = options.roots;
    settings.config.seesAll = options.seesAll;
    settings.programVersion = "test";
    settings.attempts = options.attempts;
    settings.handshake = options.handshake;
    settings.ping = options.ping;
    if (options.tcp) settings.tcp = "127.0.0.1:0";
    if (options.tls) settings.tls = "127.0.0.1:0";
    remote::WorkerJobs jobs;
    jobs.kinds = {"test"};
    jobs.check = [](const std::string& spec) -> core::Status {
        const auto object = json::parse(spec, nullptr, false);
        if (!object.is_object())
            return core::fail(core::ErrorCode::Format, "the job's description is not a JSON object");
        if (object.value("kind", "test") != "test")
            return core::fail(core::ErrorCode::Unsupported, "this worker knows no job of the kind \"" +
                                                                object["kind"].get<std::string>() + "\"");
        return {};
    };
    jobs.describe = [](const std::string&) { return remote::WorkerJobs::Words{"test", ""}; };
    jobs.runner = {BALMER_TEST_CHILD};
    auto server = remote::WorkerServer::open(std::move(settings), std::move(jobs), *journal_);
    if (!server) throw std::runtime_error(server.error().describe());
    server_ = std::move(*server);
    thread_ = std::thread([this] {
        const auto done = server_->run();
        EXPECT_TRUE(done) << why(done);
    });
}

RunningWorker::~RunningWorker() {
    server_->stop();
    thread_.join();
}

Home::Home(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::filesystem::create_directories(folder_);
    auto project = store::Project::open(folder_ / "home.balmer");
    if (!project) throw std::runtime_error(project.error().describe());
    project_ = std::move(*project);
    inputs["data"] = "some spectra";
}

Home::~Home() = default;

void Home::addWorker(const std::string& name, const std::string& url, const std::string& token) {
    const auto added = book().put({name, url, token, {}, 4});
    ASSERT_TRUE(added) << why(added);
}

remote::WorkerProbe::Options Home::connect() const {
    remote::WorkerProbe::Options options;
    options.identity = folder_ / "identity";
    options.software = "test";
    options.user = "tester";
    return options;
}

remote::RemoteJobs& Home::remote() {
    if (!remote_) {
        remote::RemoteJobs::Options options;
        options.folder = folder_ / "remote";
        options.connect = connect();
        options.firstRetry = std::chrono::milliseconds(5);
        options.lastRetry = std::chrono::milliseconds(100);
        remote_ = std::make_unique<remote::RemoteJobs>(store(), static_cast<remote::ParcelPort&>(*this),
                                                       book(), std::move(options));
        remote_->begin();
    }
    return *remote_;
}

void Home::restart() {
    remote_.reset();
    project_.reset();
    auto project = store::Project::open(folder_ / "home.balmer");
    if (!project) throw std::runtime_error(project.error().describe());
    project_ = std::move(*project);
}

jobs::JobId Home::submit(const json& parameters, const std::string& worker, const std::string& label) {
    jobs::JobSpec spec;
    spec.kind = "test";
    spec.label = label;
    spec.parameters = parameters.dump();
    const auto id = remote().submit(std::move(spec), worker, "test");
    EXPECT_TRUE(id) << why(id);
    return id.value_or(0);
}

jobs::Job Home::wait(jobs::JobId id) {
    std::stop_source late;
    std::mutex mutex;
    std::condition_variable_any ended;
    std::jthread clock([&](std::stop_token done) {
        std::unique_lock lock(mutex);
        if (!ended.wait_for(lock, done, std::chrono::minutes(10), [] { return false; }) &&
            !done.stop_requested())
            late.request_stop();
    });
    const auto job = remote().wait(id, late.get_token());
    EXPECT_TRUE(job) << why(job);
    if (!job) return {};
    EXPECT_TRUE(jobs::isFinal(job->phase))
        << "job " << id << " is still " << jobs::toString(job->phase) << ", " << job->stage;
    return *job;
}

std::map<std::string, std::string> Home::takeOutputs(jobs::JobId id) {
    const std::lock_guard lock(mutex_);
    return std::exchange(outputs_[id], {});
}

int Home::commits(jobs::JobId id) {
    const std::lock_guard lock(mutex_);
    return commits_[id];
}

core::Result<std::string> Home::describe(const jobs::Job& job) {
    return job.spec.parameters;
}

core::Result<std::vector<remote::NamedFile>>
Home::pack(const jobs::Job& job, const std::filesystem::path& folder, core::TaskContext&) {
    std::vector<remote::NamedFile> files;
    auto given = inputs;
    const auto parameters = json::parse(job.spec.parameters);
    if (const auto own = parameters.find("noise"); own != parameters.end())
        given["data"] = noise((*own)[0], (*own)[1]);
    for (const auto& [name, bytes] : given) {
        BALMER_CHECK(core::writeFile(folder / name, bytes));
        files.push_back({name, folder / name});
    }
    return files;
}

core::Result<bool> Home::commit(jobs::JobId id, std::string_view resultJson,
                                std::span<const remote::NamedFile> outputs, std::string_view endTime) {
    std::map<std::string, std::string> got;
    for (const auto& file : outputs) {
        BALMER_TRY(got[file.name], core::readFile(file.path));
    }
    bool fresh = true;
    const auto kept = project_->together([&]() -> core::Status {
        BALMER_TRY(const auto job, store().get(id));
        fresh = !jobs::isFinal(job.phase);
        if (!fresh) return {};
        BALMER_CHECK(store().finish(id, jobs::Phase::Completed, endTime, resultJson, {}));
        for (const auto& [name, bytes] : got)
            BALMER_CHECK(store().addArtefact(id, {name, "application/octet-stream", core::digestOf(bytes),
                                                  static_cast<std::int64_t>(bytes.size())}));
        return {};
    });
    if (!kept) return core::fail(kept.error());
    if (!fresh) return false;
    const auto line = std::to_string(id) + "\n";
    const int commits = ::open(commitFile().c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    EXPECT_EQ(::write(commits, line.data(), line.size()), static_cast<ssize_t>(line.size()));
    ::close(commits);
    const std::lock_guard lock(mutex_);
    outputs_[id] = std::move(got);
    ++commits_[id];
    return true;
}

std::string noise(std::size_t bytes, unsigned seed) {
    std::minstd_rand random(seed);
    std::string text(bytes, '\0');
    for (char& byte : text)
        byte = static_cast<char>(random() >> 8);
    return text;
}

} // namespace balmer::test

// A home project and a worker's folder beside it, with a job's parcel carried between them.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/jobs/queue.h"
#include "engine/store/project.h"
#include "engine/workflow/parcel.h"
#include "tests/support/test_support.h"

namespace balmer::test {

/// A project in which jobs run here or elsewhere. The same calls on two homes give jobs the same ids.
class Home {
  public:
    explicit Home(const std::filesystem::path& folder);
    ~Home();

    store::Project& project() { return *project_; }
    const workflow::Environment& environment() const { return *environment_; }
    const workflow::JobKind& kind(const std::string& name) const;

    /// Runs it in this process.
    jobs::Job here(const std::string& kind, const nlohmann::json& parameters, const std::string& label = "");

    /// Keeps it as a job for a worker.
    jobs::Job submit(const std::string& kind, const nlohmann::json& parameters,
                     const std::string& label = "");
    core::Result<std::vector<workflow::ParcelFile>> pack(const jobs::Job& job);
    /// Copies the files to where the job runs; returns that folder.
    std::filesystem::path carry(const jobs::Job& job, const std::vector<workflow::ParcelFile>& inputs);
    core::Result<workflow::ParcelResult> run(const std::filesystem::path& jobFolder);
    core::Result<bool> commit(const jobs::Job& job, const workflow::ParcelResult& made);
    /// All of these; the job's record in the end.
    jobs::Job away(const std::string& kind, const nlohmann::json& parameters, const std::string& label = "");

    std::vector<std::string> log;

  private:
    jobs::JobSpec spec(const std::string& kind, const nlohmann::json& parameters, const std::string& label);

    std::filesystem::path folder_;
    std::unique_ptr<store::Project> project_;
    std::unique_ptr<workflow::Environment> environment_;
    std::vector<workflow::JobKind> kinds_;
    std::unique_ptr<jobs::JobQueue> queue_;
    int keys_ = 0, carried_ = 0;
};

/// Everything that the project holds but times, places and durations, one line each.
std::vector<std::string> describe(store::Project& project);

std::string bytesOf(const std::filesystem::path& file);

/// Two homes with the same small simulated survey: what is done here in the one is done elsewhere in the
/// other.
class TwoComputers : public testing::Test {
  protected:
    explicit TwoComputers(int spectra);
    void SetUp() override;

    void both(const std::string& kind, const nlohmann::json& parameters);
    /// Here in the one home, elsewhere in the other; afterwards nobody can tell.
    void compare(const std::string& kind, const nlohmann::json& parameters, const std::string& label = "");
    /// "w", in both homes.
    void makeDataset() { both("preprocess", {{"name", "w"}}); }
    std::string write(const std::string& name, const std::string& text) const;

    /// What was made elsewhere for the second home, not yet committed.
    struct Made {
        jobs::Job job;
        workflow::ParcelResult result;
    };
    Made make(const std::string& kind, const nlohmann::json& parameters);
    static std::filesystem::path pathOf(const workflow::ParcelResult& result, const std::string& name);
    /// The commit is a Format error that says what, and the project stays as it was.
    void expectRefused(const Made& made, const std::string& what);
    /// The same with outputs.json changed.
    void expectRefused(const Made& made, const std::string& what,
                       const std::function<void(nlohmann::json&)>& change);
    /// Names in the second home's folder of datasets.
    std::vector<std::string> files();

    TemporaryFolder folder_;
    Home one_{folder_ / "one"}, two_{folder_ / "two"};

  private:
    int spectra_;
};

} // namespace balmer::test

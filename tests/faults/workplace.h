// What the tests of faults share: a project with something in it, copied anew for each fault, and all that
// Balmer does with a project as a list of acts.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/jobs/queue.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"
#include "tests/support/test_support.h"

namespace balmer::test {

/// A project that is open, and its jobs. One thread.
class Workplace {
  public:
    static core::Result<std::unique_ptr<Workplace>> open(const std::filesystem::path& project,
                                                         std::size_t threads = 2);

    store::Project& project() { return *project_; }
    /// Runs it to its end, on this thread. Errors: the job's; that it could not be submitted.
    core::Result<nlohmann::json> run(const std::string& kind, const nlohmann::json& parameters);
    /// Checked and filled in as it is submitted.
    core::Result<jobs::JobSpec> prepare(const std::string& kind, const nlohmann::json& parameters);
    jobs::JobQueue& queue() { return *queue_; }

  private:
    explicit Workplace(std::unique_ptr<store::Project> project, std::size_t threads);
    std::unique_ptr<store::Project> project_;
    std::vector<workflow::JobKind> kinds_;
    std::unique_ptr<jobs::JobQueue> queue_;
};

/// Something that a user asks for.
struct Act {
    std::string name;
    /// Success is what a user takes for "done". Errors: also what a job says in its result that it left out.
    std::function<core::Status(Workplace&)> carryOut;
    std::filesystem::path written = {}; ///< a file outside of the project
};

/// What a project holds, by what it is: digests of spectra, datasets, maps, columns; labels; settings.
using Content = std::map<std::string, std::string>;

class WithWorkplaces : public testing::Test {
  protected:
    void SetUp() override;

    /// All acts; each can be carried out on a copy of the base.
    const std::vector<Act>& acts() const { return acts_; }
    /// A fresh copy of the base: spectra, two datasets, labels, a map, and a model where there is the
    /// network.
    std::filesystem::path copyOfBase();
    /// The content of a project, and the file that the act writes. The test fails where it cannot be read.
    Content contentOf(const std::filesystem::path& project, const Act& act);
    /// What was in the base is in this content.
    void expectBase(const Content& content);
    /// The content after the act, without faults.
    Content expected(const Act& act);
    /// After a fault: whatever became of the act, nothing is damaged and nothing of the base is lost; what
    /// was acknowledged is there; and the same act again ends in the content that it has without faults.
    void expectWhole(const std::filesystem::path& project, const Act& act, const core::Status& ended,
                     const Content& expected);

    std::filesystem::path write(const std::string& name, const std::string& text) const;
    TemporaryFolder folder_;

  private:
    void addActs();
    std::filesystem::path base_;
    Content content_; ///< of the base
    std::vector<Act> acts_;
    int copies_ = 0;
};

/// So many places of `all`, from the first to the last: few in the short form, `many` in the long one.
std::vector<std::size_t> placesOf(std::size_t all, std::size_t few, std::size_t many = 5000);

} // namespace balmer::test

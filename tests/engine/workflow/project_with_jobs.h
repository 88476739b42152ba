// What the tests of job kinds share: an empty project in a folder that vanishes, and jobs run in it.
#pragma once

#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "engine/jobs/queue.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"
#include "tests/support/test_support.h"

namespace balmer::test {

class ProjectWithJobs : public testing::Test {
  protected:
    ProjectWithJobs();
    ~ProjectWithJobs() override;

    const std::vector<workflow::JobKind>& kinds() const { return kinds_; }
    const workflow::JobKind& kindOf(const std::string& kind) const;
    /// Submits the job, runs it to its end and returns its record; of a refused one there is only the error.
    jobs::Job job(const std::string& kind, const nlohmann::json& parameters);
    /// The result of a job that must succeed.
    nlohmann::json succeed(const std::string& kind, const nlohmann::json& parameters);
    /// The error of a job that must fail.
    core::Error fail(const std::string& kind, const nlohmann::json& parameters);

    /// Writes a file into the folder and returns its path.
    std::string write(const std::string& name, const std::string& text) const;
    /// A text spectrum from `first` Å on in steps of 1 Å: a continuum with a line at Hα, other numbers for
    /// each seed.
    static std::string spectrum(int seed, double first = 6400, int samples = 450);
    /// id,label and 140 fluxes a row: rows "row-0" …, the class decides where the line stands.
    static std::string matrix(std::size_t rows, const std::vector<std::string>& classes);

    TemporaryFolder folder_;
    std::unique_ptr<store::Project> project_;

  private:
    std::vector<workflow::JobKind> kinds_;
    std::unique_ptr<jobs::JobQueue> queue_;
};

} // namespace balmer::test

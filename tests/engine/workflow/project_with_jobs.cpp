#include "tests/engine/workflow/project_with_jobs.h"

#include <cmath>
#include <cstdlib>

#include "engine/core/files.h"
#include "engine/core/text_number.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::test {

ProjectWithJobs::ProjectWithJobs() {
    auto opened = store::Project::open(folder_ / "test.balmer");
    if (!opened) std::abort();
    project_ = *std::move(opened);
    kinds_ = workflow::jobKinds({project_.get(), 2, "tester"});
    jobs::RunnerTable runners;
    for (const auto& kind : kinds_)
        runners.emplace(kind.about.kind, kind.run);
    queue_ = std::make_unique<jobs::JobQueue>(project_->jobs(), std::move(runners));
}

ProjectWithJobs::~ProjectWithJobs() = default;

jobs::Job ProjectWithJobs::job(const std::string& kind, const nlohmann::json& parameters) {
    jobs::JobSpec spec;
    spec.kind = kind;
    spec.parameters = parameters.dump();
    if (const auto prepared = workflow::prepareJob(kinds_, *project_, spec); !prepared) {
        jobs::Job refused;
        refused.phase = jobs::Phase::Error;
        refused.error = prepared.error();
        return refused;
    }
    auto run = queue_->runHere(std::move(spec));
    EXPECT_TRUE(run) << why(run);
    return run ? *run : jobs::Job();
}

const workflow::JobKind& ProjectWithJobs::kindOf(const std::string& kind) const {
    return **workflow::findKind(kinds_, kind);
}

nlohmann::json ProjectWithJobs::succeed(const std::string& kind, const nlohmann::json& parameters) {
    const auto done = job(kind, parameters);
    EXPECT_EQ(done.phase, jobs::Phase::Completed)
        << kind << ": " << (done.error ? done.error->describe() : "");
    return nlohmann::json::parse(done.result.empty() ? "{}" : done.result);
}

core::Error ProjectWithJobs::fail(const std::string& kind, const nlohmann::json& parameters) {
    const auto done = job(kind, parameters);
    EXPECT_EQ(done.phase, jobs::Phase::Error) << kind << " succeeded: " << done.result;
    return done.error.value_or(core::Error(core::ErrorCode::Internal, "it succeeded"));
}

std::string ProjectWithJobs::write(const std::string& name, const std::string& text) const {
    const auto file = folder_ / name;
    std::filesystem::create_directories(file.parent_path());
    EXPECT_TRUE(core::writeFile(file, text));
    return file.string();
}

std::string ProjectWithJobs::spectrum(int seed, double first, int samples) {
    std::string text;
    for (int i = 0; i < samples; ++i) {
        const double wavelength = first + i;
        const double flux =
            1 + 0.01 * ((seed * 37 + i * 11) % 17) - 0.5 * std::exp(-std::pow((wavelength - 6563) / 6, 2));
        text += core::formatDouble(wavelength) + " " + core::formatFixed(flux, 5) + "\n";
    }
    return text;
}

std::string ProjectWithJobs::matrix(std::size_t rows, const std::vector<std::string>& classes) {
    std::string text = classes.empty() ? "id" : "id,label";
    for (int column = 0; column < 140; ++column)
        text += "," + core::formatDouble(6519.0 + column * 213.0 / 139.0);
    for (std::size_t row = 0; row < rows; ++row) {
        text += "\nrow-" + std::to_string(row) + (classes.empty() ? "" : "," + classes[row % classes.size()]);
        const double centre = 30 + (classes.empty() ? 0 : 30.0 * static_cast<double>(row % classes.size()));
        for (int column = 0; column < 140; ++column)
            text += "," +
                    core::formatFixed(std::exp(-std::pow((column - centre) / 4, 2)) +
                                          0.01 * static_cast<double>(
                                                     (row * 31 + static_cast<std::size_t>(column) * 7) % 13),
                                      5);
    }
    return text + "\n";
}

} // namespace balmer::test

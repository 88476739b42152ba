// The kinds of job: for each a title, its parameters, and the function that does it.
//
// A runner decodes its parameters, loads what they name from the project, computes, and writes what came of
// it back. It runs on whichever thread calls it; several may run at once on one project.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/queue.h"
#include "engine/store/project.h"
#include "engine/workflow/parameters.h"

namespace balmer::workflow {

/// What runners work with. The project outlives every runner.
struct Environment {
    store::Project& project;
    std::size_t threads = 0; ///< for computations; 0: all processors
    std::string who;         ///< the observer named in label events
};

struct JobKind {
    std::string kind;     ///< "som"
    std::string title;    ///< "Train a map"
    std::string defaults; ///< JSON object with every parameter
    std::string help;     ///< one line a parameter
    /// Errors: InvalidArgument with the path of the first parameter that is wrong.
    std::function<core::Status(std::string_view parameters)> check;
    jobs::Runner run;
};

/// All kinds that this build knows, in the order in which a user meets them.
std::vector<JobKind> jobKinds(const Environment& environment);

JobKind simulateKind(const Environment& environment);
JobKind importKind(const Environment& environment);
JobKind preprocessKind(const Environment& environment);
JobKind datasetImportKind(const Environment& environment);
JobKind datasetExportKind(const Environment& environment);
JobKind somKind(const Environment& environment);
JobKind learnKind(const Environment& environment);
JobKind scoreKind(const Environment& environment);
JobKind roundKind(const Environment& environment);
JobKind labelImportKind(const Environment& environment);
JobKind labelExportKind(const Environment& environment);
JobKind exportKind(const Environment& environment);

/// One run of a runner, as its function sees it.
struct Run {
    const Environment& environment;
    const jobs::Job& job;
    core::TaskContext& task;
    jobs::JobNotes& notes;
    store::Project& project() const { return environment.project; }
    /// Threads to compute with: as many as the parameter wants, or with 0 those of the environment.
    /// Errors: InvalidArgument for a number outside 0 … mostThreads.
    core::Result<std::size_t> threads(int wanted) const;
};

constexpr int mostThreads = 1024;

/// Binds a parameter struct and the function that does the work.
template <Parameters P>
JobKind makeKind(const Environment& environment, std::string kind, std::string title,
                 core::Result<jobs::Outcome> (*work)(const P&, const Run&)) {
    JobKind made;
    made.kind = std::move(kind);
    made.title = std::move(title);
    made.defaults = writeParameters(P{});
    made.help = explainParameters<P>();
    made.check = [](std::string_view json) -> core::Status {
        BALMER_TRY([[maybe_unused]] const P parameters, readParameters<P>(json));
        return {};
    };
    made.run = [environment, work](const jobs::Job& job, core::TaskContext& task,
                                   jobs::JobNotes& notes) -> core::Result<jobs::Outcome> {
        BALMER_TRY(const P parameters, readParameters<P>(job.spec.parameters));
        return work(parameters, Run{environment, job, task, notes});
    };
    return made;
}

} // namespace balmer::workflow

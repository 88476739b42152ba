// The kinds of job: for each a title, its parameters, and the function that does it.
//
// A runner decodes its parameters, loads what they name from the project, computes, and writes what came of
// it back. It runs on whichever thread calls it; several may run at once on one project.
#pragma once

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/queue.h"
#include "engine/store/catalogue.h"
#include "engine/store/project.h"
#include "engine/workflow/parameters.h"

namespace balmer::workflow {

/// What a job from another computer brought along beside its project (parcel.h): the files that its
/// parameters and its spectra name, by the names that they have there. Its catalogue then holds the chosen
/// spectra alone.
struct Luggage {
    struct File {
        std::filesystem::path path;
        std::uint64_t offset = 0, bytes = 0; ///< its place in path
        std::optional<core::Error> error;    ///< why it could not be read where it came from
    };
    std::map<std::string, File, std::less<>> files;
};

class NetAccess;

/// What runners work with. The project outlives every runner; none is needed to describe and check kinds.
struct Environment {
    store::Project* project = nullptr;
    std::size_t threads = 0;                     ///< for computations; 0: all processors
    std::string who = {};                        ///< the observer named in label events
    std::shared_ptr<const Luggage> luggage = {}; ///< null for a job of this computer
    std::shared_ptr<NetAccess> net = {};         ///< null: a job that needs one makes its own
};

/// What a job reads and makes, as its parameters say: what has to travel with it to run elsewhere, and all
/// that may come back.
struct Needs {
    std::vector<std::string> datasets = {}; ///< by name; it may add columns to these
    std::vector<std::string> models = {};   ///< as findModel() takes them
    std::vector<std::string> files = {};    ///< paths; with rounds, their answers may become label events
    bool labels = false;                    ///< what was said about the datasets' rows
    bool rounds = false;                    ///< the rounds of the datasets; it may add one
    std::optional<store::CatalogueQuery> spectra = {}; ///< these, with their numbers
    std::string makes = {};                            ///< the dataset that it makes; "" for none
};

struct JobKind {
    std::string kind;     ///< "som"
    std::string title;    ///< "Train a map"
    std::string defaults; ///< JSON object with every parameter
    std::string help;     ///< one line a parameter
    /// Errors: InvalidArgument with the path of the first parameter that is wrong.
    std::function<core::Status(std::string_view parameters)> check;
    jobs::Runner run;
    /// Empty for a kind that must run on this computer. Errors: those of check.
    std::function<core::Result<Needs>(std::string_view parameters)> needs;
    std::string stays; ///< why it must: "reads files of this computer"; "" for a kind that can travel
};

bool canTravel(const JobKind& kind);
/// Errors: Unsupported, "import reads files of this computer; run it here".
core::Status checkTravel(const JobKind& kind);

/// All kinds that this build knows, in the order in which a user meets them.
std::vector<JobKind> jobKinds(const Environment& environment);

JobKind simulateKind(const Environment& environment);
JobKind importKind(const Environment& environment);
JobKind fetchKind(const Environment& environment);
JobKind retrieveKind(const Environment& environment);
JobKind preprocessKind(const Environment& environment);
JobKind datasetImportKind(const Environment& environment);
JobKind datasetExportKind(const Environment& environment);
JobKind somKind(const Environment& environment);
JobKind learnKind(const Environment& environment);
JobKind scoreKind(const Environment& environment);
JobKind roundKind(const Environment& environment);
JobKind labelImportKind(const Environment& environment);
JobKind tableImportKind(const Environment& environment);
JobKind labelExportKind(const Environment& environment);
JobKind exportKind(const Environment& environment);

/// One run of a runner, as its function sees it.
struct Run {
    const Environment& environment;
    const jobs::Job& job;
    core::TaskContext& task;
    jobs::JobNotes& notes;
    store::Project& project() const { return *environment.project; }
    /// Where a file lies that the parameters name: under its name, or in the luggage.
    std::filesystem::path file(const std::string& name) const;
    /// Threads to compute with: as many as the parameter wants, or with 0 those of the environment.
    /// Errors: InvalidArgument for a number outside 0 … mostThreads.
    core::Result<std::size_t> threads(int wanted) const;
};

constexpr int mostThreads = 1024;

/// Parameters that say what their job needs can travel; the others say `stays`: why they cannot.
template <typename P>
concept Travels = requires(const P p) {
    { p.needs() } -> std::same_as<Needs>;
};

/// Parameters that can be wrong though each is of its type: checked before the job is kept.
template <typename P>
concept Validates = requires(const P p) {
    { p.validate() } -> std::same_as<core::Status>;
};

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
        if constexpr (Validates<P>) return parameters.validate();
        return {};
    };
    made.run = [environment, work](const jobs::Job& job, core::TaskContext& task,
                                   jobs::JobNotes& notes) -> core::Result<jobs::Outcome> {
        BALMER_TRY(const P parameters, readParameters<P>(job.spec.parameters));
        return work(parameters, Run{environment, job, task, notes});
    };
    if constexpr (Travels<P>)
        made.needs = [](std::string_view json) -> core::Result<Needs> {
            BALMER_TRY(const P parameters, readParameters<P>(json));
            return parameters.needs();
        };
    else
        made.stays = P::stays;
    return made;
}

} // namespace balmer::workflow

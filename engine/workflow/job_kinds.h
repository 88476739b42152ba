// The kinds of job: for each what is known of it (jobs::Kind), and the functions that check it and do it.
//
// A runner decodes its parameters, loads what they name from the project, computes, and writes what came of
// it back. It runs on whichever thread calls it; several may run at once on one project. A new kind is its
// file and a line in the table of job_kinds.cpp.
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
#include "engine/core/stop_scope.h"
#include "engine/jobs/queue.h"
#include "engine/store/catalogue.h"
#include "engine/store/project.h"
#include "engine/workflow/parameters.h"

namespace balmer::workflow {

/// What a job from another computer brought along beside its project (parcel.h): the files that its
/// parameters and its spectra name, by the names that they have there. Its catalogue then holds the chosen
/// spectra alone.
struct CarriedFiles {
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
    std::size_t threads = 0;                          ///< for computations; 0: all processors
    std::string who = {};                             ///< the observer named in label events
    std::shared_ptr<const CarriedFiles> carried = {}; ///< null for a job of this computer
    std::shared_ptr<NetAccess> net = {};              ///< null: a job that needs one makes its own
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
    jobs::Kind about;
    /// Checks the parameters by themselves and returns them with all defaults and in the words that are
    /// offered, as a record keeps them.
    /// Errors: InvalidArgument with the path of the first parameter that is wrong.
    std::function<core::Result<std::string>(std::string_view parameters)> complete;
    /// What only a project can tell: a dataset that is not there, a map larger than its data. Parameters that
    /// are complete. Errors: InvalidArgument, NotFound.
    std::function<core::Status(std::string_view parameters, store::Project& project)> checkProject;
    jobs::Runner run;
    /// Empty for a kind that must run on this computer. Errors: those of complete.
    std::function<core::Result<Needs>(std::string_view parameters)> needs;
};

bool canTravel(const JobKind& kind);
/// Errors: Unsupported, "import reads files of this computer; run it here".
core::Status checkTravel(const JobKind& kind);

/// All kinds that this build knows, in the order in which a user meets them.
std::vector<JobKind> jobKinds(const Environment& environment);

/// Errors: InvalidArgument, naming those that there are.
core::Result<const JobKind*> findKind(const std::vector<JobKind>& kinds, std::string_view kind);

/// Makes of what was asked for what is kept and run: checks it, by itself and against the project, fills in
/// all parameters and the digests of the datasets that it names. threads: those that the program was told to
/// compute with; a kind that has them as a parameter is recorded with them, unless it asks for its own
/// number. For jobs of this computer and of workers alike. Errors: those of complete and checkProject.
core::Status prepareJob(const std::vector<JobKind>& kinds, store::Project& project, jobs::JobSpec& spec,
                        std::size_t threads = 0);

/// One run of a runner, as its function sees it.
struct Run {
    const Environment& environment;
    const jobs::Job& job;
    core::TaskContext& task;
    jobs::JobNotes& notes;
    store::Project& project() const { return *environment.project; }
    /// Where a file lies that the parameters name: under its name, or among the carried files.
    std::filesystem::path file(const std::string& name) const;
    /// Threads to compute with: as many as the parameter wants, or with 0 those of the environment.
    std::size_t threads(int wanted) const;
};

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

/// Parameters that may be written in several ways: the one that is kept. Called before validate().
template <typename P>
concept Tidies = requires(const P p) {
    { p.tidy() } -> std::same_as<core::Result<P>>;
};

/// Parameters that may not suit a project: checked when a job is submitted.
template <typename P>
concept ChecksProject = requires(const P p, store::Project& project) {
    { p.checkProject(project) } -> std::same_as<core::Status>;
};

/// Checks what the fields themselves say of a project: that the datasets and models which they name are
/// there.
core::Status checkNames(const std::vector<Field>& fields, std::string_view parameters,
                        store::Project& project);

/// Binds a parameter struct and the function that does the work. `about` has what the parameters do not say:
/// kind, title, help, command, changes and results.
template <Parameters P>
JobKind makeKind(const Environment& environment, jobs::Kind about,
                 core::Result<jobs::Outcome> (*work)(const P&, const Run&)) {
    JobKind made;
    about.fields = fieldsOf<P>();
    about.defaults = writeParameters(P{});
    about.explanation = explain(about.fields);
    about.schema = schemaOf(about.title, about.help, about.fields);
    const auto read = [](std::string_view text) -> core::Result<P> {
        BALMER_TRY(P parameters, readParameters<P>(text));
        if constexpr (Tidies<P>) {
            BALMER_TRY(parameters, parameters.tidy());
        }
        if constexpr (Validates<P>) BALMER_CHECK(parameters.validate());
        return parameters;
    };
    made.complete = [read](std::string_view text) -> core::Result<std::string> {
        BALMER_TRY(const P parameters, read(text));
        return writeParameters(parameters);
    };
    made.checkProject = [read, fields = about.fields](std::string_view text,
                                                      store::Project& project) -> core::Status {
        BALMER_CHECK(checkNames(fields, text, project));
        if constexpr (ChecksProject<P>) {
            BALMER_TRY(const P parameters, read(text));
            return parameters.checkProject(project);
        }
        return {};
    };
    made.run = [environment, work, read](const jobs::Job& job, core::TaskContext& task,
                                         jobs::JobNotes& notes) -> core::Result<jobs::Outcome> {
        BALMER_TRY(const P parameters, read(job.spec.parameters));
        const core::StopScope stopping(task.stopToken());
        return work(parameters, Run{environment, job, task, notes});
    };
    if constexpr (Travels<P>)
        made.needs = [](std::string_view text) -> core::Result<Needs> {
            BALMER_TRY(const P parameters, readParameters<P>(text));
            return parameters.needs();
        };
    else
        about.stays = P::stays;
    made.about = std::move(about);
    return made;
}

} // namespace balmer::workflow

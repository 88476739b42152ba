#include "engine/workflow/making_again.h"

#include <algorithm>
#include <vector>

#include "engine/core/digest.h"
#include "engine/core/file.h"
#include "engine/core/pending_file.h"
#include "engine/core/temporary_folder.h"
#include "engine/dataset/dataset.h"
#include "engine/jobs/process_token.h"
#include "engine/store/dataset_registry.h"
#include "engine/workflow/parcel.h"

namespace balmer::workflow {

namespace fs = std::filesystem;
using core::ErrorCode;

namespace {

/// What the job says is its first run's; nobody needs it twice.
class Unheard final : public jobs::JobNotes {
  public:
    void log(std::string_view) override {}
    void artefact(const jobs::Artefact&) override {}
};

using Files = std::vector<fs::path>;

/// A job that may run elsewhere runs as it would there.
core::Result<Files> runApart(const JobKind& kind, const jobs::Job& job, const Run& run,
                             const fs::path& folder) {
    BALMER_TRY(const auto inputs, packInputs(run.project(), kind, job, folder / "packed", run.task));
    BALMER_CHECK(core::makeFolders(folder / "inputs"));
    for (const auto& input : inputs) {
        std::error_code error;
        fs::create_symlink(fs::absolute(input.path), folder / "inputs" / input.name, error);
        if (error) return core::fail(ErrorCode::Io, "cannot lay out the inputs in " + folder.string());
    }
    BALMER_CHECK(core::replaceFile(folder / "spec.json", writeSpec(job, run.environment.who)));
    Unheard notes;
    BALMER_TRY(const auto made, runParcel(folder, {run.environment.threads}, run.task, notes));
    Files files;
    for (const auto& output : made.outputs)
        files.push_back(output.path);
    return files;
}

/// One that makes a dataset of files that lie on this computer.
core::Result<Files> runOnFiles(const jobs::Job& before, const Run& run, const fs::path& folder) {
    BALMER_TRY(const auto project, store::Project::open(folder / "scratch"));
    auto job = before;
    job.phase = jobs::Phase::Executing;
    job.artefacts.clear();
    job.processToken = jobs::thisProcessToken();
    BALMER_CHECK(project->adopt(job));
    auto environment = run.environment;
    environment.project = project.get();
    const auto kinds = jobKinds(environment);
    BALMER_TRY(const auto* const kind, findKind(kinds, job.spec.kind));
    Unheard notes;
    BALMER_TRY([[maybe_unused]] const auto outcome, jobs::runGuarded(kind->run, job, run.task, notes));
    Files files;
    BALMER_TRY(const auto datasets, project->datasets().list());
    for (const auto& each : datasets)
        files.push_back(project->folder() / each.file);
    return files;
}

} // namespace

core::Status proveNow(const KeptFile& kept, const fs::path& file) {
    if (kept.kind == KeptFile::Kind::Artefact) {
        BALMER_TRY(const auto digest, core::digestOfFile(file));
        if (digest != kept.digest)
            return core::fail(ErrorCode::Format, "its bytes are not those that its digest stands for");
        return {};
    }
    BALMER_TRY(const auto opened, dataset::Dataset::open(file));
    if (opened.digest() != kept.digest)
        return core::fail(ErrorCode::Format, "it is another dataset than the one that was registered");
    return opened.verify();
}

core::Status makeAgain(const KeptFile& kept, const Run& run) {
    if (!kept.job)
        return core::fail(ErrorCode::Unsupported, "no job of this project made it; put back a copy");
    BALMER_TRY(const auto job, run.project().jobs().get(*kept.job));
    const auto kinds = jobKinds(run.environment);
    BALMER_TRY(const auto* const kind, findKind(kinds, job.spec.kind));
    const bool ofFiles = std::ranges::count(kind->about.changes, jobs::Change::Datasets) > 0;
    if (!canTravel(*kind) && !ofFiles)
        return core::fail(ErrorCode::Unsupported,
                          "a job of the kind " + job.spec.kind + " is not run again for it; put back a copy");
    BALMER_TRY(const auto folder, core::TemporaryFolder::make());
    BALMER_TRY(const auto files, canTravel(*kind) ? runApart(*kind, job, run, folder.path())
                                                  : runOnFiles(job, run, folder.path()));
    for (const auto& file : files) {
        if (!proveNow(kept, file)) continue;
        BALMER_CHECK(core::makeFolders(kept.place.parent_path()));
        BALMER_TRY(auto arrival, core::PendingFile::beside(kept.place));
        BALMER_CHECK(arrival.copyFrom(file));
        BALMER_CHECK(arrival.publish());
        if (kept.kind == KeptFile::Kind::Artefact) return {};
        BALMER_TRY(const auto bytes, core::digestOfFile(kept.place));
        return run.project().datasets().setFileDigest(kept.name, bytes);
    }
    return core::fail(ErrorCode::Format,
                      "job " + std::to_string(job.id) +
                          ", run again, makes something else: what it was made of has changed "
                          "since; put back a copy");
}

} // namespace balmer::workflow

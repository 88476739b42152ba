// Parcels: a job on another computer, with what it reads and what it makes as a flat set of named files.
//
//     packInputs at home → somebody moves the files → runParcel there → somebody moves the files back →
//     commitOutputs at home
//
// Afterwards the home project is as if the job had run in it: the same digests of artefacts and datasets, the
// same columns, rounds and label events, and the same result but for its "seconds"; for runParcel makes a
// scratch project out of the inputs, in which the job has its home id, and runs the same JobKind on it.
//
// Files that this module writes, by name (each name matches [a-z0-9][a-z0-9._-]{0,99}):
//
//   inputs   parcel.json    what is there: datasets, models, files, each with its name and digest
//            labels.json    what was said about the datasets' rows, as far as a computation reads it
//            rounds.json    rounds of the datasets, the last of each set of classes with its random sample
//            spectra.json   the chosen spectra, in order, and where their files begin in the packs
//            pack-N         files of spectra, one behind the other
//            dataset-N, model-N, file-N    named where they lie, never copied
//   outputs  outputs.json   what is there: artefacts, columns, dataset, round, label events
//            columns-N      the values of a column: little-endian 64-bit floats
//            artefact-N, dataset-N
//
// Inputs are canonical: the same inputs give the same bytes, and the parameters of a job are in its spec
// alone, so that a run with another seed or grid sends no file again. What comes from the other side is
// hostile: a version, type, name, size or digest that is wrong is refused with a sentence (Format). Functions
// without state; different jobs may be packed, run and committed at once.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/jobs/job.h"
#include "engine/jobs/queue.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

/// One file of a parcel: its name there, and where its bytes lie now.
struct ParcelFile {
    std::string name;
    std::filesystem::path path;
    bool operator==(const ParcelFile&) const = default;
};

/// [a-z0-9][a-z0-9._-]{0,99}: the names that a parcel may have.
bool isParcelName(std::string_view name);

/// What the job reads, parcel.json first. Small files are written into scratch, a folder of this job's alone
/// that must stay until they have been moved; it is made where it is missing. Errors: Unsupported for a kind
/// that must run here; InvalidArgument when a dataset is no longer the one that the job was submitted for;
/// NotFound for a dataset, model or file that has gone; Format for a dataset's file that is damaged; Io,
/// Store, Cancelled.
core::Result<std::vector<ParcelFile>> packInputs(store::Project& project, const JobKind& kind,
                                                 const jobs::Job& job, const std::filesystem::path& scratch,
                                                 core::TaskContext& task);

/// What is to be run, beside the inputs: canonical JSON of the job's id, kind, label, parameters, seed,
/// inputs and of who is named in label events.
std::string writeSpec(const jobs::Job& job, std::string_view who);

struct ParcelSpec {
    jobs::Job job; ///< with id and spec alone
    std::string who;
};
/// Errors: Format.
core::Result<ParcelSpec> readSpec(std::string_view json);

struct WorkerRun {
    std::size_t threads = 0; ///< where the job's parameters leave it open; 0: all processors
};

struct ParcelResult {
    std::string resultJson;
    std::vector<ParcelFile> outputs; ///< outputs.json first; they lie in jobFolder/outputs
};

/// Runs the job whose spec.json and inputs/NAME (files or links to files) lie in jobFolder; a folder
/// `scratch` and a folder `outputs` are made there anew, whatever an earlier attempt left, and the first is
/// removed in the end. jobFolder lies on a disk of this computer: the scratch project's database does not
/// work on a network file system. Errors: Format for a parcel that is not right; those of the job; Io, Store,
/// Cancelled.
core::Result<ParcelResult> runParcel(const std::filesystem::path& jobFolder, const WorkerRun& run,
                                     core::TaskContext& task, jobs::JobNotes& notes);

/// Takes the outputs into the project and moves the job to Completed, in one transaction: it is all there, or
/// nothing is. environment.who is named in label events. A round gets the next number that is free here. The
/// files of outputs are copied and stay. endTime is by this computer's clock. False, and nothing is done: the
/// job is final already. On any error the job stays as it is; Io, Store and ResourceExhausted may be tried
/// again, the others are the job's end. Errors besides: Format for outputs that are not right, or that the
/// job's kind does not make; InvalidArgument or NotFound when a dataset has changed or gone meanwhile, saying
/// what to do.
core::Result<bool> commitOutputs(const Environment& environment, const JobKind& kind, jobs::JobId job,
                                 std::string_view resultJson, const std::vector<ParcelFile>& outputs,
                                 std::string_view endTime);

} // namespace balmer::workflow

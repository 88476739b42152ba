// Trained models as the user knows them: kept as an artefact of the job that trained them, found by name.
#pragma once

#include <filesystem>
#include <string>

#include "engine/core/result.h"
#include "engine/jobs/job.h"
#include "engine/learn/classifiers.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

/// The trained classifier as the artefact "model" of this run. Errors: Io, those of the artefacts' folder.
core::Result<jobs::Artefact> keepModel(const Run& run, const learn::ClassifierKind& kind,
                                       const learn::Classifier& model);

/// A trained model by the name that the user knows it by.
struct ModelReference {
    std::string name;   ///< "learn-12": kind and number of the job that trained it
    std::string digest; ///< of its artefact; "" for a file
    std::filesystem::path file;
    jobs::JobId job = 0; ///< 0 for a file
};

/// name: "learn-12", "round-15", the label of such a job, the digest of the artefact, or a file,
/// a carried one where the job came from elsewhere. Errors: NotFound, naming the models that exist.
core::Result<ModelReference> findModel(store::Project& project, const std::string& name,
                                       const CarriedFiles* carried = nullptr);

/// "learn-12".
std::string modelName(const jobs::Job& job);

} // namespace balmer::workflow

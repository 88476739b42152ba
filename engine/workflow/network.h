// The classifier of this build: the convolutional network, or a sentence that says why there is none.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "engine/core/result.h"
#include "engine/jobs/job.h"
#include "engine/learn/classifier.h"
#include "engine/store/project.h"
#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

struct NetworkParameters {
    std::vector<std::string> classes;
    std::size_t columns = 0;
    std::uint64_t seed = 1;
    int epochs = 0; ///< 0: as many as 240 steps need
    int patience = 10;
    int networks = 1;
    std::size_t threads = 0;
    bool balance = true;
    std::map<std::string, std::string> attributes;
};

/// Untrained. Errors: Unsupported in a build without libtorch; InvalidArgument.
core::Result<std::unique_ptr<learn::Classifier>> makeNetwork(const NetworkParameters& parameters);
/// Errors: Unsupported, NotFound, Io, Format.
core::Result<std::unique_ptr<learn::Classifier>> loadNetwork(const std::filesystem::path& file,
                                                             std::size_t threads);

/// The trained network as the artefact "model" of this run. Errors: Io, those of the artefacts' folder.
core::Result<jobs::Artefact> keepModel(const Run& run, const learn::Classifier& model);

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

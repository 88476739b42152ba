#include "engine/workflow/models.h"

#include "engine/core/file.h"
#include "engine/jobs/job_store.h"
#include "engine/store/artefact_folder.h"

namespace balmer::workflow {

core::Result<jobs::Artefact> keepModel(const Run& run, const learn::ClassifierKind& kind,
                                       const learn::Classifier& model) {
    const auto file = run.project().folder() / ("model-" + std::to_string(run.job.id) + ".part");
    const auto kept = [&]() -> core::Result<jobs::Artefact> {
        BALMER_CHECK(model.save(file));
        return run.project().artefacts().putFile(file, "model", std::string(kind.mediaType));
    }();
    (void)core::removeFile(file);
    return kept;
}

std::string modelName(const jobs::Job& job) {
    return job.spec.kind + "-" + std::to_string(job.id);
}

core::Result<ModelReference> findModel(store::Project& project, const std::string& name,
                                       const CarriedFiles* carried) {
    BALMER_TRY(const auto all,
               project.jobs().list({.phase = jobs::Phase::Completed, .kind = "", .limit = 0}));
    std::string known;
    for (const auto& job : all)
        for (const auto& artefact : job.artefacts) {
            if (artefact.name != "model") continue;
            if (name == modelName(job) || name == artefact.digest ||
                (!job.spec.label.empty() && name == job.spec.label)) {
                BALMER_TRY(const auto file, project.artefacts().path(artefact.digest));
                return ModelReference{modelName(job), artefact.digest, file, job.id};
            }
            known += (known.empty() ? "" : ", ") + modelName(job);
        }
    std::error_code error;
    if (carried != nullptr) {
        if (const auto found = carried->files.find(name); found != carried->files.end())
            return ModelReference{name, "", found->second.path};
    } else if (std::filesystem::is_regular_file(name, error)) {
        return ModelReference{name, "", name};
    }
    return core::fail(core::ErrorCode::NotFound,
                      "no model is called \"" + name + "\"; " +
                          (known.empty() ? "train one first with `balmer learn`" : "there are: " + known));
}

} // namespace balmer::workflow

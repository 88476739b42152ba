#include "engine/workflow/job_kinds.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "engine/core/json_text.h"
#include "engine/store/catalogue.h"
#include "engine/store/dataset_registry.h"
#include "engine/workflow/models.h"

namespace balmer::workflow {

using core::ErrorCode;
using nlohmann::json;

namespace {
constexpr const char* threadsName = "threads"; ///< of threadsField()
}

/// The table of kinds, in the order in which a user meets them: one line each, the function that its file
/// defines.
#define BALMER_JOB_KINDS(KIND)                                                                               \
    KIND(importKind)                                                                                         \
    KIND(fetchKind)                                                                                          \
    KIND(retrieveKind)                                                                                       \
    KIND(preprocessKind)                                                                                     \
    KIND(datasetImportKind)                                                                                  \
    KIND(datasetExportKind)                                                                                  \
    KIND(datasetRemoveKind)                                                                                  \
    KIND(somKind)                                                                                            \
    KIND(learnKind)                                                                                          \
    KIND(scoreKind)                                                                                          \
    KIND(roundKind)                                                                                          \
    KIND(activeBenchmarkKind)                                                                                \
    KIND(auditKind)                                                                                          \
    KIND(similarKind)                                                                                        \
    KIND(labelImportKind)                                                                                    \
    KIND(tableImportKind)                                                                                    \
    KIND(labelExportKind)                                                                                    \
    KIND(exportKind)                                                                                         \
    KIND(simulateKind)                                                                                       \
    KIND(checkKind)

#define BALMER_DECLARE_KIND(make) JobKind make(const Environment& environment);
BALMER_JOB_KINDS(BALMER_DECLARE_KIND)
#undef BALMER_DECLARE_KIND

std::vector<JobKind> jobKinds(const Environment& environment) {
#define BALMER_MAKE_KIND(make) make(environment),
    return {BALMER_JOB_KINDS(BALMER_MAKE_KIND)};
#undef BALMER_MAKE_KIND
}

core::Result<const JobKind*> findKind(const std::vector<JobKind>& kinds, std::string_view kind) {
    std::string known;
    for (const auto& each : kinds) {
        if (each.about.kind == kind) return &each;
        known += (known.empty() ? "" : ", ") + each.about.kind;
    }
    return core::fail(ErrorCode::InvalidArgument,
                      "there is no kind of job called \"" + std::string(kind) + "\"; there are: " + known);
}

core::Status checkNames(const std::vector<Field>& fields, std::string_view parameters,
                        store::Project& project) {
    BALMER_TRY(const auto given, core::parseJson<json>(parameters));
    for (const auto& field : fields) {
        const auto found = given.find(field.name);
        if (found == given.end() || !found->is_string() || *found == "") continue;
        const auto name = found->get<std::string>();
        if (field.names == Names::Dataset) {
            BALMER_TRY([[maybe_unused]] const auto dataset, project.datasets().get(name));
        } else if (field.names == Names::Model) {
            BALMER_TRY([[maybe_unused]] const auto model, findModel(project, name));
        } else if (field.names == Names::Collection) {
            BALMER_TRY(const auto collections, project.catalogue().collections());
            if (std::ranges::find(collections, name, [](const auto& each) { return each.name; }) !=
                collections.end())
                continue;
            std::string known;
            for (const auto& each : collections)
                known += (known.empty() ? "" : ", ") + each.name;
            return core::fail(ErrorCode::InvalidArgument,
                              "no collection is called \"" + name + "\"; " +
                                  (known.empty() ? "import spectra first" : "there are: " + known));
        }
    }
    return {};
}

core::Status prepareJob(const std::vector<JobKind>& kinds, store::Project& project, jobs::JobSpec& spec,
                        std::size_t threads) {
    BALMER_TRY(const auto* const kind, findKind(kinds, spec.kind));
    BALMER_TRY(spec.parameters, kind->complete(spec.parameters));
    BALMER_TRY(auto parameters, core::parseJson<json>(spec.parameters));
    if (const auto own = parameters.find(threadsName); threads > 0 && own != parameters.end() && *own == 0) {
        *own = threads;
        BALMER_TRY(spec.parameters, kind->complete(core::jsonText(parameters)));
    }
    BALMER_CHECK(kind->checkProject(spec.parameters, project));
    // Inputs are named by digest, so that a run can be told from another with the same words.
    if (!spec.inputs.empty()) return {};
    for (const auto& field : kind->about.fields) {
        if (field.names != Names::Dataset || !parameters[field.name].is_string()) continue;
        if (const auto record = project.datasets().get(parameters[field.name].get<std::string>()))
            spec.inputs.push_back(record->digest);
    }
    return {};
}

bool canTravel(const JobKind& kind) {
    return static_cast<bool>(kind.needs);
}

core::Status checkTravel(const JobKind& kind) {
    if (canTravel(kind)) return {};
    return core::fail(ErrorCode::Unsupported, kind.about.kind + " " + kind.about.stays + "; run it here");
}

std::filesystem::path Run::file(const std::string& name) const {
    if (!environment.carried) return name;
    const auto found = environment.carried->files.find(name);
    return found != environment.carried->files.end() ? found->second.path : std::filesystem::path();
}

std::size_t Run::threads(int wanted) const {
    return wanted > 0 ? static_cast<std::size_t>(wanted) : environment.threads;
}

} // namespace balmer::workflow

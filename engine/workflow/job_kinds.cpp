#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

std::vector<JobKind> jobKinds(const Environment& environment) {
    return {importKind(environment),      fetchKind(environment),         retrieveKind(environment),
            preprocessKind(environment),  datasetImportKind(environment), datasetExportKind(environment),
            somKind(environment),         learnKind(environment),         scoreKind(environment),
            roundKind(environment),       labelImportKind(environment),   tableImportKind(environment),
            labelExportKind(environment), exportKind(environment),        simulateKind(environment)};
}

bool canTravel(const JobKind& kind) {
    return static_cast<bool>(kind.needs);
}

core::Status checkTravel(const JobKind& kind) {
    if (canTravel(kind)) return {};
    return core::fail(core::ErrorCode::Unsupported, kind.kind + " " + kind.stays + "; run it here");
}

std::filesystem::path Run::file(const std::string& name) const {
    if (!environment.luggage) return name;
    const auto found = environment.luggage->files.find(name);
    return found != environment.luggage->files.end() ? found->second.path : std::filesystem::path();
}

core::Result<std::size_t> Run::threads(int wanted) const {
    if (wanted < 0 || wanted > mostThreads)
        return core::fail(core::ErrorCode::InvalidArgument,
                          "parameters.threads must lie between 0 (all processors) and " +
                              std::to_string(mostThreads));
    return wanted > 0 ? static_cast<std::size_t>(wanted) : environment.threads;
}

} // namespace balmer::workflow

#include "engine/workflow/job_kinds.h"

namespace balmer::workflow {

std::vector<JobKind> jobKinds(const Environment& environment) {
    return {importKind(environment),        preprocessKind(environment),    datasetImportKind(environment),
            datasetExportKind(environment), somKind(environment),           learnKind(environment),
            scoreKind(environment),         roundKind(environment),         labelImportKind(environment),
            simulateKind(environment)};
}

} // namespace balmer::workflow

#include "engine/api/job_kinds.h"

#include <algorithm>

#include "engine/workflow/job_kinds.h"

namespace balmer::api {

const std::vector<jobs::Kind>& jobKinds() {
    static const std::vector<jobs::Kind> all = [] {
        std::vector<jobs::Kind> made;
        for (auto& kind : workflow::jobKinds({}))
            made.push_back(std::move(kind.about));
        return made;
    }();
    return all;
}

const jobs::Kind* findJobKind(std::string_view kind) {
    const auto& all = jobKinds();
    const auto found =
        std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.kind == kind; });
    return found == all.end() ? nullptr : &*found;
}

bool jobMakes(const jobs::Job& job, jobs::Change change) {
    const auto* const kind = findJobKind(job.spec.kind);
    return kind != nullptr && kind->makes(change);
}

} // namespace balmer::api

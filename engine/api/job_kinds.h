// The kinds of job that this build knows, without a project: what the command line's options, the forms and
// the help are made of. Any thread.
#pragma once

#include <string_view>
#include <vector>

#include "engine/jobs/field.h"
#include "engine/jobs/job.h"

namespace balmer::api {

/// In the order in which a user meets them; the same list for the whole run of the program. (quick)
const std::vector<jobs::Kind>& jobKinds();

/// Null for a kind that this build does not know. (quick)
const jobs::Kind* findJobKind(std::string_view kind);

/// What jobs of its kind leave changed; none for a kind that is not known. (quick)
bool jobMakes(const jobs::Job& job, jobs::Change change);

} // namespace balmer::api

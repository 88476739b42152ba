// What the result of a finished job says, read leniently: what is absent or of another type counts as empty.
// Private to api.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "engine/jobs/job.h"

namespace balmer::api {

nlohmann::json resultOf(const jobs::Job& job); ///< an object
double numberIn(const nlohmann::json& object, const char* name);
std::string textIn(const nlohmann::json& object, const char* name);
const jobs::Artefact* artefactNamed(const jobs::Job& job, std::string_view name); ///< nullptr for none

} // namespace balmer::api

#include "engine/api/job_result.h"

#include "engine/core/json_text.h"

namespace balmer::api {

using nlohmann::json;

double numberIn(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_number() ? found->get<double>() : 0;
}

std::string textIn(const json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

json resultOf(const jobs::Job& job) {
    auto parsed = core::parseJson<json>(job.result);
    return parsed && parsed->is_object() ? *std::move(parsed) : json::object();
}

const jobs::Artefact* artefactNamed(const jobs::Job& job, std::string_view name) {
    for (const auto& artefact : job.artefacts)
        if (artefact.name == name) return &artefact;
    return nullptr;
}

} // namespace balmer::api

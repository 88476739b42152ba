#include "app/cli/session.h"

#include "engine/core/text_number.h"

namespace balmer::cli {

core::Result<api::Workbench*> Session::workbench() {
    if (!workbench_) {
        api::Workbench::Options open;
        open.who = options_.who;
        open.threads = options_.threads;
        BALMER_TRY(workbench_,
                   api::Workbench::open(options_.project.empty() ? api::defaultProjectFolder()
                                                                 : std::filesystem::path(options_.project),
                                        open));
        for (const auto& job : workbench_->interruptedJobs())
            console.warn("Job " + std::to_string(job.id) + " (" + job.spec.kind + ") was " +
                         (job.error ? job.error->message() : std::string("interrupted")));
    }
    return workbench_.get();
}

core::Result<nlohmann::json> Session::run(const std::string& kind, const nlohmann::json& parameters,
                                          const std::string& label) {
    jobs::JobSpec spec;
    spec.kind = kind;
    spec.label = label;
    spec.parameters = parameters.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return run(std::move(spec));
}

core::Result<nlohmann::json> Session::run(jobs::JobSpec spec) {
    BALMER_TRY(auto* const bench, workbench());
    const std::string kind = spec.kind;
    auto task = console.task();
    const auto job = bench->runHere(std::move(spec), task);
    console.endProgress();
    if (!job) return core::fail(job.error());
    if (job->phase == jobs::Phase::Completed) {
        auto result = nlohmann::json::parse(job->result, nullptr, false);
        if (!result.is_object()) result = nlohmann::json::object();
        result["job"] = job->id;
        return result;
    }
    auto error =
        job->error.value_or(core::Error(core::ErrorCode::Internal, "the job ended without a result"));
    return core::fail(error.during("job " + std::to_string(job->id) + ", " + job->spec.kind));
}

std::string notNegative(const std::string& text) {
    return text.starts_with('-') ? text + " is negative; give 0 or more" : std::string();
}

std::string shown(const nlohmann::json& number, int digits) {
    return number.is_number() ? core::formatFixed(number.get<double>(), digits) : std::string("—");
}

} // namespace balmer::cli

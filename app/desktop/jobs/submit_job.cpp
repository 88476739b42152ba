#include "app/desktop/jobs/submit_job.h"

#include <mutex>

namespace balmer::desktop {

struct Submission::State {
    std::mutex mutex;
    bool withdrawn = false;
    jobs::JobId accepted = 0;
    std::shared_ptr<api::Workbench> workbench;
};

void Submission::withdraw() {
    const std::lock_guard lock(state_->mutex);
    state_->withdrawn = true;
    if (state_->accepted != 0) (void)state_->workbench->jobs().abort(state_->accepted);
}

std::shared_ptr<Submission> submitJob(bridge::Session& session, QObject* receiver, jobs::JobSpec spec,
                                      const std::string& where,
                                      std::function<void(const core::Result<jobs::JobId>&)> done) {
    if (where != "auto") {
        done(session.workbench().jobs().submit(std::move(spec), where));
        return nullptr;
    }
    auto submission = std::make_shared<Submission>();
    submission->state_ = std::make_shared<Submission::State>();
    submission->state_->workbench = session.sharedWorkbench();
    session.questions().ask(
        receiver, "submit",
        [state = submission->state_, spec = std::move(spec), where] {
            auto job = state->workbench->jobs().submit(spec, where);
            const std::lock_guard lock(state->mutex);
            if (job && state->withdrawn) (void)state->workbench->jobs().abort(*job);
            if (job) state->accepted = *job;
            return job;
        },
        [done = std::move(done)](const core::Result<jobs::JobId>& job) { done(job); });
    return submission;
}

} // namespace balmer::desktop

#include "app/desktop/jobs/submit_job.h"

#include <mutex>

#include <QPointer>

namespace balmer::desktop {

struct Submission::State {
    std::shared_ptr<api::Workbench> workbench;
    QPointer<bridge::Session> session; ///< looked at on the UI thread
    std::mutex mutex;                  ///< guards the next
    bool withdrawn = false;
    jobs::JobId accepted = 0;
};

void Submission::withdraw() {
    jobs::JobId accepted = 0;
    {
        const std::lock_guard lock(state_->mutex);
        state_->withdrawn = true;
        accepted = state_->accepted;
    }
    if (accepted == 0 || !state_->session) return;
    state_->session->changes().run(
        state_->session,
        [workbench = state_->workbench, accepted](const std::stop_token&) {
            return workbench->jobs().abort(accepted);
        },
        [](const core::Status&) {});
}

std::shared_ptr<Submission> submitJob(bridge::Session& session, QObject* receiver, jobs::JobSpec spec,
                                      const std::string& where,
                                      std::function<void(const core::Result<jobs::JobId>&)> done) {
    auto submission = std::make_shared<Submission>();
    submission->state_ = std::make_shared<Submission::State>();
    submission->state_->workbench = session.sharedWorkbench();
    submission->state_->session = &session;
    auto submit = [state = submission->state_, spec = std::move(spec), where] {
        auto job = state->workbench->jobs().submit(spec, where);
        if (!job) return job;
        const bool withdrawn = [&] {
            const std::lock_guard lock(state->mutex);
            state->accepted = *job;
            return state->withdrawn;
        }();
        if (withdrawn) (void)state->workbench->jobs().abort(*job);
        return job;
    };
    auto answer = [done = std::move(done)](const core::Result<jobs::JobId>& job) { done(job); };
    // Finding a worker asks the network, which no change of the project waits for.
    if (where == "auto")
        session.questions().ask(receiver, "submit", std::move(submit), std::move(answer));
    else
        session.changes().run(
            receiver, [submit = std::move(submit)](const std::stop_token&) { return submit(); },
            std::move(answer));
    return submission;
}

} // namespace balmer::desktop

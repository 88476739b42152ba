// Submits a job to where the user wants it, without making the UI thread wait. UI thread.
#pragma once

#include <functional>
#include <memory>

#include <QObject>

#include "app/bridge/session.h"

namespace balmer::desktop {

/// A job on its way into the project.
class Submission {
  public:
    /// It is not wanted any more: where it is accepted none the less, it is aborted at once.
    void withdraw();

  private:
    struct State;
    friend std::shared_ptr<Submission> submitJob(bridge::Session&, QObject*, jobs::JobSpec,
                                                 const std::string&,
                                                 std::function<void(const core::Result<jobs::JobId>&)>);
    std::shared_ptr<State> state_;
};

/// done is called on the UI thread, after this has returned, while receiver lives.
std::shared_ptr<Submission> submitJob(bridge::Session& session, QObject* receiver, jobs::JobSpec spec,
                                      const std::string& where,
                                      std::function<void(const core::Result<jobs::JobId>&)> done);

} // namespace balmer::desktop

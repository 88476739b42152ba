// NetQuestion: one question at a time to the observatory, on a thread of its own, with how far it is and a
// way to stop it.
//
// Owned by the page that asks; UI thread. What is asked may outlive the page and the session: it is stopped
// then, and its answer dropped.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <utility>

#include <QObject>
#include <QTimer>

#include "app/bridge/session.h"

namespace balmer::desktop {

class NetQuestion : public QObject {
    Q_OBJECT
  public:
    explicit NetQuestion(bridge::Session& session, QObject* parent = nullptr);
    ~NetQuestion() override;

    /// Calls work(api::Observatory&, core::TaskContext&) on a thread and deliver(its value) here. A question
    /// that is under way is cancelled.
    template <typename Work, typename Deliver>
    void ask(Work work, Deliver deliver) {
        auto state = begin();
        session_.questions().ask(
            this, "net",
            [workbench = session_.sharedWorkbench(), state, work = std::move(work)]() mutable {
                core::TaskContext task(
                    state->stop.get_token(),
                    [state](double fraction, std::string_view stage) { state->report(fraction, stage); });
                return work(workbench->observatory(), task);
            },
            [this, deliver = std::move(deliver)](auto answer) mutable {
                end();
                deliver(std::move(answer));
            });
    }

    /// At once; the thread lets go of the net by itself, and what it still says is dropped.
    void cancel();
    bool asking() const { return state_ != nullptr; }

  Q_SIGNALS:
    void started();
    /// At most ten times a second.
    void progressed(double fraction, const QString& stage);
    void ended();

  private:
    struct State {
        std::stop_source stop;
        std::mutex mutex;
        double fraction = 0;
        std::string stage;
        void report(double now, std::string_view what);
    };
    std::shared_ptr<State> begin();
    void end();
    void look();

    bridge::Session& session_;
    std::shared_ptr<State> state_; ///< of the question under way
    QTimer clock_;
};

} // namespace balmer::desktop

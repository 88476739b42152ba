#include "app/desktop/observatory/net_question.h"

#include "app/bridge/display_text.h"

namespace balmer::desktop {

namespace {
constexpr int lookMilliseconds = 100;
}

NetQuestion::NetQuestion(bridge::Session& session, QObject* parent) : QObject(parent), session_(session) {
    clock_.setInterval(lookMilliseconds);
    connect(&clock_, &QTimer::timeout, this, &NetQuestion::look);
}

NetQuestion::~NetQuestion() {
    if (state_) state_->stop.request_stop();
    session_.questions().forget(this, "net");
}

void NetQuestion::State::report(double now, std::string_view what) {
    const std::lock_guard lock(mutex);
    fraction = now;
    stage = what;
}

std::shared_ptr<NetQuestion::State> NetQuestion::begin() {
    if (state_) state_->stop.request_stop();
    const bool more = state_ != nullptr;
    state_ = std::make_shared<State>();
    clock_.start();
    if (!more) Q_EMIT started();
    return state_;
}

void NetQuestion::end() {
    state_.reset();
    clock_.stop();
    Q_EMIT ended();
}

void NetQuestion::cancel() {
    if (!state_) return;
    state_->stop.request_stop();
    session_.questions().forget(this, "net");
    end();
}

void NetQuestion::look() {
    double fraction = 0;
    QString stage;
    {
        const std::lock_guard lock(state_->mutex);
        fraction = state_->fraction;
        stage = bridge::text(state_->stage);
    }
    Q_EMIT progressed(fraction, stage);
}

} // namespace balmer::desktop

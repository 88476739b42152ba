#include "app/bridge/event_relay.h"

#include <algorithm>
#include <utility>

#include "app/bridge/display_text.h"

namespace balmer::bridge {

namespace {
constexpr qint64 intervalMilliseconds = 100;
}

EventRelay::EventRelay(api::Workbench& workbench, QObject* parent) : QObject(parent) {
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &EventRelay::flush);
    subscription_ = workbench.subscribe([this](const api::Event& event) { receive(event); });
}

EventRelay::~EventRelay() {
    subscription_.reset();
}

void EventRelay::receive(const api::Event& event) {
    const std::lock_guard lock(mutex_);
    gathered_.kinds.insert(event.kind);
    if (event.kind == api::Event::Kind::Job) gathered_.jobs[event.job.id] = event.job;
    if (event.kind == api::Event::Kind::Labels) gathered_.spectra.insert(text(event.spectrum));
    if (std::exchange(scheduled_, true)) return;
    QMetaObject::invokeMethod(this, &EventRelay::schedule, Qt::QueuedConnection);
}

void EventRelay::schedule() {
    const qint64 since = sinceFlush_.isValid() ? sinceFlush_.elapsed() : intervalMilliseconds;
    timer_.start(int(std::max<qint64>(0, intervalMilliseconds - since)));
}

void EventRelay::flush() {
    Gathered now;
    {
        const std::lock_guard lock(mutex_);
        now = std::exchange(gathered_, {});
        scheduled_ = false;
    }
    sinceFlush_.start();
    using Kind = api::Event::Kind;
    if (now.kinds.contains(Kind::Catalogue)) Q_EMIT catalogueChanged();
    if (now.kinds.contains(Kind::Datasets)) Q_EMIT datasetsChanged();
    if (now.kinds.contains(Kind::Columns)) Q_EMIT columnsChanged();
    if (now.kinds.contains(Kind::Labels)) Q_EMIT labelsChanged(now.spectra.values());
    if (now.kinds.contains(Kind::Maps)) Q_EMIT mapsChanged();
    if (now.kinds.contains(Kind::Rounds)) Q_EMIT roundsChanged();
    if (now.kinds.contains(Kind::Workers)) Q_EMIT workersChanged();
    if (!now.jobs.empty()) {
        std::vector<jobs::Job> states;
        for (auto& [id, job] : now.jobs)
            states.push_back(std::move(job));
        Q_EMIT jobsChanged(states);
    }
}

} // namespace balmer::bridge

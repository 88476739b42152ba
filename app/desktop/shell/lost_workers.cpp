#include "app/desktop/shell/lost_workers.h"

#include "app/bridge/display_text.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;

LostWorkers::LostWorkers(bridge::Session& session, QWidget* parent) : QToolButton(parent), session_(session) {
    setObjectName(QStringLiteral("lostWorkersButton"));
    setAutoRaise(true);
    setIcon(widgets::icon(widgets::Icon::LinkLost));
    setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    setFixedHeight(3 * widgets::gridStep);
    setFocusPolicy(Qt::NoFocus);
    hide();
    connect(&session.events(), &bridge::EventRelay::workersChanged, this, &LostWorkers::load);
    load();
}

void LostWorkers::load() {
    session_.lists().latest(
        this, "workers",
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.workers().list(); },
        [this](const core::Result<std::vector<api::WorkerInfo>>& workers) {
            if (workers) showLost(*workers);
        });
}

void LostWorkers::showLost(const std::vector<api::WorkerInfo>& workers) {
    names_.clear();
    std::size_t waiting = 0;
    QStringList reasons;
    for (const auto& worker : workers) {
        if (worker.link != api::WorkerInfo::Link::Lost || worker.jobs == 0) continue;
        names_.push_back(worker.name);
        waiting += worker.jobs;
        reasons << tr("%1: %2").arg(bridge::text(worker.name), bridge::text(worker.trouble));
    }
    setVisible(any());
    Q_EMIT changed();
    if (!any()) return;
    const QString who =
        names_.size() == 1 ? bridge::text(names_.front()) : tr("%1 workers").arg(names_.size());
    setText(tr("%1 not reachable · %2 there").arg(who, countText(waiting, tr("job"), tr("jobs"))));
    setToolTip(
        tr("%1\nThe jobs go on there; the connection is tried again by itself. Show the workers (Ctrl+5)")
            .arg(reasons.join('\n')));
}

void LostWorkers::retry() {
    for (const auto& name : names_)
        session_.workbench().workers().retry(name);
}

} // namespace balmer::desktop

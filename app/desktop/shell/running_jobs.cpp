#include "app/desktop/shell/running_jobs.h"

#include <cmath>

#include <QHBoxLayout>
#include <QProgressBar>
#include <QPushButton>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/jobs_model.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

RunningJobs::RunningJobs(bridge::Session& session, QWidget* parent)
    : QWidget(parent), bar_(new QProgressBar(this)), button_(new QPushButton(this)) {
    bar_->setObjectName(QStringLiteral("runningJobsBar"));
    bar_->setTextVisible(false);
    bar_->setRange(0, 1000);
    bar_->setFixedSize(12 * widgets::gridStep, widgets::gridStep - 2);
    QSizePolicy keepsRoom = bar_->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    bar_->setSizePolicy(keepsRoom);
    button_->setObjectName(QStringLiteral("runningJobsButton"));
    button_->setFlat(true);
    button_->setStyleSheet(QStringLiteral("text-align: right;"));
    button_->setFixedWidth(22 * widgets::gridStep);
    button_->setFocusPolicy(Qt::NoFocus);
    button_->setToolTip(tr("Show the jobs (Ctrl+4)"));
    connect(button_, &QPushButton::clicked, this, &RunningJobs::activated);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * widgets::gridStep);
    row->addWidget(bar_);
    row->addWidget(button_);

    connect(&session.events(), &bridge::EventRelay::jobsChanged, this, &RunningJobs::follow);
    session.lists().run(
        this, [&workbench = session.workbench()](const std::stop_token&) { return workbench.jobs().list(); },
        [this](const core::Result<std::vector<balmer::jobs::Job>>& all) {
            if (all) follow(*all);
        });
    showProgress();
}

void RunningJobs::follow(const std::vector<balmer::jobs::Job>& jobs) {
    using balmer::jobs::Phase;
    for (const auto& job : jobs) {
        if (!balmer::jobs::isFinal(job.phase)) {
            running_[job.id] = job;
        } else if (running_.erase(job.id) > 0) {
            const QString name = tr("%1, job %2").arg(jobKindTitle(job.spec.kind)).arg(job.id);
            if (job.phase == Phase::Completed) Q_EMIT said(tr("%1 is complete").arg(name));
            if (job.phase == Phase::Aborted) Q_EMIT said(tr("%1 was aborted").arg(name));
            if (job.phase == Phase::Error && job.error)
                Q_EMIT said(tr("%1: %2").arg(name, bridge::errorSentence(*job.error)));
        }
    }
    showProgress();
}

void RunningJobs::showProgress() {
    bar_->setVisible(!running_.empty());
    if (running_.empty()) {
        button_->setText(tr("no job running"));
        return;
    }
    double progress = 0;
    for (const auto& [id, job] : running_)
        progress += job.progress;
    progress /= double(running_.size());
    const int percent = int(std::lround(progress * 100));
    const auto& first = running_.begin()->second;
    button_->setText(running_.size() == 1 ? tr("%1 · %2 %").arg(jobKindTitle(first.spec.kind)).arg(percent)
                                          : tr("%1 jobs · %2 %").arg(running_.size()).arg(percent));
    bar_->setValue(int(1000 * progress));
}

} // namespace balmer::desktop

#include "app/desktop/shell/interrupted_banner.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QLabel>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/jobs_model.h"
#include "app/desktop/jobs/submit_job.h"
#include "app/desktop/place/actions.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

namespace {

QString nameOf(const balmer::jobs::Job& job) {
    const QString kind = jobKindTitle(job.spec.kind);
    return job.spec.label.empty()
               ? QObject::tr("%1 (job %2)").arg(kind).arg(job.id)
               : QObject::tr("%1 “%2” (job %3)").arg(kind, bridge::text(job.spec.label)).arg(job.id);
}

} // namespace

InterruptedBanner::InterruptedBanner(bridge::Session& session, QWidget* actionOwner) : session_(session) {
    setObjectName(QStringLiteral("interruptedBanner"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    const auto interrupted = session.workbench().jobs().interrupted();
    setVisible(!interrupted.empty());
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(2 * widgets::gridStep, widgets::gridStep, 2 * widgets::gridStep,
                            widgets::gridStep);
    if (interrupted.empty()) return;

    QStringList names;
    for (const auto& job : interrupted)
        names << nameOf(job);
    auto* words =
        new QLabel(interrupted.size() == 1
                       ? tr("When the program last ended, a job was interrupted: %1. Labels are complete.")
                             .arg(names.first())
                       : tr("When the program last ended, %1 jobs were interrupted: %2. Labels are complete.")
                             .arg(interrupted.size())
                             .arg(names.join(QStringLiteral(", "))));
    words->setObjectName(QStringLiteral("interruptedText"));
    words->setWordWrap(true);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* mark = new QLabel(QStringLiteral("▲"));
    widgets::setTone(*mark, widgets::Tone::Warning);
    row->addWidget(mark);
    row->addWidget(words, 1);
    auto* show = makeAction(actionOwner, "showInterruptedAction", tr("Show in Jobs"), {},
                            tr("Go to the interrupted job"),
                            [this, id = interrupted.front().id] { Q_EMIT jobRequested(id); });
    auto* again = makeAction(actionOwner, "rerunInterruptedAction", tr("Run again"), {},
                             tr("Submit the interrupted jobs anew, with the same parameters"),
                             [this, interrupted] { runAgain(interrupted); });
    auto* dismiss = makeAction(actionOwner, "dismissInterruptedAction", tr("Dismiss"), {},
                               tr("Hide this line; the jobs stay in Jobs"), [this] { hide(); });
    for (QAction* action : {show, again, dismiss})
        row->addWidget(buttonFor(action, this));
}

void InterruptedBanner::runAgain(const std::vector<balmer::jobs::Job>& jobs) {
    for (const auto& job : jobs) {
        balmer::jobs::JobSpec spec = job.spec;
        spec.parent = job.id;
        submitJob(session_, this, std::move(spec), "here",
                  [this](const core::Result<balmer::jobs::JobId>& submitted) {
                      if (!submitted) Q_EMIT said(bridge::errorSentence(submitted.error()));
                  });
    }
    hide();
}

} // namespace balmer::desktop

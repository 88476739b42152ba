#include "app/desktop/shell/top_bar.h"

#include <utility>

#include <QAction>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "app/bridge/display_text.h"
#include "app/desktop/shell/running_jobs.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

QString TopBar::projectName(bridge::Session& session) {
    return QFileInfo(bridge::text(session.workbench().folder().string())).completeBaseName();
}

TopBar::TopBar(bridge::Session& session, const Actions& actions, QMenu* view, const QStringList& recent)
    : folder_(bridge::text(session.workbench().folder().string())), jobs_(new RunningJobs(session)) {
    setObjectName(QStringLiteral("topBar"));
    auto* project = new QToolButton;
    project->setObjectName(QStringLiteral("projectButton"));
    project->setText(projectName(session) + QStringLiteral("  ▾"));
    project->setToolTip(folder_);
    project->setPopupMode(QToolButton::InstantPopup);
    project->setMenu(projectMenu(actions, recent));
    project->setFocusPolicy(Qt::NoFocus);
    QFont strong = project->font();
    strong.setBold(true);
    project->setFont(strong);

    auto* views = new QToolButton;
    views->setObjectName(QStringLiteral("viewButton"));
    views->setText(tr("View") + QStringLiteral("  ▾"));
    views->setToolTip(tr("Panels of this place, and the theme"));
    views->setPopupMode(QToolButton::InstantPopup);
    views->setMenu(view);
    views->setFocusPolicy(Qt::NoFocus);

    auto* search = new QPushButton(widgets::icon(widgets::Icon::Search), tr("Search or command…   Ctrl+K"));
    search->setObjectName(QStringLiteral("commandPaletteButton"));
    search->setToolTip(actions.palette->toolTip());
    search->setMinimumWidth(360);
    search->setFocusPolicy(Qt::NoFocus);
    connect(search, &QPushButton::clicked, actions.palette, &QAction::trigger);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(widgets::gridStep, widgets::gridStep, 2 * widgets::gridStep, widgets::gridStep);
    row->setSpacing(2 * widgets::gridStep);
    row->addWidget(project);
    row->addWidget(views);
    row->addStretch(1);
    row->addWidget(search, 2);
    row->addStretch(1);
    row->addWidget(jobs_);
}

QMenu* TopBar::projectMenu(const Actions& actions, const QStringList& recent) {
    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("projectMenu"));
    menu->addAction(actions.openProject);
    menu->addAction(actions.newProject);
    bool any = false;
    for (const QString& folder : recent) {
        if (folder == folder_) continue;
        if (!std::exchange(any, true)) menu->addSection(tr("Recent"));
        auto* action = menu->addAction(folder, this, [this, folder] { Q_EMIT projectRequested(folder); });
        action->setObjectName(QStringLiteral("recentProjectAction"));
        action->setToolTip(tr("Open this project"));
    }
    return menu;
}

} // namespace balmer::desktop

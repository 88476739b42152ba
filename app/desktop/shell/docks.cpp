#include "app/desktop/shell/docks.h"

#include <algorithm>
#include <utility>

#include <QAction>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>

#include "app/desktop/place/panel.h"
#include "app/desktop/place/place.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

namespace {

/// Of the saved layouts; another number, and they are not read any more.
constexpr int layoutVersion = 1;
/// Of the docks in a window of 1280 × 800; in a higher one the panels at top and bottom are higher, too.
constexpr double usualHeight = 720;

QString settingKey(const QString& place) {
    return QStringLiteral("desktop.%1.panels").arg(place);
}

/// The line above a panel: its title and the button that hides it; the dock moves when it is dragged.
QWidget* titleBar(QDockWidget* dock, const PanelRow& row) {
    auto* bar = new QWidget(dock);
    auto* title = new QLabel(row.title, bar);
    title->setFont(widgets::smallFont(title->font()));
    title->setForegroundRole(QPalette::PlaceholderText);
    auto* close = new QToolButton(bar);
    close->setObjectName(row.key + QStringLiteral("CloseButton"));
    close->setText(QStringLiteral("×"));
    close->setAutoRaise(true);
    close->setFixedSize(5 * widgets::gridStep / 2, 5 * widgets::gridStep / 2);
    close->setFocusPolicy(Qt::NoFocus);
    close->setToolTip(QObject::tr("Hide this panel here; it comes back by View, or by Ctrl+K"));
    QObject::connect(close, &QToolButton::clicked, dock, &QDockWidget::close);
    auto* line = new QHBoxLayout(bar);
    line->setContentsMargins(widgets::gridStep, 2, widgets::gridStep / 2, 2);
    line->addWidget(title, 1);
    line->addWidget(close);
    return bar;
}

Qt::Orientation along(Qt::DockWidgetArea area) {
    return area == Qt::LeftDockWidgetArea || area == Qt::RightDockWidgetArea ? Qt::Horizontal : Qt::Vertical;
}

} // namespace

Docks::Docks(bridge::Session& session, const std::vector<Place*>& places, const std::vector<PanelRow>& panels)
    : session_(session), stack_(new QStackedWidget) {
    setWindowFlags(Qt::Widget);
    setObjectName(QStringLiteral("docks"));
    setDockOptions(QMainWindow::AllowNestedDocks | QMainWindow::AllowTabbedDocks);
    for (const auto corner : {Qt::TopLeftCorner, Qt::BottomLeftCorner})
        setCorner(corner, Qt::LeftDockWidgetArea);
    for (const auto corner : {Qt::TopRightCorner, Qt::BottomRightCorner})
        setCorner(corner, Qt::RightDockWidgetArea);
    for (Place* place : places) {
        stack_->addWidget(place);
        const auto saved = QByteArray::fromBase64(session.setting(settingKey(place->key())).toLatin1());
        if (!saved.isEmpty()) layouts_[place->key()] = saved;
        connect(place, &Place::wantsPanelsChanged, this, [this, place] {
            if (place != shown_) return;
            rememberLayout();
            applyLayout();
        });
    }
    setCentralWidget(stack_);
    for (const PanelRow& row : panels)
        if (Panel* panel = row.make({session, places, panels_})) add(row, panel);
}

void Docks::add(const PanelRow& row, Panel* panel) {
    panel->setProperty("title", row.title);
    auto* dock = new QDockWidget(row.title, this);
    dock->setObjectName(row.key + QStringLiteral("Dock"));
    dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
    dock->setTitleBarWidget(titleBar(dock, row));
    dock->setWidget(panel);
    panel->show();
    QAction* toggle = dock->toggleViewAction();
    toggle->setObjectName(row.key + QStringLiteral("PanelAction"));
    toggle->setText(tr("Panel: %1").arg(row.title));
    toggle->setToolTip(tr("Shows or hides this panel in the present place"));
    panels_.push_back(panel);
    docks_.push_back({row, panel, dock});
}

void Docks::showPlace(Place* place) {
    if (place == shown_) return;
    rememberLayout();
    shown_ = place;
    // A stack wants room for the largest of its pages; the panels need what the others would keep.
    for (int i = 0; i < stack_->count(); ++i) {
        const auto room = stack_->widget(i) == place ? QSizePolicy::Preferred : QSizePolicy::Ignored;
        stack_->widget(i)->setSizePolicy(room, room);
    }
    stack_->setCurrentWidget(place);
    applyLayout();
}

void Docks::rememberLayout() {
    if (shown_ && wasShown_ && !bare_) layouts_[shown_->key()] = saveState(layoutVersion);
}

void Docks::applyLayout() {
    bare_ = !shown_->wantsPanels();
    setUpdatesEnabled(false);
    // What the saved layout does not know of, a panel that is newer than it, stands as at first.
    arrangeAsAtFirst(shown_->key());
    if (const auto saved = layouts_.find(shown_->key()); saved != layouts_.end())
        restoreState(saved->second, layoutVersion);
    for (const Dock& one : docks_) {
        if (bare_) one.dock->hide();
        one.dock->toggleViewAction()->setEnabled(!bare_);
    }
    setUpdatesEnabled(true);
}

void Docks::arrangeAsAtFirst(const QString& place) {
    std::map<Qt::Orientation, std::pair<QList<QDockWidget*>, QList<int>>> extents;
    for (const Dock& one : docks_) {
        const auto home = std::find_if(one.row.homes.begin(), one.row.homes.end(),
                                       [&](const PanelHome& at) { return at.place == place; });
        const bool shown = home != one.row.homes.end();
        const PanelHome& at = shown ? *home : one.row.elsewhere;
        // Within an area the panels stand one below the other.
        addDockWidget(at.area, one.dock, Qt::Vertical);
        one.dock->setVisible(shown);
        if (!shown || at.extent == 0) continue;
        auto& [docks, sizes] = extents[along(at.area)];
        docks << one.dock;
        sizes << at.extent;
    }
    const auto& [beside, widths] = extents[Qt::Horizontal];
    resizeDocks(beside, widths, Qt::Horizontal);
    // The height of an area in which several stand is the sum of their least heights, so these are lent for
    // once.
    const auto& [stacked, heights] = extents[Qt::Vertical];
    const double scale = std::max(1.0, height() / usualHeight);
    std::vector<int> least;
    for (qsizetype i = 0; i < stacked.size(); ++i) {
        QWidget* panel = stacked[i]->widget();
        least.push_back(panel->minimumHeight());
        if (wasShown_) panel->setMinimumHeight(int(heights[i] * scale));
    }
    layout()->activate();
    for (qsizetype i = 0; i < stacked.size(); ++i)
        stacked[i]->widget()->setMinimumHeight(least[std::size_t(i)]);
}

void Docks::showPanel(const Panel* panel) {
    for (const Dock& one : docks_)
        if (one.panel == panel && !bare_) {
            one.dock->show();
            one.dock->raise();
        }
}

void Docks::resetLayout() {
    layouts_.erase(shown_->key());
    if (!bare_) applyLayout();
}

void Docks::keep() {
    rememberLayout();
    for (const auto& [place, layout] : layouts_)
        session_.setSetting(settingKey(place), QString::fromLatin1(layout.toBase64()));
}

bool Docks::settled() const {
    return shown_ && shown_->settled() && std::all_of(panels_.begin(), panels_.end(), [](const Panel* panel) {
               return !panel->isVisible() || panel->settled();
           });
}

QString Docks::differs(const Chosen& chosen) const {
    QString why = shown_->differs(chosen);
    for (const Panel* panel : panels_)
        if (why.isEmpty() && panel->isVisible()) why = panel->differs(chosen);
    return why;
}

void Docks::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    // Sizes are kept from now on; before, there was no room to share out.
    if (!std::exchange(wasShown_, true) && shown_) applyLayout();
}

std::vector<QAction*> Docks::toggles() const {
    std::vector<QAction*> all;
    for (const Dock& one : docks_)
        all.push_back(one.dock->toggleViewAction());
    return all;
}

} // namespace balmer::desktop

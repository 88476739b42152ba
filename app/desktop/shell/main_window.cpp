#include "app/desktop/shell/main_window.h"

#include <QAction>
#include <QActionGroup>
#include <QCloseEvent>
#include <QFileDialog>
#include <QMenu>
#include <QScreen>
#include <QSettings>
#include <QToolButton>
#include <QVBoxLayout>

#include "app/desktop/data/data_place.h"
#include "app/desktop/jobs/jobs_place.h"
#include "app/desktop/label/label_place.h"
#include "app/desktop/map/map_place.h"
#include "app/desktop/neighbours/neighbour_button.h"
#include "app/desktop/neighbours/received_tables.h"
#include "app/desktop/neighbours/send_menu.h"
#include "app/desktop/palette/command_palette.h"
#include "app/desktop/place/actions.h"
#include "app/desktop/place/panel.h"
#include "app/desktop/shell/answer_bar.h"
#include "app/desktop/shell/docks.h"
#include "app/desktop/shell/interrupted_banner.h"
#include "app/desktop/shell/lost_workers.h"
#include "app/desktop/shell/only_reads_banner.h"
#include "app/desktop/shell/running_jobs.h"
#include "app/desktop/shell/status_bar.h"
#include "app/desktop/shell/top_bar.h"
#include "app/desktop/workers/workers_place.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

namespace {

constexpr std::size_t mostPlaceKeys = 9;

template <typename P>
P* placeOf(const std::vector<Place*>& places) {
    for (Place* place : places)
        if (auto* found = qobject_cast<P*>(place)) return found;
    return nullptr;
}

} // namespace

MainWindow::MainWindow(std::unique_ptr<bridge::Session> session, const QStringList& recent,
                       const std::vector<PlaceRow>& places, const std::vector<PanelRow>& panels)
    : session_(std::move(session)), neighbours_(std::make_unique<bridge::NeighbourLink>(*session_)),
      rail_(new QActionGroup(this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("%1 – Balmer").arg(TopBar::projectName(*session_)));
    setWindowIcon(widgets::applicationIcon());
    setMinimumSize(960, 600);
    makeActions();
    for (const PlaceRow& row : places)
        addPlace(row);
    docks_ = new Docks(*session_, places_, panels);
    connectPanels();
    answers_ = new AnswerBar(*session_, *docks_, this);
    makeViewMenu();
    status_ = new StatusBar(*session_, *neighbours_, {clearAction_, sendAction_}, sendMenu_, this);

    auto* central = new QWidget;
    auto* right = new QVBoxLayout;
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(0);
    right->addWidget(buildTopBar(recent));
    right->addWidget(new OnlyReadsBanner(*session_));
    right->addWidget(buildBanner());
    right->addWidget(docks_, 1);
    right->addWidget(answers_);
    right->addWidget(status_);
    auto* across = new QHBoxLayout(central);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(0);
    across->addWidget(buildRail());
    across->addLayout(right, 1);
    setCentralWidget(central);
    buildPalette();
    connectParts();
    showSelection();

    const QSettings settings;
    if (!restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray()))
        resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
    showPlace(session_->setting(QStringLiteral("desktop.place")));
}

MainWindow::~MainWindow() {
    // All of these ask the session until their end.
    delete receivedTables_;
    delete status_;
    delete answers_;
    delete docks_;
}

bool MainWindow::settled() const {
    return docks_->settled();
}

void MainWindow::makeActions() {
    paletteAction_ =
        makeAction(this, "commandPaletteAction", tr("Search or command…"), QKeySequence(Qt::CTRL | Qt::Key_K),
                   tr("Find a command or spectra"), [this] { palette_->open(); });
    openAction_ =
        makeAction(this, "openProjectAction", tr("Open project…"), QKeySequence(Qt::CTRL | Qt::Key_O),
                   tr("Open the folder of another project"), [this] { chooseProject(false); });
    newAction_ = makeAction(this, "newProjectAction", tr("New project…"),
                            QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N),
                            tr("Make an empty project in a new folder"), [this] { chooseProject(true); });
    clearAction_ = makeAction(this, "clearSelectionAction", tr("Clear the selection"),
                              QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A),
                              tr("Nothing is selected any more, in all places"),
                              [this] { session_->selection().clear(QStringLiteral("status")); });
    sendMenu_ = new QMenu(tr("Send to"), this);
    sendMenu_->setObjectName(QStringLiteral("sendMenu"));
    connect(sendMenu_, &QMenu::aboutToShow, this, [this] {
        if (const Place* place = currentPlace()) fillSendMenu(*sendMenu_, *neighbours_, place->sendable());
    });
    sendAction_ =
        makeAction(this, "sendToAction", tr("Send to…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T),
                   tr("Send what is chosen to TOPCAT, Aladin, SPLAT and others"), [this] {
                       const QWidget* button = status_->sendButton();
                       sendMenu_->popup(button->mapToGlobal(QPoint(0, button->height())));
                   });
    retryAction_ = makeAction(this, "retryWorkersAction", tr("Try the lost workers now"), {},
                              tr("Connect at once to the workers that cannot be reached"),
                              [this] { status_->lostWorkers()->retry(); });
    retryAction_->setEnabled(false);
    makeAction(this, "quitAction", tr("Close the window"), QKeySequence(Qt::CTRL | Qt::Key_Q),
               tr("Keeps where you were"), [this] { close(); });
    makeThemeMenu();
}

void MainWindow::makeThemeMenu() {
    themeMenu_ = new QMenu(tr("Theme"), this);
    auto* group = new QActionGroup(this);
    const QString chosen = QSettings().value(QStringLiteral("theme"), QStringLiteral("system")).toString();
    const std::pair<const char*, QString> themes[] = {
        {"system", tr("Theme: as the system")}, {"light", tr("Theme: light")}, {"dark", tr("Theme: dark")}};
    for (const auto& [mode, title] : themes) {
        const QString word = QString::fromLatin1(mode);
        auto* action =
            makeAction(this, (word + QStringLiteral("ThemeAction")).toLatin1().constData(), title, {},
                       tr("Colours of the whole program"), [this, word] { Q_EMIT themeRequested(word); });
        action->setCheckable(true);
        action->setChecked(word == chosen);
        group->addAction(action);
        themeMenu_->addAction(action);
    }
}

void MainWindow::addPlace(const PlaceRow& row) {
    Place* place = row.make(*session_);
    place->setProperty("title", row.title);
    places_.push_back(place);
    QKeySequence key;
    if (places_.size() <= mostPlaceKeys)
        key = QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + int(places_.size())));
    auto* action =
        makeAction(this, (row.key + QStringLiteral("PlaceAction")).toLatin1().constData(), row.title, key,
                   tr("Go to %1").arg(row.title), [this, key = row.key] { showPlace(key); });
    action->setCheckable(true);
    action->setIcon(widgets::icon(row.icon));
    rail_->addAction(action);
    connect(place, &Place::said, this, &MainWindow::say);
    connect(place, &Place::readOut, this, [this](const QString& words) { status_->showReadOut(words); });
    connect(place, &Place::placeRequested, this, &MainWindow::showPlace);
    connect(place, &Place::jobRequested, this, &MainWindow::showJob);
    connect(place, &Place::labelListRequested, this, &MainWindow::labelList);
    connect(place, &Place::wantsPanelsChanged, this, [this] { answers_->follow(currentPlace()); });
    connect(place, &Place::sendMenuWanted, this, &MainWindow::addSendMenu);
}

void MainWindow::connectPanels() {
    for (Panel* panel : docks_->panels()) {
        connect(panel, &Panel::said, this, &MainWindow::say);
        connect(panel, &Panel::readOut, this, [this](const QString& words) { status_->showReadOut(words); });
        connect(panel, &Panel::sendMenuWanted, this, &MainWindow::addSendMenu);
    }
}

void MainWindow::addSendMenu(QMenu* menu) {
    auto* send = menu->addMenu(tr("Send to"));
    send->setObjectName(QStringLiteral("sendToMenu"));
    fillSendMenu(*send, *neighbours_, currentPlace()->sendable());
}

void MainWindow::makeViewMenu() {
    viewMenu_ = new QMenu(tr("View"), this);
    viewMenu_->setObjectName(QStringLiteral("viewMenu"));
    for (QAction* toggle : docks_->toggles()) {
        viewMenu_->addAction(toggle);
        addAction(toggle);
    }
    viewMenu_->addSeparator();
    viewMenu_->addAction(makeAction(this, "resetPanelsAction", tr("Put the panels back"), {},
                                    tr("The panels of this place stand as they did at first"),
                                    [this] { docks_->resetLayout(); }));
    viewMenu_->addSeparator();
    viewMenu_->addMenu(themeMenu_);
}

QWidget* MainWindow::buildRail() {
    auto* rail = new QWidget;
    rail->setObjectName(QStringLiteral("rail"));
    rail->setFixedWidth(9 * widgets::gridStep);
    auto* column = new QVBoxLayout(rail);
    column->setContentsMargins(widgets::gridStep / 2, widgets::gridStep, widgets::gridStep / 2,
                               widgets::gridStep);
    column->setSpacing(widgets::gridStep / 2);
    for (QAction* action : rail_->actions()) {
        auto* button = new QToolButton;
        button->setObjectName(action->objectName() + QStringLiteral("Button"));
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setIconSize({24, 24});
        button->setFixedSize(8 * widgets::gridStep, 7 * widgets::gridStep);
        button->setFocusPolicy(Qt::NoFocus);
        column->addWidget(button);
    }
    column->addStretch();
    return rail;
}

QWidget* MainWindow::buildTopBar(const QStringList& recent) {
    auto* bar = new TopBar(*session_, {openAction_, newAction_, paletteAction_}, viewMenu_, recent);
    connect(bar, &TopBar::projectRequested, this, &MainWindow::projectRequested);
    connect(bar->runningJobs(), &RunningJobs::said, this, &MainWindow::say);
    connect(bar->runningJobs(), &RunningJobs::activated, this, [this] { showPlace(QStringLiteral("jobs")); });
    return bar;
}

QWidget* MainWindow::buildBanner() {
    auto* banner = new InterruptedBanner(*session_, this);
    connect(banner, &InterruptedBanner::said, this, &MainWindow::say);
    connect(banner, &InterruptedBanner::jobRequested, this, &MainWindow::showJob);
    return banner;
}

void MainWindow::buildPalette() {
    palette_ = new CommandPalette(this);
    connect(palette_, &CommandPalette::aboutToTrigger, this, [this](QAction* action) {
        for (QObject* owner = action->parent(); owner; owner = owner->parent())
            if (auto* place = qobject_cast<Place*>(owner))
                showPlace(place->key());
            else if (auto* panel = qobject_cast<Panel*>(owner))
                docks_->showPanel(panel);
    });
    connect(palette_, &CommandPalette::searchRequested, this, &MainWindow::findSpectra);
}

void MainWindow::connectParts() {
    connect(&session_->selection(), &widgets::SelectionModel::changed, this, &MainWindow::showSelection);
    connect(answers_, &AnswerBar::said, this, &MainWindow::say);
    connect(answers_, &AnswerBar::listRequested, this, &MainWindow::labelList);
    if (data()) connect(data(), &DataPlace::totalChanged, this, &MainWindow::showSelection);
    LostWorkers* lost = status_->lostWorkers();
    connect(lost, &LostWorkers::clicked, this, [this] { showPlace(QStringLiteral("workers")); });
    connect(lost, &LostWorkers::changed, this, [this, lost] { retryAction_->setEnabled(lost->any()); });

    connect(neighbours_.get(), &bridge::NeighbourLink::said, this, &MainWindow::say);
    connect(
        neighbours_.get(), &bridge::NeighbourLink::tableReceived, this,
        [this](const QString& from, const api::ReceivedTable& table) { receivedTables()->add(from, table); });
    connect(status_->neighbours(), &NeighbourButton::tablesWanted, this,
            [this] { receivedTables()->open(); });
    status_->neighbours()->start();
}

ReceivedTables* MainWindow::receivedTables() {
    if (receivedTables_) return receivedTables_;
    receivedTables_ = new ReceivedTables(*session_, this);
    connect(receivedTables_, &ReceivedTables::countChanged, status_->neighbours(),
            &NeighbourButton::countTables);
    connect(receivedTables_, &ReceivedTables::said, this, &MainWindow::say);
    if (data()) connect(receivedTables_, &ReceivedTables::listRequested, data(), &DataPlace::listSpectra);
    return receivedTables_;
}

Place* MainWindow::currentPlace() const {
    return docks_->currentPlace();
}

DataPlace* MainWindow::data() const {
    return placeOf<DataPlace>(places_);
}

MapPlace* MainWindow::map() const {
    return placeOf<MapPlace>(places_);
}

LabelPlace* MainWindow::label() const {
    return placeOf<LabelPlace>(places_);
}

JobsPlace* MainWindow::jobs() const {
    return placeOf<JobsPlace>(places_);
}

WorkersPlace* MainWindow::workers() const {
    return placeOf<WorkersPlace>(places_);
}

void MainWindow::showPlace(const QString& key) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (places_[i]->key() != key && !(i == 0 && key.isEmpty())) continue;
        rail_->actions().at(qsizetype(i))->setChecked(true);
        docks_->showPlace(places_[i]);
        answers_->follow(places_[i]);
        status_->showReadOut({});
        places_[i]->enter();
        return;
    }
}

void MainWindow::showSelection() {
    status_->showSelection(data() ? data()->total() : 0);
}

void MainWindow::showJob(qint64 job) {
    if (!jobs()) return;
    jobs()->showJob(job);
    showPlace(jobs()->key());
}

void MainWindow::labelList(const LabelList& list) {
    if (!label()) return;
    label()->labelThese(list);
    showPlace(label()->key());
}

void MainWindow::findSpectra(QString words) {
    if (!data()) return;
    showPlace(data()->key());
    words.replace('\'', QStringLiteral("''"));
    data()->showFilter(QStringLiteral("id like '%%1%' or object like '%%1%'").arg(words));
}

void MainWindow::say(const QString& sentence) {
    status_->say(sentence);
}

void MainWindow::chooseProject(bool create) {
    auto* dialog =
        new QFileDialog(this, create ? tr("Folder of the new project") : tr("Folder of the project"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (create) {
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setFileMode(QFileDialog::AnyFile);
        dialog->selectFile(QStringLiteral("new.balmer"));
    } else {
        dialog->setFileMode(QFileDialog::Directory);
    }
    connect(dialog, &QFileDialog::fileSelected, this, [this, create](QString folder) {
        if (create && !folder.endsWith(QStringLiteral(".balmer"))) folder += QStringLiteral(".balmer");
        Q_EMIT projectRequested(folder);
    });
    dialog->open();
}

void MainWindow::keep() {
    for (Place* place : places_)
        place->keep();
    docks_->keep();
    if (const auto* place = currentPlace())
        session_->setSetting(QStringLiteral("desktop.place"), place->key());
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    // Only now can the place take the keyboard.
    if (Place* place = currentPlace()) place->enter();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    keep();
    QMainWindow::closeEvent(event);
}

} // namespace balmer::desktop

#include "app/desktop/shell/main_window.h"

#include <cmath>

#include <QAction>
#include <QActionGroup>
#include <QCloseEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QMenu>
#include <QProgressBar>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QStackedWidget>
#include <QTimer>
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
#include "app/desktop/workers/workers_place.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

namespace {

constexpr int gap = widgets::gridStep;
constexpr int messageMilliseconds = 8000;

QAction* windowAction(QAction* action) {
    action->setShortcutContext(Qt::WindowShortcut);
    return action;
}

QString projectName(bridge::Session& session) {
    return QFileInfo(QString::fromStdString(session.workbench().folder().string())).completeBaseName();
}

} // namespace

MainWindow::MainWindow(std::unique_ptr<bridge::Session> session, const QStringList& recent, QWidget* parent)
    : QMainWindow(parent), session_(std::move(session)),
      neighbours_(std::make_unique<bridge::NeighbourLink>(*session_)), data_(new DataPlace(*session_)),
      map_(new MapPlace(*session_)), label_(new LabelPlace(*session_)), jobs_(new JobsPlace(*session_)),
      workers_(new WorkersPlace(*session_)), stack_(new QStackedWidget), rail_(new QActionGroup(this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(QStringLiteral("%1 – Balmer").arg(projectName(*session_)));
    setWindowIcon(widgets::applicationIcon());
    setMinimumSize(960, 600);
    makeActions();
    addPlace(data_, tr("Data"));
    addPlace(map_, tr("Map"));
    addPlace(label_, tr("Label"));
    addPlace(jobs_, tr("Jobs"));
    addPlace(workers_, tr("Workers"));

    auto* central = new QWidget;
    auto* right = new QVBoxLayout;
    right->setContentsMargins(0, 0, 0, 0);
    right->setSpacing(0);
    right->addWidget(buildTopBar(recent));
    right->addWidget(buildBanner());
    right->addWidget(stack_, 1);
    right->addWidget(buildStatus());
    auto* across = new QHBoxLayout(central);
    across->setContentsMargins(0, 0, 0, 0);
    across->setSpacing(0);
    across->addWidget(buildRail());
    across->addLayout(right, 1);
    setCentralWidget(central);
    palette_ = new CommandPalette(this);
    connect(palette_, &CommandPalette::aboutToTrigger, this, [this](QAction* action) {
        for (QObject* owner = action->parent(); owner; owner = owner->parent())
            if (auto* place = qobject_cast<Place*>(owner)) showPlace(place->key());
    });
    connect(palette_, &CommandPalette::searchRequested, this, [this](QString words) {
        showPlace(QStringLiteral("data"));
        words.replace('\'', QStringLiteral("''"));
        data_->showFilter(QStringLiteral("id like '%%1%' or object like '%%1%'").arg(words));
    });

    connect(&session_->selection(), &widgets::SelectionModel::changed, this, &MainWindow::tellSelection);
    connect(data_, &DataPlace::totalChanged, this, &MainWindow::tellSelection);
    connect(&session_->events(), &bridge::EventRelay::jobsChanged, this, &MainWindow::takeUpJobs);
    connect(&session_->events(), &bridge::EventRelay::workersChanged, this, &MainWindow::loadWorkers);
    loadWorkers();
    session_->lists().run(
        this,
        [&workbench = session_->workbench()](const std::stop_token&) { return workbench.jobs().list(); },
        [this](const core::Result<std::vector<balmer::jobs::Job>>& all) {
            if (all) takeUpJobs(*all);
        });
    tellSelection();
    takeUpJobs({});
    makeNeighbours();

    const QSettings settings;
    if (!restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray()))
        resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
    showPlace(session_->setting(QStringLiteral("desktop.place")));
}

MainWindow::~MainWindow() {
    // The places ask the session until their end.
    delete receivedTables_;
    delete neighbourButton_;
    for (Place* place : places_)
        delete place;
}

void MainWindow::makeActions() {
    paletteAction_ = windowAction(makeAction(this, "commandPaletteAction", tr("Search or command…"),
                                             QKeySequence(Qt::CTRL | Qt::Key_K),
                                             tr("Find a command or spectra"), [this] { palette_->open(); }));
    openAction_ = windowAction(
        makeAction(this, "openProjectAction", tr("Open project…"), QKeySequence(Qt::CTRL | Qt::Key_O),
                   tr("Open the folder of another project"), [this] { chooseProject(false); }));
    newAction_ = windowAction(makeAction(
        this, "newProjectAction", tr("New project…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_N),
        tr("Make an empty project in a new folder"), [this] { chooseProject(true); }));
    clearAction_ = windowAction(makeAction(
        this, "clearSelectionAction", tr("Clear the selection"),
        QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_A), tr("Nothing is selected any more, in all places"),
        [this] { session_->selection().clear(QStringLiteral("status")); }));
    sendMenu_ = new QMenu(tr("Send to"), this);
    sendMenu_->setObjectName(QStringLiteral("sendMenu"));
    connect(sendMenu_, &QMenu::aboutToShow, this, [this] {
        if (const Place* place = currentPlace()) fillSendMenu(*sendMenu_, *neighbours_, place->sendable());
    });
    sendAction_ = windowAction(
        makeAction(this, "sendToAction", tr("Send to…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_T),
                   tr("Send what is chosen to TOPCAT, Aladin, SPLAT and others"),
                   [this] { sendMenu_->popup(sendButton_->mapToGlobal(QPoint(0, sendButton_->height()))); }));
    retryAction_ = windowAction(makeAction(this, "retryWorkersAction", tr("Try the lost workers now"), {},
                                           tr("Connect at once to the workers that cannot be reached"),
                                           [this] { retryWorkers(); }));
    retryAction_->setEnabled(false);
    windowAction(makeAction(this, "quitAction", tr("Close the window"), QKeySequence(Qt::CTRL | Qt::Key_Q),
                            tr("Keeps where you were"), [this] { close(); }));
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

void MainWindow::addPlace(Place* place, const QString& title) {
    place->setProperty("title", title);
    places_.push_back(place);
    stack_->addWidget(place);
    const int number = int(places_.size());
    auto* action =
        windowAction(makeAction(this, (place->key() + QStringLiteral("PlaceAction")).toLatin1().constData(),
                                title, QKeySequence(Qt::CTRL | static_cast<Qt::Key>(Qt::Key_0 + number)),
                                tr("Go to %1").arg(title), [this, place] { showPlace(place->key()); }));
    action->setCheckable(true);
    const widgets::Icon icons[] = {widgets::Icon::Data, widgets::Icon::Map, widgets::Icon::Label,
                                   widgets::Icon::Jobs, widgets::Icon::Workers};
    action->setIcon(widgets::icon(icons[number - 1]));
    rail_->addAction(action);
    connect(place, &Place::said, this, &MainWindow::say);
    connect(place, &Place::readOut, this, [this](const QString& words) { readOutText_->setText(words); });
    connect(place, &Place::placeRequested, this, &MainWindow::showPlace);
    connect(place, &Place::sendMenuWanted, this, [this, place](QMenu* menu) {
        auto* send = menu->addMenu(tr("Send to"));
        send->setObjectName(QStringLiteral("sendToMenu"));
        fillSendMenu(*send, *neighbours_, place->sendable());
    });
    connect(place, &Place::jobRequested, this, [this](qint64 job) { jobs_->showJob(job); });
}

QWidget* MainWindow::buildRail() {
    auto* rail = new QWidget;
    rail->setObjectName(QStringLiteral("rail"));
    rail->setFixedWidth(9 * gap);
    auto* column = new QVBoxLayout(rail);
    column->setContentsMargins(gap / 2, gap, gap / 2, gap);
    column->setSpacing(gap / 2);
    for (QAction* action : rail_->actions()) {
        auto* button = new QToolButton;
        button->setObjectName(action->objectName() + QStringLiteral("Button"));
        button->setDefaultAction(action);
        button->setToolButtonStyle(Qt::ToolButtonTextUnderIcon);
        button->setIconSize({24, 24});
        button->setFixedSize(8 * gap, 7 * gap);
        button->setFocusPolicy(Qt::NoFocus);
        column->addWidget(button);
    }
    column->addStretch();
    return rail;
}

QWidget* MainWindow::buildTopBar(const QStringList& recent) {
    auto* bar = new QWidget;
    bar->setObjectName(QStringLiteral("topBar"));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(gap, gap, 2 * gap, gap);
    row->setSpacing(2 * gap);

    auto* menu = new QMenu(this);
    menu->setObjectName(QStringLiteral("projectMenu"));
    menu->addAction(openAction_);
    menu->addAction(newAction_);
    const QString here = QString::fromStdString(session_->workbench().folder().string());
    bool any = false;
    for (const QString& folder : recent) {
        if (folder == here) continue;
        if (!std::exchange(any, true)) menu->addSection(tr("Recent"));
        auto* action = menu->addAction(folder, this, [this, folder] { Q_EMIT projectRequested(folder); });
        action->setObjectName(QStringLiteral("recentProjectAction"));
        action->setToolTip(tr("Open this project"));
    }
    menu->addSeparator();
    menu->addMenu(themeMenu_);
    auto* project = new QToolButton;
    project->setObjectName(QStringLiteral("projectButton"));
    project->setText(projectName(*session_) + QStringLiteral("  ▾"));
    project->setToolTip(here);
    project->setPopupMode(QToolButton::InstantPopup);
    project->setMenu(menu);
    project->setFocusPolicy(Qt::NoFocus);
    QFont strong = project->font();
    strong.setBold(true);
    project->setFont(strong);

    auto* search = new QPushButton(widgets::icon(widgets::Icon::Search), tr("Search or command…   Ctrl+K"));
    search->setObjectName(QStringLiteral("commandPaletteButton"));
    search->setToolTip(paletteAction_->toolTip());
    search->setMinimumWidth(360);
    search->setFocusPolicy(Qt::NoFocus);
    connect(search, &QPushButton::clicked, paletteAction_, &QAction::trigger);

    jobsButton_ = new QPushButton;
    jobsButton_->setObjectName(QStringLiteral("runningJobsButton"));
    jobsButton_->setFlat(true);
    jobsButton_->setStyleSheet(QStringLiteral("text-align: right;"));
    jobsButton_->setFixedWidth(22 * gap);
    jobsButton_->setFocusPolicy(Qt::NoFocus);
    jobsButton_->setToolTip(tr("Show the jobs (Ctrl+4)"));
    connect(jobsButton_, &QPushButton::clicked, this, [this] { showPlace(QStringLiteral("jobs")); });
    jobsBar_ = new QProgressBar;
    jobsBar_->setObjectName(QStringLiteral("runningJobsBar"));
    jobsBar_->setTextVisible(false);
    jobsBar_->setRange(0, 1000);
    jobsBar_->setFixedSize(12 * gap, gap - 2);
    QSizePolicy keepsRoom = jobsBar_->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    jobsBar_->setSizePolicy(keepsRoom);

    row->addWidget(project);
    row->addStretch(1);
    row->addWidget(search, 2);
    row->addStretch(1);
    row->addWidget(jobsBar_);
    row->addWidget(jobsButton_);
    return bar;
}

QWidget* MainWindow::buildBanner() {
    banner_ = new QFrame;
    banner_->setObjectName(QStringLiteral("interruptedBanner"));
    banner_->setAutoFillBackground(true);
    banner_->setBackgroundRole(QPalette::Base);
    const auto interrupted = session_->workbench().jobs().interrupted();
    banner_->setVisible(!interrupted.empty());
    auto* row = new QHBoxLayout(banner_);
    row->setContentsMargins(2 * gap, gap, 2 * gap, gap);
    if (interrupted.empty()) return banner_;

    QStringList names;
    for (const auto& job : interrupted)
        names << (job.spec.label.empty() ? tr("%1 (job %2)").arg(jobKindTitle(job.spec.kind)).arg(job.id)
                                         : tr("%1 “%2” (job %3)")
                                               .arg(jobKindTitle(job.spec.kind), text(job.spec.label))
                                               .arg(job.id));
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
    auto* show = makeAction(this, "showInterruptedAction", tr("Show in Jobs"), {},
                            tr("Go to the interrupted job"), [this, id = interrupted.front().id] {
                                jobs_->showJob(id);
                                showPlace(QStringLiteral("jobs"));
                            });
    auto* again = makeAction(
        this, "rerunInterruptedAction", tr("Run again"), {},
        tr("Submit the interrupted jobs anew, with the same parameters"), [this, interrupted] {
            for (const auto& job : interrupted) {
                balmer::jobs::JobSpec spec = job.spec;
                spec.parent = job.id;
                if (const auto submitted = session_->workbench().jobs().submit(std::move(spec)); !submitted)
                    say(errorSentence(submitted.error()));
            }
            banner_->hide();
        });
    auto* dismiss = makeAction(this, "dismissInterruptedAction", tr("Dismiss"), {},
                               tr("Hide this line; the jobs stay in Jobs"), [this] { banner_->hide(); });
    for (QAction* action : {show, again, dismiss})
        row->addWidget(buttonFor(action, banner_));
    return banner_;
}

QWidget* MainWindow::buildStatus() {
    auto* bar = new QWidget;
    bar->setObjectName(QStringLiteral("statusBar"));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(2 * gap, gap / 2, 2 * gap, gap / 2);
    row->setSpacing(gap);
    const auto label = [](const char* name, int width) {
        auto* made = new QLabel;
        made->setObjectName(QString::fromLatin1(name));
        made->setFont(widgets::tabularFont(made->font()));
        made->setMinimumWidth(width);
        made->setTextFormat(Qt::PlainText);
        return made;
    };
    selectionText_ = label("selectionText", 136);
    clearSelection_ = new QToolButton;
    clearSelection_->setObjectName(QStringLiteral("clearSelectionButton"));
    clearSelection_->setText(QStringLiteral("×"));
    clearSelection_->setToolTip(clearAction_->toolTip());
    clearSelection_->setFocusPolicy(Qt::NoFocus);
    clearSelection_->setFixedSize(3 * gap, 3 * gap);
    QSizePolicy keepsRoom = clearSelection_->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    clearSelection_->setSizePolicy(keepsRoom);
    connect(clearSelection_, &QToolButton::clicked, clearAction_, &QAction::trigger);
    readOutText_ = label("readOutText", 320);
    currentText_ = label("currentText", 80);
    messageText_ = label("messageText", 80);
    messageText_->setFont(font());
    messageText_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    messageText_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    messageText_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    readOutText_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    row->addWidget(selectionText_);
    row->addWidget(clearSelection_);
    row->addWidget(currentText_);
    row->addSpacing(gap);
    sendButton_ = new QToolButton;
    sendButton_->setObjectName(QStringLiteral("sendToButton"));
    sendButton_->setAutoRaise(true);
    sendButton_->setText(tr("Send to"));
    sendButton_->setToolTip(sendAction_->toolTip());
    sendButton_->setPopupMode(QToolButton::InstantPopup);
    sendButton_->setMenu(sendMenu_);
    sendButton_->setFocusPolicy(Qt::NoFocus);
    row->addWidget(sendButton_);
    row->addSpacing(gap);
    row->addWidget(readOutText_, 3);
    row->addWidget(messageText_, 4);
    lostButton_ = new QToolButton;
    lostButton_->setObjectName(QStringLiteral("lostWorkersButton"));
    lostButton_->setAutoRaise(true);
    lostButton_->setIcon(widgets::icon(widgets::Icon::LinkLost));
    lostButton_->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    lostButton_->setFixedHeight(3 * gap);
    lostButton_->setFocusPolicy(Qt::NoFocus);
    lostButton_->hide();
    connect(lostButton_, &QToolButton::clicked, this, [this] { showPlace(QStringLiteral("workers")); });
    row->addWidget(lostButton_);
    neighbourButton_ = new NeighbourButton(*neighbours_, this);
    neighbourButton_->setFixedHeight(3 * gap);
    row->addWidget(neighbourButton_);
    messageTimer_ = new QTimer(this);
    messageTimer_->setSingleShot(true);
    messageTimer_->setInterval(messageMilliseconds);
    connect(messageTimer_, &QTimer::timeout, messageText_, &QLabel::clear);
    return bar;
}

Place* MainWindow::currentPlace() const {
    return qobject_cast<Place*>(stack_->currentWidget());
}

void MainWindow::showPlace(const QString& key) {
    for (std::size_t i = 0; i < places_.size(); ++i) {
        if (places_[i]->key() != key && !(i == 0 && key.isEmpty())) continue;
        rail_->actions().at(qsizetype(i))->setChecked(true);
        stack_->setCurrentWidget(places_[i]);
        if (readOutText_) readOutText_->clear();
        places_[i]->enter();
        return;
    }
}

void MainWindow::tellSelection() {
    const auto& selection = session_->selection();
    selectionText_->setText(
        tr("%1 of %2 selected").arg(countText(std::size_t(selection.size())), countText(data_->total())));
    clearSelection_->setVisible(!selection.empty());
    clearAction_->setEnabled(!selection.empty());
    currentText_->setText(selection.current());
}

void MainWindow::takeUpJobs(const std::vector<balmer::jobs::Job>& jobs) {
    for (const auto& job : jobs) {
        const auto known = running_.find(job.id);
        if (!balmer::jobs::isFinal(job.phase)) {
            running_[job.id] = job;
        } else if (known != running_.end()) {
            running_.erase(known);
            const QString name = tr("%1, job %2").arg(jobKindTitle(job.spec.kind)).arg(job.id);
            if (job.phase == balmer::jobs::Phase::Completed) say(tr("%1 is complete").arg(name));
            if (job.phase == balmer::jobs::Phase::Aborted) say(tr("%1 was aborted").arg(name));
            if (job.phase == balmer::jobs::Phase::Error && job.error)
                say(tr("%1: %2").arg(name, errorSentence(*job.error)));
        }
    }
    jobsBar_->setVisible(!running_.empty());
    if (running_.empty()) {
        jobsButton_->setText(tr("no job running"));
        return;
    }
    double progress = 0;
    for (const auto& [id, job] : running_)
        progress += job.progress;
    progress /= double(running_.size());
    const auto& first = running_.begin()->second;
    jobsButton_->setText(
        running_.size() == 1
            ? tr("%1 · %2 %").arg(jobKindTitle(first.spec.kind)).arg(int(std::lround(progress * 100)))
            : tr("%1 jobs · %2 %").arg(running_.size()).arg(int(std::lround(progress * 100))));
    jobsBar_->setValue(int(1000 * progress));
}

void MainWindow::makeNeighbours() {
    connect(neighbours_.get(), &bridge::NeighbourLink::said, this, &MainWindow::say);
    const auto window = [this] {
        if (receivedTables_) return receivedTables_;
        receivedTables_ = new ReceivedTables(*session_, this);
        connect(receivedTables_, &ReceivedTables::countChanged, neighbourButton_,
                &NeighbourButton::countTables);
        connect(receivedTables_, &ReceivedTables::said, this, &MainWindow::say);
        connect(receivedTables_, &ReceivedTables::listRequested, data_, &DataPlace::listSpectra);
        return receivedTables_;
    };
    connect(neighbours_.get(), &bridge::NeighbourLink::tableReceived, this,
            [window](const QString& from, const api::ReceivedTable& table) { window()->add(from, table); });
    connect(neighbourButton_, &NeighbourButton::tablesWanted, this, [window] { window()->open(); });
    neighbourButton_->start();
}

void MainWindow::loadWorkers() {
    session_->lists().latest(
        this, "workers",
        [&workbench = session_->workbench()](const std::stop_token&) { return workbench.workers().list(); },
        [this](const core::Result<std::vector<api::WorkerInfo>>& workers) {
            if (workers) tellWorkers(*workers);
        });
}

void MainWindow::tellWorkers(const std::vector<api::WorkerInfo>& workers) {
    lost_.clear();
    std::size_t waiting = 0;
    QStringList reasons;
    for (const auto& worker : workers) {
        if (worker.link != api::WorkerInfo::Link::Lost || worker.jobs == 0) continue;
        lost_.push_back(worker.name);
        waiting += worker.jobs;
        reasons << tr("%1: %2").arg(text(worker.name), text(worker.trouble));
    }
    retryAction_->setEnabled(!lost_.empty());
    lostButton_->setVisible(!lost_.empty());
    if (lost_.empty()) return;
    const QString who = lost_.size() == 1 ? text(lost_.front()) : tr("%1 workers").arg(lost_.size());
    lostButton_->setText(
        tr("%1 not reachable · %2 there").arg(who, countText(waiting, tr("job"), tr("jobs"))));
    lostButton_->setToolTip(tr("%1\nThe jobs go on there; the connection is tried again by itself. Show the "
                               "workers (Ctrl+5)")
                                .arg(reasons.join('\n')));
}

void MainWindow::retryWorkers() {
    for (const auto& name : lost_)
        session_->workbench().workers().retry(name);
}

void MainWindow::say(const QString& sentence) {
    messageText_->setText(sentence);
    messageText_->setToolTip(sentence);
    messageTimer_->start();
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

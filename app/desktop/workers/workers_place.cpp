#include "app/desktop/workers/workers_place.h"

#include <algorithm>
#include <utility>

#include <QLabel>
#include <QMessageBox>
#include <QPushButton>
#include <QScrollArea>
#include <QTimer>
#include <QVBoxLayout>

#include "app/desktop/place/actions.h"
#include "app/desktop/workers/computer_card.h"
#include "app/desktop/workers/worker_card.h"
#include "app/desktop/workers/worker_form.h"
#include "widgets/common/empty_state.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using Link = api::WorkerInfo::Link;

namespace {

constexpr int widestCard = 960;
/// From here on the workers stand beside this computer instead of below it.
constexpr int besideFrom = 1500;
constexpr int tickMilliseconds = 5000;
constexpr unsigned askEvery = 2;        ///< ticks
constexpr unsigned askSeldomEvery = 12; ///< ticks: one that did not answer, and ssh, where asking is a login

std::string questionTo(const api::WorkerInfo& worker) {
    return "ask " + worker.name;
}

} // namespace

WorkersPlace::WorkersPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("workers"), parent), computer_(new ComputerCard(session)),
      scroll_(new QScrollArea), sides_(new QBoxLayout(QBoxLayout::TopToBottom)), column_(new QVBoxLayout),
      empty_(new widgets::EmptyState(
          widgets::Icon::Workers,
          tr("A worker is another computer that runs jobs of this project: it is sent what a job reads, and "
             "the "
             "result comes back here. Jobs go on there while this program is closed."),
          tr("Add a worker…"))),
      clock_(new QTimer(this)) {
    build();
    auto& events = session.events();
    connect(&events, &bridge::EventRelay::jobsChanged, this, [this] {
        if (isVisible()) loadJobs();
    });
    connect(&events, &bridge::EventRelay::workersChanged, this, &WorkersPlace::loadWorkers);
    clock_->setInterval(tickMilliseconds);
    connect(clock_, &QTimer::timeout, this, [this] {
        ++ticks_;
        if (!isVisible()) return;
        computer_->measure();
        askAgain();
    });
    clock_->start();
    loadWorkers();
}

void WorkersPlace::build() {
    connect(computer_, &ComputerCard::jobActivated, this, &Place::jobRequested);
    computer_->setMaximumWidth(widestCard);

    auto* add = makeAction(this, "addWorkerAction", tr("Add a worker…"), QKeySequence(Qt::CTRL | Qt::Key_N),
                           tr("Another computer that runs jobs of this project"), [this] { addWorker(); });
    add->setIcon(widgets::icon(widgets::Icon::Add));
    empty_->button()->setToolTip(add->toolTip());
    connect(empty_, &widgets::EmptyState::actionTriggered, add, &QAction::trigger);
    auto* addButton = buttonFor(add, this);
    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(widgets::gridStep, widgets::gridStep, widgets::gridStep, 0);
    bar->addWidget(addButton);
    bar->addStretch();

    empty_->setMinimumHeight(200);
    empty_->hide();
    auto* workers = new QWidget;
    workers->setMaximumWidth(widestCard);
    workers->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    workers->setLayout(column_);
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(2 * widgets::gridStep);
    column_->addWidget(empty_, 1);
    column_->addStretch();

    auto* inside = new QWidget;
    auto* row = new QHBoxLayout(inside);
    row->setContentsMargins(2 * widgets::gridStep, widgets::gridStep, 2 * widgets::gridStep,
                            2 * widgets::gridStep);
    sides_->setSpacing(2 * widgets::gridStep);
    sides_->addWidget(computer_, 0);
    sides_->addWidget(workers, 1);
    row->addStretch(1);
    row->addLayout(sides_, 1000);
    row->addStretch(1);
    scroll_->setObjectName(QStringLiteral("workersScroll"));
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFocusPolicy(Qt::NoFocus);
    scroll_->setWidget(inside);

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(bar);
    all->addWidget(scroll_, 1);
}

void WorkersPlace::resizeEvent(QResizeEvent* event) {
    Place::resizeEvent(event);
    arrange();
}

void WorkersPlace::arrange() {
    const bool beside = width() >= besideFrom && !cards_.empty();
    sides_->setDirection(beside ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    sides_->setAlignment(computer_, beside ? Qt::AlignTop : Qt::Alignment());
    computer_->setCompact(!beside && !cards_.empty());
}

void WorkersPlace::enter() {
    computer_->measure();
    loadJobs();
    for (WorkerCard* card : cards_)
        ask(card);
    computer_->setFocus();
}

bool WorkersPlace::isAsking(const WorkerCard* card) const {
    return session_.questions().asking(card, questionTo(card->worker()));
}

bool WorkersPlace::settled() const {
    return Place::settled() && loaded_ &&
           std::none_of(cards_.begin(), cards_.end(), [this](const auto* card) { return isAsking(card); });
}

void WorkersPlace::loadJobs() {
    session_.lists().latest(
        this, "jobs",
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.jobs().list(); },
        [this](core::Result<std::vector<jobs::Job>> jobs) {
            if (!jobs) return;
            jobs_ = std::move(*jobs);
            computer_->showJobs(jobs_);
            for (WorkerCard* card : cards_)
                card->setJobs(jobs_);
        });
}

void WorkersPlace::loadWorkers() {
    session_.lists().latest(
        this, "workers",
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.workers().list(); },
        [this](const core::Result<std::vector<api::WorkerInfo>>& workers) {
            loaded_ = true;
            if (workers)
                showWorkers(*workers);
            else
                Q_EMIT said(errorSentence(workers.error()));
        });
}

void WorkersPlace::showWorkers(const std::vector<api::WorkerInfo>& workers) {
    for (auto* card : std::exchange(cards_, {})) {
        const auto still = std::find_if(workers.begin(), workers.end(),
                                        [card](const auto& one) { return one.name == card->worker().name; });
        if (still == workers.end()) {
            column_->removeWidget(card);
            card->hide();
            card->deleteLater();
        } else {
            cards_.push_back(card);
        }
    }
    for (std::size_t i = 0; i < workers.size(); ++i) {
        const auto found = std::find_if(cards_.begin(), cards_.end(), [&](const auto* card) {
            return card->worker().name == workers[i].name;
        });
        if (found != cards_.end()) {
            WorkerCard* card = *found;
            const auto before = card->worker();
            card->setWorker(workers[i]);
            const bool news = before.link != workers[i].link || before.url != workers[i].url ||
                              before.token != workers[i].token || before.paired != workers[i].paired;
            if (news && isVisible()) ask(card);
            std::rotate(cards_.begin() + std::ptrdiff_t(std::min(i, cards_.size() - 1)), found, found + 1);
            continue;
        }
        WorkerCard* card = makeCard(workers[i]);
        cards_.insert(cards_.begin() + std::ptrdiff_t(std::min(i, cards_.size())), card);
        column_->insertWidget(int(std::min(i, cards_.size() - 1)), card);
        card->setJobs(jobs_);
        if (isVisible()) ask(card);
    }
    empty_->setVisible(cards_.empty());
    arrange();
}

WorkerCard* WorkersPlace::makeCard(const api::WorkerInfo& worker) {
    auto* card = new WorkerCard(worker, this);
    connect(card, &WorkerCard::retryRequested, this, [this, card] {
        session_.workbench().workers().retry(card->worker().name);
        ask(card);
    });
    connect(card, &WorkerCard::editRequested, this, [this, card] { edit(card->worker()); });
    connect(card, &WorkerCard::pairRequested, this, [this, card] { pair(card->worker().name); });
    connect(card, &WorkerCard::removeRequested, this, [this, card] { remove(card->worker()); });
    connect(card, &WorkerCard::jobActivated, computer_, &ComputerCard::jobActivated);
    return card;
}

void WorkersPlace::ask(WorkerCard* card) {
    session_.questions().ask(
        card, questionTo(card->worker()),
        [workbench = session_.sharedWorkbench(), worker = card->worker()] {
            return workbench->workers().ask(worker);
        },
        [card](const core::Result<api::WorkerReport>& report) { card->setReport(report); });
}

void WorkersPlace::askAgain() {
    for (WorkerCard* card : cards_) {
        const bool seldom = card->isSilent() || card->worker().link == Link::Lost ||
                            card->worker().url.rfind("ssh://", 0) == 0;
        if (ticks_ % (seldom ? askSeldomEvery : askEvery) == 0 && !isAsking(card)) ask(card);
    }
}

WorkerForm* WorkersPlace::addWorker() {
    auto* form = new WorkerForm(session_, nullptr, this);
    connect(form, &WorkerForm::kept, this, [this](const QString& name) {
        Q_EMIT said(tr("%1 was added").arg(name));
        loadWorkers();
        // The next step of a worker that wants pairing.
        if (const auto all = session_.workbench().workers().list())
            for (const auto& worker : *all)
                if (text(worker.name) == name && worker.url.rfind("tls://", 0) == 0 && !worker.paired)
                    pair(worker.name);
    });
    form->show();
    return form;
}

void WorkersPlace::edit(const api::WorkerInfo& worker) {
    auto* form = new WorkerForm(session_, &worker, this);
    connect(form, &WorkerForm::kept, this, [this] { loadWorkers(); });
    form->show();
}

void WorkersPlace::pair(const std::string& name) {
    const auto all = session_.workbench().workers().list();
    if (!all) {
        Q_EMIT said(errorSentence(all.error()));
        return;
    }
    for (const auto& worker : *all)
        if (worker.name == name) {
            auto* form = new PairForm(session_, worker, this);
            connect(form, &PairForm::paired, this, [this](const QString& paired) {
                Q_EMIT said(tr("This computer and %1 know each other now").arg(paired));
                loadWorkers();
            });
            form->show();
        }
}

void WorkersPlace::remove(const api::WorkerInfo& worker) {
    const auto name = worker.name;
    const bool forget = worker.jobs > 0;
    auto* box =
        new QMessageBox(QMessageBox::NoIcon, tr("Remove a worker"),
                        forget ? tr("Forget %1 and %2 of this project that %3 not ended there?")
                                     .arg(text(name), bridge::countText(worker.jobs, tr("job"), tr("jobs")),
                                          worker.jobs == 1 ? tr("has") : tr("have"))
                               : tr("Remove %1 from the list of workers?").arg(text(name)),
                        QMessageBox::NoButton, this);
    box->setObjectName(QStringLiteral("removeWorkerBox"));
    box->setAttribute(Qt::WA_DeleteOnClose);
    box->setInformativeText(
        forget
            ? tr("This is for a worker that is gone for good. The jobs end here as aborted, what they have "
                 "computed there is lost, and nothing is said to %1: where it still runs, it goes on. Labels "
                 "and results that are here stay.")
                  .arg(text(name))
            : tr("Nothing is changed on that computer. To use it again, add it again."));
    auto* yes = box->addButton(forget ? tr("Forget it and its jobs") : tr("Remove"),
                               forget ? QMessageBox::DestructiveRole : QMessageBox::AcceptRole);
    yes->setObjectName(forget ? QStringLiteral("forgetWorkerYes") : QStringLiteral("removeWorkerYes"));
    yes->setToolTip(forget ? tr("End its jobs here and take it from the list") : tr("Take it from the list"));
    auto* no = box->addButton(tr("Cancel"), QMessageBox::RejectRole);
    no->setObjectName(QStringLiteral("removeWorkerNo"));
    no->setToolTip(tr("Leave it as it is (Esc)"));
    box->setDefaultButton(forget ? no : yes);
    box->setEscapeButton(no);
    connect(yes, &QPushButton::clicked, this, [this, name, forget] {
        auto& workers = session_.workbench().workers();
        const auto removed = forget ? workers.forget(name) : workers.remove(name);
        Q_EMIT said(removed ? tr("%1 was removed").arg(text(name)) : errorSentence(removed.error()));
        loadWorkers();
    });
    box->open();
}

} // namespace balmer::desktop

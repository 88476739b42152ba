#include "app/desktop/workers/worker_card.h"

#include <algorithm>

#include <QAction>
#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/jobs_model.h"
#include "app/desktop/jobs/link_text.h"
#include "app/desktop/place/actions.h"
#include "engine/core/clock.h"
#include "widgets/common/elided_label.h"
#include "widgets/common/phase_chip.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::text;
using widgets::ElidedLabel;
using Link = api::WorkerInfo::Link;

namespace {

constexpr int roomForJobs = 3, mostJobs = 12;
const QString unknown = QStringLiteral("–");

bool isTls(const api::WorkerInfo& worker) {
    return worker.url.rfind("tls://", 0) == 0;
}

/// "balmer-worker 0.2.0" is said as "0.2.0".
QString versionOf(const std::string& software) {
    const QString whole = text(software);
    return whole.mid(whole.lastIndexOf(' ') + 1);
}

} // namespace

WorkerCard::WorkerCard(const api::WorkerInfo& worker, QWidget* parent)
    : QFrame(parent), worker_(worker), mark_(new QLabel), name_(new QLabel), address_(new ElidedLabel),
      link_(new QLabel), slots_(new ElidedLabel), data_(new ElidedLabel), count_(new ElidedLabel),
      computer_(new ElidedLabel), processor_(new ElidedLabel), software_(new ElidedLabel),
      dataBar_(new QProgressBar), list_(new QTreeWidget) {
    build();
    setWorker(worker);
}

void WorkerCard::build() {
    const QString own = text(worker_.name);
    setObjectName(QStringLiteral("workerCard_") + own);
    setAccessibleName(tr("Worker %1").arg(own));
    setFrameShape(QFrame::NoFrame);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    // The palette tells the workers apart by name; on the card the name stands above.
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(widgets::gridStep);
    const auto make = [&](const char* what, const QString& title, const QString& brief, const QString& tip,
                          void (WorkerCard::*wanted)()) {
        auto* action = makeAction(
            this, (QString::fromLatin1(what) + QStringLiteral("Action_") + own).toUtf8().constData(),
            title.arg(own), {}, tip.arg(own), [this, wanted] {
                Q_EMIT(this->*wanted)
                ();
            });
        auto* button = buttonFor(action, this);
        const auto shorten = [button, brief] { button->setText(brief); };
        connect(action, &QAction::changed, button, shorten);
        shorten();
        button->setAccessibleName(title.arg(own));
        QSizePolicy keepsRoom = button->sizePolicy();
        keepsRoom.setRetainSizeWhenHidden(true);
        button->setSizePolicy(keepsRoom);
        buttons->addWidget(button);
        return action;
    };
    pair_ = make("pairWorker", tr("Pair with %1…"), tr("Pair…"),
                 tr("Prove to %1, once, with its pairing code, that this computer is yours"),
                 &WorkerCard::pairRequested);
    retry_ = make("retryWorker", tr("Try %1 now"), tr("Try now"), tr("Connect to %1 without waiting longer"),
                  &WorkerCard::retryRequested);
    edit_ = make("editWorker", tr("Edit %1…"), tr("Edit…"), tr("Address and limits of %1"),
                 &WorkerCard::editRequested);
    remove_ = make("removeWorker", tr("Remove %1…"), tr("Remove…"),
                   tr("Take %1 from the list; nothing is changed there"), &WorkerCard::removeRequested);

    name_->setObjectName(QStringLiteral("workerCardName"));
    QFont large = name_->font();
    large.setPointSizeF(large.pointSizeF() * 1.2);
    large.setBold(true);
    name_->setFont(large);
    name_->setText(own);
    address_->setObjectName(QStringLiteral("workerAddress"));
    address_->setForegroundRole(QPalette::PlaceholderText);
    // Two lines, so that the reason of a failure has its room.
    link_->setObjectName(QStringLiteral("workerLink"));
    link_->setWordWrap(true);
    link_->setTextFormat(Qt::PlainText);
    link_->setAlignment(Qt::AlignLeft | Qt::AlignTop);
    link_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    link_->setMinimumHeight(2 * fontMetrics().lineSpacing());
    auto* state = new QHBoxLayout;
    state->setSpacing(widgets::gridStep);
    mark_->setFixedSize(2 * widgets::gridStep, fontMetrics().lineSpacing());
    state->addWidget(mark_, 0, Qt::AlignTop);
    state->addWidget(link_, 1);

    auto* facts = new QGridLayout;
    facts->setHorizontalSpacing(2 * widgets::gridStep);
    facts->setVerticalSpacing(widgets::gridStep);
    facts->setContentsMargins(0, widgets::gridStep / 2, 0, 0);
    const auto put = [&](int row, int column, const QString& title, QLabel* value, const char* name) {
        auto* heading = new QLabel(title);
        heading->setForegroundRole(QPalette::PlaceholderText);
        value->setObjectName(QString::fromLatin1(name));
        value->setText(unknown);
        value->setTextFormat(Qt::PlainText);
        facts->addWidget(heading, row, 2 * column);
        facts->addWidget(value, row, 2 * column + 1);
    };
    put(0, 0, tr("slots"), slots_, "workerSlots");
    put(1, 0, tr("cached data"), data_, "workerData");
    put(3, 0, tr("jobs"), count_, "workerJobCount");
    put(0, 1, tr("computer"), computer_, "workerComputer");
    put(1, 1, tr("processor"), processor_, "workerProcessor");
    put(3, 1, tr("Balmer"), software_, "workerSoftware");
    dataBar_->setObjectName(QStringLiteral("workerDataBar"));
    dataBar_->setToolTip(tr("Part of the room for cached data that is used"));
    dataBar_->setRange(0, 1000);
    dataBar_->setTextVisible(false);
    dataBar_->setFixedHeight(widgets::gridStep / 2);
    facts->addWidget(dataBar_, 2, 1);
    facts->setColumnStretch(1, 1);
    facts->setColumnStretch(3, 1);

    list_->setObjectName(QStringLiteral("workerJobs_") + own);
    list_->setAccessibleName(tr("Jobs on %1").arg(own));
    list_->setToolTip(
        tr("Jobs on %1 that have not ended, those of this project first; double click for details").arg(own));
    list_->setHeaderHidden(true);
    list_->setColumnCount(3);
    list_->setItemDelegateForColumn(1, new widgets::PhaseChipDelegate(list_));
    list_->setRootIsDecorated(false);
    list_->setFrameShape(QFrame::NoFrame);
    list_->setUniformRowHeights(true);
    list_->header()->setStretchLastSection(false);
    list_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    list_->setColumnWidth(1, 132);
    list_->setColumnWidth(2, 200);
    connect(list_, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) {
        if (const qint64 id = item->data(0, Qt::UserRole).toLongLong()) Q_EMIT jobActivated(id);
    });

    auto* top = new QHBoxLayout;
    top->setSpacing(2 * widgets::gridStep);
    top->addWidget(name_);
    top->addWidget(address_, 1);
    top->addLayout(buttons);
    auto* head = new QVBoxLayout;
    head->setSpacing(widgets::gridStep / 2);
    head->addLayout(top);
    head->addLayout(state);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(3 * widgets::gridStep, 2 * widgets::gridStep, 3 * widgets::gridStep,
                               2 * widgets::gridStep);
    column->setSpacing(widgets::gridStep);
    column->addLayout(head);
    column->addLayout(facts);
    column->addWidget(list_);
}

void WorkerCard::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    // What is drawn in the theme's colours by hand.
    if (event->type() == QEvent::PaletteChange && isVisible()) {
        showLink();
        showJobs();
    }
}

void WorkerCard::setWorker(const api::WorkerInfo& worker) {
    const bool elsewhere = worker.url != worker_.url;
    worker_ = worker;
    if (elsewhere) {
        report_.reset();
        silent_ = false;
        silence_.clear();
    }
    showLink();
    showFacts();
    showJobs();
}

void WorkerCard::setReport(const core::Result<api::WorkerReport>& report) {
    silent_ = !report.has_value();
    silence_ = report ? QString() : workerTrouble(report.error().message());
    if (report) {
        report_ = *report;
        answered_ = core::formatTime(core::systemClock().now());
    }
    showLink();
    showFacts();
    showJobs();
}

void WorkerCard::setJobs(const std::vector<jobs::Job>& jobs) {
    jobs_.clear();
    for (const auto& job : jobs)
        if (job.remote && job.remote->worker == worker_.name && !jobs::isFinal(job.phase))
            jobs_.push_back(job);
    showFacts();
    showJobs();
}

void WorkerCard::showLink() {
    // A worker that nothing is wanted of may answer or not all the same.
    const bool mute = silent_ && worker_.link != Link::Lost;
    mark_->setPixmap(widgets::icon(mute ? widgets::Icon::LinkLost : linkIcon(worker_.link))
                         .pixmap(QSize(2 * widgets::gridStep, 2 * widgets::gridStep), devicePixelRatioF()));
    address_->setText(text(worker_.url));
    address_->setToolTip(text(worker_.url));
    const bool lost = worker_.link == Link::Lost;
    QString words = mute ? tr("cannot be used now") : linkSentence(worker_);
    if (report_ && !silent_ && !lost)
        words += tr(", answers within %1 ms")
                     .arg(bridge::numberText(report_->answeredMilliseconds,
                                             report_->answeredMilliseconds < 10 ? 1 : 0));
    if (report_ && silent_) words += tr(", the last time at %1").arg(bridge::clockText(answered_));
    const QString trouble = lost ? workerTrouble(worker_.trouble) : silence_;
    if (!trouble.isEmpty()) {
        words += QStringLiteral(" – ") + trouble;
    }
    link_->setText(words);
    link_->setToolTip(trouble);
    widgets::setTone(*link_, trouble.isEmpty() ? widgets::Tone::Normal : widgets::Tone::Warning);
    retry_->setEnabled(lost);
    retry_->setVisible(lost);
    pair_->setVisible(isTls(worker_));
    pair_->setEnabled(isTls(worker_));
}

void WorkerCard::showFacts() {
    const std::size_t own = std::max(jobs_.size(), worker_.jobs);
    QString count = own == 0 ? tr("none of this project") : tr("%1 of this project").arg(own);
    if (own == 0 && report_ && report_->running + report_->waiting == 0)
        count = tr("none");
    else if (report_)
        count += tr("; %1 running and %2 waiting in all").arg(report_->running).arg(report_->waiting);
    count_->setText(count);
    count_->setToolTip(count);
    if (!report_) {
        for (QLabel* value : {slots_, data_, computer_, processor_, software_})
            value->setText(unknown);
        dataBar_->setValue(0);
        return;
    }
    slots_->setText(tr("%1 free of %2").arg(report_->freeSlots).arg(report_->slots));
    data_->setText(tr("%1 of %2 in %3")
                       .arg(bridge::bytesText(qint64(report_->storedBytes)),
                            bridge::bytesText(qint64(report_->quotaBytes)),
                            countText(report_->objects, tr("file"), tr("files"))));
    dataBar_->setValue(report_->quotaBytes == 0 ? 0
                                                : int(1000 * std::min(1.0, double(report_->storedBytes) /
                                                                               double(report_->quotaBytes))));
    computer_->setText(report_->host.empty() ? unknown : text(report_->host));
    processor_->setText(report_->processor.empty() ? unknown : text(report_->processor));
    software_->setText(report_->owner.empty()
                           ? versionOf(report_->software)
                           : tr("%1, run by %2").arg(versionOf(report_->software), text(report_->owner)));
    for (QLabel* value : {slots_, data_, computer_, processor_, software_})
        value->setToolTip(value->text());
}

void WorkerCard::showJobs() {
    const qint64 before = list_->currentItem() ? list_->currentItem()->data(0, Qt::UserRole).toLongLong() : 0;
    list_->clear();
    const auto add = [this](const QString& name, const QString& phase, widgets::PhaseLook look,
                            double progress, const QString& stage) {
        auto* item = new QTreeWidgetItem(list_, {name, phase, stage});
        item->setData(1, widgets::PhaseChipDelegate::lookRole, int(look));
        if (look == widgets::PhaseLook::Executing)
            item->setData(1, widgets::PhaseChipDelegate::progressRole, progress);
        item->setSizeHint(0, {0, fontMetrics().height() + 14});
        item->setToolTip(2, stage);
        return item;
    };
    const auto titled = [](const std::string& kind, const std::string& label) {
        return label.empty() ? jobKindTitle(kind) : tr("%1: %2").arg(jobKindTitle(kind), text(label));
    };
    for (const auto& job : jobs_) {
        if (list_->topLevelItemCount() >= mostJobs) break;
        auto* item = add(titled(job.spec.kind, job.spec.label), jobPhaseWord(job), jobPhaseLook(job),
                         job.progress, jobStage(job));
        item->setData(0, Qt::UserRole, qint64(job.id));
        if (before == job.id) list_->setCurrentItem(item);
    }
    if (report_ && !silent_)
        for (const auto& listed : report_->jobs) {
            if (list_->topLevelItemCount() >= mostJobs) break;
            const auto phase = jobs::parsePhase(listed.phase);
            const bool own = std::any_of(jobs_.begin(), jobs_.end(),
                                         [&](const auto& job) { return job.remote->key == listed.key; });
            if (own || (phase && jobs::isFinal(*phase))) continue;
            auto* item = add(
                titled(listed.kind, listed.label), phase ? phaseWord(*phase) : text(listed.phase).toLower(),
                phase ? phaseLook(*phase) : widgets::PhaseLook::Hollow, listed.progress, text(listed.stage));
            item->setForeground(0, palette().placeholderText());
            item->setToolTip(0, tr("Of another project; submitted by %1").arg(text(listed.owner)));
        }
    if (list_->topLevelItemCount() == 0) {
        auto* none = new QTreeWidgetItem(list_, {tr("No job there")});
        none->setFlags(Qt::NoItemFlags);
        none->setSizeHint(0, {0, fontMetrics().height() + 14});
    }
    const int rows = std::max(roomForJobs, list_->topLevelItemCount());
    list_->setFixedHeight(rows * (fontMetrics().height() + 14) + 2);
}

} // namespace balmer::desktop

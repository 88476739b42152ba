#include "app/desktop/jobs/jobs_place.h"

#include <algorithm>

#include <QAbstractButton>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSplitter>
#include <QStackedWidget>
#include <QTabWidget>
#include <QTableView>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/desktop/jobs/job_form.h"
#include "app/desktop/jobs/link_text.h"
#include "app/desktop/place/actions.h"
#include "app/desktop/place/chosen.h"
#include "engine/api/job_kinds.h"
#include "widgets/common/empty_state.h"
#include "widgets/common/phase_chip.h"
#include "widgets/common/theme.h"
#include "widgets/som/quality_sparkline.h"

namespace balmer::desktop {

namespace {

QPlainTextEdit* textPane(const char* name, const QString& tip) {
    auto* pane = new QPlainTextEdit;
    pane->setObjectName(QString::fromLatin1(name));
    pane->setToolTip(tip);
    pane->setReadOnly(true);
    pane->setFrameShape(QFrame::NoFrame);
    pane->setFont(widgets::tabularFont(pane->font()));
    return pane;
}

/// The result of such jobs has a list of spectra: an audit's, a search's.
bool listsSpectra(const std::string& kind) {
    const auto* known = api::findJobKind(kind);
    if (known == nullptr) return false;
    const auto named = [](const std::vector<jobs::Field>& fields, std::string_view name) {
        const auto found = std::ranges::find(fields, name, &jobs::Field::name);
        return found == fields.end() ? nullptr : &*found;
    };
    const jobs::Field* list = named(known->results, "list");
    return list != nullptr && list->type == jobs::Field::Type::List && !list->of.empty() &&
           named(list->of.front().of, "id") != nullptr;
}

} // namespace

JobsPlace::JobsPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("jobs"), parent), model_(new JobsModel(this)), view_(new QTableView),
      stack_(new QStackedWidget),
      empty_(new widgets::EmptyState(
          widgets::Icon::Jobs,
          tr("No job has run yet: imports, maps and rounds stand here with their progress"), tr("New job…"))),
      splitter_(new QSplitter(Qt::Horizontal)), title_(new QLabel), facts_(new QLabel), error_(new QLabel),
      tabs_(new QTabWidget), parameters_(textPane("jobParameters", tr("The job's parameters"))),
      result_(textPane("jobResult", tr("What came of it"))), artefacts_(new QTreeWidget),
      quality_(new widgets::QualitySparkline), clock_(new QTimer(this)) {
    build();
    connect(&session.events(), &bridge::EventRelay::jobsChanged, this, &JobsPlace::followJobs);
    connect(&session.events(), &bridge::EventRelay::workersChanged, this, &JobsPlace::loadWorkers);
    // A running job's duration grows without any event.
    clock_->setInterval(1000);
    connect(clock_, &QTimer::timeout, this, [this] {
        if (isVisible()) model_->tick();
    });
    clock_->start();
    if (const auto bytes = keptBytes(QStringLiteral("splitter")); !bytes.isEmpty())
        splitter_->restoreState(bytes);
    if (const auto bytes = keptBytes(QStringLiteral("header")); !bytes.isEmpty())
        view_->horizontalHeader()->restoreState(bytes);
    // Of the room that the others leave, the words of the progress take all.
    view_->horizontalHeader()->setStretchLastSection(false);
    view_->horizontalHeader()->setSectionResizeMode(JobsModel::Progress, QHeaderView::Stretch);
    wanted_ = kept(QStringLiteral("job")).toLongLong();
    load();
    loadWorkers();
}

QWidget* JobsPlace::buildDetails() {
    auto* details = new QWidget;
    auto* column = new QVBoxLayout(details);
    column->setContentsMargins(2 * widgets::gridStep, widgets::gridStep, 2 * widgets::gridStep,
                               widgets::gridStep);
    column->setSpacing(widgets::gridStep);
    title_->setObjectName(QStringLiteral("jobTitle"));
    QFont large = title_->font();
    large.setPointSizeF(large.pointSizeF() * 1.2);
    large.setBold(true);
    title_->setFont(large);
    title_->setWordWrap(true);
    facts_->setObjectName(QStringLiteral("jobFacts"));
    facts_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    facts_->setWordWrap(true);
    error_->setObjectName(QStringLiteral("jobError"));
    error_->setToolTip(tr("What went wrong, where, and what to do; can be copied"));
    error_->setTextFormat(Qt::PlainText);
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    error_->setWordWrap(true);
    widgets::setTone(*error_, widgets::Tone::Error);
    artefacts_->setObjectName(QStringLiteral("jobArtefacts"));
    artefacts_->setHeaderLabels({tr("what"), tr("kind"), tr("size"), tr("digest")});
    artefacts_->setRootIsDecorated(false);
    artefacts_->setFrameShape(QFrame::NoFrame);
    quality_->setObjectName(QStringLiteral("jobQuality"));
    tabs_->setObjectName(QStringLiteral("jobTabs"));
    tabs_->setDocumentMode(true);
    tabs_->addTab(parameters_, tr("Parameters"));
    tabs_->addTab(result_, tr("Result"));
    tabs_->addTab(artefacts_, tr("Artefacts"));
    tabs_->addTab(quality_, tr("Quality"));

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(widgets::gridStep);
    for (QAction* action : {label_, again_, abort_, remove_})
        buttons->addWidget(buttonFor(action, details));
    buttons->addStretch();
    column->addWidget(title_);
    column->addWidget(facts_);
    column->addWidget(error_);
    column->addWidget(tabs_, 1);
    column->addLayout(buttons);
    return details;
}

void JobsPlace::build() {
    view_->setObjectName(QStringLiteral("jobsView"));
    view_->setModel(model_);
    view_->setItemDelegateForColumn(JobsModel::Phase, new widgets::PhaseChipDelegate(view_));
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setSelectionMode(QAbstractItemView::SingleSelection);
    view_->setShowGrid(false);
    view_->setWordWrap(false);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setTabKeyNavigation(false);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setDefaultSectionSize(fontMetrics().height() + 14);
    view_->setFont(widgets::tabularFont(view_->font()));
    auto* header = view_->horizontalHeader();
    header->setHighlightSections(false);
    header->setSectionsMovable(true);
    const int widths[JobsModel::ColumnCount] = {32, 112, 96, 124, 152, 98, 92, 158};
    for (int c = 0; c < JobsModel::ColumnCount; ++c)
        view_->setColumnWidth(c, widths[c]);
    connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this] { showDetails(); });

    again_ = makeAction(this, "runAgainAction", tr("Run again…"), QKeySequence(Qt::CTRL | Qt::Key_R),
                        tr("Submit the chosen job anew, with the same or changed parameters"),
                        [this] { runAgain(); });
    label_ = makeAction(this, "labelListedAction", tr("Label these"), {},
                        tr("The spectra that the chosen job lists become the queue of Label"),
                        [this] { labelListed(); });
    abort_ = makeAction(this, "abortJobAction", tr("Abort"), QKeySequence(Qt::CTRL | Qt::Key_Period),
                        tr("Stop the chosen job"), [this] { change(&api::Jobs::abort, [] {}); });
    remove_ = makeAction(this, "deleteJobAction", tr("Delete"), QKeySequence(Qt::Key_Delete),
                         tr("Forget the chosen job and its log; what it made stays"),
                         [this] { change(&api::Jobs::remove, [this] { load(); }); });
    auto* create =
        makeAction(this, "newJobAction", tr("New job…"), QKeySequence(Qt::CTRL | Qt::Key_N),
                   session_.onlyReads().isEmpty() ? tr("Any kind of job, with its parameters as JSON")
                                                  : tr("Exports and other jobs that change nothing, since %1")
                                                        .arg(bridge::text(session_.workbench().onlyReads())),
                   [this] { newJob(); });
    create->setIcon(widgets::icon(widgets::Icon::Add));

    auto* list = new QWidget;
    auto* column = new QVBoxLayout(list);
    column->setContentsMargins(0, widgets::gridStep, 0, 0);
    column->setSpacing(widgets::gridStep);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(widgets::gridStep, 0, widgets::gridStep, 0);
    row->addWidget(buttonFor(create, list));
    row->addStretch();
    column->addLayout(row);
    column->addWidget(view_, 1);
    splitter_->setChildrenCollapsible(false);
    splitter_->addWidget(list);
    splitter_->addWidget(buildDetails());
    splitter_->setStretchFactor(0, 5);
    splitter_->setStretchFactor(1, 3);
    splitter_->setSizes({868, 340});

    connect(empty_, &widgets::EmptyState::actionTriggered, this, &JobsPlace::newJob);
    stack_->addWidget(splitter_);
    stack_->addWidget(empty_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(stack_);
    showDetails();
}

void JobsPlace::enter() {
    view_->setFocus();
}

void JobsPlace::keep() {
    keepBytes(QStringLiteral("splitter"), splitter_->saveState());
    keepBytes(QStringLiteral("header"), view_->horizontalHeader()->saveState());
    keepValue(QStringLiteral("job"), chosen() ? QString::number(chosen()->id) : QString());
}

void JobsPlace::showSomething() {
    if (!chosen() && model_->rowCount() > 0) view_->selectRow(0);
}

void JobsPlace::load() {
    session_.lists().latest(
        this, "jobs",
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.jobs().list(); },
        [this](core::Result<std::vector<jobs::Job>> jobs) {
            if (!jobs) {
                Q_EMIT said(errorSentence(jobs.error()));
                return;
            }
            const qint64 before = chosen() ? chosen()->id : wanted_;
            model_->setJobs(std::move(*jobs));
            stack_->setCurrentIndex(model_->rowCount() > 0 ? 0 : 1);
            const int row = model_->rowOf(before);
            if (model_->rowCount() > 0) view_->selectRow(row < 0 ? 0 : row);
            showDetails();
        });
}

void JobsPlace::loadWorkers() {
    session_.lists().latest(
        this, "workers",
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.workers().list(); },
        [this](core::Result<std::vector<api::WorkerInfo>> workers) {
            if (!workers) {
                Q_EMIT said(errorSentence(workers.error()));
                return;
            }
            model_->setWorkers(std::move(*workers));
            showDetails();
        });
}

void JobsPlace::followJobs(const std::vector<jobs::Job>& jobs) {
    model_->update(jobs);
    stack_->setCurrentIndex(model_->rowCount() > 0 ? 0 : 1);
    if (wanted_ != 0 && model_->rowOf(wanted_) >= 0) {
        view_->selectRow(model_->rowOf(wanted_));
        wanted_ = 0;
    }
    for (const auto& job : jobs)
        if (chosen() && job.id == chosen()->id) showDetails();
}

void JobsPlace::showJob(qint64 id) {
    if (const int row = model_->rowOf(id); row >= 0)
        view_->selectRow(row);
    else
        wanted_ = id;
}

const jobs::Job* JobsPlace::chosen() const {
    const QModelIndex current =
        view_->selectionModel() ? view_->selectionModel()->currentIndex() : QModelIndex();
    return current.isValid() ? model_->job(current.row()) : nullptr;
}

void JobsPlace::labelListed() {
    const jobs::Job* job = chosen();
    if (!job) return;
    const auto result = QJsonDocument::fromJson(QByteArray::fromStdString(job->result)).object();
    LabelList list;
    list.title = tr("%1, job %2").arg(jobKindTitle(job->spec.kind)).arg(job->id);
    bool anyReason = false;
    for (const auto& each : result[QStringLiteral("list")].toArray()) {
        list.ids.push_back(bridge::plain(each[QStringLiteral("id")].toString()));
        list.reasons.push_back(bridge::plain(each[QStringLiteral("reason")].toString()));
        anyReason |= !list.reasons.back().empty();
    }
    if (!anyReason) list.reasons.clear();
    if (list.ids.empty())
        Q_EMIT said(tr("The job lists no spectrum"));
    else
        Q_EMIT labelListRequested(list);
}

void JobsPlace::showDetails() {
    const jobs::Job* job = chosen();
    const bool final = job && jobs::isFinal(job->phase);
    again_->setEnabled(job != nullptr);
    label_->setVisible(job && job->phase == jobs::Phase::Completed && listsSpectra(job->spec.kind));
    abort_->setEnabled(job && !final && !(job->remote && job->remote->abortWanted));
    remove_->setEnabled(final);
    if (!job) {
        shown_ = 0;
        title_->setText(tr("No job chosen"));
        facts_->clear();
        error_->hide();
        parameters_->clear();
        result_->clear();
        artefacts_->clear();
        quality_->clear();
        tabs_->setTabVisible(3, false);
        return;
    }
    title_->setText(job->spec.label.empty()
                        ? tr("%1, job %2").arg(jobKindTitle(job->spec.kind)).arg(job->id)
                        : tr("%1: %2").arg(jobKindTitle(job->spec.kind), text(job->spec.label)));
    QStringList facts;
    facts << tr("job %1, %2, on %3").arg(job->id).arg(jobPhaseWord(*job), text(job->place));
    if (job->spec.parent) facts.last() += tr(", job %1 run again").arg(*job->spec.parent);
    if (const auto* worker = model_->workerOf(*job))
        facts << QStringLiteral("%1: %2").arg(text(worker->name), linkSentence(*worker));
    if (const QString heard = jobLastHeard(*job); !heard.isEmpty()) facts << heard;
    if (job->remote && job->remote->abortWanted && !final)
        facts << tr("ends as soon as %1 has heard of it").arg(text(job->place));
    if (const QString stage = jobStage(*job); job->remote && !stage.isEmpty()) facts << stage;
    // The day is told once.
    const QString created = bridge::timeText(job->created);
    const auto time = [day = created.chopped(5)](const std::string& iso) {
        const QString whole = bridge::timeText(iso);
        return whole.startsWith(day) ? whole.mid(day.size()) : whole;
    };
    QString times = tr("created %1").arg(created);
    if (!job->started.empty()) times += tr(", started %1").arg(time(job->started));
    if (!job->ended.empty()) times += tr(", ended %1").arg(time(job->ended));
    if (const QString duration = jobDuration(*job); !duration.isEmpty())
        times += QStringLiteral(" (%1)").arg(duration);
    facts << times;
    QString made = tr("Balmer %1").arg(text(job->programVersion));
    if (!job->device.empty()) made += QStringLiteral(" · ") + text(job->device);
    facts << made;
    if (!job->spec.notes.empty()) facts << text(job->spec.notes);
    facts_->setText(facts.join('\n'));
    error_->setVisible(job->error.has_value());
    if (job->error) error_->setText(bridge::errorText(*job->error));
    const auto setText = [](QPlainTextEdit* pane, const QString& words) {
        if (pane->toPlainText() != words) pane->setPlainText(words);
    };
    setText(parameters_, bridge::indentedJson(job->spec.parameters));
    setText(result_, job->result.empty() ? (final ? tr("nothing was returned") : tr("not yet"))
                                         : bridge::indentedJson(job->result));
    artefacts_->clear();
    for (const auto& artefact : job->artefacts) {
        auto* item =
            new QTreeWidgetItem(artefacts_, {text(artefact.name), text(artefact.mediaType),
                                             bridge::bytesText(artefact.bytes), text(artefact.digest)});
        item->setToolTip(3, text(artefact.digest));
    }
    const bool map = api::jobMakes(*job, jobs::Change::Maps);
    tabs_->setTabVisible(3, map);
    if (shown_ != job->id) quality_->clear();
    shown_ = job->id;
    if (!map) {
        session_.lists().forget(this, "series");
        return;
    }
    session_.lists().latest(
        this, "series",
        [&workbench = session_.workbench(), id = job->id](const std::stop_token&) {
            std::pair<std::vector<double>, std::vector<double>> errors;
            if (const auto points = workbench.jobs().series(id, "quantisation error"))
                for (const auto& [step, value] : *points)
                    errors.first.push_back(value);
            if (const auto points = workbench.jobs().series(id, "topographic error"))
                for (const auto& [step, value] : *points)
                    errors.second.push_back(value);
            return errors;
        },
        [this, id = job->id](const std::pair<std::vector<double>, std::vector<double>>& errors) {
            if (shown_ == id) quality_->setHistory(errors.first, errors.second);
        });
}

void JobsPlace::change(core::Status (api::Jobs::*how)(jobs::JobId), std::function<void()> then) {
    const auto* job = chosen();
    if (!job) return;
    session_.changes().run(
        this,
        [workbench = session_.sharedWorkbench(), how, id = job->id](const std::stop_token&) {
            return (workbench->jobs().*how)(id);
        },
        [this, then = std::move(then)](const core::Status& changed) {
            if (!changed) Q_EMIT said(errorSentence(changed.error()));
            then();
        });
}

JobForm* JobsPlace::runAgain() {
    const jobs::Job* job = chosen();
    if (!job) return nullptr;
    auto* form = new JobForm(session_, job->spec.kind, tr("Run again: %1").arg(jobKindTitle(job->spec.kind)),
                             tr("Run"), this);
    form->setExplanation(
        tr("Job %1 stays as it is; the new one remembers that it comes from it.").arg(job->id));
    form->showJson(job->spec.parameters);
    form->setJobLabel(text(job->spec.label));
    form->setParentJob(job->id);
    form->showWhere();
    connect(form, &JobForm::submitted, this, &JobsPlace::showJob);
    form->show();
    return form;
}

void JobsPlace::newJob() {
    auto* form = new JobForm(session_, {}, tr("New job"), tr("Run"), this);
    form->showKindChoice();
    form->showWhere();
    connect(form, &JobForm::submitted, this, &JobsPlace::showJob);
    form->show();
}

} // namespace balmer::desktop

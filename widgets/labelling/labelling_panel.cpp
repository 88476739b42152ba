#include "widgets/labelling/labelling_panel.h"

#include <QAction>
#include <QApplication>
#include <QEvent>
#include <QShowEvent>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "widgets/common/empty_state.h"
#include "widgets/common/theme.h"
#include "widgets/labelling/contact_sheet.h"
#include "widgets/labelling/decision_column.h"
#include "widgets/labelling/labelling_actions.h"
#include "widgets/labelling/labelling_plots.h"
#include "widgets/labelling/object_column.h"
#include "widgets/labelling/queue_header.h"
#include "widgets/labelling/queue_strip.h"
#include "widgets/spectrum/line_plot.h"

namespace balmer::widgets {

struct LabellingPanel::Private {
    LabellingPanel* view = nullptr;
    LabelItem item;
    bool shown = false;  ///< an item is shown
    bool hidden = false; ///< predictions are
    Behind behind = Behind::Nothing;
    QString restClass;

    LabellingActions* actions = nullptr;
    QueueHeader* header = nullptr;
    QStackedWidget* stack = nullptr;
    EmptyState* empty = nullptr;
    ObjectColumn* object = nullptr;
    LabellingPlots* plots = nullptr;
    QStackedWidget* middle = nullptr; ///< the plots, or the contact sheet
    ContactSheet* sheet = nullptr;
    DecisionColumn* decision = nullptr;
    QueueStrip* queue = nullptr;

    QWidget* makePage();
    void connectActions();
    void give(LabelKind kind, int classIndex);
    void passOver();
    void toggleNoteworthy();
    void leaveComment();
    void showTexts();
};

/// What is seen while there is something to label.
QWidget* LabellingPanel::Private::makePage() {
    auto* page = new QWidget(view);
    auto* columns = new QSplitter(Qt::Horizontal, page);
    columns->setObjectName(QStringLiteral("labellingColumns"));
    columns->setChildrenCollapsible(false);
    columns->setHandleWidth(2 * gridStep);
    object = new ObjectColumn(columns);
    queue = new QueueStrip(page);
    middle = new QStackedWidget(columns);
    plots = new LabellingPlots(middle);
    sheet = new ContactSheet(*queue, middle);
    middle->addWidget(plots);
    middle->addWidget(sheet);
    decision = new DecisionColumn(*actions, columns);
    columns->setStretchFactor(0, 0);
    columns->setStretchFactor(1, 1);
    columns->setStretchFactor(2, 0);
    columns->setSizes({210, 720, 270});
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(gridStep);
    column->addWidget(columns, 1);
    column->addWidget(queue);
    return page;
}

void LabellingPanel::Private::connectActions() {
    connect(actions, &LabellingActions::labelChosen, view,
            [this](LabelKind kind, int classIndex) { give(kind, classIndex); });
    connect(actions->noteworthy, &QAction::triggered, view, [this] { toggleNoteworthy(); });
    connect(actions->nameClasses, &QAction::triggered, view, &LabellingPanel::classesRequested);
    connect(actions->skip, &QAction::triggered, view, [this] { passOver(); });
    connect(actions->undo, &QAction::triggered, view, &LabellingPanel::undoRequested);
    connect(actions->back, &QAction::triggered, view, &LabellingPanel::backRequested);
    connect(actions->on, &QAction::triggered, view, &LabellingPanel::onRequested);
    connect(actions->blind, &QAction::triggered, view, [this](bool on) {
        view->setPredictionsHidden(on);
        Q_EMIT view->predictionsHiddenChanged(on);
    });
    connect(actions->raw, &QAction::toggled, plots, &LabellingPlots::setRawVisible);
    for (const auto& [action, what] : actions->behind())
        connect(action, &QAction::triggered, view, [this, what = what] {
            view->setBehind(view->behind()); // marked by the owner alone
            Q_EMIT view->behindRequested(what);
        });
    connect(actions->sheet, &QAction::toggled, view, [this](bool on) {
        middle->setCurrentIndex(on ? 1 : 0);
        for (QAction* ofTheSheet : {actions->rest, actions->up, actions->down})
            ofTheSheet->setEnabled(on);
        Q_EMIT view->sheetShown(on);
    });
    connect(actions->rest, &QAction::triggered, view, [this] {
        const QStringList ids = sheet->unlabelled();
        if (!shown || ids.isEmpty() || restClass.isEmpty()) return;
        header->setError({});
        Q_EMIT view->restGiven(ids, restClass);
    });
    const auto walk = [this](int rows) {
        const int last = int(queue->entries().size()) - 1;
        const int to = queue->currentIndex() + rows * ContactSheet::columns;
        if (shown && to >= 0 && to <= last) Q_EMIT view->itemRequested(to);
    };
    connect(actions->up, &QAction::triggered, view, [walk] { walk(-1); });
    connect(actions->down, &QAction::triggered, view, [walk] { walk(1); });
    connect(sheet, &ContactSheet::entryClicked, view, &LabellingPanel::itemRequested);
    connect(actions->comment, &QAction::triggered, object, &ObjectColumn::focusComment);
    connect(actions->nextRound, &QAction::triggered, view, &LabellingPanel::nextRoundRequested);
    connect(object, &ObjectColumn::commentDone, view, [this] { view->setFocus(Qt::OtherFocusReason); });
    connect(object, &ObjectColumn::commentLeft, view, [this] { leaveComment(); });
    connect(queue, &QueueStrip::entryClicked, view, &LabellingPanel::itemRequested);
    connect(empty, &EmptyState::actionTriggered, view, &LabellingPanel::emptyActionTriggered);
}

void LabellingPanel::Private::give(LabelKind kind, int classIndex) {
    if (!shown) return;
    LabelGesture gesture;
    gesture.kind = kind;
    if (kind == LabelKind::Class) gesture.className = actions->classNames().value(classIndex);
    gesture.comment = object->comment();
    const QString id = item.id;
    item.comment = gesture.comment; // goes with the label; leaving the field says nothing more
    header->setError({});
    const QString word = answerWord({kind, gesture.className});
    plots->linePlot()->flash(kind == LabelKind::Class ? classColour(classIndex) : theme().mutedText, word);
    queue->setLabel(id, word);
    Q_EMIT view->labelGiven(id, gesture);
}

void LabellingPanel::Private::passOver() {
    if (!shown) return;
    header->setError({});
    plots->linePlot()->flash(theme().mutedText, tr("skipped"));
    Q_EMIT view->skipRequested();
}

void LabellingPanel::Private::toggleNoteworthy() {
    if (!shown) return;
    item.noteworthy = actions->noteworthy->isChecked();
    item.comment = object->comment();
    header->setError({});
    LabelGesture gesture;
    gesture.kind = LabelKind::Noteworthy;
    gesture.className = item.noteworthy ? QStringLiteral("noteworthy") : QString();
    gesture.comment = item.comment;
    Q_EMIT view->labelGiven(item.id, gesture);
}

void LabellingPanel::Private::leaveComment() {
    if (!shown || object->comment() == item.comment) return;
    item.comment = object->comment();
    Q_EMIT view->commentEdited(item.id, item.comment);
}

void LabellingPanel::Private::showTexts() {
    object->showMetadata(shown ? &item : nullptr);
    decision->showItem(shown ? &item : nullptr, hidden);
}

LabellingPanel::LabellingPanel(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>()) {
    d_->view = this;
    setObjectName(QStringLiteral("labellingPanel"));
    setAccessibleName(tr("Labelling"));
    setFocusPolicy(Qt::StrongFocus);
    d_->actions = new LabellingActions(*this);
    d_->header = new QueueHeader(d_->actions->nextRound, this);
    d_->empty = new EmptyState(Icon::Label, tr("Nothing to label yet."), QString(), this);
    d_->empty->setObjectName(QStringLiteral("labellingEmpty"));
    d_->empty->button()->setObjectName(QStringLiteral("labellingEmptyAction"));
    d_->stack = new QStackedWidget(this);
    d_->stack->addWidget(d_->empty);
    d_->stack->addWidget(d_->makePage());
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(gridStep, gridStep, gridStep, gridStep);
    all->setSpacing(gridStep);
    all->addWidget(d_->header);
    all->addWidget(d_->stack, 1);
    d_->connectActions();
    d_->showTexts();
}

LabellingPanel::~LabellingPanel() {
    // A comment field that loses the focus while all goes down says nothing any more.
    d_->object->disconnect(this);
}

void LabellingPanel::setQueue(std::vector<QueueEntry> entries) {
    d_->queue->setEntries(std::move(entries));
    if (d_->shown) d_->queue->setCurrentId(d_->item.id, d_->item.list);
}

void LabellingPanel::setAnswer(const QString& id, const std::optional<Answer>& answer) {
    setQueueLabel(id, answer ? answerWord(*answer) : QString());
    if (!d_->shown || d_->item.id != id || d_->item.given == answer) return;
    d_->item.given = answer;
    d_->showTexts();
}

void LabellingPanel::setQueueLabel(const QString& id, const QString& label) {
    d_->queue->setLabel(id, label);
}

void LabellingPanel::setThumbnail(const QString& id, std::vector<float> thumbnail) {
    d_->queue->setThumbnail(id, thumbnail);
}

void LabellingPanel::setCurrent(LabelItem item, bool rescale) {
    d_->leaveComment();
    d_->item = std::move(item);
    d_->shown = true;
    const LabelItem& now = d_->item;
    if (d_->actions->setClasses(now.classNames)) {
        d_->queue->setClassNames(now.classNames);
        d_->decision->classesChanged();
    }
    d_->stack->setCurrentIndex(1);
    d_->plots->showItem(now, rescale);
    d_->object->setComment(now.comment);
    d_->actions->noteworthy->setChecked(now.noteworthy);
    d_->showTexts();
    d_->actions->setAnswersEnabled(!now.reading);
    d_->queue->setCurrentId(now.id, now.list);
}

void LabellingPanel::setWholeSpectrum(const QString& id, PlottedSpectrum whole) {
    if (!d_->shown || d_->item.id != id) return;
    d_->item.whole = std::move(whole);
    d_->plots->showWhole(*d_->item.whole);
}

void LabellingPanel::setBehind(Behind what) {
    d_->behind = what;
    for (const auto& [action, each] : d_->actions->behind())
        action->setChecked(each == what);
}

Behind LabellingPanel::behind() const {
    return d_->behind;
}

void LabellingPanel::setBehindCurves(const QString& id, BehindCurves curves) {
    if (d_->shown && d_->item.id == id) d_->plots->setBehind(std::move(curves));
}

void LabellingPanel::setRestClass(const QString& className) {
    d_->restClass = className;
    d_->actions->rest->setText(className.isEmpty() ? tr("the rest") : tr("rest: %1").arg(className));
    d_->actions->rest->setToolTip(
        className.isEmpty() ? tr("Name the classes first")
                            : tr("Every spectrum of the contact sheet without a label is %1").arg(className));
}

bool LabellingPanel::showsSheet() const {
    return d_->actions->sheet->isChecked();
}

void LabellingPanel::clearCurrent(const QString& sentence, const QString& action) {
    d_->leaveComment();
    d_->item = {};
    d_->shown = false;
    d_->plots->forgetRange();
    d_->empty->setSentence(sentence);
    d_->empty->setAction(action);
    d_->stack->setCurrentIndex(0);
    d_->actions->setAnswersEnabled(false);
}

QString LabellingPanel::currentId() const {
    return d_->shown ? d_->item.id : QString();
}

QueueHeader* LabellingPanel::header() const {
    return d_->header;
}

void LabellingPanel::setStatus(const QueueStatus& status) {
    d_->header->setStatus(status);
}

void LabellingPanel::setError(const QString& message) {
    d_->header->setError(message);
}

bool LabellingPanel::predictionsHidden() const {
    return d_->hidden;
}

void LabellingPanel::setPredictionsHidden(bool hidden) {
    d_->hidden = hidden;
    d_->actions->blind->setChecked(hidden);
    d_->showTexts();
}

SpectrumPlot* LabellingPanel::windowPlot() const {
    return d_->plots->windowPlot();
}

SpectrumPlot* LabellingPanel::wholePlot() const {
    return d_->plots->wholePlot();
}

LinePlot* LabellingPanel::linePlot() const {
    return d_->plots->linePlot();
}

LineStrip* LabellingPanel::lineStrip() const {
    return d_->plots->lineStrip();
}

void LabellingPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    // The keys work as soon as the place is seen.
    if (!event->spontaneous() && !isAncestorOf(QApplication::focusWidget())) setFocus(Qt::OtherFocusReason);
}

void LabellingPanel::changeEvent(QEvent* event) {
    // The texts carry a colour of the theme.
    if (event->type() == QEvent::PaletteChange) d_->showTexts();
    QWidget::changeEvent(event);
}

} // namespace balmer::widgets

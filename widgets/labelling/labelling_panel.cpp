#include "widgets/labelling/labelling_panel.h"

#include <algorithm>
#include <cmath>

#include <QAction>
#include <QApplication>
#include <QEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "widgets/common/empty_state.h"
#include "widgets/common/key_button.h"
#include "widgets/common/theme.h"
#include "widgets/labelling/queue_strip.h"
#include "widgets/spectrum/line_strip.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::widgets {

QString displayName(LabelKind kind) {
    switch (kind) {
    case LabelKind::Class:
        return LabellingPanel::tr("class");
    case LabelKind::NotSure:
        return LabellingPanel::tr("not sure");
    case LabelKind::Bad:
        return LabellingPanel::tr("bad");
    case LabelKind::Artefact:
        return LabellingPanel::tr("artefact");
    case LabelKind::Noteworthy:
        return LabellingPanel::tr("noteworthy");
    }
    return {};
}

namespace {

/// A label whose place in the layout does not hang on its words: they are laid out once, when they are drawn.
class SteadyLabel : public QLabel {
  public:
    using QLabel::QLabel;
    QSize sizeHint() const override { return minimumSize(); }
    QSize minimumSizeHint() const override { return minimumSize(); }
    bool hasHeightForWidth() const override { return false; }
};

} // namespace

struct LabellingPanel::Private {
    LabellingPanel* view = nullptr;
    LabelItem item;
    bool shown = false;  ///< an item is shown
    bool hidden = false; ///< predictions are
    bool everShown = false;

    QLabel* round = nullptr;
    QLabel* pace = nullptr;
    QLabel* error = nullptr;
    KeyButton* next = nullptr;
    QStackedWidget* stack = nullptr;
    EmptyState* empty = nullptr;
    QLabel* metadata = nullptr;
    QPlainTextEdit* comment = nullptr;
    SpectrumPlot* window = nullptr;
    SpectrumPlot* whole = nullptr;
    LineStrip* strip = nullptr;
    QueueStrip* queue = nullptr;
    QVBoxLayout* classColumn = nullptr;
    QLabel* decideTitle = nullptr;
    QLabel* reason = nullptr;
    QStringList classNames;
    std::vector<QAction*> classActions;
    std::vector<KeyButton*> classButtons;
    QAction *notSure = nullptr, *bad = nullptr, *artefact = nullptr, *noteworthy = nullptr;
    QAction *skip = nullptr, *undo = nullptr, *back = nullptr, *hide = nullptr, *focusComment = nullptr,
            *nextRound = nullptr;
    std::vector<QAction*> itemActions; ///< those that need an item

    QAction* action(const char* name, const QString& text, const QString& tip,
                    const QList<QKeySequence>& keys);
    KeyButton* button(QAction* action, const char* name, QWidget* parent) const;
    QWidget* makeTop();
    QWidget* makeLeft();
    QWidget* makeCentre();
    QWidget* makeRight();
    void makeActions();
    void setClasses(const QStringList& names);
    void give(LabelKind kind, int classIndex);
    void toggleNoteworthy();
    void showPrediction();
    void showMetadata();
    void leaveComment();
    void enableActions();
    void applyColours();
    QString commentText() const { return comment->toPlainText().trimmed(); }
};

QAction* LabellingPanel::Private::action(const char* name, const QString& text, const QString& tip,
                                         const QList<QKeySequence>& keys) {
    auto* made = new QAction(text, view);
    made->setObjectName(QLatin1String(name));
    made->setToolTip(tip);
    made->setShortcuts(keys);
    made->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    made->setAutoRepeat(false);
    view->addAction(made);
    return made;
}

KeyButton* LabellingPanel::Private::button(QAction* action, const char* name, QWidget* parent) const {
    auto* made = new KeyButton(action->text(), parent);
    made->setObjectName(QLatin1String(name));
    made->followAction(action);
    return made;
}

void LabellingPanel::Private::makeActions() {
    notSure = action("labellingNotSure", tr("not sure"),
                     tr("I cannot decide; the spectrum may be asked again"), {Qt::Key_U});
    bad = action("labellingBad", tr("bad"), tr("The spectrum cannot be used"), {Qt::Key_D});
    artefact = action("labellingArtefact", tr("artefact"), tr("An effect of the instrument or the reduction"),
                      {Qt::Key_A});
    noteworthy = action("labellingNoteworthy", tr("noteworthy"), tr("Flag as noteworthy, beside its label"),
                        {Qt::Key_N});
    noteworthy->setCheckable(true);
    skip = action("labellingSkip", tr("skip"), tr("Go on without a label"), {Qt::Key_S});
    undo = action("labellingUndo", tr("undo"), tr("Take back the last label"),
                  {Qt::Key_Z, QKeySequence(Qt::CTRL | Qt::Key_Z)});
    back = action("labellingBack", tr("back"), tr("Go to the spectrum before; a change there is a new label"),
                  {Qt::Key_Backspace});
    hide = action("labellingHide", tr("blind"), tr("Hide what the model says, so as not to be led"),
                  {Qt::Key_B});
    hide->setCheckable(true);
    focusComment = action("labellingComment", tr("comment"),
                          tr("Write a comment; Enter or Escape leaves the field"), {Qt::Key_C});
    nextRound = action("labellingNextRound", tr("next round ▸"),
                       tr("Train with the new labels and choose the next lists"),
                       {QKeySequence(Qt::CTRL | Qt::Key_Return), QKeySequence(Qt::CTRL | Qt::Key_Enter)});
    itemActions = {notSure, bad, artefact, noteworthy, skip, focusComment};
    connect(notSure, &QAction::triggered, view, [this] { give(LabelKind::NotSure, -1); });
    connect(bad, &QAction::triggered, view, [this] { give(LabelKind::Bad, -1); });
    connect(artefact, &QAction::triggered, view, [this] { give(LabelKind::Artefact, -1); });
    connect(noteworthy, &QAction::triggered, view, [this] { toggleNoteworthy(); });
    connect(skip, &QAction::triggered, view, [this] { Q_EMIT view->skipRequested(); });
    connect(undo, &QAction::triggered, view, [this] { Q_EMIT view->undoRequested(); });
    connect(back, &QAction::triggered, view, [this] { Q_EMIT view->backRequested(); });
    connect(hide, &QAction::triggered, view, [this](bool on) {
        view->setPredictionsHidden(on);
        Q_EMIT view->predictionsHiddenChanged(on);
    });
    connect(focusComment, &QAction::triggered, view, [this] { comment->setFocus(Qt::ShortcutFocusReason); });
    connect(nextRound, &QAction::triggered, view, [this] { Q_EMIT view->nextRoundRequested(); });
}

QWidget* LabellingPanel::Private::makeTop() {
    auto* top = new QWidget(view);
    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * gridStep);
    round = new QLabel(top);
    round->setObjectName(QStringLiteral("labellingRound"));
    pace = new QLabel(top);
    pace->setObjectName(QStringLiteral("labellingPace"));
    error = new QLabel(top);
    error->setObjectName(QStringLiteral("labellingError"));
    error->setTextInteractionFlags(Qt::TextSelectableByMouse);
    error->setWordWrap(true);
    setTone(*pace, Tone::Muted);
    setTone(*error, Tone::Error);
    next = button(nextRound, "labellingNextRoundButton", top);
    next->setPrimary(true);
    row->addWidget(round);
    row->addWidget(pace);
    row->addWidget(error, 1);
    row->addWidget(next);
    return top;
}

QWidget* LabellingPanel::Private::makeLeft() {
    auto* left = new QWidget(view);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(gridStep);
    metadata = new QLabel(left);
    metadata->setObjectName(QStringLiteral("labellingMetadata"));
    metadata->setAccessibleName(tr("Metadata"));
    metadata->setTextFormat(Qt::RichText);
    metadata->setWordWrap(true);
    metadata->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    metadata->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* scroll = new QScrollArea(left);
    scroll->setWidget(metadata);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    comment = new QPlainTextEdit(left);
    comment->setObjectName(QStringLiteral("labellingCommentEdit"));
    comment->setAccessibleName(tr("Comment"));
    comment->setPlaceholderText(tr("comment (C)"));
    comment->setToolTip(tr("Comment on this spectrum  (C); Enter or Escape leaves the field"));
    comment->setTabChangesFocus(true);
    // Only C and a click lead here: focus that strayed into the field would swallow the digits.
    comment->setFocusPolicy(Qt::ClickFocus);
    comment->setFixedHeight(9 * gridStep);
    comment->installEventFilter(view);
    column->addWidget(scroll, 1);
    column->addWidget(comment);
    left->setMinimumWidth(21 * gridStep);
    return left;
}

QWidget* LabellingPanel::Private::makeCentre() {
    auto* centre = new QSplitter(Qt::Vertical, view);
    centre->setObjectName(QStringLiteral("labellingPlots"));
    centre->setChildrenCollapsible(false);
    centre->setHandleWidth(gridStep);
    window = new SpectrumPlot(centre);
    window->setObjectName(QStringLiteral("labellingWindowPlot"));
    window->setAccessibleName(tr("Window about Hα"));
    window->setRangeLocked(true);
    window->setVelocityReference(hAlphaVacuum, QStringLiteral("Hα"));
    window->setFocusPolicy(Qt::ClickFocus);
    window->setMinimumHeight(22 * gridStep);
    whole = new SpectrumPlot(centre);
    whole->setObjectName(QStringLiteral("labellingWholePlot"));
    whole->setAccessibleName(tr("Whole spectrum"));
    whole->setLegendLimit(0);
    whole->setErrorVisible(false);
    whole->setFocusPolicy(Qt::ClickFocus);
    whole->setMinimumHeight(15 * gridStep);
    whole->setEmptyText(tr("The whole spectrum is not loaded"));
    strip = new LineStrip(centre);
    strip->setObjectName(QStringLiteral("labellingLineStrip"));
    strip->setMinimumHeight(14 * gridStep);
    // Hα stands in the window above.
    using spectrum::line;
    strip->setLines({marked(line("Hβ")), marked(line("He I 6678")), marked(line("Ca II K"))});
    centre->addWidget(window);
    centre->addWidget(whole);
    centre->addWidget(strip);
    centre->setStretchFactor(0, 5);
    centre->setStretchFactor(1, 2);
    centre->setStretchFactor(2, 2);
    centre->setSizes({420, 150, 140});
    return centre;
}

QWidget* LabellingPanel::Private::makeRight() {
    auto* right = new QWidget(view);
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(gridStep / 2);
    decideTitle = new QLabel(tr("decide"), right);
    setTone(*decideTitle, Tone::Muted);
    column->addWidget(decideTitle);
    classColumn = new QVBoxLayout;
    classColumn->setSpacing(gridStep / 2);
    column->addLayout(classColumn);
    column->addSpacing(gridStep);
    auto* grid = new QGridLayout;
    grid->setSpacing(gridStep / 2);
    grid->addWidget(button(notSure, "labellingNotSureButton", right), 0, 0);
    grid->addWidget(button(bad, "labellingBadButton", right), 0, 1);
    grid->addWidget(button(artefact, "labellingArtefactButton", right), 1, 0);
    grid->addWidget(button(noteworthy, "labellingNoteworthyButton", right), 1, 1);
    grid->setRowMinimumHeight(2, gridStep / 2);
    grid->addWidget(button(skip, "labellingSkipButton", right), 3, 0);
    grid->addWidget(button(undo, "labellingUndoButton", right), 3, 1);
    grid->addWidget(button(back, "labellingBackButton", right), 4, 0);
    grid->addWidget(button(hide, "labellingHideButton", right), 4, 1);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);
    column->addSpacing(2 * gridStep);
    reason = new SteadyLabel(right);
    reason->setObjectName(QStringLiteral("labellingReason"));
    reason->setWordWrap(true);
    reason->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    reason->setTextInteractionFlags(Qt::TextSelectableByMouse);
    reason->setMinimumHeight(12 * gridStep);
    // However long the reason, the buttons above keep their places.
    reason->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    column->addWidget(reason, 1);
    right->setMinimumWidth(33 * gridStep);
    return right;
}

void LabellingPanel::Private::setClasses(const QStringList& names) {
    if (names == classNames) return;
    classNames = names;
    queue->setClassNames(names);
    for (KeyButton* old : classButtons)
        delete old;
    for (QAction* old : classActions)
        delete old;
    classButtons.clear();
    classActions.clear();
    for (int i = 0; i < names.size(); ++i) {
        const QList<QKeySequence> keys =
            i < 9 ? QList<QKeySequence>{QKeySequence(Qt::Key_1 + i)} : QList<QKeySequence>{};
        const QByteArray name = "labellingClass" + QByteArray::number(i + 1);
        QAction* made = action(name.constData(), names[i], tr("Label as “%1”").arg(names[i]), keys);
        connect(made, &QAction::triggered, view, [this, i] { give(LabelKind::Class, i); });
        KeyButton* key = button(made, (name + "Button").constData(), decideTitle->parentWidget());
        key->setClassIndex(i);
        classColumn->addWidget(key);
        classActions.push_back(made);
        classButtons.push_back(key);
    }
    // The digits after the classes, as long as there are some; their letters work always.
    const std::pair<QAction*, Qt::Key> others[] = {
        {notSure, Qt::Key_U}, {bad, Qt::Key_D}, {artefact, Qt::Key_A}};
    int digit = int(names.size()) + 1;
    for (const auto& [other, letter] : others) {
        QList<QKeySequence> keys{QKeySequence(letter)};
        if (digit <= 9) keys.prepend(QKeySequence(Qt::Key_0 + digit));
        other->setShortcuts(keys);
        ++digit;
    }
}

void LabellingPanel::Private::give(LabelKind kind, int classIndex) {
    if (!shown) return;
    LabelGesture gesture;
    gesture.kind = kind;
    if (kind == LabelKind::Class) gesture.className = classNames.value(classIndex);
    gesture.comment = commentText();
    const QString id = item.id;
    item.comment = gesture.comment; // told with the label; leaving the field tells nothing more
    error->clear();
    const QString word = kind == LabelKind::Class ? gesture.className : displayName(kind);
    window->flash(kind == LabelKind::Class ? classColour(classIndex) : theme().mutedText, word);
    queue->setLabel(id, word);
    Q_EMIT view->labelGiven(id, gesture);
}

void LabellingPanel::Private::toggleNoteworthy() {
    if (!shown) return;
    item.noteworthy = noteworthy->isChecked();
    item.comment = commentText();
    error->clear();
    LabelGesture gesture;
    gesture.kind = LabelKind::Noteworthy;
    gesture.className = item.noteworthy ? QStringLiteral("noteworthy") : QString();
    gesture.comment = item.comment;
    Q_EMIT view->labelGiven(item.id, gesture);
}

void LabellingPanel::Private::showPrediction() {
    const bool known = shown && !hidden && !item.probabilities.empty();
    for (std::size_t i = 0; i < classButtons.size(); ++i) {
        classButtons[i]->setProbability(
            known && i < item.probabilities.size() ? std::optional(item.probabilities[i]) : std::nullopt);
        classButtons[i]->setPredicted(known && !item.predicted.isEmpty() &&
                                      item.predicted == classNames[int(i)]);
    }
    QString text;
    const QString muted = theme().mutedText.name();
    if (shown && !item.currentLabel.isEmpty())
        text += tr("<p>labelled before as <b>%1</b></p>").arg(item.currentLabel.toHtmlEscaped());
    if (shown && hidden) {
        text += tr("<p style='color:%1'>predictions are hidden</p>").arg(muted);
    } else if (shown && !item.reason.isEmpty()) {
        text += tr("<p><span style='color:%1'>chosen because</span><br/>%2</p>")
                    .arg(muted, item.reason.toHtmlEscaped());
    }
    if (reason->text() != text) reason->setText(text);
}

void LabellingPanel::Private::showMetadata() {
    QString html;
    const QString muted = theme().mutedText.name();
    if (shown) {
        const QString title = item.metadata.empty() ? item.id : item.metadata.front().second;
        html += QStringLiteral("<p style='margin-bottom:2px'><b>%1</b></p>").arg(title.toHtmlEscaped());
        html += QStringLiteral("<p style='margin-top:0; margin-bottom:6px; color:%1'>%2<br/>%3</p>")
                    .arg(muted, item.id.toHtmlEscaped(), tr("list: %1").arg(displayName(item.list)));
        html += QStringLiteral("<table cellspacing='0' cellpadding='1'>");
        for (const auto& [key, value] : item.metadata)
            if (value != title)
                html += QStringLiteral("<tr><td style='color:%1; padding-right:8px'>%2</td><td>%3</td></tr>")
                            .arg(muted, key.toHtmlEscaped(), value.toHtmlEscaped());
        html += QStringLiteral("</table>");
    }
    if (metadata->text() != html) metadata->setText(html);
}

void LabellingPanel::Private::leaveComment() {
    if (!shown || commentText() == item.comment) return;
    item.comment = commentText();
    Q_EMIT view->commentEdited(item.id, item.comment);
}

void LabellingPanel::Private::enableActions() {
    for (QAction* each : itemActions)
        each->setEnabled(shown);
    for (QAction* each : classActions)
        each->setEnabled(shown);
}

void LabellingPanel::Private::applyColours() {
    showMetadata();
    showPrediction();
}

LabellingPanel::LabellingPanel(QWidget* parent) : QWidget(parent), d_(std::make_unique<Private>()) {
    d_->view = this;
    setObjectName(QStringLiteral("labellingPanel"));
    setAccessibleName(tr("Labelling"));
    setFocusPolicy(Qt::StrongFocus);
    d_->makeActions();
    auto* page = new QWidget(this);
    auto* columns = new QSplitter(Qt::Horizontal, page);
    columns->setObjectName(QStringLiteral("labellingColumns"));
    columns->setChildrenCollapsible(false);
    columns->setHandleWidth(2 * gridStep);
    columns->addWidget(d_->makeLeft());
    columns->addWidget(d_->makeCentre());
    columns->addWidget(d_->makeRight());
    columns->setStretchFactor(0, 0);
    columns->setStretchFactor(1, 1);
    columns->setStretchFactor(2, 0);
    columns->setSizes({210, 720, 270});
    d_->queue = new QueueStrip(page);
    auto* pageColumn = new QVBoxLayout(page);
    pageColumn->setContentsMargins(0, 0, 0, 0);
    pageColumn->setSpacing(gridStep);
    pageColumn->addWidget(columns, 1);
    pageColumn->addWidget(d_->queue);
    d_->empty = new EmptyState(Icon::Label, tr("Nothing to label yet."), QString(), this);
    d_->empty->setObjectName(QStringLiteral("labellingEmpty"));
    d_->empty->button()->setObjectName(QStringLiteral("labellingEmptyAction"));
    d_->stack = new QStackedWidget(this);
    d_->stack->addWidget(d_->empty);
    d_->stack->addWidget(page);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(gridStep, gridStep, gridStep, gridStep);
    all->setSpacing(gridStep);
    all->addWidget(d_->makeTop());
    all->addWidget(d_->stack, 1);
    connect(d_->queue, &QueueStrip::entryClicked, this, &LabellingPanel::itemRequested);
    connect(d_->empty, &EmptyState::actionTriggered, this, &LabellingPanel::emptyActionTriggered);
    setRoundStatus({});
    d_->enableActions();
    d_->applyColours();
}

LabellingPanel::~LabellingPanel() {
    d_->comment->removeEventFilter(this);
}

void LabellingPanel::setQueue(std::vector<QueueEntry> entries) {
    d_->queue->setEntries(std::move(entries));
    if (d_->shown) d_->queue->setCurrentId(d_->item.id, d_->item.list);
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
    d_->setClasses(now.classNames);
    d_->stack->setCurrentIndex(1);

    const auto [lower, upper] = d_->window->xRange();
    const bool overlaps =
        !now.window.empty() && now.window.wavelength.back() > lower && now.window.wavelength.front() < upper;
    d_->window->setBackdrop(now.neighbours);
    d_->window->setSpectrum(now.window);
    if (rescale || !d_->everShown || !overlaps) d_->window->fit();
    d_->everShown = true;
    d_->window->redrawNow();

    if (now.whole) {
        d_->whole->setSpectrum(*now.whole);
        d_->strip->setSpectrum(*now.whole);
    } else {
        // The window serves the lines that it covers until the whole comes.
        d_->whole->clear();
        d_->strip->setSpectrum(now.window);
    }
    {
        const QSignalBlocker quiet(d_->comment);
        if (d_->comment->toPlainText() != now.comment) d_->comment->setPlainText(now.comment);
    }
    d_->noteworthy->setChecked(now.noteworthy);
    d_->showMetadata();
    d_->showPrediction();
    d_->enableActions();
    d_->queue->setCurrentId(now.id, now.list);
}

void LabellingPanel::setWholeSpectrum(const QString& id, PlottedSpectrum whole) {
    if (!d_->shown || d_->item.id != id) return;
    d_->item.whole = std::move(whole);
    d_->whole->setSpectrum(*d_->item.whole);
    d_->strip->setSpectrum(*d_->item.whole);
}

void LabellingPanel::clearCurrent(const QString& sentence, const QString& action) {
    d_->leaveComment();
    d_->item = {};
    d_->shown = false;
    d_->everShown = false;
    d_->empty->setSentence(sentence);
    d_->empty->setAction(action);
    d_->stack->setCurrentIndex(0);
    d_->enableActions();
}

QString LabellingPanel::currentId() const {
    return d_->shown ? d_->item.id : QString();
}

void LabellingPanel::setRoundStatus(const RoundStatus& status) {
    d_->round->setText(status.round <= 0 ? tr("no round yet")
                                         : tr("<b>round %1</b> · %2 %3 of %4")
                                               .arg(status.round)
                                               .arg(displayName(status.list))
                                               .arg(status.done)
                                               .arg(status.total));
    QStringList pace;
    if (status.labelsToday > 0)
        pace << (status.labelsToday == 1 ? tr("1 label today")
                                         : tr("%1 labels today").arg(groupedNumber(status.labelsToday)));
    if (status.secondsPerLabel > 0)
        pace << tr("%1 s each")
                    .arg(QString::number(status.secondsPerLabel, 'f', status.secondsPerLabel < 10 ? 1 : 0));
    d_->pace->setText(pace.join(QStringLiteral(" · ")));
    d_->nextRound->setEnabled(status.nextRoundPossible);
    d_->nextRound->setToolTip(status.nextRoundHint.isEmpty()
                                  ? tr("Train with the new labels and choose the next lists")
                                  : status.nextRoundHint);
}

void LabellingPanel::setError(const QString& message) {
    d_->error->setText(message);
}

bool LabellingPanel::predictionsHidden() const {
    return d_->hidden;
}

void LabellingPanel::setPredictionsHidden(bool hidden) {
    d_->hidden = hidden;
    d_->hide->setChecked(hidden);
    d_->showPrediction();
}

SpectrumPlot* LabellingPanel::windowPlot() const {
    return d_->window;
}

SpectrumPlot* LabellingPanel::wholePlot() const {
    return d_->whole;
}

LineStrip* LabellingPanel::lineStrip() const {
    return d_->strip;
}

void LabellingPanel::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    // The keys work as soon as the place is seen.
    if (!event->spontaneous() && !isAncestorOf(QApplication::focusWidget())) setFocus(Qt::OtherFocusReason);
}

void LabellingPanel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) d_->applyColours();
    QWidget::changeEvent(event);
}

bool LabellingPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == d_->comment) {
        if (event->type() == QEvent::KeyPress) {
            const auto* key = static_cast<QKeyEvent*>(event);
            const bool enter = (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) &&
                               key->modifiers() == Qt::NoModifier;
            if (enter || key->key() == Qt::Key_Escape) {
                setFocus(Qt::OtherFocusReason);
                return true;
            }
        }
        if (event->type() == QEvent::FocusOut) d_->leaveComment();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace balmer::widgets

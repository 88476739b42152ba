#include "widgets/labelling/decision_column.h"

#include <utility>

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>

#include "widgets/common/key_button.h"
#include "widgets/common/theme.h"
#include "widgets/labelling/class_buttons.h"
#include "widgets/labelling/labelling_actions.h"

namespace balmer::widgets {

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

DecisionColumn::DecisionColumn(LabellingActions& actions, QWidget* parent)
    : QWidget(parent), actions_(actions), classColumn_(new QVBoxLayout), reason_(new SteadyLabel(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(gridStep / 2);
    auto* title = new QLabel(tr("decide"), this);
    setTone(*title, Tone::Muted);
    column->addWidget(title);
    classColumn_->setSpacing(gridStep / 2);
    column->addLayout(classColumn_);
    nameClasses_ = button(actions.nameClasses);
    column->addWidget(nameClasses_);
    column->addSpacing(gridStep);
    auto* grid = new QGridLayout;
    grid->setSpacing(gridStep / 2);
    notSure_ = button(actions.notSure);
    bad_ = button(actions.bad);
    artefact_ = button(actions.artefact);
    grid->addWidget(notSure_, 0, 0);
    grid->addWidget(bad_, 0, 1);
    grid->addWidget(artefact_, 1, 0);
    grid->addWidget(button(actions.noteworthy), 1, 1);
    grid->setRowMinimumHeight(2, gridStep / 2);
    grid->addWidget(button(actions.skip), 3, 0);
    grid->addWidget(button(actions.undo), 3, 1);
    grid->addWidget(button(actions.back), 4, 0);
    grid->addWidget(button(actions.on), 4, 1);
    grid->addWidget(button(actions.blind), 5, 0);
    grid->addWidget(button(actions.raw), 5, 1);
    grid->addWidget(button(actions.comment), 6, 0);
    for (int place = 0; const auto& [action, what] : actions.behind()) {
        const int at = ++place; // beside the comment, then below it
        grid->addWidget(button(action), 6 + at / 2, at % 2);
    }
    grid->addWidget(button(actions.sheet), 8, 1);
    auto* rest = button(actions.rest);
    rest->hide();
    grid->addWidget(rest, 9, 0, 1, 2);
    connect(actions.sheet, &QAction::toggled, rest, &QWidget::setVisible);
    grid->setColumnStretch(0, 1);
    grid->setColumnStretch(1, 1);
    column->addLayout(grid);
    column->addSpacing(2 * gridStep);
    reason_->setObjectName(QStringLiteral("labellingReason"));
    reason_->setWordWrap(true);
    reason_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    reason_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    reason_->setMinimumHeight(12 * gridStep);
    reason_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Ignored);
    column->addWidget(reason_, 1);
    setMinimumWidth(33 * gridStep);
}

KeyButton* DecisionColumn::button(QAction* action) {
    return new KeyButton(action, this);
}

void DecisionColumn::classesChanged() {
    remakeClassButtons(classButtons_, actions_, *classColumn_, *this, Qt::TabFocus);
    nameClasses_->setVisible(classButtons_.empty());
}

void DecisionColumn::showItem(const LabelItem* item, bool predictionsHidden) {
    const std::optional<Answer> given = item != nullptr ? item->given : std::nullopt;
    const bool known = item != nullptr && !predictionsHidden && !item->probabilities.empty();
    for (std::size_t i = 0; i < classButtons_.size(); ++i) {
        classButtons_[i]->setProbability(
            known && i < item->probabilities.size() ? std::optional(item->probabilities[i]) : std::nullopt);
        classButtons_[i]->setPredicted(known && !item->predicted.isEmpty() &&
                                       item->predicted == actions_.classNames()[int(i)]);
        classButtons_[i]->setGiven(given == Answer{LabelKind::Class, actions_.classNames()[int(i)]});
    }
    for (const auto& [button, kind] :
         {std::pair(notSure_, LabelKind::NotSure), std::pair(bad_, LabelKind::Bad),
          std::pair(artefact_, LabelKind::Artefact)})
        button->setGiven(given == Answer{kind, {}});
    QString text;
    const QString muted = theme().mutedText.name();
    if (item != nullptr) {
        if (given) text += tr("<p>labelled before as <b>%1</b></p>").arg(answerWord(*given).toHtmlEscaped());
        if (predictionsHidden) {
            text += tr("<p style='color:%1'>predictions are hidden</p>").arg(muted);
        } else if (!item->reason.isEmpty()) {
            text += tr("<p><span style='color:%1'>chosen because</span><br/>%2</p>")
                        .arg(muted, item->reason.toHtmlEscaped());
        }
    }
    if (reason_->text() != text) reason_->setText(text);
}

} // namespace balmer::widgets

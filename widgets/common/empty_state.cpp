#include "widgets/common/empty_state.h"

#include <QEvent>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "widgets/common/theme.h"

namespace balmer::widgets {

EmptyState::EmptyState(Icon glyph, const QString& sentence, const QString& action, QWidget* parent)
    : QWidget(parent), glyph_(new QLabel(this)), sentence_(new QLabel(sentence, this)),
      button_(new QPushButton(this)), icon_(glyph) {
    setObjectName(QStringLiteral("emptyState"));
    glyph_->setAlignment(Qt::AlignCenter);
    sentence_->setAlignment(Qt::AlignCenter);
    sentence_->setWordWrap(true);
    setTone(*sentence_, Tone::Muted);
    sentence_->setMinimumWidth(40 * gridStep);
    sentence_->setMaximumWidth(60 * gridStep);
    button_->setObjectName(QStringLiteral("emptyStateButton"));
    button_->setProperty("primary", true);
    auto* column = new QVBoxLayout(this);
    column->setSpacing(2 * gridStep);
    column->addStretch(2);
    column->addWidget(glyph_, 0, Qt::AlignCenter);
    // Between stretches the label keeps the height that its width needs; with an alignment it would not.
    auto* row = new QHBoxLayout;
    row->addStretch(1);
    row->addWidget(sentence_, 100);
    row->addStretch(1);
    column->addLayout(row);
    column->addWidget(button_, 0, Qt::AlignCenter);
    column->addStretch(3);
    connect(button_, &QPushButton::clicked, this, &EmptyState::actionTriggered);
    setAction(action);
    drawGlyph();
}

void EmptyState::setSentence(const QString& sentence) {
    sentence_->setText(sentence);
    setAccessibleDescription(sentence);
}

void EmptyState::setAction(const QString& text, const QString& toolTip) {
    button_->setText(text);
    button_->setToolTip(toolTip.isEmpty() ? text : toolTip);
    button_->setAccessibleName(text);
    button_->setVisible(!text.isEmpty());
}

void EmptyState::drawGlyph() {
    glyph_->setPixmap(icon(icon_).pixmap(QSize(48, 48), devicePixelRatioF(), QIcon::Disabled));
}

void EmptyState::changeEvent(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) drawGlyph();
    QWidget::changeEvent(event);
}

} // namespace balmer::widgets

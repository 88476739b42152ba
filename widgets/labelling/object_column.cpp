#include "widgets/labelling/object_column.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPlainTextEdit>
#include <QScrollArea>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "widgets/common/theme.h"

namespace balmer::widgets {

ObjectColumn::ObjectColumn(QWidget* parent)
    : QWidget(parent), metadata_(new QLabel(this)), comment_(new QPlainTextEdit(this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(gridStep);
    metadata_->setObjectName(QStringLiteral("labellingMetadata"));
    metadata_->setAccessibleName(tr("Metadata"));
    metadata_->setTextFormat(Qt::RichText);
    metadata_->setWordWrap(true);
    metadata_->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    metadata_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* scroll = new QScrollArea(this);
    scroll->setWidget(metadata_);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setFocusPolicy(Qt::NoFocus);
    comment_->setObjectName(QStringLiteral("labellingCommentEdit"));
    comment_->setAccessibleName(tr("Comment"));
    comment_->setPlaceholderText(tr("comment (C)"));
    comment_->setToolTip(tr("Comment on this spectrum  (C); Enter or Escape leaves the field"));
    comment_->setTabChangesFocus(true);
    // Only C and a click lead here: focus that strayed into the field would swallow the digits.
    comment_->setFocusPolicy(Qt::ClickFocus);
    comment_->setFixedHeight(9 * gridStep);
    comment_->installEventFilter(this);
    column->addWidget(scroll, 1);
    column->addWidget(comment_);
    setMinimumWidth(21 * gridStep);
}

ObjectColumn::~ObjectColumn() {
    comment_->removeEventFilter(this);
}

void ObjectColumn::showMetadata(const LabelItem* item) {
    QString html;
    const QString muted = theme().mutedText.name();
    if (item != nullptr) {
        const QString title = item->metadata.empty() || item->metadata.front().second == QStringLiteral("–")
                                  ? item->id
                                  : item->metadata.front().second;
        html += QStringLiteral("<p style='margin-bottom:2px'><b>%1</b></p>").arg(title.toHtmlEscaped());
        QString below = title == item->id ? QString() : item->id.toHtmlEscaped();
        if (item->list)
            below += (below.isEmpty() ? QString() : QStringLiteral("<br/>")) +
                     tr("list: %1").arg(displayName(*item->list));
        html +=
            QStringLiteral("<p style='margin-top:0; margin-bottom:6px; color:%1'>%2</p>").arg(muted, below);
        html += QStringLiteral("<table cellspacing='0' cellpadding='1'>");
        for (const auto& [key, value] : item->metadata)
            if (value != title)
                html += QStringLiteral("<tr><td style='color:%1; padding-right:8px'>%2</td><td>%3</td></tr>")
                            .arg(muted, key.toHtmlEscaped(), value.toHtmlEscaped());
        html += QStringLiteral("</table>");
    }
    if (metadata_->text() != html) metadata_->setText(html);
}

void ObjectColumn::setComment(const QString& comment) {
    const QSignalBlocker quiet(comment_);
    if (comment_->toPlainText() != comment) comment_->setPlainText(comment);
}

QString ObjectColumn::comment() const {
    return comment_->toPlainText().trimmed();
}

void ObjectColumn::focusComment() {
    comment_->setFocus(Qt::ShortcutFocusReason);
}

bool ObjectColumn::eventFilter(QObject* watched, QEvent* event) {
    if (watched == comment_) {
        if (event->type() == QEvent::KeyPress) {
            const auto* key = static_cast<QKeyEvent*>(event);
            const bool enter = (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) &&
                               key->modifiers() == Qt::NoModifier;
            if (enter || key->key() == Qt::Key_Escape) {
                Q_EMIT commentDone();
                return true;
            }
        }
        if (event->type() == QEvent::FocusOut) Q_EMIT commentLeft();
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace balmer::widgets

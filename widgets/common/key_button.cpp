#include "widgets/common/key_button.h"

#include <algorithm>
#include <cmath>

#include <QAction>
#include <QEvent>
#include <QPainter>

#include "widgets/common/theme.h"

namespace balmer::widgets {

namespace {
constexpr int buttonHeight = 4 * gridStep;
constexpr int padding = gridStep;

QString capText(const QKeySequence& key) {
    QString text = key.toString(QKeySequence::NativeText);
    text.replace(QLatin1String("Return"), QStringLiteral("↵"));
    if (text == QLatin1String("Backspace")) return QStringLiteral("⌫");
    if (text == QLatin1String("Left")) return QStringLiteral("←");
    if (text == QLatin1String("Right")) return QStringLiteral("→");
    return text;
}

int capWidth(const QFontMetrics& metrics, const QString& text) {
    return text.isEmpty() ? 0 : std::max(22, metrics.horizontalAdvance(text) + 12);
}
} // namespace

KeyButton::KeyButton(const QString& text, QWidget* parent) : QAbstractButton(parent) {
    setText(text);
    setFocusPolicy(Qt::TabFocus);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setAttribute(Qt::WA_Hover);
    describe();
}

KeyButton::KeyButton(QAction* action, QWidget* parent) : KeyButton(action->text(), parent) {
    setObjectName(action->objectName() + QStringLiteral("Button"));
    followAction(action);
}

void KeyButton::followAction(QAction* action) {
    if (action_ != nullptr) {
        disconnect(action_, nullptr, this, nullptr);
        disconnect(this, nullptr, action_, nullptr);
    }
    action_ = action;
    if (action == nullptr) return;
    const auto follow = [this] {
        setText(action_->text());
        key_ = action_->shortcut();
        setEnabled(action_->isEnabled());
        setCheckable(action_->isCheckable());
        setChecked(action_->isChecked());
        describe();
        updateGeometry(); // the key may be wider
        update();
    };
    connect(action, &QAction::changed, this, follow);
    connect(this, &QAbstractButton::clicked, action, [this] {
        // The click has checked the button already; the action checks itself and is followed.
        if (isCheckable()) setChecked(action_->isChecked());
        action_->trigger();
    });
    connect(action, &QObject::destroyed, this, [this] { action_ = nullptr; });
    follow();
}

void KeyButton::setKey(const QKeySequence& key) {
    key_ = key;
    describe();
    update();
}

void KeyButton::setClassIndex(std::optional<int> classIndex) {
    classIndex_ = classIndex;
    update();
}

void KeyButton::setProbability(std::optional<double> probability) {
    if (probability && std::isnan(*probability)) probability.reset();
    probability_ = probability;
    describe();
    update();
}

void KeyButton::setPredicted(bool predicted) {
    predicted_ = predicted;
    update();
}

void KeyButton::setGiven(bool given) {
    given_ = given;
    describe();
    update();
}

void KeyButton::setPrimary(bool primary) {
    primary_ = primary;
    update();
}

void KeyButton::describe() {
    const QString shown = key_.toString(QKeySequence::NativeText);
    const QString tip =
        action_ != nullptr && action_->toolTip() != action_->text() ? action_->toolTip() : text();
    setToolTip(shown.isEmpty() ? tip : QStringLiteral("%1  (%2)").arg(tip, shown));
    QString name = text();
    if (probability_) name += QStringLiteral(", %1 %").arg(std::lround(*probability_ * 100));
    if (given_) name += tr(", given");
    setAccessibleName(name);
}

QSize KeyButton::sizeHint() const {
    QFont widest = font();
    widest.setBold(classIndex_.has_value() || predicted_); // as it is drawn when predicted
    const QFontMetrics metrics(widest);
    int width = 2 * padding + metrics.horizontalAdvance(text()) + 2; // an advance is rounded
    if (!key_.isEmpty()) width += capWidth(QFontMetrics(smallFont(font())), capText(key_)) + padding;
    if (classIndex_) width += 16 + padding / 2;
    if (probability_) width += metrics.horizontalAdvance(QStringLiteral("100 %")) + padding;
    return {width, std::max(buttonHeight, metrics.height() + 12)};
}

QSize KeyButton::minimumSizeHint() const {
    return {6 * gridStep, sizeHint().height()};
}

bool KeyButton::event(QEvent* event) {
    if (event->type() == QEvent::HoverEnter || event->type() == QEvent::HoverLeave) update();
    return QAbstractButton::event(event);
}

void KeyButton::paintEvent(QPaintEvent*) {
    const ThemeColours& c = theme();
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    const QRectF frame = QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5);
    QColor fill = c.raised;
    QColor ink = c.text;
    QColor edge = c.border;
    if (primary_ && isEnabled()) {
        fill = c.accentText;
        ink = c.onAccent;
        edge = fill;
    }
    if (!isEnabled()) {
        fill = c.window;
        ink = palette().color(QPalette::Disabled, QPalette::ButtonText);
    }
    if (isDown() || isChecked()) fill = c.dark ? fill.lighter(135) : fill.darker(112);
    if (isChecked()) edge = c.accent;
    if (given_) edge = c.selection;
    if (underMouse() && isEnabled()) edge = primary_ ? c.text : c.mutedText;
    if (hasFocus()) edge = c.selection;
    p.setPen(QPen(edge, given_ ? 2 : isChecked() || hasFocus() ? 1.5 : 1));
    p.setBrush(fill);
    p.drawRoundedRect(frame, 4, 4);

    QRect inside = rect().adjusted(padding, 0, -padding, 0);
    const QString cap = capText(key_);
    if (!cap.isEmpty()) {
        const QFont capFont = smallFont(font());
        const int width = capWidth(QFontMetrics(capFont), cap);
        const QRectF box(inside.left(), height() / 2.0 - 10, width, 20);
        p.setPen(QPen(primary_ && isEnabled() ? ink : c.border, 1));
        p.setBrush(primary_ && isEnabled() ? Qt::NoBrush : QBrush(isEnabled() ? c.panel : c.window));
        p.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3);
        p.setFont(capFont);
        p.setPen(primary_ || !isEnabled() ? ink : c.mutedText);
        p.drawText(box, Qt::AlignCenter, cap);
        inside.setLeft(inside.left() + width + padding);
    }
    if (classIndex_) {
        drawMarker(p, classMarker(*classIndex_), QPointF(inside.left() + 7, height() / 2.0), 6,
                   classColour(*classIndex_));
        inside.setLeft(inside.left() + 16 + padding / 2);
    }
    p.setFont(font());
    const QFontMetrics metrics(font());
    if (probability_) {
        const double share = std::clamp(*probability_, 0.0, 1.0);
        const QString percent = QStringLiteral("%1 %").arg(std::lround(share * 100));
        p.setPen(predicted_ ? c.modelText : c.mutedText);
        p.drawText(inside, Qt::AlignRight | Qt::AlignVCenter, percent);
        const QRectF track(inside.left(), height() - 6, inside.width(), 3);
        p.setPen(Qt::NoPen);
        p.setBrush(c.border);
        p.drawRoundedRect(track, 1.5, 1.5);
        p.setBrush(predicted_ ? c.model : c.mutedText);
        if (share > 0.004)
            p.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * share, 3), 1.5, 1.5);
        inside.setRight(inside.right() - metrics.horizontalAdvance(QStringLiteral("100 %")) - padding / 2);
    }
    if (predicted_) {
        QFont bold = font();
        bold.setBold(true);
        p.setFont(bold);
    }
    p.setPen(ink);
    const bool centred = cap.isEmpty() && !classIndex_ && !probability_;
    if (given_) {
        // Beside the frame, so that it does not hang on colour alone.
        const QString mark = QStringLiteral("●");
        p.setPen(c.selectionText);
        p.drawText(inside, Qt::AlignRight | Qt::AlignVCenter, mark);
        inside.setRight(inside.right() - QFontMetrics(p.font()).horizontalAdvance(mark) - padding / 2);
        p.setPen(ink);
    }
    p.drawText(inside, (centred ? Qt::AlignHCenter : Qt::AlignLeft) | Qt::AlignVCenter,
               QFontMetrics(p.font()).elidedText(text(), Qt::ElideRight, inside.width()));
}

} // namespace balmer::widgets

#include "app/desktop/place/actions.h"

#include <QPushButton>
#include <QToolButton>

#include "app/bridge/session.h"

namespace balmer::desktop {

QAction* prepareAction(QWidget* owner, const char* name, const QString& text, const QKeySequence& key,
                       const QString& tip) {
    auto* action = new QAction(text, owner);
    action->setObjectName(QString::fromLatin1(name));
    action->setShortcut(key);
    const bool modified =
        !key.isEmpty() && (key[0].keyboardModifiers() & (Qt::ControlModifier | Qt::AltModifier));
    action->setShortcutContext(modified ? Qt::WindowShortcut : Qt::WidgetWithChildrenShortcut);
    action->setToolTip(
        key.isEmpty() ? tip : QStringLiteral("%1 (%2)").arg(tip, key.toString(QKeySequence::NativeText)));
    owner->addAction(action);
    return action;
}

void needsWriting(QAction* action, const bridge::Session& session) {
    const QString why = session.onlyReads();
    if (why.isEmpty()) return;
    action->setEnabled(false);
    action->setToolTip(why);
}

QAbstractButton* buttonFor(QAction* action, QWidget* parent, ButtonLook look) {
    QAbstractButton* button = nullptr;
    if (look == ButtonLook::Flat) {
        auto* tool = new QToolButton(parent);
        tool->setAutoRaise(true);
        tool->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button = tool;
    } else {
        auto* push = new QPushButton(parent);
        push->setAutoDefault(false);
        push->setProperty("primary", look == ButtonLook::Primary);
        button = push;
    }
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    const auto follow = [action, button] {
        button->setText(action->text());
        button->setIcon(action->icon());
        button->setToolTip(action->toolTip());
        button->setEnabled(action->isEnabled());
        button->setVisible(action->isVisible());
        if (action->isCheckable()) {
            button->setCheckable(true);
            button->setChecked(action->isChecked());
        }
    };
    follow();
    QObject::connect(action, &QAction::changed, button, follow);
    QObject::connect(button, &QAbstractButton::clicked, action, &QAction::trigger);
    return button;
}

} // namespace balmer::desktop

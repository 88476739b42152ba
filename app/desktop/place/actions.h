// How the desktop makes its actions and the buttons that show them: each with an object name, and its key in
// the tooltip. The command palette lists every action that has an object name. UI thread.
#pragma once

#include <utility>

#include <QAction>
#include <QKeySequence>
#include <QWidget>

class QAbstractButton;

namespace balmer::bridge {
class Session;
}

namespace balmer::desktop {

/// Names the action, gives it key and tooltip "tip (Ctrl+K)", and adds it to the owner. A key with Ctrl or
/// Alt works while the owner is in sight, wherever the keyboard is; one without works within the owner.
QAction* prepareAction(QWidget* owner, const char* name, const QString& text, const QKeySequence& key,
                       const QString& tip);

template <typename Slot>
QAction* makeAction(QWidget* owner, const char* name, const QString& text, const QKeySequence& key,
                    const QString& tip, Slot slot) {
    QAction* action = prepareAction(owner, name, text, key, tip);
    QObject::connect(action, &QAction::triggered, owner, std::move(slot));
    return action;
}

/// An action that changes the project is out of reach where that can only be read, and its tooltip says why.
void needsWriting(QAction* action, const bridge::Session& session);

enum class ButtonLook { Plain, Primary, Flat };
/// A button that follows the action: text, tooltip, enabled and visible state; named like it, with "Button"
/// added.
QAbstractButton* buttonFor(QAction* action, QWidget* parent, ButtonLook look = ButtonLook::Plain);

} // namespace balmer::desktop

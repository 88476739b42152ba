// Panel: a part of the window that stands in a dock beside a place; any place can have any panel. Made from
// the table of panels, owned by the shell's docks; UI thread.
#pragma once

#include <utility>

#include <QWidget>

#include "app/bridge/session.h"
#include "app/desktop/place/chosen.h"

class QMenu;

namespace balmer::desktop {

class Panel : public QWidget {
    Q_OBJECT
  public:
    using QWidget::QWidget;

    /// Nothing that belongs on the screen is still on its way.
    virtual bool settled() const { return true; }
    /// Why what it shows is not this, a sentence's part; "" where it is, or where it does not follow.
    virtual QString differs(const Chosen&) const { return {}; }

  Q_SIGNALS:
    /// A sentence for the status bar.
    void said(const QString& sentence);
    void readOut(const QString& text);
    /// "Send to" is to be added to this menu.
    void sendMenuWanted(QMenu* menu);
};

/// A panel that follows the shared selection while it is in sight, and catches up when it comes in sight.
class FollowingPanel : public Panel {
    Q_OBJECT
  public:
    explicit FollowingPanel(bridge::Session& session, QWidget* parent = nullptr)
        : Panel(parent), session_(session) {
        connect(&session.selection(), &widgets::SelectionModel::changed, this, [this] {
            behind_ = !isVisible();
            if (!behind_) follow();
        });
    }

  protected:
    /// Shows what is selected now.
    virtual void follow() = 0;
    void showEvent(QShowEvent* event) override {
        Panel::showEvent(event);
        if (std::exchange(behind_, false)) follow();
    }

    bridge::Session& session_;

  private:
    bool behind_ = true;
};

} // namespace balmer::desktop

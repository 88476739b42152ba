// CommandPalette: every action of the window in one list, found by a few letters; and a search for spectra.
// Lies over the window, never blocks it. Owned by the window; UI thread.
#pragma once

#include <vector>

#include <QFrame>
#include <QPointer>

class QAction;
class QLineEdit;
class QListWidget;

namespace balmer::desktop {

class CommandPalette : public QFrame {
    Q_OBJECT
  public:
    explicit CommandPalette(QWidget* window);

    /// Collects the actions anew and takes the keyboard.
    void open();
    /// Titles in the order shown, for tests.
    QStringList titles() const;
    QLineEdit* field() const { return field_; }

    /// How well the letters of `typed` occur in order in `title`: 0 not at all, more where they start words
    /// or stand together. An empty `typed` fits everything.
    static int score(const QString& typed, const QString& title);

  Q_SIGNALS:
    /// The action was chosen and is about to be triggered: its place or panel must be in sight.
    void aboutToTrigger(QAction* action);
    void searchRequested(const QString& words);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Entry {
        QString title, key;
        QPointer<QAction> action;
    };
    void filter();
    void choose();
    void place();

    QLineEdit* field_;
    QListWidget* list_;
    std::vector<Entry> entries_;
};

} // namespace balmer::desktop

// QueueChooser: which queue is labelled: a list that was sent here, a round of the project, or all that is
// not labelled yet; and the ways to a new one. Keeps the lists in the project. Owned by the Label place; UI
// thread.
#pragma once

#include <optional>
#include <vector>

#include <QWidget>

#include "app/bridge/session.h"
#include "app/desktop/label/label_lists.h"

class QAction;
class QComboBox;

namespace balmer::desktop {

/// Names a queue: "unlabelled", "list 3", "round 12" by its job; "": none.
struct QueueKey {
    static QString unlabelled() { return QStringLiteral("unlabelled"); }
    static QString ofList(int number) { return QStringLiteral("list %1").arg(number); }
    static QString ofRound(jobs::JobId job) { return QStringLiteral("round %1").arg(job); }
    /// Absent where the key is no list's, no round's.
    static std::optional<int> list(const QString& key);
    static std::optional<jobs::JobId> round(const QString& key);
};

class QueueChooser : public QWidget {
    Q_OBJECT
  public:
    /// ways: to a new queue, as they stand in the menu.
    QueueChooser(bridge::Session& session, const std::vector<QAction*>& ways);

    /// Newest first.
    void setRounds(const std::vector<api::RoundInfo>& rounds);
    /// Its key; it is kept.
    QString add(const LabelList& list);
    void remove(int list);
    const LabelLists& lists() const { return lists_; }

    bool has(const QString& key) const;
    QString key() const;
    /// No signal.
    void setKey(const QString& key);
    /// As if the user had chosen it.
    void choose(const QString& key);

  Q_SIGNALS:
    void chosen(const QString& key);

  private:
    void fill();
    void keep();

    bridge::Session& session_;
    QComboBox* box_;
    LabelLists lists_;
    std::vector<api::RoundInfo> rounds_;
};

} // namespace balmer::desktop

// SelectionModel: the one selection of spectra that table, plot, map and panel share: a set of ids in the
// order they were chosen, and a current one. Changes within one turn of the event loop are reported once,
// with the origin of the last change, so that whoever made it need not answer itself. UI thread only.
#pragma once

#include <QObject>
#include <QSet>
#include <QStringList>

namespace balmer::widgets {

class SelectionModel : public QObject {
    Q_OBJECT
  public:
    explicit SelectionModel(QObject* parent = nullptr);

    const QStringList& ids() const { return ids_; }
    const QString& current() const { return current_; } ///< "": none
    bool contains(const QString& id) const { return set_.contains(id); }
    qsizetype size() const { return ids_.size(); }
    bool empty() const { return ids_.isEmpty(); }
    /// What a view highlights: the set, or the current one alone where the set has no more than one.
    QStringList highlighted() const;
    /// Changed, and not yet reported.
    bool pending() const { return pending_; }

    /// Replaces the set; doubles count once. The current one stays where it is in the set, otherwise the
    /// first becomes it.
    void select(const QStringList& ids, const QString& origin);
    void add(const QStringList& ids, const QString& origin);
    void remove(const QStringList& ids, const QString& origin);
    void toggle(const QString& id, const QString& origin);
    /// Moves the current one; it need not be in the set.
    void setCurrent(const QString& id, const QString& origin);
    void clear(const QString& origin);

  Q_SIGNALS:
    /// Set or current changed; at most once a turn of the event loop.
    void changed(const QString& origin);

  private:
    void scheduleChanged(const QString& origin);
    QStringList ids_;
    QSet<QString> set_;
    QString current_;
    QString origin_;
    bool pending_ = false;
};

} // namespace balmer::widgets

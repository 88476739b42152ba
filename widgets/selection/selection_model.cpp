#include "widgets/selection/selection_model.h"

#include <QMetaObject>

namespace balmer::widgets {

SelectionModel::SelectionModel(QObject* parent) : QObject(parent) {}

QStringList SelectionModel::highlighted() const {
    if (ids_.size() > 1) return ids_;
    return current_.isEmpty() ? QStringList() : QStringList(current_);
}

void SelectionModel::select(const QStringList& ids, const QString& origin) {
    QStringList chosen;
    QSet<QString> seen;
    for (const QString& id : ids) {
        if (id.isEmpty() || seen.contains(id)) continue;
        seen.insert(id);
        chosen.append(id);
    }
    const QString current =
        seen.contains(current_) ? current_ : (chosen.isEmpty() ? QString() : chosen.first());
    if (chosen == ids_ && current == current_) return;
    ids_ = chosen;
    set_ = seen;
    current_ = current;
    scheduleChanged(origin);
}

void SelectionModel::add(const QStringList& ids, const QString& origin) {
    const QString current = current_;
    select(ids_ + ids, origin);
    if (!current.isEmpty()) current_ = current;
}

void SelectionModel::remove(const QStringList& ids, const QString& origin) {
    const QSet<QString> gone(ids.begin(), ids.end());
    QStringList kept;
    for (const QString& id : ids_) {
        if (!gone.contains(id)) kept.append(id);
    }
    select(kept, origin);
}

void SelectionModel::toggle(const QString& id, const QString& origin) {
    if (contains(id)) {
        remove({id}, origin);
    } else {
        add({id}, origin);
    }
}

void SelectionModel::setCurrent(const QString& id, const QString& origin) {
    if (id == current_) return;
    current_ = id;
    scheduleChanged(origin);
}

void SelectionModel::clear(const QString& origin) {
    if (ids_.isEmpty() && current_.isEmpty()) return;
    ids_.clear();
    set_.clear();
    current_.clear();
    scheduleChanged(origin);
}

void SelectionModel::scheduleChanged(const QString& origin) {
    origin_ = origin;
    if (pending_) return;
    pending_ = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            pending_ = false;
            Q_EMIT changed(origin_);
        },
        Qt::QueuedConnection);
}

} // namespace balmer::widgets

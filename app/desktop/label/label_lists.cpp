#include "app/desktop/label/label_lists.h"

#include <algorithm>
#include <utility>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/bridge/display_text.h"

namespace balmer::desktop {

namespace {
const QString numberKey = QStringLiteral("number"), titleKey = QStringLiteral("title"),
              spectraKey = QStringLiteral("spectra");
}

LabelLists LabelLists::of(const QString& kept) {
    LabelLists lists;
    for (const auto& one : QJsonDocument::fromJson(kept.toUtf8()).array()) {
        Kept list{one[numberKey].toInt(), one[titleKey].toString(), {}};
        for (const auto& id : one[spectraKey].toArray())
            list.ids.push_back(bridge::plain(id.toString()));
        lists.last_ = std::max(lists.last_, list.number);
        if (!list.ids.empty()) lists.lists_.push_back(std::move(list));
    }
    return lists;
}

QString LabelLists::text() const {
    QJsonArray all;
    for (const Kept& list : lists_) {
        QJsonArray ids;
        for (const auto& id : list.ids)
            ids << bridge::text(id);
        all << QJsonObject{{numberKey, list.number}, {titleKey, list.title}, {spectraKey, ids}};
    }
    return QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact));
}

int LabelLists::add(const LabelList& list) {
    const auto same =
        std::find_if(lists_.begin(), lists_.end(), [&](const Kept& one) { return one.ids == list.ids; });
    Kept kept{same == lists_.end() ? ++last_ : same->number, list.title, list.ids};
    if (same != lists_.end()) lists_.erase(same);
    lists_.insert(lists_.begin(), std::move(kept));
    if (lists_.size() > mostKept) lists_.pop_back();
    return lists_.front().number;
}

void LabelLists::remove(int which) {
    std::erase_if(lists_, [which](const Kept& list) { return list.number == which; });
}

const LabelLists::Kept* LabelLists::find(int which) const {
    const auto found = std::find_if(lists_.begin(), lists_.end(),
                                    [which](const Kept& list) { return list.number == which; });
    return found == lists_.end() ? nullptr : &*found;
}

} // namespace balmer::desktop

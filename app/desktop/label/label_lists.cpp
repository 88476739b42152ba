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
              spectraKey = QStringLiteral("spectra"), reasonsKey = QStringLiteral("reasons");

QJsonArray arrayOf(const std::vector<std::string>& texts) {
    QJsonArray array;
    for (const auto& each : texts)
        array << bridge::text(each);
    return array;
}

std::vector<std::string> textsOf(const QJsonArray& array) {
    std::vector<std::string> texts;
    for (const auto& each : array)
        texts.push_back(bridge::plain(each.toString()));
    return texts;
}

} // namespace

LabelLists LabelLists::of(const QString& kept) {
    LabelLists lists;
    for (const auto& one : QJsonDocument::fromJson(kept.toUtf8()).array()) {
        Kept list{one[numberKey].toInt(), one[titleKey].toString(), textsOf(one[spectraKey].toArray()),
                  textsOf(one[reasonsKey].toArray())};
        if (list.reasons.size() != list.ids.size()) list.reasons.clear();
        lists.last_ = std::max(lists.last_, list.number);
        if (!list.ids.empty()) lists.lists_.push_back(std::move(list));
    }
    return lists;
}

QString LabelLists::text() const {
    QJsonArray all;
    for (const Kept& list : lists_) {
        QJsonObject one{{numberKey, list.number}, {titleKey, list.title}, {spectraKey, arrayOf(list.ids)}};
        if (!list.reasons.empty()) one[reasonsKey] = arrayOf(list.reasons);
        all << one;
    }
    return QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact));
}

int LabelLists::add(const LabelList& list) {
    const auto same =
        std::find_if(lists_.begin(), lists_.end(), [&](const Kept& one) { return one.ids == list.ids; });
    Kept kept{same == lists_.end() ? ++last_ : same->number, list.title, list.ids, list.reasons};
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

#include "app/desktop/map/members_model.h"

#include <algorithm>
#include <unordered_map>

#include "app/bridge/display_text.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::desktop {

using bridge::text;

void MembersModel::setMembers(std::vector<MemberRow> members) {
    beginResetModel();
    members_ = std::move(members);
    endResetModel();
    if (sortColumn_ != Distance || sortOrder_ != Qt::AscendingOrder) sort(sortColumn_, sortOrder_);
}

void MembersModel::setDetails(const std::vector<api::SpectrumRow>& rows) {
    std::unordered_map<std::string, const api::SpectrumRow*> byId;
    for (const auto& row : rows)
        byId.emplace(row.id, &row);
    for (auto& member : members_) {
        const auto found = byId.find(bridge::plain(member.id));
        if (found == byId.end()) continue;
        member.spectralClass = text(found->second->spectralClass);
        member.label = text(found->second->label);
        member.predicted = text(found->second->predicted);
    }
    if (!members_.empty()) Q_EMIT dataChanged(index(0, Class), index(rowCount() - 1, Predicted));
}

int MembersModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(members_.size());
}
int MembersModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant MembersModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || std::size_t(index.row()) >= members_.size()) return {};
    const MemberRow& member = members_[std::size_t(index.row())];
    if (role == widgets::SpectrumTable::idRole) return member.id;
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (index.column() == Distance ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
    case Id:
        return member.id;
    case Distance:
        return bridge::numberText(member.distance, 3);
    case Class:
        return member.spectralClass;
    case Label:
        return member.label;
    case Predicted:
        return member.predicted;
    default:
        return {};
    }
}

QVariant MembersModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    const QString titles[] = {tr("id"), tr("distance"), tr("class"), tr("label"), tr("predicted")};
    const QString tips[] = {tr("Name of the spectrum"), tr("Euclidean distance to the neuron's prototype"),
                            tr("Class stated by the archive"), tr("Class given by a person"),
                            tr("Class proposed by the newest scoring")};
    if (role == Qt::DisplayRole) return titles[section];
    if (role == Qt::ToolTipRole) return tips[section];
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (section == Distance ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

void MembersModel::sort(int column, Qt::SortOrder order) {
    sortColumn_ = column < 0 ? int(Distance) : column;
    sortOrder_ = column < 0 ? Qt::AscendingOrder : order;
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    QStringList ids;
    for (const QModelIndex& index : before)
        ids << members_[std::size_t(index.row())].id;
    const auto less = [this](const MemberRow& a, const MemberRow& b) {
        switch (sortColumn_) {
        case Id:
            return a.id < b.id;
        case Class:
            return a.spectralClass < b.spectralClass;
        case Label:
            return a.label < b.label;
        case Predicted:
            return a.predicted < b.predicted;
        default:
            return a.distance < b.distance;
        }
    };
    std::stable_sort(members_.begin(), members_.end(), [&](const MemberRow& a, const MemberRow& b) {
        return sortOrder_ == Qt::AscendingOrder ? less(a, b) : less(b, a);
    });
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i) {
        const auto at = std::find_if(members_.begin(), members_.end(),
                                     [&](const auto& member) { return member.id == ids[i]; });
        after << index(int(at - members_.begin()), before[i].column());
    }
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

} // namespace balmer::desktop

// MembersModel: the spectra of the chosen neurons, nearest to their prototypes first. Owned by the place; UI
// thread.
#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "engine/api/spectra.h"

namespace balmer::desktop {

struct MemberRow {
    QString id;
    double distance = 0;
    QString spectralClass, label, predicted;
};

class MembersModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column { Id, Distance, Class, Label, Predicted, ColumnCount };
    using QAbstractTableModel::QAbstractTableModel;

    void setMembers(std::vector<MemberRow> members);
    /// Class, label and prediction of the members, as they become known.
    void setDetails(const std::vector<api::SpectrumRow>& rows);
    const std::vector<MemberRow>& members() const { return members_; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

  private:
    std::vector<MemberRow> members_;
    int sortColumn_ = Distance;
    Qt::SortOrder sortOrder_ = Qt::AscendingOrder;
};

} // namespace balmer::desktop

// SpectraModel: the table of spectra, 100 000 rows and more, sorted in the background.
//
// Owned by the place that shows it; UI thread. Rows are held once and shared with the thread that sorts them.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include <QAbstractTableModel>

#include "app/bridge/background.h"
#include "engine/api/spectra.h"

namespace balmer::desktop {

class SpectraModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum Column {
        Id,
        Object,
        Class,
        SignalToNoise,
        Magnitude,
        Observed,
        Label,
        Predicted,
        Probability,
        Entropy,
        Collection,
        Survey,
        Flags,
        Comment,
        ColumnCount
    };

    explicit SpectraModel(bridge::Background& background, QObject* parent = nullptr);

    void setRows(std::vector<api::SpectrumRow> rows);
    /// Replaces the rows of the same ids, where there are such.
    void updateRows(const std::vector<api::SpectrumRow>& rows);

    const api::SpectrumRow* rowOf(const QString& id) const;
    int indexOf(const QString& id) const; ///< its present row, -1 when absent
    QString idAt(int row) const;

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    /// Returns at once; layoutChanged follows when the order is known. Column -1: the order of the import.
    void sort(int column, Qt::SortOrder order) override;

  private:
    using Rows = std::vector<api::SpectrumRow>;
    using Order = std::vector<std::uint32_t>;
    static Order sorted(const Rows& rows, int column, Qt::SortOrder order);
    void setOrder(Order order);
    QVariant display(const api::SpectrumRow& row, int column) const;

    bridge::Background& background_;
    std::shared_ptr<Rows> rows_;
    Order order_;                        ///< shown row → row
    std::vector<std::uint32_t> shownAt_; ///< row → shown row
    std::unordered_map<std::string, std::uint32_t> byId_;
    int sortColumn_ = -1;
    Qt::SortOrder sortOrder_ = Qt::AscendingOrder;
};

} // namespace balmer::desktop

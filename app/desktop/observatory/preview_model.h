// PreviewModel: what a folder on the net holds, as a table: the files that would be fetched, or what would be
// left out and why. Owned by the page that shows it; UI thread.
#pragma once

#include <memory>

#include <QAbstractTableModel>

#include "engine/api/observatory.h"

namespace balmer::desktop {

class PreviewModel : public QAbstractTableModel {
    Q_OBJECT
  public:
    enum class Shows { Files, LeftOut };
    PreviewModel(Shows what, QObject* parent) : QAbstractTableModel(parent), what_(what) {}

    void setPreview(std::shared_ptr<const api::TreePreview> preview);

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    Shows what_;
    std::shared_ptr<const api::TreePreview> preview_;
};

} // namespace balmer::desktop

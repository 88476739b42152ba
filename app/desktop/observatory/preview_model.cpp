#include "app/desktop/observatory/preview_model.h"

#include "app/bridge/display_text.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::text;

void PreviewModel::setPreview(std::shared_ptr<const api::TreePreview> preview) {
    beginResetModel();
    preview_ = std::move(preview);
    endResetModel();
}

int PreviewModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid() || !preview_) return 0;
    return int(what_ == Shows::Files ? preview_->files.size() : preview_->skipped.size());
}

int PreviewModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : 2;
}

QVariant PreviewModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount()) return {};
    const auto row = std::size_t(index.row());
    if (role == Qt::TextAlignmentRole) {
        const bool number = what_ == Shows::Files && index.column() == 1;
        return QVariant(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == Qt::ForegroundRole && what_ == Shows::LeftOut && index.column() == 0)
        return widgets::theme().mutedText;
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) return {};
    if (what_ == Shows::LeftOut) {
        const auto& one = preview_->skipped[row];
        return text(index.column() == 0 ? one.url : one.why);
    }
    const auto& file = preview_->files[row];
    if (role == Qt::ToolTipRole && index.column() == 0) return text(file.url);
    if (index.column() == 0) return text(file.path);
    if (!file.bytes) return QObject::tr("not known");
    const QString size = bridge::bytesText(qint64(*file.bytes));
    return file.exact ? size : QObject::tr("about %1").arg(size);
}

QVariant PreviewModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section > 1) return {};
    if (role == Qt::TextAlignmentRole) {
        const bool number = what_ == Shows::Files && section == 1;
        return QVariant(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role != Qt::DisplayRole) return {};
    if (what_ == Shows::Files) return section == 0 ? QObject::tr("file") : QObject::tr("size");
    return section == 0 ? QObject::tr("address") : QObject::tr("why it is left out");
}

} // namespace balmer::desktop

#include "app/desktop/data/spectra_model.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "app/bridge/display_text.h"
#include "widgets/common/theme.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::desktop {

using bridge::numberText;
using bridge::text;

namespace {

struct Heading {
    const char* title;
    const char* tip;
};

constexpr Heading headings[SpectraModel::ColumnCount] = {
    {"id", "Name of the spectrum in this project; in filters: id"},
    {"object", "Name of the object; in filters: object"},
    {"class", "Class stated by the archive; in filters: class"},
    {"S/N", "Signal-to-noise ratio stated by the archive; in filters: snr"},
    {"mag", "Magnitude stated by the archive, in the band nearest to g; in filters: mag"},
    {"observed", "Start of the exposure, UTC; in filters: date"},
    {"label", "Class given by a person; in filters: label"},
    {"predicted", "Class proposed by the newest scoring"},
    {"p", "Probability of the proposed class; in filters: probability"},
    {"entropy", "Entropy of the probabilities, 0 to 1: how unsure the model is; in filters: entropy"},
    {"collection", "In filters: collection"},
    {"survey", "In filters: survey"},
    {"flags", "Not sure, bad, artefact, noteworthy; in filters: flag = 'bad'"},
    {"comment", "What the observer wrote"},
};

const std::string* textOf(const api::SpectrumRow& row, int column) {
    switch (column) {
    case SpectraModel::Id:
        return &row.id;
    case SpectraModel::Object:
        return &row.object;
    case SpectraModel::Class:
        return &row.spectralClass;
    case SpectraModel::Observed:
        return &row.observed;
    case SpectraModel::Label:
        return &row.label;
    case SpectraModel::Predicted:
        return &row.predicted;
    case SpectraModel::Collection:
        return &row.collection;
    case SpectraModel::Survey:
        return &row.survey;
    case SpectraModel::Flags:
        return &row.flags;
    case SpectraModel::Comment:
        return &row.comment;
    default:
        return nullptr;
    }
}

std::optional<double> valueOf(const api::SpectrumRow& row, int column) {
    switch (column) {
    case SpectraModel::SignalToNoise:
        return row.signalToNoise;
    case SpectraModel::Magnitude:
        return row.magnitude;
    case SpectraModel::Probability:
        return row.probability;
    case SpectraModel::Entropy:
        return row.entropy;
    default:
        return {};
    }
}

bool isNumber(int column) {
    return column == SpectraModel::SignalToNoise || column == SpectraModel::Magnitude ||
           column == SpectraModel::Probability || column == SpectraModel::Entropy;
}

} // namespace

SpectraModel::SpectraModel(bridge::Background& background, QObject* parent)
    : QAbstractTableModel(parent), background_(background), rows_(std::make_shared<Rows>()) {}

void SpectraModel::setRows(std::vector<api::SpectrumRow> rows) {
    background_.forget(this, "sort");
    beginResetModel();
    rows_ = std::make_shared<Rows>(std::move(rows));
    order_.resize(rows_->size());
    std::iota(order_.begin(), order_.end(), 0U);
    shownAt_ = order_;
    byId_.clear();
    byId_.reserve(rows_->size());
    for (std::uint32_t i = 0; i < rows_->size(); ++i)
        byId_.emplace((*rows_)[i].id, i);
    endResetModel();
    if (sortColumn_ >= 0) sort(sortColumn_, sortOrder_);
}

void SpectraModel::updateRows(const std::vector<api::SpectrumRow>& rows) {
    int first = rowCount(), last = -1;
    for (const auto& row : rows) {
        const auto found = byId_.find(row.id);
        if (found == byId_.end()) continue;
        if (rows_.use_count() > 1) rows_ = std::make_shared<Rows>(*rows_);
        (*rows_)[found->second] = row;
        first = std::min(first, int(shownAt_[found->second]));
        last = std::max(last, int(shownAt_[found->second]));
    }
    if (last >= 0) Q_EMIT dataChanged(index(first, 0), index(last, ColumnCount - 1));
}

const api::SpectrumRow* SpectraModel::rowOf(const QString& id) const {
    const auto found = byId_.find(bridge::plain(id));
    return found == byId_.end() ? nullptr : &(*rows_)[found->second];
}

int SpectraModel::indexOf(const QString& id) const {
    const auto found = byId_.find(bridge::plain(id));
    return found == byId_.end() ? -1 : int(shownAt_[found->second]);
}

QString SpectraModel::idAt(int row) const {
    return row < 0 || std::size_t(row) >= order_.size() ? QString()
                                                        : text((*rows_)[order_[std::size_t(row)]].id);
}

int SpectraModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(order_.size());
}
int SpectraModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant SpectraModel::display(const api::SpectrumRow& row, int column) const {
    switch (column) {
    case SignalToNoise:
    case Magnitude:
        return numberText(valueOf(row, column), 1);
    case Probability:
    case Entropy:
        return numberText(valueOf(row, column), 3);
    case Observed:
        return text(row.observed).left(10);
    default:
        return text(*textOf(row, column));
    }
}

QVariant SpectraModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || std::size_t(index.row()) >= order_.size() || index.column() >= ColumnCount)
        return {};
    const api::SpectrumRow& row = (*rows_)[order_[std::size_t(index.row())]];
    switch (role) {
    case Qt::DisplayRole:
        return display(row, index.column());
    case Qt::ToolTipRole:
        if (index.column() == Observed) return text(row.observed);
        if (index.column() == Flags || index.column() == Comment || index.column() == Id)
            return display(row, index.column());
        return {};
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter | (isNumber(index.column()) ? Qt::AlignRight : Qt::AlignLeft));
    case widgets::SpectrumTable::idRole:
        return text(row.id);
    default:
        return {};
    }
}

QVariant SpectraModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    if (role == Qt::DisplayRole) return QString::fromUtf8(headings[section].title);
    if (role == Qt::ToolTipRole) return QString::fromUtf8(headings[section].tip);
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

SpectraModel::Order SpectraModel::sorted(const Rows& rows, int column, Qt::SortOrder order) {
    Order result(rows.size());
    std::iota(result.begin(), result.end(), 0U);
    if (column < 0 || column >= ColumnCount) return result;
    const bool ascending = order == Qt::AscendingOrder;
    if (isNumber(column)) {
        // Absent values stand at the end in either direction.
        std::vector<double> keys(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto value = valueOf(rows[i], column);
            keys[i] = value && std::isfinite(*value) ? (ascending ? *value : -*value)
                                                     : std::numeric_limits<double>::infinity();
        }
        std::stable_sort(result.begin(), result.end(), [&](auto a, auto b) { return keys[a] < keys[b]; });
    } else {
        std::stable_sort(result.begin(), result.end(), [&](auto a, auto b) {
            const std::string &left = *textOf(rows[a], column), &right = *textOf(rows[b], column);
            if (left.empty() != right.empty()) return right.empty();
            return ascending ? left < right : right < left;
        });
    }
    return result;
}

void SpectraModel::sort(int column, Qt::SortOrder order) {
    sortColumn_ = column;
    sortOrder_ = order;
    if (rows_->empty()) return;
    background_.latest(
        this, "sort",
        [rows = std::shared_ptr<const Rows>(rows_), column, order](const std::stop_token&) {
            return sorted(*rows, column, order);
        },
        [this](Order result) {
            if (result.size() == order_.size()) setOrder(std::move(result));
        });
}

void SpectraModel::setOrder(Order order) {
    Q_EMIT layoutAboutToBeChanged({}, VerticalSortHint);
    const QModelIndexList before = persistentIndexList();
    std::vector<std::uint32_t> row;
    row.reserve(std::size_t(before.size()));
    for (const QModelIndex& index : before)
        row.push_back(order_[std::size_t(index.row())]);
    order_ = std::move(order);
    for (std::uint32_t shown = 0; shown < order_.size(); ++shown)
        shownAt_[order_[shown]] = shown;
    QModelIndexList after;
    for (qsizetype i = 0; i < before.size(); ++i)
        after << index(int(shownAt_[row[std::size_t(i)]]), before[i].column());
    changePersistentIndexList(before, after);
    Q_EMIT layoutChanged({}, VerticalSortHint);
}

} // namespace balmer::desktop

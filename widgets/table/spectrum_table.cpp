#include "widgets/table/spectrum_table.h"

#include <algorithm>

#include <QEvent>
#include <QHeaderView>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QStackedWidget>
#include <QStyle>
#include <QTableView>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/common/theme.h"

namespace balmer::widgets {

SpectrumTable::SpectrumTable(const QString& name, QWidget* parent)
    : QWidget(parent), filter_(new QLineEdit(this)), error_(new QLabel(this)), count_(new QLabel(this)),
      columns_(new QToolButton(this)), view_(new QTableView(this)), stack_(new QStackedWidget(this)),
      empty_(new EmptyState(Icon::Data, tr("Nothing to show yet."), QString(), this)),
      progress_(new ProgressLine(this)), typing_(new QTimer(this)) {
    setObjectName(name);
    filter_->setObjectName(name + QStringLiteral("Filter"));
    filter_->setPlaceholderText(tr("filter, as in: snr > 10 and class = 'A'"));
    filter_->setToolTip(tr("Show only the rows that match  (Ctrl+F); Escape clears"));
    filter_->setAccessibleName(tr("Filter"));
    filter_->setClearButtonEnabled(true);
    filter_->installEventFilter(this);
    error_->setObjectName(name + QStringLiteral("FilterError"));
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    error_->setWordWrap(true);
    error_->hide();
    count_->setObjectName(name + QStringLiteral("Count"));
    columns_->setObjectName(name + QStringLiteral("Columns"));
    columns_->setIcon(icon(Icon::Columns));
    columns_->setToolTip(tr("Choose the columns"));
    columns_->setAccessibleName(tr("Choose the columns"));
    empty_->setObjectName(name + QStringLiteral("Empty"));
    empty_->button()->setObjectName(name + QStringLiteral("EmptyAction"));
    progress_->setObjectName(name + QStringLiteral("Progress"));

    view_->setObjectName(name + QStringLiteral("View"));
    view_->setAccessibleName(tr("Spectra"));
    view_->setSelectionBehavior(QAbstractItemView::SelectRows);
    view_->setSelectionMode(QAbstractItemView::ExtendedSelection);
    view_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    view_->setSortingEnabled(true);
    view_->setShowGrid(false);
    view_->setWordWrap(false);
    view_->setTabKeyNavigation(false);
    view_->setFrameShape(QFrame::NoFrame);
    view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    view_->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->verticalHeader()->hide();
    view_->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
    view_->horizontalHeader()->setHighlightSections(false);
    view_->horizontalHeader()->setSectionsMovable(true);
    view_->horizontalHeader()->setStretchLastSection(true);
    view_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    view_->horizontalHeader()->setContextMenuPolicy(Qt::CustomContextMenu);
    view_->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    view_->horizontalHeader()->setSortIndicatorClearable(true);
    view_->installEventFilter(this);

    auto* bar = new QHBoxLayout;
    bar->setSpacing(gridStep);
    bar->addWidget(filter_, 1);
    bar->addWidget(count_);
    bar->addWidget(columns_);
    stack_->addWidget(view_);
    stack_->addWidget(empty_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(gridStep / 2);
    column->addLayout(bar);
    column->addWidget(error_);
    column->addWidget(progress_);
    column->addWidget(stack_, 1);
    typing_->setSingleShot(true);
    typing_->setInterval(150);

    connect(typing_, &QTimer::timeout, this, [this] { Q_EMIT filterChanged(filterText()); });
    connect(filter_, &QLineEdit::textChanged, typing_, qOverload<>(&QTimer::start));
    connect(filter_, &QLineEdit::returnPressed, this, [this] {
        typing_->stop();
        Q_EMIT filterChanged(filterText());
        view_->setFocus();
    });
    connect(columns_, &QToolButton::clicked, this,
            [this] { showColumnMenu(columns_->mapToGlobal(QPoint(0, columns_->height()))); });
    connect(view_->horizontalHeader(), &QWidget::customContextMenuRequested, this,
            [this](const QPoint& at) { showColumnMenu(view_->horizontalHeader()->mapToGlobal(at)); });
    connect(view_, &QWidget::customContextMenuRequested, this, [this](const QPoint& at) {
        const QStringList ids = selectedIds();
        if (!ids.isEmpty()) Q_EMIT contextMenuRequested(ids, view_->viewport()->mapToGlobal(at));
    });
    connect(view_, &QTableView::doubleClicked, this, [this](const QModelIndex& index) {
        const QString id = idOfRow(index.row());
        if (!id.isEmpty()) Q_EMIT opened(id);
    });
    connect(empty_, &EmptyState::actionTriggered, this, &SpectrumTable::emptyActionTriggered);
    setTone(*count_, Tone::Muted);
    setTone(*error_, Tone::Error);
    applyFont();
    updateCounts();
}

void SpectrumTable::setModel(QAbstractItemModel* model) {
    if (model_) disconnect(model_, nullptr, this, nullptr);
    model_ = model;
    countsGiven_ = false;
    QItemSelectionModel* before = view_->selectionModel();
    view_->setModel(model);
    delete before;
    if (model == nullptr) {
        updateCounts();
        return;
    }
    connect(model, &QAbstractItemModel::modelReset, this, [this] {
        fitNames();
        updateCounts();
    });
    connect(model, &QAbstractItemModel::rowsInserted, this, &SpectrumTable::updateCounts);
    connect(model, &QAbstractItemModel::rowsRemoved, this, &SpectrumTable::updateCounts);
    connect(view_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& now) {
                if (!silent_) Q_EMIT currentIdChanged(idOfRow(now.row()));
            });
    connect(view_->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        if (!silent_) Q_EMIT selectedIdsChanged(selectedIds());
    });
    view_->horizontalHeader()->setResizeContentsPrecision(50);
    view_->resizeColumnsToContents();
    updateCounts();
}

void SpectrumTable::setFilterVisible(bool visible) {
    filter_->setVisible(visible);
    if (!visible) setFilterError({});
}

void SpectrumTable::setCounts(qint64 shown, qint64 total) {
    countsGiven_ = true;
    count_->setText(shown == total
                        ? (total == 1 ? tr("1 spectrum") : tr("%1 spectra").arg(groupedNumber(total)))
                        : tr("%1 of %2 spectra").arg(groupedNumber(shown), groupedNumber(total)));
    // A filter that leaves nothing shows an empty table with its header, not the empty state of a place
    // without data.
    stack_->setCurrentWidget(total == 0 ? static_cast<QWidget*>(empty_) : view_);
}

void SpectrumTable::updateCounts() {
    const int rows = model_ ? model_->rowCount() : 0;
    if (!countsGiven_) {
        setCounts(rows, rows);
        countsGiven_ = false;
    }
}

void SpectrumTable::setFilterError(const QString& message) {
    error_->setText(message);
    error_->setVisible(!message.isEmpty());
    filter_->setProperty("invalid", !message.isEmpty());
    filter_->style()->unpolish(filter_);
    filter_->style()->polish(filter_);
}

QString SpectrumTable::filterText() const {
    return filter_->text().trimmed();
}

void SpectrumTable::setFilterText(const QString& text) {
    filter_->setText(text);
}

QString SpectrumTable::idOfRow(int row) const {
    return model_ && row >= 0 && row < model_->rowCount() ? model_->index(row, 0).data(idRole).toString()
                                                          : QString();
}

QString SpectrumTable::currentId() const {
    return idOfRow(view_->currentIndex().row());
}

bool SpectrumTable::setCurrentId(const QString& id) {
    if (!model_) return false;
    if (currentId() == id) return true;
    const QModelIndexList found = model_->match(model_->index(0, 0), idRole, id, 1, Qt::MatchExactly);
    if (found.isEmpty()) return false;
    silent_ = true;
    view_->setCurrentIndex(found.front());
    view_->scrollTo(found.front());
    silent_ = false;
    return true;
}

void SpectrumTable::selectRows(QList<int> rows, int current) {
    if (!model_) return;
    std::sort(rows.begin(), rows.end());
    QItemSelection selection;
    for (qsizetype first = 0, end = 0; first < rows.size(); first = end) {
        for (end = first + 1; end < rows.size() && rows[end] <= rows[end - 1] + 1;)
            ++end;
        selection.select(model_->index(rows[first], 0),
                         model_->index(rows[end - 1], model_->columnCount() - 1));
    }
    silent_ = true;
    QItemSelectionModel& chosen = *view_->selectionModel();
    chosen.select(selection, QItemSelectionModel::ClearAndSelect);
    const QModelIndex there =
        current < 0 ? QModelIndex() : model_->index(current, std::max(0, view_->currentIndex().column()));
    chosen.setCurrentIndex(there, QItemSelectionModel::NoUpdate);
    if (there.isValid()) view_->scrollTo(there);
    silent_ = false;
}

QStringList SpectrumTable::selectedIds() const {
    QStringList ids;
    if (!model_ || view_->selectionModel() == nullptr) return ids;
    for (const QItemSelectionRange& range : view_->selectionModel()->selection()) {
        for (int row = range.top(); row <= range.bottom(); ++row)
            ids.append(idOfRow(row));
    }
    ids.removeDuplicates();
    return ids;
}

QByteArray SpectrumTable::saveLayout() const {
    return view_->horizontalHeader()->saveState();
}

bool SpectrumTable::restoreLayout(const QByteArray& layout) {
    namesFitted_ = view_->horizontalHeader()->restoreState(layout);
    return namesFitted_;
}

void SpectrumTable::fitNames() {
    // Once, with the first rows: afterwards the width is the user's.
    if (namesFitted_ || model_->rowCount() == 0) return;
    namesFitted_ = true;
    view_->setColumnWidth(0,
                          std::clamp(static_cast<QAbstractItemView*>(view_)->sizeHintForColumn(0) + gridStep,
                                     10 * gridStep, 28 * gridStep));
}

bool SpectrumTable::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (watched == view_ && key == Qt::Key_Space) {
            const QStringList ids = selectedIds();
            if (!ids.isEmpty()) Q_EMIT overlayToggled(ids);
            return true;
        }
        if (watched == view_ && (key == Qt::Key_Return || key == Qt::Key_Enter)) {
            if (!currentId().isEmpty()) Q_EMIT opened(currentId());
            return true;
        }
        if (watched == filter_ && key == Qt::Key_Escape) {
            filter_->clear();
            view_->setFocus();
            return true;
        }
        if (watched == filter_ && key == Qt::Key_Down) {
            view_->setFocus();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void SpectrumTable::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange) applyFont();
    QWidget::changeEvent(event);
}

void SpectrumTable::applyFont() {
    const QFont figures = tabularFont(font());
    if (view_->font() != figures) view_->setFont(figures);
    view_->verticalHeader()->setDefaultSectionSize(QFontMetrics(figures).height() + gridStep);
}

void SpectrumTable::showColumnMenu(const QPoint& globalPosition) {
    if (!model_) return;
    auto* menu = new QMenu(this);
    menu->setObjectName(objectName() + QStringLiteral("ColumnMenu"));
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QHeaderView* header = view_->horizontalHeader();
    for (int column = 0; column < model_->columnCount(); ++column) {
        QAction* each = menu->addAction(model_->headerData(column, Qt::Horizontal).toString());
        each->setCheckable(true);
        each->setChecked(!header->isSectionHidden(column));
        // The first column names the row; it stays.
        each->setEnabled(column > 0);
        connect(each, &QAction::toggled, view_,
                [this, column](bool shown) { view_->setColumnHidden(column, !shown); });
    }
    menu->popup(globalPosition);
}

} // namespace balmer::widgets

#include "app/desktop/data/data_place.h"

#include <algorithm>
#include <utility>

#include <QDockWidget>
#include <QHeaderView>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QMainWindow>
#include <QMenu>
#include <QPushButton>
#include <QSplitter>
#include <QTableView>
#include <QTimer>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/desktop/data/import_form.h"
#include "app/desktop/data/inspector.h"
#include "app/desktop/observatory/observatory_window.h"
#include "app/desktop/place/actions.h"
#include "app/desktop/place/export_plot.h"
#include "widgets/common/icons.h"
#include "widgets/common/theme.h"
#include "widgets/spectrum/line_strip.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

namespace {

const QString origin = QStringLiteral("data");
constexpr int kindRole = Qt::UserRole, valueRole = Qt::UserRole + 1;
enum ItemKind { AllSpectra = 1, OneCollection, BuiltInFilter, UserFilter };

/// More labels at once than this, and the table is read anew instead of row by row.
constexpr qsizetype mostSingleRows = 50;

QString quoted(QString value) {
    return '\'' + value.replace('\'', QStringLiteral("''")) + '\'';
}

QDockWidget* dock(QMainWindow* host, const char* name, const QString& title, QWidget* content,
                  Qt::DockWidgetArea area) {
    auto* made = new QDockWidget(title, host);
    made->setObjectName(QString::fromLatin1(name));
    made->setWidget(content);
    made->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetClosable);
    host->addDockWidget(area, made);
    QAction* toggle = made->toggleViewAction();
    toggle->setObjectName(made->objectName() + QStringLiteral("Action"));
    toggle->setText(QObject::tr("Show panel: %1").arg(title));
    toggle->setToolTip(QObject::tr("Shows or hides this panel"));
    return made;
}

} // namespace

DataPlace::DataPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("data"), parent), model_(new SpectraModel(session.lists(), this)),
      table_(new widgets::SpectrumTable(QStringLiteral("dataTable"))), plot_(new widgets::SpectrumPlot),
      strip_(new widgets::LineStrip), feeder_(new PlotFeeder(session, plot_, strip_, this)),
      inspector_(new Inspector(session)), tree_(new QTreeWidget), docks_(new QMainWindow),
      splitter_(new QSplitter(Qt::Vertical)) {
    build();
    restore();

    auto& events = session.events();
    connect(&events, &bridge::EventRelay::catalogueChanged, this, [this] {
        stale_ = true;
        if (isVisible()) enter();
    });
    connect(&events, &bridge::EventRelay::columnsChanged, this, [this] {
        stale_ = true;
        if (isVisible()) enter();
    });
    connect(&events, &bridge::EventRelay::labelsChanged, this, &DataPlace::takeUpLabels);
    connect(&session.selection(), &widgets::SelectionModel::changed, this, &DataPlace::followSelection);
    loadCollections();
    loadRows();
    stale_ = false;
}

void DataPlace::build() {
    plot_->setObjectName(QStringLiteral("dataPlot"));
    plot_->setLines(widgets::commonLines());
    plot_->setVelocityReference(widgets::hAlphaVacuum, QStringLiteral("Hα"));
    plot_->setAxisLabels(QStringLiteral("λ (vacuum) [Å]"), tr("flux [arbitrary units]"));
    plot_->setEmptyText(tr("Choose a spectrum in the table to see it here"));
    plot_->setMinimumHeight(160);
    connect(feeder_, &PlotFeeder::shown, this, [this](const QString& problem) {
        plot_->setEmptyText(problem.isEmpty() ? tr("Choose a spectrum in the table to see it here")
                                              : problem);
        if (!problem.isEmpty()) Q_EMIT said(problem);
    });
    connect(plot_, &widgets::SpectrumPlot::readOut, this,
            [this](const QString& words) { Q_EMIT readOut(words); });
    connect(plot_, &widgets::PlotView::exportRequested, this, &DataPlace::exportPlot);
    connect(plot_, &widgets::SpectrumPlot::spectrumClicked, this,
            [this](const QString& id) { session_.selection().setCurrent(id, QStringLiteral("plot")); });
    connect(strip_, &widgets::LineStrip::lineClicked, this, [this](const QString&, double wavelength) {
        plot_->setXRange(wavelength - 60, wavelength + 60);
        plot_->redraw();
    });

    table_->setModel(model_);
    table_->view()->setSortingEnabled(true);
    table_->view()->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    table_->view()->horizontalHeader()->setSortIndicatorClearable(true);
    const int widths[SpectraModel::ColumnCount] = {176, 104, 66, 50,  52,  84,  92,
                                                   92,  50,  72, 110, 100, 110, 140};
    for (int c = 0; c < SpectraModel::ColumnCount; ++c)
        table_->view()->setColumnWidth(c, widths[c]);
    table_->filterEdit()->setPlaceholderText(tr("filter: snr > 10 and class like 'A%' and label is null"));
    table_->setMinimumHeight(140);
    connect(table_, &widgets::SpectrumTable::filterChanged, this, &DataPlace::loadRows);
    connect(table_, &widgets::SpectrumTable::currentIdChanged, this, [this](const QString& id) {
        if (!loading_ && !id.isEmpty()) session_.selection().setCurrent(id, origin);
    });
    connect(table_, &widgets::SpectrumTable::selectedIdsChanged, this, [this](const QStringList& ids) {
        if (!loading_) session_.selection().select(ids, origin);
    });
    connect(table_, &widgets::SpectrumTable::overlayToggled, this, &DataPlace::toggleOverlay);
    connect(table_, &widgets::SpectrumTable::opened, this, &DataPlace::openInWindow);
    connect(table_, &widgets::SpectrumTable::contextMenuRequested, this, &DataPlace::showRowMenu);
    connect(plot_, &widgets::PlotView::contextMenuAboutToShow, this, &Place::sendMenuWanted);
    connect(table_, &widgets::SpectrumTable::emptyActionTriggered, this, [this] {
        if (total_ == 0)
            importSpectra();
        else
            showFilter({});
    });

    auto* import =
        makeAction(this, "importAction", tr("Import spectra…"), QKeySequence(Qt::CTRL | Qt::Key_I),
                   tr("Bring files or a folder of spectra into the project"), [this] { importSpectra(); });
    auto* observatory = makeAction(this, "observatoryAction", tr("From the Observatory…"),
                                   QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_I),
                                   tr("Bring spectra from a folder on the net, a VOTable or an SSAP service"),
                                   [this] { openObservatory(); });
    auto* prepare =
        makeAction(this, "preprocessAction", tr("Preprocess…"), QKeySequence(Qt::CTRL | Qt::Key_P),
                   tr("Make a dataset for maps and networks"), [this] { preprocess(); });
    auto* save = makeAction(this, "exportPlotAction", tr("Export plot…"), QKeySequence(Qt::CTRL | Qt::Key_E),
                            tr("Save the plot as PNG, SVG or PDF"), [this] { exportPlot(); });
    makeAction(this, "clearOverlayAction", tr("Clear the overlay"),
               QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_Space),
               tr("Take all spectra added by Space from the plot"), [this] {
                   overlay_.clear();
                   showPlot();
               });
    makeAction(this, "focusFilterAction", tr("Go to the filter"), QKeySequence(Qt::CTRL | Qt::Key_F),
               tr("Type a filter for the table"),
               [this] { table_->filterEdit()->setFocus(Qt::ShortcutFocusReason); });
    makeAction(this, "fitPlotAction", tr("Show the whole plot"), QKeySequence(Qt::CTRL | Qt::Key_0),
               tr("Both axes from end to end"), [this] {
                   plot_->fit();
                   plot_->redraw();
               });
    saveFilterAction_ = makeAction(this, "saveFilterAction", tr("Save the filter"),
                                   QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S),
                                   tr("Keep the filter in the list on the left"), [this] { saveFilter(); });
    removeFilterAction_ = makeAction(this, "removeFilterAction", tr("Remove the saved filter"), {},
                                     tr("Take the chosen filter from the list"), [this] { removeFilter(); });
    import->setIcon(widgets::icon(widgets::Icon::Import));
    prepare->setIcon(widgets::icon(widgets::Icon::Play));
    save->setIcon(widgets::icon(widgets::Icon::Export));

    tree_->setObjectName(QStringLiteral("collectionsTree"));
    tree_->setHeaderHidden(true);
    tree_->setColumnCount(2);
    tree_->header()->setStretchLastSection(false);
    tree_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    tree_->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    tree_->setIndentation(2 * widgets::gridStep);
    tree_->setFrameShape(QFrame::NoFrame);
    tree_->setToolTip(tr("Collections and saved filters: choose what the table shows"));
    tree_->setContextMenuPolicy(Qt::ActionsContextMenu);
    tree_->addAction(saveFilterAction_);
    tree_->addAction(removeFilterAction_);
    connect(tree_, &QTreeWidget::itemSelectionChanged, this, &DataPlace::treeItemChosen);
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, widgets::gridStep);
    column->addWidget(tree_, 1);
    for (QAction* action : {import, observatory, prepare}) {
        auto* row = new QHBoxLayout;
        row->setContentsMargins(widgets::gridStep, 0, widgets::gridStep, 0);
        row->addWidget(buttonFor(action, left));
        column->addLayout(row);
    }

    auto* top = new QWidget;
    auto* plots = new QVBoxLayout(top);
    plots->setContentsMargins(0, 0, 0, 0);
    plots->setSpacing(0);
    plots->addWidget(plot_, 1);
    splitter_->setObjectName(QStringLiteral("dataSplitter"));
    splitter_->setChildrenCollapsible(false);
    splitter_->addWidget(top);
    splitter_->addWidget(strip_);
    splitter_->addWidget(table_);
    splitter_->setStretchFactor(0, 5);
    splitter_->setStretchFactor(1, 0);
    splitter_->setStretchFactor(2, 4);

    docks_->setWindowFlags(Qt::Widget);
    docks_->setObjectName(QStringLiteral("dataDocks"));
    docks_->setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowNestedDocks |
                           QMainWindow::AllowTabbedDocks);
    docks_->setCentralWidget(splitter_);
    auto* collections = dock(docks_, "collectionsDock", tr("Collections"), left, Qt::LeftDockWidgetArea);
    auto* inspector = dock(docks_, "inspectorDock", tr("Inspector"), inspector_, Qt::RightDockWidgetArea);
    addActions({collections->toggleViewAction(), inspector->toggleViewAction()});
    docks_->resizeDocks({collections, inspector}, {184, 248}, Qt::Horizontal);

    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(docks_);
}

void DataPlace::restore() {
    const auto saved = QJsonDocument::fromJson(kept(QStringLiteral("filters")).toUtf8()).array();
    for (const auto& one : saved)
        filters_.push_back({one.toObject()[QStringLiteral("name")].toString(),
                            one.toObject()[QStringLiteral("where")].toString()});
    if (const auto bytes = keptBytes(QStringLiteral("docks")); !bytes.isEmpty()) docks_->restoreState(bytes);
    if (const auto bytes = keptBytes(QStringLiteral("splitter")); !bytes.isEmpty())
        splitter_->restoreState(bytes);
    if (const auto bytes = keptBytes(QStringLiteral("table")); !bytes.isEmpty()) table_->restoreLayout(bytes);
    collection_ = kept(QStringLiteral("collection"));
    const QSignalBlocker quiet(table_);
    table_->filterEdit()->setText(kept(QStringLiteral("filter")));
}

void DataPlace::keep() {
    keepBytes(QStringLiteral("docks"), docks_->saveState());
    keepBytes(QStringLiteral("splitter"), splitter_->saveState());
    keepBytes(QStringLiteral("table"), table_->saveLayout());
    keepValue(QStringLiteral("collection"), collection_);
    keepValue(QStringLiteral("filter"), table_->filterText());
    keepValue(QStringLiteral("current"), session_.selection().current());
    if (observatory_) observatory_->keep();
}

void DataPlace::enter() {
    if (std::exchange(stale_, false)) {
        loadCollections();
        loadRows();
        unread_.clear();
    } else if (!unread_.isEmpty()) {
        takeUpLabels(std::exchange(unread_, {}));
    }
    if (behind_) followSelection({});
    if (table_->view()->isVisible() && !table_->filterEdit()->hasFocus()) table_->view()->setFocus();
}

void DataPlace::showSomething() {
    if (session_.selection().current().isEmpty() && model_->rowCount() > 0)
        session_.selection().select({model_->idAt(0)}, QStringLiteral("start"));
}

bool DataPlace::settled() const {
    return Place::settled() && !feeder_->busy();
}

void DataPlace::loadCollections() {
    session_.lists().latest(
        this, "collections",
        [&workbench = session_.workbench()](const std::stop_token&) {
            return workbench.spectra().collections();
        },
        [this](const core::Result<std::vector<api::Collection>>& collections) {
            if (collections)
                fillTree(*collections);
            else
                Q_EMIT said(errorSentence(collections.error()));
        });
}

void DataPlace::fillTree(const std::vector<api::Collection>& collections) {
    const QSignalBlocker quiet(tree_);
    tree_->clear();
    total_ = 0;
    for (const auto& one : collections)
        total_ += one.spectra;
    const auto add = [this](QTreeWidgetItem* parent, const QString& name, ItemKind kind,
                            const QString& value) {
        auto* item = parent ? new QTreeWidgetItem(parent) : new QTreeWidgetItem(tree_);
        item->setText(0, name);
        item->setToolTip(0, kind == BuiltInFilter || kind == UserFilter ? value : name);
        item->setData(0, kindRole, kind);
        item->setData(0, valueRole, value);
        item->setTextAlignment(1, Qt::AlignRight | Qt::AlignVCenter);
        item->setForeground(1, palette().placeholderText());
        return item;
    };
    auto* all = add(nullptr, tr("All spectra"), AllSpectra, {});
    all->setText(1, countText(total_));
    auto* chosen = all;
    for (const auto& one : collections) {
        auto* item = add(all, text(one.name), OneCollection, text(one.name));
        item->setText(1, countText(one.spectra));
        if (collection_ == text(one.name)) chosen = item;
    }
    auto* heading = new QTreeWidgetItem(tree_, {tr("Saved filters")});
    heading->setFlags(Qt::ItemIsEnabled);
    add(heading, tr("labelled"), BuiltInFilter, QStringLiteral("label is not null"));
    add(heading, tr("unlabelled"), BuiltInFilter, QStringLiteral("label is null"));
    add(heading, tr("noteworthy"), BuiltInFilter, QStringLiteral("flag = 'noteworthy'"));
    for (const auto& filter : filters_)
        add(heading, filter.name, UserFilter, filter.expression);
    tree_->expandAll();
    tree_->setCurrentItem(chosen);
    removeFilterAction_->setEnabled(false);
    if (chosen == all) collection_.clear();
    Q_EMIT totalChanged();
    table_->setCounts(model_->rowCount(), qint64(total_));
}

void DataPlace::treeItemChosen() {
    const auto* item = tree_->currentItem();
    if (!item) return;
    const int kind = item->data(0, kindRole).toInt();
    const QString value = item->data(0, valueRole).toString();
    removeFilterAction_->setEnabled(kind == UserFilter);
    if (kind == AllSpectra || kind == OneCollection) {
        collection_ = value;
        loadRows();
    } else if (kind != 0) {
        if (table_->filterText() == value)
            loadRows();
        else
            table_->setFilterText(value);
    }
}

void DataPlace::showFilter(const QString& expression) {
    collection_.clear();
    if (auto* all = tree_->topLevelItem(0)) {
        const QSignalBlocker quiet(tree_);
        tree_->setCurrentItem(all);
    }
    if (table_->filterText() == expression)
        loadRows();
    else
        table_->setFilterText(expression);
}

QString DataPlace::filterOfTable() const {
    const QString filter = table_->filterText().trimmed();
    if (collection_.isEmpty()) return filter;
    return filter.isEmpty() ? QStringLiteral("collection = %1").arg(quoted(collection_))
                            : QStringLiteral("(%1) and collection = %2").arg(filter, quoted(collection_));
}

Sendable DataPlace::sendable() const {
    Sendable what = Place::sendable();
    if (model_->rowCount() == 0) return what;
    api::TableChoice table;
    table.where = plain(filterOfTable());
    const QString filter = table_->filterText().trimmed();
    table.name = plain(!filter.isEmpty() ? filter : collection_.isEmpty() ? tr("all spectra") : collection_);
    const QString rows = countText(std::size_t(model_->rowCount()));
    what.lists.push_back({filter.isEmpty() && !collection_.isEmpty()
                              ? tr("The collection %1 (%2), as a table").arg(collection_, rows)
                              : tr("All that the table shows (%1), as a table").arg(rows),
                          table});
    return what;
}

void DataPlace::showRowMenu(const QStringList& ids, const QPoint& globalPosition) {
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->setToolTipsVisible(true);
    const auto add = [menu](const char* name, const QString& words, const QString& tip) {
        QAction* action = menu->addAction(words);
        action->setObjectName(QString::fromLatin1(name));
        action->setToolTip(tip);
        return action;
    };
    connect(add("rowWindowAction", tr("Open in a window of its own"), tr("The same as a double click")),
            &QAction::triggered, this, [this, id = table_->currentId()] { openInWindow(id); });
    connect(add("rowOverlayAction", tr("Add to the overlay, or take away\tSpace"),
                tr("Spectra of the overlay stay in the plot")),
            &QAction::triggered, this, [this, ids] { toggleOverlay(ids); });
    menu->addSeparator();
    Q_EMIT sendMenuWanted(menu);
    menu->popup(globalPosition);
}

void DataPlace::loadRows() {
    const QString filter = table_->filterText().trimmed();
    const QString where = filterOfTable();
    table_->progressLine()->setFraction(-1);
    session_.lists().latest(
        this, "rows",
        [&workbench = session_.workbench(), where = plain(where),
         own = plain(filter)](const std::stop_token&) {
            auto rows = workbench.spectra().list(where);
            // The place that the message names must be one in the text that the user wrote.
            if (!rows && where != own)
                if (auto alone = workbench.spectra().list(own, 1); !alone) return alone;
            return rows;
        },
        [this](core::Result<std::vector<api::SpectrumRow>> rows) {
            table_->progressLine()->finish();
            table_->setFilterError(rows ? QString() : errorSentence(rows.error()));
            if (rows) showRows(std::move(*rows));
        });
}

void DataPlace::showRows(std::vector<api::SpectrumRow> rows) {
    auto* empty = table_->emptyState();
    if (rows.empty() && table_->filterText().isEmpty() && collection_.isEmpty()) {
        empty->setSentence(tr("No spectra yet: import files of this computer, or bring some from the "
                              "Observatory (Ctrl+Shift+I)"));
        empty->setAction(tr("Import spectra…"),
                         tr("Bring files or a folder of spectra into the project (Ctrl+I)"));
    } else {
        empty->setSentence(tr("No spectrum meets this filter"));
        empty->setAction(tr("Show all spectra"), tr("Clears the filter"));
    }
    loading_ = true;
    model_->setRows(std::move(rows));
    auto& selection = session_.selection();
    if (!selection.current().isEmpty()) table_->setCurrentId(selection.current());
    loading_ = false;
    table_->setCounts(model_->rowCount(),
                      qint64(std::max<std::size_t>(total_, std::size_t(model_->rowCount()))));
    if (selection.current().isEmpty() && model_->rowCount() > 0) {
        QString first = kept(QStringLiteral("current"));
        if (model_->indexOf(first) < 0) first = model_->idAt(0);
        selection.select({first}, QStringLiteral("start"));
    }
}

void DataPlace::takeUpLabels(const QStringList& ids) {
    if (!isVisible()) {
        unread_ += ids;
        if (unread_.size() > mostSingleRows) stale_ = true;
        return;
    }
    if (ids.size() > mostSingleRows) {
        loadRows();
        return;
    }
    session_.lists().run(
        this,
        [&workbench = session_.workbench(), ids](const std::stop_token&) {
            std::vector<api::SpectrumRow> rows;
            for (const QString& id : ids)
                if (auto row = workbench.spectra().row(plain(id))) rows.push_back(std::move(*row));
            return rows;
        },
        [this, ids](const std::vector<api::SpectrumRow>& rows) {
            for (const auto& row : rows)
                model_->updateRow(row);
            if (ids.contains(session_.selection().current())) inspector_->refresh();
        });
}

void DataPlace::followSelection(const QString& from) {
    behind_ = !isVisible();
    if (behind_) return;
    const QString& current = session_.selection().current();
    if (from != origin) {
        loading_ = true;
        if (!current.isEmpty()) table_->setCurrentId(current);
        loading_ = false;
    }
    inspector_->show(current);
    showPlot();
}

void DataPlace::toggleOverlay(const QStringList& ids) {
    for (const QString& id : ids)
        if (!overlay_.removeOne(id)) overlay_ << id;
    Q_EMIT said(overlay_.isEmpty()
                    ? tr("The overlay is empty")
                    : tr("%1 in the overlay")
                          .arg(countText(std::size_t(overlay_.size()), tr("spectrum"), tr("spectra"))));
    showPlot();
}

void DataPlace::showPlot() {
    QStringList ids = overlay_;
    for (const QString& id : session_.selection().ids()) {
        if (ids.size() >= PlotFeeder::mostSpectra) break;
        if (!ids.contains(id)) ids << id;
    }
    feeder_->show(ids, session_.selection().current());
}

void DataPlace::saveFilter() {
    const QString expression = table_->filterText().trimmed();
    if (expression.isEmpty()) {
        Q_EMIT said(tr("There is no filter to save: type one above the table first"));
        return;
    }
    if (std::none_of(filters_.begin(), filters_.end(),
                     [&](const auto& one) { return one.expression == expression; }))
        filters_.push_back({expression, expression});
    QJsonArray all;
    for (const auto& one : filters_)
        all << QJsonObject{{QStringLiteral("name"), one.name}, {QStringLiteral("where"), one.expression}};
    keepValue(QStringLiteral("filters"),
              QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact)));
    loadCollections();
}

void DataPlace::removeFilter() {
    const auto* item = tree_->currentItem();
    if (!item || item->data(0, kindRole).toInt() != UserFilter) return;
    const QString expression = item->data(0, valueRole).toString();
    std::erase_if(filters_, [&](const auto& one) { return one.expression == expression; });
    QJsonArray all;
    for (const auto& one : filters_)
        all << QJsonObject{{QStringLiteral("name"), one.name}, {QStringLiteral("where"), one.expression}};
    keepValue(QStringLiteral("filters"),
              QString::fromUtf8(QJsonDocument(all).toJson(QJsonDocument::Compact)));
    loadCollections();
}

void DataPlace::importSpectra() {
    auto* form = showImportForm(session_, this);
    connect(form, &JobForm::submitted, this, [this] { Q_EMIT said(tr("The import has started")); });
}

void DataPlace::openObservatory() {
    observatoryWindow()->open();
}

void DataPlace::listSpectra(const QString& file) {
    observatoryWindow()->openList(file);
}

ObservatoryWindow* DataPlace::observatoryWindow() {
    if (!observatory_) {
        observatory_ = new ObservatoryWindow(session_, this);
        const auto comeForward = [this] {
            window()->raise();
            window()->activateWindow();
        };
        connect(observatory_, &ObservatoryWindow::jobRequested, this, [this, comeForward](qint64 job) {
            Q_EMIT jobRequested(job);
            Q_EMIT placeRequested(QStringLiteral("jobs"));
            comeForward();
        });
        connect(observatory_, &ObservatoryWindow::spectrumRequested, this,
                [this, comeForward](const QString& id) {
                    session_.selection().select({id}, QStringLiteral("observatory"));
                    Q_EMIT placeRequested(key());
                    comeForward();
                });
    }
    return observatory_;
}

void DataPlace::preprocess() {
    auto* form = showPreprocessForm(session_, collection_, this);
    connect(form, &JobForm::submitted, this, [this] { Q_EMIT said(tr("Preprocessing has started")); });
}

void DataPlace::exportPlot() {
    const QString current = session_.selection().current();
    desktop::exportPlot(plot_, current.isEmpty() ? QStringLiteral("spectra") : current,
                        [this](const QString& sentence) { Q_EMIT said(sentence); });
}

void DataPlace::openInWindow(const QString& id) {
    auto* window = new QWidget(this, Qt::Window);
    window->setAttribute(Qt::WA_DeleteOnClose);
    window->setObjectName(QStringLiteral("spectrumWindow"));
    window->setWindowTitle(id);
    window->resize(960, 560);
    auto* plot = new widgets::SpectrumPlot;
    auto* strip = new widgets::LineStrip;
    plot->setLines(widgets::commonLines());
    auto* column = new QVBoxLayout(window);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(plot, 1);
    column->addWidget(strip);
    connect(plot, &widgets::PlotView::exportRequested, window, [this, plot, id] {
        desktop::exportPlot(plot, id, [this](const QString& sentence) { Q_EMIT said(sentence); });
    });
    (new PlotFeeder(session_, plot, strip, window))->show({id}, id);
    window->show();
}

} // namespace balmer::desktop

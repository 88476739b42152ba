#include "app/desktop/data/data_place.h"

#include <algorithm>
#include <utility>

#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSet>
#include <QTableView>
#include <QVBoxLayout>

#include "app/desktop/data/collections_panel.h"
#include "app/desktop/data/import_form.h"
#include "app/desktop/data/spectrum_window.h"
#include "app/desktop/jobs/dataset_form.h"
#include "app/desktop/observatory/observatory_window.h"
#include "app/desktop/place/actions.h"
#include "widgets/common/icons.h"

namespace balmer::desktop {

namespace {

const QString origin = QStringLiteral("data");

/// More labels at once than this, and they are read with one question instead of one each.
constexpr qsizetype mostSingleRows = 500;

QString quoted(QString value) {
    return '\'' + value.replace('\'', QStringLiteral("''")) + '\'';
}

} // namespace

DataPlace::DataPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("data"), parent), model_(new SpectraModel(session.lists(), this)),
      table_(new widgets::SpectrumTable(QStringLiteral("dataTable"))) {
    buildTable();
    buildCollections();
    restore();

    auto& events = session.events();
    const auto stale = [this] {
        stale_ = true;
        if (isVisible()) enter();
    };
    connect(&events, &bridge::EventRelay::catalogueChanged, this, stale);
    connect(&events, &bridge::EventRelay::columnsChanged, this, stale);
    connect(&events, &bridge::EventRelay::labelsChanged, this, &DataPlace::showLabels);
    connect(&session.selection(), &widgets::SelectionModel::changed, this, &DataPlace::followSelection);
    collections_->load();
    loadRows();
    stale_ = false;
}

void DataPlace::buildTable() {
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
    connect(table_, &widgets::SpectrumTable::overlayToggled, this, &DataPlace::overlayToggled);
    connect(table_, &widgets::SpectrumTable::opened, this, &DataPlace::openInWindow);
    connect(table_, &widgets::SpectrumTable::contextMenuRequested, this, &DataPlace::showRowMenu);
    connect(table_, &widgets::SpectrumTable::emptyActionTriggered, this, [this] {
        if (total() == 0)
            importSpectra();
        else
            showFilter({});
    });
    makeAction(this, "focusFilterAction", tr("Go to the filter"), QKeySequence(Qt::CTRL | Qt::Key_F),
               tr("Type a filter for the table"),
               [this] { table_->filterEdit()->setFocus(Qt::ShortcutFocusReason); });
    makeAction(this, "findSimilarAction", tr("More like this…"), QKeySequence(Qt::CTRL | Qt::Key_M),
               tr("Find the spectra of a dataset that are most like the current one"),
               [this] { findSimilar(); });
    makeAction(this, "auditLabelsAction", tr("Audit labels…"), {},
               tr("Find the labels against which something speaks"), [this] { auditLabels(); });
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(table_);
}

void DataPlace::buildCollections() {
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
    for (QAction* action : {import, observatory, prepare})
        needsWriting(action, session_);
    import->setIcon(widgets::icon(widgets::Icon::Import));
    prepare->setIcon(widgets::icon(widgets::Icon::Play));
    auto* save = makeAction(this, "saveFilterAction", tr("Save the filter"),
                            QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_S),
                            tr("Keep the filter in the list on the left"), [this] { saveFilter(); });
    auto* remove = makeAction(this, "removeFilterAction", tr("Remove the saved filter"), {},
                              tr("Take the chosen filter from the list"),
                              [this] { collections_->removeChosenFilter(); });
    collections_ = new CollectionsPanel(session_, {import, observatory, prepare}, save, remove, this);
    collections_->hide();
    connect(collections_, &CollectionsPanel::loaded, this, [this] {
        Q_EMIT totalChanged();
        table_->setCounts(model_->rowCount(), qint64(total()));
    });
    connect(collections_, &CollectionsPanel::collectionChosen, this, &DataPlace::loadRows);
    connect(collections_, &CollectionsPanel::filterChosen, this, [this](const QString& expression) {
        if (table_->filterText() == expression)
            loadRows();
        else
            table_->setFilterText(expression);
    });
}

void DataPlace::restore() {
    if (const auto bytes = keptBytes(QStringLiteral("table")); !bytes.isEmpty()) table_->restoreLayout(bytes);
    collections_->setCollection(kept(QStringLiteral("collection")));
    const QSignalBlocker quiet(table_);
    table_->filterEdit()->setText(kept(QStringLiteral("filter")));
}

void DataPlace::keep() {
    keepBytes(QStringLiteral("table"), table_->saveLayout());
    keepValue(QStringLiteral("collection"), collections_->collection());
    keepValue(QStringLiteral("filter"), table_->filterText());
    keepValue(QStringLiteral("current"), session_.selection().current());
    if (observatory_) observatory_->keep();
}

void DataPlace::enter() {
    if (std::exchange(stale_, false)) {
        collections_->load();
        loadRows();
        unread_.clear();
    } else if (!unread_.isEmpty()) {
        showLabels(std::exchange(unread_, {}));
    }
    if (behind_) followSelection({});
    if (table_->view()->isVisible() && !table_->filterEdit()->hasFocus()) table_->view()->setFocus();
}

void DataPlace::showSomething() {
    if (session_.selection().current().isEmpty() && model_->rowCount() > 0)
        session_.selection().select({model_->idAt(0)}, QStringLiteral("start"));
}

std::size_t DataPlace::total() const {
    return collections_->total();
}

void DataPlace::showFilter(const QString& expression) {
    collections_->chooseAll();
    if (table_->filterText() == expression)
        loadRows();
    else
        table_->setFilterText(expression);
}

QString DataPlace::filterOfTable() const {
    QString filter = table_->filterText().trimmed();
    const QString collection = collections_->collection();
    if (collection.isEmpty()) return filter;
    return filter.isEmpty() ? QStringLiteral("collection = %1").arg(quoted(collection))
                            : QStringLiteral("(%1) and collection = %2").arg(filter, quoted(collection));
}

Sendable DataPlace::sendable() const {
    Sendable what = Place::sendable();
    if (model_->rowCount() == 0) return what;
    QString filter = table_->filterText().trimmed();
    const QString collection = collections_->collection();
    api::TableChoice table;
    table.where = plain(filterOfTable());
    table.name = plain(!filter.isEmpty() ? filter : collection.isEmpty() ? tr("all spectra") : collection);
    const QString rows = countText(std::size_t(model_->rowCount()));
    what.lists.push_back({filter.isEmpty() && !collection.isEmpty()
                              ? tr("The collection %1 (%2), as a table").arg(collection, rows)
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
            &QAction::triggered, this, [this, ids] { Q_EMIT overlayToggled(ids); });
    menu->addSeparator();
    const QString which = ids.size() > 1
                              ? tr("Label the %1 selected…\tL").arg(countText(std::size_t(ids.size())))
                              : tr("Label all that the table shows…\tL");
    connect(add("rowLabelAction", which, tr("They become the queue of Label")), &QAction::triggered, this,
            [this] { Q_EMIT labelListRequested(toLabel()); });
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
    if (rows.empty() && table_->filterText().isEmpty() && collections_->collection().isEmpty()) {
        const bool written = session_.onlyReads().isEmpty();
        empty->setSentence(written
                               ? tr("No spectra yet: import files of this computer, or bring some from the "
                                    "Observatory (Ctrl+Shift+I)")
                               : tr("No spectra, and none can be brought in"));
        empty->setAction(tr("Import spectra…"),
                         written ? tr("Bring files or a folder of spectra into the project (Ctrl+I)")
                                 : session_.onlyReads());
        empty->button()->setEnabled(written);
    } else {
        empty->setSentence(tr("No spectrum meets this filter"));
        empty->setAction(tr("Show all spectra"), tr("Clears the filter"));
        empty->button()->setEnabled(true);
    }
    loading_ = true;
    model_->setRows(std::move(rows));
    loading_ = false;
    auto& selection = session_.selection();
    highlight();
    table_->setCounts(model_->rowCount(),
                      qint64(std::max<std::size_t>(total(), std::size_t(model_->rowCount()))));
    // The arrows walk, and digits label, from the moment at which there are rows.
    if (model_->rowCount() > 0 && std::exchange(neverFilled_, false) && isVisible())
        table_->view()->setFocus();
    if (selection.current().isEmpty() && model_->rowCount() > 0) {
        QString first = kept(QStringLiteral("current"));
        if (model_->indexOf(first) < 0) first = model_->idAt(0);
        selection.select({first}, QStringLiteral("start"));
    }
}

void DataPlace::showLabels(const QStringList& ids) {
    if (!isVisible()) {
        unread_ += ids;
        if (unread_.size() > mostSingleRows) unread_ = QStringList{QString()};
        return;
    }
    // Rows stay where they are, also where they do not meet the filter any more.
    const bool any = ids.contains(QString()) || ids.size() > mostSingleRows;
    session_.lists().run(
        this,
        [&workbench = session_.workbench(), ids, any](const std::stop_token&) {
            std::vector<api::SpectrumRow> rows;
            if (any) {
                if (auto all = workbench.spectra().list({})) rows = std::move(*all);
                return rows;
            }
            for (const QString& id : ids)
                if (auto row = workbench.spectra().row(plain(id))) rows.push_back(std::move(*row));
            return rows;
        },
        [this](const std::vector<api::SpectrumRow>& rows) { model_->updateRows(rows); });
}

void DataPlace::followSelection(const QString& from) {
    behind_ = !isVisible();
    if (!behind_ && from != origin) highlight();
}

void DataPlace::highlight() {
    const auto& selection = session_.selection();
    QList<int> rows;
    for (const QString& id : selection.highlighted())
        if (const int row = model_->indexOf(id); row >= 0) rows << row;
    table_->selectRows(std::move(rows), model_->indexOf(selection.current()));
}

QString DataPlace::differs(const Chosen& chosen) const {
    const QStringList shown = table_->selectedIds();
    if (table_->currentId() == chosen.current &&
        QSet<QString>(shown.begin(), shown.end()) == QSet<QString>(chosen.ids.begin(), chosen.ids.end()))
        return {};
    const auto missing = std::count_if(chosen.ids.begin(), chosen.ids.end(),
                                       [this](const QString& id) { return model_->indexOf(id) < 0; });
    if (missing == 0) return tr("the table does not highlight %1 yet").arg(chosen.current);
    return chosen.ids.size() == 1
               ? tr("%1 is not in the table; choose a row, or show all spectra").arg(chosen.current)
               : tr("%1 of the %2 selected spectra are not in the table; choose rows, or show all spectra")
                     .arg(missing)
                     .arg(chosen.ids.size());
}

LabelList DataPlace::toLabel() const {
    const auto& selection = session_.selection();
    LabelList list;
    if (selection.size() > 1) {
        list.title = tr("selection");
        // As they stand in the table, then those that do not.
        QStringList ids = selection.ids();
        const auto place = [this](const QString& id) { return unsigned(model_->indexOf(id)); };
        std::stable_sort(ids.begin(), ids.end(),
                         [&](const QString& a, const QString& b) { return place(a) < place(b); });
        for (const QString& id : ids)
            list.ids.push_back(plain(id));
        return list;
    }
    const QString filter = table_->filterText().trimmed(), collection = collections_->collection();
    list.start = selection.current();
    list.title = !filter.isEmpty() ? filter : collection.isEmpty() ? tr("all spectra") : collection;
    for (int row = 0; row < model_->rowCount(); ++row)
        list.ids.push_back(plain(model_->idAt(row)));
    return list;
}

void DataPlace::saveFilter() {
    const QString expression = table_->filterText().trimmed();
    if (expression.isEmpty())
        Q_EMIT said(tr("There is no filter to save: type one above the table first"));
    else
        collections_->saveFilter(expression);
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
    auto* form = showPreprocessForm(session_, collections_->collection(), this);
    connect(form, &JobForm::submitted, this, [this] { Q_EMIT said(tr("Preprocessing has started")); });
}

void DataPlace::findSimilar() {
    const QString like = session_.selection().current();
    if (like.isEmpty())
        Q_EMIT said(tr("Choose the spectrum that others are to be like"));
    else
        openDatasetForm("similar", tr("More like this"), tr("Find"), like);
}

void DataPlace::auditLabels() {
    openDatasetForm("audit", tr("Audit labels"), tr("Audit"));
}

void DataPlace::openDatasetForm(const std::string& kind, const QString& title, const QString& submitText,
                                const QString& like) {
    session_.lists().run(
        this,
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.datasets().list(); },
        [this, kind, title, submitText, like](const core::Result<std::vector<api::DatasetInfo>>& datasets) {
            if (!datasets || datasets->empty()) {
                Q_EMIT said(datasets ? tr("This needs a dataset: preprocess the spectra first (Ctrl+P)")
                                     : bridge::errorSentence(datasets.error()));
                return;
            }
            auto* form = showDatasetForm(session_, kind, title, submitText, *datasets, this);
            if (!like.isEmpty()) form->setValue("like", like);
            connect(form, &JobForm::submitted, this, [this](qint64 job) {
                Q_EMIT said(tr("What it finds stands in Jobs, from where it can be labelled"));
                Q_EMIT jobRequested(job);
            });
        });
}

void DataPlace::openInWindow(const QString& id) {
    openSpectrumWindow(session_, id, this, [this](const QString& sentence) { Q_EMIT said(sentence); });
}

} // namespace balmer::desktop

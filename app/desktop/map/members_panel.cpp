#include "app/desktop/map/members_panel.h"

#include <algorithm>
#include <utility>

#include <QHeaderView>
#include <QMenu>
#include <QSet>
#include <QSplitter>
#include <QTableView>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/bridge/plotted.h"
#include "app/desktop/data/plot_feeder.h"
#include "app/desktop/place/export_plot.h"
#include "widgets/common/empty_state.h"
#include "widgets/spectrum/spectrum_plot.h"
#include "widgets/table/spectrum_table.h"

namespace balmer::desktop {

using bridge::text;

namespace {
/// Members drawn with the prototype while none of their list is chosen, or all.
constexpr int drawnMembers = 12;

std::vector<api::SpectrumRow> rowsOf(api::Workbench& workbench, const std::vector<std::string>& ids,
                                     const std::stop_token& stop) {
    std::vector<api::SpectrumRow> rows;
    for (const auto& id : ids) {
        if (stop.stop_requested()) break;
        if (auto row = workbench.spectra().row(id)) rows.push_back(std::move(*row));
    }
    return rows;
}
} // namespace

MembersPanel::MembersPanel(bridge::Session& session, QWidget* parent)
    : Panel(parent), session_(session), plot_(new widgets::SpectrumPlot),
      feeder_(new PlotFeeder(session, plot_, nullptr, this)),
      table_(new widgets::SpectrumTable(QStringLiteral("membersTable"))), model_(new MembersModel(this)),
      splitter_(new QSplitter(Qt::Vertical)) {
    buildPlot();
    buildTable();
    splitter_->setChildrenCollapsible(false);
    splitter_->addWidget(plot_);
    splitter_->addWidget(table_);
    splitter_->setStretchFactor(0, 1);
    splitter_->setStretchFactor(1, 1);
    splitter_->setSizes({360, 340});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(splitter_);
}

void MembersPanel::buildPlot() {
    plot_->setObjectName(QStringLiteral("mapPlot"));
    plot_->setLines(widgets::commonLines());
    plot_->setAxisLabels(bridge::wavelengthLabel(true), tr("flux scaled to [−1, 1]"));
    plot_->setLegendLimit(6);
    plot_->setEmptyText(tr("Choose a neuron to see its prototype and its spectra"));
    plot_->setVelocityReference(widgets::hAlphaVacuum, QStringLiteral("Hα"));
    connect(feeder_, &PlotFeeder::shown, this, [this](const QString& problem) {
        if (!problem.isEmpty()) Q_EMIT said(problem);
    });
    connect(plot_, &widgets::SpectrumPlot::readOut, this, &Panel::readOut);
    connect(plot_, &widgets::PlotView::contextMenuAboutToShow, this, &Panel::sendMenuWanted);
    connect(plot_, &widgets::PlotView::exportRequested, this, [this] {
        exportPlot(plot_, QStringLiteral("neuron"),
                   [this](const QString& sentence) { Q_EMIT said(sentence); });
    });
}

void MembersPanel::buildTable() {
    table_->setModel(model_);
    table_->setFilterVisible(false);
    table_->emptyState()->setAction({});
    table_->view()->setSortingEnabled(true);
    table_->view()->horizontalHeader()->setSortIndicator(MembersModel::Distance, Qt::AscendingOrder);
    const int widths[] = {160, 80, 76, 84, 84};
    for (int c = 0; c < MembersModel::ColumnCount; ++c)
        table_->view()->setColumnWidth(c, widths[c]);
    connect(table_, &widgets::SpectrumTable::currentIdChanged, this, [this](const QString& id) {
        if (!silent_ && !id.isEmpty()) Q_EMIT currentChanged(id);
    });
    connect(table_, &widgets::SpectrumTable::selectedIdsChanged, this, [this](const QStringList& ids) {
        if (!silent_ && !ids.isEmpty()) Q_EMIT selectedChanged(ids);
    });
    connect(table_, &widgets::SpectrumTable::opened, this, &MembersPanel::opened);
    connect(table_, &widgets::SpectrumTable::contextMenuRequested, this,
            [this](const QStringList&, const QPoint& globalPosition) {
                auto* menu = new QMenu(this);
                menu->setAttribute(Qt::WA_DeleteOnClose);
                Q_EMIT sendMenuWanted(menu);
                menu->popup(globalPosition);
            });
    connect(&session_.events(), &bridge::EventRelay::labelsChanged, this, &MembersPanel::showLabels);
    showNeurons({});
}

bool MembersPanel::settled() const {
    return !feeder_->busy();
}

void MembersPanel::setMap(std::shared_ptr<const api::MapContent> map) {
    map_ = std::move(map);
    feeder_->setDataset(map_->info.dataset);
}

QStringList MembersPanel::showNeurons(const std::vector<int>& neurons) {
    std::vector<MemberRow> rows;
    for (const int neuron : neurons) {
        if (!map_ || neuron < 0 || std::size_t(neuron) >= map_->members.size()) continue;
        for (const auto& member : map_->members[std::size_t(neuron)])
            rows.push_back({text(member.id), member.distance, {}, {}, {}});
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.distance < b.distance; });
    QStringList ids;
    for (const auto& row : rows)
        ids << row.id;
    silent_ = true;
    model_->setMembers(std::move(rows));
    table_->setCounts(model_->rowCount(), model_->rowCount());
    table_->emptyState()->setSentence(neurons.empty()
                                          ? tr("No neuron is chosen: click one, or walk with the arrow keys")
                                          : tr("No spectrum lies at this neuron"));
    silent_ = false;
    loadDetails();
    return ids;
}

void MembersPanel::loadDetails() {
    std::vector<std::string> ids;
    for (const auto& member : model_->members())
        ids.push_back(bridge::plain(member.id));
    session_.lists().latest(
        this, "members",
        [&workbench = session_.workbench(), ids = std::move(ids)](const std::stop_token& stop) {
            return rowsOf(workbench, ids, stop);
        },
        [this](const std::vector<api::SpectrumRow>& details) { model_->setDetails(details); });
}

void MembersPanel::showLabels(const QStringList& spectra) {
    if (spectra.contains(QString())) return loadDetails();
    const QSet<QString> changed(spectra.begin(), spectra.end());
    std::vector<std::string> ids;
    for (const auto& member : model_->members())
        if (changed.contains(member.id)) ids.push_back(bridge::plain(member.id));
    if (ids.empty()) return;
    session_.lists().run(
        this,
        [&workbench = session_.workbench(), ids = std::move(ids)](const std::stop_token& stop) {
            return rowsOf(workbench, ids, stop);
        },
        [this](const std::vector<api::SpectrumRow>& details) { model_->setDetails(details); });
}

void MembersPanel::highlight(const QStringList& ids, const QString& current) {
    QList<int> rows;
    int at = -1;
    const QSet<QString> wanted(ids.begin(), ids.end());
    for (int row = 0; row < model_->rowCount(); ++row) {
        const QString& id = model_->members()[std::size_t(row)].id;
        if (wanted.contains(id)) rows << row;
        if (id == current) at = row;
    }
    table_->selectRows(std::move(rows), at);
}

QString MembersPanel::differs(const Chosen& chosen) const {
    const QStringList shown = table_->selectedIds();
    if (table_->currentId() != chosen.current ||
        QSet<QString>(shown.begin(), shown.end()) != QSet<QString>(chosen.ids.begin(), chosen.ids.end()))
        return chosen.ids.size() == 1
                   ? tr("the list of members does not highlight %1; choose a neuron or a member")
                         .arg(chosen.current)
                   : tr("the list of members does not highlight all %1 selected spectra; choose a neuron or "
                        "members")
                         .arg(chosen.ids.size());
    return feeder_->differs(chosen.current);
}

void MembersPanel::draw(int neuron, const QString& current) {
    neuron_ = neuron;
    current_ = current;
    behind_ = !isVisible();
    if (behind_ || !map_) return;
    widgets::PlottedSpectrum prototype;
    const bool has = neuron >= 0 && std::size_t(neuron) < map_->codebook.rows();
    if (has) {
        prototype.id = QStringLiteral("prototype");
        prototype.name = tr("prototype");
        prototype.wavelength = map_->wavelengthAngstrom;
        const auto row = map_->codebook.row(std::size_t(neuron));
        prototype.flux.assign(row.begin(), row.end());
        prototype.model = true;
    }
    QStringList ids = table_->selectedIds();
    if (ids.size() <= 1 || ids.size() == model_->rowCount()) {
        ids.clear();
        for (const auto& member : model_->members()) {
            if (ids.size() >= drawnMembers) break;
            ids << member.id;
        }
    }
    feeder_->show(ids, current, has ? &prototype : nullptr);
}

void MembersPanel::showEvent(QShowEvent* event) {
    Panel::showEvent(event);
    if (behind_) draw(neuron_, current_);
}

QByteArray MembersPanel::saveLayout() const {
    return splitter_->saveState();
}

void MembersPanel::restoreLayout(const QByteArray& layout) {
    splitter_->restoreState(layout);
}

} // namespace balmer::desktop

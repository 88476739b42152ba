#include "app/desktop/map/map_place.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHeaderView>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QRadioButton>
#include <QSplitter>
#include <QStackedWidget>
#include <QTableView>
#include <QVBoxLayout>

#include "app/desktop/map/train_form.h"
#include "app/desktop/place/actions.h"
#include "app/desktop/place/export_plot.h"
#include "engine/api/job_kinds.h"
#include "widgets/common/empty_state.h"
#include "widgets/common/theme.h"
#include "widgets/som/map_view.h"
#include "widgets/som/quality_sparkline.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

namespace {

const QString origin = QStringLiteral("map");
constexpr int gap = widgets::gridStep;
/// Members drawn with the prototype while none is chosen from their list.
constexpr int drawnMembers = 12;

QLabel* heading(const QString& words, QWidget* parent) {
    auto* label = new QLabel(words, parent);
    label->setFont(widgets::smallFont(label->font()));
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

} // namespace

MapPlace::MapPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("map"), parent), view_(new widgets::MapView),
      quality_(new widgets::QualitySparkline), qualityText_(new QLabel), plot_(new widgets::SpectrumPlot),
      table_(new widgets::SpectrumTable(QStringLiteral("membersTable"))), members_(new MembersModel(this)),
      feeder_(new PlotFeeder(session, plot_, nullptr, this)), maps_(new QListWidget),
      layers_(new QButtonGroup(this)), wavelength_(new QDoubleSpinBox), logarithmic_(new QCheckBox),
      colours_(new QComboBox), stack_(new QStackedWidget),
      empty_(new widgets::EmptyState(widgets::Icon::Map, tr("Looking for maps"), QString())),
      across_(new QSplitter(Qt::Horizontal)), middle_(new QSplitter(Qt::Vertical)),
      right_(new QSplitter(Qt::Vertical)) {
    build();
    wantedMap_ = kept(QStringLiteral("map")).toLongLong();
    wantedNeuron_ = kept(QStringLiteral("neuron")).isEmpty() ? -1 : kept(QStringLiteral("neuron")).toInt();
    for (auto [splitter, name] : {std::pair{across_, "across"}, {middle_, "middle"}, {right_, "right"}})
        if (const auto bytes = keptBytes(QString::fromLatin1(name)); !bytes.isEmpty())
            splitter->restoreState(bytes);

    auto& events = session.events();
    const auto stale = [this] {
        stale_ = true;
        if (isVisible()) enter();
    };
    connect(&events, &bridge::EventRelay::mapsChanged, this, stale);
    connect(&events, &bridge::EventRelay::datasetsChanged, this, stale);
    connect(&events, &bridge::EventRelay::jobsChanged, this, &MapPlace::takeUpJobs);
    connect(&session.selection(), &widgets::SelectionModel::changed, this, &MapPlace::followSelection);
}

QWidget* MapPlace::buildLeft() {
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(gap, gap, gap, gap);
    column->setSpacing(gap);
    column->addWidget(heading(tr("Maps"), left));
    maps_->setObjectName(QStringLiteral("mapsList"));
    maps_->setToolTip(tr("The maps of this project, newest first"));
    maps_->setFrameShape(QFrame::NoFrame);
    maps_->setMinimumWidth(160);
    connect(maps_, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item && !silent_) loadMap(item->data(Qt::UserRole).toLongLong());
    });
    column->addWidget(maps_, 1);

    column->addWidget(heading(tr("Layer"), left));
    const std::pair<const char*, QString> layers[] = {
        {"layerUMatrix", tr("U-matrix")}, {"layerHits", tr("Hits")}, {"layerPlane", tr("Flux at")}};
    const QString tips[] = {
        tr("Mean distance of a neuron to its neighbours: walls between groups are bright"),
        tr("How many spectra lie at each neuron"), tr("The prototypes' flux at one wavelength")};
    for (int i = 0; i < 3; ++i) {
        auto* button = new QRadioButton(layers[i].second, left);
        button->setObjectName(QString::fromLatin1(layers[i].first));
        button->setToolTip(tips[i]);
        layers_->addButton(button, i);
        if (i == ComponentPlane) {
            auto* row = new QHBoxLayout;
            wavelength_->setObjectName(QStringLiteral("layerWavelength"));
            wavelength_->setToolTip(tr("Vacuum wavelength of the plane"));
            wavelength_->setSuffix(QStringLiteral(" Å"));
            wavelength_->setDecimals(1);
            wavelength_->setButtonSymbols(QAbstractSpinBox::NoButtons);
            wavelength_->setRange(1, 1e6);
            wavelength_->setValue(widgets::hAlphaVacuum);
            row->addWidget(button);
            row->addWidget(wavelength_, 1);
            column->addLayout(row);
        } else {
            column->addWidget(button);
        }
    }
    layers_->button(UMatrix)->setChecked(true);
    logarithmic_->setText(tr("Logarithmic scale"));
    logarithmic_->setObjectName(QStringLiteral("layerLogarithmic"));
    logarithmic_->setToolTip(tr("Colours follow the logarithm of the value"));
    column->addWidget(logarithmic_);
    colours_->setObjectName(QStringLiteral("layerColours"));
    colours_->setToolTip(tr("Colour map of the layer"));
    for (const auto map :
         {widgets::ColourMap::Viridis, widgets::ColourMap::Cividis, widgets::ColourMap::Grey})
        colours_->addItem(widgets::displayName(map), int(map));
    column->addWidget(colours_);
    connect(layers_, &QButtonGroup::idClicked, this, &MapPlace::showLayer);
    connect(wavelength_, &QDoubleSpinBox::valueChanged, this, [this] {
        if (layers_->checkedId() == ComponentPlane) showLayer();
    });
    connect(logarithmic_, &QCheckBox::toggled, this, &MapPlace::showLayer);
    connect(colours_, &QComboBox::currentIndexChanged, this,
            [this] { view_->setColourMap(widgets::ColourMap(colours_->currentData().toInt())); });

    auto* train = makeAction(this, "trainMapAction", tr("Train a map…"), QKeySequence(Qt::CTRL | Qt::Key_T),
                             tr("Lay a dataset's spectra out on a map"), [this] { trainMap(); });
    train->setIcon(widgets::icon(widgets::Icon::Add));
    column->addWidget(buttonFor(train, left));
    return left;
}

QWidget* MapPlace::buildRight() {
    plot_->setObjectName(QStringLiteral("mapPlot"));
    plot_->setLines(widgets::commonLines());
    plot_->setAxisLabels(QStringLiteral("λ (vacuum) [Å]"), tr("flux scaled to [−1, 1]"));
    plot_->setLegendLimit(6);
    plot_->setEmptyText(tr("Choose a neuron to see its prototype and its spectra"));
    connect(feeder_, &PlotFeeder::shown, this, [this](const QString& problem) {
        if (!problem.isEmpty()) Q_EMIT said(problem);
    });
    plot_->setVelocityReference(widgets::hAlphaVacuum, QStringLiteral("Hα"));
    connect(plot_, &widgets::SpectrumPlot::readOut, this,
            [this](const QString& words) { Q_EMIT readOut(words); });
    connect(plot_, &widgets::PlotView::exportRequested, this, [this] {
        exportPlot(plot_, QStringLiteral("neuron"),
                   [this](const QString& sentence) { Q_EMIT said(sentence); });
    });

    table_->setModel(members_);
    table_->setFilterVisible(false);
    table_->emptyState()->setSentence(tr("No neuron is chosen: click one, or walk with the arrow keys"));
    table_->emptyState()->setAction({});
    table_->view()->setSortingEnabled(true);
    table_->view()->horizontalHeader()->setSortIndicator(MembersModel::Distance, Qt::AscendingOrder);
    const int widths[] = {160, 80, 76, 84, 84};
    for (int c = 0; c < MembersModel::ColumnCount; ++c)
        table_->view()->setColumnWidth(c, widths[c]);
    connect(table_, &widgets::SpectrumTable::currentIdChanged, this, [this](const QString& id) {
        if (!silent_ && !id.isEmpty()) session_.selection().setCurrent(id, origin);
    });
    connect(table_, &widgets::SpectrumTable::selectedIdsChanged, this, [this](const QStringList& ids) {
        if (!silent_ && !ids.isEmpty()) session_.selection().select(ids, origin);
    });
    connect(table_, &widgets::SpectrumTable::contextMenuRequested, this,
            [this](const QStringList&, const QPoint& globalPosition) {
                auto* menu = new QMenu(this);
                menu->setAttribute(Qt::WA_DeleteOnClose);
                Q_EMIT sendMenuWanted(menu);
                menu->popup(globalPosition);
            });
    connect(plot_, &widgets::PlotView::contextMenuAboutToShow, this, &Place::sendMenuWanted);
    connect(table_, &widgets::SpectrumTable::opened, this, [this](const QString& id) {
        session_.selection().setCurrent(id, QStringLiteral("map-open"));
        Q_EMIT placeRequested(QStringLiteral("data"));
    });

    right_->setChildrenCollapsible(false);
    right_->addWidget(plot_);
    right_->addWidget(table_);
    right_->setStretchFactor(0, 1);
    right_->setStretchFactor(1, 1);
    right_->setSizes({360, 340});
    return right_;
}

void MapPlace::build() {
    view_->setObjectName(QStringLiteral("mapView"));
    connect(view_, &widgets::MapView::neuronActivated, this,
            [this](int neuron) { showMembers(view_->selectedNeurons(), neuron); });
    connect(view_, &widgets::MapView::selectionChanged, this,
            [this](const std::vector<int>& neurons) { showMembers(neurons, view_->currentNeuron()); });
    connect(view_, &widgets::MapView::neuronHovered, this,
            [this](int, const QString& words) { Q_EMIT readOut(words); });
    connect(view_, &widgets::MapView::contextMenuAboutToShow, this, &Place::sendMenuWanted);
    connect(view_, &widgets::MapView::labelRequested, this,
            [this] { Q_EMIT placeRequested(QStringLiteral("label")); });
    connect(view_, &widgets::MapView::exportRequested, this, [this] {
        exportMap(view_, QStringLiteral("map"), [this](const QString& sentence) { Q_EMIT said(sentence); });
    });
    makeAction(this, "exportMapAction", tr("Export the map…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E),
               tr("Save the map with its scale as PNG"), [this] {
                   exportMap(view_, QStringLiteral("map"),
                             [this](const QString& sentence) { Q_EMIT said(sentence); });
               });
    makeAction(this, "densestNeuronAction", tr("Go to the densest neuron"), {},
               tr("The neuron with most spectra; Home, while the map has the keyboard"), [this] {
                   const int neuron = view_->densestNeuron();
                   if (neuron < 0) return;
                   view_->setCurrentNeuron(neuron);
                   view_->setSelectedNeurons({neuron});
                   showMembers({neuron}, neuron);
               });

    auto* top = new QWidget;
    auto* mapColumn = new QVBoxLayout(top);
    mapColumn->setContentsMargins(gap, gap, gap, gap);
    mapColumn->setSpacing(gap);
    mapColumn->addWidget(view_, 1);

    auto* bottom = new QWidget;
    auto* qualityColumn = new QVBoxLayout(bottom);
    qualityColumn->setContentsMargins(gap, 0, gap, gap);
    qualityColumn->setSpacing(0);
    quality_->setObjectName(QStringLiteral("mapQuality"));
    quality_->setMinimumHeight(120);
    qualityText_->setObjectName(QStringLiteral("qualityText"));
    qualityText_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    qualityColumn->addWidget(qualityText_);
    qualityColumn->addWidget(quality_, 1);

    middle_->setChildrenCollapsible(false);
    middle_->addWidget(top);
    middle_->addWidget(bottom);
    middle_->setStretchFactor(0, 4);
    middle_->setStretchFactor(1, 1);

    across_->setChildrenCollapsible(false);
    across_->addWidget(buildLeft());
    across_->addWidget(middle_);
    across_->addWidget(buildRight());
    across_->setStretchFactor(0, 0);
    across_->setStretchFactor(1, 5);
    across_->setStretchFactor(2, 4);
    across_->setSizes({200, 540, 468});

    connect(empty_, &widgets::EmptyState::actionTriggered, this, &MapPlace::askForTraining);
    stack_->addWidget(empty_);
    stack_->addWidget(across_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(stack_);
}

void MapPlace::enter() {
    if (std::exchange(stale_, false)) loadMaps();
    if (behind_) followSelection({});
    if (stack_->currentWidget() == across_) view_->setFocus();
}

void MapPlace::keep() {
    for (auto [splitter, name] : {std::pair{across_, "across"}, {middle_, "middle"}, {right_, "right"}})
        keepBytes(QString::fromLatin1(name), splitter->saveState());
    keepValue(QStringLiteral("map"), map_ ? QString::number(map_->info.job) : QString());
    keepValue(QStringLiteral("neuron"), map_ ? QString::number(view_->currentNeuron()) : QString());
}

void MapPlace::showSomething() {
    if (map_ && view_->currentNeuron() < 0 && view_->densestNeuron() >= 0) {
        const int neuron = view_->densestNeuron();
        view_->setCurrentNeuron(neuron);
        view_->setSelectedNeurons({neuron});
        showMembers({neuron}, neuron);
    }
}

bool MapPlace::settled() const {
    return Place::settled() && !feeder_->busy() && !stale_;
}

void MapPlace::loadMaps() {
    struct Answer {
        core::Result<std::vector<api::MapInfo>> maps;
        std::vector<api::DatasetInfo> datasets;
    };
    session_.lists().latest(
        this, "maps",
        [&workbench = session_.workbench()](const std::stop_token&) {
            Answer answer{workbench.maps().list(), {}};
            if (auto datasets = workbench.datasets().list()) answer.datasets = std::move(*datasets);
            return answer;
        },
        [this](Answer answer) {
            datasets_ = std::move(answer.datasets);
            fillMaps(answer.maps);
        });
}

void MapPlace::fillMaps(const core::Result<std::vector<api::MapInfo>>& maps) {
    if (!maps) {
        Q_EMIT said(errorSentence(maps.error()));
        return;
    }
    if (maps->empty()) {
        const bool ready = !datasets_.empty();
        empty_->setSentence(liveJob_ != 0 ? tr("The first map is being trained; its progress stands in Jobs")
                            : ready       ? tr("No map yet: a map lays alike spectra beside each other")
                                          : tr("A map needs a dataset: preprocess the spectra first"));
        empty_->setAction(ready ? tr("Train a map…") : tr("Go to Data"),
                          ready ? tr("Choose grid and dataset (Ctrl+T)")
                                : tr("Import and preprocess there (Ctrl+1)"));
        stack_->setCurrentWidget(empty_);
        return;
    }
    const bool first = stack_->currentWidget() != across_;
    stack_->setCurrentWidget(across_);
    // The arrows walk from the moment at which the map is seen.
    if (first && isVisible()) view_->setFocus();
    const qint64 newest = maps->front().job;
    const bool grew = maps_->count() > 0 && maps_->item(0)->data(Qt::UserRole).toLongLong() != newest;
    const qint64 shown = map_ ? map_->info.job : wantedMap_;
    silent_ = true;
    maps_->clear();
    int row = 0;
    for (const auto& one : *maps) {
        const QString name = one.label.empty() ? tr("map %1").arg(one.job) : text(one.label);
        auto* item = new QListWidgetItem(
            QStringLiteral("%1\n%2 · %3")
                .arg(name, QString::fromStdString(one.grid.toText()).replace('x', QStringLiteral(" × ")),
                     text(one.dataset)),
            maps_);
        item->setData(Qt::UserRole, qint64(one.job));
        item->setToolTip(
            tr("Job %1, %2, %3 lattice")
                .arg(one.job)
                .arg(bridge::timeText(one.created), text(std::string(som::toString(one.grid.topology)))));
        if (!grew && one.job == shown) row = maps_->count() - 1;
    }
    maps_->setCurrentRow(row);
    silent_ = false;
    const qint64 job = maps_->item(row)->data(Qt::UserRole).toLongLong();
    if (!map_ || map_->info.job != job) loadMap(job);
}

void MapPlace::loadMap(qint64 job) {
    session_.lists().latest(
        this, "map",
        [&workbench = session_.workbench(),
         job](const std::stop_token&) -> core::Result<std::shared_ptr<const api::MapContent>> {
            auto content = workbench.maps().content(job);
            if (!content) return core::fail(std::move(content).error());
            return std::make_shared<const api::MapContent>(std::move(*content));
        },
        [this](core::Result<std::shared_ptr<const api::MapContent>> content) {
            if (content)
                showMap(std::move(*content));
            else
                Q_EMIT said(errorSentence(content.error()));
        });
}

void MapPlace::showMap(std::shared_ptr<const api::MapContent> content) {
    map_ = std::move(content);
    const auto& grid = map_->info.grid;
    view_->setShape({grid.topology == som::Topology::Hexagonal ? widgets::Lattice::Hexagonal
                                                               : widgets::Lattice::Rectangular,
                     int(grid.height), int(grid.width)});
    std::vector<int> hits;
    neuronOf_.clear();
    for (std::size_t n = 0; n < map_->members.size(); ++n) {
        hits.push_back(int(map_->members[n].size()));
        for (const auto& member : map_->members[n])
            neuronOf_.emplace(member.id, int(n));
    }
    view_->setHits(std::move(hits));
    view_->setBubblesVisible(false);
    if (!map_->wavelengthAngstrom.empty())
        wavelength_->setRange(map_->wavelengthAngstrom.front(), map_->wavelengthAngstrom.back());
    feeder_->setDataset(map_->info.dataset);
    quality_->setHistory(map_->quantisationErrors, map_->topographicErrors);
    liveJob_ = 0;
    qualityText_->setText(tr("quantisation error %1 · topographic error %2")
                              .arg(bridge::numberText(map_->info.quantisationError, 3),
                                   bridge::numberText(map_->info.topographicError, 3)));
    showLayer();
    int neuron = wantedNeuron_;
    wantedNeuron_ = -1;
    if (neuron < 0)
        if (const auto found = neuronOf_.find(plain(session_.selection().current()));
            found != neuronOf_.end())
            neuron = found->second;
    if (neuron < 0 || std::size_t(neuron) >= map_->members.size()) neuron = view_->densestNeuron();
    view_->setCurrentNeuron(neuron);
    view_->setSelectedNeurons(neuron < 0 ? std::vector<int>{} : std::vector<int>{neuron});
    wantedCurrent_ = session_.selection().current();
    showMembers(view_->selectedNeurons(), neuron);
    highlight();
}

void MapPlace::showLayer() {
    if (!map_) return;
    widgets::NeuronValues layer;
    layer.logarithmic = logarithmic_->isChecked();
    switch (layers_->checkedId()) {
    case Hits:
        layer.name = tr("hits");
        layer.unit = tr("spectra");
        for (const auto& members : map_->members)
            layer.values.push_back(double(members.size()));
        break;
    case ComponentPlane: {
        const auto& wavelengths = map_->wavelengthAngstrom;
        if (wavelengths.empty()) return;
        const auto nearest =
            std::min_element(wavelengths.begin(), wavelengths.end(), [this](double a, double b) {
                return std::abs(a - wavelength_->value()) < std::abs(b - wavelength_->value());
            });
        const auto column = std::size_t(nearest - wavelengths.begin());
        layer.name = tr("flux at %1 Å").arg(bridge::numberText(*nearest, 1));
        for (std::size_t n = 0; n < map_->codebook.rows(); ++n)
            layer.values.push_back(double(map_->codebook(n, column)));
        layer.logarithmic = false;
        break;
    }
    default:
        layer.name = tr("U-matrix");
        layer.unit = tr("mean distance to the neighbours");
        layer.values.assign(map_->uMatrix.begin(), map_->uMatrix.end());
    }
    logarithmic_->setEnabled(layers_->checkedId() != ComponentPlane);
    view_->setValues(std::move(layer));
}

void MapPlace::showMembers(const std::vector<int>& neurons, int current) {
    if (!map_) return;
    std::vector<int> shown = neurons;
    if (shown.empty() && current >= 0) shown.push_back(current);
    std::vector<MemberRow> rows;
    std::vector<std::string> ids;
    for (const int neuron : shown) {
        if (neuron < 0 || std::size_t(neuron) >= map_->members.size()) continue;
        for (const auto& member : map_->members[std::size_t(neuron)]) {
            rows.push_back({text(member.id), member.distance, {}, {}, {}});
            ids.push_back(member.id);
        }
    }
    std::stable_sort(rows.begin(), rows.end(),
                     [](const auto& a, const auto& b) { return a.distance < b.distance; });
    QStringList selected;
    for (const auto& row : rows)
        selected << row.id;
    silent_ = true;
    members_->setMembers(std::move(rows));
    table_->setCounts(members_->rowCount(), members_->rowCount());
    table_->emptyState()->setSentence(shown.empty()
                                          ? tr("No neuron is chosen: click one, or walk with the arrow keys")
                                          : tr("No spectrum lies at this neuron"));
    silent_ = false;
    // A map that has just been shown leaves the selection of the other places alone.
    if (wantedCurrent_.isEmpty() || !selected.contains(wantedCurrent_))
        session_.selection().select(selected, origin);
    wantedCurrent_.clear();
    silent_ = true;
    table_->setCurrentId(session_.selection().current());
    silent_ = false;
    showPlot();
    session_.lists().latest(
        this, "members",
        [&workbench = session_.workbench(), ids](const std::stop_token& stop) {
            std::vector<api::SpectrumRow> details;
            for (const auto& id : ids) {
                if (stop.stop_requested()) break;
                if (auto row = workbench.spectra().row(id)) details.push_back(std::move(*row));
            }
            return details;
        },
        [this](const std::vector<api::SpectrumRow>& details) { members_->setDetails(details); });
}

void MapPlace::showPlot() {
    if (!map_) return;
    widgets::PlottedSpectrum prototype;
    const int neuron = view_->currentNeuron();
    const bool has = neuron >= 0 && std::size_t(neuron) < map_->codebook.rows();
    if (has) {
        prototype.id = QStringLiteral("prototype");
        prototype.name = tr("prototype");
        prototype.wavelength = map_->wavelengthAngstrom;
        const auto row = map_->codebook.row(std::size_t(neuron));
        prototype.flux.assign(row.begin(), row.end());
        prototype.model = true;
    }
    QStringList ids;
    const QStringList chosen = table_->selectedIds();
    if (chosen.size() > 1) {
        ids = chosen;
    } else {
        for (const auto& member : members_->members()) {
            if (ids.size() >= drawnMembers) break;
            ids << member.id;
        }
    }
    QString current = session_.selection().current();
    if (!neuronOf_.contains(plain(current))) current.clear();
    feeder_->show(ids, current, has ? &prototype : nullptr);
}

Sendable MapPlace::sendable() const {
    Sendable what = Place::sendable();
    if (members_->rowCount() == 0) return what;
    api::TableChoice table;
    table.name = plain(view_->selectedNeurons().size() > 1
                           ? tr("members of %1 neurons").arg(view_->selectedNeurons().size())
                           : tr("members of neuron %1").arg(view_->currentNeuron()));
    for (const auto& member : members_->members())
        table.ids.push_back(plain(member.id));
    what.lists.push_back({tr("The %1 of the chosen neurons, as a table")
                              .arg(countText(table.ids.size(), tr("member"), tr("members"))),
                          std::move(table)});
    return what;
}

void MapPlace::highlight() {
    std::vector<int> neurons;
    for (const QString& id : session_.selection().ids())
        if (const auto found = neuronOf_.find(plain(id)); found != neuronOf_.end())
            neurons.push_back(found->second);
    std::sort(neurons.begin(), neurons.end());
    neurons.erase(std::unique(neurons.begin(), neurons.end()), neurons.end());
    view_->setHighlightedNeurons(neurons);
}

void MapPlace::followSelection(const QString& from) {
    behind_ = !isVisible();
    if (behind_ || !map_) return;
    highlight();
    if (from == origin) {
        showPlot();
        return;
    }
    const auto found = neuronOf_.find(plain(session_.selection().current()));
    if (found == neuronOf_.end()) return;
    if (found->second != view_->currentNeuron()) {
        view_->setCurrentNeuron(found->second);
        view_->setSelectedNeurons({found->second});
        wantedCurrent_ = session_.selection().current();
        showMembers({found->second}, found->second);
    } else {
        silent_ = true;
        table_->setCurrentId(session_.selection().current());
        silent_ = false;
        showPlot();
    }
}

void MapPlace::takeUpJobs(const std::vector<jobs::Job>& jobs) {
    for (const auto& job : jobs) {
        if (!api::jobMakes(job, jobs::Change::Maps)) continue;
        if (jobs::isFinal(job.phase)) {
            if (liveJob_ == job.id) liveJob_ = 0;
            continue;
        }
        if (job.phase != jobs::Phase::Executing) continue;
        liveJob_ = job.id;
        qualityText_->setText(
            tr("job %1 is training: %2 %").arg(job.id).arg(int(std::lround(job.progress * 100))));
        session_.lists().latest(
            this, "series",
            [&workbench = session_.workbench(), id = job.id](const std::stop_token&) {
                std::pair<std::vector<double>, std::vector<double>> errors;
                if (const auto points = workbench.jobs().series(id, "quantisation error"))
                    for (const auto& [step, value] : *points)
                        errors.first.push_back(value);
                if (const auto points = workbench.jobs().series(id, "topographic error"))
                    for (const auto& [step, value] : *points)
                        errors.second.push_back(value);
                return errors;
            },
            [this, id = job.id](const std::pair<std::vector<double>, std::vector<double>>& errors) {
                if (liveJob_ == id) quality_->setHistory(errors.first, errors.second);
            });
    }
}

void MapPlace::askForTraining() {
    if (datasets_.empty())
        Q_EMIT placeRequested(QStringLiteral("data"));
    else
        trainMap();
}

void MapPlace::trainMap() {
    session_.lists().run(
        this,
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.datasets().list(); },
        [this](core::Result<std::vector<api::DatasetInfo>> datasets) {
            if (!datasets) {
                Q_EMIT said(errorSentence(datasets.error()));
                return;
            }
            if (datasets->empty()) {
                Q_EMIT said(tr("A map needs a dataset: preprocess the spectra first (Data, Ctrl+P)"));
                return;
            }
            auto* form = showTrainForm(session_, *datasets, this);
            connect(form, &JobForm::submitted, this, [this](qint64 job) {
                liveJob_ = job;
                quality_->clear();
                Q_EMIT said(tr("Job %1 trains the map").arg(job));
            });
        });
}

} // namespace balmer::desktop

#include "app/desktop/map/map_place.h"

#include <algorithm>
#include <utility>

#include <QMenu>
#include <QPushButton>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/desktop/jobs/dataset_form.h"
#include "app/desktop/map/maps_panel.h"
#include "app/desktop/map/members_panel.h"
#include "app/desktop/map/quality_panel.h"
#include "app/desktop/place/actions.h"
#include "app/desktop/place/export_plot.h"
#include "widgets/common/empty_state.h"
#include "widgets/common/theme.h"
#include "widgets/som/map_view.h"

namespace balmer::desktop {

namespace {
const QString origin = QStringLiteral("map");
}

MapPlace::MapPlace(bridge::Session& session, QWidget* parent)
    : Place(session, QStringLiteral("map"), parent), view_(new widgets::MapView), stack_(new QStackedWidget),
      empty_(new widgets::EmptyState(widgets::Icon::Map, tr("Looking for maps"), QString())) {
    buildView();
    buildPanels();
    wantedMap_ = kept(QStringLiteral("map")).toLongLong();
    wantedNeuron_ = kept(QStringLiteral("neuron")).isEmpty() ? -1 : kept(QStringLiteral("neuron")).toInt();
    if (const auto bytes = keptBytes(QStringLiteral("members")); !bytes.isEmpty())
        members_->restoreLayout(bytes);

    auto& events = session.events();
    const auto stale = [this] {
        stale_ = true;
        if (isVisible()) enter();
    };
    connect(&events, &bridge::EventRelay::mapsChanged, this, stale);
    connect(&events, &bridge::EventRelay::datasetsChanged, this, stale);
    connect(&session.selection(), &widgets::SelectionModel::changed, this, &MapPlace::followSelection);
}

void MapPlace::buildView() {
    view_->setObjectName(QStringLiteral("mapView"));
    connect(view_, &widgets::MapView::neuronActivated, this,
            [this](int neuron) { showMembers(view_->selectedNeurons(), neuron); });
    connect(view_, &widgets::MapView::selectionChanged, this,
            [this](const std::vector<int>& neurons) { showMembers(neurons, view_->currentNeuron()); });
    connect(view_, &widgets::MapView::neuronHovered, this,
            [this](int, const QString& words) { Q_EMIT readOut(words); });
    connect(view_, &widgets::MapView::contextMenuAboutToShow, this, &Place::sendMenuWanted);
    connect(view_, &widgets::MapView::labelRequested, this, [this] { Q_EMIT labelListRequested(toLabel()); });
    connect(view_, &widgets::MapView::exportRequested, this, &MapPlace::exportPicture);
    makeAction(this, "exportMapAction", tr("Export the map…"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_E),
               tr("Save the map with its scale as PNG"), [this] { exportPicture(); });
    makeAction(this, "densestNeuronAction", tr("Go to the densest neuron"), {},
               tr("The neuron with most spectra; Home, while the map has the keyboard"),
               [this] { goToDensest(); });

    auto* padded = new QWidget;
    auto* column = new QVBoxLayout(padded);
    column->setContentsMargins(widgets::gridStep, widgets::gridStep, widgets::gridStep, widgets::gridStep);
    column->addWidget(view_);
    connect(empty_, &widgets::EmptyState::actionTriggered, this, [this] {
        if (datasets_.empty())
            Q_EMIT placeRequested(QStringLiteral("data"));
        else
            trainMap();
    });
    stack_->addWidget(empty_);
    stack_->addWidget(padded);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->addWidget(stack_);
}

void MapPlace::buildPanels() {
    auto* train = makeAction(this, "trainMapAction", tr("Train a map…"), QKeySequence(Qt::CTRL | Qt::Key_T),
                             tr("Lay a dataset's spectra out on a map"), [this] { trainMap(); });
    train->setIcon(widgets::icon(widgets::Icon::Add));
    needsWriting(train, session_);
    maps_ = new MapsPanel(train, this);
    connect(maps_, &MapsPanel::mapChosen, this, &MapPlace::loadMap);
    connect(maps_, &MapsPanel::layerChanged, this, &MapPlace::showLayer);
    connect(maps_, &MapsPanel::colourMapChanged, view_, &widgets::MapView::setColourMap);

    members_ = new MembersPanel(session_, this);
    connect(members_, &MembersPanel::currentChanged, this,
            [this](const QString& id) { session_.selection().setCurrent(id, origin); });
    connect(members_, &MembersPanel::selectedChanged, this,
            [this](const QStringList& ids) { session_.selection().select(ids, origin); });
    connect(members_, &MembersPanel::opened, this, [this](const QString& id) {
        session_.selection().setCurrent(id, QStringLiteral("map-open"));
        Q_EMIT placeRequested(QStringLiteral("data"));
    });
    quality_ = new QualityPanel(session_, this);
    for (QWidget* panel : std::initializer_list<QWidget*>{maps_, members_, quality_})
        panel->hide();
}

void MapPlace::enter() {
    if (std::exchange(stale_, false)) loadMaps();
    if (behind_) followSelection({});
    if (stack_->currentWidget() != empty_) view_->setFocus();
}

void MapPlace::keep() {
    keepBytes(QStringLiteral("members"), members_->saveLayout());
    keepValue(QStringLiteral("map"), map_ ? QString::number(map_->info.job) : QString());
    keepValue(QStringLiteral("neuron"), map_ ? QString::number(view_->currentNeuron()) : QString());
}

void MapPlace::showSomething() {
    if (map_ && view_->currentNeuron() < 0) goToDensest();
}

void MapPlace::goToDensest() {
    const int neuron = view_->densestNeuron();
    if (neuron < 0) return;
    view_->setCurrentNeuron(neuron);
    view_->setSelectedNeurons({neuron});
    showMembers({neuron}, neuron);
}

bool MapPlace::settled() const {
    return Place::settled() && !stale_;
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
            showMaps(answer.maps);
        });
}

void MapPlace::showMaps(const core::Result<std::vector<api::MapInfo>>& maps) {
    if (!maps) {
        Q_EMIT said(errorSentence(maps.error()));
        return;
    }
    if (std::exchange(noMaps_, maps->empty()) != maps->empty()) Q_EMIT wantsPanelsChanged();
    if (noMaps_) {
        showNoMaps();
        return;
    }
    const bool first = stack_->currentWidget() == empty_;
    stack_->setCurrentIndex(1);
    // The arrows walk from the moment at which the map is seen.
    if (first && isVisible()) view_->setFocus();
    const qint64 job = maps_->setMaps(*maps, map_ ? map_->info.job : wantedMap_);
    if (!map_ || map_->info.job != job) loadMap(job);
}

void MapPlace::showNoMaps() {
    const bool ready = !datasets_.empty();
    empty_->setSentence(quality_->training()
                            ? tr("The first map is being trained; its progress stands in Jobs")
                        : ready ? tr("No map yet: a map puts similar spectra next to each other")
                                : tr("A map needs a dataset: preprocess the spectra first"));
    const QString why = session_.onlyReads();
    empty_->setAction(ready ? tr("Train a map…") : tr("Go to Data"),
                      !ready          ? tr("Import and preprocess there (Ctrl+1)")
                      : why.isEmpty() ? tr("Choose grid and dataset (Ctrl+T)")
                                      : why);
    empty_->button()->setEnabled(!ready || why.isEmpty());
    stack_->setCurrentWidget(empty_);
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
            else if (map_)
                Q_EMIT said(errorSentence(content.error()));
            else
                view_->setEmptyText(errorSentence(content.error()));
        });
}

void MapPlace::showMap(std::shared_ptr<const api::MapContent> map) {
    map_ = std::move(map);
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
        maps_->setWavelengthRange(map_->wavelengthAngstrom.front(), map_->wavelengthAngstrom.back());
    members_->setMap(map_);
    quality_->showMap(*map_);
    showLayer();
    int neuron = std::exchange(wantedNeuron_, -1);
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
    if (auto layer = layerOf(*map_, maps_->layer())) view_->setValues(std::move(*layer));
}

void MapPlace::showMembers(const std::vector<int>& neurons, int current) {
    if (!map_) return;
    std::vector<int> shown = neurons;
    if (shown.empty() && current >= 0) shown.push_back(current);
    const QStringList ids = members_->showNeurons(shown);
    // A map that has just been shown leaves the selection of the other places alone.
    if (wantedCurrent_.isEmpty() || !ids.contains(wantedCurrent_)) session_.selection().select(ids, origin);
    wantedCurrent_.clear();
    highlightMembers();
    drawMembers();
}

void MapPlace::highlightMembers() {
    members_->highlight(session_.selection().highlighted(), session_.selection().current());
}

void MapPlace::drawMembers() {
    const QString current = session_.selection().current();
    members_->draw(view_->currentNeuron(), neuronOf_.contains(plain(current)) ? current : QString());
}

Sendable MapPlace::sendable() const {
    Sendable what = Place::sendable();
    if (members_->members().empty()) return what;
    api::TableChoice table;
    table.name = plain(membersTitle());
    for (const auto& member : members_->members())
        table.ids.push_back(plain(member.id));
    what.lists.push_back({tr("The %1 of the chosen neurons, as a table")
                              .arg(countText(table.ids.size(), tr("member"), tr("members"))),
                          std::move(table)});
    return what;
}

QString MapPlace::membersTitle() const {
    return view_->selectedNeurons().size() > 1
               ? tr("members of %1 neurons").arg(view_->selectedNeurons().size())
               : tr("members of neuron %1").arg(view_->currentNeuron());
}

LabelList MapPlace::toLabel() const {
    LabelList list{membersTitle(), {}, {}};
    for (const auto& member : members_->members())
        list.ids.push_back(plain(member.id));
    return list;
}

QString MapPlace::differs(const Chosen& chosen) const {
    return members_->isVisible() ? members_->differs(chosen) : QString();
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
    // The members may stand beside another place.
    behind_ = !isVisible() && !members_->isVisible();
    if (behind_ || !map_) return;
    highlight();
    if (from == origin) {
        drawMembers();
        return;
    }
    const auto found = neuronOf_.find(plain(session_.selection().current()));
    if (found == neuronOf_.end()) {
        highlightMembers();
        return;
    }
    if (found->second != view_->currentNeuron()) {
        view_->setCurrentNeuron(found->second);
        view_->setSelectedNeurons({found->second});
        wantedCurrent_ = session_.selection().current();
        showMembers({found->second}, found->second);
    } else {
        highlightMembers();
        drawMembers();
    }
}

void MapPlace::exportPicture() {
    exportMap(view_, QStringLiteral("map"), [this](const QString& sentence) { Q_EMIT said(sentence); });
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
            auto* form = showDatasetForm(session_, "som", tr("Train a map"), tr("Train"), *datasets, this);
            connect(form, &JobForm::submitted, this, [this](qint64 job) {
                quality_->expectTraining(job);
                Q_EMIT said(tr("Job %1 trains the map").arg(job));
            });
        });
}

} // namespace balmer::desktop

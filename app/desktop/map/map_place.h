// MapPlace: a trained map's lattice; panels beside it show the maps and layers, the members of the chosen
// neurons and the quality. Owned by the window; UI thread.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "app/desktop/place/place.h"
#include "engine/api/maps.h"

class QStackedWidget;

namespace balmer::widgets {
class EmptyState;
class MapView;
} // namespace balmer::widgets

namespace balmer::desktop {

class MapsPanel;
class MembersPanel;
class QualityPanel;

class MapPlace : public Place {
    Q_OBJECT
  public:
    explicit MapPlace(bridge::Session& session, QWidget* parent = nullptr);

    void enter() override;
    void keep() override;
    void showSomething() override;
    bool settled() const override;
    bool wantsPanels() const override { return !noMaps_; }
    Sendable sendable() const override;
    bool labelsSelection() const override { return !noMaps_; }
    LabelList toLabel() const override;
    QString differs(const Chosen& chosen) const override;
    widgets::MapView* view() const { return view_; }
    // To stand in docks.
    MapsPanel* maps() const { return maps_; }
    MembersPanel* members() const { return members_; }
    QualityPanel* quality() const { return quality_; }

  public Q_SLOTS:
    void trainMap();

  private:
    void buildView();
    void buildPanels();
    void goToDensest();
    void loadMaps();
    void showMaps(const core::Result<std::vector<api::MapInfo>>& maps);
    void showNoMaps();
    void loadMap(qint64 job);
    void showMap(std::shared_ptr<const api::MapContent> map);
    void showLayer();
    void showMembers(const std::vector<int>& neurons, int current);
    void highlightMembers();
    void drawMembers();
    /// "neuron 18, 1", "members of 4 neurons".
    QString membersTitle() const;
    void followSelection(const QString& origin);
    void highlight();
    void exportPicture();

    widgets::MapView* view_;
    QStackedWidget* stack_;
    widgets::EmptyState* empty_;
    MapsPanel* maps_ = nullptr;
    MembersPanel* members_ = nullptr;
    QualityPanel* quality_ = nullptr;
    std::shared_ptr<const api::MapContent> map_;
    std::unordered_map<std::string, int> neuronOf_;
    std::vector<api::DatasetInfo> datasets_;
    QString wantedCurrent_;
    qint64 wantedMap_ = 0;
    int wantedNeuron_ = -1;
    bool noMaps_ = false;
    bool stale_ = true;
    bool behind_ = false; ///< the selection changed while the place was not in sight
};

} // namespace balmer::desktop

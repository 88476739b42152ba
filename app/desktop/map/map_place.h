// MapPlace: the trained maps, their layers, the lattice, and the members of the chosen neurons. Owned by the
// window; UI thread.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "app/desktop/data/plot_feeder.h"
#include "app/desktop/map/members_model.h"
#include "app/desktop/place/place.h"
#include "widgets/table/spectrum_table.h"

class QButtonGroup;
class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QLabel;
class QListWidget;
class QSplitter;
class QStackedWidget;

namespace balmer::widgets {
class EmptyState;
class MapView;
class QualitySparkline;
class SpectrumPlot;
} // namespace balmer::widgets

namespace balmer::desktop {

class MapPlace : public Place {
    Q_OBJECT
  public:
    explicit MapPlace(bridge::Session& session, QWidget* parent = nullptr);

    void enter() override;
    void keep() override;
    void showSomething() override;
    bool settled() const override;
    Sendable sendable() const override;
    widgets::MapView* view() const { return view_; }

  public Q_SLOTS:
    void trainMap();

  private:
    enum Layer { UMatrix, Hits, ComponentPlane };
    void build();
    QWidget* buildLeft();
    QWidget* buildRight();
    void loadMaps();
    void fillMaps(const core::Result<std::vector<api::MapInfo>>& maps);
    void loadMap(qint64 job);
    void showMap(std::shared_ptr<const api::MapContent> content);
    void showLayer();
    void showMembers(const std::vector<int>& neurons, int current);
    void showPlot();
    void followSelection(const QString& origin);
    void takeUpJobs(const std::vector<jobs::Job>& jobs);
    void highlight();
    void askForTraining();

    widgets::MapView* view_;
    widgets::QualitySparkline* quality_;
    QLabel* qualityText_;
    widgets::SpectrumPlot* plot_;
    widgets::SpectrumTable* table_;
    MembersModel* members_;
    PlotFeeder* feeder_;
    QListWidget* maps_;
    QButtonGroup* layers_;
    QDoubleSpinBox* wavelength_;
    QCheckBox* logarithmic_;
    QComboBox* colours_;
    QStackedWidget* stack_;
    widgets::EmptyState* empty_;
    QSplitter *across_, *middle_, *right_;
    std::shared_ptr<const api::MapContent> map_;
    std::unordered_map<std::string, int> neuronOf_;
    std::vector<api::DatasetInfo> datasets_;
    QString wantedCurrent_;
    qint64 wantedMap_ = 0;
    qint64 liveJob_ = 0; ///< the training whose quality is being drawn
    int wantedNeuron_ = -1;
    bool stale_ = true;
    bool behind_ = false; ///< the selection changed while the place was not in sight
    bool silent_ = false;
};

} // namespace balmer::desktop

// MapsPanel: the maps of the project, which layer of the chosen one is drawn, and how. Made by the Map place;
// UI thread.
#pragma once

#include <vector>

#include "app/desktop/map/map_layers.h"
#include "app/desktop/place/panel.h"
#include "widgets/common/colour_map.h"

class QAction;
class QButtonGroup;
class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QListWidget;
class QVBoxLayout;

namespace balmer::desktop {

class MapsPanel : public Panel {
    Q_OBJECT
  public:
    /// A button of `train` stands below.
    MapsPanel(QAction* train, QWidget* parent);

    /// Newest first, at least one. Chooses `shown`, or the newest where it is new or `shown` is not there;
    /// returns the chosen one's job. No signal.
    qint64 setMaps(const std::vector<api::MapInfo>& maps, qint64 shown);
    /// Of the chosen map.
    void setWavelengthRange(double firstAngstrom, double lastAngstrom);
    LayerChoice layer() const;

  Q_SIGNALS:
    void mapChosen(qint64 job);
    void layerChanged();
    void colourMapChanged(balmer::widgets::ColourMap colours);

  private:
    void buildLayers(QVBoxLayout* column);

    QListWidget* maps_;
    QButtonGroup* layers_;
    QDoubleSpinBox* wavelength_;
    QCheckBox* logarithmic_;
    QComboBox* colours_;
};

} // namespace balmer::desktop

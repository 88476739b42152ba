// What the layers of plots (plot/plot_layer.h) and of maps (som/map_layer.h) have in common.
#pragma once

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <QColor>
#include <QString>

namespace balmer::widgets {

/// Where a layer is drawn, the lowest first; layers of one depth lie in the order in which they were added.
/// The overlay (cursor, selection, interval) only the screen has, and it is redrawn without the rest.
enum class LayerDepth { Behind, Data, Front, Overlay };

/// One row of a legend; without a name it is left out.
struct LegendEntry {
    QString name;
    QColor colour;
};

/// The layers that a plot or map owns, the lowest first.
template <typename Layer>
class LayerStack {
  public:
    void insert(std::unique_ptr<Layer> layer, LayerDepth depth) {
        const auto above = std::upper_bound(layers_.begin(), layers_.end(), depth,
                                            [](LayerDepth d, const auto& entry) { return d < entry.first; });
        layers_.insert(above, {depth, std::move(layer)});
    }
    std::vector<Layer*> all() const {
        std::vector<Layer*> layers;
        for (const auto& [depth, layer] : layers_)
            layers.push_back(layer.get());
        return layers;
    }
    /// Of the figure, or else of the overlay.
    std::vector<Layer*> visible(bool overlay = false) const {
        std::vector<Layer*> layers;
        for (const auto& [depth, layer] : layers_)
            if (layer->visible() && (depth == LayerDepth::Overlay) == overlay) layers.push_back(layer.get());
        return layers;
    }

  private:
    std::vector<std::pair<LayerDepth, std::unique_ptr<Layer>>> layers_;
};

} // namespace balmer::widgets

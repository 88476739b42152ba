// MapView: the lattice of a self-organising map with the layers that draw on it (map_layer.h): the cells in
// the colours of one value a neuron, bubbles, pies, the selection. A click chooses a neuron, Ctrl-click adds
// one, a drag lassos several (with Shift: a rectangle), the arrows walk to the neighbours, Home goes to the
// neuron with most spectra. UI thread only; values by copy; the view owns its layers.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include <QImage>
#include <QPointF>
#include <QStringList>
#include <QWidget>

#include "widgets/common/colour_map.h"
#include "widgets/som/map_layer.h"
#include "widgets/som/map_shape.h"
#include "widgets/som/value_scale.h"

class QMenu;

namespace balmer::widgets {

class MapView : public QWidget {
    Q_OBJECT
  public:
    explicit MapView(QWidget* parent = nullptr);
    ~MapView() override;

    /// Lays the layer over those of its depth; the view owns it and gives it back for use.
    template <typename Layer>
    Layer* addLayer(std::unique_ptr<Layer> layer, LayerDepth depth = LayerDepth::Data) {
        Layer* raw = layer.get();
        insertLayer(std::move(layer), depth);
        return raw;
    }
    /// A layer has changed that is not of the overlay.
    void redraw();

    /// Where the shape changes, the layers forget what belonged to the neurons: values, hits, pies,
    /// selection.
    void setShape(const MapShape& shape);
    const MapShape& shape() const;
    /// What stands where there is no map.
    void setEmptyText(const QString& text);
    void setValues(NeuronValues values);
    void setLogarithmic(bool logarithmic);
    void setColourMap(ColourMap map);

    /// Spectra a neuron; for bubbles, the hover text and Home.
    void setHits(std::vector<int> hits);
    void setBubblesVisible(bool visible);
    /// counts[class][neuron]; drawn as pies of the hits' size, in class colours. Empty: none.
    void setClassCounts(std::vector<std::vector<int>> counts, QStringList classNames);
    void setPiesVisible(bool visible);

    /// The neuron that the keyboard walks from; -1: none. Setting it emits nothing.
    int currentNeuron() const;
    void setCurrentNeuron(int neuron);
    std::vector<int> selectedNeurons() const; ///< ascending
    void setSelectedNeurons(const std::vector<int>& neurons);
    /// Neurons that hold spectra of the shared selection: a dot in Hβ blue.
    void setHighlightedNeurons(const std::vector<int>& neurons);
    int densestNeuron() const; ///< -1 without hits

    /// The neuron at a point of the widget; -1 beside the lattice.
    int neuronAt(QPointF position) const;
    /// The middle of a neuron's cell, in the widget.
    QPointF centreOf(int neuron) const;
    /// "neuron 18,1 · 9 spectra" (column, row, from 0)
    QString describe(int neuron) const;

    /// The map with its scale, as for a figure; in device-independent pixels times `scale`.
    QImage image(QSize size, double scale = 2.0);

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

  Q_SIGNALS:
    /// A neuron became the current one by click, key or Home.
    void neuronActivated(int neuron);
    /// The set of selected neurons changed by a gesture.
    void selectionChanged(const std::vector<int>& neurons);
    /// The context menu can be added to here before it opens.
    void contextMenuAboutToShow(QMenu* menu);
    /// Under the cursor; -1 and an empty text when it left the lattice.
    void neuronHovered(int neuron, const QString& text);
    /// Asked for from the context menu.
    void labelRequested();
    void exportRequested();

  protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    bool event(QEvent* event) override;

  private:
    void insertLayer(std::unique_ptr<MapLayer> layer, LayerDepth depth);
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace balmer::widgets

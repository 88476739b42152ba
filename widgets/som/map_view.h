// MapView: the lattice of a self-organising map, one value a neuron, with the neurons' members to choose
// from. A click chooses a neuron, Ctrl-click adds one, a drag lassos several (with Shift: a rectangle), the
// arrows walk to the neighbours, Home goes to the neuron with most spectra, L asks to label the selection. UI
// thread only; values by copy.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <QImage>
#include <QPointF>
#include <QStringList>
#include <QWidget>

#include "widgets/common/colour_map.h"

class QMenu;

namespace balmer::widgets {

enum class Lattice { Rectangular, Hexagonal };

/// Neuron i stands in row i / columns and column i % columns; row 0 is at the top. On a hexagonal lattice the
/// odd rows are shifted right by half a cell.
struct MapShape {
    Lattice lattice = Lattice::Hexagonal;
    int rows = 0;
    int columns = 0;
    int neurons() const { return rows * columns; }
    bool operator==(const MapShape&) const = default;
};

struct MapLayer {
    QString name;               ///< "U-matrix", "hits", "λ 6563 Å"
    QString unit;               ///< of the values, for the scale; may be empty
    std::vector<double> values; ///< one a neuron; NaN: no value, drawn in the plot's background
    bool logarithmic = false;   ///< values ≤ 0 are drawn at the scale's lower end
    bool diverging = false;     ///< about zero, symmetric, in the diverging map
    std::optional<std::pair<double, double>> range; ///< absent: from the least to the greatest value
};

class MapView : public QWidget {
    Q_OBJECT
  public:
    explicit MapView(QWidget* parent = nullptr);
    ~MapView() override;

    /// Forgets layer, hits, pies and selection where the shape changes.
    void setShape(const MapShape& shape);
    const MapShape& shape() const;
    void setLayer(MapLayer layer);
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
    /// L was pressed.
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
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace balmer::widgets

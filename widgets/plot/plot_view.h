// PlotView: a QCustomPlot in Balmer's style – ticks outside, minor ticks, labels with units, colours of the
// theme – and the layers that draw in it (plot_layer.h). Drag pans, the wheel zooms about the cursor, Shift-
// or right-drag zooms to a rectangle, a double click or 0 fits, + and - zoom, the arrows pan. Drawing is
// latest-wins: any number of redraw() between two frames draws once. UI thread only; the view owns its plot
// and its layers.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <QByteArray>
#include <QImage>
#include <QWidget>

#include "widgets/plot/plot_layer.h"

class QCustomPlot;
class QMenu;

namespace balmer::widgets {

enum class ExportFormat { Png, Svg, Pdf };

class PlotView : public QWidget {
    Q_OBJECT
  public:
    explicit PlotView(QWidget* parent = nullptr);
    ~PlotView() override;

    /// For code of widgets/ and for exotic needs; include "widgets/plot/custom_plot.h" to use it.
    QCustomPlot* plot() const { return plot_; }

    /// With units: "λ (vacuum) [Å]".
    void setAxisLabels(const QString& x, const QString& y);
    void setXRange(double lower, double upper);
    void setYRange(double lower, double upper);
    /// {lower, upper}
    std::pair<double, double> xRange() const;
    std::pair<double, double> yRange() const;

    /// Lays the layer over those of its depth; the view owns it and gives it back for use.
    template <typename Layer>
    Layer* addLayer(std::unique_ptr<Layer> layer, LayerDepth depth = LayerDepth::Data) {
        Layer* raw = layer.get();
        insertLayer(std::move(layer), depth);
        return raw;
    }
    /// Without the overlay, the lowest first.
    std::vector<PlotLayer*> visibleLayers() const { return layers_.visible(); }
    /// What the visible layers cover together.
    PlotExtent extent() const;
    /// What the uppermost layer that has something there finds at a point of the plot, in pixels; absent
    /// outside the axes.
    std::optional<PlotPick> pickAt(const QPoint& position) const;

    /// Draws at the next return to the event loop, once.
    void redraw();
    /// Draws now; for the path from a key to the next spectrum.
    void redrawNow();
    /// Draws the overlay alone: no curve.
    void redrawOverlay();

    /// Shows all that the layers cover, with room above for names. An axis to which they say nothing stays.
    virtual void fit();

    /// The plot as an image at `size` device-independent pixels times `scale`, in the light theme's colours
    /// whatever the screen shows, so that a figure made at night can be printed.
    QImage image(QSize size, double scale = 2.0);
    /// The file's bytes; the application asks for the path and writes it. SVG and PDF keep lines and text as
    /// such.
    QByteArray exported(ExportFormat format, QSize size = {1200, 750});

  Q_SIGNALS:
    /// The context menu with fit and export can be added to here before it opens.
    void contextMenuAboutToShow(QMenu* menu);
    /// Asked for from the context menu.
    void exportRequested(balmer::widgets::ExportFormat format);
    /// The user panned or zoomed (not: a program set the range).
    void rangeChangedByUser();

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void changeEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    /// Gives pens and brushes the theme's colours; called at each change of the theme, before a redraw.
    virtual void applyColours();
    /// Zooms both axes about the middle; factor < 1 comes nearer.
    void zoom(double factor);
    void pan(double fractionX, double fractionY);

  private:
    class Canvas;
    void insertLayer(std::unique_ptr<PlotLayer> layer, LayerDepth depth);
    void showContextMenu(const QPoint& globalPosition);
    QCustomPlot* plot_;
    LayerStack<PlotLayer> layers_;
    QPoint pressed_;
    bool moved_ = false;
};

} // namespace balmer::widgets

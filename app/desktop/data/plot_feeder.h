// PlotFeeder: brings spectra to a plot and a line strip: loads on the cursor's thread, latest wins, what is
// shown stays until the new is there. Keeps the spectra it loaded last. Owned by what shows them; UI thread.
#pragma once

#include <list>
#include <unordered_map>

#include <QObject>
#include <QStringList>

#include "app/bridge/session.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {
class LineStrip;
class SpectrumPlot;
} // namespace balmer::widgets

namespace balmer::desktop {

class PlotFeeder : public QObject {
    Q_OBJECT
  public:
    /// Above so many spectra only the first are drawn.
    static constexpr int mostSpectra = 60;

    /// Plot or strip may be null; the strip shows the current spectrum.
    PlotFeeder(bridge::Session& session, widgets::SpectrumPlot* plot, widgets::LineStrip* strip,
               QObject* parent);

    /// Draws these spectra, `current` strongest, over the prototype where there is one. An empty list empties
    /// the plot.
    void show(QStringList ids, const QString& current, const widgets::PlottedSpectrum* prototype = nullptr);
    /// One row of a dataset instead of the whole spectrum; "": whole spectra.
    void setDataset(const std::string& dataset);
    bool busy() const { return busy_; }
    /// Why what is drawn as the current spectrum is not this, a sentence's part; "" where it is, or where it
    /// cannot be read and nothing else is drawn.
    QString differs(const QString& current) const;

  Q_SIGNALS:
    /// What was asked for is drawn, or could not be: then with the reason.
    void shown(const QString& problem);

  private:
    struct Loaded {
        widgets::PlottedSpectrum spectrum;
        QString unit;
        bool vacuum = false;
    };
    void draw(const QStringList& ids, const QString& current);
    void drawPlot(std::vector<widgets::PlottedSpectrum> spectra, const QStringList& units, bool vacuum,
                  const QString& current);
    void remember(const QString& id, Loaded loaded);

    bridge::Session& session_;
    widgets::SpectrumPlot* plot_;
    widgets::LineStrip* strip_;
    std::string dataset_;
    std::list<std::pair<QString, Loaded>> loaded_; ///< newest first
    std::vector<widgets::PlottedSpectrum> prototype_;
    QString drawnCurrent_;
    bool busy_ = false;
};

} // namespace balmer::desktop

// SpectrumPlot: an overlay of named spectra with cursor read-out, line marks, error bands and masked parts,
// each a layer of its own (*_layer.h); here are the gestures, and what is shown together. Fifty full spectra
// draw within a frame. UI thread only; holds copies of the values given.
#pragma once

#include <memory>
#include <vector>

#include "widgets/plot/plot_view.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::widgets {

class SpectrumPlot : public PlotView {
    Q_OBJECT
  public:
    explicit SpectrumPlot(QWidget* parent = nullptr);
    ~SpectrumPlot() override;

    /// Replaces all spectra. Unless the range is locked, or the same ids come again, the plot is fitted.
    void setSpectra(std::vector<PlottedSpectrum> spectra);
    /// The commonest case, fast: one spectrum.
    void setSpectrum(PlottedSpectrum spectrum);
    void clear();
    const std::vector<PlottedSpectrum>& spectra() const;

    /// The spectrum that is drawn strongest and on which the read-out and the error band are; "": the first.
    void setCurrent(const QString& id);

    /// A mean with its spread (error = spread) drawn behind, violet: neighbours of a neuron, a prototype.
    /// Absent: none.
    void setBackdrop(std::optional<PlottedSpectrum> backdrop);
    const std::optional<PlottedSpectrum>& backdrop() const;

    /// Locked: the axis ranges stay as they are whatever is set, until the user rescales or fit() is called.
    void setRangeLocked(bool locked);
    bool rangeLocked() const;
    void fit() override;

    void setLines(std::vector<MarkedLine> lines);
    void setLinesVisible(bool visible);
    bool linesVisible() const;
    void setErrorVisible(bool visible);
    void setLegendLimit(int spectra); ///< the legend hides above so many; 12 at first; 0: never shown

    /// The read-out adds the velocity about this line, Å; 0: none.
    void setVelocityReference(double restWavelength, const QString& name = {});

    /// The axis is labelled in velocity about this line, which the read-out adds too; the data stay in
    /// ångström.
    void setVelocityAxis(const MarkedLine& line);

    /// The text for a position, as the signal carries it: "6561.07 Å: name: 3.29"; of the spectrum whose
    /// value is nearest to `value` there, or of the current one where `value` is NaN. Empty outside all
    /// spectra.
    QString readOutAt(double wavelength, double value) const;

    /// A thin band of this colour at the plot's edge that fades in 0.4 s, with a text: the label just given.
    void flash(const QColor& colour, const QString& text);

    /// What an empty plot says.
    void setEmptyText(const QString& text);

  Q_SIGNALS:
    /// The cursor moved to a sample; an empty text when it left. Velocity is NaN without a reference line.
    void readOut(const QString& text, double wavelength, double flux, double velocityKmPerSecond,
                 const QString& id);
    /// A spectrum was clicked.
    void spectrumClicked(const QString& id);
    /// An interval chosen by Ctrl-drag, Å.
    void intervalSelected(double lower, double upper);

  protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

  private:
    struct Private;
    std::unique_ptr<Private> d_;
};

} // namespace balmer::widgets

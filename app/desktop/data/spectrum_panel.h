// SpectrumPanel: the plot of what is selected, the current spectrum strongest, with the overlay: spectra that
// stay in it. Follows the shared selection. UI thread.
#pragma once

#include <QStringList>

#include "app/desktop/place/panel.h"

namespace balmer::widgets {
class SpectrumPlot;
}

namespace balmer::desktop {

class PlotFeeder;

class SpectrumPanel : public FollowingPanel {
    Q_OBJECT
  public:
    explicit SpectrumPanel(bridge::Session& session, QWidget* parent = nullptr);

    bool settled() const override;
    QString differs(const Chosen& chosen) const override;
    /// About a line, at this wavelength in vacuum, ångström.
    void showLine(double wavelengthAngstrom);

  public Q_SLOTS:
    /// Adds each to the overlay, or takes it away.
    void toggleOverlay(const QStringList& ids);

  private:
    void follow() override;
    void build();
    void exportPicture();

    widgets::SpectrumPlot* plot_;
    PlotFeeder* feeder_;
    QStringList overlay_;
};

} // namespace balmer::desktop

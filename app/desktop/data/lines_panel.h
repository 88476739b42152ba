// LinesPanel: the line strip of the current spectrum. Follows the shared selection. UI thread.
#pragma once

#include "app/desktop/place/panel.h"

namespace balmer::desktop {

class PlotFeeder;

class LinesPanel : public FollowingPanel {
    Q_OBJECT
  public:
    explicit LinesPanel(bridge::Session& session, QWidget* parent = nullptr);
    bool settled() const override;
    QString differs(const Chosen& chosen) const override;

  Q_SIGNALS:
    /// In vacuum, ångström.
    void lineClicked(double wavelengthAngstrom);

  private:
    void follow() override;

    PlotFeeder* feeder_;
};

} // namespace balmer::desktop

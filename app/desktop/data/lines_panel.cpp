#include "app/desktop/data/lines_panel.h"

#include <QVBoxLayout>

#include "app/desktop/data/plot_feeder.h"
#include "widgets/spectrum/line_strip.h"

namespace balmer::desktop {

namespace {
constexpr int leastHeight = 104;
}

LinesPanel::LinesPanel(bridge::Session& session, QWidget* parent) : FollowingPanel(session, parent) {
    auto* strip = new widgets::LineStrip;
    strip->setMinimumHeight(leastHeight);
    feeder_ = new PlotFeeder(session, nullptr, strip, this);
    connect(strip, &widgets::LineStrip::lineClicked, this,
            [this](const QString&, double wavelength) { Q_EMIT lineClicked(wavelength); });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(strip);
}

bool LinesPanel::settled() const {
    return !feeder_->busy();
}

QString LinesPanel::differs(const Chosen& chosen) const {
    return feeder_->differs(chosen.current);
}

void LinesPanel::follow() {
    const QString current = session_.selection().current();
    feeder_->show(current.isEmpty() ? QStringList() : QStringList(current), current);
}

} // namespace balmer::desktop

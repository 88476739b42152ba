// Ticks of a wavelength axis in velocity about a line. For the .cpp files of widgets/. UI thread only.
#pragma once

#include <QSharedPointer>

class QCPAxisTicker;

namespace balmer::widgets {

/// The axis stays in ångström; its ticks stand at round velocities, in km/s.
QSharedPointer<QCPAxisTicker> velocityTicker(double restWavelength);

} // namespace balmer::widgets

// Figures without a window: the map and the best candidates as pictures, given spectra as a plot in a file.
// They need a QApplication (any platform, "offscreen" too) and run on the UI thread of a program that shows
// no window.
#pragma once

#include <optional>
#include <utility>

#include <QStringList>

#include "engine/api/workbench.h"

namespace balmer::desktop {

/// Writes map_u_matrix.png and map_hits.png of the newest map, and candidate_NN_ID.png of the first `top`
/// candidates of the newest round, into the folder, which is made. Returns the files' names. Errors: Io;
/// NotFound when the project has neither a map nor a round.
core::Result<QStringList> writePictures(api::Workbench& workbench, const QString& folder, int top);

/// Draws the spectra over each other into the file; its ending says whether as PNG, SVG or PDF. Errors:
/// NotFound for an unknown id; InvalidArgument for another ending or an empty range; Io.
core::Status writePlot(api::Workbench& workbench, const QStringList& ids, const QString& file,
                       std::optional<std::pair<double, double>> rangeAngstrom);

} // namespace balmer::desktop

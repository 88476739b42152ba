// Colour maps for values: perceptually uniform, lightness rising all the way (Viridis, Cividis, Grey), and
// one diverging map that serves only for values about a zero. Pure functions; any thread.
#pragma once

#include <array>

#include <QColor>
#include <QString>

namespace balmer::widgets {

enum class ColourMap { Viridis, Cividis, Grey, Diverging };

/// The map at t in [0, 1]; t outside is clamped, NaN gives transparent.
QRgb colourAt(ColourMap map, double t);
/// 256 equal steps of the map.
const std::array<QRgb, 256>& colourTable(ColourMap map);
QString displayName(ColourMap map);

/// CIE 1976 lightness L* (0 … 100, D65) of an sRGB colour.
double lightness(QRgb colour);

} // namespace balmer::widgets

#include "widgets/common/colour_map.h"

#include <algorithm>
#include <cmath>
#include <span>

namespace balmer::widgets {

namespace {

// Viridis (Smith & van der Walt 2015) and cividis (Nuñez, Anderton & Renslow 2018, PLoS ONE 13, e0199239) at
// equal steps; between them sRGB is interpolated linearly.
constexpr std::array<QRgb, 20> viridis{0x440154, 0x481567, 0x482677, 0x453781, 0x404788, 0x39568C, 0x33638D,
                                       0x2D708E, 0x287D8E, 0x238A8D, 0x1F968B, 0x20A387, 0x29AF7F, 0x3CBB75,
                                       0x55C667, 0x73D055, 0x95D840, 0xB8DE29, 0xDCE319, 0xFDE725};
constexpr std::array<QRgb, 10> cividis{0x00204D, 0x00336F, 0x39486B, 0x575C6D, 0x707173,
                                       0x8A8779, 0xA69D75, 0xC4B56C, 0xE4CF5B, 0xFFEA46};
constexpr std::array<QRgb, 2> grey{0x101214, 0xF4F5F6};
constexpr std::array<QRgb, 5> diverging{0x1B5E7C, 0x6FAFC9, 0xEDEDED, 0xE08F9A, 0xA52A3D};

std::span<const QRgb> pointsOf(ColourMap map) {
    switch (map) {
    case ColourMap::Viridis:
        return viridis;
    case ColourMap::Cividis:
        return cividis;
    case ColourMap::Grey:
        return grey;
    case ColourMap::Diverging:
        return diverging;
    }
    return grey;
}

QRgb interpolate(std::span<const QRgb> points, double t) {
    const double at = t * double(points.size() - 1);
    const auto i = std::min(std::size_t(at), points.size() - 2);
    const double f = at - double(i);
    const auto mix = [&](int a, int b) { return int(std::lround(a + f * (b - a))); };
    return qRgb(mix(qRed(points[i]), qRed(points[i + 1])), mix(qGreen(points[i]), qGreen(points[i + 1])),
                mix(qBlue(points[i]), qBlue(points[i + 1])));
}

std::array<QRgb, 256> makeTable(ColourMap map) {
    std::array<QRgb, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i)
        table[i] = interpolate(pointsOf(map), double(i) / 255.0);
    return table;
}

} // namespace

const std::array<QRgb, 256>& colourTable(ColourMap map) {
    static const std::array<std::array<QRgb, 256>, 4> tables{
        makeTable(ColourMap::Viridis), makeTable(ColourMap::Cividis), makeTable(ColourMap::Grey),
        makeTable(ColourMap::Diverging)};
    return tables[std::size_t(map)];
}

QRgb colourAt(ColourMap map, double t) {
    if (std::isnan(t)) return qRgba(0, 0, 0, 0);
    return colourTable(map)[std::size_t(std::lround(std::clamp(t, 0.0, 1.0) * 255))];
}

QString displayName(ColourMap map) {
    switch (map) {
    case ColourMap::Viridis:
        return QStringLiteral("viridis");
    case ColourMap::Cividis:
        return QStringLiteral("cividis");
    case ColourMap::Grey:
        return QStringLiteral("grey");
    case ColourMap::Diverging:
        return QStringLiteral("diverging");
    }
    return {};
}

double lightness(QRgb colour) {
    const auto linear = [](int channel) {
        const double v = channel / 255.0;
        return v <= 0.04045 ? v / 12.92 : std::pow((v + 0.055) / 1.055, 2.4);
    };
    const double y =
        0.2126 * linear(qRed(colour)) + 0.7152 * linear(qGreen(colour)) + 0.0722 * linear(qBlue(colour));
    return y > 216.0 / 24389.0 ? 116 * std::cbrt(y) - 16 : y * 24389.0 / 27.0;
}

} // namespace balmer::widgets

#include "app/desktop/shell/panels.h"

#include "app/desktop/data/collections_panel.h"
#include "app/desktop/data/data_place.h"
#include "app/desktop/data/inspector.h"
#include "app/desktop/data/lines_panel.h"
#include "app/desktop/data/spectrum_panel.h"
#include "app/desktop/map/map_place.h"
#include "app/desktop/map/maps_panel.h"
#include "app/desktop/map/members_panel.h"
#include "app/desktop/map/quality_panel.h"

namespace balmer::desktop {

namespace {

/// The one of this class, or null.
template <typename Wanted, typename Base>
Wanted* oneOf(const std::vector<Base*>& all) {
    for (Base* one : all)
        if (auto* found = qobject_cast<Wanted*>(one)) return found;
    return nullptr;
}

Panel* makeSpectrum(const PanelContext& context) {
    auto* panel = new SpectrumPanel(context.session);
    if (auto* data = oneOf<DataPlace>(context.places))
        QObject::connect(data, &DataPlace::overlayToggled, panel, &SpectrumPanel::toggleOverlay);
    return panel;
}

Panel* makeLines(const PanelContext& context) {
    auto* panel = new LinesPanel(context.session);
    if (auto* spectrum = oneOf<SpectrumPanel>(context.panels))
        QObject::connect(panel, &LinesPanel::lineClicked, spectrum, &SpectrumPanel::showLine);
    return panel;
}

/// A panel that needs the session alone.
template <typename P>
Panel* make(const PanelContext& context) {
    return new P(context.session);
}

/// A panel that a place made.
template <typename P, auto panel>
Panel* of(const PanelContext& context) {
    const auto* place = oneOf<P>(context.places);
    return place ? (place->*panel)() : nullptr;
}

} // namespace

std::vector<PanelRow> panelTable() {
    const QString data = QStringLiteral("data"), map = QStringLiteral("map");
    const auto left = Qt::LeftDockWidgetArea, right = Qt::RightDockWidgetArea, top = Qt::TopDockWidgetArea,
               bottom = Qt::BottomDockWidgetArea;
    return {
        {QStringLiteral("collections"),
         QObject::tr("Collections"),
         of<DataPlace, &DataPlace::collections>,
         {{data, left, 184}},
         {{}, left}},
        {QStringLiteral("spectrum"), QObject::tr("Spectrum"), makeSpectrum, {{data, top, 260}}, {{}, bottom}},
        {QStringLiteral("lines"), QObject::tr("Line strip"), makeLines, {{data, top, 112}}, {{}, bottom}},
        {QStringLiteral("inspector"),
         QObject::tr("Inspector"),
         make<Inspector>,
         {{data, right, 248}},
         {{}, right}},
        {QStringLiteral("maps"),
         QObject::tr("Maps"),
         of<MapPlace, &MapPlace::maps>,
         {{map, left, 200}},
         {{}, left}},
        {QStringLiteral("members"),
         QObject::tr("Members"),
         of<MapPlace, &MapPlace::members>,
         {{map, right, 468}},
         {{}, right}},
        {QStringLiteral("quality"),
         QObject::tr("Quality of the map"),
         of<MapPlace, &MapPlace::quality>,
         {{map, bottom, 150}},
         {{}, bottom}},
    };
}

} // namespace balmer::desktop

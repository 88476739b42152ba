#include "widgets/spectrum/curves_layer.h"

#include <algorithm>

#include "widgets/common/theme.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/spectrum/curve_painter.h"

namespace balmer::widgets {

void CurvesLayer::draw(QCPPainter& painter, const PlotAxes& axes) const {
    // Many curves are drawn without antialiasing and half transparent: where they agree they grow dense.
    const auto& spectra = shown_.spectra;
    const bool many = shown_.many();
    const std::optional<std::size_t> foremost = shown_.foremost();
    painter.setAntialiasing(!many);
    std::optional<CurveRaster> raster;
    if (many && !axes.vector) raster.emplace(axes.box, axes.column);
    for (std::size_t i = spectra.size(); i-- > 0;) {
        if (i == foremost || spectra[i].empty()) continue; // drawn last
        QColor colour = shown_.colourOf(i);
        if (many) colour.setAlphaF(std::clamp(12.0F / float(spectra.size()), 0.15F, 0.6F));
        drawCurve(painter, spectra[i], axes, QPen(colour, 1, spectra[i].model ? Qt::DashLine : Qt::SolidLine),
                  raster ? &*raster : nullptr);
    }
    if (raster) {
        const QSizeF size = QSizeF(raster->image.size()) * raster->pixel;
        painter.drawImage(QRectF(raster->origin, size), raster->image);
    }
    painter.setAntialiasing(true);
    if (foremost && !spectra[*foremost].empty()) {
        const double width = spectra.size() > 1 && shown_.chosen() ? 1.5 : 1.1;
        drawCurve(painter, spectra[*foremost], axes, QPen(shown_.colourOf(*foremost), width));
    }
}

PlotExtent CurvesLayer::extent() const {
    PlotExtent all;
    for (const PlottedSpectrum& s : shown_.spectra)
        all.include(extentOf(s));
    return all;
}

std::vector<LegendEntry> CurvesLayer::legend() const {
    std::vector<LegendEntry> rows;
    for (std::size_t i = 0; i < shown_.spectra.size(); ++i)
        rows.push_back({shown_.spectra[i].shownName(), shown_.colourOf(i)});
    return rows;
}

std::size_t CurvesLayer::samplesIn(const QRectF& area, const PlotAxes& axes) const {
    std::size_t count = 0;
    const double from = axes.valueAtX(area.left()), to = axes.valueAtX(area.right());
    for (const PlottedSpectrum& s : shown_.spectra) {
        if (s.empty()) continue;
        const auto first = std::lower_bound(s.wavelength.begin(), s.wavelength.end(), from);
        const auto last = std::upper_bound(first, s.wavelength.end(), to);
        for (auto i = std::size_t(first - s.wavelength.begin()); i < std::size_t(last - s.wavelength.begin());
             ++i)
            if (const double y = axes.y(double(s.flux[i])); y >= area.top() && y <= area.bottom()) ++count;
    }
    return count;
}

std::optional<PlotPick> CurvesLayer::pick(QPointF at, const PlotAxes& /*axes*/) const {
    const auto found = shown_.sampleAt(at.x(), at.y());
    if (!found) return std::nullopt;
    const PlottedSpectrum& s = shown_.spectra[found->spectrum];
    PlotPick pick;
    pick.layer = this;
    pick.item = found->spectrum;
    pick.id = s.id;
    pick.text = shown_.describe(*found);
    pick.at = {s.wavelength[found->sample], double(s.flux[found->sample])};
    pick.colour = shown_.many() ? theme().accent : shown_.colourOf(found->spectrum);
    return pick;
}

void CurvesLayer::drawPicked(QCPPainter& painter, const PlotAxes& axes, const PlotPick& pick) const {
    if (shown_.many() && pick.item < shown_.spectra.size())
        drawCurve(painter, shown_.spectra[pick.item], axes, QPen(theme().accent, 1.2));
}

} // namespace balmer::widgets

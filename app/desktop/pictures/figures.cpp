#include "app/desktop/pictures/figures.h"

#include <algorithm>

#include <QBuffer>
#include <QDir>
#include <QFileInfo>
#include <QImage>
#include <QPainter>
#include <QRegularExpression>

#include "app/bridge/display_text.h"
#include "app/bridge/plotted.h"
#include "app/desktop/data/plot_feeder.h"
#include "engine/core/file.h"
#include "engine/core/files.h"
#include "widgets/common/theme.h"
#include "widgets/som/map_view.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

using bridge::plain;
using bridge::text;
using core::ErrorCode;

namespace {

constexpr double scale = 2;
/// About Hα, where no dataset says what the window is, in ångström.
constexpr double windowHalfWidth = 110;

core::Status writeFile(const QString& path, const QByteArray& bytes) {
    return core::writeFile(plain(path), {bytes.constData(), std::size_t(bytes.size())});
}

core::Status writeImage(const QImage& image, const QString& path) {
    QByteArray bytes;
    QBuffer buffer(&bytes);
    image.save(&buffer, "PNG");
    return writeFile(path, bytes);
}

core::Result<QStringList> writeMaps(api::Workbench& workbench, const QString& folder) {
    QStringList files;
    BALMER_TRY(const auto maps, workbench.maps().list());
    if (maps.empty()) return files;
    BALMER_TRY(const auto map, workbench.maps().content(maps.front().job));
    widgets::MapView view;
    view.setShape({map.info.grid.topology == som::Topology::Hexagonal ? widgets::Lattice::Hexagonal
                                                                      : widgets::Lattice::Rectangular,
                   int(map.info.grid.height), int(map.info.grid.width)});
    std::vector<int> hits;
    for (const auto& members : map.members)
        hits.push_back(int(members.size()));
    view.setHits(hits);
    view.setBubblesVisible(false);
    widgets::NeuronValues uMatrix{QObject::tr("U-matrix"),
                                  QObject::tr("mean distance to the neighbours"),
                                  {map.uMatrix.begin(), map.uMatrix.end()},
                                  false,
                                  false,
                                  {}};
    widgets::NeuronValues hitLayer{
        QObject::tr("hits"), QObject::tr("spectra"), {hits.begin(), hits.end()}, false, false, {}};
    for (auto& [name, layer] : {std::pair{QStringLiteral("map_u_matrix.png"), &uMatrix},
                                {QStringLiteral("map_hits.png"), &hitLayer}}) {
        view.setValues(std::move(*layer));
        BALMER_CHECK(writeImage(view.image({900, 900}, scale), QDir(folder).filePath(name)));
        files << name;
    }
    return files;
}

/// The window large above the whole spectrum, under a title.
QImage candidateImage(api::Workbench& workbench, const api::RoundInfo& round, const api::RoundEntry& entry,
                      int rank) {
    const QSize windowSize{1200, 520}, wholeSize{1200, 300};
    constexpr int titleHeight = 56;
    QImage image(QSize(windowSize.width(), titleHeight + windowSize.height() + wholeSize.height()) * scale,
                 QImage::Format_RGB32);
    image.setDevicePixelRatio(scale);
    image.fill(widgets::theme().window);
    QPainter painter(&image);

    QString facts =
        QStringLiteral("%1, p = %2").arg(text(entry.predicted), bridge::numberText(entry.probability, 3));
    if (const auto row = workbench.spectra().row(entry.id)) {
        if (!row->object.empty()) facts += QStringLiteral(" · ") + text(row->object);
        if (row->position) facts += QStringLiteral(" · ") + text(spectrum::formatPosition(*row->position));
        if (row->signalToNoise)
            facts += QStringLiteral(" · S/N %1").arg(bridge::numberText(row->signalToNoise, 0));
    }
    QFont font = painter.font();
    font.setPointSizeF(14);
    font.setBold(true);
    painter.setFont(font);
    painter.setPen(widgets::theme().text);
    const QString title = QStringLiteral("%1  %2").arg(rank).arg(text(entry.id));
    painter.drawText(QRect(24, 12, windowSize.width() - 48, titleHeight - 16),
                     Qt::AlignLeft | Qt::AlignVCenter, title);
    const int titleWidth = QFontMetrics(font).horizontalAdvance(title);
    font.setPointSizeF(12);
    font.setBold(false);
    painter.setFont(font);
    const QRect right(24 + titleWidth + 24, 12, windowSize.width() - 72 - titleWidth, titleHeight - 16);
    painter.drawText(right, Qt::AlignRight | Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(facts, Qt::ElideRight, right.width()));

    widgets::SpectrumPlot window, whole;
    window.setLegendLimit(0);
    whole.setLegendLimit(0);
    window.setLines(widgets::commonLines());
    whole.setLines(widgets::commonLines());
    const auto row = workbench.datasets().row(round.dataset, entry.id);
    const auto spectrum = workbench.spectra().load(entry.id);
    if (spectrum) {
        auto plotted = bridge::plotted(*spectrum, text(entry.id));
        const QString x = bridge::wavelengthLabel(spectrum->axis.medium() != spectrum::Medium::Unknown);
        const QString y = bridge::fluxLabel(text(spectrum->metadata.fluxUnit));
        const double first = row && !row->wavelengthAngstrom.empty()
                                 ? row->wavelengthAngstrom.front()
                                 : widgets::hAlphaVacuum - windowHalfWidth;
        const double last = row && !row->wavelengthAngstrom.empty() ? row->wavelengthAngstrom.back()
                                                                    : widgets::hAlphaVacuum + windowHalfWidth;
        widgets::PlottedSpectrum part;
        part.id = part.name = plotted.id;
        for (std::size_t i = 0; i < plotted.wavelength.size(); ++i) {
            if (plotted.wavelength[i] < first || plotted.wavelength[i] > last) continue;
            part.wavelength.push_back(plotted.wavelength[i]);
            part.flux.push_back(plotted.flux[i]);
            if (!plotted.error.empty()) part.error.push_back(plotted.error[i]);
            part.mask.push_back(plotted.mask[i]);
        }
        window.setAxisLabels(x, y);
        whole.setAxisLabels(x, y);
        if (!part.wavelength.empty()) window.setSpectrum(std::move(part));
        whole.setSpectrum(std::move(plotted));
    } else if (row) {
        window.setAxisLabels(bridge::wavelengthLabel(true), QObject::tr("flux scaled to [−1, 1]"));
        window.setSpectrum(bridge::plotted(*row));
        whole.setEmptyText(bridge::errorSentence(spectrum.error()));
    }
    if (window.spectra().empty() && row) {
        window.setAxisLabels(bridge::wavelengthLabel(true), QObject::tr("flux scaled to [−1, 1]"));
        window.setSpectrum(bridge::plotted(*row));
    }
    painter.drawImage(QRect(QPoint(0, titleHeight), windowSize), window.image(windowSize, scale));
    painter.drawImage(QRect(QPoint(0, titleHeight + windowSize.height()), wholeSize),
                      whole.image(wholeSize, scale));
    return image;
}

} // namespace

core::Result<QStringList> writePictures(api::Workbench& workbench, const QString& folder, int top) {
    BALMER_CHECK(core::makeFolders(plain(folder)));
    BALMER_TRY(QStringList files, writeMaps(workbench, folder));
    BALMER_TRY(const auto rounds, workbench.labelling().rounds());
    if (!rounds.empty()) {
        BALMER_TRY(const auto round, workbench.labelling().round(rounds.front().job));
        int rank = 0;
        for (const auto& entry : round.entries) {
            if (entry.list != active::RoundList::Candidates || rank >= top) continue;
            ++rank;
            QString name = text(entry.id);
            name.replace(QRegularExpression(QStringLiteral("[^A-Za-z0-9._+-]")), QStringLiteral("_"));
            name = QStringLiteral("candidate_%1_%2.png").arg(rank, 2, 10, QChar('0')).arg(name);
            BALMER_CHECK(
                writeImage(candidateImage(workbench, round.info, entry, rank), QDir(folder).filePath(name)));
            files << name;
        }
    }
    if (files.isEmpty())
        return core::fail(
            ErrorCode::NotFound,
            "the project has neither a map nor a round to draw; run `balmer som` or `balmer round` first");
    return files;
}

core::Status writePlot(api::Workbench& workbench, const QStringList& ids, const QString& file,
                       std::optional<std::pair<double, double>> rangeAngstrom) {
    const QString suffix =
        file == QLatin1String("-") ? QStringLiteral("png") : QFileInfo(file).suffix().toLower();
    if (suffix != QLatin1String("png") && suffix != QLatin1String("svg") && suffix != QLatin1String("pdf"))
        return core::fail(ErrorCode::InvalidArgument,
                          "\"" + plain(file) + "\" must end in .png, .svg or .pdf");
    if (ids.isEmpty())
        return core::fail(ErrorCode::InvalidArgument, "no spectrum is named; `balmer list` shows their ids");
    if (rangeAngstrom && !(rangeAngstrom->first < rangeAngstrom->second))
        return core::fail(ErrorCode::InvalidArgument,
                          "the range must be LOWER:UPPER in ångström, as 6400:6700");
    std::vector<widgets::PlottedSpectrum> spectra;
    QStringList units;
    bool vacuum = true;
    for (const QString& id : ids) {
        BALMER_TRY(const auto spectrum, workbench.spectra().load(plain(id)));
        vacuum = vacuum && spectrum.axis.medium() != spectrum::Medium::Unknown;
        if (const QString unit = text(spectrum.metadata.fluxUnit); !units.contains(unit)) units << unit;
        auto plotted = bridge::plotted(spectrum, id);
        if (rangeAngstrom) {
            // Only what is in the range decides about the scale of the flux.
            widgets::PlottedSpectrum part;
            part.id = part.name = id;
            for (std::size_t i = 0; i < plotted.wavelength.size(); ++i) {
                if (plotted.wavelength[i] < rangeAngstrom->first ||
                    plotted.wavelength[i] > rangeAngstrom->second)
                    continue;
                part.wavelength.push_back(plotted.wavelength[i]);
                part.flux.push_back(plotted.flux[i]);
                if (!plotted.error.empty()) part.error.push_back(plotted.error[i]);
                part.mask.push_back(plotted.mask[i]);
            }
            if (part.wavelength.empty())
                return core::fail(ErrorCode::InvalidArgument,
                                  "\"" + plain(id) + "\" has no sample within the range");
            plotted = std::move(part);
        }
        spectra.push_back(std::move(plotted));
    }
    widgets::SpectrumPlot plot;
    plot.setLines(widgets::commonLines());
    plot.setAxisLabels(bridge::wavelengthLabel(vacuum), units.size() > 1 ? QObject::tr("flux [units differ]")
                                                                         : bridge::fluxLabel(units.value(0)));
    plot.setSpectra(std::move(spectra));
    if (rangeAngstrom) plot.setXRange(rangeAngstrom->first, rangeAngstrom->second);
    const auto format = suffix == QLatin1String("svg")   ? widgets::ExportFormat::Svg
                        : suffix == QLatin1String("pdf") ? widgets::ExportFormat::Pdf
                                                         : widgets::ExportFormat::Png;
    return writeFile(file, plot.exported(format));
}

} // namespace balmer::desktop

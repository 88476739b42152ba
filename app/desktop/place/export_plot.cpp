#include "app/desktop/place/export_plot.h"

#include <QBuffer>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>

#include "app/bridge/display_text.h"
#include "engine/core/files.h"
#include "widgets/plot/plot_view.h"
#include "widgets/som/map_view.h"

namespace balmer::desktop {

namespace {

void ask(QWidget* parent, const QString& suggestedName, const QStringList& filters,
         std::function<QByteArray(const QString& suffix)> bytes, Said said) {
    auto* dialog = new QFileDialog(parent, QObject::tr("Export the plot"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setNameFilters(filters);
    dialog->setDefaultSuffix(QStringLiteral("png"));
    QString name = suggestedName;
    dialog->selectFile(name.replace('/', '_') + QStringLiteral(".png"));
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [bytes, said](const QString& path) {
        const QByteArray content = bytes(QFileInfo(path).suffix().toLower());
        if (content.isEmpty())
            said(QObject::tr("%1 was not written: the ending must be one of those offered.").arg(path));
        else if (const auto written = core::writeFile(QFile::encodeName(path).toStdString(),
                                                      {content.constData(), std::size_t(content.size())});
                 !written)
            said(bridge::text(written.error().message()));
        else
            said(QObject::tr("Saved %1").arg(path));
    });
    dialog->open();
}

} // namespace

void exportPlot(widgets::PlotView* plot, const QString& suggestedName, const Said& said) {
    ask(
        plot, suggestedName,
        {QObject::tr("PNG picture (*.png)"), QObject::tr("SVG drawing (*.svg)"), QObject::tr("PDF (*.pdf)")},
        [plot](const QString& suffix) {
            if (suffix == QLatin1String("svg")) return plot->exported(widgets::ExportFormat::Svg);
            if (suffix == QLatin1String("pdf")) return plot->exported(widgets::ExportFormat::Pdf);
            if (suffix == QLatin1String("png")) return plot->exported(widgets::ExportFormat::Png);
            return QByteArray();
        },
        said);
}

void exportMap(widgets::MapView* map, const QString& suggestedName, const Said& said) {
    ask(
        map, suggestedName, {QObject::tr("PNG picture (*.png)")},
        [map](const QString& suffix) {
            QByteArray bytes;
            QBuffer buffer(&bytes);
            if (suffix == QLatin1String("png")) map->image({800, 800}).save(&buffer, "PNG");
            return bytes;
        },
        said);
}

} // namespace balmer::desktop

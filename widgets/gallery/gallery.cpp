// balmer-gallery: every widget with made-up data, to look at.
//   balmer-gallery [--dark] [--many] [--time] [--screenshot DIR]
// With --many the data page overlays 50 spectra.
// With --screenshot it writes each page as PNG, light and dark, at 1280×800 and 2560×1440, and ends; with
// --time it prints what drawing costs.
#include <cstdio>
#include <ctime>
#include <functional>

#include <QAction>
#include <QApplication>
#include <QDir>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSplitter>
#include <QStandardItemModel>
#include <QTabWidget>
#include <QTableView>
#include <QTextStream>
#include <QTimer>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/common/colour_map.h"
#include "widgets/common/empty_state.h"
#include "widgets/common/icons.h"
#include "widgets/common/key_button.h"
#include "widgets/common/phase_chip.h"
#include "widgets/common/progress_line.h"
#include "widgets/common/theme.h"
#include "widgets/gallery/made_up_data.h"
#include "widgets/labelling/labelling_panel.h"
#include "widgets/plot/custom_plot.h"
#include "widgets/som/map_view.h"
#include "widgets/som/quality_sparkline.h"
#include "widgets/spectrum/line_strip.h"
#include "widgets/spectrum/spectrum_plot.h"
#include "widgets/table/spectrum_table.h"

using namespace balmer::widgets;

namespace {

QString tr(const char* text) {
    return QString::fromUtf8(text);
}

QStandardItemModel* tableModel(QObject* parent) {
    auto* model = new QStandardItemModel(parent);
    model->setHorizontalHeaderLabels({tr("id"), tr("class"), tr("p"), tr("S/N"), tr("date"), tr("label")});
    for (const int column : {2, 3})
        model->horizontalHeaderItem(column)->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
    for (int i = 0; i < 400; ++i) {
        QList<QStandardItem*> row;
        const QString id = tr("spec-%1").arg(55000 + i);
        for (const QString& text :
             {id, tr(i % 3 == 0 ? "STAR A1V" : "STAR F5"),
              QString::number(0.5 + 0.49 * ((i * 37) % 100) / 100, 'f', 2),
              QString::number(10 + (i * 71) % 190), tr("2013-11-%1").arg(1 + i % 28, 2, 10, QLatin1Char('0')),
              tr(i % 4 == 0 ? "double peak" : "")})
            row.append(new QStandardItem(text));
        row[2]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        row[3]->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        row[0]->setData(id, SpectrumTable::idRole);
        model->appendRow(row);
    }
    return model;
}

QWidget* dataPage() {
    auto* page = new QSplitter(Qt::Vertical);
    auto* plot = new SpectrumPlot(page);
    std::vector<PlottedSpectrum> spectra;
    for (int i = 0; i < 3; ++i) {
        spectra.push_back(gallery::wholeSpectrum(i, gallery::Profile(i)));
        for (float& f : spectra.back().flux)
            f += 1.5F * float(i);
    }
    auto* strip = new LineStrip(page);
    strip->setSpectrum(spectra[1]);
    if (QApplication::arguments().contains(tr("--many"))) {
        for (int i = 3; i < 50; ++i)
            spectra.push_back(gallery::wholeSpectrum(i, gallery::Profile(i % 3)));
    }
    plot->setAxisLabels(tr("λ (vacuum) [Å]"), tr("F_λ [10⁻¹⁷ erg s⁻¹ cm⁻² Å⁻¹]"));
    plot->setSpectra(std::move(spectra));
    auto* table = new SpectrumTable(tr("galleryTable"), page);
    table->setModel(tableModel(table));
    table->setCounts(1403, 2830);
    table->setFilterText(tr("snr > 10 and class = 'A'"));
    table->view()->selectRow(3);
    page->addWidget(plot);
    page->addWidget(strip);
    page->addWidget(table);
    page->setSizes({360, 150, 220});
    return page;
}

QWidget* mapPage() {
    auto* page = new QSplitter(Qt::Horizontal);
    auto* left = new QSplitter(Qt::Vertical, page);
    const gallery::MadeUpMap data = gallery::map(Lattice::Hexagonal, 20, 24);
    auto* map = new MapView(left);
    map->setShape(data.shape);
    map->setValues(data.uMatrix);
    map->setHits(data.hits);
    map->setSelectedNeurons({90, 91, 92, 114, 115});
    map->setHighlightedNeurons({40, 41, 64});
    map->setCurrentNeuron(115);
    auto* quality = new QualitySparkline(left);
    quality->setHistory(data.quantisationError, data.topographicError);
    left->addWidget(map);
    left->addWidget(quality);
    left->setSizes({560, 150});
    auto* right = new QSplitter(Qt::Vertical, page);
    const gallery::MadeUpMap second = gallery::map(Lattice::Rectangular, 12, 16);
    auto* pies = new MapView(right);
    pies->setShape(second.shape);
    NeuronValues hits{tr("hits"), tr("spectra"), std::vector<double>(second.hits.begin(), second.hits.end()),
                      true,       false,         std::nullopt};
    pies->setValues(hits);
    pies->setColourMap(ColourMap::Grey);
    pies->setHits(second.hits);
    pies->setClassCounts(second.classCounts, {tr("single peak"), tr("double peak"), tr("other")});
    pies->setPiesVisible(true);
    auto* members = new SpectrumPlot(right);
    std::vector<PlottedSpectrum> spectra;
    for (int i = 0; i < 20; ++i)
        spectra.push_back(gallery::windowSpectrum(3 * i + 2, gallery::Profile::DoublePeak));
    PlottedSpectrum mean = gallery::windowSpectrum(2, gallery::Profile::DoublePeak);
    for (float& e : mean.error)
        e = 0.2F;
    members->setBackdrop(mean);
    members->setAxisLabels(tr("λ (vacuum) [Å]"), tr("flux (scaled)"));
    members->setSpectra(std::move(spectra));
    right->addWidget(pies);
    right->addWidget(members);
    page->addWidget(left);
    page->addWidget(right);
    page->setSizes({700, 560});
    return page;
}

QWidget* labelPage() {
    auto* panel = new LabellingPanel;
    panel->setQueue(gallery::queue(100000));
    panel->setStatus({412, 9, true, {}});
    panel->setCurrent(gallery::labelItem(5));
    panel->setBehind(Behind::ClassMean);
    panel->setBehindCurves(panel->currentId(), gallery::classMean(5));
    return panel;
}

QWidget* sheetPage() {
    auto* panel = new LabellingPanel;
    panel->setQueue(gallery::queue(100000));
    panel->setStatus({412, 9, true, {}});
    panel->setRestClass(gallery::labelItem(5).classNames.back());
    panel->setCurrent(gallery::labelItem(5));
    panel->findChild<QAction*>(QStringLiteral("labellingSheet"))->trigger();
    return panel;
}

QWidget* controlsPage() {
    auto* page = new QWidget;
    auto* grid = new QGridLayout(page);
    grid->setSpacing(2 * gridStep);
    grid->setContentsMargins(2 * gridStep, 2 * gridStep, 2 * gridStep, 2 * gridStep);
    auto* buttons = new QVBoxLayout;
    for (int i = 0; i < 8; ++i) {
        auto* button = new KeyButton(tr("class %1").arg(i + 1));
        button->setKey(QKeySequence(Qt::Key_1 + i));
        button->setClassIndex(i);
        button->setProbability(0.9 / (i + 1));
        button->setPredicted(i == 0);
        buttons->addWidget(button);
    }
    auto* primary = new KeyButton(tr("next round ▸"));
    primary->setKey(QKeySequence(Qt::CTRL | Qt::Key_Return));
    primary->setPrimary(true);
    buttons->addWidget(primary);
    auto* off = new KeyButton(tr("not possible now"));
    off->setKey(QKeySequence(Qt::Key_Z));
    off->setEnabled(false);
    buttons->addWidget(off);
    buttons->addStretch();
    grid->addLayout(buttons, 0, 0);

    auto* jobs = new QTableView(page);
    auto* model = new QStandardItemModel(jobs);
    model->setHorizontalHeaderLabels({tr("job"), tr("phase")});
    const std::pair<QString, PhaseLook> phases[] = {
        {tr("queued"), PhaseLook::Waiting},      {tr("executing"), PhaseLook::Executing},
        {tr("completed"), PhaseLook::Completed}, {tr("error"), PhaseLook::Error},
        {tr("aborted"), PhaseLook::Aborted},     {tr("unreachable"), PhaseLook::Hollow}};
    for (const auto& [word, look] : phases) {
        auto* chip = new QStandardItem(word);
        chip->setData(int(look), PhaseChipDelegate::lookRole);
        chip->setData(0.61, PhaseChipDelegate::progressRole);
        model->appendRow({new QStandardItem(tr("som 30×30")), chip});
    }
    jobs->setModel(model);
    jobs->setItemDelegateForColumn(1, new PhaseChipDelegate(jobs));
    jobs->verticalHeader()->hide();
    jobs->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    jobs->setShowGrid(false);
    jobs->setColumnWidth(1, 170);
    grid->addWidget(jobs, 0, 1);

    grid->addWidget(
        new EmptyState(Icon::Data,
                       tr("No spectra yet. Import a folder of spectra, or make a survey with known truth."),
                       tr("Import spectra…"), page),
        0, 2);
    auto* icons = new QHBoxLayout;
    for (int i = 0; i <= int(Icon::LinkLost); ++i) {
        auto* button = new QToolButton;
        button->setIcon(icon(Icon(i)));
        button->setIconSize({24, 24});
        button->setCheckable(true);
        button->setChecked(i == 1);
        icons->addWidget(button);
    }
    auto* own = new QLabel;
    own->setPixmap(applicationIcon().pixmap(48, 48));
    icons->addWidget(own);
    icons->addStretch();
    grid->addLayout(icons, 1, 0, 1, 3);
    auto* row = new QHBoxLayout;
    auto* field = new QLineEdit(tr("text in a field"));
    auto* plain = new QPushButton(tr("A button"));
    auto* main = new QPushButton(tr("The one to press"));
    main->setProperty("primary", true);
    auto* line = new ProgressLine;
    line->setFraction(0.4);
    row->addWidget(field);
    row->addWidget(plain);
    row->addWidget(main);
    row->addWidget(line, 1);
    grid->addLayout(row, 2, 0, 1, 3);
    auto* maps = new QVBoxLayout;
    for (int m = 0; m < 4; ++m) {
        QImage image(256, 1, QImage::Format_RGB32);
        for (int x = 0; x < 256; ++x)
            image.setPixel(x, 0, colourAt(ColourMap(m), x / 255.0));
        auto* bar = new QLabel;
        bar->setPixmap(QPixmap::fromImage(image.scaled(900, 18)));
        bar->setToolTip(displayName(ColourMap(m)));
        maps->addWidget(bar);
    }
    grid->addLayout(maps, 3, 0, 1, 3);
    grid->setRowStretch(0, 1);
    return page;
}

void printTimes() {
    QTextStream out(stdout);
    const auto time = [&](const char* what, int times, const std::function<void(int)>& action) {
        action(0);
        const std::clock_t start = std::clock();
        for (int i = 0; i < times; ++i)
            action(i);
        out << what << ": "
            << QString::number(1e3 * double(std::clock() - start) / CLOCKS_PER_SEC / times, 'f', 2)
            << " ms of CPU\n";
    };
    SpectrumPlot plot;
    plot.resize(1000, 500);
    plot.show();
    std::vector<PlottedSpectrum> many;
    for (int i = 0; i < 50; ++i)
        many.push_back(gallery::wholeSpectrum(i, gallery::Profile(i % 3)));
    plot.setSpectra(many);
    time("50 spectra of 3900 samples, drawn", 20, [&](int) { plot.redrawNow(); });
    plot.setSpectra({many.begin(), many.begin() + 12});
    time("12 spectra of 3900 samples, drawn", 20, [&](int) { plot.redrawNow(); });
    plot.setSpectrum(many[0]);
    time("1 spectrum of 3900 samples, drawn", 20, [&](int) { plot.redrawNow(); });
    plot.setErrorVisible(false);
    time("… without its errors", 20, [&](int) { plot.redrawNow(); });
    plot.setLinesVisible(false);
    time("… and without lines", 20, [&](int) { plot.redrawNow(); });
    plot.clear();
    time("no spectrum, drawn", 20, [&](int) { plot.redrawNow(); });
    LabellingPanel panel;
    panel.resize(1280, 740);
    panel.setQueue(gallery::queue(100000));
    panel.setCurrent(gallery::labelItem(0));
    panel.show();
    panel.grab(); // lays everything out
    std::vector<LabelItem> items;
    for (int i = 0; i < 20; ++i)
        items.push_back(gallery::labelItem(i));
    time("next label item, until its window is drawn", 20,
         [&](int i) { panel.setCurrent(items[std::size_t(i)]); });
    time("next label item, until all is drawn", 20, [&](int i) {
        panel.setCurrent(items[std::size_t(i)]);
        panel.wholePlot()->redrawNow();
        panel.lineStrip()->plot()->replot();
        panel.grab();
    });
    MapView map;
    map.resize(900, 800);
    const gallery::MadeUpMap data = gallery::map(Lattice::Hexagonal, 100, 100);
    map.setShape(data.shape);
    map.show();
    time("100×100 map, new layer", 10, [&](int) {
        map.setValues(data.uMatrix);
        map.grab();
    });
    time("100×100 map, current neuron moves", 20, [&](int i) {
        map.setCurrentNeuron(i);
        map.grab();
    });
}

/// Goes through themes, sizes and pages, leaving the event loop time to lay out and draw each.
class Photographer {
  public:
    Photographer(QApplication& application, QTabWidget& window, const QDir& folder)
        : application_(application), window_(window), folder_(folder) {
        prepare();
    }

  private:
    void prepare() {
        applyTheme(application_, step_ / (2 * window_.count()) == 0 ? ThemeMode::Light : ThemeMode::Dark);
        window_.resize(step_ / window_.count() % 2 == 0 ? QSize(1280, 800) : QSize(2560, 1440));
        window_.setCurrentIndex(step_ % window_.count());
        QTimer::singleShot(150, &window_, [this] { take(); });
    }

    void take() {
        const QString name =
            tr("%1-%2-%3.png")
                .arg(window_.tabText(window_.currentIndex()).toLower(), tr(theme().dark ? "dark" : "light"))
                .arg(window_.width());
        if (!window_.grab().save(folder_.filePath(name))) {
            std::fprintf(stderr, "balmer-gallery: cannot write %s\n", qPrintable(folder_.filePath(name)));
            QCoreApplication::exit(1);
            return;
        }
        if (++step_ == 4 * window_.count()) {
            QCoreApplication::exit(0);
        } else {
            prepare();
        }
    }

    QApplication& application_;
    QTabWidget& window_;
    QDir folder_;
    int step_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QStringList arguments = QApplication::arguments();
    applyTheme(application, arguments.contains(tr("--dark")) ? ThemeMode::Dark : ThemeMode::Light);
    application.setWindowIcon(applicationIcon());
    if (arguments.contains(tr("--time"))) {
        printTimes();
        return 0;
    }
    QTabWidget window;
    window.setWindowTitle(tr("Balmer: gallery of widgets"));
    window.addTab(dataPage(), tr("Data"));
    window.addTab(mapPage(), tr("Map"));
    window.addTab(labelPage(), tr("Label"));
    window.addTab(sheetPage(), tr("Sheet"));
    window.addTab(controlsPage(), tr("Controls"));
    window.resize(1280, 800);
    window.show();
    const qsizetype option = arguments.indexOf(tr("--screenshot"));
    if (option < 0) return QApplication::exec();

    if (option + 1 >= arguments.size() || !QDir().mkpath(arguments[option + 1])) {
        std::fprintf(stderr, "balmer-gallery: --screenshot needs a folder that can be written\n");
        return 2;
    }
    Photographer photographer(application, window, QDir(arguments[option + 1]));
    return QApplication::exec();
}

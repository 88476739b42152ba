#include "app/desktop/map/maps_panel.h"

#include <QAbstractButton>
#include <QButtonGroup>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QListWidget>
#include <QRadioButton>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/desktop/place/actions.h"
#include "widgets/common/theme.h"
#include "widgets/spectrum/plotted_spectrum.h"

namespace balmer::desktop {

using bridge::text;

namespace {

QLabel* heading(const QString& words, QWidget* parent) {
    auto* label = new QLabel(words, parent);
    label->setFont(widgets::smallFont(label->font()));
    label->setForegroundRole(QPalette::PlaceholderText);
    return label;
}

} // namespace

MapsPanel::MapsPanel(QAction* train, QWidget* parent)
    : Panel(parent), maps_(new QListWidget), layers_(new QButtonGroup(this)), wavelength_(new QDoubleSpinBox),
      logarithmic_(new QCheckBox), colours_(new QComboBox) {
    maps_->setObjectName(QStringLiteral("mapsList"));
    maps_->setToolTip(tr("The maps of this project, newest first"));
    maps_->setFrameShape(QFrame::NoFrame);
    maps_->setMinimumWidth(160);
    connect(maps_, &QListWidget::currentItemChanged, this, [this](QListWidgetItem* item) {
        if (item) Q_EMIT mapChosen(item->data(Qt::UserRole).toLongLong());
    });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(widgets::gridStep, 0, widgets::gridStep, widgets::gridStep);
    column->setSpacing(widgets::gridStep);
    column->addWidget(maps_, 1);
    column->addWidget(heading(tr("Layer"), this));
    buildLayers(column);
    column->addWidget(buttonFor(train, this));
}

void MapsPanel::buildLayers(QVBoxLayout* column) {
    struct Row {
        LayerKind kind;
        const char* name;
        QString words, tip;
    };
    const Row rows[] = {{LayerKind::UMatrix, "layerUMatrix", tr("U-matrix"),
                         tr("Mean distance of a neuron to its neighbours: walls between groups are bright")},
                        {LayerKind::Hits, "layerHits", tr("Hits"), tr("How many spectra lie at each neuron")},
                        {LayerKind::ComponentPlane, "layerPlane", tr("Flux at"),
                         tr("The prototypes' flux at one wavelength")}};
    wavelength_->setObjectName(QStringLiteral("layerWavelength"));
    wavelength_->setToolTip(tr("Vacuum wavelength of the plane"));
    wavelength_->setSuffix(QStringLiteral(" Å"));
    wavelength_->setDecimals(1);
    wavelength_->setButtonSymbols(QAbstractSpinBox::NoButtons);
    wavelength_->setRange(1, 1e6);
    wavelength_->setValue(widgets::hAlphaVacuum);
    for (const Row& one : rows) {
        auto* button = new QRadioButton(one.words, this);
        button->setObjectName(QString::fromLatin1(one.name));
        button->setToolTip(one.tip);
        layers_->addButton(button, int(one.kind));
        auto* row = new QHBoxLayout;
        row->addWidget(button);
        if (one.kind == LayerKind::ComponentPlane) row->addWidget(wavelength_, 1);
        column->addLayout(row);
    }
    layers_->button(int(LayerKind::UMatrix))->setChecked(true);
    logarithmic_->setText(tr("Logarithmic scale"));
    logarithmic_->setObjectName(QStringLiteral("layerLogarithmic"));
    logarithmic_->setToolTip(tr("Colours follow the logarithm of the value"));
    column->addWidget(logarithmic_);
    colours_->setObjectName(QStringLiteral("layerColours"));
    colours_->setToolTip(tr("Colour map of the layer"));
    for (const auto map :
         {widgets::ColourMap::Viridis, widgets::ColourMap::Cividis, widgets::ColourMap::Grey})
        colours_->addItem(widgets::displayName(map), int(map));
    column->addWidget(colours_);
    connect(layers_, &QButtonGroup::idClicked, this, [this](int kind) {
        logarithmic_->setEnabled(LayerKind(kind) != LayerKind::ComponentPlane);
        Q_EMIT layerChanged();
    });
    connect(wavelength_, &QDoubleSpinBox::valueChanged, this, [this] {
        if (layer().kind == LayerKind::ComponentPlane) Q_EMIT layerChanged();
    });
    connect(logarithmic_, &QCheckBox::toggled, this, &MapsPanel::layerChanged);
    connect(colours_, &QComboBox::currentIndexChanged, this,
            [this] { Q_EMIT colourMapChanged(widgets::ColourMap(colours_->currentData().toInt())); });
}

qint64 MapsPanel::setMaps(const std::vector<api::MapInfo>& maps, qint64 shown) {
    const QSignalBlocker quiet(maps_);
    const bool grew =
        maps_->count() > 0 && maps_->item(0)->data(Qt::UserRole).toLongLong() != maps.front().job;
    maps_->clear();
    int row = 0;
    for (const auto& one : maps) {
        const QString name = one.label.empty() ? tr("map %1").arg(one.job) : text(one.label);
        const QString size = text(one.grid.toText()).replace('x', QStringLiteral(" × "));
        auto* item =
            new QListWidgetItem(QStringLiteral("%1\n%2 · %3").arg(name, size, text(one.dataset)), maps_);
        item->setData(Qt::UserRole, qint64(one.job));
        item->setToolTip(
            tr("Job %1, %2, %3 lattice")
                .arg(one.job)
                .arg(bridge::timeText(one.created), text(std::string(som::toString(one.grid.topology)))));
        if (!grew && one.job == shown) row = maps_->count() - 1;
    }
    maps_->setCurrentRow(row);
    return maps_->item(row)->data(Qt::UserRole).toLongLong();
}

void MapsPanel::setWavelengthRange(double firstAngstrom, double lastAngstrom) {
    wavelength_->setRange(firstAngstrom, lastAngstrom);
}

LayerChoice MapsPanel::layer() const {
    return {LayerKind(layers_->checkedId()), wavelength_->value(), logarithmic_->isChecked()};
}

} // namespace balmer::desktop

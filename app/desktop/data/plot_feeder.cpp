#include "app/desktop/data/plot_feeder.h"

#include <algorithm>

#include "app/bridge/display_text.h"
#include "app/bridge/plotted.h"
#include "widgets/spectrum/line_strip.h"
#include "widgets/spectrum/spectrum_plot.h"

namespace balmer::desktop {

using bridge::plain;
using bridge::text;

namespace {
constexpr std::size_t keptSpectra = 2 * std::size_t(PlotFeeder::mostSpectra);
}

PlotFeeder::PlotFeeder(bridge::Session& session, widgets::SpectrumPlot* plot, widgets::LineStrip* strip,
                       QObject* parent)
    : QObject(parent), session_(session), plot_(plot), strip_(strip) {}

void PlotFeeder::setDataset(const std::string& dataset) {
    if (dataset_ == dataset) return;
    dataset_ = dataset;
    loaded_.clear();
}

void PlotFeeder::show(QStringList ids, const QString& current, const widgets::PlottedSpectrum* prototype) {
    prototype_.clear();
    if (prototype) prototype_.push_back(*prototype);
    if (ids.size() > mostSpectra) ids = ids.mid(0, mostSpectra);
    if (!current.isEmpty() && !ids.contains(current)) ids.prepend(current);
    QStringList missing;
    for (const QString& id : ids)
        if (std::none_of(loaded_.begin(), loaded_.end(), [&](const auto& one) { return one.first == id; }))
            missing << id;
    if (missing.isEmpty()) {
        session_.cursor().forget(this, "plot");
        busy_ = false;
        draw(ids, current);
        Q_EMIT shown({});
        return;
    }
    struct Answer {
        std::vector<std::pair<QString, Loaded>> loaded;
        QString problem;
    };
    busy_ = true;
    session_.cursor().latest(
        this, "plot",
        [&workbench = session_.workbench(), missing, dataset = dataset_](const std::stop_token& stop) {
            Answer answer;
            for (const QString& id : missing) {
                if (stop.stop_requested()) break;
                if (dataset.empty()) {
                    const auto spectrum = workbench.spectra().load(plain(id));
                    if (spectrum)
                        answer.loaded.emplace_back(
                            id, Loaded{bridge::plotted(*spectrum, id), text(spectrum->metadata.fluxUnit),
                                       spectrum->axis.medium() != spectrum::Medium::Unknown});
                    else
                        answer.problem = bridge::errorSentence(spectrum.error());
                } else {
                    const auto row = workbench.datasets().row(dataset, plain(id));
                    if (row)
                        answer.loaded.emplace_back(id, Loaded{bridge::plotted(*row), {}, true});
                    else
                        answer.problem = bridge::errorSentence(row.error());
                }
            }
            return answer;
        },
        [this, ids, current](Answer answer) {
            for (auto& one : answer.loaded)
                remember(one.first, std::move(one.second));
            busy_ = false;
            draw(ids, current);
            Q_EMIT shown(answer.problem);
        });
}

QString PlotFeeder::differs(const QString& current) const {
    return busy_ || drawnCurrent_ != current ? tr("the plot does not show %1 yet").arg(current) : QString();
}

void PlotFeeder::remember(const QString& id, Loaded loaded) {
    std::erase_if(loaded_, [&](const auto& one) { return one.first == id; });
    loaded_.emplace_front(id, std::move(loaded));
    while (loaded_.size() > keptSpectra)
        loaded_.pop_back();
}

void PlotFeeder::draw(const QStringList& ids, const QString& current) {
    std::vector<widgets::PlottedSpectrum> spectra = prototype_;
    QStringList units;
    bool vacuum = true;
    const Loaded* strongest = nullptr;
    bool currentLoaded = false;
    for (const QString& id : ids) {
        const auto found =
            std::find_if(loaded_.begin(), loaded_.end(), [&](const auto& one) { return one.first == id; });
        if (found == loaded_.end()) continue;
        spectra.push_back(found->second.spectrum);
        if (!units.contains(found->second.unit)) units << found->second.unit;
        vacuum = vacuum && found->second.vacuum;
        if (id == current || !strongest) strongest = &found->second;
        currentLoaded = currentLoaded || id == current;
    }
    drawnCurrent_ = currentLoaded || !strongest ? current : QString();
    if (plot_) drawPlot(std::move(spectra), units, vacuum, current);
    if (!strip_) return;
    if (strongest)
        strip_->setSpectrum(strongest->spectrum);
    else
        strip_->clear();
}

void PlotFeeder::drawPlot(std::vector<widgets::PlottedSpectrum> spectra, const QStringList& units,
                          bool vacuum, const QString& current) {
    if (!dataset_.empty())
        plot_->setAxisLabels(bridge::wavelengthLabel(true), tr("flux scaled to [−1, 1]"));
    else
        plot_->setAxisLabels(bridge::wavelengthLabel(vacuum), units.size() > 1
                                                                  ? tr("flux [units differ]")
                                                                  : bridge::fluxLabel(units.value(0)));
    if (spectra.empty())
        plot_->clear();
    else
        plot_->setSpectra(std::move(spectra));
    plot_->setCurrent(current);
}

} // namespace balmer::desktop

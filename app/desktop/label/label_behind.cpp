#include "app/desktop/label/label_behind.h"

#include <algorithm>
#include <utility>

#include "app/bridge/display_text.h"
#include "app/bridge/plotted.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::plain;
using bridge::text;
using widgets::Behind;
using widgets::BehindCurves;
using widgets::PlottedSpectrum;

namespace {
constexpr std::size_t nearestShown = 3, epochsShown = 6;
} // namespace

LabelBehind::LabelBehind(bridge::Session& session, widgets::LabellingPanel& panel, QObject* parent)
    : QObject(parent), session_(session), panel_(panel) {
    connect(&panel, &widgets::LabellingPanel::behindRequested, this, &LabelBehind::choose);
}

void LabelBehind::setDataset(const std::string& dataset) {
    if (std::exchange(dataset_, dataset) != dataset) means_.reset();
}

void LabelBehind::choose(Behind what) {
    if (panel_.behind() != what) {
        chosenClass_.clear();
        panel_.setBehind(what);
    } else {
        const auto means = meansInOrder();
        const auto at = std::ranges::find_if(
            means, [&](const auto* mean) { return chosenClass_.empty() || mean->className == chosenClass_; });
        const bool another = what == Behind::ClassMean && at != means.end() && at + 1 != means.end();
        chosenClass_ = another ? at[1]->className : std::string();
        if (!another) panel_.setBehind(Behind::Nothing);
    }
    refresh();
}

void LabelBehind::show(const widgets::LabelItem& item) {
    id_ = item.id;
    classNames_ = item.classNames;
    likely_.clear();
    if (item.given && item.given->kind == widgets::LabelKind::Class)
        likely_ = plain(item.given->className);
    else if (!panel_.predictionsHidden())
        likely_ = plain(item.predicted);
    lower_ = item.window.empty() ? 0 : item.window.wavelength.front();
    upper_ = item.window.empty() ? 0 : item.window.wavelength.back();
    if (panel_.behind() != Behind::Nothing) refresh();
}

std::vector<const api::ClassMean*> LabelBehind::meansInOrder() const {
    std::vector<const api::ClassMean*> means;
    if (means_)
        for (const auto& mean : *means_)
            means.push_back(&mean);
    std::stable_partition(means.begin(), means.end(),
                          [&](const auto* mean) { return mean->className == likely_; });
    return means;
}

void LabelBehind::showMean() {
    if (dataset_.empty()) {
        panel_.setBehindCurves(id_, {});
        Q_EMIT said(tr("Means are of a dataset: choose a round, or a list of a dataset's spectra"));
        return;
    }
    if (!means_ || meansAreStale_) {
        meansAreStale_ = false;
        session_.lists().latest(
            this, "means",
            [&workbench = session_.workbench(), dataset = dataset_](const std::stop_token&) {
                return workbench.datasets().classMeans(dataset);
            },
            [this, dataset = dataset_](core::Result<std::vector<api::ClassMean>> means) {
                if (dataset != dataset_) return;
                if (!means) return Q_EMIT said(bridge::errorSentence(means.error()));
                means_ = std::move(*means);
                if (means_->empty())
                    Q_EMIT said(tr("No spectrum of the dataset %1 has a class yet").arg(text(dataset_)));
                if (panel_.behind() == Behind::ClassMean && !meansAreStale_) refresh();
            });
    }
    const auto means = meansInOrder();
    const auto found = std::ranges::find_if(
        means, [&](const auto* mean) { return chosenClass_.empty() || mean->className == chosenClass_; });
    BehindCurves curves;
    if (found != means.end()) {
        PlottedSpectrum mean;
        mean.id = QStringLiteral("mean");
        mean.name = tr("mean %1 (%2)").arg(text((*found)->className), countText((*found)->rows));
        mean.wavelength = (*found)->wavelengthAngstrom;
        mean.flux = (*found)->mean;
        mean.error = (*found)->spread;
        mean.model = true;
        curves.mean = std::move(mean);
    }
    panel_.setBehindCurves(id_, std::move(curves));
}

template <typename Read>
void LabelBehind::showWhatIsRead(Read read) {
    session_.cursor().latest(
        this, "behind",
        [&workbench = session_.workbench(), read = std::move(read)](const std::stop_token& stop) {
            return read(workbench, stop);
        },
        [this, id = id_, what = panel_.behind()](core::Result<BehindCurves> curves) {
            if (id != id_ || what != panel_.behind()) return;
            if (!curves) Q_EMIT said(bridge::errorSentence(curves.error()));
            panel_.setBehindCurves(id, curves ? std::move(*curves) : BehindCurves());
        });
}

void LabelBehind::refresh() {
    if (id_.isEmpty()) return;
    const auto none = [](const QString& words) {
        return core::fail(core::ErrorCode::NotFound, plain(words));
    };
    switch (panel_.behind()) {
    case Behind::Nothing:
        session_.cursor().forget(this, "behind");
        panel_.setBehindCurves(id_, {});
        break;
    case Behind::ClassMean:
        session_.cursor().forget(this, "behind");
        showMean();
        break;
    case Behind::NearestLabelled:
        showWhatIsRead([none, dataset = dataset_, id = plain(id_), names = classNames_](
                           api::Workbench& workbench, const std::stop_token&) -> core::Result<BehindCurves> {
            if (dataset.empty()) return none(tr("Likeness is within a dataset, and this queue has none"));
            BALMER_TRY(const auto found, workbench.datasets().nearestLabelled(dataset, id, nearestShown));
            if (found.empty()) return none(tr("No spectrum of the dataset has a class yet"));
            BehindCurves curves;
            for (const auto& each : found) {
                auto curve = bridge::plotted(each.row);
                const QString name = text(each.className);
                curve.name = tr("%1, r = %2, %3").arg(name).arg(each.correlation, 0, 'f', 3).arg(curve.id);
                curve.error.clear();
                if (const auto index = names.indexOf(name); index >= 0)
                    curve.colour = widgets::classColour(int(index));
                curves.others.push_back(std::move(curve));
            }
            return curves;
        });
        break;
    case Behind::OtherEpochs:
        showWhatIsRead([none, id = plain(id_), lower = lower_,
                        upper = upper_](api::Workbench& workbench,
                                        const std::stop_token& stop) -> core::Result<BehindCurves> {
            BALMER_TRY(const auto rows, workbench.spectra().otherEpochs(id, epochsShown));
            if (rows.empty()) return none(tr("There is no other spectrum of this object"));
            BehindCurves curves;
            for (const auto& row : rows) {
                if (stop.stop_requested()) break;
                const auto spectrum = workbench.spectra().load(row.id);
                if (!spectrum) continue;
                auto curve = widgets::scaledPart(bridge::plotted(*spectrum, text(row.id)), lower, upper);
                curve.name = row.observed.empty() ? text(row.id) : bridge::timeText(row.observed);
                curve.error.clear();
                curves.others.push_back(std::move(curve));
            }
            if (curves.others.empty()) return none(tr("The other spectra of this object cannot be read"));
            return curves;
        });
        break;
    case Behind::Prototype:
        showWhatIsRead([none, dataset = dataset_, id = plain(id_)](
                           api::Workbench& workbench, const std::stop_token&) -> core::Result<BehindCurves> {
            if (dataset.empty()) return none(tr("A map is of a dataset, and this queue has none"));
            BALMER_TRY(auto found, workbench.maps().prototype(dataset, id));
            PlottedSpectrum curve;
            curve.id = QStringLiteral("prototype");
            curve.name = tr("prototype of neuron %1").arg(found.neuron);
            curve.wavelength = std::move(found.wavelengthAngstrom);
            curve.flux = std::move(found.flux);
            curve.model = true;
            return BehindCurves{std::move(curve), {}};
        });
        break;
    }
}

} // namespace balmer::desktop

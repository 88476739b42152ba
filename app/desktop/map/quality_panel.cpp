#include "app/desktop/map/quality_panel.h"

#include <cmath>

#include <QLabel>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "engine/api/job_kinds.h"
#include "widgets/common/theme.h"
#include "widgets/som/quality_sparkline.h"

namespace balmer::desktop {

namespace {
constexpr int leastHeight = 96;
} // namespace

QualityPanel::QualityPanel(bridge::Session& session, QWidget* parent)
    : Panel(parent), session_(session), words_(new QLabel), errors_(new widgets::QualitySparkline) {
    errors_->setObjectName(QStringLiteral("mapQuality"));
    errors_->setMinimumHeight(leastHeight);
    words_->setObjectName(QStringLiteral("qualityText"));
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(widgets::gridStep, 0, widgets::gridStep, widgets::gridStep);
    column->setSpacing(0);
    column->addWidget(words_);
    column->addWidget(errors_, 1);
    connect(&session.events(), &bridge::EventRelay::jobsChanged, this, &QualityPanel::followJobs);
}

void QualityPanel::showMap(const api::MapContent& map) {
    training_ = 0;
    errors_->setHistory(map.quantisationErrors, map.topographicErrors);
    words_->setText(tr("quantisation error %1 · topographic error %2")
                        .arg(bridge::numberText(map.info.quantisationError, 3),
                             bridge::numberText(map.info.topographicError, 3)));
}

void QualityPanel::expectTraining(qint64 job) {
    training_ = job;
    errors_->clear();
}

void QualityPanel::followJobs(const std::vector<jobs::Job>& jobs) {
    for (const auto& job : jobs) {
        if (!api::jobMakes(job, jobs::Change::Maps)) continue;
        if (jobs::isFinal(job.phase)) {
            if (training_ == job.id) training_ = 0;
            continue;
        }
        if (job.phase != jobs::Phase::Executing) continue;
        training_ = job.id;
        words_->setText(tr("job %1 is training: %2 %").arg(job.id).arg(int(std::lround(job.progress * 100))));
        loadErrors();
    }
}

void QualityPanel::loadErrors() {
    using Errors = std::pair<std::vector<double>, std::vector<double>>;
    session_.lists().latest(
        this, "series",
        [&workbench = session_.workbench(), id = training_](const std::stop_token&) {
            Errors errors;
            if (const auto points = workbench.jobs().series(id, "quantisation error"))
                for (const auto& [step, value] : *points)
                    errors.first.push_back(value);
            if (const auto points = workbench.jobs().series(id, "topographic error"))
                for (const auto& [step, value] : *points)
                    errors.second.push_back(value);
            return errors;
        },
        [this, id = training_](const Errors& errors) {
            if (training_ == id) errors_->setHistory(errors.first, errors.second);
        });
}

} // namespace balmer::desktop

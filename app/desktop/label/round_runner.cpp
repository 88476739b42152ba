#include "app/desktop/label/round_runner.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QWidget>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/dataset_form.h"
#include "app/desktop/jobs/submit_job.h"
#include "app/desktop/jobs/where_choice.h"
#include "engine/api/job_kinds.h"

namespace balmer::desktop {

using bridge::errorSentence;
using bridge::plain;
using bridge::text;

namespace {

const std::string here = "here";

QJsonArray names(const std::vector<std::string>& all) {
    QJsonArray array;
    for (const auto& one : all)
        array << text(one);
    return array;
}

} // namespace

RoundRunner::RoundRunner(bridge::Session& session, QWidget* owner)
    : QObject(owner), session_(session), owner_(owner) {
    connect(&session.events(), &bridge::EventRelay::jobsChanged, this, &RoundRunner::followJobs);
}

void RoundRunner::set(qint64 job, const QString& words, double progress) {
    job_ = job;
    words_ = words;
    progress_ = progress;
    Q_EMIT changed();
}

void RoundRunner::computeNext(const api::RoundInfo& before, std::size_t batch, bool onlyHere) {
    session_.lists().run(
        this,
        [&workbench = session_.workbench(), job = before.job](const std::stop_token&) {
            return workbench.jobs().get(job);
        },
        [this, before, batch, onlyHere](const core::Result<jobs::Job>& job) {
            submitNext(before, batch, onlyHere, job ? job->spec.parameters : std::string());
        });
}

void RoundRunner::submitNext(const api::RoundInfo& before, std::size_t batch, bool onlyHere,
                             const std::string& recorded) {
    QJsonObject parameters = before.job == questions_
                                 ? afterQuestions_
                                 : QJsonDocument::fromJson(QByteArray::fromStdString(recorded)).object();
    parameters[QStringLiteral("dataset")] = text(before.dataset);
    parameters[QStringLiteral("classes")] = names(before.classes);
    parameters[QStringLiteral("targets")] = names(before.targets);
    if (!parameters.contains(QStringLiteral("batch")))
        parameters[QStringLiteral("batch")] = qint64(std::max<std::size_t>(1, batch));
    jobs::JobSpec spec;
    spec.kind = "round";
    spec.label = plain(tr("round %1 of %2").arg(before.number + 1).arg(text(before.dataset)));
    spec.parameters = QJsonDocument(parameters).toJson(QJsonDocument::Compact).toStdString();
    const std::string where = onlyHere ? here : WhereChoice::lastChoice(session_, spec.kind);
    set(-1, where == "auto" ? tr("next round: looking for a worker") : tr("next round: waiting"));
    submitJob(
        session_, this, std::move(spec), where, [this, where](const core::Result<jobs::JobId>& submitted) {
            set(submitted ? *submitted : 0, submitted ? tr("next round: waiting") : QString());
            if (submitted) return;
            QString sentence = errorSentence(submitted.error());
            if (where != here)
                sentence += tr(" “Compute the next round on this computer” (Ctrl+K) does without a worker.");
            Q_EMIT failed(sentence);
        });
}

void RoundRunner::askAtOnce(QJsonObject parameters) {
    const QString model = QStringLiteral("model");
    if (parameters.value(model).toString(QStringLiteral("auto")) != QStringLiteral("auto")) return;
    afterQuestions_ = parameters;
    parameters[model] = QStringLiteral("committee");
    parameters[QStringLiteral("estimate")] = 0; // of a model that is soon another
    jobs::JobSpec spec;
    spec.kind = "round";
    spec.label = plain(tr("first questions"));
    spec.parameters = QJsonDocument(parameters).toJson(QJsonDocument::Compact).toStdString();
    // What is wrong with them the round that follows says.
    submitJob(session_, this, std::move(spec), here, [this](const core::Result<jobs::JobId>& job) {
        if (job) questions_ = *job;
    });
}

void RoundRunner::followJobs(const std::vector<jobs::Job>& jobs) {
    for (const auto& job : jobs) {
        if (!api::jobMakes(job, jobs::Change::Rounds)) continue;
        if (!jobs::isFinal(job.phase)) {
            const int percent = int(std::lround(job.progress * 100));
            set(job.id, tr("next round: %1 %2 %").arg(text(job.stage)).arg(percent), job.progress);
        } else if (job.id == job_) {
            set(0, {});
            if (job.error)
                Q_EMIT failed(tr("The next round was not made. %1").arg(errorSentence(*job.error)));
            if (job.phase == jobs::Phase::Completed) Q_EMIT completed();
        }
    }
}

void RoundRunner::start() {
    session_.lists().run(
        this,
        [&workbench = session_.workbench()](const std::stop_token&) { return workbench.datasets().list(); },
        [this](const core::Result<std::vector<api::DatasetInfo>>& datasets) {
            if (!datasets) {
                Q_EMIT failed(errorSentence(datasets.error()));
                return;
            }
            if (datasets->empty()) {
                Q_EMIT said(tr("Labelling needs a dataset: import and preprocess spectra first"));
                return;
            }
            auto* form =
                showDatasetForm(session_, "round", tr("Start labelling"), tr("Start"), *datasets, owner_);
            connect(form, &JobForm::submitting, this,
                    [this](const QJsonObject& parameters, const QString& where) {
                        if (plain(where) == here) askAtOnce(parameters);
                    });
            connect(form, &JobForm::submitted, this,
                    [this](qint64 job) { set(job, tr("first round: waiting")); });
        });
}

} // namespace balmer::desktop

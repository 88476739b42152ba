#include "app/desktop/jobs/jobs_model.h"

#include <algorithm>

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/link_text.h"
#include "engine/api/job_kinds.h"

namespace balmer::desktop {

using bridge::text;

QString jobKindTitle(const std::string& kind) {
    const auto* const known = api::findJobKind(kind);
    return known ? text(known->title) : text(kind).replace('-', ' ').replace('_', ' ');
}

QString jobSubject(const jobs::JobSpec& spec) {
    if (!spec.label.empty()) return text(spec.label);
    const QJsonObject parameters =
        QJsonDocument::fromJson(QByteArray::fromStdString(spec.parameters)).object();
    for (const char* field : {"name", "dataset", "collection"})
        if (const QString word = parameters[QLatin1String(field)].toString(); !word.isEmpty()) return word;
    for (const char* field : {"paths", "out", "file", "path"}) {
        const QJsonValue value = parameters[QLatin1String(field)];
        if (const QString path = value.isArray() ? value[0].toString() : value.toString(); !path.isEmpty())
            return QDir(path).dirName();
    }
    return {};
}

QString phaseWord(jobs::Phase phase) {
    switch (phase) {
    case jobs::Phase::Pending:
        return QObject::tr("pending");
    case jobs::Phase::Queued:
        return QObject::tr("queued");
    case jobs::Phase::Executing:
        return QObject::tr("executing");
    case jobs::Phase::Completed:
        return QObject::tr("completed");
    case jobs::Phase::Error:
        return QObject::tr("error");
    case jobs::Phase::Aborted:
        return QObject::tr("aborted");
    case jobs::Phase::Unknown:
        return QObject::tr("unknown");
    case jobs::Phase::Held:
        return QObject::tr("held");
    case jobs::Phase::Suspended:
        return QObject::tr("suspended");
    case jobs::Phase::Archived:
        return QObject::tr("archived");
    }
    return {};
}

widgets::PhaseLook phaseLook(jobs::Phase phase) {
    using widgets::PhaseLook;
    switch (phase) {
    case jobs::Phase::Executing:
        return PhaseLook::Executing;
    case jobs::Phase::Completed:
        return PhaseLook::Completed;
    case jobs::Phase::Error:
        return PhaseLook::Error;
    case jobs::Phase::Aborted:
        return PhaseLook::Aborted;
    case jobs::Phase::Unknown:
        return PhaseLook::Hollow;
    default:
        return PhaseLook::Waiting;
    }
}

namespace {

bool isStopping(const jobs::Job& job) {
    return job.remote && job.remote->abortWanted && !jobs::isFinal(job.phase);
}

} // namespace

QString jobPhaseWord(const jobs::Job& job) {
    return isStopping(job) ? QObject::tr("stopping…") : phaseWord(job.phase);
}

widgets::PhaseLook jobPhaseLook(const jobs::Job& job) {
    return isStopping(job) ? widgets::PhaseLook::Hollow : phaseLook(job.phase);
}

QString jobStage(const jobs::Job& job) {
    const bool under = job.phase == jobs::Phase::Executing || (job.remote && !jobs::isFinal(job.phase));
    return under ? text(job.stage) : QString();
}

QString jobLastHeard(const jobs::Job& job) {
    if (!job.remote || jobs::isFinal(job.phase)) return {};
    return job.remote->lastHeard.empty()
               ? QObject::tr("not heard of yet")
               : QObject::tr("last heard %1").arg(bridge::clockText(job.remote->lastHeard));
}

QString jobDuration(const jobs::Job& job) {
    if (job.started.empty()) return {};
    if (job.ended.empty() && job.phase != jobs::Phase::Executing) return {};
    const auto seconds = bridge::secondsBetween(job.started, job.ended);
    return seconds ? bridge::durationText(*seconds) : QString();
}

void JobsModel::setJobs(std::vector<jobs::Job> jobs) {
    beginResetModel();
    jobs_ = std::move(jobs);
    endResetModel();
}

void JobsModel::update(const std::vector<jobs::Job>& jobs) {
    for (const auto& job : jobs) {
        if (const int row = rowOf(job.id); row >= 0) {
            jobs_[std::size_t(row)] = job;
            Q_EMIT dataChanged(index(row, 0), index(row, ColumnCount - 1));
        } else {
            const auto at = std::find_if(jobs_.begin(), jobs_.end(),
                                         [&](const auto& other) { return other.id < job.id; });
            const int newRow = int(at - jobs_.begin());
            beginInsertRows({}, newRow, newRow);
            jobs_.insert(at, job);
            endInsertRows();
        }
    }
}

void JobsModel::setWorkers(std::vector<api::WorkerInfo> workers) {
    workers_ = std::move(workers);
    if (!jobs_.empty()) Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, ColumnCount - 1));
}

const api::WorkerInfo* JobsModel::workerOf(const jobs::Job& job) const {
    if (!job.remote || jobs::isFinal(job.phase)) return nullptr;
    const auto found = std::find_if(workers_.begin(), workers_.end(),
                                    [&](const auto& one) { return one.name == job.remote->worker; });
    return found == workers_.end() ? nullptr : &*found;
}

QString JobsModel::progressOf(const jobs::Job& job) const {
    const auto* worker = workerOf(job);
    const bool detached = !worker || worker->link != api::WorkerInfo::Link::Connected;
    QStringList words{jobStage(job), detached ? jobLastHeard(job) : QString()};
    words.removeAll(QString());
    return words.join(QStringLiteral(", "));
}

const jobs::Job* JobsModel::job(int row) const {
    return row < 0 || std::size_t(row) >= jobs_.size() ? nullptr : &jobs_[std::size_t(row)];
}

int JobsModel::rowOf(jobs::JobId id) const {
    const auto found =
        std::find_if(jobs_.begin(), jobs_.end(), [id](const auto& job) { return job.id == id; });
    return found == jobs_.end() ? -1 : int(found - jobs_.begin());
}

void JobsModel::tick() {
    for (int row = 0; row < rowCount(); ++row)
        if (jobs_[std::size_t(row)].phase == jobs::Phase::Executing)
            Q_EMIT dataChanged(index(row, Duration), index(row, Duration), {Qt::DisplayRole});
}

int JobsModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(jobs_.size());
}
int JobsModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : int(ColumnCount);
}

QVariant JobsModel::data(const QModelIndex& index, int role) const {
    const jobs::Job* job = index.isValid() ? this->job(index.row()) : nullptr;
    if (!job) return {};
    if (role == jobRole) return qint64(job->id);
    if (role == widgets::PhaseChipDelegate::progressRole)
        return job->phase == jobs::Phase::Executing ? QVariant(job->progress) : QVariant();
    if (role == widgets::PhaseChipDelegate::lookRole) return int(jobPhaseLook(*job));
    if (role == Qt::TextAlignmentRole) {
        const bool right = index.column() == Id || index.column() == Duration;
        return QVariant(Qt::AlignVCenter | (right ? Qt::AlignRight : Qt::AlignLeft));
    }
    if (role == Qt::ToolTipRole) {
        if (index.column() == Place)
            if (const auto* worker = workerOf(*job))
                return tr("%1: %2").arg(text(job->place), linkSentence(*worker));
        if (job->error) return bridge::errorText(*job->error);
        if (index.column() == Progress) return progressOf(*job);
        return index.column() == Label ? jobSubject(job->spec) : QVariant();
    }
    if (role == Qt::DecorationRole) {
        const auto* worker = index.column() == Place ? workerOf(*job) : nullptr;
        return worker ? QVariant(widgets::icon(linkIcon(worker->link))) : QVariant();
    }
    if (role != Qt::DisplayRole) return {};
    switch (index.column()) {
    case Id:
        return QString::number(job->id);
    case Type:
        return jobKindTitle(job->spec.kind);
    case Label:
        return jobSubject(job->spec);
    case Phase:
        return jobPhaseWord(*job);
    case Progress:
        if (const QString words = progressOf(*job); !words.isEmpty()) return words;
        return job->error ? bridge::errorSentence(*job->error) : QString();
    case Created:
        return bridge::timeText(job->created);
    case Duration:
        return jobDuration(*job);
    case Place:
        if (const auto* worker = workerOf(*job)) return tr("%1: %2").arg(text(job->place), linkWord(*worker));
        return text(job->place);
    default:
        return {};
    }
}

QVariant JobsModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= ColumnCount) return {};
    const QString titles[] = {tr("id"),       tr("type"),    tr("label"),    tr("phase"),
                              tr("progress"), tr("created"), tr("duration"), tr("place")};
    if (role == Qt::DisplayRole) return titles[section];
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter |
                        (section == Id || section == Duration ? Qt::AlignRight : Qt::AlignLeft));
    return {};
}

} // namespace balmer::desktop

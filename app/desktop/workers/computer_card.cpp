#include "app/desktop/workers/computer_card.h"

#include <QDir>
#include <QEvent>
#include <QFile>
#include <QFormLayout>
#include <QHeaderView>
#include <QLabel>
#include <QProgressBar>
#include <QStorageInfo>
#include <QSysInfo>
#include <QTreeWidget>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "app/desktop/jobs/jobs_model.h"
#include "engine/core/thread_pool.h"
#include "widgets/common/icons.h"
#include "widgets/common/phase_chip.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::text;

namespace {

constexpr int mostEndedJobs = 5, fewRows = 3, manyRows = 7;

struct Means {
    qint64 memoryTotal = 0, memoryFree = 0, diskTotal = 0, diskFree = 0;
    QString processor;
};

QByteArray systemFile(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

Means measured(const QString& folder) {
    Means means;
    for (const QByteArray& line : systemFile(QStringLiteral("/proc/meminfo")).split('\n')) {
        const QList<QByteArray> words = line.simplified().split(' ');
        if (words.size() < 2) continue;
        if (words[0] == "MemTotal:") means.memoryTotal = words[1].toLongLong() * 1024;
        if (words[0] == "MemAvailable:") means.memoryFree = words[1].toLongLong() * 1024;
    }
    for (const QByteArray& line : systemFile(QStringLiteral("/proc/cpuinfo")).split('\n'))
        if (line.startsWith("model name")) {
            means.processor = QString::fromUtf8(line.mid(line.indexOf(':') + 1)).simplified();
            break;
        }
    // A folder that is not there yet lies where its nearest parent does.
    QDir place(folder);
    while (!place.exists() && !place.isRoot())
        place.setPath(QDir::cleanPath(place.absoluteFilePath(QStringLiteral(".."))));
    const QStorageInfo storage(place);
    means.diskTotal = storage.bytesTotal();
    means.diskFree = storage.bytesAvailable();
    return means;
}

QProgressBar* bar(const char* name, const QString& tip) {
    auto* made = new QProgressBar;
    made->setObjectName(QString::fromLatin1(name));
    made->setToolTip(tip);
    made->setRange(0, 1000);
    made->setTextVisible(false);
    made->setFixedHeight(widgets::gridStep / 2);
    return made;
}

} // namespace

ComputerCard::ComputerCard(bridge::Session& session, QWidget* parent)
    : QFrame(parent), session_(session), glyph_(new QLabel), name_(new QLabel), system_(new QLabel),
      processors_(new QLabel), memory_(new QLabel), disk_(new QLabel), version_(new QLabel),
      summary_(new QLabel), memoryBar_(bar("memoryBar", tr("Memory in use"))),
      diskBar_(bar("diskBar", tr("Disk in use, where the project lies"))), jobs_(new QTreeWidget) {
    build();
    setFocusProxy(jobs_);
}

void ComputerCard::build() {
    setObjectName(QStringLiteral("workerCard"));
    setFrameShape(QFrame::NoFrame);
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);

    drawGlyph();
    name_->setObjectName(QStringLiteral("workerName"));
    QFont large = name_->font();
    large.setPointSizeF(large.pointSizeF() * 1.4);
    large.setBold(true);
    name_->setFont(large);
    name_->setText(QSysInfo::machineHostName());
    summary_->setObjectName(QStringLiteral("workerSummary"));
    auto* names = new QVBoxLayout;
    names->setSpacing(0);
    names->addWidget(name_);
    names->addWidget(summary_);
    auto* top = new QHBoxLayout;
    top->setSpacing(2 * widgets::gridStep);
    top->addWidget(glyph_, 0, Qt::AlignTop);
    top->addLayout(names, 1);

    system_->setText(QSysInfo::prettyProductName() + QStringLiteral(", ") +
                     QSysInfo::currentCpuArchitecture());
    version_->setText(QStringLiteral(BALMER_VERSION));
    auto* facts = new QFormLayout;
    facts->setHorizontalSpacing(3 * widgets::gridStep);
    facts->setVerticalSpacing(widgets::gridStep);
    const auto add = [&](const QString& title, QLabel* value, QProgressBar* gauge = nullptr) {
        auto* label = new QLabel(title);
        label->setForegroundRole(QPalette::PlaceholderText);
        value->setTextInteractionFlags(Qt::TextSelectableByMouse);
        value->setWordWrap(true);
        if (!gauge) {
            facts->addRow(label, value);
            return;
        }
        auto* both = new QVBoxLayout;
        both->setSpacing(widgets::gridStep / 2);
        both->addWidget(value);
        both->addWidget(gauge);
        facts->addRow(label, both);
    };
    processors_->setObjectName(QStringLiteral("workerProcessors"));
    memory_->setObjectName(QStringLiteral("workerMemory"));
    disk_->setObjectName(QStringLiteral("workerDisk"));
    version_->setObjectName(QStringLiteral("workerVersion"));
    add(tr("processors"), processors_);
    add(tr("memory"), memory_, memoryBar_);
    add(tr("disk"), disk_, diskBar_);
    add(tr("system"), system_);
    add(tr("Balmer"), version_);

    jobs_->setObjectName(QStringLiteral("workerJobs"));
    jobs_->setToolTip(tr("Jobs on this computer: those running and waiting, then the latest that ended; "
                         "double click for details"));
    jobs_->setHeaderLabels({tr("job"), tr("phase"), tr("progress"), tr("duration")});
    jobs_->setItemDelegateForColumn(1, new widgets::PhaseChipDelegate(jobs_));
    jobs_->setRootIsDecorated(false);
    jobs_->setFrameShape(QFrame::NoFrame);
    jobs_->setUniformRowHeights(true);
    jobs_->header()->setStretchLastSection(false);
    jobs_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    jobs_->headerItem()->setTextAlignment(3, Qt::AlignRight | Qt::AlignVCenter);
    jobs_->setColumnWidth(1, 132);
    jobs_->setColumnWidth(2, 200);
    jobs_->setColumnWidth(3, 96);
    connect(jobs_, &QTreeWidget::itemActivated, this, [this](QTreeWidgetItem* item) {
        if (const qint64 id = item->data(0, Qt::UserRole).toLongLong()) Q_EMIT jobActivated(id);
    });

    auto* heading = new QLabel(tr("Jobs here"));
    QFont strong = heading->font();
    strong.setBold(true);
    heading->setFont(strong);
    auto* inside = new QVBoxLayout(this);
    inside->setContentsMargins(3 * widgets::gridStep, 3 * widgets::gridStep, 3 * widgets::gridStep,
                               3 * widgets::gridStep);
    inside->setSpacing(2 * widgets::gridStep);
    inside->addLayout(top);
    inside->addLayout(facts);
    inside->addWidget(heading);
    inside->addWidget(jobs_, 1);
    setCompact(false);
}

void ComputerCard::drawGlyph() {
    glyph_->setPixmap(widgets::icon(widgets::Icon::Workers).pixmap(QSize(32, 32), devicePixelRatioF()));
}

void ComputerCard::changeEvent(QEvent* event) {
    QFrame::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) drawGlyph();
}

void ComputerCard::setCompact(bool compact) {
    const int rows = compact ? fewRows : manyRows;
    jobs_->setFixedHeight(jobs_->header()->sizeHint().height() + rows * (fontMetrics().height() + 14));
}

void ComputerCard::measure() {
    session_.lists().latest(
        this, "means",
        [folder = QString::fromStdString(session_.workbench().folder().string())](const std::stop_token&) {
            return measured(folder);
        },
        [this](const Means& means) {
            processors_->setText(
                tr("%1 for computations%2")
                    .arg(core::availableProcessors())
                    .arg(means.processor.isEmpty() ? QString() : QStringLiteral(" · ") + means.processor));
            memory_->setText(
                tr("%1 free of %2")
                    .arg(bridge::bytesText(means.memoryFree), bridge::bytesText(means.memoryTotal)));
            disk_->setText(tr("%1 free of %2, at %3")
                               .arg(bridge::bytesText(means.diskFree), bridge::bytesText(means.diskTotal),
                                    QString::fromStdString(session_.workbench().folder().string())));
            const auto used = [](qint64 free, qint64 total) {
                return total > 0 ? int(1000 - 1000 * free / total) : 0;
            };
            memoryBar_->setValue(used(means.memoryFree, means.memoryTotal));
            diskBar_->setValue(used(means.diskFree, means.diskTotal));
        });
}

void ComputerCard::showJobs(const std::vector<jobs::Job>& jobs) {
    int running = 0, waiting = 0, ended = 0;
    const qint64 before = jobs_->currentItem() ? jobs_->currentItem()->data(0, Qt::UserRole).toLongLong() : 0;
    jobs_->clear();
    const auto add = [this, before](const jobs::Job& job) {
        const QString name = job.spec.label.empty()
                                 ? tr("%1, job %2").arg(jobKindTitle(job.spec.kind)).arg(job.id)
                                 : tr("%1: %2").arg(jobKindTitle(job.spec.kind), text(job.spec.label));
        auto* item = new QTreeWidgetItem(jobs_, {name, jobPhaseWord(job), jobStage(job), jobDuration(job)});
        item->setData(0, Qt::UserRole, qint64(job.id));
        item->setData(1, widgets::PhaseChipDelegate::lookRole, int(jobPhaseLook(job)));
        if (job.phase == jobs::Phase::Executing)
            item->setData(1, widgets::PhaseChipDelegate::progressRole, job.progress);
        item->setTextAlignment(3, Qt::AlignRight | Qt::AlignVCenter);
        item->setSizeHint(0, {0, fontMetrics().height() + 14});
        if (before == job.id) jobs_->setCurrentItem(item);
    };
    for (const auto& job : jobs) {
        if (job.remote || jobs::isFinal(job.phase)) continue;
        ++(job.phase == jobs::Phase::Executing ? running : waiting);
        add(job);
    }
    for (const auto& job : jobs)
        if (!job.remote && jobs::isFinal(job.phase) && ended < mostEndedJobs) {
            ++ended;
            add(job);
        }
    if (jobs_->topLevelItemCount() == 0) {
        auto* none = new QTreeWidgetItem(jobs_, {tr("No job yet")});
        none->setFlags(Qt::NoItemFlags);
        none->setFirstColumnSpanned(true);
    }
    summary_->setText(tr("this computer · %1 running, %2 waiting")
                          .arg(countText(std::size_t(running), tr("job"), tr("jobs")))
                          .arg(waiting));
}

} // namespace balmer::desktop

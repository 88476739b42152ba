#include "app/desktop/observatory/form_parts.h"

#include <cmath>

#include <QFileDialog>
#include <QHBoxLayout>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QUrl>
#include <QVBoxLayout>

#include "app/bridge/display_text.h"
#include "widgets/common/theme.h"

namespace balmer::desktop {

using bridge::countText;
using bridge::plain;
using bridge::text;

QString withoutSecret(const QString& address) {
    return QUrl(address).userInfo().isEmpty() ? address : QString();
}

DestinationFields::DestinationFields(const QString& name, QWidget* parent)
    : QWidget(parent),
      collection_(namedField(
          name + QStringLiteral("CollectionField"), tr("Collection"), tr("named after the folder"),
          tr("The collection that the spectra join; empty: named after each file's folder"), this)),
      folder_(namedField(
          name + QStringLiteral("FolderField"), tr("Folder for the files"), tr("one of the project"),
          tr("Where the files go; empty: a folder of the project, named after the server"), this)) {
    auto* choose = namedButton(name + QStringLiteral("FolderButton"), tr("Choose…"),
                               tr("Choose the folder for the files"), this);
    connect(choose, &QPushButton::clicked, this, &DestinationFields::chooseFolder);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(widgets::gridStep);
    for (const auto& [title, field] :
         {std::pair{tr("Collection"), collection_}, std::pair{tr("Folder"), folder_}}) {
        auto* label = new QLabel(title, this);
        label->setBuddy(field);
        row->addWidget(label);
        row->addWidget(field, 1);
    }
    row->addWidget(choose);
}

api::Destination DestinationFields::destination() const {
    api::Destination to;
    to.collection = plain(collection_->text().trimmed());
    to.folder = plain(folder_->text().trimmed());
    return to;
}

void DestinationFields::chooseFolder() {
    auto* dialog = new QFileDialog(this, tr("Folder for the files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setModal(false);
    connect(dialog, &QFileDialog::fileSelected, folder_, &QLineEdit::setText);
    dialog->show();
}

JobLine::JobLine(bridge::Session& session, const QString& name, QWidget* parent)
    : QWidget(parent), words_(new QLabel(this)), bar_(new QProgressBar(this)),
      show_(namedButton(name + QStringLiteral("ShowJobButton"), tr("Show in Jobs"),
                        tr("Go to this job in the place Jobs"), this)) {
    words_->setObjectName(name + QStringLiteral("JobText"));
    words_->setTextFormat(Qt::PlainText);
    words_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    words_->setWordWrap(true);
    bar_->setObjectName(name + QStringLiteral("JobBar"));
    bar_->setTextVisible(false);
    bar_->setRange(0, 1000);
    bar_->setFixedSize(10 * widgets::gridStep, widgets::gridStep - 2);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(widgets::gridStep);
    row->addWidget(bar_);
    row->addWidget(words_, 1);
    row->addWidget(show_);
    bar_->hide();
    // Its room is kept, so that nothing moves when the first job starts.
    QSizePolicy keepsRoom = show_->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    show_->setSizePolicy(keepsRoom);
    show_->hide();
    connect(show_, &QPushButton::clicked, this, [this] { Q_EMIT jobRequested(job_); });
    connect(&session.events(), &bridge::EventRelay::jobsChanged, this,
            [this](const std::vector<jobs::Job>& changed) {
                for (const auto& job : changed)
                    if (job.id == job_) showJob(job);
            });
}

void JobLine::follow(jobs::JobId job, const QString& subject) {
    job_ = job;
    subject_ = subject;
    jobs::Job queued;
    queued.id = job;
    queued.phase = jobs::Phase::Queued;
    showJob(queued);
    show_->show();
}

void JobLine::showJob(const jobs::Job& job) {
    using jobs::Phase;
    const bool final = jobs::isFinal(job.phase);
    bar_->setVisible(!final);
    bar_->setValue(int(1000 * job.progress));
    QString words = tr("Job %1, %2").arg(job_).arg(subject_);
    widgets::Tone tone = widgets::Tone::Normal;
    if (job.phase == Phase::Completed) {
        const QString what = fetchedWords(job.result);
        words += what.isEmpty() ? tr(": complete") : QStringLiteral(": ") + what;
    } else if (final) {
        tone = job.phase == Phase::Error ? widgets::Tone::Error : widgets::Tone::Warning;
        words += job.error ? QStringLiteral(": ") + bridge::errorSentence(*job.error) : tr(": stopped");
    } else if (job.phase == Phase::Executing) {
        words += tr(": %1 %").arg(int(std::lround(100 * job.progress)));
        if (!job.stage.empty()) words += QStringLiteral(", ") + text(job.stage);
    } else {
        words += tr(": waits its turn");
    }
    words_->setText(words);
    words_->setToolTip(words);
    widgets::setTone(*words_, tone);
}

QString fetchedWords(const std::string& result) {
    const QJsonObject told = QJsonDocument::fromJson(QByteArray::fromStdString(result)).object();
    if (!told.contains(QStringLiteral("fetched"))) return {};
    const auto number = [&](const char* field) {
        return std::size_t(std::max<qint64>(0, told[QLatin1String(field)].toInteger()));
    };
    const auto length = [&](const char* field) {
        return std::size_t(told[QLatin1String(field)].toArray().size());
    };
    QStringList parts{QObject::tr("%1 fetched")
                          .arg(countText(number("fetched"), QObject::tr("file"), QObject::tr("files")))};
    if (const auto here = number("already_here"); here > 0)
        parts << QObject::tr("%1 were here already").arg(countText(here));
    if (told.contains(QStringLiteral("imported")))
        parts << QObject::tr("%1 imported")
                     .arg(countText(number("imported"), QObject::tr("spectrum"), QObject::tr("spectra")));
    if (const auto already = number("already"); already > 0)
        parts << QObject::tr("%1 in the project already").arg(countText(already));
    if (const auto failed = length("failed") + length("not_tried"); failed > 0)
        parts << QObject::tr("%1 failed, as told in Jobs").arg(countText(failed));
    if (const auto refused = length("refused"); refused > 0)
        parts << QObject::tr("%1 not read as spectra")
                     .arg(countText(refused, QObject::tr("file"), QObject::tr("files")));
    return parts.join(QStringLiteral(", "));
}

} // namespace balmer::desktop

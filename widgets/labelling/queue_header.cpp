#include "widgets/labelling/queue_header.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>

#include "widgets/common/elided_label.h"
#include "widgets/common/key_button.h"
#include "widgets/common/theme.h"

namespace balmer::widgets {

QueueHeader::QueueHeader(QAction* nextRound, QWidget* parent)
    : QWidget(parent), nextRound_(nextRound), usualText_(nextRound->text()), leading_(new QHBoxLayout),
      details_(new QHBoxLayout), detailArea_(new QWidget(this)), pace_(new QLabel(this)),
      error_(new ElidedLabel) {
    setObjectName(QStringLiteral("labellingHeader"));
    setFixedHeight(5 * gridStep);
    pace_->setObjectName(QStringLiteral("labellingPace"));
    error_->setObjectName(QStringLiteral("labellingError"));
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    setTone(*pace_, Tone::Muted);
    setTone(*error_, Tone::Error);
    auto* next = new KeyButton(nextRound, this);
    next->setPrimary(true);
    next->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    for (QHBoxLayout* part : {leading_, details_}) {
        part->setContentsMargins(0, 0, 0, 0);
        part->setSpacing(gridStep);
    }
    details_->setSpacing(2 * gridStep);
    detailArea_->setLayout(details_);
    details_->addWidget(pace_);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(gridStep);
    row->addLayout(leading_);
    row->addWidget(error_, 1);
    row->addWidget(detailArea_);
    row->addWidget(next);
    setStatus({});
}

void QueueHeader::addLeading(QWidget* widget) {
    leading_->addWidget(widget);
}

void QueueHeader::addDetail(QWidget* widget) {
    details_->insertWidget(details_->count() - 1, widget);
}

void QueueHeader::setStatus(const QueueStatus& status) {
    QStringList pace;
    if (status.labelsToday > 0) pace << tr("%1 today").arg(groupedNumber(status.labelsToday));
    if (status.secondsPerLabel > 0)
        pace << tr("%1 s each")
                    .arg(QString::number(status.secondsPerLabel, 'f', status.secondsPerLabel < 10 ? 1 : 0));
    pace_->setText(pace.join(QStringLiteral(" · ")));
    pace_->setToolTip(tr("Labels of today in this project, and the time that one takes you"));
    nextRound_->setText(status.readyRound > 0 ? tr("round %1 is ready ▸").arg(status.readyRound)
                                              : usualText_);
    nextRound_->setEnabled(status.nextRoundPossible);
    nextRound_->setToolTip(status.nextRoundHint.isEmpty()
                               ? tr("Train with the new labels and choose the next lists")
                               : status.nextRoundHint);
}

void QueueHeader::setError(const QString& message) {
    error_->setText(message);
    error_->setToolTip(message);
    detailArea_->setVisible(message.isEmpty());
}

} // namespace balmer::widgets

#include "widgets/labelling/round_header.h"

#include <QAction>
#include <QHBoxLayout>
#include <QLabel>

#include "widgets/common/key_button.h"
#include "widgets/common/theme.h"

namespace balmer::widgets {

RoundHeader::RoundHeader(QAction* nextRound, QWidget* parent)
    : QWidget(parent), nextRound_(nextRound), usualText_(nextRound->text()), round_(new QLabel(this)),
      pace_(new QLabel(this)), error_(new QLabel(this)) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * gridStep);
    round_->setObjectName(QStringLiteral("labellingRound"));
    pace_->setObjectName(QStringLiteral("labellingPace"));
    error_->setObjectName(QStringLiteral("labellingError"));
    error_->setTextInteractionFlags(Qt::TextSelectableByMouse);
    error_->setWordWrap(true);
    setTone(*pace_, Tone::Muted);
    setTone(*error_, Tone::Error);
    auto* next = new KeyButton(nextRound->text(), this);
    next->setObjectName(nextRound->objectName() + QStringLiteral("Button"));
    next->followAction(nextRound);
    next->setPrimary(true);
    row->addWidget(round_);
    row->addWidget(pace_);
    row->addWidget(error_, 1);
    row->addWidget(next);
    setStatus({});
}

void RoundHeader::setStatus(const RoundStatus& status) {
    round_->setText(status.round <= 0 ? tr("no round yet")
                                      : tr("<b>round %1</b> · %2 %3 of %4")
                                            .arg(status.round)
                                            .arg(displayName(status.list))
                                            .arg(status.done)
                                            .arg(status.total));
    QStringList pace;
    if (status.labelsToday > 0)
        pace << (status.labelsToday == 1 ? tr("1 label today")
                                         : tr("%1 labels today").arg(groupedNumber(status.labelsToday)));
    if (status.secondsPerLabel > 0)
        pace << tr("%1 s each")
                    .arg(QString::number(status.secondsPerLabel, 'f', status.secondsPerLabel < 10 ? 1 : 0));
    pace_->setText(pace.join(QStringLiteral(" · ")));
    nextRound_->setText(status.readyRound > 0 ? tr("round %1 is ready ▸").arg(status.readyRound)
                                              : usualText_);
    nextRound_->setEnabled(status.nextRoundPossible);
    nextRound_->setToolTip(status.nextRoundHint.isEmpty()
                               ? tr("Train with the new labels and choose the next lists")
                               : status.nextRoundHint);
}

void RoundHeader::setError(const QString& message) {
    error_->setText(message);
}

} // namespace balmer::widgets

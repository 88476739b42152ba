#include "widgets/common/progress_line.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "widgets/common/theme.h"

namespace balmer::widgets {

ProgressLine::ProgressLine(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("progressLine"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setFixedHeight(3);
    setAccessibleName(tr("Progress"));
    delay_.setSingleShot(true);
    delay_.setInterval(300);
    connect(&delay_, &QTimer::timeout, this, [this] {
        showing_ = true;
        if (fraction_ < 0) animation_.start();
        update();
    });
    animation_.setInterval(40);
    connect(&animation_, &QTimer::timeout, this, [this] {
        position_ = std::fmod(position_ + 0.025, 1.0);
        update();
    });
}

void ProgressLine::setFraction(double fraction) {
    fraction_ = std::isnan(fraction) || fraction < 0 ? -1 : std::min(fraction, 1.0);
    if (!working_) {
        working_ = true;
        delay_.start();
    }
    if (fraction_ >= 0) {
        animation_.stop();
    } else if (showing_ && !animation_.isActive()) {
        animation_.start();
    }
    if (showing_) update();
}

void ProgressLine::finish() {
    working_ = false;
    showing_ = false;
    fraction_ = -1;
    delay_.stop();
    animation_.stop();
    update();
}

QSize ProgressLine::sizeHint() const {
    return {12 * gridStep, 3};
}

void ProgressLine::paintEvent(QPaintEvent*) {
    if (!showing_) return;
    QPainter p(this);
    p.fillRect(rect(), theme().raised);
    if (fraction_ >= 0) {
        p.fillRect(QRectF(0, 0, width() * fraction_, height()), theme().selection);
    } else {
        const double length = width() * 0.25;
        p.fillRect(QRectF(position_ * (width() + length) - length, 0, length, height()), theme().selection);
    }
}

} // namespace balmer::widgets

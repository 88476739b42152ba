#include "app/desktop/pictures/screenshots.h"

#include <utility>

#include <QAbstractButton>
#include <QPixmap>

#include "app/desktop/place/place.h"
#include "app/desktop/shell/main_window.h"

namespace balmer::desktop {

namespace {

constexpr int lookMilliseconds = 60;
/// So many looks in a row must find everything settled: what has arrived has then been drawn and has faded
/// in.
constexpr int quietLooksWanted = 8;
constexpr qint64 patienceMilliseconds = 120000;

} // namespace

Screenshots::Screenshots(MainWindow& window, QString folder, QObject* parent)
    : QObject(parent), window_(window), folder_(std::move(folder)) {
    timer_.setInterval(lookMilliseconds);
    connect(&timer_, &QTimer::timeout, this, &Screenshots::look);
}

void Screenshots::start() {
    window_.showPlace(window_.places().front()->key());
    here_.start();
    timer_.start();
}

void Screenshots::look() {
    Place* place = window_.places()[place_];
    if (here_.elapsed() > patienceMilliseconds) {
        timer_.stop();
        Q_EMIT finished(tr("The place %1 did not settle within %2 s.")
                            .arg(place->key())
                            .arg(patienceMilliseconds / 1000));
        return;
    }
    if (!window_.settled()) {
        quietLooks_ = 0;
        return;
    }
    if (++quietLooks_ < quietLooksWanted) return;
    quietLooks_ = 0;
    if (!std::exchange(shown_, true)) {
        place->showSomething();
        return;
    }
    // A pointer that happens to lie over the window is no part of the picture.
    for (auto* button : window_.findChildren<QAbstractButton*>())
        button->setAttribute(Qt::WA_UnderMouse, false);
    const QString file = QStringLiteral("%1/%2.png").arg(folder_, place->key());
    if (!window_.grab().save(file, "PNG")) {
        timer_.stop();
        Q_EMIT finished(tr("%1 cannot be written: check the folder and its free space.").arg(file));
        return;
    }
    shown_ = false;
    if (++place_ == window_.places().size()) {
        timer_.stop();
        Q_EMIT finished({});
        return;
    }
    window_.showPlace(window_.places()[place_]->key());
    here_.start();
}

} // namespace balmer::desktop

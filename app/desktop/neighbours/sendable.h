// What there is to send to other programs where the user is, and the menu that sends it. UI thread.
#pragma once

#include <vector>

#include <QString>
#include <QStringList>

#include "engine/api/neighbours.h"

class QMenu;

namespace balmer::bridge {
class NeighbourLink;
}

namespace balmer::desktop {

struct Sendable {
    QString current;      ///< a spectrum; "" for none
    QStringList selected; ///< spectra
    struct List {
        QString title; ///< "what the table shows (1 403)"
        api::TableChoice table;
    };
    std::vector<List> lists; ///< tables behind what is in sight
};

/// Fills the menu anew with what can be sent to whom; where nobody listens, with the next step instead.
void fillSendMenu(QMenu& menu, bridge::NeighbourLink& link, const Sendable& what);

} // namespace balmer::desktop

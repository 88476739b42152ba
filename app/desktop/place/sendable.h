// What there is to send to other programs where the user is. A value; UI thread.
#pragma once

#include <vector>

#include <QString>
#include <QStringList>

#include "engine/api/neighbours.h"

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

} // namespace balmer::desktop

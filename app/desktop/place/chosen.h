// What views of the shared selection highlight, and lists of spectra that are to be labelled. Values.
#pragma once

#include <string>
#include <vector>

#include <QString>
#include <QStringList>

namespace balmer::desktop {

struct Chosen {
    QStringList ids; ///< the current one alone, where the selection has no more than one
    QString current; ///< "": none
};

/// Spectra to be labelled one after the other.
struct LabelList {
    QString title; ///< "selection", "snr > 10"
    std::vector<std::string> ids;
    QString start;                         ///< the first to be shown; "": the first without a label
    std::vector<std::string> reasons = {}; ///< why each is listed, a sentence's part; or empty
};

} // namespace balmer::desktop

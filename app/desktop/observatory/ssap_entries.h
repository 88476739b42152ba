// SsapEntries: what stands in the form of a question to an SSAP service, and the question that it means.
//
// Values and pure functions; any thread.
#pragma once

#include <string>
#include <vector>

#include <QString>
#include <QStringList>

#include "engine/vo/ssap/spectrum_list.h"
#include "engine/vo/ssap/ssap_query.h"

namespace balmer::desktop {

struct SsapEntries {
    QString positions; ///< one a line: "83.633 22.014" or "Crab = 05:34:31.9 +22:00:52"
    QString size;      ///< a number, or with its unit as vo::parseAngle reads it
    QString sizeUnit = QStringLiteral("deg"); ///< of a bare number: "deg", "arcmin", "arcsec"
    QString from, to;                         ///< ends of the band; "": open
    bool nanometres = false;                  ///< instead of ångström
    QString time, target, collection, format;
    int mostRows = 0; ///< 0: as many as the service gives
};

struct SsapQuestion {
    vo::SsapQuery query;
    /// One a position: its name, otherwise what was typed.
    QStringList names;
    /// The field that cannot be understood: "positions", "size", "from", "to", "time"; "" when all can.
    QString field;
    QString trouble; ///< a sentence about it
};

SsapQuestion understand(const SsapEntries& entries);

/// For each row the name of the asked position that is nearest to it; nothing at all where fewer than two
/// were asked for.
std::vector<std::string> nearestNames(const vo::SpectrumList& list, const vo::SsapQuery& query,
                                      const QStringList& names);

} // namespace balmer::desktop

#include "app/desktop/observatory/ssap_entries.h"

#include <QCoreApplication>

#include "app/bridge/display_text.h"
#include "engine/core/text_number.h"

namespace balmer::desktop {

using bridge::plain;
using bridge::text;

namespace {

constexpr double angstromInNanometre = 10;

QString tr(const char* words) {
    return QCoreApplication::translate("SsapEntries", words);
}

struct Refusal {
    QString field, trouble;
};

std::optional<Refusal> readPositions(const QString& lines, SsapQuestion& question) {
    int number = 0;
    for (const QString& line : lines.split('\n')) {
        ++number;
        const QString entry = line.trimmed();
        if (entry.isEmpty() || entry.startsWith('#')) continue;
        const qsizetype equals = entry.indexOf('=');
        const QString name = entry.left(std::max<qsizetype>(0, equals)).trimmed();
        const QString where = entry.mid(equals + 1).trimmed();
        const auto position = vo::parsePosition(plain(where));
        if (!position)
            return Refusal{QStringLiteral("positions"),
                           tr("Line %1: %2").arg(number).arg(bridge::errorSentence(position.error()))};
        question.query.positions.push_back(*position);
        question.names << (name.isEmpty() ? where : name);
    }
    return {};
}

std::optional<Refusal> readSize(const SsapEntries& entries, vo::SsapQuery& query) {
    const QString typed = entries.size.trimmed();
    if (typed.isEmpty()) return {};
    const QString field = QStringLiteral("size");
    const bool bare = core::parseDouble(plain(typed)).has_value();
    const auto degrees = vo::parseAngle(plain(bare ? typed + entries.sizeUnit : typed));
    if (!degrees) return Refusal{field, bridge::errorSentence(degrees.error())};
    if (query.positions.empty())
        return Refusal{field, tr("A size needs a position: it is the diameter of the region around it.")};
    query.diameterDegrees = *degrees;
    return {};
}

std::optional<Refusal> readBandEnd(const QString& typed, const QString& field, bool nanometres,
                                   std::optional<double>& end) {
    if (typed.trimmed().isEmpty()) return {};
    const auto value = core::parseDouble(plain(typed));
    if (!value || !(*value > 0))
        return Refusal{
            field, tr("“%1” is not a wavelength: write a number, as %2.")
                       .arg(typed.trimmed(), nanometres ? QStringLiteral("656.3") : QStringLiteral("6563"))};
    end = nanometres ? *value * angstromInNanometre : *value;
    return {};
}

std::optional<Refusal> fill(const SsapEntries& entries, SsapQuestion& question) {
    vo::SsapQuery& query = question.query;
    if (auto wrong = readPositions(entries.positions, question)) return wrong;
    if (auto wrong = readSize(entries, query)) return wrong;
    if (auto wrong =
            readBandEnd(entries.from, QStringLiteral("from"), entries.nanometres, query.fromAngstrom))
        return wrong;
    if (auto wrong = readBandEnd(entries.to, QStringLiteral("to"), entries.nanometres, query.toAngstrom))
        return wrong;
    if (query.fromAngstrom && query.toAngstrom && *query.fromAngstrom > *query.toAngstrom)
        return Refusal{QStringLiteral("to"),
                       tr("The band ends before it begins: give the shorter wavelength first.")};
    if (const auto valid = query.validate(); !valid)
        return Refusal{query.diameterDegrees ? QStringLiteral("size") : QStringLiteral("positions"),
                       bridge::errorSentence(valid.error())};
    query.target = plain(entries.target.trimmed());
    query.collection = plain(entries.collection.trimmed());
    query.format = plain(entries.format);
    if (entries.mostRows > 0) query.mostRows = std::size_t(entries.mostRows);
    query.time = plain(entries.time.trimmed());
    if (const auto valid = query.validate(); !valid)
        return Refusal{QStringLiteral("time"), bridge::errorSentence(valid.error())};
    return {};
}

} // namespace

SsapQuestion understand(const SsapEntries& entries) {
    SsapQuestion question;
    if (const auto wrong = fill(entries, question)) {
        question.field = wrong->field;
        question.trouble = wrong->trouble;
    }
    return question;
}

std::vector<std::string> nearestNames(const vo::SpectrumList& list, const vo::SsapQuery& query,
                                      const QStringList& names) {
    std::vector<std::string> nearest;
    if (query.positions.size() < 2) return nearest;
    nearest.resize(list.rows.size());
    for (std::size_t i = 0; i < list.rows.size(); ++i) {
        if (!list.rows[i].position) continue;
        double best = 0;
        std::optional<std::size_t> which;
        for (std::size_t p = 0; p < query.positions.size(); ++p) {
            const double distance = spectrum::separationArcsec(*list.rows[i].position, query.positions[p]);
            if (which && distance >= best) continue;
            best = distance;
            which = p;
        }
        nearest[i] = plain(names.value(qsizetype(*which)));
    }
    return nearest;
}

} // namespace balmer::desktop

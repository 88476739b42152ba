#include "app/desktop/data/spectrum_facts.h"

#include "app/bridge/display_text.h"
#include "engine/spectrum/sky_position.h"

namespace balmer::desktop {

using bridge::numberText;
using bridge::text;

namespace {

const QString absent = QStringLiteral("–");

QString orAbsent(const QString& value) {
    return value.isEmpty() ? absent : value;
}

} // namespace

SpectrumFacts observedFacts(const api::SpectrumRow& row) {
    QString observed = text(row.observed);
    observed.replace('T', ' ');
    if (observed.size() > 16) observed.truncate(16);
    if (!observed.isEmpty()) observed += QStringLiteral(" UTC");
    return {
        {QStringLiteral("object"), orAbsent(text(row.object))},
        {QStringLiteral("position"), row.position ? text(spectrum::formatPosition(*row.position)) : absent},
        {QStringLiteral("observed"), orAbsent(observed)},
        {QStringLiteral("class"), orAbsent(text(row.spectralClass))},
        {QStringLiteral("S/N"), orAbsent(numberText(row.signalToNoise, 1))},
        {QStringLiteral("magnitude"), orAbsent(numberText(row.magnitude, 2))},
        {QStringLiteral("redshift"), orAbsent(numberText(row.redshift, 6))},
        {QStringLiteral("survey"), orAbsent(text(row.survey))},
        {QStringLiteral("survey id"), orAbsent(text(row.surveyId))},
        {QStringLiteral("collection"), orAbsent(text(row.collection))},
    };
}

SpectrumFacts judgedFacts(const api::SpectrumRow& row) {
    QString predicted = text(row.predicted);
    if (row.probability) predicted += QStringLiteral(" (p = %1)").arg(numberText(row.probability, 3));
    return {
        {QStringLiteral("label"), orAbsent(text(row.label))},
        {QStringLiteral("flags"), orAbsent(text(row.flags))},
        {QStringLiteral("predicted"), orAbsent(predicted)},
        {QStringLiteral("entropy"), orAbsent(numberText(row.entropy, 3))},
        {QStringLiteral("comment"), orAbsent(text(row.comment))},
    };
}

} // namespace balmer::desktop

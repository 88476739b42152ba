#include "app/bridge/plotted.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QRegularExpression>

#include "app/bridge/display_text.h"

namespace balmer::bridge {

namespace {

std::vector<float> errorsOf(const std::vector<float>& inverseVariance) {
    std::vector<float> errors(inverseVariance.size());
    std::transform(inverseVariance.begin(), inverseVariance.end(), errors.begin(), [](float ivar) {
        return ivar > 0 ? 1.0F / std::sqrt(ivar) : std::numeric_limits<float>::quiet_NaN();
    });
    return errors;
}

} // namespace

widgets::PlottedSpectrum plotted(const spectrum::Spectrum& spectrum, const QString& id) {
    widgets::PlottedSpectrum plot;
    plot.id = id;
    plot.name = id;
    const spectrum::SpectralAxis axis = spectrum.axis.inVacuum();
    plot.wavelength.assign(axis.wavelengthAngstrom().begin(), axis.wavelengthAngstrom().end());
    plot.flux = spectrum.flux;
    plot.error = errorsOf(spectrum.inverseVariance);
    plot.mask.resize(spectrum.size());
    for (std::size_t i = 0; i < spectrum.size(); ++i)
        plot.mask[i] = spectrum.good(i) ? 0 : 1;
    return plot;
}

widgets::PlottedSpectrum plotted(const api::WindowRow& row) {
    widgets::PlottedSpectrum plot;
    plot.id = text(row.id);
    plot.name = plot.id;
    plot.wavelength = row.wavelengthAngstrom;
    plot.flux = row.flux;
    plot.error = errorsOf(row.inverseVariance);
    plot.mask.assign(row.mask.begin(), row.mask.end());
    return plot;
}

QString wavelengthLabel(bool vacuum) {
    return vacuum ? QStringLiteral("λ (vacuum) [Å]") : QStringLiteral("λ [Å]");
}

QString fluxLabel(const QString& unit) {
    QString shown = unit.trimmed();
    if (shown.isEmpty()) return QStringLiteral("flux [arbitrary units]");
    static const QRegularExpression tenTo(
        QStringLiteral("(?:1(?:\\.0*)?[eE]|10\\s*(?:\\^|\\*\\*)\\s*\\(?)([+-]?\\d+)\\)?"));
    static const QRegularExpression power(
        QStringLiteral("(?<=[A-Za-zÅ])\\s*(?:(?:\\^|\\*\\*)\\s*\\(?|(?=\\(?-)\\(?)([+-]?\\d+)\\)?"));
    static const auto raised = [](const QString& digits) {
        static const QString plainDigits = QStringLiteral("-+0123456789"),
                             high = QStringLiteral("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹");
        QString result;
        for (const QChar digit : digits)
            if (digit != '+') result += high[plainDigits.indexOf(digit)];
        return result;
    };
    const auto replaced = [](const QString& in, const QRegularExpression& what, const QString& before) {
        QString out;
        qsizetype from = 0;
        for (auto matches = what.globalMatch(in); matches.hasNext();) {
            const auto match = matches.next();
            out += in.mid(from, match.capturedStart() - from) + before + raised(match.captured(1));
            from = match.capturedEnd();
        }
        return out + in.mid(from);
    };
    shown = replaced(shown, tenTo, QStringLiteral("10"));
    shown = replaced(shown, power, QString());
    shown.replace(QRegularExpression(QStringLiteral("\\b[Aa]ng(?:strom)?s?\\b")), QStringLiteral("Å"));
    return QStringLiteral("flux [%1]").arg(shown);
}

std::vector<float> thumbnail(const std::vector<float>& flux, std::size_t points) {
    if (flux.size() <= points) return flux;
    std::vector<float> means(points);
    for (std::size_t i = 0; i < points; ++i) {
        const std::size_t from = i * flux.size() / points, to = (i + 1) * flux.size() / points;
        double sum = 0;
        for (std::size_t j = from; j < to; ++j)
            sum += double(flux[j]);
        means[i] = float(sum / double(to - from));
    }
    return means;
}

} // namespace balmer::bridge

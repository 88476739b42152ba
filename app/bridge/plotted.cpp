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

widgets::PlottedSpectrum scaledPart(const widgets::PlottedSpectrum& whole, double lower, double upper) {
    widgets::PlottedSpectrum part = whole;
    const auto& axis = whole.wavelength;
    auto first = std::lower_bound(axis.begin(), axis.end(), lower) - axis.begin();
    auto end = std::upper_bound(axis.begin(), axis.end(), upper) - axis.begin();
    if (end - first < 2) {
        first = 0;
        end = std::ptrdiff_t(axis.size());
    }
    const auto cut = [&](auto& values) {
        if (values.size() != axis.size()) return;
        values.erase(values.begin() + end, values.end());
        values.erase(values.begin(), values.begin() + first);
    };
    cut(part.flux);
    cut(part.error);
    cut(part.mask);
    part.wavelength.assign(axis.begin() + first, axis.begin() + end);
    float low = std::numeric_limits<float>::infinity(), high = -low;
    for (std::size_t i = 0; i < part.flux.size(); ++i) {
        if (part.masked(i) || !std::isfinite(part.flux[i])) continue;
        low = std::min(low, part.flux[i]);
        high = std::max(high, part.flux[i]);
    }
    if (!(high > low)) return part;
    for (float& flux : part.flux)
        flux = 2 * (flux - low) / (high - low) - 1;
    for (float& error : part.error)
        error *= 2 / (high - low);
    return part;
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

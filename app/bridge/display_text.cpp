#include "app/bridge/display_text.h"

#include <algorithm>
#include <cmath>

#include <QDateTime>
#include <QJsonDocument>
#include <QLocale>
#include <QObject>

#include "engine/core/amount_text.h"

namespace balmer::bridge {

namespace {

QDateTime parsed(const std::string& iso) {
    return QDateTime::fromString(text(iso), Qt::ISODateWithMs);
}

} // namespace

QString countText(std::size_t count) {
    QString digits = QString::number(count);
    for (qsizetype at = digits.size() - 3; at > 0; at -= 3)
        digits.insert(at, QChar(0x202F));
    return digits;
}

QString countText(std::size_t count, const QString& one, const QString& many) {
    return countText(count) + QChar(0x00A0) + (count == 1 ? one : many);
}

QString numberText(std::optional<double> value, int digits) {
    if (!value || !std::isfinite(*value)) return {};
    QString number = QString::number(*value, 'f', digits);
    if (number.startsWith('-')) number.replace(0, 1, QChar(0x2212));
    return number;
}

QString durationText(double seconds) {
    return text(core::durationText(seconds));
}

QString timeText(const std::string& iso) {
    const QDateTime time = parsed(iso);
    if (!time.isValid()) return text(iso);
    const QDateTime local = time.toLocalTime();
    const bool thisYear = local.date().year() == QDate::currentDate().year();
    return QLocale::c().toString(local, thisYear ? "d MMM HH:mm" : "d MMM yyyy HH:mm");
}

QString clockText(const std::string& iso) {
    const QDateTime time = parsed(iso);
    if (!time.isValid() || time.toLocalTime().date() != QDate::currentDate()) return timeText(iso);
    return QLocale::c().toString(time.toLocalTime(), "HH:mm");
}

std::optional<double> secondsBetween(const std::string& start, const std::string& end) {
    const QDateTime from = parsed(start);
    const QDateTime to = end.empty() ? QDateTime::currentDateTimeUtc() : parsed(end);
    if (!from.isValid() || !to.isValid()) return {};
    return double(from.msecsTo(to)) / 1000.0;
}

QString bytesText(qint64 bytes) {
    return text(core::bytesText(std::uint64_t(std::max<qint64>(0, bytes))));
}

QString errorSentence(const core::Error& error) {
    QString sentence = text(error.message());
    // An address is written as it is.
    if (!sentence.isEmpty() && !sentence.section(' ', 0, 0).contains(QLatin1String("://")))
        sentence[0] = sentence[0].toUpper();
    if (!sentence.isEmpty() && !sentence.endsWith('.') && !sentence.endsWith('?')) sentence += '.';
    return sentence;
}

QString errorText(const core::Error& error) {
    QString all = errorSentence(error);
    for (const auto& context : error.context())
        all += "\nWhile " + text(context) + '.';
    return all;
}

QString listTitle(active::RoundList list) {
    switch (list) {
    case active::RoundList::Oracle:
        return QObject::tr("Asked by the oracle");
    case active::RoundList::PerformanceEstimate:
        return QObject::tr("Performance estimate");
    case active::RoundList::Candidates:
        return QObject::tr("Candidates");
    }
    return {};
}

QStringList listItems(const QString& commaSeparated) {
    QStringList items;
    for (const QString& item : commaSeparated.split(',', Qt::SkipEmptyParts))
        if (const QString trimmed = item.trimmed(); !trimmed.isEmpty()) items << trimmed;
    items.removeDuplicates();
    return items;
}

QString indentedJson(const std::string& json) {
    const QJsonDocument document = QJsonDocument::fromJson(QByteArray::fromStdString(json));
    if (document.isNull()) return text(json);
    return QString::fromUtf8(document.toJson(QJsonDocument::Indented)).trimmed();
}

} // namespace balmer::bridge

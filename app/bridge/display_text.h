// Text as the desktop shows it: strings between std and Qt, numbers with the digits they deserve, times and
// durations.
//
// Pure functions; any thread. Numbers are written locale-free, thousands parted by a narrow space.
#pragma once

#include <optional>
#include <string>

#include <QString>
#include <QStringList>

#include "engine/active/label_event.h"
#include "engine/core/result.h"

namespace balmer::bridge {

inline QString text(const std::string& value) {
    return QString::fromUtf8(value.data(), qsizetype(value.size()));
}
inline std::string plain(const QString& value) {
    return value.toStdString();
}

/// "12 936"
QString countText(std::size_t count);
/// "1 spectrum", "12 936 spectra"
QString countText(std::size_t count, const QString& one, const QString& many);
/// digits after the point; "" for an absent number
QString numberText(std::optional<double> value, int digits);
/// "0.3 s", "12 s", "3 min 05 s", "2 h 14 min"
QString durationText(double seconds);
/// From "2026-11-22T14:16:03.250Z" to "22 Nov 14:16" in local time; the text itself when it is not a time.
QString timeText(const std::string& iso);
/// The same without the day where it is today: "14:16".
QString clockText(const std::string& iso);
/// Seconds between two such times; an empty end means now. Nothing where one cannot be read.
std::optional<double> secondsBetween(const std::string& start, const std::string& end);
/// "134 GB"
QString bytesText(qint64 bytes);

/// "The sentence." and, on further lines, where it happened, innermost first.
QString errorText(const core::Error& error);
/// One line: the message alone.
QString errorSentence(const core::Error& error);

/// "Asked by the oracle": a list of a round for people.
QString listTitle(active::RoundList list);

/// Items of "a, b, c" without blanks around them and without empty ones.
QStringList listItems(const QString& commaSeparated);

/// Indented JSON of a JSON text; the text itself where it is none.
QString indentedJson(const std::string& json);

} // namespace balmer::bridge

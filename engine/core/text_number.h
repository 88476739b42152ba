// Numbers as text, without a locale: what is written here is read here, whatever the user's language.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace balmer::core {

/// Surrounding white space and a leading '+' are allowed; nan, inf in any case; nothing else may follow.
std::optional<double> parseDouble(std::string_view text);
std::optional<std::int64_t> parseInteger(std::string_view text);

/// The shortest text that reads back as the same number.
std::string formatDouble(double value);
std::string formatFloat(float value);
/// Fixed point with so many digits after it.
std::string formatFixed(double value, int digits);

std::string_view trimmed(std::string_view text);
/// "a, b,c" at ',' gives {"a", "b", "c"}: pieces are trimmed, empty ones kept. Empty text gives no piece.
std::vector<std::string> splitList(std::string_view text, char separator = ',');
/// The same at ',' with quoting as in CSV: `other,"peak, double"` gives {"other", "peak, double"}; a
/// quotation mark inside a quotation is written twice. Nothing where a quotation does not end, or text
/// follows it.
std::optional<std::vector<std::string>> splitQuoted(std::string_view text);
/// The inverse: quotes where it is needed.
std::string joinQuoted(const std::vector<std::string>& pieces);
std::string lowerCase(std::string_view text);

} // namespace balmer::core

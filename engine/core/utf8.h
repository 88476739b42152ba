// Text in UTF-8: what of it is valid, where its letters end, and names as they are kept and compared.
//
// Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"

namespace balmer::core {

/// The bytes of the letter at the beginning; 0 where there is none (RFC 3629: no overlong forms, no
/// surrogates, nothing beyond U+10FFFF).
std::size_t letterBytes(std::string_view text);
bool isUtf8(std::string_view text);

/// The beginning of the text, at most so many bytes of it and only whole letters.
std::string_view clipped(std::string_view text, std::size_t mostBytes);

enum class Lines { One, Many };
/// The text as a terminal, a log and a JSON string may have it: what would move the cursor, end the line,
/// turn the direction of writing, hide, or is no UTF-8 becomes a visible escape: \n, \t, \x1b, \u202e. With
/// Many line breaks stay. JSON text (with Many) comes out as JSON of the same value.
std::string visible(std::string_view text, Lines lines = Lines::One);

/// The text in composed letters (Unicode's form NFC), in which two spellings of one word are the same bytes.
/// What is not UTF-8 comes back as it is.
std::string composed(std::string_view text);

/// A name of a class or a spectrum as it is kept and compared: composed letters, no blanks about it, one
/// blank for each run of blanks, line breaks and control characters inside; invisible marks (a byte-order
/// mark, a zero-width space, one that turns the direction of writing) left out. May come out empty.
/// Errors: InvalidArgument for what is not UTF-8.
Result<std::string> tidyName(std::string_view text);
Result<std::vector<std::string>> tidyNames(const std::vector<std::string>& texts);

} // namespace balmer::core

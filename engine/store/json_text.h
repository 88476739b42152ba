// JSON as the store's tables hold it: lists of texts, and header cards. Private to the store.
//
// Written here, read by SQLite's own json_each. Bytes that are not UTF-8 become U+FFFD: any reader can read
// the tables.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/spectrum.h"

namespace balmer::store {

class Database;

std::string cleanText(std::string_view text);                    ///< valid UTF-8 without NUL
std::string jsonOf(std::span<const std::string> texts);          ///< ["a","b"]
std::string jsonOf(std::span<const spectrum::HeaderCard> cards); ///< [["KEY","value","comment"], …]
core::Result<std::vector<std::string>> textsFrom(Database& database, std::string_view json);
core::Result<std::vector<spectrum::HeaderCard>> cardsFrom(Database& database, std::string_view json);

} // namespace balmer::store

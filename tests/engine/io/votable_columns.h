// What Balmer reads from a VOTable as one line a column, the same as votable_columns.py says of astropy.
#pragma once

#include <string>
#include <vector>

#include "engine/io/votable.h"

namespace balmer::test {

/// "table TAB column TAB name TAB rows TAB digest"; tables in the order of the document.
std::vector<std::string> columnLines(const io::Votable& document);
/// All tables in the order of the document.
std::vector<const io::VotableTable*> tablesInOrder(const io::Votable& document);
/// The text of a cell that goes into the digest.
std::string cellText(const io::VotableTable& table, std::size_t row, std::size_t column);

} // namespace balmer::test

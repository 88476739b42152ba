// A document with a column of each type of VOTable, nulls and NaN among the values, and metadata of each
// kind.
#pragma once

#include "engine/io/votable.h"

namespace balmer::test {

/// Columns from this one on are arrays of fixed size.
inline constexpr std::size_t FIRST_FIXED_ARRAY = 15;

io::Votable allTypes();

} // namespace balmer::test

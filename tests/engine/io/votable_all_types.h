// A document with a column of each type of VOTable, nulls and NaN among the values, and metadata of each
// kind.
#pragma once

#include "engine/io/votable_writer.h"

namespace balmer::test {

/// For BINARY2 without the arrays of variable size that it is not written with. The columns from da3 on are
/// of fixed size.
io::Votable allTypes(io::VotableData data);

} // namespace balmer::test

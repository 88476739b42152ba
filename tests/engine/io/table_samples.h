// A small table with everything that a written one can have.
#pragma once

#include <cmath>

#include "engine/io/table_formats.h"

namespace balmer::test {

inline io::WrittenTable sampleTable() {
    io::WrittenTable table{"catalogue", {}};
    table.columns.push_back(
        {"id", "", "meta.id;meta.main", "the id", io::WrittenColumn::Texts{"a,1", "b", "c"}});
    table.columns.push_back({"ra", "deg", "pos.eq.ra;meta.main", "right ascension",
                             io::WrittenColumn::Numbers{301.1234567890123, std::nan(""), -0.5}});
    table.columns.push_back(
        {"round", "", "", "", io::WrittenColumn::Integers{1, std::nullopt, 299489677444933633}});
    table.columns.push_back(
        {"label", "", "", "", io::WrittenColumn::Texts{"\u00e9toile \"Be\"", "", "x <y>"}});
    return table;
}

} // namespace balmer::test

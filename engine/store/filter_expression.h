// Filter expressions: what a user writes after --where and in the table's filter, turned into parametrised
// SQL.
//
//     snr > 10 and class like 'A%' and label is null
//     survey in ('SDSS', 'LAMOST DR5') or not (mag between 12 and 15.5)
//     halpha-140.entropy > 0.5 and cone(301.15, 32.22, 30) and matches('hd 1906*')
//
//   expression := term { or term }          term := factor { and factor }
//   factor     := not factor | ( expression ) | comparison
//   comparison := NAME ( = | == | != | <> | < | <= | > | >= ) VALUE
//               | NAME [not] like TEXT | NAME [not] in ( VALUE, … ) | NAME [not] between VALUE and VALUE
//               | NAME is [not] null
//               | matches ( TEXT )                          words, all of which occur; 1906* is a beginning
//               | cone ( RA°, DEC°, RADIUS″ )
//   NAME       := a field below | COLUMN | DATASET.COLUMN   "in double quotes" where it has blanks
//   VALUE      := number | 'text' ('' is a quote)
//
// Fields:
// - texts: id object collection survey surveyid class rule date label flag file medium unit dataset warning
// - numbers: ra dec snr mag z mjd first last samples
// label is the class that stands; flag holds the words not-sure, bad, artefact, noteworthy, and `flag =
// 'bad'` asks whether the word is among them. warning is what the import had to say of a spectrum.
//
// Keywords, fields and the texts of like are compared without case, other texts exactly, classes in composed
// letters. An absent value makes every comparison false, but for text != …, which like `not text = …` keeps
// what has none: label != 'x' means all that are not called x, the unlabelled among them. An empty text
// counts as null. Nothing of the user's text becomes SQL: values are bound, names are looked up. Pure; any
// thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/core/result.h"
#include "engine/spectrum/sky_position.h"

namespace balmer::store {

/// The numbers of a dataset's column, shared with the SQL function that reads them.
struct ColumnValues {
    std::int64_t datasetKey = 0;         ///< the dataset, in the database
    std::vector<double> values;          ///< one a row; NaN: none
    std::vector<std::string> categories; ///< for a category column: value k is categories[k]
};

using FilterValue = std::variant<double, std::string, std::shared_ptr<const ColumnValues>>;

/// A condition about the table `spectrum`, for use after WHERE, with a value for each '?', in order.
struct FilterSql {
    std::string sql;
    std::vector<FilterValue> values;
};

/// Columns of datasets, by name; dataset is "" where the user named the column alone. Errors: NotFound, or
/// InvalidArgument when several datasets have such a column; the sentence goes to the user.
using ColumnLookup = std::function<core::Result<std::shared_ptr<const ColumnValues>>(
    std::string_view dataset, std::string_view column)>;

/// Errors: InvalidArgument, naming the position (from 1) and what would be right there.
core::Result<FilterSql> compileFilter(std::string_view expression, const ColumnLookup& columns);

/// The SQL of a field or column to sort by. Errors: InvalidArgument, listing the fields.
core::Result<FilterSql> compileSortKey(std::string_view name, const ColumnLookup& columns);

/// Positions within the radius. Errors: InvalidArgument for a radius or position that is none.
core::Result<FilterSql> coneFilter(const spectrum::SkyPosition& centre, double radiusArcsec);

/// The user's search words as an FTS5 query: every word must occur, `1906*` is a beginning; "" when there is
/// no word.
std::string searchQuery(std::string_view words);

} // namespace balmer::store

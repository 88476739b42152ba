#include "engine/store/sql_functions.h"

#include <sqlite3.h>

#include <cmath>
#include <memory>

#include "engine/spectrum/sky_position.h"
#include "engine/store/filter_expression.h"

namespace balmer::store {

const char* const columnPointer = "balmer-column";

namespace {

void columnValue(sqlite3_context* context, int, sqlite3_value** arguments) {
    const auto* column = static_cast<const ColumnValues*>(sqlite3_value_pointer(arguments[0], columnPointer));
    const auto row = sqlite3_value_int64(arguments[1]);
    if (column == nullptr || row < 0 || static_cast<std::size_t>(row) >= column->values.size())
        return; // NULL
    const double value = column->values[static_cast<std::size_t>(row)];
    if (std::isnan(value)) return;
    if (column->categories.empty()) {
        sqlite3_result_double(context, value);
        return;
    }
    if (value < 0 || value >= static_cast<double>(column->categories.size())) return;
    const auto& name = column->categories[static_cast<std::size_t>(value)];
    sqlite3_result_text(context, name.data(), static_cast<int>(name.size()), SQLITE_TRANSIENT);
}

void separation(sqlite3_context* context, int, sqlite3_value** arguments) {
    for (int i = 0; i < 4; ++i)
        if (sqlite3_value_type(arguments[i]) == SQLITE_NULL) return;
    const auto degrees = [&](int i) { return sqlite3_value_double(arguments[i]); };
    sqlite3_result_double(context,
                          spectrum::separationArcsec({degrees(0), degrees(1)}, {degrees(2), degrees(3)}));
}

} // namespace

int addFunctions(sqlite3* handle) {
    constexpr int traits = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_DIRECTONLY;
    const int code = sqlite3_create_function_v2(handle, "column_value", 2, traits, nullptr, columnValue,
                                                nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return code;
    return sqlite3_create_function_v2(handle, "separation_arcsec", 4, traits, nullptr, separation, nullptr,
                                      nullptr, nullptr);
}

} // namespace balmer::store

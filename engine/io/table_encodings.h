// The bytes of a table in each form (table_formats.h). Private to the module.
#pragma once

#include <string>

#include "engine/core/result.h"
#include "engine/io/table_formats.h"

namespace balmer::io {

/// Tables as TableWriting counts what it could not hold.
core::Result<std::string> tableAsText(const WrittenTable& table, char separator);
core::Result<std::string> tableAsJsonLines(const WrittenTable& table);
core::Result<std::string> tableAsFits(const WrittenTable& table, TableWriting& writing);
core::Result<std::string> tableAsVotable(const WrittenTable& table);
core::Result<std::string> tableAsHdf5(const WrittenTable& table);

} // namespace balmer::io

// From a VOTable to a SpectrumList: which column holds the addresses, what the service says of its status.
//
// Columns are found by utype without regard to prefix and case (Simple Spectral Access 1.1, table 1; ObsCore
// 1.1), then by UCD, then by name; addresses also by what the first rows hold. Functions without state; any
// thread.
#pragma once

#include <string>

#include "engine/core/result.h"
#include "engine/core/task_context.h"
#include "engine/io/byte_source.h"
#include "engine/vo/ssap/spectrum_list.h"

namespace balmer::vo {

/// document: the bytes of a VOTable, in gzip or not. address: where it came from (its final URL, or a file's
/// path); relative addresses are relative to it unless options.base is given, and where it is a file they
/// have trouble. The first table with a column of addresses counts, otherwise the last one.
///
/// Errors: Remote with the service's words where QUERY_STATUS is ERROR (also where INFO name="Error" says
/// so); Format for what is not a VOTable, or one without a table of columns;
/// InvalidArgument for a chosen column that is not there, naming those that are; ResourceExhausted for a
/// table of more than 10 000 columns; Cancelled; those of the source. A text of more than 4 KiB is cut there,
/// a longer identifier left out, and a longer address than 16 KiB is trouble. Stops within about a tenth of a
/// second wherever it is in the document.
core::Result<SpectrumList> readSpectrumList(io::ByteSource document, const std::string& address,
                                            const ListOptions& options, core::TaskContext& task);

} // namespace balmer::vo

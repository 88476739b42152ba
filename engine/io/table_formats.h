// Tables as other programs read them: the form is the one that the file's ending names.
//
//   ending                  form                       what no value is        read by
//   .csv  .tsv              text, commas or tabs       an empty cell           everything
//   .jsonl                  a JSON object a row        null                    pandas, jq
//   .fits .fit              FITS binary table          NaN, blank, TNULL       astropy, TOPCAT
//   .vot  .votable .xml     VOTable 1.4, TABLEDATA     an empty cell           astropy, TOPCAT, Aladin
//   .h5   .hdf5             HDF5, one compound         NaN, empty text         h5py, astropy
//                           dataset `table`
//
// Each is read back by table_reader.h. All but HDF5 may be packed: .csv.gz. Units, UCDs and descriptions go
// where the form has a place for them. FITS holds ASCII alone: other letters become '?', and the cells are
// counted. Values; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/core/result.h"

namespace balmer::io {

struct WrittenColumn {
    using Texts = std::vector<std::string>; ///< UTF-8; "" is not a value
    using Numbers = std::vector<double>;    ///< NaN is not a value
    using Integers = std::vector<std::optional<std::int64_t>>;

    std::string name, unit, ucd, description;
    std::variant<Texts, Numbers, Integers> cells;

    std::size_t rows() const;
};

struct WrittenTable {
    std::string name;
    std::vector<WrittenColumn> columns; ///< all of the same length
};

/// ".csv, .tsv, .jsonl, …"
std::string tableEndings();
/// "CSV, TSV, JSON lines, FITS, VOTable or HDF5".
std::string tableForms();
/// Whether a table can be written under this name. Errors: InvalidArgument, naming the endings.
core::Status checkTableFile(const std::filesystem::path& file);

struct TableWriting {
    std::string format;              ///< "CSV", "FITS", …
    std::size_t lettersReplaced = 0; ///< cells with letters that the form does not hold
};
/// Replaces the file as a whole (core::writeFile). Errors: InvalidArgument as above and for columns of
/// different length; Io; ResourceExhausted for more than 2 GiB to pack.
core::Result<TableWriting> writeTable(const std::filesystem::path& file, const WrittenTable& table);

} // namespace balmer::io

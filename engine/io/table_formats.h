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
// A form may also be asked for by its word; standard output ("-"), pipes and devices get CSV where it is not.
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
/// What TableForm::format may be.
std::vector<std::string> tableFormatWords();

struct TableForm {
    std::string format = "auto"; ///< auto: by the file's ending; csv, tsv, jsonl, fits, votable, hdf5
    /// CSV and TSV: texts that a spreadsheet would compute (=, +, -, @, tab or line break at the beginning,
    /// and no number) get an apostrophe before them. They do not come back as they were.
    bool forSpreadsheets = false;
};
/// Whether a table can be written so. Errors: InvalidArgument, naming the endings, or the forms.
core::Status checkTableFile(const std::filesystem::path& file, const TableForm& form = {});

struct TableWriting {
    std::string format;              ///< "CSV", "FITS", …
    std::size_t lettersReplaced = 0; ///< cells with letters that the form does not hold
};
/// Replaces the file as a whole (core::writeFile). Errors: InvalidArgument as above and for columns of
/// different length; Io; ResourceExhausted for more than 2 GiB to pack.
core::Result<TableWriting> writeTable(const std::filesystem::path& file, const WrittenTable& table,
                                      const TableForm& form = {});

} // namespace balmer::io

#include "engine/io/table_formats.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/files.h"
#include "engine/core/output_file.h"
#include "engine/core/text_number.h"
#include "engine/core/words.h"
#include "engine/io/file_bytes.h"
#include "engine/io/table_encodings.h"
#include "engine/io/table_text.h"

namespace balmer::io {

using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

constexpr int gzipLevel = 6;
constexpr std::string_view packed = ".gz", byEnding = "auto";

struct Format {
    std::string_view word, name;
    std::array<std::string_view, 3> endings; ///< "" where it has fewer
    bool mayBePacked;
    bool isText; ///< that a spreadsheet opens
    Result<std::string> (*encode)(const WrittenTable&, const TableForm&, TableWriting&);
};

const std::array<Format, 6>& formats() {
    static const std::array<Format, 6> all{{
        {"csv",
         "CSV",
         {".csv"},
         true,
         true,
         [](const auto& table, const auto& form, auto&) {
             return tableAsText(table, ',', form.forSpreadsheets);
         }},
        {"tsv",
         "TSV",
         {".tsv"},
         true,
         true,
         [](const auto& table, const auto& form, auto&) {
             return tableAsText(table, '\t', form.forSpreadsheets);
         }},
        {"jsonl",
         "JSON lines",
         {".jsonl"},
         true,
         false,
         [](const auto& table, const auto&, auto&) { return tableAsJsonLines(table); }},
        {"fits",
         "FITS",
         {".fits", ".fit"},
         true,
         false,
         [](const auto& table, const auto&, auto& writing) { return tableAsFits(table, writing); }},
        {"votable",
         "VOTable",
         {".vot", ".votable", ".xml"},
         true,
         false,
         [](const auto& table, const auto&, auto&) { return tableAsVotable(table); }},
        {"hdf5",
         "HDF5",
         {".h5", ".hdf5"},
         false,
         false,
         [](const auto& table, const auto&, auto&) { return tableAsHdf5(table); }},
    }};
    return all;
}

struct FormatAndPack {
    const Format* format = nullptr;
    bool pack = false;
};

Result<FormatAndPack> formatOf(const std::filesystem::path& file, const std::string& word) {
    auto name = core::lowerCase(file.filename().string());
    const bool pack = name.ends_with(packed);
    if (word != byEnding) {
        const auto* const format = std::find_if(formats().begin(), formats().end(),
                                                [&](const Format& each) { return each.word == word; });
        if (format == formats().end())
            return fail(ErrorCode::InvalidArgument, "no form of a table is called \"" + word + "\"; use " +
                                                        core::alternatives(tableFormatWords()));
        return FormatAndPack{format, pack && format->mayBePacked};
    }
    if (pack) name.erase(name.size() - packed.size());
    for (const auto& format : formats())
        for (const auto ending : format.endings)
            if (!ending.empty() && name.size() > ending.size() && name.ends_with(ending) &&
                (!pack || format.mayBePacked))
                return FormatAndPack{&format, pack};
    if (core::OutputFile::isStream(file)) return FormatAndPack{&formats().front(), false};
    return fail(ErrorCode::InvalidArgument,
                "the name of the file " + file.string() +
                    " must end in the form that it shall have: " + tableEndings());
}

Result<FormatAndPack> chosenFor(const std::filesystem::path& file, const TableForm& form) {
    BALMER_TRY(const auto chosen, formatOf(file, form.format));
    if (form.forSpreadsheets && !chosen.format->isText)
        return fail(ErrorCode::InvalidArgument, std::string(chosen.format->name) +
                                                    " has no texts that a spreadsheet would compute; leave "
                                                    "parameters.for_spreadsheets out");
    return chosen;
}

/// What spreadsheets take for a formula, unless it is a number.
bool isFormula(std::string_view text) {
    return !text.empty() && std::string_view("=+-@\t\r\n").find(text.front()) != std::string_view::npos &&
           !core::parseDouble(text);
}

} // namespace

std::size_t WrittenColumn::rows() const {
    return std::visit([](const auto& values) { return values.size(); }, cells);
}

std::string tableEndings() {
    std::string endings;
    for (const auto& format : formats())
        for (const auto ending : format.endings)
            if (!ending.empty()) endings += (endings.empty() ? "" : ", ") + std::string(ending);
    return endings + "; packed with " + std::string(packed) + " behind all but HDF5's";
}

std::string tableForms() {
    std::vector<std::string> names;
    for (const auto& format : formats())
        names.emplace_back(format.name);
    return core::alternatives(names);
}

std::vector<std::string> tableFormatWords() {
    std::vector<std::string> words{std::string(byEnding)};
    for (const auto& format : formats())
        words.emplace_back(format.word);
    return words;
}

core::Status checkTableFile(const std::filesystem::path& file, const TableForm& form) {
    BALMER_TRY([[maybe_unused]] const auto chosen, chosenFor(file, form));
    return {};
}

Result<TableWriting> writeTable(const std::filesystem::path& file, const WrittenTable& table,
                                const TableForm& form) {
    BALMER_TRY(const auto chosen, chosenFor(file, form));
    for (const auto& column : table.columns)
        if (column.rows() != table.columns.front().rows())
            return fail(ErrorCode::InvalidArgument, "the columns " + table.columns.front().name + " and " +
                                                        column.name + " are not of the same length");
    TableWriting writing;
    writing.format = chosen.format->name;
    BALMER_TRY(auto bytes, chosen.format->encode(table, form, writing));
    if (chosen.pack) {
        BALMER_TRY(bytes, gzip(bytes, gzipLevel));
    }
    BALMER_CHECK(core::writeFile(file, bytes));
    return writing;
}

Result<std::string> tableAsText(const WrittenTable& table, char separator, bool forSpreadsheets) {
    const auto harmless = [forSpreadsheets](const std::string& text) {
        return forSpreadsheets && isFormula(text) ? "'" + text : text;
    };
    TableText text;
    const auto rows = table.columns.empty() ? 0 : table.columns.front().rows();
    text.rows.assign(rows, std::vector<std::string>(table.columns.size()));
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        text.columns.push_back(harmless(table.columns[c].name));
        const auto& cells = table.columns[c].cells;
        for (std::size_t r = 0; r < rows; ++r) {
            auto& cell = text.rows[r][c];
            if (const auto* texts = std::get_if<WrittenColumn::Texts>(&cells))
                cell = harmless((*texts)[r]);
            else if (const auto* numbers = std::get_if<WrittenColumn::Numbers>(&cells))
                cell = std::isnan((*numbers)[r]) ? "" : core::formatDouble((*numbers)[r]);
            else if (const auto& whole = std::get<WrittenColumn::Integers>(cells)[r])
                cell = std::to_string(*whole);
        }
    }
    return formatTableText(text, separator);
}

} // namespace balmer::io

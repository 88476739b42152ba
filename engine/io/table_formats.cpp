#include "engine/io/table_formats.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/core/files.h"
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
constexpr std::string_view packed = ".gz";

struct Format {
    std::string_view name;
    std::array<std::string_view, 3> endings; ///< "" where it has fewer
    bool mayBePacked;
    Result<std::string> (*encode)(const WrittenTable&, TableWriting&);
};

const std::array<Format, 6>& formats() {
    static const std::array<Format, 6> all{{
        {"CSV", {".csv"}, true, [](const auto& table, auto&) { return tableAsText(table, ','); }},
        {"TSV", {".tsv"}, true, [](const auto& table, auto&) { return tableAsText(table, '\t'); }},
        {"JSON lines", {".jsonl"}, true, [](const auto& table, auto&) { return tableAsJsonLines(table); }},
        {"FITS", {".fits", ".fit"}, true, &tableAsFits},
        {"VOTable",
         {".vot", ".votable", ".xml"},
         true,
         [](const auto& table, auto&) { return tableAsVotable(table); }},
        {"HDF5", {".h5", ".hdf5"}, false, [](const auto& table, auto&) { return tableAsHdf5(table); }},
    }};
    return all;
}

struct FormatAndPack {
    const Format* format = nullptr;
    bool pack = false;
};

Result<FormatAndPack> formatOf(const std::filesystem::path& file) {
    auto name = core::lowerCase(file.filename().string());
    const bool pack = name.ends_with(packed);
    if (pack) name.erase(name.size() - packed.size());
    for (const auto& format : formats())
        for (const auto ending : format.endings)
            if (!ending.empty() && name.size() > ending.size() && name.ends_with(ending) &&
                (!pack || format.mayBePacked))
                return FormatAndPack{&format, pack};
    return fail(ErrorCode::InvalidArgument,
                "the name of the file " + file.string() +
                    " must end in the form that it shall have: " + tableEndings());
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

core::Status checkTableFile(const std::filesystem::path& file) {
    BALMER_TRY([[maybe_unused]] const auto chosen, formatOf(file));
    return {};
}

Result<TableWriting> writeTable(const std::filesystem::path& file, const WrittenTable& table) {
    BALMER_TRY(const auto chosen, formatOf(file));
    for (const auto& column : table.columns)
        if (column.rows() != table.columns.front().rows())
            return fail(ErrorCode::InvalidArgument, "the columns " + table.columns.front().name + " and " +
                                                        column.name + " are not of the same length");
    TableWriting writing;
    writing.format = chosen.format->name;
    BALMER_TRY(auto bytes, chosen.format->encode(table, writing));
    if (chosen.pack) {
        BALMER_TRY(bytes, gzip(bytes, gzipLevel));
    }
    BALMER_CHECK(core::writeFile(file, bytes));
    return writing;
}

Result<std::string> tableAsText(const WrittenTable& table, char separator) {
    TableText text;
    const auto rows = table.columns.empty() ? 0 : table.columns.front().rows();
    text.rows.assign(rows, std::vector<std::string>(table.columns.size()));
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        text.columns.push_back(table.columns[c].name);
        const auto& cells = table.columns[c].cells;
        for (std::size_t r = 0; r < rows; ++r) {
            auto& cell = text.rows[r][c];
            if (const auto* texts = std::get_if<WrittenColumn::Texts>(&cells))
                cell = (*texts)[r];
            else if (const auto* numbers = std::get_if<WrittenColumn::Numbers>(&cells))
                cell = std::isnan((*numbers)[r]) ? "" : core::formatDouble((*numbers)[r]);
            else if (const auto& whole = std::get<WrittenColumn::Integers>(cells)[r])
                cell = std::to_string(*whole);
        }
    }
    return formatTableText(text, separator);
}

} // namespace balmer::io

#include "engine/api/outgoing_files.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <map>

#include "engine/core/file.h"
#include "engine/core/output_file.h"
#include "engine/io/spectrum_writer.h"
#include "engine/io/votable_writer.h"

namespace balmer::api {

using core::ErrorCode;
using core::fail;
using core::Result;

namespace {

constexpr std::size_t askedAtOnce = 500;

/// "id in ('a', 'b')"
std::string filterFor(std::span<const std::string> ids) {
    std::string filter = "id in (";
    for (std::size_t i = 0; i < ids.size(); ++i) {
        filter += i == 0 ? "'" : ", '";
        for (const char c : ids[i])
            filter += c == '\'' ? "''" : std::string(1, c);
        filter += '\'';
    }
    return filter + ")";
}

/// Those that there are, in any order.
Result<std::vector<SpectrumRow>> rowsNamed(Workbench& workbench, std::span<const std::string> ids) {
    std::vector<SpectrumRow> rows;
    for (std::size_t first = 0; first < ids.size(); first += askedAtOnce) {
        const auto some = ids.subspan(first, std::min(askedAtOnce, ids.size() - first));
        BALMER_TRY(auto found, workbench.spectra().list(filterFor(some)));
        std::move(found.begin(), found.end(), std::back_inserter(rows));
    }
    return rows;
}

struct TableColumn {
    io::VotableField field;
    std::function<io::VotableCell(const SpectrumRow&)> cell;
};

io::VotableField textField(std::string name, std::string ucd, std::string description) {
    io::VotableField field;
    field.name = std::move(name);
    field.datatype = "char";
    field.arraysize = "*";
    field.ucd = std::move(ucd);
    field.description = std::move(description);
    return field;
}

io::VotableField numberField(std::string name, std::string unit, std::string ucd, std::string description) {
    io::VotableField field;
    field.name = std::move(name);
    field.datatype = "double";
    field.unit = std::move(unit);
    field.ucd = std::move(ucd);
    field.description = std::move(description);
    return field;
}

/// What XML can hold, in UTF-8: other bytes become '?'.
std::string writable(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = lead < 0x80    ? 1
                                   : lead >= 0xF0 ? 4
                                   : lead >= 0xE0 ? 3
                                   : lead >= 0xC2 ? 2
                                                  : 0;
        const bool whole = length > 0 && lead <= 0xF4 && i + length <= text.size() &&
                           std::all_of(text.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                       text.begin() + static_cast<std::ptrdiff_t>(i + length),
                                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; });
        // Surrogates, U+FFFE and U+FFFF, overlong forms and what lies beyond U+10FFFF.
        const auto second = whole && length > 1 ? static_cast<unsigned char>(text[i + 1]) : 0u;
        const bool wrong =
            (lead == 0xED && second >= 0xA0) || (lead == 0xE0 && second < 0xA0) ||
            (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second >= 0x90) ||
            (lead == 0xEF && second == 0xBF && static_cast<unsigned char>(text[i + 2]) >= 0xBE);
        const bool control = lead < 0x20 && lead != '\t' && lead != '\n';
        if (whole && !wrong && !control && lead != 0x7F)
            out.append(text, i, length);
        else
            out += '?';
        i += whole ? length : 1;
    }
    return out;
}

io::VotableCell cellOf(const std::string& text) {
    return text.empty() ? io::VotableCell() : io::VotableCell(std::string_view(text));
}
io::VotableCell cellOf(const std::optional<double>& number) {
    return number && std::isfinite(*number) ? io::VotableCell(*number) : io::VotableCell();
}

/// Views go into the row, whose texts are writable by now.
std::vector<TableColumn> tableColumns() {
    using Row = SpectrumRow;
    std::vector<TableColumn> columns{
        {textField("id", "meta.id;meta.main", "the spectrum's id in Balmer"),
         [](const Row& row) { return cellOf(row.id); }},
        {textField("name", "meta.id;src", "the object"), [](const Row& row) { return cellOf(row.object); }},
        {numberField("ra", "deg", "pos.eq.ra;meta.main", "right ascension"),
         [](const Row& row) {
             return row.position ? io::VotableCell(row.position->raDegrees) : io::VotableCell();
         }},
        {numberField("dec", "deg", "pos.eq.dec;meta.main", "declination"),
         [](const Row& row) {
             return row.position ? io::VotableCell(row.position->decDegrees) : io::VotableCell();
         }},
        {numberField("mag", "mag", "phot.mag", "magnitude, as the archive gives it"),
         [](const Row& row) { return cellOf(row.magnitude); }},
        {numberField("snr", "", "stat.snr", "signal to noise, as the archive gives it"),
         [](const Row& row) { return cellOf(row.signalToNoise); }},
        {numberField("redshift", "", "src.redshift", "redshift, as the archive gives it"),
         [](const Row& row) { return cellOf(row.redshift); }},
        {textField("observed", "time.start", "start of the exposure, UTC"),
         [](const Row& row) { return cellOf(row.observed); }},
        {textField("survey", "instr.obsty", "where it was observed"),
         [](const Row& row) { return cellOf(row.survey); }},
        {textField("class", "src.class", "class, as the archive gives it"),
         [](const Row& row) { return cellOf(row.spectralClass); }},
        {textField("label", "meta.code.class;meta.main", "class given by a person"),
         [](const Row& row) { return cellOf(row.label); }},
        {textField("predicted", "meta.code.class", "class that the newest scoring proposes"),
         [](const Row& row) { return cellOf(row.predicted); }},
        {numberField("probability", "", "stat.probability", "of the proposed class"),
         [](const Row& row) { return cellOf(row.probability); }}};
    columns[2].field.ref = columns[3].field.ref = "icrs";
    return columns;
}

core::Status writeRows(io::VotableWriter& writer, std::span<const SpectrumRow> rows,
                       std::span<const std::string> addresses, const std::string& name,
                       core::TaskContext& task) {
    auto columns = tableColumns();
    const bool anywhere =
        std::any_of(addresses.begin(), addresses.end(), [](const auto& address) { return !address.empty(); });
    io::VotableTable head;
    head.name = writable(name);
    for (const auto& column : columns)
        head.fields.push_back(column.field);
    if (anywhere) {
        head.fields.push_back(textField("accref", "meta.ref.url", "where the spectrum came from"));
        head.fields.back().utype = "ssa:Access.Reference";
    }
    io::VotableResource resource;
    resource.coordinateSystems.push_back({"icrs", "ICRS", "", ""});
    BALMER_CHECK(writer.begin({}));
    BALMER_CHECK(writer.beginResource(resource));
    BALMER_CHECK(writer.beginTable(head));
    std::vector<io::VotableCell> cells(head.fields.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i % 1000 == 0)
            BALMER_CHECK(
                task.checkpoint(static_cast<double>(i) / static_cast<double>(rows.size()), "writing"));
        auto row = rows[i];
        for (auto* text : {&row.id, &row.object, &row.observed, &row.survey, &row.spectralClass, &row.label,
                           &row.predicted})
            *text = writable(*text);
        for (std::size_t c = 0; c < columns.size(); ++c)
            cells[c] = columns[c].cell(row);
        const auto address = anywhere ? writable(addresses[i]) : std::string();
        if (anywhere) cells.back() = cellOf(address);
        BALMER_CHECK(writer.row(cells));
    }
    BALMER_CHECK(writer.endTable());
    BALMER_CHECK(writer.endResource());
    return writer.end();
}

} // namespace

OutgoingFolder::~OutgoingFolder() {
    if (!folder_.empty()) (void)core::removeTree(folder_);
}

Result<std::filesystem::path> OutgoingFolder::newFile(const std::string& ending) {
    if (folder_.empty()) {
        std::error_code error;
        auto pattern = (std::filesystem::temp_directory_path(error) / "balmer-outgoing-XXXXXX").string();
        if (error || ::mkdtemp(pattern.data()) == nullptr)
            return fail(ErrorCode::Io, "no temporary folder can be made for what is sent (" + pattern +
                                           "); check TMPDIR and the space there");
        folder_ = pattern;
    }
    return folder_ / (std::to_string(++files_) + ending);
}

Result<vo::SpectrumDescription> writeSpectrumFile(Workbench& workbench, const std::string& id,
                                                  const std::filesystem::path& file) {
    BALMER_TRY(auto spectrum, workbench.spectra().load(id));
    // The catalogue knows more than some files.
    BALMER_TRY(const auto row, workbench.spectra().row(id));
    auto& metadata = spectrum.metadata;
    metadata.id = id;
    if (metadata.object.empty()) metadata.object = row.object;
    if (!metadata.position) metadata.position = row.position;
    if (metadata.observed.empty()) metadata.observed = row.observed;
    if (metadata.survey.empty()) metadata.survey = row.survey;
    BALMER_CHECK(io::writeSpectrumTable(file, spectrum));
    vo::SpectrumDescription description;
    description.targetName = metadata.object.empty() ? id : metadata.object;
    if (!spectrum.inverseVariance.empty()) description.errorColumn = "ERR";
    description.axisUnit = "Angstrom";
    description.fluxUnit = metadata.fluxUnit;
    return description;
}

Result<std::vector<SpectrumRow>> rowsOf(Workbench& workbench, const TableChoice& choice) {
    if (choice.ids.empty()) {
        BALMER_TRY(auto rows, workbench.spectra().list(choice.where));
        if (rows.empty())
            return fail(ErrorCode::NotFound, choice.where.empty()
                                                 ? "the project has no spectrum"
                                                 : "no spectrum of the project meets " + choice.where);
        return rows;
    }
    BALMER_TRY(auto found, rowsNamed(workbench, choice.ids));
    std::map<std::string, const SpectrumRow*> byId;
    for (const auto& row : found)
        byId[row.id] = &row;
    std::vector<SpectrumRow> rows;
    for (const auto& id : choice.ids)
        if (const auto row = byId.find(id); row != byId.end()) rows.push_back(*row->second);
    if (rows.empty())
        return fail(ErrorCode::NotFound, "none of the chosen spectra is in the project any more");
    return rows;
}

core::Status writeTableFile(Workbench& workbench, std::span<const SpectrumRow> rows, const std::string& name,
                            const std::filesystem::path& file, core::TaskContext& task) {
    std::vector<std::string> ids;
    for (const auto& row : rows)
        ids.push_back(row.id);
    BALMER_TRY(const auto addresses, workbench.observatory().addresses(ids));
    BALMER_TRY(auto out, core::OutputFile::open(file));
    io::VotableWriter writer([&](std::string_view bytes) { return out.write(bytes); });
    BALMER_CHECK(writeRows(writer, rows, addresses, name, task));
    return out.finish();
}

Result<std::set<std::string>> knownIds(Workbench& workbench, std::span<const std::string> ids) {
    BALMER_TRY(const auto rows, rowsNamed(workbench, ids));
    std::set<std::string> known;
    for (const auto& row : rows)
        known.insert(row.id);
    return known;
}

} // namespace balmer::api

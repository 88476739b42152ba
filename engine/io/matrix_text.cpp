#include "engine/io/matrix_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_set>
#include <utility>

#include "engine/core/files.h"
#include "engine/core/output_file.h"
#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;

constexpr std::size_t LARGEST_MATRIX_BYTES = std::size_t{4} << 30;

// The cell up to the next comma or the line's end; quotes around it are dropped. Returns whether a comma
// followed.
bool takeCell(std::string_view& line, std::string& cell) {
    cell.clear();
    std::string_view rest = line.substr(std::min(line.find_first_not_of(' '), line.size()));
    if (rest.starts_with('"')) {
        std::size_t i = 1;
        for (; i < rest.size(); ++i) {
            if (rest[i] == '"') {
                if (i + 1 >= rest.size() || rest[i + 1] != '"') break;
                ++i;
            }
            cell += rest[i];
        }
        rest.remove_prefix(std::min(i + 1, rest.size()));
        const std::size_t comma = rest.find(',');
        line = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        return comma != std::string_view::npos;
    }
    const std::size_t comma = rest.find(',');
    cell = std::string(core::trimmed(rest.substr(0, comma)));
    line = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    return comma != std::string_view::npos;
}

std::string_view takeLine(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

std::string place(std::size_t line, std::size_t column) {
    return "line " + std::to_string(line) + ", column " + std::to_string(column);
}

// One number of a row, from the front of the line. Nothing for what is not a number; NaN for an empty cell.
std::optional<float> takeNumber(std::string_view& line, bool& more) {
    while (!line.empty() && line.front() == ' ')
        line.remove_prefix(1);
    float value = 0;
    const auto [end, status] = std::from_chars(line.data(), line.data() + line.size(), value);
    std::size_t used = static_cast<std::size_t>(end - line.data());
    if (status == std::errc{} && (used == line.size() || line[used] == ',')) {
        more = used < line.size();
        line.remove_prefix(more ? used + 1 : used);
        return value;
    }
    const std::size_t comma = line.find(',');
    const std::string_view cell = core::trimmed(line.substr(0, comma));
    more = comma != std::string_view::npos;
    line = more ? line.substr(comma + 1) : std::string_view{};
    if (cell.empty()) return std::numeric_limits<float>::quiet_NaN();
    const auto parsed = core::parseDouble(cell);
    return parsed ? std::optional(static_cast<float>(*parsed)) : std::nullopt;
}

bool needsQuotes(std::string_view text) {
    return text.find_first_of(",\"\r\n") != std::string_view::npos || text != core::trimmed(text);
}

void appendText(std::string& out, std::string_view text) {
    if (!needsQuotes(text)) {
        out += text;
        return;
    }
    out += '"';
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c == '\n' || c == '\r' ? ' ' : c;
    }
    out += '"';
}

core::Status checkAxis(std::span<const double> wavelength) {
    if (wavelength.empty()) return fail(ErrorCode::InvalidArgument, "a matrix needs at least one wavelength");
    for (std::size_t i = 0; i < wavelength.size(); ++i) {
        if (!std::isfinite(wavelength[i]) || (i > 0 && wavelength[i] <= wavelength[i - 1])) {
            return fail(ErrorCode::InvalidArgument,
                        "the wavelengths of a matrix must be finite and ascend; the " +
                            std::to_string(i + 1) + ". does not");
        }
    }
    return {};
}

} // namespace

core::Result<MatrixText> parseMatrixText(std::string_view text) {
    BALMER_CHECK(checkText(text));
    text = withoutByteOrderMark(text);
    MatrixText matrix;
    std::size_t lineNumber = 1;
    std::string_view header = takeLine(text);
    while (core::trimmed(header).empty() && !text.empty()) {
        header = takeLine(text);
        ++lineNumber;
    }

    bool withLabels = false;
    std::string cell;
    bool more = !header.empty();
    for (std::size_t column = 1; more; ++column) {
        more = takeCell(header, cell);
        if (column == 1) continue; // the id, whatever it is called
        const auto wavelength = core::parseDouble(cell);
        if (!wavelength && column == 2) {
            withLabels = true;
            continue;
        }
        if (!wavelength || !std::isfinite(*wavelength) || *wavelength <= 0) {
            return fail(
                ErrorCode::Format,
                place(lineNumber, column) + ": \"" + printable(cell.substr(0, 40)) +
                    "\" is not a wavelength; the first line must read id,label,<wavelengths in ångström>");
        }
        if (!matrix.wavelengthAngstrom.empty() && *wavelength <= matrix.wavelengthAngstrom.back()) {
            return fail(ErrorCode::Format, place(lineNumber, column) + ": the wavelengths do not ascend");
        }
        matrix.wavelengthAngstrom.push_back(*wavelength);
    }
    if (matrix.wavelengthAngstrom.empty()) {
        return fail(ErrorCode::Format,
                    "the first line names no wavelengths; it must read id,label,<wavelengths in ångström>");
    }

    const std::size_t columns = matrix.wavelengthAngstrom.size(), before = withLabels ? 2 : 1;
    std::vector<float> row(columns);
    std::unordered_set<std::string> seen;
    while (!text.empty()) {
        std::string_view line = takeLine(text);
        ++lineNumber;
        if (core::trimmed(line).empty()) continue;
        more = takeCell(line, cell);
        if (cell.empty()) return fail(ErrorCode::Format, place(lineNumber, 1) + ": the id is empty");
        if (!seen.insert(cell).second)
            return fail(ErrorCode::Format, place(lineNumber, 1) + ": the id \"" +
                                               printable(cell.substr(0, 60)) + "\" appears twice");
        matrix.ids.push_back(cell);
        if (withLabels) {
            if (!more)
                return fail(ErrorCode::Format, place(lineNumber, 2) + ": the row ends before its label");
            more = takeCell(line, cell);
            matrix.labels.push_back(cell);
        }
        for (std::size_t i = 0; i < columns; ++i) {
            if (!more) {
                return fail(ErrorCode::Format, "line " + std::to_string(lineNumber) + " has " +
                                                   std::to_string(i) + " values for " +
                                                   std::to_string(columns) + " wavelengths");
            }
            const std::string_view start = line;
            const auto value = takeNumber(line, more);
            if (!value) {
                return fail(ErrorCode::Format,
                            place(lineNumber, before + i + 1) + ": \"" +
                                printable(start.substr(0, std::min<std::size_t>(start.find(','), 40))) +
                                "\" is not a number");
            }
            row[i] = *value;
        }
        if (more) {
            return fail(ErrorCode::Format, "line " + std::to_string(lineNumber) + " has more than the " +
                                               std::to_string(columns) +
                                               " values that the first line has wavelengths for");
        }
        matrix.values.appendRow(row);
    }
    if (matrix.ids.empty())
        return fail(ErrorCode::Format, "the matrix has a first line with wavelengths and no row below it");
    return matrix;
}

core::Result<MatrixText> readMatrixText(const std::filesystem::path& file) {
    auto matrix = readText(file, LARGEST_MATRIX_BYTES).and_then(parseMatrixText);
    if (!matrix) matrix.error().during("reading " + file.string());
    return matrix;
}

struct MatrixTextWriter::State {
    core::OutputFile file;
    std::size_t columns = 0;
    bool withLabels = false, finished = false;
    std::string buffer;

    core::Status flush() {
        BALMER_CHECK(file.write(buffer));
        buffer.clear();
        return {};
    }
};

MatrixTextWriter::MatrixTextWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
MatrixTextWriter::MatrixTextWriter(MatrixTextWriter&&) noexcept = default;
MatrixTextWriter& MatrixTextWriter::operator=(MatrixTextWriter&&) noexcept = default;
MatrixTextWriter::~MatrixTextWriter() = default;

core::Result<MatrixTextWriter> MatrixTextWriter::create(const std::filesystem::path& file,
                                                        std::span<const double> wavelengthAngstrom,
                                                        bool withLabels) {
    BALMER_CHECK(checkAxis(wavelengthAngstrom));
    BALMER_TRY(auto output, core::OutputFile::open(file));
    auto state =
        std::make_unique<State>(State{std::move(output), wavelengthAngstrom.size(), withLabels, false, {}});
    state->buffer = withLabels ? "id,label" : "id";
    for (const double value : wavelengthAngstrom)
        state->buffer += "," + core::formatDouble(value);
    state->buffer += '\n';
    return MatrixTextWriter(std::move(state));
}

core::Status MatrixTextWriter::row(std::string_view id, std::string_view label,
                                   std::span<const float> values) {
    State& state = *state_;
    if (state.finished) return fail(ErrorCode::InvalidArgument, "the matrix is finished; no row can follow");
    if (values.size() != state.columns) {
        return fail(ErrorCode::InvalidArgument, "a row of " + std::to_string(values.size()) + " values for " +
                                                    std::to_string(state.columns) + " wavelengths");
    }
    appendText(state.buffer, id);
    if (state.withLabels) {
        state.buffer += ',';
        appendText(state.buffer, label);
    }
    for (const float value : values) {
        state.buffer += ',';
        if (!std::isnan(value)) {
            char digits[32];
            const auto end = std::to_chars(std::begin(digits), std::end(digits), value).ptr;
            state.buffer.append(digits, end);
        }
    }
    state.buffer += '\n';
    return state.buffer.size() > (std::size_t{1} << 20) ? state.flush() : core::Status{};
}

core::Status MatrixTextWriter::finish() {
    State& state = *state_;
    if (std::exchange(state.finished, true)) return {};
    BALMER_CHECK(state.flush());
    return state.file.finish();
}

} // namespace balmer::io

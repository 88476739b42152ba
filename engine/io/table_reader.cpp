#include "engine/io/table_reader.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "engine/core/files.h"
#include "engine/core/named_input.h"
#include "engine/core/text_number.h"
#include "engine/io/byte_source.h"
#include "engine/io/file_bytes.h"
#include "engine/io/fits_file.h"
#include "engine/io/table_encodings.h"
#include "engine/io/table_formats.h"
#include "engine/io/votable_reader.h"

namespace balmer::io {

using core::ErrorCode;
using core::fail;
using core::Result;

class TableReader::Form {
  public:
    virtual ~Form() = default;
    virtual Result<bool> nextRow() = 0;
    virtual std::string text(std::size_t column) const = 0;
    virtual std::optional<double> number(std::size_t column) const = 0;

    std::vector<TableColumn> columns;
    std::filesystem::path named;
    std::stop_token stopped;
    std::optional<core::NamedInput> input; ///< what is read
};

namespace {

constexpr std::size_t largestBytes = std::size_t{1} << 30, mostStreamBytes = std::size_t{4} << 30;

/// The whole file, unpacked.
Result<std::string> bytesOf(const std::filesystem::path& file) {
    BALMER_TRY(auto bytes, core::readFile(file, largestBytes));
    if (isGzip(asBytes(bytes))) return gunzip(asBytes(bytes), largestBytes);
    return bytes;
}

class VotableForm final : public TableReader::Form {
  public:
    static Result<std::unique_ptr<TableReader::Form>> open(const std::filesystem::path& file,
                                                           const std::stop_token& stop) {
        BALMER_TRY(auto source, fileSource(file));
        auto form = std::unique_ptr<VotableForm>(new VotableForm(std::move(source), stop));
        while (true) {
            BALMER_TRY(const bool table, form->reader_.nextTable());
            if (!table)
                return fail(ErrorCode::Format, "the VOTable " + file.string() + " has no table with columns");
            if (!form->reader_.table().fields.empty()) break;
        }
        const auto& table = form->reader_.table();
        for (const auto& field : table.fields)
            form->columns.push_back({field.name.empty() ? field.id : field.name, field.unit, field.ucd,
                                     field.utype,
                                     !field.isText() && (field.arraysize.empty() || field.arraysize == "1")});
        return form;
    }
    Result<bool> nextRow() override {
        BALMER_TRY(const bool row, reader_.nextRow());
        if (!row && !reader_.table().unread.empty())
            return fail(ErrorCode::Unsupported,
                        "the rows of the VOTable cannot be read: " + reader_.table().unread);
        return row;
    }
    std::string text(std::size_t column) const override { return reader_.text(column); }
    std::optional<double> number(std::size_t column) const override {
        if (auto value = reader_.number(column)) return value;
        return core::parseDouble(core::trimmed(reader_.textView(column)));
    }

  private:
    VotableForm(ByteSource source, std::stop_token stop)
        : reader_(std::move(source), VotableLimits{.stop = std::move(stop)}) {}
    VotableReader reader_;
};

class FitsForm final : public TableReader::Form {
  public:
    static Result<std::unique_ptr<TableReader::Form>> open(const std::filesystem::path& file) {
        auto form = std::unique_ptr<FitsForm>(new FitsForm);
        BALMER_TRY(form->bytes_, bytesOf(file));
        BALMER_TRY(form->fits_, FitsFile::parse(asBytes(form->bytes_)));
        for (const auto& hdu : form->fits_.hdus())
            if (form->table_ == nullptr && hdu.kind() == FitsHdu::Kind::Table && !hdu.columns().empty())
                form->table_ = &hdu;
        if (form->table_ == nullptr)
            return fail(ErrorCode::Format, "the FITS file " + file.string() + " has no binary table");
        if (!form->table_->complete())
            return fail(ErrorCode::Format, "the table of " + file.string() + " is cut short");
        for (const auto& column : form->table_->columns())
            form->columns.push_back({column.name, column.unit, column.ucd, column.utype,
                                     column.isNumber() && column.repeat == 1});
        return form;
    }
    Result<bool> nextRow() override {
        if (next_ >= table_->rows()) return false;
        ++next_;
        return true;
    }
    std::string text(std::size_t column) const override {
        return table_->cellText(table_->columns()[column], next_ - 1);
    }
    std::optional<double> number(std::size_t column) const override {
        const auto& which = table_->columns()[column];
        if (!columns[column].number) return core::parseDouble(core::trimmed(text(column)));
        const auto values = table_->numbers(which, next_ - 1, 1);
        if (!values || values->empty() || std::isnan(values->front())) return std::nullopt;
        return values->front();
    }

  private:
    std::string bytes_;
    FitsFile fits_;
    const FitsHdu* table_ = nullptr;
    std::size_t next_ = 0; ///< the row after the present one
};

/// A table whose cells are all in memory.
class TextForm final : public TableReader::Form {
  public:
    static Result<std::unique_ptr<TableReader::Form>> of(const std::filesystem::path& file,
                                                         Result<TableText> table) {
        if (!table) return fail(table.error().during("reading " + file.string()));
        auto form = std::make_unique<TextForm>();
        form->table_ = *std::move(table);
        for (std::size_t c = 0; c < form->table_.columns.size(); ++c) {
            bool any = false;
            const bool numbers =
                std::all_of(form->table_.rows.begin(), form->table_.rows.end(), [&](const auto& row) {
                    const auto cell = core::trimmed(row[c]);
                    any |= !cell.empty();
                    return cell.empty() || core::parseDouble(cell);
                });
            form->columns.push_back({form->table_.columns[c], {}, {}, {}, numbers && any});
        }
        return form;
    }
    Result<bool> nextRow() override {
        if (next_ >= table_.rows.size()) return false;
        ++next_;
        return true;
    }
    std::string text(std::size_t column) const override { return table_.rows[next_ - 1][column]; }
    std::optional<double> number(std::size_t column) const override {
        return core::parseDouble(core::trimmed(text(column)));
    }

  private:
    TableText table_;
    std::size_t next_ = 0; ///< the row after the present one
};

/// As much of the file's beginning as tells its form.
Result<std::string> beginningOf(const std::filesystem::path& file) {
    BALMER_TRY(auto raw, fileSource(file));
    const auto source = plainSource(std::move(raw));
    std::string beginning(64 * 1024, '\0');
    std::size_t filled = 0;
    while (filled < beginning.size()) {
        BALMER_TRY(const auto more, source(std::as_writable_bytes(
                                        std::span(beginning.data() + filled, beginning.size() - filled))));
        if (more == 0) break;
        filled += more;
    }
    beginning.resize(filled);
    return beginning;
}

} // namespace

Result<TableReader> TableReader::open(const std::filesystem::path& named, std::stop_token stop) {
    BALMER_TRY(auto input, core::NamedInput::open(named, mostStreamBytes, stop));
    return of(named, std::move(input), std::move(stop));
}

Result<TableReader> TableReader::again() const {
    return of(form_->named, *form_->input, form_->stopped);
}

Result<TableReader> TableReader::of(const std::filesystem::path& named, core::NamedInput input,
                                    std::stop_token stop) {
    const auto& file = input.path();
    BALMER_TRY(const auto beginning, beginningOf(file));
    const auto bytes = asBytes(beginning);
    const auto inMemory = [&]() -> Result<TableText> {
        if (looksLikeHdf5(beginning)) return bytesOf(file).and_then(tableFromHdf5);
        if (beginning.find('\0') != std::string::npos)
            return fail(ErrorCode::Format, "the file is binary and no table; write it as " + tableForms());
        BALMER_TRY(const auto text, readText(file, largestBytes));
        return looksLikeJsonLines(text) ? tableFromJsonLines(text) : parseTableText(text);
    };
    BALMER_TRY(auto form, looksLikeVotable(bytes)      ? VotableForm::open(file, stop)
                          : FitsFile::looksLike(bytes) ? FitsForm::open(file)
                                                       : TextForm::of(named, inMemory()));
    form->named = named;
    form->stopped = std::move(stop);
    form->input = std::move(input);
    return TableReader(std::move(form));
}

TableReader::TableReader(std::unique_ptr<Form> form) : form_(std::move(form)) {}
TableReader::~TableReader() = default;
TableReader::TableReader(TableReader&&) noexcept = default;
TableReader& TableReader::operator=(TableReader&&) noexcept = default;

const std::vector<TableColumn>& TableReader::columns() const {
    return form_->columns;
}

Result<std::optional<std::size_t>> TableReader::column(std::string_view name) const {
    std::vector<std::string> names;
    for (const auto& column : form_->columns)
        names.push_back(column.name);
    return columnNamed(names, name);
}

Result<bool> TableReader::nextRow() {
    return form_->nextRow();
}

std::string TableReader::text(std::size_t column) const {
    return form_->text(column);
}

std::optional<double> TableReader::number(std::size_t column) const {
    return form_->number(column);
}

Result<TableText> readTable(const std::filesystem::path& file, std::stop_token stop) {
    BALMER_TRY(auto reader, TableReader::open(file, stop));
    TableText table;
    for (const auto& column : reader.columns())
        table.columns.push_back(column.name);
    std::size_t bytes = 0;
    while (true) {
        BALMER_TRY(const bool row, reader.nextRow());
        if (!row) return table;
        if (stop.stop_requested()) return fail(ErrorCode::Cancelled, "stopped on request");
        auto& cells = table.rows.emplace_back();
        for (std::size_t c = 0; c < table.columns.size(); ++c)
            bytes += sizeof(std::string) + cells.emplace_back(reader.text(c)).size();
        if (bytes > largestBytes)
            return fail(ErrorCode::ResourceExhausted,
                        "the table " + file.string() + " is larger than 1 GiB; leave columns out");
    }
}

} // namespace balmer::io

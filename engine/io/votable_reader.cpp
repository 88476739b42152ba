#include "engine/io/votable_reader.h"

#include <utility>
#include <vector>

#include "engine/core/text_number.h"
#include "engine/io/file_bytes.h"
#include "engine/io/votable_parser.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;
using core::Status;

VotableTable* tableAt(Votable& document, const std::vector<std::size_t>& where) {
    auto* resources = &document.resources;
    VotableResource* resource = nullptr;
    for (std::size_t i = 0; i + 1 < where.size(); ++i) {
        resource = &(*resources)[where[i]];
        resources = &resource->resources;
    }
    return &resource->tables[where.back()];
}

// Rows that are elsewhere, while they are read.
struct Elsewhere {
    ByteSource source;
    StreamRows rows;
};

} // namespace

struct VotableReader::State {
    State(ByteSource document, const VotableLimits& l, OpenStream open)
        : source(plainSource(std::move(document))), limits(l), openStream(std::move(open)), parser(l),
          piece(pieceBytes) {}

    bool hasFront() const { return !parser.tables.empty(); }
    TableOnTheWay& front() { return parser.tables.front(); }
    bool rowsEnded() { return front().closed && (front().href.empty() || elsewhereEnded); }

    // Reads on: from where the front table's rows are, or in the document. The error, once there, stays.
    void more() {
        if (failure) return;
        if (const Status status = readOn(); !status) failure = status.error();
    }

    Status readOn() {
        if (!hasFront() || front().href.empty() || elsewhereEnded || !rowsWanted) {
            BALMER_TRY(const std::size_t got, source(piece));
            if (got > 0) return parser.feed(std::span(piece).first(got));
            ended = true;
            return parser.finish();
        }
        TableOnTheWay& t = front();
        if (!elsewhere) {
            if (!openStream) {
                return leaveOut("the rows are elsewhere, at " + printable(t.href));
            }
            auto opened = openStream(t.href);
            if (!opened)
                return leaveOut("the rows at " + printable(t.href) +
                                " cannot be read: " + opened.error().message());
            const bool packed =
                t.kind == StreamRows::Kind::Fits || t.encoding == "gzip" || t.encoding == "dynamic";
            if (t.encoding == "base64")
                return leaveOut("the rows at " + printable(t.href) +
                                " are in base64, which is read inline only");
            elsewhere.emplace(Elsewhere{packed ? plainSource(std::move(*opened)) : std::move(*opened),
                                        StreamRows(t.kind, false, t.extension, limits)});
        }
        auto got = elsewhere->source(piece);
        Status status = !got       ? Status(fail(std::move(got).error()))
                        : *got > 0 ? elsewhere->rows.feed(asText(std::span(piece).first(*got)), t.block)
                                   : elsewhere->rows.finish(t.block);
        if (!status && t.kind == StreamRows::Kind::Fits && got &&
            status.error().code() != ErrorCode::ResourceExhausted)
            return leaveOut(status.error().message());
        if (!status)
            return fail(std::move(status.error().during("reading the rows at " + printable(t.href))));
        if (*got == 0) endElsewhere();
        return {};
    }

    Status leaveOut(std::string why) {
        front().table.unread = std::move(why);
        endElsewhere();
        return {};
    }
    void endElsewhere() {
        elsewhere.reset();
        elsewhereEnded = true;
    }

    // The front table is done with; what is known of it goes to its place in the document.
    void putAway(bool withRows) {
        TableOnTheWay& t = front();
        if (withRows) {
            t.table.rows = t.block.rows();
            t.table.columns = std::move(t.block.columns());
            t.table.columns.resize(t.table.fields.size());
        } else {
            t.block.clear();
        }
        *tableAt(parser.document, t.where) = std::move(t.table);
        parser.tables.pop_front();
        elsewhere.reset();
        elsewhereEnded = false;
        row = rowsBefore = 0;
    }

    Result<bool> nextTable() {
        if (entered) {
            rowsWanted = false; // rows elsewhere are not fetched to be thrown away
            while (!front().closed) {
                if (failure) return fail(*failure);
                front().block.clear();
                more();
            }
            if (!front().href.empty() && !elsewhereEnded && !elsewhere)
                front().table.unread = "the rows are elsewhere, at " + printable(front().href);
            putAway(false);
            entered = false;
        }
        rowsWanted = true;
        while (!hasFront() || !front().ready) {
            if (failure) return fail(*failure);
            if (ended) return false;
            more();
        }
        entered = true;
        return true;
    }

    Result<bool> nextRow() {
        if (!entered) return false;
        while (true) {
            if (front().table.unread.empty() && row < front().block.rows()) {
                ++row;
                return true;
            }
            if (failure) return fail(*failure);
            if (rowsEnded()) return false;
            rowsBefore += front().block.rows();
            front().block.clear();
            row = 0;
            more();
        }
    }

    const VotableColumn& column(std::size_t c) const { return parser.tables.front().block.columns()[c]; }

    ByteSource source;
    VotableLimits limits;
    OpenStream openStream;
    VotableParser parser;
    std::vector<std::byte> piece;
    std::optional<Elsewhere> elsewhere;
    bool elsewhereEnded = false, rowsWanted = false, entered = false, ended = false;
    std::optional<core::Error> failure;
    std::size_t row = 0;        ///< of the block, counted from 1
    std::size_t rowsBefore = 0; ///< those of earlier blocks
};

VotableReader::VotableReader(ByteSource document, const VotableLimits& limits, OpenStream openStream)
    : state_(std::make_unique<State>(std::move(document), limits, std::move(openStream))) {}
VotableReader::~VotableReader() = default;
VotableReader::VotableReader(VotableReader&&) noexcept = default;
VotableReader& VotableReader::operator=(VotableReader&&) noexcept = default;

Result<bool> VotableReader::nextTable() {
    return state_->nextTable();
}
const VotableTable& VotableReader::table() const {
    return state_->front().table;
}
Result<bool> VotableReader::nextRow() {
    return state_->nextRow();
}
bool VotableReader::isNull(std::size_t column) const {
    return state_->column(column).isNull(state_->row - 1);
}
std::optional<double> VotableReader::number(std::size_t column) const {
    return state_->column(column).number(state_->row - 1);
}
std::optional<std::int64_t> VotableReader::integer(std::size_t column) const {
    return state_->column(column).integer(state_->row - 1);
}
std::span<const double> VotableReader::numberArray(std::size_t column) const {
    return state_->column(column).numberArray(state_->row - 1);
}
std::span<const std::int64_t> VotableReader::integerArray(std::size_t column) const {
    return state_->column(column).integerArray(state_->row - 1);
}
std::string VotableReader::text(std::size_t column) const {
    return state_->column(column).text(state_->row - 1);
}
std::string_view VotableReader::textView(std::size_t column) const {
    return state_->column(column).textView(state_->row - 1);
}
const Votable& VotableReader::document() const {
    return state_->parser.document;
}

Result<Votable> VotableReader::readAll() {
    State& state = *state_;
    state.rowsWanted = true;
    while (!state.ended || state.hasFront()) {
        if (state.failure) return fail(*state.failure);
        if (state.hasFront() && state.rowsEnded())
            state.putAway(true);
        else
            state.more();
    }
    if (state.failure) return fail(*state.failure);
    return std::move(state.parser.document);
}

} // namespace balmer::io

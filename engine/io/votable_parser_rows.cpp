#include "engine/io/votable_parser.h"

#include <optional>
#include <utility>
#include <vector>

#include "engine/core/text_number.h"
#include "engine/io/votable_attributes.h"

namespace balmer::io {
namespace {

using core::ErrorCode;
using core::Status;

} // namespace

void VotableParser::leaveOut(std::string why) {
    if (current().table.unread.empty()) current().table.unread = std::move(why);
}

void VotableParser::startData() {
    dataMet_ = true;
    TableOnTheWay& t = current();
    if (const auto shared = fieldsById_.find(t.table.ref);
        t.table.fields.empty() && shared != fieldsById_.end()) {
        for (const VotableField& field : shared->second)
            if (!charge(field)) return;
        t.table.fields = shared->second;
    }
    std::vector<Coding> codings;
    for (const VotableField& field : t.table.fields) {
        const auto coding = codingOf(field);
        if (!coding) {
            leaveOut("column " + (field.name.empty() ? field.id : field.name) + " has the datatype \"" +
                     field.datatype + "\" with arraysize \"" + field.arraysize + "\", which is unknown");
            codings.clear();
            break;
        }
        codings.push_back(*coding);
    }
    t.block = RowBlock(std::move(codings), &budget_);
    t.ready = true;
}

void VotableParser::startStream(const Attributes& attributes) {
    TableOnTheWay& t = current();
    const Node format = stack_[stack_.size() - 2];
    t.kind = format == Node::Fits      ? StreamRows::Kind::Fits
             : format == Node::Binary2 ? StreamRows::Kind::Binary2
                                       : StreamRows::Kind::Binary;
    const std::string encoding = core::lowerCase(attributes["encoding"]);
    const std::string href = attributes["href"];
    if (!t.table.unread.empty() || !t.href.empty()) return;
    if (!href.empty()) {
        t.href = href;
        t.encoding = encoding;
        return;
    }
    // XML holds no bytes, so that gzip without href is in base64 too.
    if (encoding != "base64" && encoding != "gzip") {
        leaveOut("the rows are encoded as \"" + encoding + "\", which is not read");
        return;
    }
    stream_.emplace(t.kind, encoding == "gzip", t.extension, limits_);
    base64_ = {};
}

void VotableParser::text(std::string_view piece) {
    if (error_ || skipping_ > 0 || stack_.empty()) return;
    switch (stack_.back()) {
    case Node::Cell:
        rowBytes_ += piece.size();
        if (rowBytes_ > limits_.rowBytes) {
            refuse({ErrorCode::ResourceExhausted, "a row of the VOTable is longer than " +
                                                      std::to_string(limits_.rowBytes >> 20) +
                                                      " MiB, which is the limit"});
            return;
        }
        text_ += piece;
        break;
    case Node::Description:
    case Node::Info:
        if (charge(0, piece.size())) text_ += piece;
        break;
    case Node::Stream:
        if (!stream_) break;
        decoded_.clear();
        if (!base64_.feed(piece, decoded_)) {
            refuse({ErrorCode::Format,
                    "line " + std::to_string(line()) + ": the binary data of the VOTable are not base64"});
            return;
        }
        check(stream_->feed(decoded_, current().block));
        break;
    default:
        break;
    }
}

void VotableParser::endCell() {
    TableOnTheWay& t = current();
    if (!t.table.unread.empty()) return;
    if (cell_ >= t.block.codings().size()) {
        refuse({ErrorCode::Format, "line " + std::to_string(line()) + ": row " +
                                       std::to_string(t.block.rows() + 1) +
                                       " of the VOTable has more cells than its " +
                                       std::to_string(t.table.fields.size()) + " columns"});
        return;
    }
    const std::size_t c = cell_++;
    if (!cellIsBinary_) {
        check(t.block.addTd(c, text_));
        return;
    }
    const Coding& coding = t.block.codings()[c];
    Base64Decoder decoder;
    decoded_.clear();
    const bool decodes = decoder.feed(text_, decoded_);
    const std::size_t elements =
        coding.variable ? decoded_.size() / coding.elementBytes() * (coding.type == VotableType::Bit ? 8 : 1)
                        : coding.count;
    const auto bytes = coding.bytesOf(elements);
    if (decodes && bytes && *bytes <= decoded_.size()) {
        check(t.block.addBinary(c, std::string_view(decoded_).substr(0, *bytes), elements, decoded_.empty()));
    } else {
        check(t.block.spend(t.block.costOf(c)));
        if (!error_) t.block.addNull(c);
    }
}

void VotableParser::endStream() {
    if (!stream_) return;
    TableOnTheWay& t = current();
    const Status status = stream_->finish(t.block);
    stream_.reset();
    if (status) return;
    if (t.kind == StreamRows::Kind::Fits && status.error().code() != ErrorCode::ResourceExhausted)
        leaveOut(status.error().message());
    else
        refuse(status.error());
}

} // namespace balmer::io

#include "engine/vo/samp/mtypes.h"

#include <array>
#include <cmath>
#include <optional>

#include "engine/core/text_number.h"

namespace balmer::vo {
namespace {

using core::ErrorCode;
using core::fail;
using core::Result;

constexpr std::array requestTypes{mtype::spectrumLoad,      mtype::tableLoadVotable, mtype::tableLoadFits,
                                  mtype::tableHighlightRow, mtype::tableSelectRows,  mtype::pointAtSky};

tl::unexpected<core::Error> wrong(const SampMessage& message, std::string_view what) {
    return fail(ErrorCode::Format, "a message " + message.mtype + " " + std::string(what));
}

/// The name of a meta value as it is compared: "ssa:Target.Name" is "target.name".
std::string metaName(std::string_view name) {
    if (core::lowerCase(name.substr(0, 4)) == "ssa:") name.remove_prefix(4);
    return core::lowerCase(name);
}

std::optional<std::int64_t> rowOf(const SampValue& value) {
    const auto* text = value.text();
    if (!text) return std::nullopt;
    const auto row = core::parseInteger(*text);
    return row && *row >= 0 ? row : std::nullopt;
}

/// Takes what names the table out of the parameters.
template <typename OfTable>
core::Status nameTable(const SampMessage& message, OfTable& request) {
    request.tableId = textOr(message.params, "table-id");
    request.url = textOr(message.params, "url");
    if (request.tableId.empty() && request.url.empty()) return wrong(message, "has neither table-id nor url");
    return {};
}

Result<SampRequest> decodeSpectrum(const SampMessage& message) {
    LoadSpectrum request;
    request.url = textOr(message.params, "url");
    if (request.url.empty()) return wrong(message, "has no url");
    request.spectrumId = textOr(message.params, "spectrum-id");
    request.name = textOr(message.params, "name");
    if (const auto* meta = mapIn(message.params, "meta")) request.meta = *meta;
    return request;
}

Result<SampRequest> decodeTable(const SampMessage& message, LoadTable::Format format) {
    LoadTable request;
    request.format = format;
    request.url = textOr(message.params, "url");
    if (request.url.empty()) return wrong(message, "has no url");
    request.tableId = textOr(message.params, "table-id");
    request.name = textOr(message.params, "name");
    return request;
}

Result<SampRequest> decodeHighlight(const SampMessage& message) {
    HighlightRow request;
    BALMER_CHECK(nameTable(message, request));
    const auto given = message.params.find("row");
    const auto row = given == message.params.end() ? std::nullopt : rowOf(given->second);
    if (!row) return wrong(message, "has no row counted from 0");
    request.row = *row;
    return request;
}

Result<SampRequest> decodeSelection(const SampMessage& message) {
    SelectRows request;
    BALMER_CHECK(nameTable(message, request));
    const auto given = message.params.find("row-list");
    const auto* list = given == message.params.end() ? nullptr : given->second.list();
    if (!list) return wrong(message, "has no row-list");
    request.rows.reserve(list->size());
    for (const auto& item : *list) {
        const auto row = rowOf(item);
        if (!row) return wrong(message, "has something else than rows counted from 0 in its row-list");
        request.rows.push_back(*row);
    }
    return request;
}

Result<SampRequest> decodePointing(const SampMessage& message) {
    const auto ra = core::parseDouble(textOr(message.params, "ra"));
    const auto dec = core::parseDouble(textOr(message.params, "dec"));
    if (!ra || !(std::abs(*ra) <= 360)) return wrong(message, "has no ra in degrees");
    if (!dec || !(std::abs(*dec) <= 90)) return wrong(message, "has no dec from -90 to 90 degrees");
    return PointAtSky{*ra < 0 ? *ra + 360 : *ra, *dec};
}

void put(SampMap& params, const char* name, const std::string& text) {
    if (!text.empty()) params.insert_or_assign(name, text);
}

struct Encoder {
    SampMessage operator()(const LoadSpectrum& request) const {
        auto message = named(mtype::spectrumLoad);
        put(message.params, "url", request.url);
        put(message.params, "spectrum-id", request.spectrumId);
        put(message.params, "name", request.name);
        auto meta = request.meta;
        if (request.metaText("Access.Format").empty())
            meta.insert_or_assign("Access.Format", "application/fits");
        message.params.insert_or_assign("meta", std::move(meta));
        return message;
    }
    SampMessage operator()(const LoadTable& request) const {
        auto message =
            named(request.format == LoadTable::Format::Fits ? mtype::tableLoadFits : mtype::tableLoadVotable);
        put(message.params, "url", request.url);
        put(message.params, "table-id", request.tableId);
        put(message.params, "name", request.name);
        return message;
    }
    SampMessage operator()(const HighlightRow& request) const {
        auto message = named(mtype::tableHighlightRow);
        put(message.params, "table-id", request.tableId);
        put(message.params, "url", request.url);
        put(message.params, "row", std::to_string(request.row));
        return message;
    }
    SampMessage operator()(const SelectRows& request) const {
        auto message = named(mtype::tableSelectRows);
        put(message.params, "table-id", request.tableId);
        put(message.params, "url", request.url);
        SampList rows;
        rows.reserve(request.rows.size());
        for (const auto row : request.rows)
            rows.emplace_back(std::to_string(row));
        message.params.insert_or_assign("row-list", std::move(rows));
        return message;
    }
    SampMessage operator()(const PointAtSky& request) const {
        auto message = named(mtype::pointAtSky);
        put(message.params, "ra", core::formatDouble(request.raDeg));
        put(message.params, "dec", core::formatDouble(request.decDeg));
        return message;
    }
    static SampMessage named(std::string_view type) { return {std::string(type), {}, {}}; }
};

} // namespace

std::string LoadSpectrum::metaText(std::string_view wanted) const {
    const auto key = metaName(wanted);
    for (const auto& [given, value] : meta)
        if (value.text() && metaName(given) == key) return *value.text();
    return {};
}

SampMap spectrumMeta(const SpectrumDescription& description) {
    SampMap meta;
    put(meta, "Access.Format", description.format);
    put(meta, "Target.Name", description.targetName);
    auto axes = description.axisColumn + " " + description.fluxColumn;
    if (!description.errorColumn.empty()) axes += " " + description.errorColumn;
    put(meta, "vox:spectrum_axes", axes);
    if (!description.axisUnit.empty() && !description.fluxUnit.empty())
        put(meta, "vox:spectrum_units", description.axisUnit + " " + description.fluxUnit);
    put(meta, "Dataset.SpectralAxis", description.axisColumn);
    put(meta, "Dataset.FluxAxis", description.fluxColumn);
    return meta;
}

SampMessage encodeRequest(const SampRequest& request) {
    return std::visit(Encoder(), request);
}

Result<SampRequest> decodeRequest(const SampMessage& message) {
    if (message.mtype == mtype::spectrumLoad) return decodeSpectrum(message);
    if (message.mtype == mtype::tableLoadVotable) return decodeTable(message, LoadTable::Format::Votable);
    if (message.mtype == mtype::tableLoadFits) return decodeTable(message, LoadTable::Format::Fits);
    if (message.mtype == mtype::tableHighlightRow) return decodeHighlight(message);
    if (message.mtype == mtype::tableSelectRows) return decodeSelection(message);
    if (message.mtype == mtype::pointAtSky) return decodePointing(message);
    return fail(ErrorCode::Unsupported, "Balmer does not understand messages " + message.mtype);
}

std::span<const std::string_view> requestMTypes() {
    return requestTypes;
}

} // namespace balmer::vo

#include "engine/som/map_file.h"

#include <bit>
#include <cstring>

#include "engine/core/digest.h"

namespace balmer::som {

using core::ErrorCode;
using core::fail;

static_assert(std::endian::native == std::endian::little, "maps are written as they lie in memory");

namespace {

constexpr std::string_view magic = "BALMRSOM";
constexpr std::uint32_t version = 1;
constexpr std::size_t digestLength = 64;
constexpr std::uint64_t mostColumns = 1'000'000;

struct Header {
    char magic[8];
    std::uint32_t version, topology;
    std::uint64_t width, height, columns, epochs;
};
static_assert(sizeof(Header) == 48 && sizeof(EpochStatistics) == 24);

core::Result<Map> damaged() {
    return fail(ErrorCode::Format, "the map is damaged; take it from its source again or train it again");
}

void append(std::string& bytes, const void* from, std::size_t size) {
    bytes.append(static_cast<const char*>(from), size);
}

} // namespace

std::string serialise(const Map& map) {
    Header header{{},
                  version,
                  map.grid.topology == Topology::Hexagonal ? 1u : 0u,
                  map.grid.width,
                  map.grid.height,
                  map.codebook.columns(),
                  map.epochs.size()};
    std::memcpy(header.magic, magic.data(), magic.size());
    std::string bytes;
    append(bytes, &header, sizeof header);
    append(bytes, map.epochs.data(), map.epochs.size() * sizeof(EpochStatistics));
    append(bytes, map.codebook.data(), map.codebook.rows() * map.codebook.columns() * sizeof(float));
    bytes += core::digestOf(bytes);
    return bytes;
}

core::Result<Map> deserialise(std::string_view bytes) {
    if (bytes.size() < sizeof(Header) + digestLength || !bytes.starts_with(magic))
        return fail(ErrorCode::Format,
                    "these bytes are not a self-organising map; choose one that Balmer has written");
    Header header;
    std::memcpy(&header, bytes.data(), sizeof header);
    if (header.version != version)
        return fail(ErrorCode::Unsupported, "the map has version " + std::to_string(header.version) +
                                                " and this program reads version " + std::to_string(version) +
                                                "; read it with the program that wrote it");
    if (header.topology > 1 || header.columns < 1 || header.columns > mostColumns ||
        header.epochs > mostEpochs || header.width > Grid::longestSide || header.height > Grid::longestSide)
        return damaged();
    Map map;
    map.grid = {header.width, header.height,
                header.topology == 1 ? Topology::Hexagonal : Topology::Rectangular};
    if (!map.grid.validate()) return damaged();
    const std::size_t epochBytes = header.epochs * sizeof(EpochStatistics);
    const std::size_t codebookBytes = map.grid.neurons() * header.columns * sizeof(float);
    if (bytes.size() != sizeof header + epochBytes + codebookBytes + digestLength) return damaged();
    const std::size_t content = bytes.size() - digestLength;
    if (core::digestOf(bytes.substr(0, content)) != bytes.substr(content)) return damaged();

    map.epochs.resize(header.epochs);
    if (epochBytes > 0) std::memcpy(map.epochs.data(), bytes.data() + sizeof header, epochBytes);
    map.codebook = core::FloatMatrix(map.grid.neurons(), header.columns);
    std::memcpy(map.codebook.data(), bytes.data() + sizeof header + epochBytes, codebookBytes);
    if (!validate(map)) return damaged();
    return map;
}

} // namespace balmer::som

// A map as bytes, to be kept as an artefact and read back.
//
// Little-endian: "BALMRSOM", version (u32, 1), topology (u32: 0 rectangular, 1 hexagonal), width, height,
// columns, epochs (u64 each), epochs × {radius, quantisation error, topographic error} (f64), codebook (f32,
// neurons × columns), and the SHA-256 of all that precedes as 64 hexadecimal digits. Pure functions; any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/core/result.h"
#include "engine/som/self_organising_map.h"

namespace balmer::som {

/// The map must satisfy validate(). Equal maps give equal bytes.
std::string serialise(const Map& map);

/// Trusts nothing: sizes are compared with the length before memory is taken. Errors: Format (not a map,
/// damaged), Unsupported (a later version).
core::Result<Map> deserialise(std::string_view bytes);

} // namespace balmer::som

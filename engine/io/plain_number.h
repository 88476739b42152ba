// Numbers as cells of tables show them. Private to the module.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>

#include "engine/core/text_number.h"

namespace balmer::io {

/// The shortest text that reads back as the same number, but whole numbers that a double holds exactly (below
/// 2⁵³) in digits alone, as ids are written.
inline std::string plainNumber(double value) {
    constexpr double exact = 9007199254740992.0;
    if (std::abs(value) < exact && value == std::floor(value))
        return std::to_string(static_cast<std::int64_t>(value));
    return core::formatDouble(value);
}

} // namespace balmer::io

// Rows like spectra over their median: a smooth continuum near 1 with a line of varying depth, width and
// place, and noise.
#pragma once

#include <cmath>

#include "engine/core/matrix.h"
#include "engine/core/random_stream.h"

namespace balmer::som::test_data {

inline core::FloatMatrix spectra(std::size_t rows, std::size_t columns, std::uint64_t seed,
                                 double noise = 0.02) {
    core::FloatMatrix data(rows, columns);
    for (std::size_t row = 0; row < rows; ++row) {
        core::RandomStream random(seed, row);
        const double slope = random.normal(0, 0.1), bend = random.normal(0, 0.05);
        const double depth = random.uniform(-0.6, 0.8), width = random.uniform(0.02, 0.12);
        const double place = random.normal(0.5, 0.01);
        for (std::size_t column = 0; column < columns; ++column) {
            const double t = (static_cast<double>(column) + 0.5) / static_cast<double>(columns);
            const double line = (t - place) / width;
            data(row, column) = static_cast<float>(1 + slope * (t - 0.5) + bend * (t - 0.5) * (t - 0.5) -
                                                   depth / (1 + line * line) + random.normal(0, noise));
        }
    }
    return data;
}

} // namespace balmer::som::test_data

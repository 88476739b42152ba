// The inner loops of the map: plain pointers, no checks; compiled for several instruction sets, chosen at run
// time.
//
// Pure functions; any thread. On one machine they give the same bits in every thread.
#pragma once

#include <cstddef>
#include <cstdint>

namespace balmer::som::kernels {

/// Rows that are searched at a time, and neurons whose scores share one maximum.
inline constexpr std::size_t blockRows = 256;
inline constexpr std::size_t groupNeurons = 16;

/// scores: [neurons × blockRows], of which half[neuron] is subtracted. For each of the blockRows columns: the
/// second largest score, and for each group of neurons the largest: groupMaximum [⌈neurons / groupNeurons⌉ ×
/// blockRows].
void scanScores(const float* scores, const float* half, std::size_t neurons, float* groupMaximum,
                float* secondLargest);

/// Σ (a - b)², in double precision.
double squaredDistance(const float* a, const float* b, std::size_t n);

/// out = (x - centre) · scale; returns Σ out² in double precision.
double centre(const float* x, const float* centre, float scale, std::size_t n, float* out);

/// The bits of the largest magnitude: those of NaN and infinity exceed those of every number.
std::uint32_t largestMagnitudeBits(const float* x, std::size_t n);

/// sums += trunc(x · scale).
void addFixedPoint(const float* x, double scale, std::size_t n, std::int64_t* sums);

/// out = Σ_k weights[k] · sources[k], in the order of k.
void weightedSum(const float* const* sources, const float* weights, std::size_t count, std::size_t n,
                 float* out);

} // namespace balmer::som::kernels

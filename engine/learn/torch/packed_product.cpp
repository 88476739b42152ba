#include "engine/learn/torch/packed_product.h"

#include <algorithm>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define BALMER_X86
#include <immintrin.h>
#endif

namespace balmer::learn {
namespace {

constexpr std::size_t lanes = PackedMatrix::lanes, tileRows = PackedMatrix::tileRows;
/// Rows of the matrix that one pass multiplies: so many of a panel stay in the first cache.
constexpr std::size_t passDepth = 384;

/// Rows of a, times one panel, into `lanes` columns of c.
struct Strip {
    const float* a;
    std::size_t strideA;
    const float* panel;
    std::size_t depth;
    float* c;
    std::size_t strideC;
    bool add;
};
using MultiplyStrip = void (*)(const Strip& strip, std::size_t rows);

void multiplyAnywhere(const Strip& s, std::size_t rows) {
    for (std::size_t row = 0; row < rows; ++row) {
        float sums[lanes] = {};
        const float* const a = s.a + row * s.strideA;
        for (std::size_t k = 0; k < s.depth; ++k)
            for (std::size_t lane = 0; lane < lanes; ++lane)
                sums[lane] += a[k] * s.panel[k * lanes + lane];
        float* const c = s.c + row * s.strideC;
        for (std::size_t lane = 0; lane < lanes; ++lane)
            c[lane] = s.add ? c[lane] + sums[lane] : sums[lane];
    }
}

#ifdef BALMER_X86

__attribute__((target("avx2,fma"))) void multiplyWithAvx2(const Strip& s, std::size_t rows) {
    constexpr std::size_t atOnce = 6; // twelve sums, two values of the panel and one of a: sixteen registers
    for (std::size_t row = 0; row < rows; row += atOnce) {
        const float* const a = s.a + row * s.strideA;
        float* const c = s.c + row * s.strideC;
        __m256 low[atOnce], high[atOnce];
#pragma GCC unroll 6
        for (std::size_t r = 0; r < atOnce; ++r) {
            low[r] = s.add ? _mm256_loadu_ps(c + r * s.strideC) : _mm256_setzero_ps();
            high[r] = s.add ? _mm256_loadu_ps(c + r * s.strideC + 8) : _mm256_setzero_ps();
        }
        const float* panel = s.panel;
        for (std::size_t k = 0; k < s.depth; ++k, panel += lanes) {
            const __m256 first = _mm256_loadu_ps(panel), second = _mm256_loadu_ps(panel + 8);
#pragma GCC unroll 6
            for (std::size_t r = 0; r < atOnce; ++r) {
                const __m256 value = _mm256_broadcast_ss(a + r * s.strideA + k);
                low[r] = _mm256_fmadd_ps(value, first, low[r]);
                high[r] = _mm256_fmadd_ps(value, second, high[r]);
            }
        }
#pragma GCC unroll 6
        for (std::size_t r = 0; r < atOnce; ++r) {
            _mm256_storeu_ps(c + r * s.strideC, low[r]);
            _mm256_storeu_ps(c + r * s.strideC + 8, high[r]);
        }
    }
}

__attribute__((target("avx512f"))) void multiplyWithAvx512(const Strip& s, std::size_t rows) {
    for (std::size_t row = 0; row < rows; row += tileRows) {
        const float* const a = s.a + row * s.strideA;
        float* const c = s.c + row * s.strideC;
        __m512 sums[tileRows];
#pragma GCC unroll 12
        for (std::size_t r = 0; r < tileRows; ++r)
            sums[r] = s.add ? _mm512_loadu_ps(c + r * s.strideC) : _mm512_setzero_ps();
        const float* panel = s.panel;
        for (std::size_t k = 0; k < s.depth; ++k, panel += lanes) {
            const __m512 value = _mm512_loadu_ps(panel);
#pragma GCC unroll 12
            for (std::size_t r = 0; r < tileRows; ++r)
                sums[r] = _mm512_fmadd_ps(_mm512_set1_ps(a[r * s.strideA + k]), value, sums[r]);
        }
#pragma GCC unroll 12
        for (std::size_t r = 0; r < tileRows; ++r)
            _mm512_storeu_ps(c + r * s.strideC, sums[r]);
    }
}

#endif

MultiplyStrip fastest() {
#ifdef BALMER_X86
    if (__builtin_cpu_supports("avx512f")) return &multiplyWithAvx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &multiplyWithAvx2;
#endif
    return &multiplyAnywhere;
}

} // namespace

void PackedMatrix::multiply(const float* a, std::size_t strideA, std::size_t rows, float* c,
                            std::size_t strideC, bool add) const {
    static const MultiplyStrip multiplyStrip = fastest();
    for (std::size_t from = 0; from < depth_; from += passDepth) {
        const std::size_t depth = std::min(passDepth, depth_ - from);
        for (std::size_t column = 0; column < columns_; column += lanes)
            multiplyStrip({a + from, strideA, values_.data() + column * depth_ + from * lanes, depth,
                           c + column, strideC, add || from > 0},
                          wholeTiles(rows));
    }
}

} // namespace balmer::learn

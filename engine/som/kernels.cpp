#include "engine/som/kernels.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "engine/core/each_processor.h"

namespace balmer::som::kernels {

namespace {

constexpr std::size_t lanes = 16;
typedef float Lanes __attribute__((vector_size(lanes * sizeof(float))));

constexpr std::size_t stripVectors = 4;
constexpr std::size_t stripRows = stripVectors * lanes;
static_assert(blockRows % stripRows == 0);

} // namespace

BALMER_FOR_EACH_PROCESSOR
void scanScores(const float* scores, const float* half, std::size_t neurons, float* groupMaximum,
                float* secondLargest) {
    const Lanes lowest = Lanes{} - std::numeric_limits<float>::max();
    for (std::size_t strip = 0; strip < blockRows; strip += stripRows) {
        Lanes first[stripVectors], second[stripVectors];
        for (std::size_t v = 0; v < stripVectors; ++v)
            first[v] = second[v] = lowest;
        for (std::size_t begin = 0; begin < neurons; begin += groupNeurons) {
            Lanes groupFirst[stripVectors], groupSecond[stripVectors];
            for (std::size_t v = 0; v < stripVectors; ++v)
                groupFirst[v] = groupSecond[v] = lowest;
            const std::size_t end = std::min(begin + groupNeurons, neurons);
            for (std::size_t neuron = begin; neuron < end; ++neuron) {
                const float* from = scores + neuron * blockRows + strip;
                for (std::size_t v = 0; v < stripVectors; ++v) {
                    Lanes score;
                    std::memcpy(&score, from + v * lanes, sizeof score);
                    score -= half[neuron];
                    const Lanes lesser = score < groupFirst[v] ? score : groupFirst[v];
                    groupSecond[v] = lesser > groupSecond[v] ? lesser : groupSecond[v];
                    groupFirst[v] = score > groupFirst[v] ? score : groupFirst[v];
                }
            }
            float* to = groupMaximum + begin / groupNeurons * blockRows + strip;
            for (std::size_t v = 0; v < stripVectors; ++v) {
                std::memcpy(to + v * lanes, &groupFirst[v], sizeof groupFirst[v]);
                const Lanes lesser = groupFirst[v] < first[v] ? groupFirst[v] : first[v];
                const Lanes runnerUp = groupSecond[v] > second[v] ? groupSecond[v] : second[v];
                second[v] = lesser > runnerUp ? lesser : runnerUp;
                first[v] = groupFirst[v] > first[v] ? groupFirst[v] : first[v];
            }
        }
        for (std::size_t v = 0; v < stripVectors; ++v)
            std::memcpy(secondLargest + strip + v * lanes, &second[v], sizeof second[v]);
    }
}

BALMER_FOR_EACH_PROCESSOR
double squaredDistance(const float* a, const float* b, std::size_t n) {
    double sums[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const double difference = static_cast<double>(a[i + lane]) - static_cast<double>(b[i + lane]);
            sums[lane] += difference * difference;
        }
    for (; i < n; ++i) {
        const double difference = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        sums[0] += difference * difference;
    }
    double sum = 0;
    for (const double part : sums)
        sum += part;
    return sum;
}

BALMER_FOR_EACH_PROCESSOR
double centre(const float* x, const float* centre, float scale, std::size_t n, float* out) {
    double sums[lanes] = {};
    std::size_t i = 0;
    for (; i + lanes <= n; i += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float value = (x[i + lane] - centre[i + lane]) * scale;
            out[i + lane] = value;
            sums[lane] += static_cast<double>(value) * static_cast<double>(value);
        }
    for (; i < n; ++i) {
        out[i] = (x[i] - centre[i]) * scale;
        sums[0] += static_cast<double>(out[i]) * static_cast<double>(out[i]);
    }
    double sum = 0;
    for (const double part : sums)
        sum += part;
    return sum;
}

BALMER_FOR_EACH_PROCESSOR
std::uint32_t largestMagnitudeBits(const float* x, std::size_t n) {
    std::int32_t largest = 0;
    for (std::size_t i = 0; i < n; ++i) {
        std::int32_t bits;
        std::memcpy(&bits, x + i, sizeof bits);
        largest = std::max(largest, bits & 0x7fffffff);
    }
    return static_cast<std::uint32_t>(largest);
}

BALMER_FOR_EACH_PROCESSOR
void addFixedPoint(const float* x, double scale, std::size_t n, std::int64_t* sums) {
    for (std::size_t i = 0; i < n; ++i)
        sums[i] += static_cast<std::int64_t>(static_cast<double>(x[i]) * scale);
}

BALMER_FOR_EACH_PROCESSOR
void weightedSum(const float* const* sources, const float* weights, std::size_t count, std::size_t n,
                 float* out) {
    std::size_t i = 0;
    for (; i + stripRows <= n; i += stripRows) {
        Lanes sums[stripVectors] = {};
        for (std::size_t k = 0; k < count; ++k)
            for (std::size_t v = 0; v < stripVectors; ++v) {
                Lanes value;
                std::memcpy(&value, sources[k] + i + v * lanes, sizeof value);
                sums[v] += weights[k] * value;
            }
        for (std::size_t v = 0; v < stripVectors; ++v)
            std::memcpy(out + i + v * lanes, &sums[v], sizeof sums[v]);
    }
    for (std::size_t j = i; j < n; ++j)
        out[j] = 0;
    for (std::size_t k = 0; k < count; ++k)
        for (std::size_t j = i; j < n; ++j)
            out[j] += weights[k] * sources[k][j];
}

} // namespace balmer::som::kernels

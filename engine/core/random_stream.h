// RandomStream: reproducible random numbers, the same on every machine and for every number of threads.
//
// A stream is named by a seed and a number: work that is cut into blocks gives each block a stream of its
// own. The generator is xoshiro256++ (Blackman & Vigna 2021, ACM TOMS 47, 36), filled by splitmix64; the
// distributions are written out here because those of the standard library differ between implementations. A
// value, one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace balmer::core {

class RandomStream {
  public:
    explicit RandomStream(std::uint64_t seed, std::uint64_t stream = 0);

    std::uint64_t bits();
    /// Uniform in [0, 1), 53 bits.
    double uniform();
    double uniform(double from, double to) { return from + uniform() * (to - from); }
    /// Uniform in [0, n), without bias; n > 0.
    std::size_t below(std::size_t n);
    /// Standard normal (Box–Muller).
    double normal();
    double normal(double mean, double deviation) { return mean + deviation * normal(); }

    /// Fisher–Yates.
    template <typename T>
    void shuffle(std::span<T> values) {
        for (std::size_t i = values.size(); i > 1; --i)
            std::swap(values[i - 1], values[below(i)]);
    }
    /// The numbers 0 … n − 1 in random order.
    std::vector<std::size_t> permutation(std::size_t n) {
        std::vector<std::size_t> order(n);
        std::iota(order.begin(), order.end(), std::size_t{0});
        shuffle(std::span(order));
        return order;
    }

  private:
    std::array<std::uint64_t, 4> state_;
    double spare_ = 0;
    bool hasSpare_ = false;
};

} // namespace balmer::core

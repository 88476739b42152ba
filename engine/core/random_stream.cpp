#include "engine/core/random_stream.h"

#include <bit>
#include <cmath>
#include <numbers>

namespace balmer::core {

namespace {

/// splitmix64: the next number of the sequence that the counter names.
std::uint64_t mixed(std::uint64_t& counter) {
    counter += 0x9E3779B97F4A7C15ull;
    std::uint64_t z = counter;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

} // namespace

RandomStream::RandomStream(std::uint64_t seed, std::uint64_t stream) {
    // The stream's number is mixed before it meets the seed, so that neighbouring streams share no state.
    std::uint64_t counter = seed ^ mixed(stream);
    for (auto& word : state_)
        word = mixed(counter);
}

std::uint64_t RandomStream::bits() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

double RandomStream::uniform() {
    return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

std::size_t RandomStream::below(std::size_t n) {
    const std::uint64_t bound = n;
    const std::uint64_t reject = (0 - bound) % bound;
    std::uint64_t value;
    do
        value = bits();
    while (value < reject);
    return static_cast<std::size_t>(value % bound);
}

double RandomStream::normal() {
    if (hasSpare_) {
        hasSpare_ = false;
        return spare_;
    }
    const double radius = std::sqrt(-2 * std::log(1 - uniform()));
    const double angle = 2 * std::numbers::pi * uniform();
    spare_ = radius * std::sin(angle);
    hasSpare_ = true;
    return radius * std::cos(angle);
}

} // namespace balmer::core

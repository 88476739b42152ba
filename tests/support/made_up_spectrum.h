// A spectrum in two columns of text, for tests that need some that differ.
#pragma once

#include <string>

namespace balmer::test {

/// From 6500 Å on, one sample each ångström; another seed gives other fluxes.
inline std::string spectrumText(int seed, int samples = 60) {
    std::string text;
    for (int i = 0; i < samples; ++i)
        text += std::to_string(6500 + i) + " " + std::to_string(100 + (seed * 37 + i * 11) % 17) + "\n";
    return text;
}

} // namespace balmer::test

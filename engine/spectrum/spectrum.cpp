#include "engine/spectrum/spectrum.h"

#include <cmath>

namespace balmer::spectrum {

bool Spectrum::good(std::size_t i) const {
    if (!std::isfinite(flux[i])) return false;
    if (!mask.empty() && mask[i] != 0) return false;
    return inverseVariance.empty() || (std::isfinite(inverseVariance[i]) && inverseVariance[i] > 0);
}

core::Status Spectrum::validate() const {
    const auto differs = [&](std::string_view what, std::size_t size) {
        return core::fail(core::ErrorCode::Format, "the spectrum has " + std::to_string(flux.size()) +
                                                       " flux values but " + std::to_string(size) + " " +
                                                       std::string(what));
    };
    if (axis.size() != flux.size()) return differs("wavelengths", axis.size());
    if (!inverseVariance.empty() && inverseVariance.size() != flux.size()) {
        return differs("inverse variances", inverseVariance.size());
    }
    if (!mask.empty() && mask.size() != flux.size()) return differs("mask values", mask.size());
    for (std::size_t i = 0; i < flux.size(); ++i) {
        if (good(i)) return {};
    }
    return core::fail(core::ErrorCode::Format,
                      "the spectrum has no good sample: every one is masked, without weight or "
                      "not a number");
}

} // namespace balmer::spectrum

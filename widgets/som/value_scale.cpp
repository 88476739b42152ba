#include "widgets/som/value_scale.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace balmer::widgets {

namespace {

/// Round steps that cover [low, high] in about `count` parts.
std::vector<double> roundTicks(double low, double high, int count) {
    std::vector<double> ticks;
    if (!(high > low)) return {low};
    const double raw = (high - low) / count;
    const double power = std::pow(10.0, std::floor(std::log10(raw)));
    const double part = raw / power;
    const double step = power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
    for (double v = std::ceil(low / step - 1e-9) * step; v <= high + 1e-9 * step; v += step)
        ticks.push_back(std::abs(v) < 1e-9 * step ? 0 : v);
    return ticks;
}

std::vector<double> decadeTicks(double low, double high) {
    std::vector<double> ticks;
    const bool wide = std::log10(high / low) > 1.5;
    for (double decade = std::pow(10.0, std::floor(std::log10(low))); decade <= high * 1.001; decade *= 10) {
        for (const double factor : {1.0, 2.0, 5.0}) {
            if (wide && factor != 1.0) continue;
            const double v = decade * factor;
            if (v >= low * 0.999 && v <= high * 1.001) ticks.push_back(v);
        }
    }
    return ticks.size() > 1 ? ticks : std::vector<double>{low, high};
}

} // namespace

ValueScale::ValueScale(const NeuronValues& values)
    : low_(std::numeric_limits<double>::infinity()), high_(-low_),
      logarithmic_(values.logarithmic && !values.diverging) {
    if (values.range) {
        std::tie(low_, high_) = *values.range;
    } else {
        for (const double v : values.values) {
            if (!std::isfinite(v) || (values.logarithmic && v <= 0)) continue;
            low_ = std::min(low_, v);
            high_ = std::max(high_, v);
        }
    }
    if (!(low_ <= high_)) {
        low_ = high_ = std::nan("");
        return;
    }
    if (values.diverging) {
        high_ = std::max({std::abs(low_), std::abs(high_), 1e-300});
        low_ = -high_;
        return;
    }
    if (logarithmic_ && low_ <= 0) low_ = high_ > 0 ? high_ * 1e-6 : 1e-6;
    if (low_ == high_) high_ = low_ + (low_ == 0 ? 1 : std::abs(low_) * 0.1);
}

bool ValueScale::empty() const {
    return std::isnan(low_);
}

double ValueScale::fraction(double value) const {
    if (empty() || !std::isfinite(value)) return std::nan("");
    if (!logarithmic_) return (value - low_) / (high_ - low_);
    return value <= 0 ? 0 : std::log(value / low_) / std::log(high_ / low_);
}

std::vector<double> ValueScale::ticks(int count) const {
    if (empty()) return {};
    return logarithmic_ ? decadeTicks(low_, high_) : roundTicks(low_, high_, count);
}

} // namespace balmer::widgets

// NeuronValues: one value a neuron, and how it is to be read as a colour. ValueScale: from such values to a
// place on the colour scale, with its ticks. Values; any thread.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include <QString>

namespace balmer::widgets {

struct NeuronValues {
    QString name;               ///< "U-matrix", "hits", "flux at 6563 Å"
    QString unit;               ///< of the values, for the scale; may be empty
    std::vector<double> values; ///< one a neuron; NaN: no value, drawn in the plot's background
    bool logarithmic = false;   ///< values ≤ 0 are drawn at the scale's lower end
    bool diverging = false;     ///< about zero, symmetric, in the diverging map
    std::optional<std::pair<double, double>> range; ///< absent: from the least to the greatest value
};

class ValueScale {
  public:
    explicit ValueScale(const NeuronValues& values);

    /// No value at all: there is no scale.
    bool empty() const;
    /// 0 at the lower end, 1 at the upper; NaN for what is not a number.
    double fraction(double value) const;
    /// Round values, about `count` of them; decades where the scale is logarithmic.
    std::vector<double> ticks(int count) const;
    bool logarithmic() const { return logarithmic_; }

  private:
    double low_, high_;
    bool logarithmic_;
};

} // namespace balmer::widgets

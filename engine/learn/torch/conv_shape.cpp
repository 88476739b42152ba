#include "engine/learn/torch/conv_shape.h"

namespace balmer::learn {

std::vector<LayerShape> ConvShape::layers() const {
    std::vector<LayerShape> layers;
    std::int64_t channels = width;
    for (int pair = 0; pair < pairs; ++pair, channels *= 2) {
        if (pair == 0)
            layers.push_back({1, kernel, channels});
        else
            layers.push_back({kernel, channels / 2, channels});
        layers.push_back({kernel, channels, channels});
    }
    layers.push_back({1, positionsLeft() * channels / 2, denseUnits()});
    layers.push_back({1, denseUnits(), denseUnits()});
    layers.push_back({1, denseUnits(), static_cast<std::int64_t>(classes)});
    return layers;
}

std::int64_t ConvShape::positionsLeft() const {
    auto left = static_cast<std::int64_t>(columns);
    for (int pair = 0; pair < pairs; ++pair)
        left = left < 2 * kernel ? 0 : pooled(left);
    return left;
}

std::size_t ConvShape::fewestColumns() const {
    std::int64_t needed = 1;
    for (int pair = 0; pair < pairs; ++pair)
        needed = 2 * needed + 2 * (kernel - 1);
    return static_cast<std::size_t>(needed);
}

std::size_t ConvShape::weightCount() const {
    std::size_t total = 0;
    for (const LayerShape& layer : layers())
        total += layer.weights();
    return total;
}

} // namespace balmer::learn

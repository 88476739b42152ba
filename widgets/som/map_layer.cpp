#include "widgets/som/map_layer.h"

namespace balmer::widgets {

QString MapLayer::pick(int /*neuron*/) const {
    return {};
}

} // namespace balmer::widgets

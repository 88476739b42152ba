// A trained network as bytes.
//
// The form: lines of text ("Balmer network 1", then a key and a value each, "end"), the scaler's and the
// networks' numbers as little-endian float32, and the SHA-256 of all that comes before as 64 hexadecimal
// digits. Pure functions; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/core/result.h"
#include "engine/learn/torch/conv_network.h"
#include "engine/learn/torch/conv_network_model.h"
#include "engine/learn/torch/input_scaling.h"

namespace balmer::learn {

struct TrainedNetworks {
    ConvNetworkParameters parameters;
    RowScaler scaler;
    std::vector<ConvModel> models;
};

std::string encode(const TrainedNetworks& networks);

/// Every number is checked before memory is taken by it. Errors: Format, Unsupported (a later version).
core::Result<TrainedNetworks> decode(std::string_view bytes);

} // namespace balmer::learn

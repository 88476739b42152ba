#include "engine/learn/torch/conv_network_file.h"

#include <utility>

#include "engine/core/text_number.h"
#include "engine/learn/model_file.h"

namespace balmer::learn {

std::string encode(const TrainedNetworks& networks) {
    const ConvNetworkParameters& p = networks.parameters;
    ModelWriter file("network");
    for (const std::string& name : p.classes)
        file.line("class", name);
    file.line("columns", std::to_string(p.columns));
    file.line("width", std::to_string(p.width));
    file.line("pairs", std::to_string(p.pairs));
    file.line("kernel", std::to_string(p.kernel));
    file.line("scaling", toString(networks.scaler.scaling));
    file.line("networks", std::to_string(networks.models.size()));
    file.line("seed", std::to_string(static_cast<std::int64_t>(p.seed)));
    file.line("epochs", std::to_string(p.epochs));
    file.line("batch", std::to_string(p.batch));
    file.line("learningRate", core::formatDouble(p.learningRate));
    file.line("dropout", core::formatDouble(p.dropout));
    file.line("weightDecay", core::formatDouble(p.weightDecay));
    file.line("patience", std::to_string(p.patience));
    file.line("minimumGain", core::formatDouble(p.minimumGain));
    file.line("validationShare", core::formatDouble(p.validationShare));
    file.line("balance", p.balance ? "1" : "0");
    for (const auto& [name, value] : p.attributes)
        file.line("attribute", {name, value});
    file.numbers(networks.scaler.mean);
    file.numbers(networks.scaler.inverseDeviation);
    for (const ConvModel& model : networks.models)
        file.numbers(model.weights());
    return std::move(file).finish();
}

core::Result<TrainedNetworks> decode(std::string_view bytes) {
    BALMER_TRY(auto file, ModelReader::open(std::string(bytes), "network"));
    TrainedNetworks networks;
    ConvNetworkParameters& p = networks.parameters;
    p.classes = file.all("class");
    std::int64_t seed = 0;
    if (!file.read("columns", p.columns) || !file.read("networks", p.networks) || !file.read("seed", seed) ||
        !file.read("epochs", p.epochs) || !file.read("batch", p.batch) ||
        !file.read("learningRate", p.learningRate) || !file.read("dropout", p.dropout) ||
        !file.read("weightDecay", p.weightDecay) || !file.read("patience", p.patience) ||
        !file.read("minimumGain", p.minimumGain) || !file.read("validationShare", p.validationShare) ||
        !file.read("balance", p.balance) || !file.read("attribute", p.attributes))
        return file.damaged("a parameter is missing or out of range");
    // Networks of earlier versions have the paper's shape and do not say so.
    if (!file.all("width").empty() &&
        (!file.read("width", p.width) || !file.read("pairs", p.pairs) || !file.read("kernel", p.kernel)))
        return file.damaged("its shape is missing or out of range");
    p.seed = static_cast<std::uint64_t>(seed);
    if (auto valid = p.validate(); !valid) return file.damaged(valid.error().message());
    std::string word;
    file.read("scaling", word);
    const auto scaling = inputScalingFrom(word);
    if (!scaling || *scaling == InputScaling::Automatic)
        return file.damaged("it does not say how rows are scaled");
    p.inputScaling = networks.scaler.scaling = *scaling;

    const std::size_t scalerNumbers = *scaling == InputScaling::MedianStandardised ? p.columns : 0;
    const std::size_t each = p.shape().weightCount();
    if (file.left() != 2 * scalerNumbers + each * static_cast<std::size_t>(p.networks))
        return file.damaged("it has another number of weights than it says");
    networks.scaler.mean.resize(scalerNumbers);
    networks.scaler.inverseDeviation.resize(scalerNumbers);
    bool finite = file.take(networks.scaler.mean) && file.take(networks.scaler.inverseDeviation);
    for (int n = 0; n < p.networks; ++n) {
        networks.models.emplace_back(p.shape());
        finite = finite && file.take(networks.models.back().weights());
    }
    if (!finite) return file.damaged("a weight is not a number");
    return networks;
}

} // namespace balmer::learn

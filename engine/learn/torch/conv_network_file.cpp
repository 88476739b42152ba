#include "engine/learn/torch/conv_network_file.h"

#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <span>
#include <utility>

#include "engine/core/digest.h"
#include "engine/core/text_number.h"

namespace balmer::learn {
namespace {

using core::ErrorCode;
using core::fail;

static_assert(std::endian::native == std::endian::little,
              "the file's numbers are copied as they lie in memory");

constexpr std::string_view magic = "Balmer network ";
constexpr std::size_t digestLength = 64;

/// One line's worth: a backslash before n stands for a line end, two for a backslash, t for a tab.
std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c == '\\')
            result += "\\\\";
        else if (c == '\n')
            result += "\\n";
        else if (c == '\t')
            result += "\\t";
        else
            result += c;
    }
    return result;
}

std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '\\' || i + 1 == text.size()) {
            result += text[i];
            continue;
        }
        const char next = text[++i];
        result += next == 'n' ? '\n' : next == 't' ? '\t' : next;
    }
    return result;
}

void append(std::string& bytes, std::span<const float> numbers) {
    bytes.append(reinterpret_cast<const char*>(numbers.data()), numbers.size_bytes());
}

tl::unexpected<core::Error> damaged(const std::string& what) {
    return fail(ErrorCode::Format,
                "the file is not a whole Balmer network (" + what + "); train or copy it again");
}

/// Takes count numbers off the front of bytes, which holds them.
bool take(std::string_view& bytes, std::span<float> numbers) {
    std::memcpy(numbers.data(), bytes.data(), numbers.size_bytes());
    bytes.remove_prefix(numbers.size_bytes());
    for (const float value : numbers)
        if (!std::isfinite(value)) return false;
    return true;
}

/// The values of the text lines, by key; those that may come more than once apart.
struct Lines {
    std::map<std::string, std::string, std::less<>> single;
    std::vector<std::string> classes;
    std::map<std::string, std::string> attributes;

    std::optional<double> number(std::string_view key) const {
        const auto found = single.find(key);
        if (found == single.end()) return std::nullopt;
        const auto value = core::parseDouble(found->second);
        return value && std::isfinite(*value) ? value : std::nullopt;
    }
    template <typename T>
    bool read(std::string_view key, T& value) const {
        if constexpr (std::is_floating_point_v<T>) {
            const auto read = number(key);
            if (read) value = *read;
            return read.has_value();
        } else {
            const auto found = single.find(key);
            const auto read = found == single.end() ? std::nullopt : core::parseInteger(found->second);
            if (!read || !std::in_range<T>(*read)) return false;
            value = static_cast<T>(*read);
            return true;
        }
    }
};

} // namespace

std::string encode(const TrainedNetworks& networks) {
    const ConvNetworkParameters& p = networks.parameters;
    std::string bytes = std::string(magic) + "1\n";
    const auto line = [&](std::string_view key, const std::string& value) {
        bytes += std::string(key) + '\t' + value + '\n';
    };
    for (const std::string& name : p.classes)
        line("class", escaped(name));
    line("columns", std::to_string(p.columns));
    line("scaling", std::string(toString(networks.scaler.scaling)));
    line("networks", std::to_string(networks.models.size()));
    line("seed", std::to_string(static_cast<std::int64_t>(p.seed)));
    line("epochs", std::to_string(p.epochs));
    line("batch", std::to_string(p.batch));
    line("learningRate", core::formatDouble(p.learningRate));
    line("dropout", core::formatDouble(p.dropout));
    line("weightDecay", core::formatDouble(p.weightDecay));
    line("patience", std::to_string(p.patience));
    line("minimumGain", core::formatDouble(p.minimumGain));
    line("validationShare", core::formatDouble(p.validationShare));
    line("balance", p.balance ? "1" : "0");
    for (const auto& [name, value] : p.attributes)
        line("attribute", escaped(name) + '\t' + escaped(value));
    bytes += "end\n";
    append(bytes, networks.scaler.mean);
    append(bytes, networks.scaler.inverseDeviation);
    for (const ConvModel& model : networks.models)
        append(bytes, model.weights());
    return bytes += core::digestOf(std::string_view(bytes));
}

core::Result<TrainedNetworks> decode(std::string_view bytes) {
    if (!bytes.starts_with(magic))
        return fail(ErrorCode::Format,
                    "the file is not a Balmer network; give one that `balmer learn` wrote");
    const std::size_t firstEnd = bytes.find('\n');
    if (firstEnd == std::string_view::npos || firstEnd > 100) return damaged("its first line has no end");
    const std::string_view version = bytes.substr(magic.size(), firstEnd - magic.size());
    if (version != "1")
        return fail(ErrorCode::Unsupported, "the network was written in form " +
                                                std::string(version.substr(0, 20)) +
                                                ", which this version does not know; use a newer Balmer");
    if (bytes.size() < firstEnd + digestLength ||
        core::digestOf(bytes.substr(0, bytes.size() - digestLength)) !=
            bytes.substr(bytes.size() - digestLength))
        return damaged("its digest does not fit its content");
    bytes.remove_suffix(digestLength);
    bytes.remove_prefix(firstEnd + 1);

    Lines lines;
    for (;;) {
        const std::size_t end = bytes.find('\n');
        if (end == std::string_view::npos) return damaged("its text has no end");
        const std::string_view line = bytes.substr(0, end);
        bytes.remove_prefix(end + 1);
        if (line == "end") break;
        const std::size_t tab = line.find('\t');
        if (tab == std::string_view::npos) return damaged("a line of its text has no value");
        const std::string_view key = line.substr(0, tab), value = line.substr(tab + 1);
        if (key == "class") {
            lines.classes.push_back(unescaped(value));
        } else if (key == "attribute") {
            const std::size_t split = value.find('\t');
            if (split == std::string_view::npos) return damaged("an attribute has no value");
            lines.attributes[unescaped(value.substr(0, split))] = unescaped(value.substr(split + 1));
        } else {
            lines.single.emplace(key, value);
        }
    }

    TrainedNetworks networks;
    ConvNetworkParameters& p = networks.parameters;
    p.classes = std::move(lines.classes);
    p.attributes = std::move(lines.attributes);
    std::int64_t seed = 0;
    int balance = 0;
    if (!lines.read("columns", p.columns) || !lines.read("networks", p.networks) ||
        !lines.read("seed", seed) || !lines.read("epochs", p.epochs) || !lines.read("batch", p.batch) ||
        !lines.read("learningRate", p.learningRate) || !lines.read("dropout", p.dropout) ||
        !lines.read("weightDecay", p.weightDecay) || !lines.read("patience", p.patience) ||
        !lines.read("minimumGain", p.minimumGain) || !lines.read("validationShare", p.validationShare) ||
        !lines.read("balance", balance))
        return damaged("a parameter is missing or out of range");
    p.seed = static_cast<std::uint64_t>(seed);
    p.balance = balance != 0;
    if (auto valid = p.validate(); !valid) return damaged(valid.error().message());
    const auto scaling = inputScalingFrom(lines.single["scaling"]);
    if (!scaling || *scaling == InputScaling::Automatic)
        return damaged("it does not say how rows are scaled");
    p.inputScaling = networks.scaler.scaling = *scaling;

    const std::size_t scalerNumbers = *scaling == InputScaling::MedianStandardised ? p.columns : 0;
    const std::size_t each = ConvModel::weightCount(p.columns, p.classes.size());
    const std::size_t numbers = 2 * scalerNumbers + each * static_cast<std::size_t>(p.networks);
    if (bytes.size() != numbers * sizeof(float))
        return damaged("it has another number of weights than it says");
    networks.scaler.mean.resize(scalerNumbers);
    networks.scaler.inverseDeviation.resize(scalerNumbers);
    bool finite = take(bytes, networks.scaler.mean) && take(bytes, networks.scaler.inverseDeviation);
    for (int n = 0; n < p.networks; ++n) {
        networks.models.emplace_back(p.columns, p.classes.size());
        finite = finite && take(bytes, networks.models.back().weights());
    }
    if (!finite) return damaged("a weight is not a number");
    return networks;
}

} // namespace balmer::learn
